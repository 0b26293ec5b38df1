//! Event logs that are made here, whole and damaged: which records are read, and what is reported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damaged;
mod mutated;
mod random;
mod slack;
mod writer;

use sumoql_evtx::{ChunkLocator, ChunkReader, Damage, Log, Rendering};
use writer::{Event, crc, log};

const HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;
const CHUNK_HEADER: usize = 512;

/// Offset and text of the records of a log, what could not be read, and what is odd.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    records: Vec<(u64, String)>,
    losses: Vec<String>,
    notes: Vec<String>,
}

impl Found {
    fn texts(&self) -> Vec<&str> {
        self.records.iter().map(|(_, text)| text.as_str()).collect()
    }
}

fn found(records: Vec<(u64, String)>, damage: &Damage) -> Found {
    assert_eq!(damage.summary().is_none(), damage.lost_records() + damage.lost_chunks() == 0);
    let listed: u64 = damage.losses().iter().map(|loss| loss.records).sum();
    assert!(listed == damage.lost_records() || damage.losses().len() == 1000);
    Found { records, losses: damage.summary().into_iter().collect(), notes: damage.notes() }
}

/// The records of a log, one after the other.
fn read_log(log: &Log, rendering: Rendering) -> Found {
    let mut records = log.records(rendering);
    let texts = records.by_ref().map(|record| record.unwrap()).map(|record| (record.header.offset, record.text));
    let texts = texts.collect();
    found(texts, records.damage())
}

/// The records of the log that these bytes are.
fn once(bytes: &[u8], rendering: Rendering) -> Found {
    read_log(&Log::from_bytes(bytes.to_vec()), rendering)
}

/// The same with two readers that share the regions between them, the last ones first.
fn by_two(bytes: &[u8], rendering: Rendering) -> Found {
    let log = Log::from_bytes(bytes.to_vec());
    let mut locator = ChunkLocator::default();
    let mut regions: Vec<_> = std::iter::from_fn(|| locator.next(&log).unwrap()).collect();
    regions.reverse();
    let mut readers = [ChunkReader::new(&log, rendering), ChunkReader::new(&log, rendering)];
    let mut records = Vec::new();
    for (n, region) in regions.iter().enumerate() {
        let (mut out, mut start) = (Vec::new(), 0);
        let each = |out: &mut Vec<u8>, header: sumoql_evtx::RecordHeader| {
            records.push((header.offset, String::from_utf8(out[start..].to_vec()).expect("UTF-8")));
            out.push(b'\n');
            start = out.len();
        };
        readers[n % 2].read(region, &mut out, each).unwrap();
    }
    records.sort();
    let [first, second] = readers;
    let mut damage = first.into_damage();
    damage.merge(second.into_damage());
    found(records, &damage)
}

