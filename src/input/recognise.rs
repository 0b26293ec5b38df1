//! Tells from its beginning what an input is.

mod binary;
mod csv;
mod document;

pub use binary::{named, zipped};

use super::format::Format;
use super::framing::marks;
use super::framing::records::{Array, Begun, Opened, is_map, opened, page};
use super::framing::xml::Root;
use super::parquet::is_parquet;
use super::shape::Shape;
use binary::noise;
use document::{Document, document};
use quick_xml::events::Event;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use sumoql_evtx::is_log;

/// How many bytes of an input are looked at.
pub const HEAD: usize = 64 << 10;

/// Why an input is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It holds no messages that could be read: in a folder, it is passed over.
    NoMessages(String),
    /// Something is wrong.
    Wrong(String),
}

impl From<String> for Refused {
    fn from(reason: String) -> Refused {
        Refused::Wrong(reason)
    }
}

impl From<&str> for Refused {
    fn from(reason: &str) -> Refused {
        Refused::Wrong(reason.into())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Refused::NoMessages(reason) | Refused::Wrong(reason)) = self;
        f.write_str(reason)
    }
}

/// What an input is that begins with these bytes. `whole` says that there are no more. The error says why it can't be
/// read.
pub fn recognise(head: &[u8], whole: bool, wanted: Format) -> Result<Shape, Refused> {
    let head = unmarked(head);
    match wanted {
        Format::Text => return Ok(Shape::Text),
        Format::Csv => return Ok(rows(head)),
        Format::Evtx if is_log(head) || !whole || head.is_empty() => return Ok(Shape::Evtx),
        Format::Evtx => return Err("there is no event log of Windows in it: no header, no chunk".into()),
        Format::Auto if is_log(head) => return Ok(Shape::Evtx),
        _ => {}
    }
    if let Some(reason) = unreadable(head) {
        return Err(reason.into());
    }
    if let Some(reason) = named(head).or_else(|| noise(head)) {
        return Err(Refused::NoMessages(reason));
    }
    Ok(match wanted {
        Format::Xml => Shape::Xml(events(head).unwrap_or_default()),
        Format::Json => json(head, whole, false).unwrap_or(Shape::JsonLines),
        Format::Messages if is_job(head) => Shape::JobPages,
        Format::Messages => json(head, whole, true).unwrap_or(Shape::Messages),
        _ => match (events(head), json(head, whole, false)) {
            (Some(root), _) => Shape::Xml(root),
            (None, Some(_)) if is_job(head) => Shape::JobPages,
            (None, Some(Shape::JsonLines)) if is_banner(head) => Shape::Text,
            (None, Some(shape)) if keys(first_value(head)).0 => of_messages(shape),
            (None, Some(shape)) => shape,
            (None, None) if csv::verdict(head, whole) == csv::Verdict::Yes => rows(head),
            (None, None) => Shape::Text,
        },
    })
}

/// What is to be said of an input that was taken for this without anybody having said so: what else it may be, or what
/// became of it.
pub fn guessed(head: &[u8], whole: bool, shape: Shape) -> Option<String> {
    let head = unmarked(head);
    match shape {
        Shape::Text if csv::verdict(head, whole) == csv::Verdict::Perhaps => {
            Some("it may be CSV: --format csv makes a message of each row below the header".into())
        }
        Shape::JsonLines | Shape::JsonObjects | Shape::JsonDocument(Array::Member(_)) => {
            match document(head.trim_ascii_start(), whole) {
                Document::Of(_, name) => Some(format!(
                    "each element of the document's array `{name}` is a message, what stands beside it is none"
                )),
                Document::Perhaps(path) => Some(format!(
                    "it is one message; `jq -c '.{path}[]'` makes a line, and so a message, of each element of its array `{path}`"
                )),
                Document::Messages => None,
            }
        }
        _ => None,
    }
}

/// The bytes without marks of UTF-8 before them.
fn unmarked(head: &[u8]) -> &[u8] {
    &head[marks(head)..]
}

/// Text in rows.
fn rows(head: &[u8]) -> Shape {
    Shape::Csv { utc: csv::is_utc(head) }
}

/// Why bytes that are no text can't be read, as far as their first ones tell.
fn unreadable(head: &[u8]) -> Option<&'static str> {
    if is_log(head) {
        Some("it is an event log of Windows (EVTX): no other format than `evtx` fits")
    } else if is_parquet(head) {
        Some("it is a Parquet file, which can only be read as a whole")
    } else {
        None
    }
}

