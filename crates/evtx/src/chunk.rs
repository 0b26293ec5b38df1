//! One chunk of an event log, from bytes to records.

use crate::chunk_locator::{CHUNK, CHUNK_HEADER, CHUNK_MAGIC, ChunkKind, Region};
use crate::damage::Damage;
use crate::json;
use crate::json_shapes::{Shapes, Walk};
use crate::rendering::Rendering;
use crate::template::Fault;
use crate::template_instance::Instances;

/// What a record begins with.
const RECORD: &[u8; 4] = b"**\0\0";

/// How many bytes a record's header has, and how many the copy of its size at its end.
const RECORD_HEADER: usize = 24;
const RECORD_END: usize = 4;

/// The longest text of a record, in bytes. The longest that a record of 64 KiB gives by itself is a quarter of it.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// The longest text of all records of a chunk, in bytes. Templates made for it could give gigabytes.
const MAX_CHUNK_BYTES: usize = 64 << 20;

/// The flag of chunks that have no checksums.
const NO_CHECKSUMS: u32 = 4;

/// Where a record is, and what its header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordHeader {
    /// Where the record starts in the log.
    pub offset: u64,
    /// Its number, which Windows counts up for each log.
    pub number: u64,
    /// When it was written: how many 100 ns after the beginning of 1601, UTC.
    pub filetime: u64,
    /// Whether it lies in what the header of its chunk calls free space. It was written after the header, as in logs that
    /// were copied while they were in use, or it is left from before.
    pub in_slack: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The text of records.
    pub rendering: Rendering,
    /// Whether all records in slack are wanted, rather than those whose numbers go on.
    pub slack: bool,
}

/// Called with the text of a record at the end of what was written so far.
pub type Each<'e> = dyn FnMut(&mut Vec<u8>, RecordHeader) + 'e;

/// Appends the records of a region, whose bytes these are. The text of each is appended to `out`, then `each` is called.
pub fn records(
    region: &Region,
    bytes: &[u8],
    wanted: Wanted,
    (damage, shapes): (&mut Damage, &mut Shapes),
    out: &mut Vec<u8>,
    each: &mut Each<'_>,
) {
    match region.kind {
        ChunkKind::Unknown => return damage.chunk(region.offset, "no chunk starts here"),
        ChunkKind::Header => return damage.chunk(bytes.len() as u64, "the log ends in its header"),
        ChunkKind::Chunk | ChunkKind::Headless if bytes.len() < CHUNK_HEADER => {
            return damage.chunk(region.offset, "the log ends in its header");
        }
        ChunkKind::Chunk | ChunkKind::Headless => {}
    }
    let header = ChunkHeader::of(bytes, region.kind);
    let instances = Instances::new(bytes, MAX_RECORD_BYTES);
    let most = out.len() + MAX_CHUNK_BYTES;
    Work { wanted, region, bytes, instances, shapes, walk: Walk::default(), xml: Vec::new(), most, each }
        .chunk(&header, out, damage);
}

/// What the header of a chunk says, as far as it can be believed.
struct ChunkHeader {
    /// Numbers of records: the first and last of the log, and the same of those in the chunk.
    first_number: u64,
    last_number: u64,
    first: u64,
    last: u64,
    /// Where the records end.
    free: Option<usize>,
    /// Whether the checksums fit, of the header and of the records.
    sound: bool,
    sound_records: bool,
}

impl ChunkHeader {
    fn of(bytes: &[u8], kind: ChunkKind) -> ChunkHeader {
        let u32_at = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let u64_at = |at: usize| bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
        let free = Some(u32_at(48) as usize).filter(|free| (CHUNK_HEADER..=CHUNK).contains(free));
        let has_magic = kind == ChunkKind::Chunk && bytes.starts_with(CHUNK_MAGIC);
        let unchecked = u32_at(120) & NO_CHECKSUMS != 0;
        let own = || {
            let mut sum = crc32fast::Hasher::new();
            sum.update(&bytes[..120]);
            sum.update(&bytes[128..CHUNK_HEADER]);
            sum.finalize()
        };
        let records = || free.and_then(|free| bytes.get(CHUNK_HEADER..free)).map(crc32fast::hash);
        ChunkHeader {
            first_number: u64_at(8),
            last_number: u64_at(16),
            first: u64_at(24),
            last: u64_at(32),
            free,
            sound: has_magic && (unchecked || own() == u32_at(124)),
            sound_records: unchecked || records() == Some(u32_at(52)),
        }
    }

    fn trusted(&self) -> bool {
        self.sound && self.sound_records
    }
}

/// A chunk that is being read.
struct Work<'w> {
    wanted: Wanted,
    region: &'w Region,
    bytes: &'w [u8],
    instances: Instances<'w>,
    shapes: &'w mut Shapes,
    walk: Walk<'w>,
    /// The XML that becomes JSON.
    xml: Vec<u8>,
    /// How long the output may become before no more records are written.
    most: usize,
    each: &'w mut (dyn FnMut(&mut Vec<u8>, RecordHeader) + 'w),
}

