//! Character sets: text that is not UTF-8 becomes UTF-8 as it is read.

use super::super::byte_stream::ByteStream;
use super::mixed::begins_plain;
use encoding_rs::{Decoder, DecoderResult, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use std::io;
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Mutex, PoisonError};
use sumoql_data::invalid_text::Replaced;

/// How many bytes are decoded at a time.
const DECODE_STEP_BYTES: usize = 16 << 10;
/// What stands for bytes that are no character.
const REPLACEMENT_UTF8: &[u8] = "\u{fffd}".as_bytes();
/// How much of the head is looked at for UTF-16 without a mark.
const MAX_UTF16_SEARCH_BYTES: usize = 1 << 10;

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
/// UTF-8. A mark at the beginning wins over the hints.
pub fn charset(head: &[u8], hints: Option<&'static Encoding>) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) if encoding == UTF_8 => None,
        Some((encoding, _)) => Some(encoding),
        None if hints == Some(UTF_8) => None,
        None if hints.is_some() => hints,
        None => wide(&head[..head.len().min(MAX_UTF16_SEARCH_BYTES)]).filter(|_| !begins_plain(head)),
    }
}

/// Where the first bytes are that are not UTF-8 in text that begins like this, and is no more if `whole`.
pub fn replaced(head: &[u8], whole: bool) -> Option<u64> {
    let error = std::str::from_utf8(head).err()?;
    (error.error_len().is_some() || whole).then_some(error.valid_up_to() as u64)
}

/// Where an encoding changes, and from which one to which.
pub type Change = (u64, (&'static str, &'static str));

/// What could not be decoded, and where the encoding changes.
#[derive(Debug, Default)]
pub struct Undecoded {
    replaced: Replaced,
    changed: Mutex<Option<Change>>,
}

impl Undecoded {
    /// Counts what is no character at this place.
    pub fn count(&self, at: u64) {
        self.replaced.count(at);
    }

    /// What is no character, counted.
    pub fn replaced(&self) -> &Replaced {
        &self.replaced
    }

    /// At this place the text goes on in another encoding.
    pub fn change(&self, at: u64, names: (&'static str, &'static str)) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((at, names));
    }

    /// Where the encoding first changes.
    pub fn changed(&self) -> Option<Change> {
        *self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The input is read again from its beginning.
    pub fn forget(&self) {
        self.replaced.forget();
        *self.changed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// UTF-16 without a mark, in which at least every other character is of the first 256, and none is 0: no UTF-8 text
/// looks like that, not even one with NUL bytes.
pub fn wide(head: &[u8]) -> Option<&'static Encoding> {
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

/// Bytes in a character set, as UTF-8. What is no character becomes U+FFFD and is counted, by its place before it was
/// decoded; a mark at the beginning is left out.
pub struct Decoded {
    bytes: ByteStream,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_len: usize,
    /// How many bytes came before those in `raw`.
    before: u64,
    undecoded: Arc<Undecoded>,
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
    pub fn new(bytes: ByteStream, encoding: &'static Encoding, undecoded: Arc<Undecoded>) -> Decoded {
        Decoded {
            bytes,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; DECODE_STEP_BYTES],
            raw_at: 0,
            raw_len: 0,
            before: 0,
            undecoded,
            text: vec![0; 2 * DECODE_STEP_BYTES],
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
        self.before += self.raw_len as u64;
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
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.len {
            if self.ended {
                return self.error.take().map_or(Ok(0), Err);
            }
            self.fetch();
            let raw = &self.raw[self.raw_at..self.raw_len];
            let len = self.text.len() - REPLACEMENT_UTF8.len();
            let decoded = self.decoder.decode_to_utf8_without_replacement(raw, &mut self.text[..len], self.last);
            let (result, taken, given) = decoded;
            self.raw_at += taken;
            (self.at, self.len) = (0, given);
            if let DecoderResult::Malformed(length, after) = result {
                self.text[given..given + REPLACEMENT_UTF8.len()].copy_from_slice(REPLACEMENT_UTF8);
                self.len += REPLACEMENT_UTF8.len();
                let end = self.before + self.raw_at as u64;
                self.undecoded.count(end.saturating_sub(u64::from(length) + u64::from(after)));
            }
            self.ended = self.last && result == DecoderResult::InputEmpty;
        }
        let n = buf.len().min(self.len - self.at);
        buf[..n].copy_from_slice(&self.text[self.at..self.at + n]);
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
            let undecoded = Arc::<Undecoded>::default();
            let bytes = Box::new(io::Cursor::new(bytes.to_vec()));
            Decoded::new(bytes, encoding, undecoded.clone()).read_to_string(&mut text).unwrap();
            (text, undecoded.replaced().found(None))
        };
        let plain = |text: &str| (text.to_string(), None);
        let odd = text(b"\xFF\xFEa\0\0\0\0\xD8b\0x", UTF_16LE);
        assert_eq!(odd, ("a\0\u{fffd}b\u{fffd}".to_string(), Some((Some(2), 6))));
        assert_eq!(text(b"a\0b", UTF_16LE), ("a\u{fffd}".to_string(), Some((Some(1), 2))), "half a character");
        assert_eq!(text(b"caf\xE9 \x80", WINDOWS_1252), plain("café €"));
        let long = "ä€𝄞".repeat(50_000);
        let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&wide, UTF_16BE), plain(&long));
    }
}
