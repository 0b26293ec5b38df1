//! The directory of a zip archive: what it says of each member, in its order. Members of one name are all there.

use super::member::{ENCRYPTED, Member, Method, shown};
use super::{ArchiveSource, Compression, dos};
use crate::wrappers::recorded_time::known;
use chrono_tz::Tz;
use std::io::{self, BufReader, Read};

const END: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: usize = 22;
const LONG_END: [u8; 4] = *b"PK\x06\x06";
const LONG_END_BYTES: usize = 56;
const LONG_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LONG_LOCATOR_BYTES: usize = 20;
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;

/// How far before the end of the archive its directory can end: there is room for a comment.
const MAX_COMMENT_BYTES: u64 = u16::MAX as u64;

/// Where the directory is.
struct Directory {
    start: u64,
    entries: u64,
    /// How many bytes stand before the archive, as before those that unpack themselves.
    before: u64,
}

/// The members that are files and may hold messages. The error says what is wrong with the directory.
pub fn members(source: &ArchiveSource, zone: Tz) -> Result<Vec<Member>, String> {
    let directory = directory(source)?;
    let part = source.open(directory.start, u64::MAX).map_err(|error| error.to_string())?;
    let mut reader = BufReader::new(part);
    let mut members = Vec::new();
    for number in 0..directory.entries {
        let entry = entry(&mut reader).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("it ends at member {number} of {}", directory.entries),
            _ => error.to_string(),
        })?;
        members.extend(member(&entry, source, directory.before, zone));
    }
    Ok(members)
}

fn short(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 2).map_or(0, |bytes| u64::from(bytes[1]) << 8 | u64::from(bytes[0]))
}

fn word(bytes: &[u8], at: usize) -> u64 {
    short(bytes, at + 2) << 16 | short(bytes, at)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    word(bytes, at + 4) << 32 | word(bytes, at)
}

fn directory(source: &ArchiveSource) -> Result<Directory, String> {
    let text = |error: io::Error| error.to_string();
    let size = source.open(0, u64::MAX).map_err(text)?.end();
    let from = size.saturating_sub(MAX_COMMENT_BYTES + (END_BYTES + LONG_LOCATOR_BYTES) as u64);
    let mut tail = Vec::new();
    source.open(from, size).and_then(|mut part| part.read_to_end(&mut tail)).map_err(text)?;
    let fits = |at: &usize| tail.len() == at + END_BYTES + short(&tail, at + 20) as usize;
    let ends = |at: &usize| tail[*at..].starts_with(&END) && tail.len() >= at + END_BYTES;
    let places = || (0..tail.len().saturating_sub(END_BYTES - 1)).rev().filter(ends);
    // A comment may look like an end, and what was put behind the archive is no comment.
    let at = places().find(fits).or_else(|| places().next()).ok_or("it has no end")?;
    let (mut entries, mut length, mut stated) = (short(&tail, at + 10), word(&tail, at + 12), word(&tail, at + 16));
    let mut end = from + at as u64;
    if let Some(locator) = at.checked_sub(LONG_LOCATOR_BYTES).map(|at| &tail[at..])
        && locator.starts_with(&LONG_LOCATOR)
    {
        let mut record = Vec::new();
        let place = end.saturating_sub((LONG_LOCATOR_BYTES + LONG_END_BYTES) as u64);
        // It stands right before; where it says it is does not count what is before the archive.
        for place in [place, long(locator, 8)] {
            record.clear();
            let read = source.open(place, place.saturating_add(LONG_END_BYTES as u64));
            read.and_then(|mut part| part.read_to_end(&mut record)).map_err(text)?;
            if record.starts_with(&LONG_END) && record.len() == LONG_END_BYTES {
                (entries, length, stated) = (long(&record, 32), long(&record, 40), long(&record, 48));
                end = place;
                break;
            }
        }
    }
    let start = end.checked_sub(length).ok_or("it is larger than the archive")?;
    let before = start.checked_sub(stated).ok_or("it is not where the archive says")?;
    Ok(Directory { start, entries, before })
}

/// What the directory says of a member: the fixed part, the name and the extra fields.
struct Entry {
    fixed: [u8; ENTRY_BYTES],
    name: Vec<u8>,
    extra: Vec<u8>,
}

fn entry(reader: &mut impl Read) -> io::Result<Entry> {
    let mut fixed = [0; ENTRY_BYTES];
    reader.read_exact(&mut fixed)?;
    if !fixed.starts_with(&ENTRY) {
        return Err(io::Error::other("a member of it is damaged"));
    }
    let mut read = |bytes: u64| {
        let mut part = vec![0; bytes as usize];
        reader.read_exact(&mut part).map(|()| part)
    };
    let (name, extra) = (read(short(&fixed, 28))?, read(short(&fixed, 30))?);
    read(short(&fixed, 32))?;
    Ok(Entry { fixed, name, extra })
}

