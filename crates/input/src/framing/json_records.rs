//! JSON documents with an array of messages among their members, as AWS writes them: `{"Records": [{…}, {…}]}`.
//!
//! What stands beside `Records` is no less part of the input: the members before it, and those behind it, become an object
//! each. A comma in front of what follows, or behind what precedes, is always there to become the brace that is missing, so
//! that every byte keeps its place.
//!
//! What stands beside other arrays, such as those in answers of APIs and in the pages that the Search Job API of Sumo Logic
//! gives, is about these: counts, and where the next page is.

use super::json::value_end;
use std::ops::Range;

/// The array of a document whose elements are the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// That of the member `Records`: if it is the first member, its name may be in lower case, and the array empty;
    /// otherwise it must be written like that, and an object be its first element. A text may well have such a member that
    /// is no list of messages.
    Records,
    /// That of another member, whose first element is an object.
    Member(Name),
}

/// The name of a member, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    name: [u8; Self::MAX_NAME_BYTES],
    length: usize,
}

impl Name {
    /// The longest name, in bytes, with its quotes.
    const MAX_NAME_BYTES: usize = 64;

    /// A name in its quotes. None: it is too long.
    pub fn new(quoted: &[u8]) -> Option<Name> {
        let mut name = Name { name: [0; Self::MAX_NAME_BYTES], length: quoted.len() };
        name.name.get_mut(..quoted.len())?.copy_from_slice(quoted);
        Some(name)
    }

    fn quoted(&self) -> &[u8] {
        &self.name[..self.length]
    }
}

/// Where the array of a document is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayStart {
    /// The comma in front of the array's member, if other members precede it.
    pub comma: Option<usize>,
    /// How many bytes there are up to the array's first element.
    pub length: usize,
}

/// A page of the results of a search job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many bytes there are up to the first message or record.
    pub length: usize,
    /// The list of fields and their types, if it comes before.
    pub fields: Option<Range<usize>>,
}

/// Whether bytes begin with a document with such an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match<T> {
    /// Yes.
    Yes(T),
    /// As far as they go.
    Perhaps,
    /// No.
    No,
}

impl<T> Match<T> {
    fn of(found: Option<Option<T>>) -> Match<T> {
        match found {
            Some(Some(opened)) => Match::Yes(opened),
            Some(None) => Match::No,
            None => Match::Perhaps,
        }
    }
}

/// Whether the bytes begin with an object one of whose members is this array.
pub fn opened(bytes: &[u8], array: Array) -> Match<ArrayStart> {
    Match::of(opens(Walk::new(bytes), array))
}

fn opens(mut walk: Walk<'_>, array: Array) -> Option<Option<ArrayStart>> {
    loop {
        let Step::Member(member) = walk.step()? else { return Some(None) };
        let name = &walk.bytes[member.name.clone()];
        let (named, even_empty) = match array {
            Array::Records if member.comma.is_none() => (name.eq_ignore_ascii_case(RECORDS), true),
            Array::Records => (name == RECORDS, false),
            Array::Member(wanted) => (name == wanted.quoted(), false),
        };
        if named && member.first == b'[' && (even_empty || walk.element()? == b'{') {
            return Some(Some(ArrayStart { comma: member.comma, length: member.value + 1 }));
        }
        walk.pass(&member)?;
    }
}

/// Whether the bytes begin with a page of the results of a search job: an object whose member `messages` or `records` is an
/// array of objects with a `map`. An empty array is one beside the list of fields.
pub fn page(bytes: &[u8]) -> Match<Page> {
    Match::of(page_opens(Walk::new(bytes)))
}

fn page_opens(mut walk: Walk<'_>) -> Option<Option<Page>> {
    let mut fields = None;
    loop {
        let Step::Member(member) = walk.step()? else { return Some(None) };
        match (&walk.bytes[member.name.clone()], member.first) {
            (b"\"messages\"" | b"\"records\"", b'[') => {
                let page = match walk.element()? {
                    b'{' => is_map(&walk.bytes[walk.element_at()..])?,
                    b']' => fields.is_some(),
                    _ => false,
                };
                return Some(page.then_some(Page { length: member.value + 1, fields }));
            }
            (b"\"fields\"", b'[') => {
                walk.pass(&member)?;
                fields = Some(member.value..walk.at);
            }
            _ => walk.pass(&member)?,
        }
    }
}

/// Whether the bytes begin with an object whose first member is `map`, an object. None: more bytes are needed to decide.
pub fn is_map(bytes: &[u8]) -> Option<bool> {
    let mut walk = Walk::new(bytes);
    Some(
        matches!(walk.step()?, Step::Member(member) if &bytes[member.name.clone()] == b"\"map\"" && member.first == b'{'),
    )
}

/// How many bytes a member takes that the bytes begin with. None: they end before.
pub fn member(bytes: &[u8]) -> Option<usize> {
    let mut walk = Walk { bytes, at: 0, comma: None, started: false };
    match walk.member()? {
        Step::Member(member) => walk.pass(&member).map(|()| walk.at),
        _ => Some(1),
    }
}

/// A walk over the members of a JSON object. Their values must be passed.
#[derive(Clone, Debug)]
pub struct Walk<'b> {
    /// What it walks over.
    pub bytes: &'b [u8],
    /// Where it is.
    pub at: usize,
    comma: Option<usize>,
    started: bool,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The comma before it.
    pub comma: Option<usize>,
    /// Its name, with its quotes.
    pub name: Range<usize>,
    /// Where its value begins.
    pub value: usize,
    /// What that begins with.
    pub first: u8,
}

