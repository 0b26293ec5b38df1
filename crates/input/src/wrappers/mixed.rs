//! Text that changes its encoding: UTF-16 appended to UTF-8, as PowerShell does, or the other way round. Each part is read
//! as what it is.
//!
//! UTF-16 shows by its NUL bytes, which text in other encodings does not have; the other way round, it is left at the end
//! of a line behind which there are none.

use super::super::byte_stream::ByteStream;
use super::charset::{Undecoded, wide};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memrchr};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

/// How many bytes are read at a time where they can't be handed on as they are.
const STEP_BYTES: usize = 16 << 10;
/// How many bytes are looked at to know an encoding.
const ENCODING_SAMPLE_BYTES: usize = 64;
/// The fewest bytes that are known as UTF-16, and as none, if no more follow.
const MIN_SAMPLE_BYTES: usize = 6;
/// What stands for bytes that are no character.
const REPLACED: &[u8] = "\u{fffd}".as_bytes();

/// Text as UTF-8, whatever parts of it are. What is no UTF-8 in the other parts is left as it is.
pub struct Mixed {
    bytes: ByteStream,
    /// The encoding that is read now. None: bytes as they are.
    wide: Option<(&'static Encoding, Decoder)>,
    /// Room to read into.
    step: Vec<u8>,
    /// Read, but not looked at, from `at` on.
    raw: Vec<u8>,
    at: usize,
    /// How many bytes came before those in `raw`.
    before: u64,
    /// Decoded, but not handed out, from `given` on.
    text: Vec<u8>,
    given: usize,
    /// What was handed out ends with a line.
    fresh: bool,
    last: bool,
    error: Option<io::Error>,
    undecoded: Arc<Undecoded>,
}

impl Mixed {
    /// From the beginning on, in this encoding if it is UTF-16.
    pub fn new(bytes: ByteStream, encoding: Option<&'static Encoding>, undecoded: Arc<Undecoded>) -> Mixed {
        let wide = encoding.map(|encoding| (encoding, encoding.new_decoder_with_bom_removal()));
        let (step, raw, text) = (vec![0; STEP_BYTES], Vec::new(), Vec::new());
        Mixed {
            bytes,
            wide,
            step,
            raw,
            at: 0,
            before: 0,
            text,
            given: 0,
            fresh: true,
            last: false,
            error: None,
            undecoded,
        }
    }

    /// The bytes that are not looked at yet.
    fn rest(&self) -> &[u8] {
        &self.raw[self.at..]
    }

