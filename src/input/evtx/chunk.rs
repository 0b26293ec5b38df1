//! One chunk of an event log, from bytes to messages.

use super::super::framing::evtx::{PREFIX, begin, end};
use super::damage::Damage;
use super::instance::Instances;
use super::locate::{CHUNK, CHUNK_HEADER, CHUNK_MAGIC, Kind, Place};
use super::{EvtxAs, json, windows};
use evtx::err::EvtxError;
use evtx::{ChunkFlags, EvtxChunk, EvtxChunkHeader, EvtxRecord, ParserSettings, checksum_ieee};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a record begins with.
const RECORD: &[u8; 4] = b"**\0\0";

/// How many bytes a record's header has, and how many the copy of its size at its end.
const RECORD_HEADER: usize = 24;
const RECORD_END: usize = 4;

/// Where in a chunk's header the places of its names are listed.
const NAMES: std::ops::Range<usize> = 128..384;

/// The longest message, in bytes. The longest that a record of 64 KiB gives is a quarter of it.
const LONGEST: usize = 1 << 20;

/// How often a chunk is begun anew because the parser failed.
const FAILURES: usize = 16;

/// Makes messages of records.
pub struct Renderer {
    form: EvtxAs,
    settings: Arc<ParserSettings>,
}

/// How far the parser has come in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Header,
    Record(usize),
}

impl Renderer {
    /// Records become messages of this form.
    pub fn new(form: EvtxAs) -> Renderer {
        Renderer { form, settings: Arc::new(ParserSettings::new().indent(false)) }
    }

    /// Appends the messages of a chunk, whose places are counted from `base`. `block` holds what the log has at the
    /// chunk's place.
    pub fn render(&self, block: &mut Vec<u8>, place: &Place, base: u64, out: &mut Vec<u8>, damage: &mut Damage) {
        match place.kind {
            Kind::Unknown => return damage.chunk(place.at, "no chunk starts here".into()),
            Kind::Header => return damage.chunk(block.len() as u64, "the log ends in its header".into()),
            Kind::Chunk | Kind::Headless => {}
        }
        let there = block.len();
        if there < CHUNK_HEADER {
            return damage.chunk(place.at, "the log ends in its header".into());
        }
        block.resize(CHUNK, 0);
        if place.kind == Kind::Headless {
            block[..CHUNK_MAGIC.len()].copy_from_slice(CHUNK_MAGIC);
        }
        let mut work = Work { renderer: self, place, base, there, failed: Vec::new() };
        // Nearly all chunks are sound and hold what is common.
        let start = out.len();
        if place.kind == Kind::Chunk && there == CHUNK && work.sound(block, out).is_some() {
            return;
        }
        out.truncate(start);
        for _ in 0..FAILURES {
            let (start, mut reached, mut found) = (out.len(), Reached::Header, Damage::default());
            let run = || work.chunk(block, &mut reached, out, &mut found);
            // A chunk is begun anew, without what the parser fails at.
            match (catch_unwind(AssertUnwindSafe(run)), reached) {
                (Ok(Ok(())), _) => return damage.merge(found),
                (Ok(Err(_)) | Err(_), Reached::Header) if block[NAMES].iter().any(|byte| *byte != 0) => {
                    block[NAMES].fill(0);
                }
                (Ok(Err(reason)), _) => return damage.chunk(place.at, reason),
                (Err(_), Reached::Header) => break,
                (Err(_), Reached::Record(at)) => {
                    block[at..at + RECORD.len()].fill(0xFF);
                    work.failed.push(at);
                }
            }
            out.truncate(start);
        }
        damage.chunk(place.at, "the parser fails at it".into());
    }
}

/// A chunk that is being read.
struct Work<'w> {
    renderer: &'w Renderer,
    place: &'w Place,
    base: u64,
    /// How many of its bytes the log has.
    there: usize,
    /// Records that the parser fails at.
    failed: Vec<usize>,
}