impl Work<'_> {
    fn chunk(&mut self, header: &ChunkHeader, out: &mut Vec<u8>, damage: &mut Damage) {
        let there = self.bytes.len();
        if !header.trusted() && there == CHUNK && self.region.kind == ChunkKind::Chunk {
            damage.altered.add(self.region.offset);
        }
        let mut lost = Lost::new(header);
        let mut at = CHUNK_HEADER;
        let mut previous: Option<u64> = None;
        loop {
            let used = header.free.is_none_or(|free| at < free);
            let record = match Record::at(self.bytes, at) {
                // In a log that was copied while it was written, records follow after what the header calls free space:
                // those whose numbers go on. Others are left from before.
                Some(record) if used || follows(previous, record.number) => record,
                Some(_) => break,
                None if !used => break,
                None => {
                    let end = if header.trusted() { header.free.unwrap_or(CHUNK) } else { CHUNK };
                    let next = find_record(self.bytes, at + 1, end.min(there));
                    let end = self.torn(at, next, &mut lost, out, damage);
                    at = next.unwrap_or(end);
                    if next.is_none() {
                        break;
                    }
                    continue;
                }
            };
            previous = Some(record.number);
            lost.until(record.number, self.region.offset, damage);
            match self.record(at, &record, !used, out) {
                Ok(true) => {}
                Ok(false) => damage.stale.add(self.region.offset + at as u64),
                Err(reason) => damage.records(1, self.region.offset + at as u64, reason),
            }
            at += record.size;
        }
        let cut = there < CHUNK && header.free.is_none_or(|free| free > there);
        lost.end(at.min(there), cut, self.region.offset, damage);
        if self.wanted.slack {
            self.slack(at, out);
        }
    }

    /// What is left of earlier records from a place on, as far as it can be read.
    fn slack(&mut self, mut at: usize, out: &mut Vec<u8>) {
        while let Some(place) = find_record(self.bytes, at, self.bytes.len()) {
            let record = Record::at(self.bytes, place);
            let read = record.filter(|record| self.record(place, record, true, out) == Ok(true));
            at = place + read.map_or(1, |record| record.size);
        }
    }

    /// What there is at a place where a whole record should be, before the next one. The answer is where it ends.
    fn torn(
        &mut self,
        at: usize,
        next: Option<usize>,
        lost: &mut Lost,
        out: &mut Vec<u8>,
        damage: &mut Damage,
    ) -> usize {
        let there = self.bytes.len();
        let left = self.bytes.get(at..next.unwrap_or(there)).unwrap_or_default();
        // Blocks of a log may have been lost behind the beginning of a record, or zeros written over it.
        let begun = Record::begun(left).filter(|record| record.size <= left.len());
        if let Some(record) = begun
            && self.record(at, &record, false, out) == Ok(true)
        {
            lost.until(record.number, self.region.offset, damage);
            damage.torn.add(self.region.offset + at as u64);
            return at + record.size;
        }
        if next.is_some() || left.iter().any(|byte| *byte != 0) {
            let reason = if next.is_none() && there < CHUNK { "the log ends in it" } else { "it is damaged" };
            lost.one(at, reason);
        }
        at
    }

    /// Appends the text of a record; nothing if it can't be read. The answer is whether there is anything in it.
    fn record(&mut self, at: usize, record: &Record, in_slack: bool, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let start = out.len();
        let written = self.text(at + RECORD_HEADER, at + record.size - RECORD_END, out);
        match written {
            Ok(true) => {
                let Record { number, filetime, .. } = *record;
                let offset = self.region.offset + at as u64;
                (self.each)(out, RecordHeader { offset, number, filetime, in_slack });
            }
            Ok(false) | Err(_) => out.truncate(start),
        }
        written
    }

    fn text(&mut self, from: usize, to: usize, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let start = out.len();
        if start > self.most {
            return Err("the records of its chunk give too long a text");
        }
        if self.wanted.rendering == Rendering::Xml {
            self.instances.record(from, to, out)?;
            return Ok(!is_bare(&out[start..]));
        }
        if self.shapes.write(&mut self.instances, &mut self.walk, (from, to), out) {
            // All tests hold the two ways equal.
            debug_assert!({
                let mut json = Vec::new();
                self.json_of_xml(from, to, &mut json) == Ok(true) && json == out[start..]
            });
            return Ok(true);
        }
        self.json_of_xml(from, to, out)
    }

    fn json_of_xml(&mut self, from: usize, to: usize, out: &mut Vec<u8>) -> Result<bool, Fault> {
        self.xml.clear();
        self.instances.record(from, to, &mut self.xml)?;
        if is_bare(&self.xml) {
            return Ok(false);
        }
        let written = std::str::from_utf8(&self.xml).is_ok_and(|xml| json::write(xml, out));
        if written { Ok(true) } else { Err("its text is not well-formed XML") }
    }
}