    /// Reads on until there are so many bytes that are not looked at, or no more.
    fn load(&mut self, most: usize) {
        if self.at > 0 {
            self.before += self.at as u64;
            self.raw.drain(..self.at);
            self.at = 0;
        }
        while self.raw.len() < most && !self.last {
            match self.bytes.read(&mut self.step) {
                Ok(0) => self.last = true,
                Ok(n) => self.raw.extend_from_slice(&self.step[..n]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => (self.last, self.error) = (true, Some(error)),
            }
        }
    }

    /// Goes on, in a part that is no UTF-16.
    fn plain(&mut self) {
        self.load(1 + ENCODING_SAMPLE_BYTES);
        let rest = self.rest();
        let Some(nul) = memchr(0, rest) else {
            // What may be the beginning of UTF-16 waits for the next byte.
            let keep = if self.last { 0 } else { waiting(rest) };
            return self.hand_on(rest.len() - keep);
        };
        if nul + ENCODING_SAMPLE_BYTES > rest.len() && !self.last {
            self.load(nul + ENCODING_SAMPLE_BYTES);
        }
        let rest = self.rest();
        match wide_part(rest, nul, self.fresh) {
            None => self.hand_on(nul + nuls(&rest[nul..])),
            Some((start, encoding)) => {
                self.hand_on(start);
                self.change(Some(encoding));
            }
        }
    }

    /// Hands on so many bytes as they are.
    fn hand_on(&mut self, length: usize) {
        let part = &self.raw[self.at..self.at + length];
        self.fresh = part.last().map_or(self.fresh, |last| *last == b'\n');
        self.text.extend_from_slice(part);
        self.at += length;
    }

    /// Goes on, in a part that is UTF-16: to the end of a line.
    fn decode(&mut self) {
        self.load(STEP_BYTES + ENCODING_SAMPLE_BYTES);
        let Some((encoding, _)) = &self.wide else { return };
        let feed = if *encoding == UTF_16BE { [0, b'\n'] } else { [b'\n', 0] };
        let rest = self.rest();
        let most = if self.last { rest.len() } else { rest.len() - ENCODING_SAMPLE_BYTES };
        let mut ends = false;
        let mut end = if self.last { most } else { most - most % 2 };
        let units = rest[..most].chunks_exact(2).enumerate().filter(|(_, unit)| *unit == feed);
        for (at, _) in units {
            let behind = 2 * at + 2;
            if is_plain(&rest[behind..rest.len().min(behind + ENCODING_SAMPLE_BYTES)], self.last) {
                (end, ends) = (behind, true);
                break;
            }
        }
        let last = self.last && end == rest.len();
        self.decode_to(end, last || ends);
        if ends {
            self.change(None);
        }
    }

    fn decode_to(&mut self, length: usize, last: bool) {
        let Some((_, decoder)) = &mut self.wide else { return };
        let end = self.at + length;
        loop {
            let raw = &self.raw[self.at..end];
            let from = self.text.len();
            let longest = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(4 * raw.len() + 16);
            self.text.resize(from + longest, 0);
            let (result, taken, given) = decoder.decode_to_utf8_without_replacement(raw, &mut self.text[from..], last);
            self.text.truncate(from + given);
            self.at += taken;
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    self.text.extend_from_slice(REPLACED);
                    let at = self.before + self.at as u64;
                    self.undecoded.count(at.saturating_sub(u64::from(length) + u64::from(after)));
                }
            }
        }
    }

    /// Goes on in another encoding.
    fn change(&mut self, encoding: Option<&'static Encoding>) {
        let name = |encoding: Option<&'static Encoding>| encoding.unwrap_or(UTF_8).name();
        let before = self.wide.as_ref().map(|(encoding, _)| *encoding);
        self.undecoded.change(self.before + self.at as u64, (name(before), name(encoding)));
        self.wide = encoding.map(|encoding| (encoding, encoding.new_decoder_with_bom_removal()));
        self.fresh = true;
    }
}

impl Read for Mixed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.given < self.text.len() {
                let n = buf.len().min(self.text.len() - self.given);
                buf[..n].copy_from_slice(&self.text[self.given..self.given + n]);
                self.given += n;
                return Ok(n);
            }
            self.text.clear();
            self.given = 0;
            if self.last && self.at == self.raw.len() {
                return self.error.take().map_or(Ok(0), Err);
            }
            if self.wide.is_some() {
                self.decode();
            } else if self.at < self.raw.len() || buf.len() < STEP_BYTES {
                self.plain();
            } else {
                // Nearly all there is has no NUL, and is read to where it is wanted.
                let n = self.bytes.read(buf)?;
                let part = &buf[..n];
                if n > 0 && memchr(0, part).is_none() && waiting(part) == 0 {
                    self.before += (self.raw.len() + n) as u64;
                    self.raw.clear();
                    self.at = 0;
                    self.fresh = part.last() == Some(&b'\n');
                    return Ok(n);
                }
                self.last = n == 0;
                self.before += self.raw.len() as u64;
                self.raw.clear();
                self.raw.extend_from_slice(part);
                self.at = 0;
            }
        }
    }
}

