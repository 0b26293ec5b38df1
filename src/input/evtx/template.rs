//! Templates: the part that records of one kind share, made ready to be filled in.
//!
//! Only what nearly all logs are made of is understood here; [`compile`] gives nothing for the rest, which the parser of
//! the crate `evtx` reads.

use super::value::{TEXT, text};
use std::ops::Range;

/// The longest text of a template, in bytes: names may be used more than once.
const LONGEST: usize = 256 << 10;

/// The most elements within each other.
const DEEPEST: usize = 64;

/// How many bytes of a template come before its elements.
pub const HEADER: usize = 24;

/// A template.
#[derive(Debug, Default)]
pub struct Template {
    /// All its text.
    pub text: Vec<u8>,
    /// What a record of it is made of.
    pub steps: Vec<Step>,
}

/// A part of a record. Values are named by their numbers.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// A text of the template.
    Text(Range<usize>),
    /// A value.
    Value(u16),
    /// An attribute up to its value, and the value. There is none without a value.
    Attribute(Range<usize>, u16),
    /// An element `Data` with a value, or one for each of several.
    Data(u16),
    /// The so many next steps are left out if there is no value.
    Without(u16, usize),
}

/// Reads numbers one after the other.
#[derive(Clone, Copy)]
pub struct Cursor<'c> {
    /// What is read.
    pub bytes: &'c [u8],
    /// Where the next number is.
    pub at: usize,
}

impl<'c> Cursor<'c> {
    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Option<&'c [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// The next two.
    pub fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
    }

    /// The next four.
    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

/// The template at a place of a chunk, if all of it is understood.
pub fn compile(chunk: &[u8], at: usize) -> Option<Template> {
    let length = Cursor { bytes: chunk, at: at + HEADER - 4 }.u32()? as usize;
    let start = at + HEADER;
    let end = start.checked_add(length).filter(|end| *end <= chunk.len())?;
    let mut compiler = Compiler { cursor: Cursor { bytes: chunk, at: start }, out: Template::default(), run: 0 };
    compiler.elements(end)?;
    Some(compiler.out)
}

struct Compiler<'c> {
    cursor: Cursor<'c>,
    out: Template,
    /// Where the text starts that is in no step yet.
    run: usize,
}

/// An element that is open: its name, and the step that leaves it out.
struct Open {
    name: Range<usize>,
    without: Option<usize>,
}

impl<'c> Compiler<'c> {
    /// One element with all there is in it.
    fn elements(&mut self, end: usize) -> Option<()> {
        let mut open: Vec<Open> = Vec::new();
        while self.cursor.at < end && self.out.text.len() < LONGEST {
            match self.cursor.u8()? {
                0x00 => break,
                0x0F => drop(self.cursor.take(3)?),
                token @ (0x01 | 0x41) => {
                    let top = open.is_empty();
                    if open.len() == DEEPEST || (top && !self.out.text.is_empty()) {
                        return None;
                    }
                    let value = self.cursor.u16()?;
                    let without = (value != 0xFFFF && !top).then(|| self.without(value));
                    self.cursor.u32()?;
                    let start = self.out.text.len();
                    self.out.text.push(b'<');
                    self.name()?;
                    let name = start + 1..self.out.text.len();
                    if token == 0x01 && !top && self.data(start, &name) {
                        self.end(without);
                        continue;
                    }
                    if self.attributes(token == 0x41)? {
                        self.out.text.push(b'>');
                        open.push(Open { name, without });
                    } else {
                        self.out.text.extend_from_slice(b"/>");
                        self.end(without);
                    }
                }
                0x04 => {
                    let Open { name, without } = open.pop()?;
                    self.out.text.extend_from_slice(b"</");
                    self.out.text.extend_from_within(name);
                    self.out.text.push(b'>');
                    self.end(without);
                }
                _ if open.is_empty() => return None,
                0x05 | 0x45 => {
                    let units = self.literal()?;
                    text(units, false, &mut self.out.text);
                }
                0x0D | 0x0E => {
                    let value = self.value()?;
                    self.flush();
                    self.out.steps.push(Step::Value(value));
                }
                _ => return None,
            }
        }
        self.flush();
        (open.is_empty() && !self.out.text.is_empty() && self.out.text.len() < LONGEST).then_some(())
    }

