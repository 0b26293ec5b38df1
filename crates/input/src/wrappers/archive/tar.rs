//! Tar archives: a header of 512 bytes before each member says what it is called and how long it is. There is no
//! directory, so headers are gone through from the beginning on; what members hold is passed over.

use super::ArchiveSource;
use super::member::{Member, Method, shown};
use crate::wrappers::Compression;
use crate::wrappers::recorded_time::known;
use std::io::{self, Read};

/// The size that everything is a multiple of.
const BLOCK_BYTES: usize = 512;

/// How long a name, or what a header says of the next member, may be.
const MAX_EXTENDED_HEADER_BYTES: u64 = 1 << 20;

/// The members that are files and may hold messages, and what is wrong with the archive.
pub fn members(source: &ArchiveSource) -> io::Result<(Vec<Member>, Option<String>)> {
    let end = source.open(0, u64::MAX)?.end();
    let mut members = Vec::new();
    let mut extended = ExtendedHeader::default();
    let mut at = 0;
    let problem = loop {
        let mut block = [0; BLOCK_BYTES];
        if source.open(at, at + BLOCK_BYTES as u64)?.read_exact(&mut block).is_err() {
            // The blocks of zeros at the end are sometimes left out.
            break (at != end || end == 0).then(|| format!("the header at byte {at} is cut short"));
        }
        if block.iter().all(|byte| *byte == 0) {
            break None;
        }
        let Some(size) = number(&block[124..136]).filter(|_| sum_fits(&block)) else {
            break Some(format!("the header at byte {at} is damaged"));
        };
        let start = at + BLOCK_BYTES as u64;
        let kind = block[156];
        let size = if is_file(kind) { extended.size.unwrap_or(size) } else { size };
        match kind {
            b'L' | b'x' if size <= MAX_EXTENDED_HEADER_BYTES => {
                let mut text = Vec::new();
                source.open(start, start.saturating_add(size))?.read_to_end(&mut text)?;
                if kind == b'L' { extended.name = Some(until_nul(&text).to_vec()) } else { extended.records(&text) }
            }
            // Extended headers for all members, or for one that is not a file.
            b'L' | b'x' | b'g' | b'K' => {}
            _ => {
                let ExtendedHeader { name, sparse, modified, .. } = std::mem::take(&mut extended);
                let modified =
                    modified.or_else(|| known(i64::try_from(number(&block[136..148])?).ok()?.checked_mul(1000)?));
                let name = name.unwrap_or_else(|| written_name(&block));
                if let Some(name) = shown(&String::from_utf8_lossy(&name)).filter(|_| is_file(kind)) {
                    let sparse = sparse || kind == b'S';
                    let method = if sparse {
                        Err("the member is a sparse file, which is not read".into())
                    } else {
                        Ok(Method::Stored)
                    };
                    members.push(Member {
                        of: Compression::Tar,
                        name,
                        method,
                        start,
                        packed: size,
                        sum: None,
                        size: Some(size),
                        modified,
                    });
                }
            }
        }
        let Some(next) = size.checked_next_multiple_of(BLOCK_BYTES as u64).and_then(|size| start.checked_add(size))
        else {
            break Some(format!("the header at byte {at} is damaged"));
        };
        if next > end {
            // That the member is cut short is reported when it is read.
            break None;
        }
        at = next;
    };
    let found = members.len();
    let noun = if found == 1 { "member was" } else { "members were" };
    Ok((
        members,
        problem.map(|problem| format!("the tar archive is not whole: {problem}; {found} {noun} found before it")),
    ))
}

/// What extended headers say about the next member.
#[derive(Default)]
struct ExtendedHeader {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
    modified: Option<i64>,
}

impl ExtendedHeader {
    /// Reads records such as `30 path=a/long/name\n`.
    fn records(&mut self, mut text: &[u8]) {
        while let Some((record, rest)) = record(text) {
            let mut parts = record.splitn(2, |byte| *byte == b'=');
            match (parts.next(), parts.next()) {
                (Some(b"mtime"), Some(time)) => {
                    let seconds = std::str::from_utf8(time).ok().and_then(|time| time.parse::<f64>().ok());
                    self.modified = seconds.and_then(|seconds| known((seconds * 1000.0) as i64));
                }
                (Some(b"path"), Some(path)) => self.name = Some(path.to_vec()),
                (Some(b"size"), Some(size)) => {
                    self.size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok())
                }
                (Some(key), _) => self.sparse |= key.starts_with(b"GNU.sparse."),
                _ => {}
            }
            text = rest;
        }
    }
}

/// The first record, without its length and its line end, and what follows.
fn record(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = text.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&text[..blank]).ok()?.parse().ok()?;
    let record = text.get(blank + 1..length)?.strip_suffix(b"\n")?;
    Some((record, &text[length..]))
}

fn is_file(kind: u8) -> bool {
    matches!(kind, b'0' | 0 | b'7' | b'S')
}

/// The name in a header, with what stands before it.
fn written_name(block: &[u8; BLOCK_BYTES]) -> Vec<u8> {
    let name = until_nul(&block[..100]);
    // In the format of old GNU archives, other things stand there.
    match until_nul(&block[345..500]) {
        prefix if !prefix.is_empty() && &block[257..263] == b"ustar\0" => [prefix, b"/", name].concat(),
        _ => name.to_vec(),
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number in octal digits, or, if its first bit says so, in bytes.
fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|first| *first & 0x80 != 0) {
        let (high, low) = field.split_at(field.len() - 8);
        let fits = high.iter().enumerate().all(|(at, byte)| *byte == if at == 0 { 0x80 } else { 0 });
        return low.try_into().ok().filter(|_| fits).map(u64::from_be_bytes);
    }
    let text = std::str::from_utf8(until_nul(field)).ok()?.trim();
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// Whether a header's checksum is right: the sum of its bytes, those of the checksum itself as blanks.
fn sum_fits(block: &[u8; BLOCK_BYTES]) -> bool {
    let sum: u64 =
        block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    number(&block[148..156]) == Some(sum)
}