/// How many bytes at the end may be the first of UTF-16, which the next one tells: a mark, a letter that is no ASCII, or
/// any at all if it is the first of a line.
fn waiting(bytes: &[u8]) -> usize {
    let line = memrchr(b'\n', bytes).map_or(bytes.len(), |at| bytes.len() - at - 1);
    match bytes {
        _ if line <= 3 => line,
        [.., 0xFE..=0xFF, _] => 2,
        [.., 0x80..=0xFF] => 1,
        _ => 0,
    }
}

/// Where UTF-16 begins around this NUL byte, if it does, and which. `fresh`: the bytes begin with a line.
fn wide_part(bytes: &[u8], nul: usize, fresh: bool) -> Option<(usize, &'static Encoding)> {
    let near = |from: usize| &bytes[from..bytes.len().min(from + ENCODING_SAMPLE_BYTES)];
    let fits = |from: usize, encoding: &'static Encoding| {
        let near = near(from);
        (near.len() >= MIN_SAMPLE_BYTES && wide(near) == Some(encoding)).then_some((from, encoding))
    };
    // In the middle of a line, more must speak for it.
    let within = |from: usize, encoding: &'static Encoding, letter: usize| {
        let pairs = near(from).chunks_exact(2);
        let fitting = pairs.clone().filter(|pair| pair[1 - letter] == 0 && pair[letter] != 0).count();
        (pairs.len() >= 4 && 4 * fitting >= 3 * pairs.len()).then_some((from, encoding))
    };
    let inside = || within(nul - 1, UTF_16LE, 0).or_else(|| within(nul, UTF_16BE, 1));
    let feed = memrchr(b'\n', &bytes[..nul]);
    let line = feed.map_or(0, |at| at + 1);
    let before = &bytes[line..nul];
    // A mark says where it begins, and which it is, if the NUL is half of an ASCII character then; else these are two wrong
    // bytes.
    for (mark, encoding, half) in [(b"\xFF\xFE", UTF_16LE, 1), (b"\xFE\xFF", UTF_16BE, 0)] {
        if let Some(at) = memchr::memmem::rfind(before, mark)
            && (before.len() - at) % 2 == half
        {
            return Some((line + at, encoding));
        }
    }
    // Letters of other alphabets come before the first NUL.
    let control = |byte: &u8| *byte < b' ' && !b"\t\r\x1b".contains(byte);
    let foreign = before.iter().any(control) || std::str::from_utf8(before).is_err();
    match before.len() {
        length if feed.is_some() || fresh => match length {
            0 => fits(nul, UTF_16BE),
            1 => fits(line, UTF_16LE),
            _ if foreign => fits(line, if length % 2 == 0 { UTF_16BE } else { UTF_16LE }),
            _ => inside(),
        },
        0 => None,
        _ => inside(),
    }
}

/// Whether a text begins as no UTF-16, which it becomes later.
pub fn begins_plain(head: &[u8]) -> bool {
    memchr(0, head).and_then(|nul| wide_part(head, nul, true)).is_some_and(|(start, _)| start > 0)
}

/// How many NUL bytes are looked at to know that a text is mixed.
const MAX_NULS_TRIED: usize = 64;

/// Whether there is UTF-16 among these bytes of a text that is none as a whole. `fresh`: they begin with a line.
pub fn is_mixed(bytes: &[u8], fresh: bool) -> bool {
    let (mut rest, mut fresh) = (bytes, fresh);
    for _ in 0..MAX_NULS_TRIED {
        let Some(nul) = memchr(0, rest) else { return false };
        if wide_part(rest, nul, fresh).is_some() {
            return true;
        }
        rest = &rest[nul + nuls(&rest[nul..])..];
        fresh = false;
    }
    false
}

