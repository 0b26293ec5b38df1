//! `messages` as the Search Job API of Sumo Logic gives them: each `{"map": {…}}` of its pages is a message or a record, and
//! all its values are texts.

use super::json::{next_value, value_end};
use super::json_records::{Step, Walk};
use bumpalo::Bump;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use sumoql_data::framing::json_messages::{object_message, own_text};
use sumoql_data::framing::skipped_lines::Broken;
use sumoql_data::message::{Framing, Message, Source};
use sumoql_data::value::Value;

/// What stands in front of the list of fields at the beginning of a chunk.
const FIELDS: &[u8] = b"fields:";

/// What stands at the beginning of the chunks of a page with this list of fields.
pub fn header(fields: &[u8]) -> Vec<u8> {
    [FIELDS, fields, b"\n"].concat()
}

/// Metadata that are texts, whatever they look like. Others whose names begin with `_` are numbers if they look like one.
const TEXTS: [&str; 10] = [
    "_collector",
    "_format",
    "_index",
    "_loglevel",
    "_source",
    "_sourcecategory",
    "_sourcehost",
    "_sourcename",
    "_view",
    "_blockid",
];

/// What a value is that is neither.
const NO_RESULT: (&str, &str) = ("not a message or record of a search job", "not messages or records of a search job");

/// One message a map: `_raw` is its text, the others are its metadata, of the types that the list of fields says, where
/// there is one. Without `_raw`, as records are, its text is the map as JSON.
///
/// Chunks have the maps of one page, behind the list of its fields, and nothing that stands around them.
#[derive(Debug, Default)]
pub struct Maps {
    broken: Broken,
}

/// The entry of a field.
#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "fieldType", default)]
    kind: String,
}

/// The types of fields by their names in lower case.
type Types = HashMap<String, String>;

/// Metadata: names and values.
type Own<'m> = &'m [(&'m str, Value<'m>)];

impl Framing for Maps {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let bytes = text.as_bytes();
        let header = self.header(bytes);
        let types = types(bytes[..header].strip_prefix(FIELDS).unwrap_or_default());
        let mut at = next_value(bytes, header);
        while at < bytes.len() {
            let end = value_end(bytes, at, true, true).unwrap_or(bytes.len());
            let value = text[at..end].trim_end();
            let place = offset + at as u64;
            let (raw, own) = result(value, &types, source, arena).unwrap_or_else(|| {
                self.broken.count(place);
                (value, &[][..])
            });
            out.push(Message { raw, offset: place, copy: 0, source, own });
            at = next_value(bytes, end);
        }
    }

    fn header(&self, chunk: &[u8]) -> usize {
        let fields = chunk.strip_prefix(FIELDS).and_then(|chunk| value_end(chunk, 0, true, false));
        fields.map_or(0, |length| FIELDS.len() + length + 1)
    }

    fn own_metadata(&self) -> bool {
        true
    }

    fn oddity(&self) -> Option<String> {
        self.broken.warning(NO_RESULT)
    }

    fn forget(&self) {
        self.broken.forget();
    }
}

fn types(fields: &[u8]) -> Types {
    let fields: Vec<Field> = serde_json::from_slice(fields).unwrap_or_default();
    fields.into_iter().map(|field| (field.name.to_ascii_lowercase(), field.kind)).collect()
}

/// Text and metadata of a message or record.
fn result<'m>(text: &'m str, types: &Types, source: &Source, arena: &'m Bump) -> Option<(&'m str, Own<'m>)> {
    let map = map(text)?;
    let object = serde_json::from_str::<serde_json::Map<String, Json>>(map).ok()?;
    let (raw, own) = object_message(&object, arena, |name, text| {
        let name = name.to_ascii_lowercase();
        typed(&name, text, types.get(&name).map(String::as_str))
            .unwrap_or_else(|| own_text(&name, text, source.zone, arena))
    });
    Some((raw.unwrap_or(map), own))
}

/// The map in an object.
fn map(text: &str) -> Option<&str> {
    let mut walk = Walk::new(text.as_bytes());
    while let Step::Member(member) = walk.step()? {
        walk.pass(&member)?;
        if &text[member.name] == "\"map\"" && member.first == b'{' {
            return Some(&text[member.value..walk.at]);
        }
    }
    None
}

/// The value of a text that is none by its type; without one, by its name and looks.
fn typed<'m>(name: &str, text: &str, kind: Option<&str>) -> Option<Value<'m>> {
    let double = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Double);
    let int = || text.parse().ok().map(Value::Int);
    match kind {
        Some("long" | "int") => int(),
        Some("double") => double(),
        Some("boolean") => text.parse().ok().map(Value::Bool),
        Some("string") => None,
        _ if name.starts_with('_') && !TEXTS.contains(&name) => int().or_else(double),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message;

    fn cut(text: &str) -> Vec<String> {
        let source = plain_source(Arc::new(Maps::default()), 0);
        let arena = Bump::new();
        let shown = |m: &Message<'_>| {
            let own: Vec<_> = m.own.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
            format!("{} {} {}", m.offset, m.raw, own.join(" "))
        };
        message::cut(&*source.framing, text, 0, &source, &arena).iter().map(shown).collect()
    }

    #[test]
    fn values_have_the_types_of_their_fields() {
        let fields = r#"[{"name":"_messagetime","fieldType":"long"},{"name":"n","fieldType":"int"},{"name":"x","fieldType":"double"},{"name":"b","fieldType":"boolean"},{"name":"_s","fieldType":"string"}]"#;
        let map = r#"{"map":{"_messagetime":"17","_RAW":"r\n","n":"4","x":"0.5","b":"true","_s":"7","o":"8"}}"#;
        let text = format!("fields:{fields}\n {map},{map}");
        let start = fields.len() + 9;
        let own = r#"_messagetime=Int(17) n=Int(4) x=Double(0.5) b=Bool(true) _s=Text("7") o=Text("8")"#;
        assert_eq!(cut(&text), [start, start + map.len() + 1].map(|at| format!("{at} r\n {own}")));
        assert_eq!(Maps::default().header(text.as_bytes()), start - 1);
    }

    #[test]
    fn without_a_list_of_fields_names_tell() {
        let map = r#"{"a":"1","_count":"-3","_avg":"1.5","_sourcehost":"10","_messagetime":"2024-05-14T09:12:01Z"}"#;
        let own =
            r#"a=Text("1") _count=Int(-3) _avg=Double(1.5) _sourcehost=Text("10") _messagetime=Int(1715677921000)"#;
        assert_eq!(cut(&format!("{{\"map\": {map} }}")), [format!("0 {map} {own}")]);
        assert_eq!(cut("{\"map\":1} {\"a\":"), ["0 {\"map\":1} ", "10 {\"a\": "]);
    }
}
