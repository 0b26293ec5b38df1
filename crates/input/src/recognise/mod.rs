//! Tells from its beginning what an input is.

mod binary;
mod csv;
mod document;

pub use binary::{named, zipped};

use super::detected_format::DetectedFormat;
use super::format::Format;
use super::framing::json_records::{Array, ArrayStart, Match, is_map, opened, page};
use super::framing::marks;
use super::framing::xml::Root;
use super::magic::is_parquet;
use binary::noise;
use document::{Document, document};
use quick_xml::events::Event;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use sumoql_evtx::is_log;

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
pub fn recognise(head: &[u8], whole: bool, wanted: Format) -> Result<DetectedFormat, Refused> {
    let head = unmarked(head);
    match wanted {
        Format::Text => return Ok(DetectedFormat::Text),
        Format::Csv => return Ok(rows(head)),
        Format::Evtx if is_log(head) || !whole || head.is_empty() => return Ok(DetectedFormat::Evtx),
        Format::Evtx => return Err("it is not a Windows event log: it has no header and no chunk".into()),
        Format::Auto if is_log(head) => return Ok(DetectedFormat::Evtx),
        _ => {}
    }
    if let Some(reason) = unreadable(head) {
        return Err(reason.into());
    }
    if let Some(reason) = named(head).or_else(|| noise(head)) {
        return Err(Refused::NoMessages(reason));
    }
    Ok(match wanted {
        Format::Xml => DetectedFormat::Xml(events(head).unwrap_or_default()),
        Format::Json => json(head, whole, false).unwrap_or(DetectedFormat::JsonLines),
        Format::Messages if is_job(head) => DetectedFormat::JobPages,
        Format::Messages => json(head, whole, true).unwrap_or(DetectedFormat::Messages),
        _ => match (events(head), json(head, whole, false)) {
            (Some(root), _) => DetectedFormat::Xml(root),
            (None, Some(_)) if is_job(head) => DetectedFormat::JobPages,
            (None, Some(DetectedFormat::JsonLines)) if is_banner(head) => DetectedFormat::Text,
            (None, Some(detected)) if keys(first_value(head)).0 => of_messages(detected),
            (None, Some(detected)) => detected,
            (None, None) if csv::verdict(head, whole) == csv::Verdict::Yes => rows(head),
            (None, None) => DetectedFormat::Text,
        },
    })
}