impl Work<'_> {
    /// The messages of a chunk in which all is as it should be. Nothing if it is not, or if there are records whose
    /// parts are rare; what was appended then is of no use.
    fn sound(&self, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let header = EvtxChunkHeader::from_bytes(bytes).ok()?;
        let trust = Trust::of(bytes, &header);
        if !(trust.header && trust.records) {
            return None;
        }
        let mut instances = Instances::new(bytes, LONGEST);
        let (mut at, mut last) = (CHUNK_HEADER, None);
        while at < header.free_space_offset as usize {
            let record = Header::at(bytes, at)?;
            let start = begin(out);
            instances.record(at + RECORD_HEADER, at + record.size - RECORD_END, out)?;
            if self.renderer.form == EvtxAs::Json {
                let text = out.split_off(start + PREFIX);
                json::write(std::str::from_utf8(&text).ok()?, out).then_some(())?;
            } else if is_bare(&out[start + PREFIX..]) {
                return None;
            }
            self.end(out, start, at);
            (at, last) = (at + record.size, Some(record.number));
        }
        let next = Header::at(bytes, at).map(|record| record.number);
        let more = next.is_some() && next == last.and_then(|last| last.checked_add(1));
        (last == Some(header.last_event_record_id) && !more).then_some(())
    }

    fn chunk(&self, bytes: &[u8], reached: &mut Reached, out: &mut Vec<u8>, damage: &mut Damage) -> Result<(), String> {
        let mut header = EvtxChunkHeader::from_bytes(bytes).map_err(|error| reason(&error))?;
        let trust = Trust::of(bytes, &header);
        if !(trust.header && trust.records) && self.there == CHUNK && self.place.kind == Kind::Chunk {
            damage.altered(self.place.at);
        }
        let mut lost = Lost::new(&header, trust.header);
        widen(bytes, &mut header, trust);
        let settings = self.renderer.settings.clone();
        let mut chunk = EvtxChunk::new(bytes, &header, settings).map_err(|error| reason(&error))?;
        let mut next = CHUNK_HEADER;
        let mut records = chunk.iter();
        loop {
            *reached = Reached::Record(next);
            let Some(record) = records.next() else { break };
            match record {
                Ok(record) => {
                    let at = record.binxml_offset as usize - RECORD_HEADER;
                    *reached = Reached::Record(at);
                    next = at + RECORD_HEADER + record.binxml_size as usize + RECORD_END;
                    if next > self.there {
                        lost.one(at, "the log ends in it".into());
                        continue;
                    }
                    lost.until(record.event_record_id, self.place.at, damage);
                    match self.message(record, at, out) {
                        Ok(true) => {}
                        Ok(false) => damage.stale(self.place.at + at as u64),
                        Err(reason) => damage.records(1, self.place.at + at as u64, reason),
                    }
                }
                Err(error) => {
                    let at = match &error {
                        EvtxError::FailedToReadRecordAt { offset, .. } => *offset as usize,
                        _ => next,
                    };
                    let reason = match () {
                        () if at >= self.there => "the log ends here".into(),
                        () if self.failed.contains(&at) => "the parser fails at it".into(),
                        () => reason(&error),
                    };
                    lost.one(at, reason);
                    next = Header::at(bytes, at).map_or(at + 1, |header| at + header.size);
                }
            }
        }
        let cut = self.there < CHUNK && header.free_space_offset as usize > self.there;
        lost.end(next.min(self.there), cut, self.place.at, damage);
        Ok(())
    }

    /// Appends the message of a record. The answer is whether there is anything in it.
    fn message(&self, record: EvtxRecord<'_>, at: usize, out: &mut Vec<u8>) -> Result<bool, String> {
        let xml = record.into_xml_bytes().map_err(|error| reason(&error))?.data;
        if xml.len() > LONGEST {
            return Err(format!("its text has more than {LONGEST} bytes"));
        }
        let mut text = Vec::with_capacity(xml.len() + 2);
        windows::restyle(xml, &mut text);
        if is_bare(&text) {
            return Ok(false);
        }
        let start = begin(out);
        match self.renderer.form {
            EvtxAs::Xml => out.extend_from_slice(&text),
            EvtxAs::Json => {
                if !std::str::from_utf8(&text).is_ok_and(|text| json::write(text, out)) {
                    out.truncate(start);
                    return Err("its text is no well-formed XML".into());
                }
            }
        }
        self.end(out, start, at);
        Ok(true)
    }

    /// Ends the message of a record that is at this place in the chunk.
    fn end(&self, out: &mut [u8], start: usize, at: usize) {
        let offset = self.place.at - self.base + at as u64;
        end(out, start, u32::try_from(offset).unwrap_or(u32::MAX));
    }
}

/// Whether an event has nothing in it, as what is left of one that was overwritten.
fn is_bare(xml: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'>', xml).filter(|_| xml.starts_with(b"<Event")) else { return false };
    let inside = xml[end + 1..].trim_ascii();
    inside == b"</Event>" || (inside.is_empty() && xml[..end].ends_with(b"/"))
}

