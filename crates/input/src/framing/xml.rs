//! `xml`: each `<Event …>…</Event>` is one message.

use bumpalo::Bump;
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};
use memchr::{memchr, memchr3};
use sumoql_data::framing::lines::each_line;
use sumoql_data::framing::skipped_lines::Broken;
use sumoql_data::message::{Framing, Message, Source};

/// How an event starts, but for the next byte.
pub const OPEN: &[u8] = b"<Event";
/// How an event ends.
pub const CLOSE: &[u8] = b"</Event>";

/// The element around events, if it is called otherwise than `Events`: `wevtutil` takes its name from `/e:NAME`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Root {
    name: [u8; Self::MAX_NAME_BYTES],
    length: usize,
}

impl Root {
    /// The longest name, in bytes, that is known as one.
    const MAX_NAME_BYTES: usize = 32;

    /// The element of this name; a longer name is none.
    pub fn new(name: &str) -> Root {
        let mut root = Root::default();
        if let Some(start) = root.name.get_mut(..name.len()) {
            start.copy_from_slice(name.as_bytes());
            root.length = name.len();
        }
        root
    }

    /// Whether the text begins with its name, and that ends there.
    fn names(&self, text: &str) -> bool {
        let name = &self.name[..self.length];
        self.length > 0 && text.as_bytes().strip_prefix(name).is_some_and(ends_name)
    }
}

/// One message an `<Event …>…</Event>`, wherever the line breaks are, exactly as it stands. An event that is not
/// closed ends where the next one starts.
///
/// Between events, white space, declarations, comments, the tags of `Events` or what is called otherwise around all events,
/// and the `Record N` lines of `evtx_dump` are no messages. Every other line between events is a message of its own.
#[derive(Debug)]
pub struct Xml {
    open: Finder<'static>,
    close: Finder<'static>,
    root: Root,
    /// Events that are not closed.
    broken: Broken,
}

impl Xml {
    /// The framing.
    pub fn new(root: Root) -> Xml {
        let open = FinderBuilder::new().build_forward_with_ranker(Tag, OPEN);
        Xml { open, close: Finder::new(CLOSE), root, broken: Broken::default() }
    }

    /// Where the event ends that is all there is in this text but for what may follow it, and whether that is its own
    /// end.
    fn end(&self, event: &[u8]) -> (usize, bool) {
        match (empty_tag(event, 0), self.close.find(event)) {
            (Some(end), _) => (end, true),
            (None, Some(at)) => (at + CLOSE.len(), true),
            (None, None) => (event.len(), false),
        }
    }
}

/// Of the bytes of [`OPEN`], the first two are seldom beside each other in events, whatever they are in other texts.
struct Tag;

impl HeuristicFrequencyRank for Tag {
    fn rank(&self, byte: u8) -> u8 {
        if OPEN[..2].contains(&byte) { 0 } else { u8::MAX }
    }
}

impl Default for Xml {
    fn default() -> Self {
        Xml::new(Root::default())
    }
}

impl Framing for Xml {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        let bytes = text.as_bytes();
        let mut message =
            |at: usize, raw: &'m str| out.push(Message { raw, offset: offset + at as u64, copy: 0, source, own: &[] });
        let mut opens = self.open.find_iter(bytes).filter(|at| names_event(bytes, *at));
        let mut next = opens.next();
        each_between(text, (0, next.unwrap_or(bytes.len())), &self.root, &mut message);
        while let Some(start) = next {
            next = opens.next();
            let to = next.unwrap_or(bytes.len());
            let all = text[start..to].trim_end();
            // Nearly always an event ends right before the next one: then its end need not be looked for.
            if all.ends_with("</Event>") {
                message(start, all);
                continue;
            }
            let (length, whole) = self.end(&bytes[start..to]);
            if !whole {
                self.broken.count(offset + start as u64);
            }
            message(start, text[start..start + length].trim_end());
            each_between(text, (start + length, to), &self.root, &mut message);
        }
    }

    fn oddity(&self) -> Option<String> {
        self.broken.warning(("an event without its end", "events without their ends"))
    }

    fn forget(&self) {
        self.broken.forget();
    }
}

/// Where the next event starts.
pub fn next_open(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memmem::find(bytes.get(at..)?, OPEN)?;
        if names_event(bytes, at) {
            return Some(at);
        }
        at += OPEN.len();
    }
}

/// Whether the tag's name ends after `<Event`: it is not `<EventID>`, say.
fn names_event(bytes: &[u8], at: usize) -> bool {
    ends_name(bytes.get(at + OPEN.len()..).unwrap_or_default())
}

/// The end of an event that is nothing but a tag, `<Event/>`.
fn empty_tag(bytes: &[u8], start: usize) -> Option<usize> {
    let from = start + OPEN.len();
    // No `<` can stand inside a tag; that bounds the search in what is no XML at all.
    let limit = memchr(b'<', &bytes[from..]).map_or(bytes.len(), |at| from + at);
    let end = tag_end(&bytes[..limit], from)?;
    (bytes[end - 2] == b'/').then_some(end)
}

