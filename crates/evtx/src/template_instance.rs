//! Records as text: mostly instances of templates, which are compiled once for each chunk.

use crate::template::{Cursor, Fault, INSTANCE, PAST_THE_END, Step, Template, compile, fragment};
use crate::value::{ARRAY, NULL, XML, is_empty, items, write};
use std::rc::Rc;

/// The most instances within each other.
const MAX_DEPTH: usize = 8;

/// The templates of a chunk that were met, and the way from records to their text.
pub struct Instances<'c> {
    chunk: &'c [u8],
    /// Where they are, or why they can't be used.
    templates: Vec<(u32, Result<Rc<Template>, Fault>)>,
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

    /// Appends the text of a record, which is between these places of the chunk, as Windows renders it. What was appended
    /// when there is an error is of no use.
    pub fn record(&mut self, from: usize, to: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        let (start, most) = (out.len(), out.len() + self.longest);
        self.values.clear();
        self.fragment(from, to, most, 0, out)?;
        if out.len() > start { Ok(()) } else { Err("it has no elements") }
    }

    /// An instance, or elements without a template, or both.
    fn fragment(&mut self, from: usize, to: usize, most: usize, depth: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        let start = match self.chunk.get(from..to).ok_or(PAST_THE_END)? {
            [0x0F, _, _, _, INSTANCE, ..] => from + 5,
            [INSTANCE, ..] => from + 1,
            _ => return self.elements(from, to, most, depth, out),
        };
        let end = self.instance(start, most, depth, out)?;
        match self.chunk.get(end..to).ok_or("it goes on past its end")? {
            [] | [0, ..] => Ok(()),
            _ => self.elements(end, to, most, depth, out),
        }
    }

    fn elements(&mut self, from: usize, to: usize, most: usize, depth: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        let elements = fragment(self.chunk, from, to)?;
        self.steps(&elements, self.values.len(), most, depth, out)
    }

    /// An instance. The answer is where it ends.
    fn instance(&mut self, at: usize, most: usize, depth: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
        let mut cursor = Cursor { bytes: self.chunk, at };
        let (place, count) = cursor.instance()?;
        let template = self.template(place)?;
        let descriptors = cursor.take(4 * count)?;
        let base = self.values.len();
        for descriptor in descriptors.chunks_exact(4) {
            let (at, length) = (cursor.at, u16::from_le_bytes([descriptor[0], descriptor[1]]));
            self.values.push(Value { kind: descriptor[2], bytes: cursor.take(length.into())?, at });
        }
        self.steps(&template, base, most, depth, out)?;
        self.values.truncate(base);
        Ok(cursor.at)
    }

    /// Writes a template with the values from `base` on.
    fn steps(
        &mut self,
        template: &Template,
        base: usize,
        most: usize,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let end = self.values.len();
        let text = |range: &std::ops::Range<usize>| &template.text[range.clone()];
        let mut steps = template.steps.iter();
        while let Some(step) = steps.next() {
            let number = |number: u16| Some(base + usize::from(number)).filter(|number| *number < end);
            match step {
                Step::Text(range) => out.extend_from_slice(text(range)),
                Step::Value(value) => {
                    if let Some(value) = number(*value).map(|n| self.values[n]) {
                        self.value(value, most, depth, out)?;
                    }
                }
                Step::Only(value, tag, name) => match number(*value).map(|n| self.values[n]) {
                    Some(Value { kind, bytes, .. }) if kind & ARRAY != 0 => {
                        for (n, (kind, bytes)) in items(kind, bytes).enumerate() {
                            if n > 0 {
                                out.extend_from_slice(b"</");
                                out.extend_from_slice(&text(tag)[1..=*name]);
                                out.push(b'>');
                                out.extend_from_slice(text(tag));
                            }
                            write(kind, bytes, false, out);
                        }
                    }
                    Some(value) => self.value(value, most, depth, out)?,
                    None => {}
                },
                Step::Attribute(range, value) => {
                    let value = number(*value).map(|n| self.values[n]);
                    if let Some(value) = value.filter(|value| !is_empty(value.kind, value.bytes)) {
                        out.extend_from_slice(text(range));
                        write(value.kind, value.bytes, true, out);
                        out.push(b'\'');
                    }
                }
                Step::Quoted(value) => {
                    if let Some(value) = number(*value).map(|n| self.values[n]) {
                        write(value.kind, value.bytes, true, out);
                    }
                }
                Step::Instance(at) => {
                    self.nested(depth, |this, depth| this.instance(*at, most, depth, out).map(drop))?
                }
                Step::Without(value, skipped) => {
                    if number(*value).is_some_and(|n| self.values[n].kind == NULL) {
                        steps = steps.as_slice().get(*skipped..).unwrap_or_default().iter();
                    }
                }
            }
            if out.len() > most {
                return Err("its text is too long");
            }
        }
        Ok(())
    }

    fn value(&mut self, value: Value<'c>, most: usize, depth: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        if value.kind != XML {
            write(value.kind, value.bytes, false, out);
        } else if !value.bytes.is_empty() {
            let end = value.at + value.bytes.len();
            self.nested(depth, |this, depth| this.fragment(value.at, end, most, depth, out))?;
        }
        Ok(())
    }

    fn nested(&mut self, depth: usize, write: impl FnOnce(&mut Self, usize) -> Result<(), Fault>) -> Result<(), Fault> {
        match depth {
            MAX_DEPTH => Err("it has too many templates within each other"),
            depth => write(self, depth + 1),
        }
    }

    fn template(&mut self, place: u32) -> Result<Rc<Template>, Fault> {
        if let Some((_, template)) = self.templates.iter().find(|(known, _)| *known == place) {
            return template.clone();
        }
        let template = compile(self.chunk, place as usize).map(Rc::new);
        self.templates.push((place, template.clone()));
        template
    }
}
