//! Finds the members of a zip archive without its directory, from the beginning on.

use super::member::{ENCRYPTED, Member, shown};
use super::{ArchiveSource, Compression, dos, zip_directory};
use chrono_tz::Tz;
use std::io::{self, BufReader, Read};

const HEADER: [u8; 4] = *b"PK\x03\x04";
/// How far beyond a member of unknown size the next one is looked for: what is said of it stands between.
const MAX_DESCRIPTOR_BYTES: usize = 24;

/// The members whose headers are there, and the byte up to which they are.
pub fn members(source: &ArchiveSource, zone: Tz) -> io::Result<(Vec<Member>, u64)> {
    let end = source.open(0, u64::MAX)?.end();
    let mut members = Vec::new();
    let mut at = 0;
    while let Some((member, next)) = member(source, (at, end), zone)? {
        at = next;
        members.extend(member);
    }
    Ok((members, at.min(end)))
}

/// The member whose header is at `at`, if it is to be read, and where the next header is.
fn member(source: &ArchiveSource, (at, end): (u64, u64), zone: Tz) -> io::Result<Option<(Option<Member>, u64)>> {
    let mut part = BufReader::new(source.open(at, u64::MAX)?);
    let mut fixed = [0; 30];
    if at >= end || part.read_exact(&mut fixed).is_err() || fixed[..4] != HEADER {
        return Ok(None);
    }
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let word = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    let (flags, method, sum) = (short(6), short(8), word(14));
    let (mut packed, mut size) = (u64::from(word(18)), u64::from(word(22)));
    let (mut name, mut extra) = (vec![0; short(26).into()], vec![0; short(28).into()]);
    if part.read_exact(&mut name).is_err() || part.read_exact(&mut extra).is_err() {
        return Ok(None);
    }
    if packed == u64::from(u32::MAX) || size == u64::from(u32::MAX) {
        (size, packed) = long_sizes(&extra).unwrap_or((size, packed));
    }
    let start = at + 30 + name.len() as u64 + extra.len() as u64;
    let unknown = flags & 8 != 0 && packed == 0;
    let mut next = start.saturating_add(packed);
    if unknown {
        packed = match method {
            8 => Member::deflate_length(source, start)?.unwrap_or(end - start),
            _ => end - start,
        };
        next = start + packed;
        let mut after = Vec::new();
        source.open(next, next + MAX_DESCRIPTOR_BYTES as u64 + 4)?.read_to_end(&mut after)?;
        next += after.windows(4).position(|bytes| bytes == HEADER).unwrap_or(after.len()) as u64;
    }
    let found = shown(&String::from_utf8_lossy(&name)).map(|name| Member {
        of: Compression::Zip,
        name,
        method: match method {
            _ if flags & 1 != 0 => Err(ENCRYPTED.into()),
            number => zip_directory::method(u64::from(number)),
        },
        start,
        packed,
        sum: (!unknown).then_some(sum),
        size: (!unknown).then_some(size),
        modified: dos(short(12), short(10), zone),
    });
    Ok(Some((found, next)))
}

/// Sizes of more than 32 bits: of what is inside, and of the data.
fn long_sizes(mut extra: &[u8]) -> Option<(u64, u64)> {
    loop {
        let (kind, length) = (extra.get(..2)?, extra.get(2..4)?);
        let data = extra.get(4..4 + usize::from(u16::from_le_bytes([length[0], length[1]])))?;
        if kind == [1, 0] {
            let long = |at: usize| Some(u64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?));
            return Some((long(0)?, long(8)?));
        }
        extra = &extra[4 + data.len()..];
    }
}
