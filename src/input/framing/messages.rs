//! `messages`: one JSON object a line, with `_raw`, times and metadata.

use super::lines::each_line;
use crate::run::message::{Framing, Message, Source};
use crate::run::value::Value;
use bumpalo::Bump;
use chrono::DateTime;
use serde_json::Value as Json;

/// One message a line, as a JSON object: `_raw` is its text, the other members are its metadata. `_messageTime` and
/// `_receiptTime` are ISO 8601 or milliseconds since 1970. A line that is no such object is a message as it stands.
#[derive(Debug)]
pub struct Messages;

impl Framing for Messages {
    fn cut<'m>(
        &self,
        text: &'m str,
        offset: u64,
        source: &'m Source,
        arena: &'m Bump,
        each: &mut dyn FnMut(Message<'m>),
    ) {
        each_line(text, |start, line| {
            let (raw, own) = message(line, arena);
            each(Message { raw, offset: offset + start as u64, copy: 0, source, own });
        });
    }

    fn own_metadata(&self) -> bool {
        true
    }
}

/// Text and metadata of one message. What is no object is a message as it stands.
pub fn message<'m>(text: &'m str, arena: &'m Bump) -> (&'m str, &'m [(&'m str, Value<'m>)]) {
    let object = serde_json::from_str::<serde_json::Map<String, Json>>(text).ok();
    object.and_then(|object| object_message(&object, arena)).unwrap_or((text, &[][..]))
}

fn object_message<'m>(
    object: &serde_json::Map<String, Json>,
    arena: &'m Bump,
) -> Option<(&'m str, &'m [(&'m str, Value<'m>)])> {
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
        let time = name.eq_ignore_ascii_case("_messageTime") || name.eq_ignore_ascii_case("_receiptTime");
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(n) => match n.as_i64() {
                Some(n) => Value::Int(n),
                None => Value::Double(n.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => match DateTime::parse_from_rfc3339(text) {
                Ok(moment) if time => Value::Int(moment.timestamp_millis()),
                _ => Value::Text(arena.alloc_str(text)),
            },
            other => Value::Text(arena.alloc_str(&other.to_string())),
        };
        own.push((&*arena.alloc_str(name), value));
    }
    Some((raw?, own.into_bump_slice()))
}
