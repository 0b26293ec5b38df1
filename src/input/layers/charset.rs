//! Character sets: text that is not UTF-8 becomes UTF-8 as it is read.

use super::Bytes;
use encoding_rs::{Decoder, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, ErrorKind, Read};

/// How many bytes are decoded at a time.
const STEP: usize = 16 << 10;
/// How much of the head is looked at for UTF-16 without a mark.
const LOOK: usize = 1 << 10;

/// The character set of this name, letter case aside. The error lists the usual ones.
pub fn named(name: &str) -> Result<&'static Encoding, String> {
    let other = match name.to_ascii_lowercase().as_str() {
        "utf16" => "utf-16".to_string(),
        "utf16le" => "utf-16le".to_string(),
        "utf16be" => "utf-16be".to_string(),
        name => name.replace(['-', '_', ' '], ""),
    };
    let dashed = name.replace('_', "-");
    let found = [name, &dashed, &other].iter().find_map(|label| Encoding::for_label(label.as_bytes()));
    found.filter(|encoding| *encoding != REPLACEMENT).ok_or_else(|| {
        format!("no character set `{name}`; there are utf-8, utf-16le, utf-16be, windows-1252, latin1, and the others of the web")
    })
}

/// The character set that text beginning with these bytes is to be decoded from; none when it is, or is taken for,
/// UTF-8. A mark at the beginning wins over the wish.
pub fn charset(head: &[u8], wish: Option<&'static Encoding>) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) if encoding == UTF_8 => None,
        Some((encoding, _)) => Some(encoding),
        None if wish == Some(UTF_8) => None,
        None => wish.or_else(|| wide(head)),
    }
}

/// Whether UTF-8 text that begins like this, and is no more if `whole`, has bytes that are none.
pub fn replaced(head: &[u8], whole: bool) -> bool {
    std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some() || whole)
}

/// UTF-16 without a mark, in which at least every other character is of the first 256, and none is 0: no UTF-8 text
/// looks like that, not even one with NUL bytes.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(LOOK)];
    let (mut little, mut big, mut pairs) = (0, 0, 0);
    for pair in head.chunks_exact(2) {
        pairs += 1;
        match pair {
            [0, 0] => return None,
            [_, 0] => little += 1,
            [0, _] => big += 1,
            _ => {}
        }
    }
    match (little, big) {
        _ if pairs < 2 => None,
        (n, 0) if 2 * n >= pairs => Some(UTF_16LE),
        (0, n) if 2 * n >= pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Bytes in a character set, as UTF-8. What is no character becomes U+FFFD; a mark at the beginning is left out.
pub struct Decoded {
    bytes: Bytes,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_len: usize,
    text: Vec<u8>,
    at: usize,
    len: usize,
    /// Nothing more comes in.
    last: bool,
    error: Option<io::Error>,
    ended: bool,
}

impl Decoded {
    /// From the beginning on.
    pub fn new(bytes: Bytes, encoding: &'static Encoding) -> Decoded {
        Decoded {
            bytes,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; STEP],
            raw_at: 0,
            raw_len: 0,
            text: vec![0; 2 * STEP],
            at: 0,
            len: 0,
            last: false,
            error: None,
            ended: false,
        }
    }

    fn fetch(&mut self) {
        if self.raw_at < self.raw_len || self.last {
            return;
        }
        (self.raw_at, self.raw_len) = (0, 0);
        match self.bytes.read(&mut self.raw) {
            Ok(0) => self.last = true,
            Ok(n) => self.raw_len = n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => (self.last, self.error) = (true, Some(error)),
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.at == self.len {
            if self.ended {
                return self.error.take().map_or(Ok(0), Err);
            }
            self.fetch();
            let raw = &self.raw[self.raw_at..self.raw_len];
            let (result, taken, given, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.last);
            self.raw_at += taken;
            (self.at, self.len) = (0, given);
            self.ended = self.last && result == encoding_rs::CoderResult::InputEmpty;
        }
        let n = room.len().min(self.len - self.at);
        room[..n].copy_from_slice(&self.text[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    #[test]
    fn names() {
        for (name, expected) in [
            ("UTF-8", UTF_8),
            ("utf8", UTF_8),
            ("utf-16", UTF_16LE),
            ("UTF16LE", UTF_16LE),
            ("utf_16be", UTF_16BE),
            ("latin-1", WINDOWS_1252),
            ("Latin1", WINDOWS_1252),
            ("windows-1252", WINDOWS_1252),
            ("CP1252", WINDOWS_1252),
        ] {
            assert_eq!(named(name), Ok(expected), "{name}");
        }
        for name in ["", "klingon", "iso-2022-kr"] {
            assert!(named(name).is_err_and(|error| error.contains("windows-1252")), "{name}");
        }
    }

    #[test]
    fn charsets_by_their_bytes() {
        let wide = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for text in ["{\"a\":\"б\"}\n", "<Event/>", "a b", "{\"имя\": \"до\"}\r\n"] {
            assert_eq!(charset(&wide(text, false), None), Some(UTF_16LE), "{text}");
            assert_eq!(charset(&wide(text, true), None), Some(UTF_16BE), "{text}");
            assert_eq!(charset(text.as_bytes(), None), None, "{text}");
        }
        assert_eq!(charset(b"\xFF\xFEa\0", Some(WINDOWS_1252)), Some(UTF_16LE), "the mark wins");
        assert_eq!(charset(b"\xEF\xBB\xBFa", Some(WINDOWS_1252)), None);
        assert_eq!(charset(b"caf\xE9", Some(WINDOWS_1252)), Some(WINDOWS_1252));
        assert_eq!(charset(b"a\0b\0", Some(UTF_8)), None);
        for text in [&b""[..], b"a", b"a\0", b"one\0two\0three\0", b"\0\0\0\0", b"caf\xE9", b"a\0\0b\0\0"] {
            assert_eq!(charset(text, None), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        let text = |bytes: &[u8], encoding| {
            let mut text = String::new();
            Decoded::new(Box::new(io::Cursor::new(bytes.to_vec())), encoding).read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(text(b"\xFF\xFEa\0\0\0\0\xD8b\0x", UTF_16LE), "a\0\u{fffd}b\u{fffd}");
        assert_eq!(text(b"caf\xE9 \x80", WINDOWS_1252), "café €");
        let long = "ä€𝄞".repeat(50_000);
        let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&wide, UTF_16BE), long);
    }
}
