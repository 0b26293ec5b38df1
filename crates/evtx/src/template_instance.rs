//! Records as text: mostly instances of templates, which are compiled once for each chunk.

use crate::template::{Cursor, Fault, INSTANCE, PAST_THE_END, Step, Template, compile, fragment};
use crate::value::{ARRAY, Escape, NULL, XML, is_empty, items, write};
use std::rc::Rc;

/// The most instances within each other.
const MAX_DEPTH: usize = 8;

/// What becomes of a record: it is handed on part by part.
pub trait Sink<'c> {
    /// How many bytes of text that is so far, or at most.
    fn length(&self) -> usize;

    /// A template begins, which is at this place of the chunk; or elements without one.
    fn begin(&mut self, template: Option<(u32, &Rc<Template>)>);

    /// It ends.
    fn end(&mut self);

    /// A text of the template, and where in its text it starts.
    fn text(&mut self, text: &[u8], at: usize);

    /// A value, in an attribute or not.
    fn value(&mut self, kind: u8, bytes: &'c [u8], attribute: bool);
}

/// XML.
impl<'c> Sink<'c> for Vec<u8> {
    fn length(&self) -> usize {
        self.len()
    }

    fn begin(&mut self, _: Option<(u32, &Rc<Template>)>) {}

    fn end(&mut self) {}

    fn text(&mut self, text: &[u8], _: usize) {
        self.extend_from_slice(text);
    }

    fn value(&mut self, kind: u8, bytes: &'c [u8], attribute: bool) {
        write(kind, bytes, if attribute { Escape::Attribute } else { Escape::Text }, self);
    }
}

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
    pub fn record(&mut self, from: usize, to: usize, out: &mut impl Sink<'c>) -> Result<(), Fault> {
        let (start, most) = (out.length(), out.length() + self.longest);
        self.values.clear();
        self.fragment(from, to, most, 0, out)?;
        if out.length() > start { Ok(()) } else { Err("it has no elements") }
    }

    /// An instance, or elements without a template, or both.
    fn fragment(
        &mut self,
        from: usize,
        to: usize,
        most: usize,
        depth: usize,
        out: &mut impl Sink<'c>,
    ) -> Result<(), Fault> {
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

    fn elements(
        &mut self,
        from: usize,
        to: usize,
        most: usize,
        depth: usize,
        out: &mut impl Sink<'c>,
    ) -> Result<(), Fault> {
        let elements = fragment(self.chunk, from, to)?;
        out.begin(None);
        self.steps(&elements, self.values.len(), most, depth, out)?;
        out.end();
        Ok(())
    }

    /// An instance. The answer is where it ends.
    fn instance(&mut self, at: usize, most: usize, depth: usize, out: &mut impl Sink<'c>) -> Result<usize, Fault> {
        let mut cursor = Cursor { bytes: self.chunk, at };
        let (place, count) = cursor.instance()?;
        let template = self.template(place)?;
        let descriptors = cursor.take(4 * count)?;
        let base = self.values.len();
        for descriptor in descriptors.chunks_exact(4) {
            let (at, length) = (cursor.at, u16::from_le_bytes([descriptor[0], descriptor[1]]));
            self.values.push(Value { kind: descriptor[2], bytes: cursor.take(length.into())?, at });
        }
        out.begin(Some((place, &template)));
        self.steps(&template, base, most, depth, out)?;
        out.end();
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
        out: &mut impl Sink<'c>,
    ) -> Result<(), Fault> {
        let end = self.values.len();
        let text = |range: &std::ops::Range<usize>| &template.text[range.clone()];
        let mut steps = template.steps.iter();
        while let Some(step) = steps.next() {
            let number = |number: u16| Some(base + usize::from(number)).filter(|number| *number < end);
            match step {
                Step::Text(range) => out.text(text(range), range.start),
                Step::Value(value) => {
                    if let Some(value) = number(*value).map(|n| self.values[n]) {
                        self.value(value, most, depth, out)?;
                    }
                }
                Step::Only(value, tag, name) => match number(*value).map(|n| self.values[n]) {
                    Some(Value { kind, bytes, .. }) if kind & ARRAY != 0 => {
                        for (n, (kind, bytes)) in items(kind, bytes).enumerate() {
                            if n > 0 {
                                out.text(b"</", tag.start);
                                out.text(&text(tag)[1..=*name], tag.start + 1);
                                out.text(b">", tag.end);
                                out.text(text(tag), tag.start);
                            }
                            out.value(kind, bytes, false);
                        }
                    }
                    Some(value) => self.value(value, most, depth, out)?,
                    None => {}
                },
                Step::Attribute(range, value) => {
                    let value = number(*value).map(|n| self.values[n]);
                    if let Some(value) = value.filter(|value| !is_empty(value.kind, value.bytes)) {
                        out.text(text(range), range.start);
                        out.value(value.kind, value.bytes, true);
                        out.text(b"'", range.end);
                    }
                }
                Step::Quoted(value) => {
                    if let Some(value) = number(*value).map(|n| self.values[n]) {
                        out.value(value.kind, value.bytes, true);
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
            if out.length() > most {
                return Err("its text is too long");
            }
        }
        Ok(())
    }

    fn value(&mut self, value: Value<'c>, most: usize, depth: usize, out: &mut impl Sink<'c>) -> Result<(), Fault> {
        if value.kind != XML {
            out.value(value.kind, value.bytes, false);
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