/// Where the tag that `from` is in ends, after its `>`. Attributes may contain `>`.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match bytes[at] {
            b'>' => return Some(at + 1),
            quote => at += 2 + memchr(quote, &bytes[at + 1..])?,
        }
    }
}

/// Hands over what lies between events and is not markup that belongs there.
fn each_between<'m>(text: &'m str, (from, to): (usize, usize), root: &Root, each: &mut impl FnMut(usize, &'m str)) {
    let mut at = from;
    loop {
        let gap = &text[at..to];
        let rest = gap.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        at = to - rest.len();
        if rest.is_empty() {
            return;
        }
        match markup_end(rest, root) {
            Some(length) => at += length,
            None => {
                // A line, and then perhaps markup again.
                let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                each_line(&rest[..end], |start, line| each(at + start, line));
                // Markup that does not end is not looked at again, lest its end be sought once for each line.
                if rest.starts_with('<') {
                    each_line(&rest[end..], |start, line| each(at + end + start, line));
                    return;
                }
                at += end;
            }
        }
    }
}

/// Whether a tag's name ends before these bytes.
fn ends_name(rest: &[u8]) -> bool {
    rest.first().is_some_and(|byte| b" \t\r\n>/".contains(byte))
}

/// The length of the markup at the beginning of the text, if it is of the kinds that stand between events.
fn markup_end(text: &str, root: &Root) -> Option<usize> {
    let after = |start: &str, end: &str| {
        let inner = text.strip_prefix(start)?;
        Some(start.len() + inner.find(end)? + end.len())
    };
    if text.starts_with("<?") {
        return after("<?", "?>");
    }
    if text.starts_with("<!--") {
        return after("<!--", "-->");
    }
    let name = |start: &str| text.strip_prefix(start).is_some_and(|rest| ends_name(rest.as_bytes()));
    let inner = text.strip_prefix("</").or(text.strip_prefix('<')).unwrap_or_default();
    if name("<Events") || name("</Events") || name("<!DOCTYPE") || root.names(inner) {
        return tag_end(text.as_bytes(), 1);
    }
    let line = text.split('\n').next().unwrap_or_default();
    let number = line.strip_prefix("Record ").map(str::trim_end).unwrap_or_default();
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message;

    fn cut(text: &str) -> Vec<(usize, String)> {
        let source = plain_source(Arc::new(Xml::default()), 0);
        let arena = Bump::new();
        let found = message::cut(&Xml::new(Root::new("Export")), text, 0, &source, &arena);
        let found: Vec<_> = found.iter().map(|m| (m.offset as usize, m.raw.to_string())).collect();
        for (at, raw) in &found {
            assert_eq!(&text[*at..*at + raw.len()], raw, "the text at the offset");
        }
        found
    }

    fn texts(text: &str) -> Vec<String> {
        cut(text).into_iter().map(|(_, raw)| raw).collect()
    }

    #[test]
    fn line_breaks_do_not_matter() {
        let one = "<Event xmlns='x'><EventID>1</EventID><EventData><Data>a\nb\r\nc</Data></EventData></Event>";
        let two = "<Event>\n  <System/>\n</Event>";
        assert_eq!(texts(&format!("{one}\n{two}{one}\r\n\r\n{one}")), [one, two, one, one]);
    }

    #[test]
    fn markup_around_events_is_no_message() {
        let text = "\u{feff}<?xml version='1.0'?>\n<!-- of\n today -->\n<Events a='>'>\n  <Event>1</Event>\n <Event\n>2</Event>\n</Events>\n\
                    Record 2\r\n<?xml version='1.0'?>\n<Event>3</Event>\n<!-- end -->\n";
        assert_eq!(texts(text), ["<Event>1</Event>", "<Event\n>2</Event>", "<Event>3</Event>"]);
    }

    #[test]
    fn what_is_around_all_events_has_any_name() {
        let text = "<Export of='>'>\n<Event>1</Event></Export>\n<Export/><Event>2</Event>\n<Exports>\n</Other>";
        assert_eq!(texts(text), ["<Event>1</Event>", "<Event>2</Event>", "<Exports>", "</Other>"]);
        assert_eq!(Root::new(&"x".repeat(33)), Root::default());
    }

    #[test]
    fn nothing_else_is_lost() {
        assert_eq!(
            texts("junk\n\n  more\r\n<Event>1</Event> tail\n</Eventful>\nRecord x\n<Event a='1'>2</Event><?open\nend"),
            [
                "junk",
                "more",
                "<Event>1</Event>",
                "tail",
                "</Eventful>",
                "Record x",
                "<Event a='1'>2</Event>",
                "<?open",
                "end"
            ]
        );
        assert_eq!(texts("<EventID>1</EventID>\n"), ["<EventID>1</EventID>"]);
    }

    #[test]
    fn unclosed_and_empty_events() {
        assert_eq!(
            texts("<Event>1 <EventID>\n<Event/><Event x='/>' y=\"1\"/><Event>2</Event><Event>3"),
            ["<Event>1 <EventID>", "<Event/>", "<Event x='/>' y=\"1\"/>", "<Event>2</Event>", "<Event>3"]
        );
    }
}
