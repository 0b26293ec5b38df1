//! `json` where a value is not simply a line: arrays, whose elements are the messages, and objects of several lines.

use super::marks;
use bumpalo::Bump;
use memchr::{memchr, memchr2, memchr3};
use sumoql_data::framing::json_messages;
use sumoql_data::framing::lines::each_line;
use sumoql_data::framing::skipped_lines::{Broken, NO_JSON};
use sumoql_data::message::{Framing, Message, Source};

/// One message a value, exactly as it stands. Values are what stands between commas and white space: objects,
/// arrays, texts. What is none of these is a message to the end of its line.
///
/// The brackets of an array whose elements are the messages must have been taken away: that is known only to who reads
/// from the beginning.
#[derive(Debug, Default)]
pub struct Values {
    /// Whether the values are elements of arrays: a number, say, ends at a comma.
    pub elements: bool,
    /// Whether the objects are messages with metadata, as in [`json_messages::Messages`].
    pub messages: bool,
    /// What is no JSON.
    pub broken: Broken,
}

/// One message a line, as it stands.
#[derive(Debug, Default)]
pub struct JsonLines {
    /// What is no JSON.
    broken: Broken,
}

impl Framing for JsonLines {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        each_line(text, |start, line| {
            let offset = offset + start as u64;
            self.broken.look(line, offset);
            out.push(Message { raw: line, offset, copy: 0, source, own: &[] });
        });
    }

    fn oddity(&self) -> Option<String> {
        self.broken.warning(NO_JSON)
    }

    fn forget(&self) {
        self.broken.forget();
    }
}

impl Framing for Values {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let bytes = text.as_bytes();
        let mut at = next_value(bytes, 0);
        while at < bytes.len() {
            let end = value_end(bytes, at, self.elements, true).unwrap_or(bytes.len());
            let value = text[at..end].trim_end();
            let place = offset + at as u64;
            let (raw, own) = match self.messages {
                false => {
                    self.broken.look(value, place);
                    (value, &[][..])
                }
                true => json_messages::found(value, source.zone, arena).unwrap_or_else(|| {
                    self.broken.count(place);
                    (value, &[][..])
                }),
            };
            out.push(Message { raw, offset: place, copy: 0, source, own });
            at = next_value(bytes, end);
        }
    }

    fn own_metadata(&self) -> bool {
        self.messages
    }

    fn oddity(&self) -> Option<String> {
        self.broken.warning(if self.messages { json_messages::NO_MESSAGE } else { NO_JSON })
    }

    fn forget(&self) {
        self.broken.forget();
    }
}

/// Where the next value starts: after white space, commas, and the mark of a file that was joined.
pub fn next_value(bytes: &[u8], mut from: usize) -> usize {
    let separator = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',');
    loop {
        from += bytes[from..].iter().take_while(|byte| separator(byte)).count();
        match marks(&bytes[from..]) {
            0 => return from,
            marks => from += marks,
        }
    }
}

/// Where the value that starts at `from` ends. `None` when the bytes end before, unless `end` says that there are no
/// more.
pub fn value_end(bytes: &[u8], from: usize, elements: bool, end: bool) -> Option<usize> {
    let rest = &bytes[from..];
    let length = match rest.first()? {
        b'{' | b'[' => nested_end(rest),
        b'"' => string_end(rest, 1),
        _ if elements => memchr3(b',', b']', b'\n', &rest[1..]).map(|length| 1 + length),
        _ => memchr(b'\n', rest),
    };
    match length {
        Some(length) => Some(from + length),
        None => end.then_some(bytes.len()),
    }
}

/// The length of the object or array that the bytes start with.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            b'"' => {
                at = string_end(bytes, at + 1)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where the string whose inside `from` is in ends, after its quote.
fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message;
    use sumoql_data::value::Value;

    fn cut(text: &str, elements: bool) -> Vec<String> {
        let framing = Values { elements, ..Values::default() };
        let source = plain_source(Arc::new(Values::default()), 0);
        let arena = Bump::new();
        let found = message::cut(&framing, text, 0, &source, &arena);
        assert!(found.iter().all(|m| text[m.offset as usize..].starts_with(m.raw)));
        found.iter().map(|m| m.raw.to_string()).collect()
    }

    #[test]
    fn elements() {
        let found = cut("\n {\"a\": [1, {\"b\":\"}\\\"]\"}] } ,\r\n{},[1,2] , \"x,y\", 12,true\n, null", true);
        let expected = ["{\"a\": [1, {\"b\":\"}\\\"]\"}] }", "{}", "[1,2]", "\"x,y\"", "12", "true", "null"];
        assert_eq!(found, expected);
    }

    #[test]
    fn objects_of_several_lines() {
        assert_eq!(
            cut("{\n \"a\": 1\n}\n{\"b\":2}{\"c\":3}\nno, json\n{\"d\"", false),
            ["{\n \"a\": 1\n}", "{\"b\":2}", "{\"c\":3}", "no, json", "{\"d\""]
        );
    }

    #[test]
    fn objects_with_raw() {
        let source = plain_source(Arc::new(Values { elements: true, messages: true, ..Values::default() }), 0);
        let arena = Bump::new();
        let found = message::cut(&*source.framing, "{\"_raw\":\"a\\nb\",\"host\":\"h\"},{", 0, &source, &arena);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].raw, "a\nb");
        assert!(matches!(found[0].own[..], [("host", Value::Text("h"))]));
        assert_eq!(found[1].raw, "{");
    }
}
