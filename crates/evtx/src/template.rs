//! Templates: the part that records of one kind share, made ready to be filled in.
//!
//! What Microsoft calls binary XML ([MS-EVEN6], section 2.2.12) is compiled to steps: texts that are written as they are,
//! and the values between them. Elements that stand in a record without a template are compiled the same way.

use super::value::{Escape, TEXT, text};
use std::ops::Range;

/// The longest text of a template, in bytes: names may be used more than once.
const MAX_TEXT: usize = 256 << 10;

/// The most elements within each other.
const MAX_DEPTH: usize = 64;

/// The most values of an instance.
pub const MAX_VALUES: u32 = 4096;

/// How many bytes of a template come before its elements.
pub const HEADER: usize = 24;

/// What an instance of a template begins with.
pub const INSTANCE: u8 = 0x0C;

/// Why a record can't be rendered.
pub type Fault = &'static str;

/// What is said where bytes that a record needs are not there.
pub const PAST_THE_END: Fault = "it refers to bytes past the end of its chunk";

/// A template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// All its text.
    pub text: Vec<u8>,
    /// What a record of it is made of.
    pub steps: Vec<Step>,
}

/// A part of a record. Values are named by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A text of the template.
    Text(Range<usize>),
    /// A value.
    Value(u16),
    /// A value that is all there is in its element. Of several, each has an element of its own: this text, a start tag,
    /// opens the next one. The element's name is as long as the number says.
    Only(u16, Range<usize>, usize),
    /// An attribute up to its value, and the value. There is none without a value.
    Attribute(Range<usize>, u16),
    /// A value among other text in an attribute.
    Quoted(u16),
    /// An instance of a template, at this place of the chunk.
    Instance(usize),
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
    pub fn take(&mut self, count: usize) -> Result<&'c [u8], Fault> {
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..count)).ok_or(PAST_THE_END)?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.try_into().map_err(|_| PAST_THE_END)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, Fault> {
        self.array().map(u8::from_le_bytes)
    }

    /// The next two.
    pub fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next four.
    pub fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    /// The head of an instance whose token was read: the place of its template, and how many values follow.
    pub fn instance(&mut self) -> Result<(u32, usize), Fault> {
        self.take(5)?;
        let place = self.u32()?;
        // A template stands where it is used first in the chunk.
        if self.at == place as usize {
            self.take(HEADER - 4)?;
            let length = self.u32()?;
            self.take(length as usize)?;
        }
        match self.u32()? {
            count if count > MAX_VALUES => Err("it has more values than a record can hold"),
            count => Ok((place, count as usize)),
        }
    }
}

/// The template at a place of a chunk.
pub fn compile(chunk: &[u8], at: usize) -> Result<Template, Fault> {
    let start = at.checked_add(HEADER).ok_or(PAST_THE_END)?;
    let length = Cursor { bytes: chunk, at: start - 4 }.u32()? as usize;
    let end = start.checked_add(length).filter(|end| *end <= chunk.len()).ok_or(PAST_THE_END)?;
    elements(chunk, start, end, true)
}

/// Elements that stand between these places of a chunk, not in a template.
pub fn fragment(chunk: &[u8], start: usize, end: usize) -> Result<Template, Fault> {
    // They name no value that they depend on; some programs write as if they did.
    elements(chunk, start, end, false).or_else(|fault| elements(chunk, start, end, true).map_err(|_| fault))
}

fn elements(chunk: &[u8], start: usize, end: usize, depends: bool) -> Result<Template, Fault> {
    let cursor = Cursor { bytes: chunk, at: start };
    let mut compiler = Compiler { cursor, out: Template::default(), run: 0, depends };
    compiler.elements(end)?;
    Ok(compiler.out)
}

struct Compiler<'c> {
    cursor: Cursor<'c>,
    out: Template,
    /// Where the text starts that is in no step yet.
    run: usize,
    /// Whether elements name a value without which they are left out.
    depends: bool,
}

/// An element that is open: its name, the step that leaves it out, and its start tag, if that is nothing but text.
struct Open {
    name: Range<usize>,
    without: Option<usize>,
    tag: Option<Range<usize>>,
}