/// What a walk comes to.
#[derive(Clone, Debug)]
pub enum Step {
    /// A member.
    Member(Member),
    /// The end of the object, and the place behind it.
    End(usize),
    /// What is no JSON.
    Broken,
}

impl<'b> Walk<'b> {
    /// A walk over the object that the bytes begin with.
    pub fn new(bytes: &'b [u8]) -> Walk<'b> {
        Walk { bytes, at: 0, comma: None, started: false }
    }

    /// The next byte that is no white space. None: they end.
    fn byte(&mut self) -> Option<u8> {
        self.at += self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.bytes.get(self.at).copied()
    }

    /// Goes on to the next member's value. None: the bytes end before.
    pub fn step(&mut self) -> Option<Step> {
        match (self.started, self.byte()?) {
            (false, b'{') => self.started = true,
            (true, b',') => self.comma = Some(self.at),
            (true, b'}') => return Some(Step::End(self.at + 1)),
            _ => return Some(Step::Broken),
        }
        self.at += 1;
        if self.comma.is_none() && self.byte()? == b'}' {
            return Some(Step::End(self.at + 1));
        }
        self.member()
    }

    fn member(&mut self) -> Option<Step> {
        if self.byte()? != b'"' {
            return Some(Step::Broken);
        }
        let name = self.at;
        self.at = value_end(self.bytes, name, true, false)?;
        let name = name..self.at;
        if self.byte()? != b':' {
            return Some(Step::Broken);
        }
        self.at += 1;
        let first = self.byte()?;
        Some(Step::Member(Member { comma: self.comma, name, value: self.at, first }))
    }

    /// Passes the value of this member, which is where the walk is.
    pub fn pass(&mut self, member: &Member) -> Option<()> {
        self.at = match member.first {
            b'{' | b'[' | b'"' => value_end(self.bytes, self.at, true, false)?,
            _ => {
                let rest = &self.bytes[self.at..];
                self.at + rest.iter().position(|byte| b",}] \t\r\n".contains(byte))?
            }
        };
        Some(())
    }

    /// What the first element of the array begins with whose bracket is where the walk is.
    pub fn element(&self) -> Option<u8> {
        self.bytes.get(self.element_at()).copied()
    }

    /// Where that is.
    pub fn element_at(&self) -> usize {
        let inside = self.bytes.get(self.at + 1..).unwrap_or_default();
        self.at + 1 + inside.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    }
}

/// How the member is called.
const RECORDS: &[u8] = b"\"Records\"";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_records() {
        let yes = |comma, length| Match::Yes(ArrayStart { comma, length });
        let of = |bytes| opened(bytes, Array::Records);
        assert_eq!(of(b"{\"Records\":[{"), yes(None, 12));
        assert_eq!(of(b"{\r\n \"records\" : [ ]}"), yes(None, 17));
        assert_eq!(of(b"{\"a\":1,\"Records\":[{"), yes(Some(6), 18));
        assert_eq!(of(b"{\"a\":{\"Records\":[{}]} , \"b\":\"}\",\n\"Records\": [\n{"), yes(Some(31), 45));
        for no in [
            "{\"Record\":[{}]}",
            "{\"Records\":{}}",
            "{\"a\":1,\"records\":[{}]}",
            "{\"a\":1,\"Records\":[1]}",
            "{\"a\":1,\"Records\":[]}",
            "{\"a\":{\"Records\":[{}]}}",
            "{}",
            "[{\"Records\":[]}]",
            "{no json",
            "{\"a\" 1}",
        ] {
            assert_eq!(of(no.as_bytes()), Match::No, "{no}");
        }
        for started in ["{\"Rec", "{ ", "{\"Records\": ", "{\"a\":1,", "{\"a\":1,\"Records\":[", "{\"a\":\"x"] {
            assert_eq!(of(started.as_bytes()), Match::Perhaps, "{started}");
        }
    }

    #[test]
    fn documents_with_another_array() {
        let of = |text: &str| opened(text.as_bytes(), Array::Member(Name::new(b"\"value\"").unwrap()));
        assert_eq!(of("{\"value\":[{"), Match::Yes(ArrayStart { comma: None, length: 10 }));
        assert_eq!(of("{\"a\":[{}],\"value\" : [ {"), Match::Yes(ArrayStart { comma: Some(9), length: 21 }));
        assert_eq!(of("{\"value\":[1],\"x\":2}"), Match::No);
        assert_eq!(of("{\"value\":["), Match::Perhaps);
        assert_eq!(Name::new(&[b'x'; 65]), None);
    }

    #[test]
    fn pages_of_search_jobs() {
        let yes = |length, fields| Match::Yes(Page { length, fields });
        assert_eq!(page(br#"{"messages":[{"map":{"#), yes(13, None));
        assert_eq!(page(br#"{"warning":"","fields":[{"name":"a"}],"records": [ {"map": {"#), yes(50, Some(23..37)));
        assert_eq!(page(br#"{"fields":[],"messages":[]}"#), yes(25, Some(10..12)));
        for no in [
            r#"{"messages":[{"role":"user"}]}"#,
            r#"{"messages":[]}"#,
            r#"{"messages":[{"map":1}]}"#,
            r#"{"map":{"messages":[{"map":{}}]}}"#,
            r#"{"state":"DONE GATHERING RESULTS"}"#,
            "[]",
        ] {
            assert_eq!(page(no.as_bytes()), Match::No, "{no}");
        }
        for started in [r#"{"messages":[{"ma"#, r#"{"fields":[{"#, "{"] {
            assert_eq!(page(started.as_bytes()), Match::Perhaps, "{started}");
        }
        assert_eq!((member(br#""a" : {"b":[]} }"#), member(br#""a":{"#)), (Some(14), None));
    }
}