/// The element around the events, if an XML document of Windows events begins here: `Event` is the root, or the first
/// element in it. The `Record N` lines of `evtx_dump` may come before.
fn events(head: &[u8]) -> Option<Root> {
    let head = match head.strip_prefix(b"Record ") {
        Some(rest) => without_digits(rest.trim_ascii_start()).trim_ascii_start(),
        None => head.trim_ascii_start(),
    };
    if !head.starts_with(b"<") {
        return None;
    }
    let mut reader = quick_xml::Reader::from_reader(head);
    let mut buffer = Vec::new();
    // The root, once it was seen, and whether it is `Events`.
    let mut root = None;
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => match tag.name().as_ref() {
                "Event" => return Some(root.map_or(Root::default(), |(root, _)| root)),
                name if root.is_none() => root = Some((Root::new(name), name == "Events")),
                _ => return None,
            },
            Ok(Event::Empty(tag)) => match tag.name().as_ref() {
                "Event" => return Some(root.map_or(Root::default(), |(root, _)| root)),
                name => return (root.is_none() && name == "Events").then(Root::default),
            },
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
            Ok(Event::Text(text)) if text.trim_ascii().is_empty() => {}
            // `<Events>` alone is enough: what follows may be too long to be seen.
            _ => return root.filter(|(_, known)| *known).map(|(root, _)| root),
        }
        buffer.clear();
    }
}

fn without_digits(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| byte.is_ascii_digit()).count()..]
}

/// How JSON is laid out, if it is JSON.
fn json(head: &[u8], whole: bool, messages: bool) -> Option<Shape> {
    let text = head.trim_ascii_start();
    if !messages
        && let Document::Of(array, _) = document(text, whole)
        && !is_records(text)
    {
        return Some(Shape::JsonDocument(array));
    }
    let line_end = text.iter().position(|byte| *byte == b'\n');
    let line = &text[..line_end.unwrap_or(text.len())];
    let shape = match text.first()? {
        b'[' => {
            let inside = text[1..].trim_ascii_start();
            match inside.first() {
                Some(b'{') if keys(inside).1 != Read::Broken => Shape::JsonArray,
                Some(b']') => Shape::JsonArray,
                _ => return None,
            }
        }
        b'{' if is_records(text) && !messages => Shape::JsonDocument(Array::Records),
        b'{' => match keys(line).1 {
            Read::Whole(length) => match line[length..].trim_ascii_start().first() {
                None => Shape::JsonLines,
                Some(b'{' | b',') => Shape::JsonObjects,
                Some(_) => return None,
            },
            // The first line is longer than what is looked at.
            Read::Begun if line_end.is_none() && !whole => Shape::JsonLines,
            Read::Begun => match keys(text).1 {
                Read::Whole(_) => Shape::JsonObjects,
                Read::Begun if !whole => Shape::JsonObjects,
                _ => return None,
            },
            Read::Broken => return None,
        },
        _ => return None,
    };
    Some(if messages { of_messages(shape) } else { shape })
}

/// Whether a document with an array of records begins here. Where these are not the first member, there must be no other
/// document, lest each line of a log be one that happens to have such a member.
fn is_records(text: &[u8]) -> bool {
    match opened(text, Array::Records) {
        Begun::Yes(Opened { comma: None, .. }) => true,
        Begun::Yes(_) => match keys(text).1 {
            Read::Whole(length) => text[length..].trim_ascii().is_empty(),
            Read::Begun => true,
            Read::Broken => false,
        },
        Begun::No | Begun::Perhaps => false,
    }
}

/// Whether results of a search job begin here: a page of them, or an array of pages, or of the maps in them.
fn is_job(head: &[u8]) -> bool {
    let first = first_value(head);
    matches!(page(first), Begun::Yes(_)) || is_map(first) == Some(true)
}

/// Whether the object in the first line is but the banner of a text: most of the lines begin with no object.
fn is_banner(head: &[u8]) -> bool {
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start).filter(|line| !line.is_empty());
    let (objects, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with(b"{"));
    objects.len() < others.len()
}

fn of_messages(shape: Shape) -> Shape {
    match shape {
        Shape::JsonLines => Shape::Messages,
        Shape::JsonArray => Shape::MessageArray,
        Shape::JsonObjects => Shape::MessageObjects,
        other => other,
    }
}

/// The text from the first object on.
fn first_value(head: &[u8]) -> &[u8] {
    let text = head.trim_ascii_start();
    text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start()
}

/// How much of an object is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// All of it, so many bytes.
    Whole(usize),
    /// A part.
    Begun,
    /// It is no JSON object.
    Broken,
}

/// Whether the object that the text begins with has a member `_raw`, as far as it is there.
fn keys(text: &[u8]) -> (bool, Read) {
    let mut raw = false;
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = match (Keys { raw: &mut raw }).deserialize(&mut reader) {
        Ok(()) => {
            let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
            values.next();
            Read::Whole(values.byte_offset())
        }
        Err(error) if error.is_eof() => Read::Begun,
        Err(_) => Read::Broken,
    };
    (raw, read)
}