/// A member, if it is to be read.
fn member(entry: &Entry, source: &ArchiveSource, before: u64, zone: Tz) -> Option<Member> {
    let fixed = &entry.fixed;
    let flags = short(fixed, 8);
    let is_link = short(fixed, 4) >> 8 == 3 && word(fixed, 38) >> 16 & 0o170_000 == 0o120_000;
    let name = shown(&name_of(&entry.name, flags)).filter(|_| !is_link)?;
    let mut method = method(short(fixed, 10));
    if flags & 1 != 0 {
        method = Err(ENCRYPTED.into());
    }
    let mut sizes = [word(fixed, 24), word(fixed, 20), word(fixed, 42)];
    let mut at = 0;
    for size in &mut sizes {
        // What does not fit into 32 bits is in an extra field, one after the other.
        if *size == u64::from(u32::MAX)
            && let Some(field) = field(&entry.extra, 1).filter(|field| field.len() >= at + 8)
        {
            *size = long(field, at);
            at += 8;
        }
    }
    let [size, packed, stated] = sizes;
    let header = before.saturating_add(stated);
    let start = local_end(source, header);
    if start.is_none() && method.is_ok() {
        method = Err("the header of the member is damaged".into());
    }
    Some(Member {
        of: Compression::Zip,
        name,
        method,
        start: start.unwrap_or(0),
        packed,
        sum: Some(word(fixed, 16) as u32),
        size: Some(size),
        modified: exact_time(&entry.extra).or_else(|| dos(short(fixed, 14) as u16, short(fixed, 12) as u16, zone)),
    })
}

/// How a member is compressed, or why it can't be read.
pub fn method(number: u64) -> Result<Method, String> {
    Ok(match number {
        0 => Method::Stored,
        8 => Method::Deflate,
        12 => Method::Bzip2,
        20 | 93 => Method::Zstd,
        95 => Method::Xz,
        other => {
            let name = match other {
                1 => "Shrink",
                2..=5 => "Reduce",
                6 => "Implode",
                9 => "Deflate64",
                14 => "LZMA",
                98 => "PPMd",
                99 => "AES",
                _ => return Err(format!("the member is compressed in a way that is not read (method {other})")),
            };
            return Err(format!("the member is compressed in a way that is not read ({name})"));
        }
    })
}

/// Where the data of the member start whose header is at `header`.
fn local_end(source: &ArchiveSource, header: u64) -> Option<u64> {
    let mut fixed = [0; LOCAL_BYTES];
    source.open(header, header.checked_add(LOCAL_BYTES as u64)?).ok()?.read_exact(&mut fixed).ok()?;
    let length = LOCAL_BYTES as u64 + short(&fixed, 26) + short(&fixed, 28);
    fixed.starts_with(&LOCAL).then(|| header.checked_add(length)).flatten()
}

/// An extra field by its number.
fn field(mut extra: &[u8], number: u64) -> Option<&[u8]> {
    loop {
        let data = extra.get(4..4 + short(extra, 2) as usize)?;
        if short(extra, 0) == number {
            return Some(data);
        }
        extra = &extra[4 + data.len()..];
    }
}

/// The time that stands beside that of MS-DOS: it needs no zone.
fn exact_time(extra: &[u8]) -> Option<i64> {
    if let Some(unix) = field(extra, 0x5455).filter(|field| field.len() >= 5 && field[0] & 1 != 0) {
        return known(i64::from(word(unix, 1) as u32 as i32) * 1000);
    }
    // Tenths of microseconds since 1601.
    let times = field(field(extra, 0x000A)?.get(4..)?, 1)?;
    let time = (times.len() >= 8).then(|| long(times, 0))?;
    known(i64::try_from(time / 10_000).ok()? - 11_644_473_600_000)
}

/// The upper half of the character set of MS-DOS.
const MS_DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// A name as text: UTF-8, if it says so or is, else the character set of MS-DOS.
fn name_of(bytes: &[u8], flags: u64) -> String {
    match std::str::from_utf8(bytes) {
        Ok(name) => name.into(),
        Err(_) if flags & (1 << 11) != 0 => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => {
            let upper = |byte: u8| MS_DOS.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER);
            bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { upper(*byte) }).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ms_dos() {
        assert_eq!(MS_DOS.chars().count(), 128);
        assert_eq!(name_of(b"\x81ber.log", 0), "über.log");
        assert_eq!(name_of("über.log".as_bytes(), 0), "über.log");
        assert_eq!(name_of(b"\xff.log", 1 << 11), "\u{fffd}.log");
    }

    #[test]
    fn fields_that_are_cut_are_none() {
        for extra in
            [&b""[..], b"\x01", b"\x01\0\x08\0", b"\x01\0\xff\xff1234", b"UT\x05\0\x01\0\0", b"\x0A\0\x04\0\0\0\0\0"]
        {
            assert_eq!((field(extra, 1), exact_time(extra)), (None, None), "{extra:?}");
        }
        assert_eq!(exact_time(b"UT\x05\0\x01\x10\x32\x54\x66"), Some(1_716_793_872_000));
    }
}
