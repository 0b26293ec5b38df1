//! JSON documents with an array of messages among their members, as AWS writes them: `{"Records": [{…}, {…}]}`.
//!
//! What stands beside the array is no less part of the input: the members before it, and those behind it, become an object
//! each. A comma in front of what follows, or behind what precedes, is always there to become the brace that is missing, so
//! that every byte keeps its place.

use super::json::value_end;

/// Where the array of a document is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The comma in front of the array's member, if other members precede it.
    pub comma: Option<usize>,
    /// How many bytes there are up to the array's first element.
    pub length: usize,
}

/// Whether bytes begin with a document with such an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Yes.
    Yes(Opened),
    /// As far as they go.
    Perhaps,
    /// No.
    No,
}

/// Whether the bytes begin with an object one of whose members is an array named `Records`: if it is the first member, its
/// name may be in lower case, and the array empty; otherwise it must be written like that, and an object be its first
/// element. A text may well have such a member that is no list of messages.
pub fn opened(bytes: &[u8]) -> Begun {
    let mut walk = Walk { bytes, at: 0 };
    match walk.members() {
        Some(begun) => begun,
        None => Begun::Perhaps,
    }
}

/// Where a walk over JSON is.
struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Walk<'_> {
    /// The next byte that is no white space. None: they end.
    fn next(&mut self) -> Option<u8> {
        self.at += self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.bytes.get(self.at).copied()
    }

    /// Goes through the members. None: the bytes end before one can tell.
    fn members(&mut self) -> Option<Begun> {
        if self.next()? != b'{' {
            return Some(Begun::No);
        }
        let mut comma = None;
        loop {
            self.at += 1;
            if self.next()? != b'"' {
                return Some(Begun::No);
            }
            let name = self.at;
            self.at = value_end(self.bytes, name, true, false)?;
            let name = &self.bytes[name..self.at];
            if self.next()? != b':' {
                return Some(Begun::No);
            }
            self.at += 1;
            let first = self.next()?;
            let named = if comma.is_none() { name.eq_ignore_ascii_case(NAME) } else { name == NAME };
            if named && first == b'[' {
                self.at += 1;
                let length = self.at;
                if comma.is_none() || self.next()? == b'{' {
                    return Some(Begun::Yes(Opened { comma, length }));
                }
                self.at = length - 1;
            }
            self.at = self.value(first)?;
            if self.next()? != b',' {
                return Some(Begun::No);
            }
            comma = Some(self.at);
        }
    }

    /// The end of the value that begins here.
    fn value(&self, first: u8) -> Option<usize> {
        match first {
            b'{' | b'[' | b'"' => value_end(self.bytes, self.at, true, false),
            _ => {
                let rest = &self.bytes[self.at..];
                rest.iter().position(|byte| b",}] \t\r\n".contains(byte)).map(|length| self.at + length)
            }
        }
    }
}

/// How the member is called.
const NAME: &[u8] = b"\"Records\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_records() {
        let yes = |comma, length| Begun::Yes(Opened { comma, length });
        assert_eq!(opened(b"{\"Records\":[{"), yes(None, 12));
        assert_eq!(opened(b"{\r\n \"records\" : [ ]}"), yes(None, 17));
        assert_eq!(opened(b"{\"a\":1,\"Records\":[{"), yes(Some(6), 18));
        assert_eq!(opened(b"{\"a\":{\"Records\":[{}]} , \"b\":\"}\",\n\"Records\": [\n{"), yes(Some(31), 45));
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
            assert_eq!(opened(no.as_bytes()), Begun::No, "{no}");
        }
        for begun in ["{\"Rec", "{ ", "{\"Records\": ", "{\"a\":1,", "{\"a\":1,\"Records\":[", "{\"a\":\"x"] {
            assert_eq!(opened(begun.as_bytes()), Begun::Perhaps, "{begun}");
        }
    }
}