impl<'c> Compiler<'c> {
    /// Elements with all there is in them.
    fn elements(&mut self, end: usize) -> Result<(), Fault> {
        let mut open: Vec<Open> = Vec::new();
        while self.cursor.at < end {
            if self.out.text.len() >= MAX_TEXT {
                return Err("its elements give too long a text");
            }
            match self.cursor.u8()? {
                0x00 => break,
                0x0F => drop(self.cursor.take(3)?),
                token @ (0x01 | 0x41) => self.element(token == 0x41, &mut open)?,
                0x04 => {
                    let Open { name, without, .. } = open.pop().ok_or("an element ends that has not begun")?;
                    self.out.text.extend_from_slice(b"</");
                    self.out.text.extend_from_within(name);
                    self.out.text.push(b'>');
                    self.end(without);
                }
                0x05 | 0x45 => {
                    let units = self.literal()?;
                    text(units, Escape::Text, &mut self.out.text);
                }
                0x07 | 0x47 => {
                    let units = self.units()?;
                    self.out.text.extend_from_slice(b"<![CDATA[");
                    let data = utf16(units).replace("]]>", "]]]]><![CDATA[>");
                    self.out.text.extend_from_slice(data.as_bytes());
                    self.out.text.extend_from_slice(b"]]>");
                }
                0x08 | 0x48 => self.character()?,
                0x09 | 0x49 => self.entity()?,
                0x0A => {
                    self.out.text.extend_from_slice(b"<?");
                    self.name()?;
                    if self.cursor.bytes.get(self.cursor.at) == Some(&0x0B) {
                        self.cursor.at += 1;
                        let units = self.units()?;
                        self.out.text.push(b' ');
                        self.out.text.extend_from_slice(utf16(units).replace("?>", "? >").as_bytes());
                    }
                    self.out.text.extend_from_slice(b"?>");
                }
                0x0D | 0x0E => {
                    let value = self.value()?;
                    self.flush();
                    let next = self.cursor.bytes.get(self.cursor.at);
                    let element = open.last().filter(|_| next == Some(&0x04));
                    let tag = element.and_then(|element| Some((element.tag.clone()?, element.name.len())));
                    self.out.steps.push(match tag.filter(|(tag, _)| tag.end == self.out.text.len()) {
                        Some((tag, name)) => Step::Only(value, tag, name),
                        None => Step::Value(value),
                    });
                }
                INSTANCE => {
                    self.flush();
                    self.out.steps.push(Step::Instance(self.cursor.at));
                    let (_, count) = self.cursor.instance()?;
                    let descriptors = self.cursor.take(4 * count)?;
                    let length = |each: &[u8]| usize::from(u16::from_le_bytes([each[0], each[1]]));
                    self.cursor.take(descriptors.chunks_exact(4).map(length).sum())?;
                }
                _ => return Err("it has a token that binary XML does not have"),
            }
        }
        self.flush();
        if !open.is_empty() {
            return Err("it ends within an element");
        }
        Ok(())
    }

    /// An element up to the end of its start tag, or all of it where it is empty.
    fn element(&mut self, attributes: bool, open: &mut Vec<Open>) -> Result<(), Fault> {
        if open.len() == MAX_DEPTH {
            return Err("it has too many elements within each other");
        }
        let value = if self.depends { self.cursor.u16()? } else { 0xFFFF };
        let without = (value != 0xFFFF && !open.is_empty()).then(|| self.without(value));
        self.cursor.u32()?;
        let (start, steps) = (self.out.text.len(), self.out.steps.len());
        self.out.text.push(b'<');
        self.name()?;
        let name = start + 1..self.out.text.len();
        if self.attributes(attributes)? {
            self.out.text.push(b'>');
            let all = self.out.steps[steps..].iter().all(|step| matches!(step, Step::Text(_)));
            open.push(Open { name, without, tag: all.then_some(start..self.out.text.len()) });
        } else {
            self.out.text.extend_from_slice(b"/>");
            self.end(without);
        }
        Ok(())
    }

    /// The attributes of a tag, up to its end. The answer says whether something follows in the element.
    fn attributes(&mut self, any: bool) -> Result<bool, Fault> {
        if any {
            self.cursor.u32()?;
        }
        loop {
            match self.cursor.u8()? {
                0x02 => return Ok(true),
                0x03 => return Ok(false),
                0x06 | 0x46 => self.attribute()?,
                _ => return Err("a start tag has a token that it can't have"),
            }
        }
    }