/// What the checksums say.
#[derive(Clone, Copy, Debug)]
struct Trust {
    header: bool,
    records: bool,
}

impl Trust {
    fn of(bytes: &[u8], header: &EvtxChunkHeader) -> Trust {
        let none = header.flags.contains(ChunkFlags::NO_CRC32);
        let own = [&bytes[..120], &bytes[128..CHUNK_HEADER]].concat();
        let records = bytes.get(CHUNK_HEADER..header.free_space_offset as usize);
        Trust {
            header: none || checksum_ieee(&own) == header.header_chunk_checksum,
            records: none || records.is_some_and(|records| checksum_ieee(records) == header.events_checksum),
        }
    }
}

/// Makes the parser look at all records that belong to the chunk.
///
/// In a log that was copied while it was written, records follow after what the header calls free space: those whose
/// numbers go on. What the header says is taken for what it is worth.
fn widen(bytes: &[u8], header: &mut EvtxChunkHeader, trust: Trust) {
    let free = header.free_space_offset as usize;
    let free = if (CHUNK_HEADER..=CHUNK).contains(&free) { Some(free) } else { None };
    let mut at = CHUNK_HEADER;
    let mut last = None;
    while let Some(found) = Header::at(bytes, at) {
        let goes_on = last.is_some_and(|last: u64| last.checked_add(1) == Some(found.number));
        if free.is_some_and(|free| at >= free) && !goes_on {
            break;
        }
        last = Some(found.number);
        at += found.size;
    }
    // A header that is wrong may hide records; without a sound one, all that looks like a record is tried.
    let end = free.map_or(CHUNK, |free| free.max(at));
    if !(trust.header && trust.records) || Some(end) != free {
        header.first_event_record_id = 0;
        header.last_event_record_id = u64::MAX;
        header.last_event_record_data_offset = CHUNK as u32;
    }
    header.free_space_offset = end as u32;
}

/// Whether there is a whole record among these bytes.
pub fn has_records(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, RECORD).any(|at| Header::at(bytes, at).is_some())
}

/// A record's header.
struct Header {
    size: usize,
    number: u64,
}

impl Header {
    /// The header of the record at a place, if there is a whole record: its size stands at its end, too.
    fn at(bytes: &[u8], at: usize) -> Option<Header> {
        let bytes = bytes.get(at..)?;
        let size = bytes.strip_prefix(RECORD)?.first_chunk::<4>()?;
        let number = bytes.get(8..)?.first_chunk::<8>()?;
        let length = u32::from_le_bytes(*size) as usize;
        let whole = length >= RECORD_HEADER + RECORD_END && bytes.get(length - RECORD_END..length)? == size;
        whole.then_some(Header { size: length, number: u64::from_le_bytes(*number) })
    }
}

/// Counts the records that the parser passes over.
struct Lost {
    /// The number of the last record that was read, and of the chunk's last one, if numbers tell anything.
    previous: Option<u64>,
    last: Option<u64>,
    /// Failures since then, and the first of them.
    failures: u64,
    first: Option<(usize, String)>,
}

impl Lost {
    fn new(header: &EvtxChunkHeader, trusted: bool) -> Lost {
        let (first, last) = (header.first_event_record_id, header.last_event_record_id);
        let span = last.checked_sub(first).filter(|span| *span < CHUNK as u64);
        let counted = header.last_event_record_number.checked_sub(header.first_event_record_number);
        // Logs that are a selection from others have gaps.
        let sound = trusted && span.is_some() && span == counted;
        Lost {
            previous: first.checked_sub(1).filter(|_| sound),
            last: Some(last).filter(|_| sound),
            failures: 0,
            first: None,
        }
    }

    /// A failure.
    fn one(&mut self, at: usize, reason: String) {
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
            damage.records(self.count(number), place + end as u64, "records end here, and more should follow".into());
        } else if cut && self.last.is_none() {
            damage.records(1, place + end as u64, "the log ends here".into());
        }
    }

    /// How many records lie between the last one read and that of this number, to judge by the failures and by the
    /// numbers.
    fn count(&self, number: u64) -> u64 {
        let gap = self.previous.and_then(|previous| number.checked_sub(previous)?.checked_sub(1));
        gap.filter(|gap| *gap < (CHUNK / (RECORD_HEADER + RECORD_END)) as u64).unwrap_or(0).max(self.failures).max(1)
    }
}

/// Why something could not be read: what the parser says at the root of it, in one line.
fn reason(error: &dyn Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
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
