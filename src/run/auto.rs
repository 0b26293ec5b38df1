//! Auto parse mode: fields of the JSON in a message without a stage that parses it (manual page `dynamic-parsing`), and
//! the records of Cloud SIEM, which always have it and whose keywords are looked for in all fields (manual page
//! `search-cse-records-in-sumo`).

use super::json::flatten::{Flatten, begins, is, json_in};
use super::json::scan::{Scanner, Walk};
use super::json::text::value;
use crate::program::batch::{Extractor, Row, Slot};
use std::sync::atomic::Ordering;
use sumoql_data::message::Message;
use sumoql_data::value::Value;

/// How many fields of a message are parsed, in the order of the text.
pub const MAX_AUTO_FIELDS: usize = 100;

/// Names are made as by `json auto`: an array of plain values is one value.
const FLATTEN: Flatten = Flatten { depth: usize::MAX, arrays: false };

/// What keeps the fields of a record apart, so that no phrase reaches from one into the next.
const APART: &str = " \u{0} ";

/// Whether metadata leave a field to the JSON in the message.
pub fn is_missing(value: Value<'_>) -> bool {
    matches!(value, Value::Null | Value::Text(""))
}

/// Fields from the JSON in a message that has them: one slot for each name.
pub struct AutoFields {
    /// In lower case, blanks as `_`: either is a way to write them.
    wanted: Vec<String>,
}

impl AutoFields {
    /// The fields of these names.
    pub fn new(names: &[String]) -> AutoFields {
        AutoFields { wanted: names.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect() }
    }

    /// Takes what is wanted of some JSON whose names begin with `name`: at most so many fields are looked at. The answer is
    /// whether there is more that is wanted.
    fn take<'m>(&self, json: &'m str, name: &str, most: usize, found: &mut [Option<&'m str>]) -> bool {
        // There is a field for each comma and each bracket at most: few texts need to be gone over whole to count them.
        let counted = memchr::memchr3_iter(b',', b'{', b'[', json.as_bytes()).take(most + 1).count() > most;
        let enter = |beginning: &str| counted || self.wanted.iter().any(|wanted| begins(wanted, beginning));
        let (mut number, mut beyond) = (0, false);
        FLATTEN.under(json, name.to_string(), &enter, &mut |name, raw| {
            number += 1;
            for (cell, wanted) in found.iter_mut().zip(&self.wanted) {
                let part = if is(name, wanted) { Some(raw) } else { item(name, raw, wanted) };
                match part {
                    Some(_) if counted && number > most => beyond = true,
                    Some(raw) => *cell = Some(raw),
                    None => {}
                }
            }
        });
        beyond
    }
}

/// The item of an array of plain values that is wanted.
fn item<'m>(name: &str, raw: &'m str, wanted: &str) -> Option<&'m str> {
    if !raw.starts_with('[') || !begins(wanted, name) {
        return None;
    }
    let index: usize = wanted.get(name.len()..)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    let mut found = None;
    // It was checked before, so the walk does not fail.
    let _: Walk = Scanner::new(raw).items(|scanner, at| {
        let item = scanner.value()?;
        if at == index {
            found = Some(item);
        }
        Ok(())
    });
    found
}

impl Extractor for AutoFields {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(message) = row.message().filter(|message| message.is_auto_parsed()) else { return false };
        let mut found = vec![None; self.wanted.len()];
        // The limit is that of auto parse mode: a record has all its fields.
        let most = if message.is_security() { usize::MAX - 1 } else { MAX_AUTO_FIELDS };
        for (name, json) in nested(message) {
            self.take(json, name, most, &mut found);
        }
        let beyond = json_in(message.raw).is_some_and(|json| self.take(json, "", most, &mut found));
        if beyond {
            message.source.beyond.fetch_add(1, Ordering::Relaxed);
        }
        for (number, raw) in found.into_iter().enumerate() {
            row.set(first + number, raw.map_or(Value::Null, |raw| value(raw, row.arena())));
        }
        true
    }
}

/// The metadata of a record that are JSON.
fn nested<'m>(message: &Message<'m>) -> impl Iterator<Item = (&'m str, &'m str)> {
    let own = if message.is_security() { message.own } else { &[] };
    own.iter().filter_map(|(name, value)| match value {
        Value::Text(text) if text.starts_with(['{', '[']) => Some((*name, json_in(text).filter(|json| json == text)?)),
        _ => None,
    })
}

/// All that keywords are looked for in of a record of Cloud SIEM: its text and the values of its fields. Null for every
/// other message.
pub struct AllText;

impl Extractor for AllText {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(message) = row.message().filter(|message| message.is_security()) else { return false };
        let mut text = message.raw.to_string();
        let mut add = |value: &str| {
            text.push_str(APART);
            text.push_str(value);
        };
        // What begins with `_` says where the record came from.
        for (_, value) in message.own.iter().filter(|(name, _)| !name.starts_with('_')) {
            value.text(row.arena()).into_iter().for_each(&mut add);
        }
        for (_, value) in message.source.metadata.iter().filter(|(name, _)| !name.starts_with('_')) {
            add(value);
        }
        for json in nested(message).map(|(_, json)| json).chain(json_in(message.raw)) {
            FLATTEN.under(json, String::new(), &|_| true, &mut |_, raw| {
                value(raw, row.arena()).text(row.arena()).into_iter().for_each(&mut add);
            });
        }
        text.push_str(APART);
        row.set(first, Value::Text(row.arena().alloc_str(&text)));
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn taken(json: &str, wanted: &str, most: usize) -> (Option<String>, bool) {
        let fields = AutoFields::new(&[wanted.to_string()]);
        let mut found = [None];
        let beyond = fields.take(json, "", most, &mut found);
        (found[0].map(str::to_string), beyond)
    }

    #[test]
    fn fields_by_name() {
        let json = r#"{"Status":500,"user":{"first name":"ann"},"items":[{"k":1},{"k":2}],"tags":["a","b"],"é":1}"#;
        for (wanted, found) in [
            ("status", Some("500")),
            ("user.first name", Some("\"ann\"")),
            ("User.First_Name", Some("\"ann\"")),
            ("items[1].k", Some("2")),
            ("tags", Some("[\"a\",\"b\"]")),
            ("tags[1]", Some("\"b\"")),
            ("tags[2]", None),
            ("É", Some("1")),
            ("user", None),
            ("k", None),
        ] {
            assert_eq!(taken(json, wanted, MAX_AUTO_FIELDS), (found.map(str::to_string), false), "{wanted}");
        }
    }

    #[test]
    fn only_so_many_fields_in_the_order_of_the_text() {
        let json = r#"{"a":{"b":1,"c":",,{{"},"d":[1,2],"e":3}"#;
        assert_eq!(taken(json, "d", 3), (Some("[1,2]".into()), false));
        assert_eq!(taken(json, "e", 3), (None, true));
        assert_eq!(taken(json, "e", 4), (Some("3".into()), false));
        assert_eq!(taken(json, "f", 3), (None, false));
    }
}
