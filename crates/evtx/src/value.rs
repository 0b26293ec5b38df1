//! Values of records as text, as Windows renders them.

/// Nothing.
pub const NULL: u8 = 0x00;
/// Text.
pub const TEXT: u8 = 0x01;
/// Text of one byte a character.
const ANSI: u8 = 0x02;
/// The parts of a time, two bytes each.
const SYSTEM_TIME: u8 = 0x12;
/// Elements, or an instance of a template.
pub const XML: u8 = 0x21;

/// 100 ns in a second and in a day.
const SECOND: u64 = 10_000_000;
const DAY: u64 = 86_400 * SECOND;

/// Bytes.
const BINARY: u8 = 0x0E;
/// The bit of types that hold several values of the type without it.
pub const ARRAY: u8 = 0x80;

/// Where a value is written to, and so what is escaped in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// XML between tags.
    Text,
    /// An attribute of XML in single quotes.
    Attribute,
    /// A string of JSON.
    Json,
}

impl Escape {
    /// The characters from the space on that are escaped: two, and those that are the third but for the bits that are not
    /// in the mask.
    fn special(self) -> [u16; 4] {
        let [first, second, third, differ] = match self {
            Escape::Text => [b'&', b'&', b'<' & b'>', b'<' ^ b'>'],
            Escape::Attribute => [b'&', b'\'', b'<' & b'>', b'<' ^ b'>'],
            Escape::Json => [b'"', b'"', b'\\', 0],
        };
        [first.into(), second.into(), third.into(), !u16::from(differ)]
    }
}

/// Whether there is nothing to be seen of a value.
pub fn is_empty(kind: u8, bytes: &[u8]) -> bool {
    match kind {
        NULL => true,
        TEXT => bytes.is_empty() || bytes.starts_with(&[0, 0]),
        BINARY | XML | ARRAY.. => bytes.is_empty(),
        _ => false,
    }
}

/// Appends a value. Where the size does not fit the type, or nobody knows the type, the bytes are given in hexadecimal
/// digits: nothing of a record is lost.
pub fn write(kind: u8, bytes: &[u8], escape: Escape, out: &mut Vec<u8>) {
    if scalar(kind, bytes, escape, out).is_some() {
        return;
    }
    if kind & ARRAY == 0 {
        return hexadecimal(bytes, out);
    }
    for (n, (kind, bytes)) in items(kind, bytes).enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write(kind, bytes, escape, out);
    }
}

/// The values of an array, each with its type.
pub fn items(kind: u8, bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let kind = kind & !ARRAY;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = match kind {
            _ if rest.is_empty() => return None,
            TEXT => rest.chunks_exact(2).position(|unit| unit == [0, 0]).map_or(rest.len(), |units| 2 * units + 2),
            ANSI => memchr::memchr(0, rest).map_or(rest.len(), |end| end + 1),
            0x03 | 0x04 => 1,
            0x05 | 0x06 => 2,
            0x07 | 0x08 | 0x0B | 0x0D | 0x14 => 4,
            0x09 | 0x0A | 0x0C | 0x11 | 0x15 => 8,
            0x10 if bytes.len().is_multiple_of(8) => 8,
            0x10 => 4,
            0x0F | SYSTEM_TIME => 16,
            0x13 => 8 + 4 * rest.get(1).map_or(0, |count| usize::from(*count)),
            _ => rest.len(),
        };
        let (item, after) = rest.split_at(size.min(rest.len()));
        rest = after;
        Some((kind, item))
    })
}

