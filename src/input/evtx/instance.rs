//! Instances of templates: what nearly all records are, and the fast way to their text.

use super::template::{Cursor, HEADER, Step, Template, compile};
use super::value::{NULL, TEXT, TEXTS, XML, is_empty, text, write};
use std::rc::Rc;

/// The most instances within each other.
const DEEPEST: usize = 8;

/// The most values of an instance.
const MOST_VALUES: u32 = 4096;

/// What instances begin with, after their fragment's header.
const INSTANCE: u8 = 0x0C;

/// The templates of a chunk that were met.
pub struct Instances<'c> {
    chunk: &'c [u8],
    /// Where they are; none for those that are not understood.
    templates: Vec<(u32, Option<Rc<Template>>)>,
    /// The values of all instances that are being written.
    values: Vec<Value<'c>>,
    /// The longest text of a record, in bytes.
    longest: usize,
}

/// A value: its type, and its bytes.
#[derive(Clone, Copy)]
struct Value<'c> {
    kind: u8,
    bytes: &'c [u8],
    at: usize,
}

impl<'c> Instances<'c> {
    /// None met yet.
    pub fn new(chunk: &'c [u8], longest: usize) -> Instances<'c> {
        Instances { chunk, templates: Vec::new(), values: Vec::new(), longest }
    }

    /// Appends the text of a record, which is between these places of the chunk, as Windows renders it. Nothing if there
    /// is something in it that is rare or wrong; what was appended then is of no use.
    pub fn record(&mut self, from: usize, to: usize, out: &mut Vec<u8>) -> Option<()> {
        let most = out.len() + self.longest;
        self.values.clear();
        self.fragment(from, to, most, 0, out)
    }

    /// A fragment that holds one instance.
    fn fragment(&mut self, from: usize, to: usize, most: usize, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        let start = match self.chunk.get(from..to)? {
            [0x0F, _, _, _, INSTANCE, ..] => from + 5,
            [INSTANCE, ..] => from + 1,
            _ => return None,
        };
        let end = self.instance(start, most, depth, out)?;
        matches!(self.chunk.get(end..to)?, [] | [0, ..]).then_some(())
    }

    /// An instance. The answer is where it ends.
    fn instance(&mut self, at: usize, most: usize, depth: usize, out: &mut Vec<u8>) -> Option<usize> {
        let mut cursor = Cursor { bytes: self.chunk, at };
        cursor.take(5)?;
        let place = cursor.u32()?;
        if cursor.at == place as usize {
            cursor.take(HEADER - 4)?;
            let length = cursor.u32()?;
            cursor.take(length as usize)?;
        }
        let template = self.template(place)?;
        let count = cursor.u32().filter(|count| *count <= MOST_VALUES)? as usize;
        let descriptors = cursor.take(4 * count)?;
        let base = self.values.len();
        for descriptor in descriptors.chunks_exact(4) {
            let (at, length) = (cursor.at, u16::from_le_bytes([descriptor[0], descriptor[1]]));
            self.values.push(Value { kind: descriptor[2], bytes: cursor.take(length.into())?, at });
        }
        let mut steps = template.steps.iter();
        while let Some(step) = steps.next() {
            let value = |number: u16| Some(usize::from(number)).filter(|number| *number < count).map(|n| base + n);
            match step {
                Step::Text(range) => out.extend_from_slice(&template.text[range.clone()]),
                Step::Value(number) => {
                    if let Some(value) = value(*number).map(|n| self.values[n]) {
                        self.value(value, most, depth, out)?;
                    }
                }
                Step::Attribute(range, number) => {
                    let value = value(*number).map(|n| self.values[n]);
                    if let Some(value) = value.filter(|value| !is_empty(value.kind, value.bytes)) {
                        out.extend_from_slice(&template.text[range.clone()]);
                        write(value.kind, value.bytes, true, out)?;
                        out.push(b'\'');
                    }
                }
                Step::Data(number) => match value(*number).map(|n| self.values[n]) {
                    Some(Value { kind: TEXTS, bytes, .. }) => texts(bytes, out)?,
                    value => {
                        out.extend_from_slice(b"<Data>");
                        if let Some(value) = value {
                            self.value(value, most, depth, out)?;
                        }
                        out.extend_from_slice(b"</Data>");
                    }
                },
                Step::Without(number, skipped) => {
                    if value(*number).is_some_and(|n| self.values[n].kind == NULL) {
                        steps = steps.as_slice().get(*skipped..)?.iter();
                    }
                }
            }
            if out.len() > most {
                return None;
            }
        }
        self.values.truncate(base);
        Some(cursor.at)
    }

    fn value(&mut self, value: Value<'c>, most: usize, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        match value.kind {
            XML if value.bytes.is_empty() => Some(()),
            XML if depth < DEEPEST => self.fragment(value.at, value.at + value.bytes.len(), most, depth + 1, out),
            kind => write(kind, value.bytes, false, out),
        }
    }

    fn template(&mut self, place: u32) -> Option<Rc<Template>> {
        if let Some((_, template)) = self.templates.iter().find(|(known, _)| *known == place) {
            return template.clone();
        }
        let template = compile(self.chunk, place as usize).map(Rc::new);
        self.templates.push((place, template.clone()));
        template
    }
}

/// An element `Data` for each of several texts.
fn texts(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut start = 0;
    for (n, unit) in bytes.chunks_exact(2).enumerate() {
        if unit == [0, 0] {
            out.extend_from_slice(b"<Data>");
            text(&bytes[start..2 * n], false, out);
            out.extend_from_slice(b"</Data>");
            start = 2 * n + 2;
        }
    }
    (start == bytes.len() && start > 0).then_some(())
}

const _: () = assert!(TEXT | 0x80 == TEXTS);