/// A hint about an input whose format was guessed: what else it may be, or what
/// became of it.
pub fn guessed(head: &[u8], whole: bool, detected: DetectedFormat) -> Option<String> {
    let head = unmarked(head);
    match detected {
        DetectedFormat::Text if csv::verdict(head, whole) == csv::Verdict::Perhaps => {
            Some("it may be CSV: --format csv makes a message of each row below the header".into())
        }
        DetectedFormat::JsonLines | DetectedFormat::JsonObjects | DetectedFormat::JsonDocument(Array::Member(_)) => {
            match document(head.trim_ascii_start(), whole) {
                Document::Of(_, name) => Some(format!(
                    "each element of the document's array `{name}` is a message; the rest of the document is ignored"
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
fn rows(head: &[u8]) -> DetectedFormat {
    DetectedFormat::Csv { utc: csv::is_utc(head) }
}

/// Why bytes that are no text can't be read, as far as their first ones show.
fn unreadable(head: &[u8]) -> Option<&'static str> {
    if is_log(head) {
        Some("it is a Windows event log (EVTX): only the format `evtx` fits")
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
fn json(head: &[u8], whole: bool, messages: bool) -> Option<DetectedFormat> {
    let text = head.trim_ascii_start();
    if !messages
        && let Document::Of(array, _) = document(text, whole)
        && !is_records(text)
    {
        return Some(DetectedFormat::JsonDocument(array));
    }
    let line_end = text.iter().position(|byte| *byte == b'\n');
    let line = &text[..line_end.unwrap_or(text.len())];
    let detected = match text.first()? {
        b'[' => {
            let inside = text[1..].trim_ascii_start();
            match inside.first() {
                Some(b'{') if keys(inside).1 != Read::Broken => DetectedFormat::JsonArray,
                Some(b']') => DetectedFormat::JsonArray,
                _ => return None,
            }
        }
        b'{' if is_records(text) && !messages => DetectedFormat::JsonDocument(Array::Records),
        b'{' => match keys(line).1 {
            Read::Whole(length) => match line[length..].trim_ascii_start().first() {
                None => DetectedFormat::JsonLines,
                Some(b'{' | b',') => DetectedFormat::JsonObjects,
                Some(_) => return None,
            },
            // The first line is longer than what is looked at.
            Read::Match if line_end.is_none() && !whole => DetectedFormat::JsonLines,
            Read::Match => match keys(text).1 {
                Read::Whole(_) => DetectedFormat::JsonObjects,
                Read::Match if !whole => DetectedFormat::JsonObjects,
                _ => return None,
            },
            Read::Broken => return None,
        },
        _ => return None,
    };
    Some(if messages { of_messages(detected) } else { detected })
}

/// Whether a document with an array of records begins here. Where these are not the first member, there must be no other
/// document, lest each line of a log be one that happens to have such a member.
fn is_records(text: &[u8]) -> bool {
    match opened(text, Array::Records) {
        Match::Yes(ArrayStart { comma: None, .. }) => true,
        Match::Yes(_) => match keys(text).1 {
            Read::Whole(length) => text[length..].trim_ascii().is_empty(),
            Read::Match => true,
            Read::Broken => false,
        },
        Match::No | Match::Perhaps => false,
    }
}

/// Whether results of a search job begin here: a page of them, or an array of pages, or of the maps in them.
fn is_job(head: &[u8]) -> bool {
    let first = first_value(head);
    matches!(page(first), Match::Yes(_)) || is_map(first) == Some(true)
}

/// Whether the object in the first line is but the banner of a text: most of the lines begin with no object.
fn is_banner(head: &[u8]) -> bool {
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start).filter(|line| !line.is_empty());
    let (objects, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with(b"{"));
    objects.len() < others.len()
}

fn of_messages(detected: DetectedFormat) -> DetectedFormat {
    match detected {
        DetectedFormat::JsonLines => DetectedFormat::Messages,
        DetectedFormat::JsonArray => DetectedFormat::MessageArray,
        DetectedFormat::JsonObjects => DetectedFormat::MessageObjects,
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
    Match,
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
        Err(error) if error.is_eof() => Read::Match,
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

    fn auto(text: &str) -> Result<DetectedFormat, Refused> {
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
            assert_eq!(auto(text), Ok(DetectedFormat::Text), "{text}");
        }
        assert_eq!(auto("Oct  3 13:55:36 host <Event><System/></Event>"), Ok(DetectedFormat::Text));
        assert_eq!(
            auto("<html><Event/></html>x"),
            Ok(DetectedFormat::Xml(Root::new("html"))),
            "an element of any root"
        );
        assert_eq!(auto("<134>1 2024-05-14T09:12:01Z host app"), Ok(DetectedFormat::Text), "syslog");
        assert_eq!(auto("<a><b/></a>"), Ok(DetectedFormat::Text));
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
            assert_eq!(auto(text), Ok(DetectedFormat::Xml(Root::new(root))), "{text}");
        }
    }

    #[test]
    fn json_in_its_layouts() {
        let cases = [
            ("{\"a\":1}\n{\"b\":", DetectedFormat::JsonLines),
            ("{}", DetectedFormat::JsonLines),
            ("{\"a\":1}{\"b\":2}", DetectedFormat::JsonObjects),
            ("{\n  \"a\": 1\n}\n{", DetectedFormat::JsonObjects),
            ("[{\"a\":1},\n", DetectedFormat::JsonArray),
            (" [ ]", DetectedFormat::JsonArray),
            ("{\"_raw\":\"x\"}", DetectedFormat::Messages),
            ("[{\"host\":1,\"_raw\":\"x\"", DetectedFormat::MessageArray),
            ("{\n\"_RAW\":\"x\"}", DetectedFormat::MessageObjects),
            ("{\"a\":{\"_raw\":1}}", DetectedFormat::JsonLines),
            ("{\"Records\":[{\"a\":1}]}", DetectedFormat::JsonDocument(Array::Records)),
            ("{\n  \"Records\": [\n", DetectedFormat::JsonDocument(Array::Records)),
            ("{\"a\":1,\"Records\":[{\"b\":1}]}\n", DetectedFormat::JsonDocument(Array::Records)),
            ("{\"a\":1,\"Records\":[{\"b\":1}]}\n{\"a\":2}", DetectedFormat::JsonLines),
            ("{\"a\":1,\"records\":[{\"b\":1}]}\n", DetectedFormat::JsonLines),
        ];
        for (text, detected) in cases {
            assert_eq!(auto(text), Ok(detected), "{text}");
        }
        let begun = |text: &str| recognise(text.as_bytes(), false, Format::Auto);
        assert_eq!(begun("{\"a\":\"no end in sight"), Ok(DetectedFormat::JsonLines));
        assert_eq!(begun("{\"_raw\":\"no end in sight"), Ok(DetectedFormat::Messages));
        assert_eq!(begun("{\n\"a\":\"no end in sight"), Ok(DetectedFormat::JsonObjects));
        assert_eq!(auto("{\n\"a\":\"no end in sight"), Ok(DetectedFormat::Text));
    }

    #[test]
    fn a_wish_is_followed() {
        let hints = |text: &str, format| recognise(text.as_bytes(), true, format);
        assert_eq!(hints("{}", Format::Text), Ok(DetectedFormat::Text));
        assert_eq!(hints("text", Format::Json), Ok(DetectedFormat::JsonLines));
        assert_eq!(hints("[{}]", Format::Messages), Ok(DetectedFormat::MessageArray));
        assert_eq!(hints("text", Format::Xml), Ok(DetectedFormat::Xml(Root::default())));
        assert_eq!(hints("text", Format::Csv), Ok(DetectedFormat::Csv { utc: false }));
        assert!(
            hints("text", Format::Evtx).is_err_and(|reason| reason.to_string().contains("not a Windows event log"))
        );
        assert_eq!(hints("ElfFile\0", Format::Evtx), Ok(DetectedFormat::Evtx));
        assert!(hints("ElfFile\0", Format::Xml).is_err_and(|reason| reason.to_string().contains("evtx")));
    }

    #[test]
    fn event_logs() {
        let mut headless = vec![7; 4096];
        headless.extend_from_slice(b"ElfChnk\0");
        for head in [&b"ElfFile\0\0"[..], &headless] {
            assert_eq!(recognise(head, false, Format::Auto), Ok(DetectedFormat::Evtx));
        }
    }
}