/// Appends one value. Nothing, and nothing is appended, where the size does not fit the type.
fn scalar(kind: u8, bytes: &[u8], escape: Escape, out: &mut Vec<u8>) -> Option<()> {
    match kind {
        NULL => {}
        TEXT => text(bytes, escape, out),
        ANSI => ansi(bytes, escape, out),
        _ if bytes.is_empty() => {}
        0x03 => signed(i8::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x04 => unsigned(u8::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x05 => signed(i16::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x06 => unsigned(u16::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x07 => signed(i32::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x08 => unsigned(u32::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x09 => signed(i64::from_le_bytes(bytes.try_into().ok()?), out),
        0x0A => unsigned(u64::from_le_bytes(bytes.try_into().ok()?), out),
        0x0B => out.extend_from_slice(format!("{:?}", f32::from_le_bytes(bytes.try_into().ok()?)).as_bytes()),
        0x0C => out.extend_from_slice(format!("{:?}", f64::from_le_bytes(bytes.try_into().ok()?)).as_bytes()),
        0x0D => match i32::from_le_bytes(bytes.try_into().ok()?) {
            0 => out.extend_from_slice(b"false"),
            1 => out.extend_from_slice(b"true"),
            // Some programs keep more than that in it.
            other => signed(other.into(), out),
        },
        BINARY => hexadecimal(bytes, out),
        0x0F => guid(bytes.try_into().ok()?, out),
        0x10 | 0x14 if bytes.len() == 4 => hex(u32::from_le_bytes(bytes.try_into().ok()?).into(), out),
        0x10 | 0x15 => hex(u64::from_le_bytes(bytes.try_into().ok()?), out),
        0x11 => {
            let value = u64::from_le_bytes(bytes.try_into().ok()?);
            // Windows has no text for what is past the year 9999 either.
            time(value, out).unwrap_or_else(|| unsigned(value, out));
        }
        SYSTEM_TIME => system_time(bytes.try_into().ok()?, out),
        0x13 => sid(bytes, out)?,
        _ => return None,
    }
    Some(())
}

fn hexadecimal(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.iter().for_each(|byte| out.extend_from_slice(&pair(*byte, b"0123456789ABCDEF")));
}

/// Text of one byte a character, up to a zero: most logs are of Western systems.
fn ansi(bytes: &[u8], escape: Escape, out: &mut Vec<u8>) {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    if bytes[..end].is_ascii() {
        for block in bytes[..end].chunks(BLOCK) {
            let mut units = [0; 2 * BLOCK];
            for (unit, byte) in units.iter_mut().step_by(2).zip(block) {
                *unit = *byte;
            }
            text(&units[..2 * block.len()], escape, out);
        }
        return;
    }
    let (decoded, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes[..end]);
    let units: Vec<u8> = decoded.encode_utf16().flat_map(u16::to_le_bytes).collect();
    text(&units, escape, out);
}

/// How many units are looked at together.
const BLOCK: usize = 16;

/// Appends UTF-16 up to a zero, escaped. What XML can't hold becomes `_`, in JSON too.
pub fn text(mut units: &[u8], escape: Escape, out: &mut Vec<u8>) {
    let special = escape.special();
    out.reserve(units.len());
    while units.len() >= 2 {
        // Spaces follow the last ones: they need no care.
        let mut padded = *b" \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0";
        let (block, count) = match units.first_chunk() {
            Some(block) => (block, BLOCK),
            None => {
                padded[..units.len()].copy_from_slice(units);
                (&padded, units.len() / 2)
            }
        };
        let (narrow, kind) = narrow(block, special);
        let done = if kind == Block::Plain {
            out.extend_from_slice(&narrow[..count]);
            2 * count
        } else if kind == Block::Escaped && escape == Escape::Json {
            // Paths of Windows are full of backslashes.
            let mut copied = 0;
            for at in places(&narrow, b'"', b'\\') {
                out.extend_from_slice(&narrow[copied..at]);
                out.push(b'\\');
                copied = at;
            }
            out.extend_from_slice(&narrow[copied..count]);
            2 * count
        } else {
            match careful(units, count, escape, out) {
                Some(done) => done,
                None => return,
            }
        };
        units = units.get(done..).unwrap_or_default();
    }
}

/// What units are: ASCII without control characters and special ones, without control characters, or any.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Plain,
    Escaped,
    Any,
}

/// The low bytes of units, and whether that is all there is to them. Arithmetic on all units alike, so that compilers make it a few steps for all of them.
fn narrow(block: &[u8; 2 * BLOCK], [first, second, third, mask]: [u16; 4]) -> ([u8; BLOCK], Block) {
    // The highest bit is set if they are the same.
    let same = |one: u16, other: u16| (one ^ other).wrapping_sub(1);
    // A loop, since closures of `map` are not always compiled into it.
    let (mut narrow, mut special, mut other) = ([0; BLOCK], 0, 0);
    for (narrow, bytes) in narrow.iter_mut().zip(block.as_chunks().0) {
        let unit = u16::from_le_bytes(*bytes);
        other |= (unit & 0xFF80) | (unit.wrapping_sub(b' '.into()) & 0x8000);
        special |= same(unit, first) | same(unit, second) | same(unit & mask, third);
        *narrow = unit as u8;
    }
    let kind = match (other, special & 0x8000) {
        (0, 0) => Block::Plain,
        (0, _) => Block::Escaped,
        _ => Block::Any,
    };
    (narrow, kind)
}

/// Where one of two bytes is among these, which are all ASCII.
fn places(bytes: &[u8; BLOCK], first: u8, second: u8) -> impl Iterator<Item = usize> {
    const ONES: u128 = u128::MAX / 0xFF;
    const HIGHEST: u128 = ONES << 7;
    let bytes = u128::from_le_bytes(*bytes);
    // The highest bit of those that are not the same: what is not zero carries into it.
    let others = |byte: u8| (bytes ^ (ONES * u128::from(byte))) + (HIGHEST - ONES);
    let mut found = !(others(first) & others(second)) & HIGHEST;
    std::iter::from_fn(move || {
        let place = (found != 0).then_some(found.trailing_zeros() as usize / 8)?;
        found &= found - 1;
        Some(place)
    })
}

/// Appends at least so many units one by one. The answer is how many bytes that were; none at a zero.
fn careful(units: &[u8], count: usize, escape: Escape, out: &mut Vec<u8>) -> Option<usize> {
    let unit = |n: usize| units.get(2 * n..2 * n + 2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let mut at = 0;
    while at < count {
        let first = unit(at)?;
        at += 1;
        let plain = match first {
            0 => return None,
            0x22 if escape == Escape::Json => &b"\\\""[..],
            0x5C if escape == Escape::Json => b"\\\\",
            0x09 if escape == Escape::Json => b"\\t",
            0x0A if escape == Escape::Json => b"\\n",
            0x0D if escape == Escape::Json => b"\\r",
            0x26 if escape != Escape::Json => b"&amp;",
            0x3C if escape != Escape::Json => b"&lt;",
            0x3E if escape != Escape::Json => b"&gt;",
            0x27 if escape == Escape::Attribute => b"&apos;",
            0x09 | 0x0A | 0x0D | 0x20..0x80 => &[first as u8],
            0x01..0x20 | 0xFFFE.. => b"_",
            _ => {
                let second = unit(at).unwrap_or(0);
                let character = char::decode_utf16([first, second]).next().and_then(Result::ok);
                at += usize::from(character.is_some_and(|character| character.len_utf16() == 2));
                let mut buffer = [0; 4];
                out.extend_from_slice(character.unwrap_or('_').encode_utf8(&mut buffer).as_bytes());
                continue;
            }
        };
        out.extend_from_slice(plain);
    }
    Some(2 * at)
}

fn unsigned(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn signed(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(value.unsigned_abs(), out);
}

fn hex(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"0x");
    let digits = (64 - value.leading_zeros()).div_ceil(4).max(1);
    let digit = |n: u32| b"0123456789abcdef"[(value >> (4 * n)) as usize & 0xF];
    out.extend((0..digits).rev().map(digit));
}

fn pair(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    [digits[usize::from(byte >> 4)], digits[usize::from(byte & 0xF)]]
}

/// In braces and lower case: its first parts are numbers.
fn guid(bytes: &[u8; 16], out: &mut Vec<u8>) {
    /// Where each byte's digits stand.
    const PLACES: [usize; 16] = [7, 5, 3, 1, 12, 10, 17, 15, 20, 22, 25, 27, 29, 31, 33, 35];
    let mut text = [b'-'; 38];
    (text[0], text[37]) = (b'{', b'}');
    for (byte, place) in bytes.iter().zip(PLACES) {
        text[place..place + 2].copy_from_slice(&pair(*byte, b"0123456789abcdef"));
    }
    out.extend_from_slice(&text);
}

/// Nine digits of a second.
fn time(value: u64, out: &mut Vec<u8>) -> Option<()> {
    let (days, rest) = (value / DAY, value % DAY);
    // 400 years have 146,097 days; counted from 1 March of the year 0, leap days come last.
    let days = u32::try_from(days).ok()?.checked_add(584_694)?;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u32::from(month <= 2);
    if year > 9999 {
        return None;
    }
    let seconds = (rest / SECOND) as u32;
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    let mut put = |from: usize, to: usize, mut value: u32| {
        for digit in text[from..to].iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
    };
    put(0, 4, year);
    put(5, 7, month);
    put(8, 10, day);
    put(11, 13, seconds / 3600);
    put(14, 16, seconds / 60 % 60);
    put(17, 19, seconds % 60);
    put(20, 27, (rest % SECOND) as u32);
    out.extend_from_slice(&text);
    Some(())
}

/// Year, month, day of the week, day, hour, minute, second and millisecond.
fn system_time(bytes: &[u8; 16], out: &mut Vec<u8>) {
    let [year, month, _, day, hour, minute, second, ms] =
        std::array::from_fn(|n| u16::from_le_bytes([bytes[2 * n], bytes[2 * n + 1]]));
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}000000Z");
    out.extend_from_slice(text.as_bytes());
}

fn sid(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (&[revision, count, ref authority @ ..], parts) = bytes.split_first_chunk::<8>()?;
    let parts = parts.get(..4 * usize::from(count))?;
    out.extend_from_slice(b"S-");
    unsigned(revision.into(), out);
    out.push(b'-');
    unsigned(authority.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), out);
    for part in parts.chunks_exact(4) {
        out.push(b'-');
        unsigned(u32::from_le_bytes(part.try_into().ok()?).into(), out);
    }
    Some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(kind: u8, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        write(kind, bytes, Escape::Text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_of_all_lengths() {
        let text = |text: &str, escape: Escape| {
            let mut out = Vec::new();
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            super::text(&units, escape, &mut out);
            String::from_utf8(out).unwrap()
        };
        for length in 0..70 {
            let plain = "abcdefghij".repeat(7)[..length].to_string();
            assert_eq!(text(&plain, Escape::Attribute), plain);
            for special in ["&", "<", ">", "'", "\"", "\\", "\t", "\r", "é", "\u{1F600}", "\u{FFFD}", "\n"] {
                let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let with = format!("{plain}{special}{plain}");
                assert_eq!(text(&with, Escape::Text), escape(&with));
                assert_eq!(text(&with, Escape::Attribute), escape(&with).replace('\'', "&apos;"));
                assert_eq!(format!("\"{}\"", text(&with, Escape::Json)), serde_json::to_string(&with).unwrap());
            }
            assert_eq!(text(&format!("{plain}\u{1}\u{FFFF}x\0y"), Escape::Text), format!("{plain}__x"));
        }
        let lone = [0x61, 0, 0x00, 0xD8, 0x62, 0, 0x00, 0xDC, 0x00, 0xD8];
        assert_eq!(shown(TEXT, &lone), "a_b__");
        assert_eq!(shown(TEXT, &lone[..3]), "a", "half a unit");
    }

    #[test]
    fn numbers_and_the_like() {
        let cases: [(u8, &[u8], &str); 29] = [
            (NULL, b"", ""),
            (0x03, b"\xFF", "-1"),
            (0x04, b"\xFF", "255"),
            (0x05, b"\0\x80", "-32768"),
            (0x06, b"\x10\x27", "10000"),
            (0x07, b"\xFF\xFF\xFF\xFF", "-1"),
            (0x08, b"\0\0\0\0", "0"),
            (0x09, b"\0\0\0\0\0\0\0\x80", "-9223372036854775808"),
            (0x0A, b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "18446744073709551615"),
            (0x0D, b"\0\0\0\0", "false"),
            (0x0D, b"\x01\0\0\0", "true"),
            (0x0D, b"\x05\0\0\0", "5"),
            (BINARY, b"\x01\xAB", "01AB"),
            (
                0x0F,
                b"\x5F\x38\x70\x57\x2A\xC2\xE0\x43\xBF\x4C\x06\xF5\x69\x8F\xFB\xD9",
                "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}",
            ),
            (0x10, b"\x10\0\0\0", "0x10"),
            (0x10, b"\0\0\0\0\0\0\0\x80", "0x8000000000000000"),
            (0x14, b"\0\0\0\0", "0x0"),
            (0x15, b"\xEF\xCD\xAB\0\0\0\0\0", "0xabcdef"),
            (0x11, &0u64.to_le_bytes(), "1601-01-01T00:00:00.000000000Z"),
            (0x11, &131_124_751_716_816_408u64.to_le_bytes(), "2016-07-08T18:12:51.681640800Z"),
            (0x13, b"\x01\x01\0\0\0\0\0\x05\x12\0\0\0", "S-1-5-18"),
            (0x13, b"\x01\x00\0\0\0\0\x01\x00", "S-1-256"),
            (ANSI, b"M\xFCller & Co\0x", "Müller &amp; Co"),
            (0x0B, &1.5f32.to_le_bytes(), "1.5"),
            (0x0C, &3f64.to_le_bytes(), "3.0"),
            (SYSTEM_TIME, b"\xE0\x07\x07\0\x05\0\x08\0\x12\0\x0C\0\x33\0\x07\0", "2016-07-08T18:12:51.007000000Z"),
            (0x86, b"\x01\0\xFF\0", "1,255"),
            (0x81, b"a\0\0\0&\0\0\0", "a,&amp;"),
            (0x93, b"\x01\x01\0\0\0\0\0\x05\x12\0\0\0\x01\x00\0\0\0\0\x01\x00", "S-1-5-18,S-1-256"),
        ];
        for (kind, bytes, text) in cases {
            assert_eq!(shown(kind, bytes), text, "{kind:#x}");
        }
        for (kind, bytes, text) in [
            (0x04, &b""[..], ""),
            (0x08, b"123", "313233"),
            (0x0F, b"\x01", "01"),
            (0x13, b"\x01\x02\0\0\0\0\0\x05", "0102000000000005"),
            (0x1F, b"1234", "31323334"),
            (0x11, &[0xFF; 8], "18446744073709551615"),
            (0x88, b"\x01\0\0\0\x02", "1,02"),
        ] {
            assert_eq!(shown(kind, bytes), text, "what does not fit {kind:#x}");
        }
    }

    #[test]
    fn days_of_all_years() {
        for days in (0..3_000_000u64).step_by(97).chain([145_731, 145_732]) {
            let moment = chrono::DateTime::from_timestamp(days as i64 * 86_400 - 11_644_473_600, 0).unwrap();
            let expected = moment.format("%Y-%m-%dT00:00:00.000000000Z").to_string();
            assert_eq!(shown(0x11, &(days * DAY).to_le_bytes()), expected);
        }
    }

    #[test]
    fn what_is_empty() {
        assert!(is_empty(NULL, b"x") && is_empty(TEXT, b"") && is_empty(TEXT, b"\0\0a\0") && is_empty(XML, b""));
        assert!(!is_empty(0x04, b"\0") && !is_empty(TEXT, b"a\0"));
    }
}
