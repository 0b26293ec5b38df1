//! Reads what can be read only from its beginning on: standard input, pipes, and JSON arrays.

use super::super::framing::LONGEST;
use super::super::framing::bounds::{Bounds, forced};
use super::super::framing::json::{next_value, value_end};
use super::super::framing::records::{Begun, Opened, opened};
use super::super::recognise::BOM;
use super::rows::Rows;
use super::window::{SLACK, Window};
use std::io::{self, Read};

/// How a stream is cut into chunks.
#[derive(Clone, Debug)]
pub enum Cutter {
    /// Where messages start.
    At(Bounds),
    /// Between JSON values. With `elements`, arrays are opened and their elements are the values.
    Values {
        /// See there.
        elements: bool,
    },
    /// Between the rows of CSV. Each chunk begins with the header.
    Rows,
    /// Between the elements of the array in objects such as `{"Records": […]}`, and between other values around them.
    Records,
}

/// A stream and what was read of it.
pub struct Stream {
    reader: Option<Box<dyn Read + Send>>,
    cutter: Cutter,
    /// Read, but not given out.
    carry: Vec<u8>,
    /// Where `carry` starts.
    offset: u64,
    among: Among,
    /// What is known of its rows, if it has some.
    pub rows: Rows,
    /// Whether anything was given out.
    pub begun: bool,
    /// Where messages go on that were cut as they are too long to be held.
    pub cuts: Vec<u64>,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

impl Stream {
    /// A stream of which the first bytes were read already.
    pub fn new(reader: Box<dyn Read + Send>, head: Vec<u8>, cutter: Cutter) -> Stream {
        let (reader, rows) = (Some(reader), Rows::default());
        Stream {
            reader,
            cutter,
            carry: head,
            offset: 0,
            among: Among::default(),
            rows,
            begun: false,
            cuts: Vec::new(),
            error: None,
        }
    }

    /// How it is cut.
    pub fn cutter(&self) -> &Cutter {
        &self.cutter
    }

    /// The next whole messages, of about `size` bytes, and where they start. `None` at the end.
    pub fn next(&mut self, buffer: Vec<u8>, size: usize) -> Option<(Vec<u8>, u64)> {
        if self.reader.is_none() && self.carry.is_empty() {
            return None;
        }
        let reader = &mut self.reader;
        let read = |room: &mut [u8], _: u64| reader.as_mut().map_or(Ok(0), |reader| reader.read(room));
        let mut window = Window::new(buffer, self.offset, u64::MAX, read);
        window.fill(&self.carry);
        self.carry.clear();
        if !self.begun {
            window.load(BOM.len());
            if window.bytes().starts_with(BOM) {
                window.drop_front(BOM.len());
            }
        }
        self.begun = true;
        let (end, rest, cut) = match &self.cutter {
            Cutter::At(bounds) => {
                let (end, cut) = window.messages_end(bounds, size);
                (end, end, cut)
            }
            Cutter::Rows => {
                let (end, cut) = self.rows.end(&mut window, size);
                (end, end, cut)
            }
            Cutter::Values { elements: false } => values_end(&mut window, size, None),
            Cutter::Values { elements: true } => values_end(&mut window, size, Some((&mut self.among, array))),
            Cutter::Records => values_end(&mut window, size, Some((&mut self.among, records))),
        };
        if cut {
            self.cuts.push(window.base + end as u64);
        }
        self.carry.extend_from_slice(&window.bytes()[rest..]);
        let offset = window.base;
        self.offset = offset + rest as u64;
        let ended = window.end;
        if let Some(error) = window.error.take() {
            self.error = Some((error, offset + window.bytes().len() as u64));
        }
        let bytes = window.take(end);
        if ended {
            self.reader = None;
        }
        (!bytes.is_empty()).then(|| self.rows.with_header(bytes, offset))
    }
}

/// Where among the values a stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Among {
    /// Between values.
    #[default]
    Values,
    /// In an array whose elements are the values.
    Elements,
    /// Behind such an array, in the object around it.
    Members,
}