/// How many NUL bytes these begin with.
fn nuls(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// Whether text that is no UTF-16 begins here, behind the end of a line of UTF-16: such text has NUL bytes sooner or later,
/// at the end of the line at the latest.
fn is_plain(near: &[u8], last: bool) -> bool {
    let enough = near.len() == ENCODING_SAMPLE_BYTES || (last && near.len() >= 4);
    let valid = std::str::from_utf8(near).map_or_else(|error| error.error_len().is_none(), |_| true);
    let control = |byte: &u8| *byte < b' ' && !b"\t\r\n\x1b".contains(byte);
    enough && valid && !near.iter().any(control)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Slow(Vec<u8>, usize, usize);

    impl Read for Slow {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.2.min(buf.len()).min(self.0.len() - self.1);
            buf[..n].copy_from_slice(&self.0[self.1..self.1 + n]);
            self.1 += n;
            Ok(n)
        }
    }

    fn read(bytes: &[u8], encoding: Option<&'static Encoding>) -> (String, Option<u64>) {
        let mut found = None;
        for (step, buf_len) in [(1, 7), (3, STEP_BYTES), (64, 100), (STEP_BYTES, STEP_BYTES), (1 << 20, 1 << 20)] {
            let undecoded = Arc::<Undecoded>::default();
            let mut mixed = Mixed::new(Box::new(Slow(bytes.to_vec(), 0, step)), encoding, undecoded.clone());
            let (mut text, mut part) = (Vec::new(), vec![0; buf_len]);
            loop {
                match mixed.read(&mut part).unwrap() {
                    0 => break,
                    n => text.extend_from_slice(&part[..n]),
                }
            }
            let this = (String::from_utf8_lossy(&text).into_owned(), undecoded.changed().map(|(at, _)| at));
            assert_eq!(found.get_or_insert_with(|| this.clone()), &this, "{step} {buf_len}");
        }
        found.unwrap()
    }

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn each_part_is_read_as_what_it_is() {
        let (one, two) = ("2024-05-14 09:12:01 caf\u{e9}\n", "2024-05-14 09:12:02 \u{444}\u{20ac} x\r\n");
        let all = format!("{one}{two}{one}");
        for wide in [little as fn(&str) -> Vec<u8>, big] {
            let mixed = [one.as_bytes(), &wide(two), one.as_bytes()].concat();
            assert_eq!(read(&mixed, None), (all.clone(), Some(one.len() as u64)));
            let marked = [one.as_bytes(), &wide("\u{feff}"), &wide(two), one.as_bytes()].concat();
            assert_eq!(read(&marked, None).0, all);
            let long = [one.repeat(800).as_bytes(), &wide(&two.repeat(800)), one.repeat(800).as_bytes()].concat();
            assert_eq!(read(&long, None).0, [one.repeat(800), two.repeat(800), one.repeat(800)].concat());
        }
        let (first, second) = (little(&format!("\u{feff}{two}")), one.repeat(2));
        let mixed = [&first[..], second.as_bytes()].concat();
        assert_eq!(read(&mixed, Some(UTF_16LE)), (format!("{two}{second}"), Some(first.len() as u64)));
        let no_end = [b"without an end".as_slice(), &little("2024-05-14\n")].concat();
        assert_eq!(read(&no_end, None).0, "without an end2024-05-14\n");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "",
            "a",
            "one\0two\0three\0",
            "\0\0\0\0\0\0\0\u{0}2024-05-14 a\n",
            "a\0b\r\n\0\n\u{1b}[31mred\n",
            "caf\u{e9} \u{feff} \u{20ac}",
            "a\0\0b\0\0c\0\0d\0\0",
        ] {
            assert_eq!(read(text.as_bytes(), None), (text.to_string(), None), "{text:?}");
        }
        let (han, short) = ("\u{4e2d}\u{6587}".repeat(100), "\u{4e2d}\u{6587}\n".repeat(9));
        for text in [format!("{han}\n{han}\n"), short] {
            assert_eq!(read(&little(&text), Some(UTF_16LE)), (text.clone(), None));
            assert_eq!(read(&big(&text), Some(UTF_16BE)), (text, None));
        }
    }
}
