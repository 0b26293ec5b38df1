//! Reads what can be read only from its beginning on: standard input, pipes, and JSON arrays.

use super::super::framing::LONGEST;
use super::super::framing::bounds::{Bounds, forced};
use super::super::framing::json::{Begun, next_value, records_open, value_end};
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
    in_array: bool,
    /// What is known of its rows, if it has some.
    pub rows: Rows,
    /// Whether anything was given out.
    pub begun: bool,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

impl Stream {
    /// A stream of which the first bytes were read already.
    pub fn new(reader: Box<dyn Read + Send>, head: Vec<u8>, cutter: Cutter) -> Stream {
        let (reader, rows) = (Some(reader), Rows::default());
        Stream { reader, cutter, carry: head, offset: 0, in_array: false, rows, begun: false, error: None }
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
        let (end, rest) = match &self.cutter {
            Cutter::At(bounds) => {
                let (end, _) = window.messages_end(bounds, size);
                (end, end)
            }
            Cutter::Rows => {
                let end = self.rows.end(&mut window, size);
                (end, end)
            }
            Cutter::Values { elements: false } => values_end(&mut window, size, None),
            Cutter::Values { elements: true } => values_end(&mut window, size, Some((&mut self.in_array, array))),
            Cutter::Records => values_end(&mut window, size, Some((&mut self.in_array, records))),
        };
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

/// What stands around arrays: whether something of it begins here, and whether an array begins behind it.
type Around = fn(&[u8]) -> (Begun, bool);

/// Arrays alone.
fn array(bytes: &[u8]) -> (Begun, bool) {
    (if bytes.starts_with(b"[") { Begun::Yes(1) } else { Begun::No }, true)
}

/// Arrays in objects.
fn records(bytes: &[u8]) -> (Begun, bool) {
    if bytes.starts_with(b"}") { (Begun::Yes(1), false) } else { (records_open(bytes), true) }
}

/// The end of the values to give out, and the start of what comes after them. Brackets of arrays that are opened are
/// left out.
fn values_end<R: FnMut(&mut [u8], u64) -> io::Result<usize>>(
    window: &mut Window<R>,
    size: usize,
    mut arrays: Option<(&mut bool, Around)>,
) -> (usize, usize) {
    let elements = arrays.is_some();
    window.load(size + SLACK);
    let mut at = 0;
    let mut any = false;
    loop {
        at = next_value(window.bytes(), at);
        let Some(first) = window.bytes().get(at) else {
            if window.end {
                return (at, at);
            }
            if !any {
                // Nothing but white space so far.
                window.drop_front(at);
                at = 0;
            }
            window.double();
            continue;
        };
        if let Some((in_array, around)) = &mut arrays {
            let passed = match (**in_array, *first) {
                (true, b']') => (Begun::Yes(1), false),
                (true, _) => (Begun::No, true),
                (false, _) => around(&window.bytes()[at..]),
            };
            match passed {
                (Begun::Yes(length), inside) => {
                    **in_array = inside;
                    if any {
                        return (at, at + length);
                    }
                    window.drop_front(at + length);
                    at = 0;
                    continue;
                }
                (Begun::Perhaps, _) if !window.end => {
                    window.double();
                    continue;
                }
                _ => {}
            }
        }
        match value_end(window.bytes(), at, elements, window.end) {
            Some(end) if end <= at + LONGEST => {
                at = end;
                any = true;
                if at >= size {
                    return (at, at);
                }
            }
            None if window.bytes().len() <= at + LONGEST => window.double(),
            _ => {
                let cut = forced(window.bytes(), at);
                return (cut, cut);
            }
        }
    }
}