/// What a look for brackets around values tells.
enum Around {
    /// There are none here.
    Nothing,
    /// More bytes may tell.
    Perhaps,
    /// So many bytes are brackets, and what comes behind them.
    Brackets(usize, Among),
    /// As `Brackets`, but what stands before this comma among them is an object without its end.
    After(usize, usize, Among),
    /// The members that follow the last comma are an object without its beginning.
    Before,
}

/// Looks for brackets.
type Look = fn(&[u8], Among) -> Around;

/// Arrays alone.
fn array(bytes: &[u8], among: Among) -> Around {
    match (among, bytes.first()) {
        (Among::Values, Some(b'[')) => Around::Brackets(1, Among::Elements),
        (Among::Elements, Some(b']')) => Around::Brackets(1, Among::Values),
        _ => Around::Nothing,
    }
}

/// Arrays in objects.
fn records(bytes: &[u8], among: Among) -> Around {
    match (among, bytes.first()) {
        (Among::Elements, Some(b']')) => Around::Brackets(1, Among::Members),
        (Among::Elements, _) => Around::Nothing,
        (Among::Members, Some(b'}')) => Around::Brackets(1, Among::Values),
        (Among::Members, Some(b'"')) => Around::Before,
        _ => match opened(bytes) {
            Begun::Yes(Opened { comma: None, length }) => Around::Brackets(length, Among::Elements),
            Begun::Yes(Opened { comma: Some(comma), length }) => Around::After(comma, length, Among::Elements),
            Begun::Perhaps => Around::Perhaps,
            Begun::No => Around::Nothing,
        },
    }
}

/// The end of the values to give out, the start of what comes after them, and whether the last of them was cut as it is
/// too long to be held. Brackets around values are left out.
fn values_end<R: FnMut(&mut [u8], u64) -> io::Result<usize>>(
    window: &mut Window<R>,
    size: usize,
    mut arrays: Option<(&mut Among, Look)>,
) -> (usize, usize, bool) {
    let elements = arrays.is_some();
    window.load(size + SLACK);
    let mut at = 0;
    let mut any = false;
    loop {
        let from = at;
        at = next_value(window.bytes(), at);
        if at == window.bytes().len() {
            if window.end {
                return (at, at, false);
            }
            if !any && arrays.as_ref().is_none_or(|(among, _)| **among != Among::Members) {
                // Nothing but white space so far.
                window.drop_front(at);
                at = 0;
            } else {
                at = from;
            }
            window.double();
            continue;
        }
        if let Some((among, around)) = &mut arrays {
            match around(&window.bytes()[at..], **among) {
                Around::Brackets(length, next) => {
                    **among = next;
                    if any {
                        return (at, at + length, false);
                    }
                    window.drop_front(at + length);
                    at = 0;
                    continue;
                }
                Around::After(comma, length, next) => {
                    **among = next;
                    window.put(at + comma, b'}');
                    return (at + comma + 1, at + length, false);
                }
                Around::Before => {
                    **among = Among::Values;
                    if let Some(comma) = memchr::memrchr(b',', &window.bytes()[from..at]) {
                        at = from + comma;
                        window.put(at, b'{');
                    }
                }
                Around::Perhaps if !window.end && window.bytes().len() <= at + LONGEST => {
                    window.double();
                    continue;
                }
                Around::Perhaps | Around::Nothing => {
                    if **among == Among::Members {
                        **among = Among::Values;
                    }
                }
            }
        }
        match value_end(window.bytes(), at, elements, window.end) {
            Some(end) if end <= at + LONGEST => {
                at = end;
                any = true;
                if at >= size {
                    return (at, at, false);
                }
            }
            None if window.bytes().len() <= at + LONGEST => window.double(),
            _ => {
                let cut = forced(window.bytes(), at);
                return (cut, cut, true);
            }
        }
    }
}