/// The records of a log in memory and in a file, as XML.
fn read(bytes: &[u8]) -> Found {
    let first = once(bytes, Rendering::Xml);
    assert_eq!(by_two(bytes, Rendering::Xml), first);
    let path =
        std::env::temp_dir().join(format!("sumoql-evtx-{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(read_log(&Log::open(&path).unwrap(), Rendering::Xml), first);
    std::fs::remove_file(&path).unwrap();
    first
}

/// How many events are enough for several chunks.
const MANY: u64 = 200;

/// Events of several kinds.
fn many() -> Vec<Event> {
    let event = |n: u64| {
        let command = format!("cmd.exe /c \"echo {n}\" & 'x' <y> {}", "ä".repeat((n * 37 % 800) as usize));
        let mut event = Event::new(48_101 + n, 1, &[("RuleName", ""), ("CommandLine", &command)]);
        if n.is_multiple_of(5) {
            event.user = None;
            event.texts = (0..n % 4).map(|n| format!("text {n} & more")).collect();
        }
        event
    };
    (0..MANY).map(event).collect()
}

fn xml(events: &[Event]) -> Vec<String> {
    events.iter().map(Event::xml).collect()
}

/// Where the records of a log start.
fn records(bytes: &[u8]) -> Vec<usize> {
    let mut out = Vec::new();
    for chunk in (HEADER..bytes.len()).step_by(CHUNK) {
        let mut at = chunk + CHUNK_HEADER;
        while bytes.get(at..at + 4) == Some(b"**\0\0") {
            out.push(at);
            at += u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        }
    }
    out
}

#[test]
fn records_are_rendered_as_windows_does() {
    let events = [
        Event::new(1, 16, &[]),
        Event {
            user: None,
            ..Event::new(2, 1, &[("RuleName", ""), ("It's", "a & <b> \"c\" 'd' ; \u{1F600} é\r\n\tnext line")])
        },
        Event { time: 0, keywords: 0, ..Event::new(3, 65535, &[("Image", "2016-07-08T18:12:51.681640Z")]) },
    ];
    let found = read(&log(&events));
    assert_eq!(found.texts(), xml(&events));
    assert!(found.texts()[1].contains("<Correlation/><Execution ProcessID='3012' ThreadID='4460'/>"));
    assert!(found.texts()[1].contains("<Security/></System><EventData><Data Name='RuleName'></Data><Data Name='It&apos;s'>a &amp; &lt;b&gt; \"c\" 'd' ; \u{1F600} é\r\n\tnext line</Data>"));
    assert!(found.texts()[2].contains("SystemTime='1970-01-01T00:00:00.000000000Z'"));
    assert_eq!((found.losses, found.notes), (vec![], vec![]));
    assert_eq!(read(&log(&[])).texts().len(), 0);
}

/// JSON is written from the templates; tests compare all of it with the JSON that is made of the XML.
#[test]
fn values_of_json_are_those_of_the_record() {
    let values =
        ["C:\\Windows\\\"x\" & <y> 'z'", "", "é\u{1F600}\r\n\t\u{2}", "plain", "\\\\host\\share\\a long path.exe"];
    let mut events: Vec<Event> = Vec::new();
    for (n, value) in values.iter().enumerate() {
        let number = 2 * n as u64;
        events.push(Event::new(number + 1, 1, &[("Image", value), ("User", "x")]));
        // The next ones have no attribute in `Security`, and elements without a template.
        events.push(Event { user: None, plain: true, ..Event::new(number + 2, 1, &[("Image", value)]) });
    }
    let found = once(&log(&events), Rendering::Json);
    assert_eq!(found.records.len(), events.len());
    for ((_, text), event) in found.records.iter().zip(&events) {
        let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(json["EventRecordID"], event.record);
        assert_eq!(json["EventData"]["Image"], event.data[0].1.replace('\u{2}', "_"));
        assert_eq!(json["Security"].is_object(), event.user.is_some());
    }
}

#[test]
fn records_lie_where_their_offsets_say() {
    let events = many();
    let bytes = log(&events);
    let found = read(&bytes);
    assert!(bytes.len() > HEADER + 3 * CHUNK);
    assert_eq!(found.texts(), xml(&events));
    let offsets: Vec<usize> = found.records.iter().map(|(at, _)| *at as usize).collect();
    assert_eq!(offsets, records(&bytes));
}

#[test]
fn headers_of_records() {
    let events = many();
    let log = Log::from_bytes(log(&events));
    assert!(log.size() > (HEADER + 3 * CHUNK) as u64);
    let headers: Vec<_> = log.records(Rendering::Xml).map(|record| record.unwrap().header).collect();
    for (header, event) in headers.iter().zip(&events) {
        assert_eq!((header.number, header.in_slack), (event.record, false));
        assert_eq!(header.filetime, event.time + 116_444_736_000_000_000);
    }
}

#[test]
fn a_log_that_cannot_be_opened_or_read() {
    let folder = std::env::temp_dir();
    assert!(Log::open(folder.join("sumoql-evtx-there-is-no-such-log")).is_err());
    // A folder can be opened on Unix, but not read.
    if let Ok(log) = Log::open(&folder)
        && log.size() > 0
    {
        let mut records = log.records(Rendering::Xml);
        let error = records.next().unwrap().unwrap_err();
        assert!(error.to_string().starts_with("the log can't be read at byte 0: "), "{error}");
        assert!(records.next().is_none());
    }
}

/// What is left of a log when something happens to it.
fn damaged(events: &[Event], damage: impl Fn(&mut Vec<u8>)) -> Found {
    let mut bytes = log(events);
    damage(&mut bytes);
    read(&bytes)
}

/// Puts the right checksums into a chunk.
fn sum(bytes: &mut [u8], chunk: usize) {
    let free = u32::from_le_bytes(bytes[chunk + 48..chunk + 52].try_into().unwrap()) as usize;
    let records = crc(&bytes[chunk + CHUNK_HEADER..chunk + free]);
    bytes[chunk + 52..chunk + 56].copy_from_slice(&records.to_le_bytes());
    let header = crc(&[&bytes[chunk..chunk + 120], &bytes[chunk + 128..chunk + CHUNK_HEADER]].concat());
    bytes[chunk + 124..chunk + 128].copy_from_slice(&header.to_le_bytes());
}

/// A log whose chunks have wrong checksums, so that each record is looked at with care.
fn doubtful(mut bytes: Vec<u8>) -> Vec<u8> {
    for chunk in (HEADER..bytes.len()).step_by(CHUNK).filter(|chunk| bytes[*chunk] != 0).collect::<Vec<_>>() {
        bytes[chunk + 52] ^= 1;
    }
    bytes
}
