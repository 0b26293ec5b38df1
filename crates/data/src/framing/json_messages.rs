//! `messages`: one JSON object a line, with `_raw`, times and metadata.

use super::lines::each_line;
use super::skipped_lines::Broken;
use crate::message::{Framing, Message, Source};
use crate::time::parse_moment::parse_moment;
use crate::value::Value;
use bumpalo::Bump;
use chrono_tz::Tz;
use serde_json::Value as Json;

/// One message a line, as a JSON object: `_raw` is its text, the other members are its metadata. `_messageTime` and
/// `_receiptTime` are milliseconds since 1970 or ISO 8601, in the source's zone if they name none. A line that is no
/// such object is a message as it stands.
#[derive(Debug)]
pub struct Messages;

/// The same, but lines that are no such objects are counted.
#[derive(Debug, Default)]
pub struct CountedMessages {
    broken: Broken,
}

fn each_message<'m>(
    text: &'m str,
    offset: u64,
    source: &'m Source,
    arena: &'m Bump,
    out: &mut Vec<Message<'m>>,
    broken: impl Fn(u64),
) {
    each_line(text, |start, line| {
        let offset = offset + start as u64;
        let (raw, own) = found(line, source.zone, arena).unwrap_or_else(|| {
            broken(offset);
            (line, &[][..])
        });
        out.push(Message { raw, offset, copy: 0, source, own });
    });
}

impl Framing for Messages {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        each_message(text, offset, source, arena, out, |_| {});
    }

    fn own_metadata(&self) -> bool {
        true
    }
}

impl Framing for CountedMessages {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        each_message(text, offset, source, arena, out, |at| self.broken.count(at));
    }

    fn own_metadata(&self) -> bool {
        true
    }

    fn oddity(&self) -> Option<String> {
        self.broken.warning(NO_MESSAGE)
    }

    fn forget(&self) {
        self.broken.forget();
    }
}

/// What a line is that is no message with metadata.
pub const NO_MESSAGE: (&str, &str) = ("not a JSON object with `_raw`", "not JSON objects with `_raw`");

/// Text and metadata of one message: no text if it has no `_raw`.
pub type MessageMembers<'m> = (Option<&'m str>, &'m [(&'m str, Value<'m>)]);

/// Text and metadata of one message, if it is such an object.
pub fn found<'m>(text: &'m str, zone: Tz, arena: &'m Bump) -> Option<(&'m str, &'m [(&'m str, Value<'m>)])> {
    let object = serde_json::from_str::<serde_json::Map<String, Json>>(text).ok()?;
    let (raw, own) = object_message(&object, arena, |name, text| own_text(name, text, zone, arena));
    Some((raw?, own))
}

/// Text and metadata that an object has; `typed` makes values of texts.
pub fn object_message<'m>(
    object: &serde_json::Map<String, Json>,
    arena: &'m Bump,
    typed: impl Fn(&str, &str) -> Value<'m>,
) -> MessageMembers<'m> {
    let mut raw = None;
    let mut own = bumpalo::collections::Vec::new_in(arena);
    for (name, value) in object {
        if name.eq_ignore_ascii_case("_raw") {
            raw = Some(match value {
                Json::String(text) => &*arena.alloc_str(text),
                other => &*arena.alloc_str(&other.to_string()),
            });
            continue;
        }
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(n) => match n.as_i64() {
                Some(n) => Value::Int(n),
                None => Value::Double(n.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => typed(name, text),
            other => Value::Text(arena.alloc_str(&other.to_string())),
        };
        own.push((&*arena.alloc_str(name), value));
    }
    (raw, own.into_bump_slice())
}

/// The value of a text: a moment, if its name says so. Times relative to now mean nothing here.
pub fn own_text<'m>(name: &str, text: &str, zone: Tz, arena: &'m Bump) -> Value<'m> {
    let time = name.eq_ignore_ascii_case("_messageTime") || name.eq_ignore_ascii_case("_receiptTime");
    let moment = time && text.starts_with(|c: char| c.is_ascii_digit());
    match moment.then(|| parse_moment(text, 0, zone)) {
        Some(Ok(moment)) => Value::Int(moment),
        _ => Value::Text(arena.alloc_str(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_metadata() {
        let text = r#"{"_raw":"r","_messageTime":"2024-05-14T09:12:01.5","_receiptTime":"1715688000123","a":"2024-05-14","n":1.5,"o":{"p":[1]}}"#;
        let arena = Bump::new();
        let (raw, own) = found(text, Tz::Europe__Berlin, &arena).unwrap_or_default();
        assert_eq!(raw, "r");
        let own: Vec<_> = own.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        let expected = [
            "_messageTime=Int(1715670721500)",
            "_receiptTime=Int(1715688000123)",
            "a=Text(\"2024-05-14\")",
            "n=Double(1.5)",
            "o=Text(\"{\\\"p\\\":[1]}\")",
        ];
        assert_eq!(own, expected);
        assert!(found("{\"a\":1}", Tz::UTC, &arena).is_none(), "no _raw");
    }
}