/// Reads an object and notes whether it has `_raw`, even when the object's end is missing.
struct Keys<'a> {
    raw: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            *self.raw |= key.eq_ignore_ascii_case("_raw");
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(text: &str) -> Result<Shape, Refused> {
        recognise(text.as_bytes(), true, Format::Auto)
    }

    #[test]
    fn texts() {
        for text in [
            "",
            "\n",
            "a line",
            "caf\u{fffd}",
            "[2016-12-19 16:31:47,437] INFO",
            "{not json}",
            "[1, 2]\n[3, 4]\n",
            "{\"a\":1} x",
        ] {
            assert_eq!(auto(text), Ok(Shape::Text), "{text}");
        }
        assert_eq!(auto("Oct  3 13:55:36 host <Event><System/></Event>"), Ok(Shape::Text));
        assert_eq!(auto("<html><Event/></html>x"), Ok(Shape::Xml(Root::new("html"))), "an element of any root");
        assert_eq!(auto("<134>1 2024-05-14T09:12:01Z host app"), Ok(Shape::Text), "syslog");
        assert_eq!(auto("<a><b/></a>"), Ok(Shape::Text));
    }

    #[test]
    fn events() {
        for (text, root) in [
            ("<Event xmlns='http://x'><System>", ""),
            ("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c -->\n<Events>\n <Event>", "Events"),
            ("Record 1\n<?xml version=\"1.0\"?>\n<Event xmlns=\"x\">\n  <System>", ""),
            ("  <Event/>", ""),
            ("<Events/>", ""),
            ("<Events></Events>", "Events"),
            ("<Export of='x'><Event>", "Export"),
        ] {
            assert_eq!(auto(text), Ok(Shape::Xml(Root::new(root))), "{text}");
        }
    }

    #[test]
    fn json_in_its_layouts() {
        let cases = [
            ("{\"a\":1}\n{\"b\":", Shape::JsonLines),
            ("{}", Shape::JsonLines),
            ("{\"a\":1}{\"b\":2}", Shape::JsonObjects),
            ("{\n  \"a\": 1\n}\n{", Shape::JsonObjects),
            ("[{\"a\":1},\n", Shape::JsonArray),
            (" [ ]", Shape::JsonArray),
            ("{\"_raw\":\"x\"}", Shape::Messages),
            ("[{\"host\":1,\"_raw\":\"x\"", Shape::MessageArray),
            ("{\n\"_RAW\":\"x\"}", Shape::MessageObjects),
            ("{\"a\":{\"_raw\":1}}", Shape::JsonLines),
            ("{\"Records\":[{\"a\":1}]}", Shape::JsonDocument(Array::Records)),
            ("{\n  \"Records\": [\n", Shape::JsonDocument(Array::Records)),
            ("{\"a\":1,\"Records\":[{\"b\":1}]}\n", Shape::JsonDocument(Array::Records)),
            ("{\"a\":1,\"Records\":[{\"b\":1}]}\n{\"a\":2}", Shape::JsonLines),
            ("{\"a\":1,\"records\":[{\"b\":1}]}\n", Shape::JsonLines),
        ];
        for (text, shape) in cases {
            assert_eq!(auto(text), Ok(shape), "{text}");
        }
        let begun = |text: &str| recognise(text.as_bytes(), false, Format::Auto);
        assert_eq!(begun("{\"a\":\"no end in sight"), Ok(Shape::JsonLines));
        assert_eq!(begun("{\"_raw\":\"no end in sight"), Ok(Shape::Messages));
        assert_eq!(begun("{\n\"a\":\"no end in sight"), Ok(Shape::JsonObjects));
        assert_eq!(auto("{\n\"a\":\"no end in sight"), Ok(Shape::Text));
    }

    #[test]
    fn a_wish_is_followed() {
        let wish = |text: &str, format| recognise(text.as_bytes(), true, format);
        assert_eq!(wish("{}", Format::Text), Ok(Shape::Text));
        assert_eq!(wish("text", Format::Json), Ok(Shape::JsonLines));
        assert_eq!(wish("[{}]", Format::Messages), Ok(Shape::MessageArray));
        assert_eq!(wish("text", Format::Xml), Ok(Shape::Xml(Root::default())));
        assert_eq!(wish("text", Format::Csv), Ok(Shape::Csv { utc: false }));
        assert!(wish("text", Format::Evtx).is_err_and(|reason| reason.to_string().contains("no event log")));
        assert_eq!(wish("ElfFile\0", Format::Evtx), Ok(Shape::Evtx));
        assert!(wish("ElfFile\0", Format::Xml).is_err_and(|reason| reason.to_string().contains("evtx")));
    }

    #[test]
    fn event_logs() {
        let mut headless = vec![7; 4096];
        headless.extend_from_slice(b"ElfChnk\0");
        for head in [&b"ElfFile\0\0"[..], &headless] {
            assert_eq!(recognise(head, false, Format::Auto), Ok(Shape::Evtx));
        }
    }
}