    /// An attribute whose token was read. One without a value is none.
    fn attribute(&mut self) -> Result<(), Fault> {
        let start = self.out.text.len();
        self.out.text.push(b' ');
        self.name()?;
        self.out.text.extend_from_slice(b"='");
        let head = self.out.text.len();
        // Values, and where in the text they stand.
        let mut values: Vec<(usize, u16)> = Vec::new();
        loop {
            match self.cursor.u8()? {
                0x05 | 0x45 => {
                    let units = self.literal()?;
                    text(units, Escape::Attribute, &mut self.out.text);
                }
                0x08 | 0x48 => self.character()?,
                0x09 | 0x49 => {
                    let start = self.out.text.len();
                    self.entity()?;
                    // Within single quotes it is a plain quote.
                    if self.out.text[start..] == *b"&quot;" {
                        self.out.text.truncate(start);
                        self.out.text.push(b'"');
                    }
                }
                0x0D | 0x0E => {
                    let value = self.value()?;
                    values.push((self.out.text.len(), value));
                }
                _ => break,
            }
        }
        self.cursor.at -= 1;
        let literal = self.out.text.len() > head;
        match values[..] {
            [] if !literal => self.out.text.truncate(start),
            [] => self.out.text.push(b'\''),
            [(_, value)] if !literal => {
                self.flush_to(start);
                self.run = head;
                self.out.steps.push(Step::Attribute(start..head, value));
            }
            _ => {
                for (at, value) in values {
                    self.flush_to(at);
                    self.out.steps.push(Step::Quoted(value));
                }
                self.out.text.push(b'\'');
            }
        }
        Ok(())
    }

    fn character(&mut self) -> Result<(), Fault> {
        let number = self.cursor.u16()?;
        self.out.text.extend_from_slice(format!("&#{number};").as_bytes());
        Ok(())
    }

    fn entity(&mut self) -> Result<(), Fault> {
        self.out.text.push(b'&');
        self.name()?;
        self.out.text.push(b';');
        Ok(())
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
        self.flush_to(self.out.text.len());
    }

    fn flush_to(&mut self, end: usize) {
        if self.run < end {
            self.out.steps.push(Step::Text(self.run..end));
            self.run = end;
        }
    }

    /// Appends a name. It stands where it is used first in the chunk.
    fn name(&mut self) -> Result<(), Fault> {
        let place = self.cursor.u32()? as usize;
        // Before it, where the next one is and a hash.
        let mut name = Cursor { bytes: self.cursor.bytes, at: place.checked_add(6).ok_or(PAST_THE_END)? };
        let count = usize::from(name.u16()?);
        let units = name.take(2 * count)?;
        if place == self.cursor.at {
            self.cursor.at = name.at + 2;
        }
        if count == 0 {
            return Err("an element or attribute has an empty name");
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
        if units.chunks_exact(2).all(|unit| unit[1] == 0 && plain(unit[0])) {
            self.out.text.extend(units.iter().step_by(2));
            return Ok(());
        }
        // XML has no other signs in names; letters it has of all scripts.
        let letter = |c: char| if c.is_alphanumeric() || (c.is_ascii() && plain(c as u8)) { c } else { '_' };
        self.out.text.extend_from_slice(utf16(units).chars().map(letter).collect::<String>().as_bytes());
        Ok(())
    }

    /// The units of a text that stands in the template.
    fn literal(&mut self) -> Result<&'c [u8], Fault> {
        match self.cursor.u8()? {
            TEXT => self.units(),
            _ => Err("a template has a value of its own that is not text"),
        }
    }

    fn units(&mut self) -> Result<&'c [u8], Fault> {
        let count = usize::from(self.cursor.u16()?);
        self.cursor.take(2 * count)
    }

    /// The number of a value; its type is said again where the value is.
    fn value(&mut self) -> Result<u16, Fault> {
        let value = self.cursor.u16()?;
        self.cursor.u8()?;
        Ok(value)
    }
}

/// UTF-16 as text, with `_` for what XML can't hold.
fn utf16(units: &[u8]) -> String {
    let units = units.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    char::decode_utf16(units).map(|c| c.ok().filter(|c| allowed(*c)).unwrap_or('_')).collect()
}