/// Whether an event has nothing in it, as what is left of one that was overwritten.
pub fn is_bare(xml: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'>', xml).filter(|_| xml.starts_with(b"<Event")) else { return false };
    let inside = xml[end + 1..].trim_ascii();
    inside == b"</Event>" || (inside.is_empty() && xml[..end].ends_with(b"/"))
}

fn follows(previous: Option<u64>, number: u64) -> bool {
    previous.is_some_and(|previous| previous.checked_add(1) == Some(number))
}

/// The first place of a whole record from `from` on.
fn find_record(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let places = memchr::memmem::find_iter(bytes.get(from..end)?, RECORD);
    places.map(|at| from + at).find(|at| Record::at(bytes, *at).is_some())
}

/// Whether there is a whole record among these bytes.
pub fn has_records(bytes: &[u8]) -> bool {
    find_record(bytes, 0, bytes.len()).is_some()
}

/// The header of a record. Its size is that of the whole record.
struct Record {
    size: usize,
    number: u64,
    filetime: u64,
}

impl Record {
    /// The record at a place, if there is a whole one: its size stands at its end, too, or another record follows.
    fn at(bytes: &[u8], at: usize) -> Option<Record> {
        let bytes = bytes.get(at..)?;
        let record = Record::begun(bytes)?;
        let again = bytes.get(record.size - RECORD_END..record.size)?;
        let whole = again == bytes.get(4..8)? || bytes[record.size..].starts_with(RECORD);
        whole.then_some(record)
    }

    /// The record that begins with these bytes, whatever becomes of it.
    fn begun(bytes: &[u8]) -> Option<Record> {
        let size = u32::from_le_bytes(*bytes.strip_prefix(RECORD)?.first_chunk()?) as usize;
        let number = u64::from_le_bytes(*bytes.get(8..)?.first_chunk()?);
        let filetime = u64::from_le_bytes(*bytes.get(16..)?.first_chunk()?);
        (RECORD_HEADER + RECORD_END..=CHUNK).contains(&size).then_some(Record { size, number, filetime })
    }
}

/// Counts the records that are not there or can't be read.
struct Lost {
    /// The number of the last record that was read, and of the chunk's last one, if numbers tell anything.
    previous: Option<u64>,
    last: Option<u64>,
    /// Failures since then, and the first of them.
    failures: u64,
    first: Option<(usize, Fault)>,
}

impl Lost {
    fn new(header: &ChunkHeader) -> Lost {
        let (first, last) = (header.first, header.last);
        let span = last.checked_sub(first).filter(|span| *span < CHUNK as u64);
        let counted = header.last_number.checked_sub(header.first_number);
        // Logs that are a selection from others have gaps.
        let sound = header.sound && span.is_some() && span == counted;
        Lost {
            previous: first.checked_sub(1).filter(|_| sound),
            last: Some(last).filter(|_| sound),
            failures: 0,
            first: None,
        }
    }

    /// A failure.
    fn one(&mut self, at: usize, reason: Fault) {
        self.failures += 1;
        self.first.get_or_insert((at, reason));
    }

    /// The record of this number was read.
    fn until(&mut self, number: u64, place: u64, damage: &mut Damage) {
        if let Some((at, reason)) = self.first.take() {
            damage.records(self.count(number), place + at as u64, reason);
            self.failures = 0;
        }
        if self.last.is_some() {
            self.previous = Some(number);
        }
    }

    /// The chunk ends; what it has ends at `end`, perhaps because the log is cut off.
    fn end(&mut self, end: usize, cut: bool, place: u64, damage: &mut Damage) {
        let number = self.last.and_then(|last| last.checked_add(1)).unwrap_or(0);
        let missing = self.last > self.previous;
        if let Some((at, reason)) = self.first.take() {
            damage.records(self.count(number), place + at as u64, reason);
        } else if missing {
            damage.records(self.count(number), place + end as u64, "records end here, and more should follow");
        } else if cut && self.last.is_none() {
            damage.records(1, place + end as u64, "the log ends here");
        }
    }

    /// How many records lie between the last one read and that of this number, to judge by the failures and by the
    /// numbers.
    fn count(&self, number: u64) -> u64 {
        let gap = self.previous.and_then(|previous| number.checked_sub(previous)?.checked_sub(1));
        gap.filter(|gap| *gap < (CHUNK / (RECORD_HEADER + RECORD_END)) as u64).unwrap_or(0).max(self.failures).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_with_nothing_in_them() {
        for bare in ["<Event></Event>", "<Event/>", "<Event xmlns='x' >\n</Event>\n", "<Event xmlns='x'/>"] {
            assert!(is_bare(bare.as_bytes()), "{bare}");
        }
        for event in ["<Event><System/></Event>", "<Event>", "", "<Events></Event>x"] {
            assert!(!is_bare(event.as_bytes()), "{event}");
        }
    }
}