    /// The attributes of a tag, up to its end. The answer says whether something follows in the element.
    fn attributes(&mut self, any: bool) -> Option<bool> {
        if any {
            self.cursor.u32()?;
        }
        loop {
            match self.cursor.u8()? {
                0x02 => return Some(true),
                0x03 => return Some(false),
                0x06 | 0x46 => {}
                _ => return None,
            }
            self.flush();
            let start = self.out.text.len();
            self.out.text.push(b' ');
            self.name()?;
            self.out.text.extend_from_slice(b"='");
            match self.cursor.u8()? {
                0x05 | 0x45 => {
                    let units = self.literal()?;
                    let before = self.out.text.len();
                    text(units, true, &mut self.out.text);
                    // One without a value is none.
                    if self.out.text.len() == before {
                        self.out.text.truncate(start);
                    } else {
                        self.out.text.push(b'\'');
                    }
                }
                0x0D | 0x0E => {
                    let value = self.value()?;
                    self.run = self.out.text.len();
                    self.out.steps.push(Step::Attribute(start..self.run, value));
                }
                _ => return None,
            }
        }
    }

    /// Takes in the rest of `<Data>` if it has nothing but a value.
    fn data(&mut self, start: usize, name: &Range<usize>) -> bool {
        let ahead = self.cursor.bytes.get(self.cursor.at..).unwrap_or_default();
        let &[0x02, 0x0D | 0x0E, low, high, _, 0x04, ..] = ahead else { return false };
        if &self.out.text[name.clone()] != b"Data" {
            return false;
        }
        self.cursor.at += 6;
        self.out.text.truncate(start);
        self.flush();
        self.out.steps.push(Step::Data(u16::from_le_bytes([low, high])));
        true
    }

    fn without(&mut self, value: u16) -> usize {
        self.flush();
        self.out.steps.push(Step::Without(value, 0));
        self.out.steps.len() - 1
    }

    /// An element ends.
    fn end(&mut self, without: Option<usize>) {
        if let Some(step) = without {
            self.flush();
            let after = self.out.steps.len() - step - 1;
            if let Some(Step::Without(_, count)) = self.out.steps.get_mut(step) {
                *count = after;
            }
        }
    }

    /// Makes a step of the text since the last one.
    fn flush(&mut self) {
        if self.run < self.out.text.len() {
            self.out.steps.push(Step::Text(self.run..self.out.text.len()));
            self.run = self.out.text.len();
        }
    }

    /// Appends a name. It stands where it is used first in the chunk.
    fn name(&mut self) -> Option<()> {
        let place = self.cursor.u32()? as usize;
        // Before it, where the next one is and a hash.
        let mut name = Cursor { bytes: self.cursor.bytes, at: place.checked_add(6)? };
        let count = usize::from(name.u16()?);
        let units = name.take(2 * count)?;
        if place == self.cursor.at {
            self.cursor.at = name.at + 2;
        }
        for unit in units.chunks_exact(2) {
            match unit {
                [byte, 0] if byte.is_ascii_alphanumeric() || b"_-.:".contains(byte) => self.out.text.push(*byte),
                _ => return None,
            }
        }
        (count > 0).then_some(())
    }

    /// The units of a text that stands in the template.
    fn literal(&mut self) -> Option<&'c [u8]> {
        if self.cursor.u8()? != TEXT {
            return None;
        }
        let count = usize::from(self.cursor.u16()?);
        self.cursor.take(2 * count)
    }

    /// The number of a value; its type is said again where the value is.
    fn value(&mut self) -> Option<u16> {
        let value = self.cursor.u16()?;
        self.cursor.u8()?;
        Some(value)
    }
}
