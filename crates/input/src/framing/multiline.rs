//! Messages of several lines: each starts at a line that looks like a first one, and goes on to the next such line.

use super::first_lines::Start;
use super::marks;
use super::message_bounds::Bounds;
use bumpalo::Bump;
use sumoql_data::framing::lines::each_line;
use sumoql_data::message::{Framing, Message, Source};

/// Messages that start at lines of this kind. Lines before the first of them are messages of their own.
#[derive(Debug)]
pub struct Multiline(pub Start);

impl Framing for Multiline {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        let bounds = Bounds::Matching(self.0.clone());
        let bytes = text.as_bytes();
        let next = |from: usize| bounds.next(bytes, from, true).unwrap_or(bytes.len());
        let mut start = match self.0.fits(bytes, true) {
            Some(true) => 0,
            _ => next(1),
        };
        each_line(&text[..start], |at, line| {
            out.push(Message { raw: line, offset: offset + at as u64, copy: 0, source, own: &[] });
        });
        while start < text.len() {
            let end = next(start + 1);
            start += marks(&bytes[start..end]);
            let raw = text[start..end].trim_end();
            if !raw.is_empty() {
                out.push(Message { raw, offset: offset + start as u64, copy: 0, source, own: &[] });
            }
            start = end;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message::cut;

    #[test]
    fn a_stack_trace_belongs_to_its_line() {
        let framing = Arc::new(Multiline(Start::Pattern(regex::Regex::new(r"\[\d{4}-").unwrap())));
        let source = plain_source(framing, 0);
        let arena = Bump::new();
        let text = "before\n\n[2016-12-19] WARN\r\njava.io [2016-\n\tat kafka\n[2016-12-20] INFO\n";
        let found = cut(&*source.framing, text, 0, &source, &arena);
        let found: Vec<_> = found.iter().map(|m| (m.offset, m.raw)).collect();
        let expected =
            [(0, "before"), (8, "[2016-12-19] WARN\r\njava.io [2016-\n\tat kafka"), (52, "[2016-12-20] INFO")];
        assert_eq!(found, expected);
    }
}
