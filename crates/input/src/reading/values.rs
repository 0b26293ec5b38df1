//! Finds the ends of JSON values, and the brackets around them, which is possible only from the beginning on.

use super::super::framing::job;
use super::super::framing::json::{next_value, value_end};
use super::super::framing::json_records::{Array, ArrayStart, Match, Page, member, opened, page};
use super::super::framing::message_bounds::forced;
use super::super::framing::{BOM, MAX_HELD_BYTES};
use super::window::{READ_AHEAD_BYTES, Window};
use std::io;
use std::ops::Range;

/// What stands around the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// Nothing.
    Nothing,
    /// Arrays, whose elements are the values.
    Array,
    /// Objects, the elements of one of whose members are the values.
    Document(Array),
    /// Pages of the results of search jobs.
    Pages,
}

/// What is known of the values read so far.
#[derive(Default)]
pub struct Values {
    among: Among,
    /// What the chunks of the present page begin with.
    pub header: Vec<u8>,
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

/// What the bytes after a value are.
enum Seen {
    /// There are none here.
    Nothing,
    /// More bytes are needed to decide.
    Perhaps,
    /// So many bytes are brackets, and what comes behind them.
    Brackets(usize, Among),
    /// So many bytes are the beginning of a page, its list of fields among them.
    Page(usize, Option<Range<usize>>),
    /// As `Brackets`, but what stands before this comma among them is an object without its end.
    After(usize, usize, Among),
    /// The members that follow the last comma are an object without its beginning.
    Before,
}

impl Around {
    /// Looks for brackets.
    fn look(self, bytes: &[u8], among: Among) -> Seen {
        match (self, among, bytes.first()) {
            (Around::Nothing, ..) => Seen::Nothing,
            (Around::Array, Among::Values, Some(b'[')) => Seen::Brackets(1, Among::Elements),
            (Around::Array, Among::Elements, Some(b']')) => Seen::Brackets(1, Among::Values),
            (Around::Array, ..) => Seen::Nothing,
            (_, Among::Elements, Some(b']')) => Seen::Brackets(1, Among::Members),
            (_, Among::Elements, _) => Seen::Nothing,
            (_, Among::Members, Some(b'}')) => Seen::Brackets(1, Among::Values),
            (Around::Document(Array::Records), Among::Members, Some(b'"')) => Seen::Before,
            (Around::Document(array), Among::Values, _) => match opened(bytes, array) {
                Match::Yes(ArrayStart { comma: Some(comma), length }) if array == Array::Records => {
                    Seen::After(comma, length, Among::Elements)
                }
                Match::Yes(ArrayStart { length, .. }) => Seen::Brackets(length, Among::Elements),
                Match::Perhaps => Seen::Perhaps,
                Match::No => Seen::Nothing,
            },
            (_, Among::Members, Some(b'"')) => match member(bytes) {
                Some(length) => Seen::Brackets(length, Among::Members),
                None => Seen::Perhaps,
            },
            (Around::Document(_), Among::Members, _) => Seen::Nothing,
            // An array of pages, or of maps.
            (Around::Pages, _, Some(b'[' | b']')) => Seen::Brackets(1, Among::Values),
            (Around::Pages, ..) => match page(bytes) {
                Match::Yes(Page { length, fields }) => Seen::Page(length, fields),
                Match::Perhaps => Seen::Perhaps,
                Match::No => Seen::Nothing,
            },
        }
    }
}

impl Values {
    /// The end of the values to give out, the start of what comes after them, and whether the last of them was cut as it is
    /// too long to be held. Brackets around values are left out.
    pub fn end<R>(&mut self, window: &mut Window<R>, size: usize, around: Around) -> (usize, usize, bool)
    where
        R: FnMut(&mut [u8], u64) -> io::Result<usize>,
    {
        let elements = around != Around::Nothing;
        window.load(size + READ_AHEAD_BYTES);
        let mut at = 0;
        let mut any = false;
        loop {
            let from = at;
            at = next_value(window.bytes(), at);
            if is_part_of_mark(&window.bytes()[at..]) && !window.end {
                window.double();
                continue;
            }
            if at == window.bytes().len() {
                if window.end {
                    return (at, at, false);
                }
                if !any && self.among != Among::Members {
                    // Nothing but white space so far.
                    window.drop_front(at);
                    at = 0;
                } else {
                    at = from;
                }
                window.double();
                continue;
            }
            match around.look(&window.bytes()[at..], self.among) {
                // What comes before is of another page.
                Seen::Page(..) if any => return (at, at, false),
                Seen::Page(length, fields) => {
                    let fields = fields.map(|fields| job::header(&window.bytes()[at..][fields]));
                    self.header = fields.unwrap_or_default();
                    self.among = Among::Elements;
                    window.drop_front(at + length);
                    at = 0;
                    continue;
                }
                Seen::Brackets(length, next) => {
                    self.among = next;
                    if any {
                        return (at, at + length, false);
                    }
                    window.drop_front(at + length);
                    at = 0;
                    continue;
                }
                Seen::After(comma, length, next) => {
                    self.among = next;
                    window.put(at + comma, b'}');
                    return (at + comma + 1, at + length, false);
                }
                Seen::Before => {
                    self.among = Among::Values;
                    if let Some(comma) = memchr::memrchr(b',', &window.bytes()[from..at]) {
                        at = from + comma;
                        window.put(at, b'{');
                    }
                }
                Seen::Perhaps if !window.end && window.bytes().len() <= at + MAX_HELD_BYTES => {
                    window.double();
                    continue;
                }
                Seen::Perhaps | Seen::Nothing => {
                    if self.among == Among::Members {
                        self.among = Among::Values;
                    }
                }
            }
            match value_end(window.bytes(), at, elements, window.end) {
                Some(end) if end <= at + MAX_HELD_BYTES => {
                    at = end;
                    any = true;
                    if at >= size {
                        return (at, at, false);
                    }
                }
                None if window.bytes().len() <= at + MAX_HELD_BYTES => window.double(),
                _ => {
                    let cut = forced(window.bytes(), at);
                    return (cut, cut, true);
                }
            }
        }
    }
}

/// Whether the bytes may be the beginning of a mark of UTF-8.
fn is_part_of_mark(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.len() < BOM.len() && BOM.starts_with(bytes)
}
