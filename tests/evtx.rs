//! Event logs of Windows: what messages they give, whole and damaged. The logs are written here, but for real ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod inputs;
mod program;
#[path = "grammar/random.rs"]
mod random;
#[path = "evtx/real.rs"]
mod real;
mod shared;
#[path = "evtx/writer.rs"]
mod writer;

use inputs::messages;
use program::{Ran, run_in};
use random::Random;
use std::io::{Cursor, Write};
use std::path::Path;
use sumoql::data::message::Input;
use sumoql::input::{EvtxAs, Format, InputSet, Problem, Request, open};
use writer::{Event, crc, log};

const HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;
const CHUNK_HEADER: usize = 512;

/// Offset and text of the messages of a log, what could not be read, and what is odd.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    messages: Vec<(u64, String)>,
    problems: Vec<String>,
    notes: Vec<String>,
}

impl Found {
    fn raws(&self) -> Vec<&str> {
        self.messages.iter().map(|(_, raw)| raw.as_str()).collect()
    }
}

fn found(opened: &InputSet, threads: usize) -> Found {
    let messages = messages(opened, threads).into_iter().map(|(_, offset, raw, _)| (offset, raw)).collect();
    let shown = |problems: Vec<Problem>| problems.iter().map(|problem| problem.to_string()).collect();
    Found { messages, problems: shown(opened.problems()), notes: shown(opened.notes()) }
}

/// The messages of a log, from a file and from a stream, in pieces of several sizes, by several workers, twice.
fn read_as(bytes: &[u8], request: &Request) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, bytes).unwrap();
    let mut first: Option<Found> = None;
    for (chunk, threads) in [(0, 1), (1, 3), (4 << 20, 2)] {
        let request = Request { chunk, ..request.clone() };
        let file = open(&Request { paths: vec![path.to_string_lossy().into_owned()], ..request.clone() }).unwrap();
        let stream = InputSet::of_reader("log", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap();
        for opened in [file, stream] {
            assert_eq!(opened.formats(), [Format::Evtx]);
            for again in [false, true] {
                let mut found = found(&opened, threads);
                let name = |text: &mut String| *text = text.replace(&*path.to_string_lossy(), "log");
                found.problems.iter_mut().chain(&mut found.notes).for_each(name);
                let first = first.get_or_insert_with(|| Found {
                    messages: found.messages.clone(),
                    problems: found.problems.clone(),
                    notes: found.notes.clone(),
                });
                assert_eq!(&found, first, "chunk {chunk}, {threads} threads, again: {again}");
                assert!(opened.restart());
            }
        }
    }
    first.unwrap()
}

/// The messages of a log, read once.
fn once(bytes: &[u8], form: EvtxAs) -> Found {
    let request = Request { evtx_as: Some(form), ..Request::default() };
    found(&InputSet::of_reader("log", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap(), 1)
}

fn read(bytes: &[u8]) -> Found {
    read_as(bytes, &Request::default())
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
fn records_become_messages_as_windows_renders_them() {
    let events = [
        Event::new(1, 16, &[]),
        Event {
            user: None,
            ..Event::new(2, 1, &[("RuleName", ""), ("It's", "a & <b> \"c\" 'd' ; \u{1F600} é\r\n\tnext line")])
        },
        Event { time: 0, keywords: 0, ..Event::new(3, 65535, &[("Image", "2016-07-08T18:12:51.681640Z")]) },
    ];
    let found = read(&log(&events));
    assert_eq!(found.raws(), xml(&events));
    assert!(found.raws()[1].contains("<Correlation/><Execution ProcessID='3012' ThreadID='4460'/>"));
    assert!(found.raws()[1].contains("<Security/></System><EventData><Data Name='RuleName'></Data><Data Name='It&apos;s'>a &amp; &lt;b&gt; \"c\" 'd' ; \u{1F600} é\r\n\tnext line</Data>"));
    assert!(found.raws()[2].contains("SystemTime='1970-01-01T00:00:00.000000000Z'"));
    assert_eq!((found.problems, found.notes), (vec![], vec![]));
    assert_eq!(read(&log(&[])).raws().len(), 0);
}

#[test]
fn messages_lie_as_their_records_do() {
    let events = many();
    let bytes = log(&events);
    let found = read(&bytes);
    assert!(bytes.len() > HEADER + 3 * CHUNK);
    assert_eq!(found.raws(), xml(&events));
    let offsets: Vec<usize> = found.messages.iter().map(|(at, _)| *at as usize).collect();
    assert_eq!(offsets, records(&bytes));
}

#[test]
fn a_log_is_known_by_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = log(&many()[..3]);
    for name in ["a.log", "b.evtx", "c"] {
        std::fs::write(folder.path().join(name), &bytes).unwrap();
    }
    std::fs::write(folder.path().join("d.evtx"), "no event log\n").unwrap();
    let request = Request { paths: vec![folder.path().to_string_lossy().into_owned()], ..Request::default() };
    let opened = open(&request).unwrap();
    assert_eq!(opened.formats(), [Format::Evtx, Format::Evtx, Format::Evtx, Format::Text]);
    assert_eq!(found(&opened, 2).messages.len(), 10);
    assert_eq!(opened.total_bytes(), Some(3 * bytes.len() as u64 + 13));
    let opened = open(&Request { format: Format::Evtx, ..request.clone() }).unwrap();
    assert_eq!(found(&opened, 2).messages.len(), 9);
    assert!(opened.problems().iter().any(|problem| problem.to_string().contains("no event log of Windows")));
    let problems = open(&Request { format: Format::Xml, ..request }).unwrap().problems();
    assert_eq!(problems.iter().filter(|problem| problem.message.contains("no other format than `evtx`")).count(), 3);
}

#[test]
fn logs_may_be_compressed() {
    let events = many();
    let bytes = log(&events);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).unwrap();
    let packed = packed.finish().unwrap();
    let whole = read(&packed);
    assert_eq!(whole.raws(), xml(&events));
    assert_eq!((whole.problems, whole.notes), (vec![], vec![]));
    // What comes before the damage is read.
    let cut = read(&packed[..packed.len() / 2]);
    assert!(
        cut.raws().len() > 10
            && xml(&events).starts_with(&cut.raws().iter().map(ToString::to_string).collect::<Vec<_>>())
    );
    assert!(cut.problems.len() == 2 && cut.problems[0].contains("the gzip data end too early"), "{:?}", cut.problems);
}

#[test]
fn a_message_that_is_too_long_becomes_pieces() {
    let long = "&".repeat(30_000);
    let events = [Event::new(1, 1, &[("A", "b")]), Event::new(2, 1, &[("CommandLine", &long)]), Event::new(3, 1, &[])];
    let bytes = log(&events);
    let found = read(&bytes);
    assert_eq!(found.raws().concat(), xml(&events).concat());
    let (first, second, third) = (records(&bytes)[0] as u64, records(&bytes)[1] as u64, records(&bytes)[2] as u64);
    let offsets: Vec<u64> = found.messages.iter().map(|(at, _)| *at).collect();
    assert_eq!(offsets, [first, second, second + 1, second + 2, third]);
    assert_eq!(
        found.notes,
        [format!("log: the message near byte {second} has more than 65536 bytes and was cut into pieces, as at Sumo")]
    );
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

#[test]
fn headers_may_be_damaged() {
    let events = many();
    let second = HEADER + CHUNK;
    // The flag of a log that was copied while it was written.
    let found = damaged(&events, |bytes| bytes[120] = 1);
    assert_eq!((found.raws().len(), found.problems.len(), found.notes.len()), (MANY as usize, 0, 0));
    // The header of the log.
    for bytes in [b"x".to_vec(), vec![0; HEADER]] {
        let found = damaged(&events, |log| log[..bytes.len()].copy_from_slice(&bytes));
        assert_eq!((found.raws().len(), found.problems.len()), (MANY as usize, 0));
    }
    // A chunk without its first bytes, without a header, with a wrong end, without names.
    let none = vec![0; CHUNK_HEADER];
    for (at, with) in
        [(0, b"x".as_slice()), (0, &none), (48, b"\xFF\xFF\xFF\xFF"), (48, b"\x10\x02\0\0"), (128, &[0x55; 256])]
    {
        let found = damaged(&events, |log| log[second + at..second + at + with.len()].copy_from_slice(with));
        assert_eq!(found.raws(), xml(&events), "{at}");
        assert_eq!(found.problems, [""; 0], "{at}");
    }
    // The checksum of the records.
    let found = damaged(&events, |bytes| bytes[second + 52] ^= 1);
    assert_eq!((found.raws().len(), found.problems.len()), (MANY as usize, 0));
    assert_eq!(
        found.notes,
        ["log: the checksum of the chunk at byte 69632 is wrong: its records are given as they were read"]
    );
}

#[test]
fn records_may_be_damaged() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    let without = |lost: std::ops::RangeInclusive<usize>| {
        let kept = events.iter().enumerate().filter(|(n, _)| !lost.contains(n));
        kept.map(|(_, event)| event.xml()).collect::<Vec<_>>()
    };
    // What it begins with, its length, and what is in it.
    for (offset, with) in
        [(0, &b"xx"[..]), (4, b"\xFF\xFF\xFF\xFF"), (4, &[0; 4]), (24, b"\xEE"), (34, b"\xFF\xFF\xFF\xFF")]
    {
        let at = places[7] + offset;
        let found = damaged(&events, |bytes| bytes[at..at + with.len()].copy_from_slice(with));
        assert_eq!(found.raws(), without(7..=7), "{offset}");
        let text = format!("log: 1 record could not be read, at byte {}: ", places[7]);
        assert!(found.problems.len() == 1 && found.problems[0].starts_with(&text), "{:?}", found.problems);
        assert_eq!(found.notes.len(), 1);
    }
    // Twelve of them in two places.
    let found = damaged(&events, |bytes| {
        bytes[places[20]..places[31]].fill(0);
        bytes[places[100]..places[100] + 4].fill(0x2A);
    });
    assert_eq!(found.raws().len(), MANY as usize - 12);
    let text = format!("log: 12 records could not be read, the first at byte {}: ", places[20]);
    assert!(found.problems[0].starts_with(&text), "{:?}", found.problems);
    // The last of a chunk, whose header knows better.
    let last = places.iter().rposition(|at| *at < HEADER + CHUNK).unwrap();
    let found = damaged(&events, |bytes| bytes[places[last - 1]..HEADER + CHUNK].fill(0));
    assert_eq!(found.raws(), without(last - 1..=last));
    let text = format!("log: 2 records could not be read, the first at byte {}: records end here", places[last - 1]);
    assert!(found.problems[0].starts_with(&text), "{:?}", found.problems);
}

#[test]
fn chunks_may_be_damaged() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    let second = HEADER + CHUNK;
    let before = places.iter().filter(|at| **at < second).count();
    let after = places.iter().filter(|at| **at >= second + CHUNK).count();
    // Not in use.
    let found = damaged(&events, |bytes| bytes[second..second + CHUNK].fill(0));
    assert_eq!((found.raws().len(), found.problems.len()), (before + after, 0));
    // Something else.
    let found = damaged(&events, |bytes| bytes[second..second + CHUNK].fill(0x55));
    assert_eq!(found.raws().len(), before + after);
    assert_eq!(
        found.problems,
        ["log: 1 chunk could not be read, at byte 69632: no chunk starts here; all others are given"]
    );
    // Elsewhere.
    let found = damaged(&events, |bytes| drop(bytes.splice(second..second, vec![0x55; 3 * HEADER])));
    assert_eq!(found.raws(), xml(&events));
    assert_eq!(found.problems.len(), 1);
    // Cut off, within a record and between records.
    for at in [places[60] + 50, places[60]] {
        let found = damaged(&events, |bytes| bytes.truncate(at));
        assert_eq!(found.raws(), xml(&events[..60]));
        let text = format!("records could not be read, the first at byte {}: ", places[60]);
        assert!(found.problems.len() == 1 && found.problems[0].contains(&text), "{:?}", found.problems);
        assert_eq!(found.notes.len(), 0);
    }
    let found = damaged(&events, |bytes| bytes.truncate(HEADER + 100));
    assert_eq!((found.raws().len(), found.problems.len()), (0, 1));
}

#[test]
fn a_log_copied_while_it_was_written() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    // The header of a chunk knows only its first three records.
    let last = HEADER + CHUNK;
    let first = places.iter().position(|at| *at > last).unwrap();
    let found = damaged(&events, |bytes| {
        let number = events[first + 2].record.to_le_bytes();
        bytes[last + 16..last + 24].copy_from_slice(&number);
        bytes[last + 32..last + 40].copy_from_slice(&number);
        for (at, place) in [(44, places[first + 2]), (48, places[first + 3])] {
            bytes[last + at..last + at + 4].copy_from_slice(&((place - last) as u32).to_le_bytes());
        }
        sum(bytes, last);
    });
    assert_eq!(found.raws(), xml(&events));
    assert_eq!((found.problems, found.notes), (vec![], vec![]));
    // What is left of an earlier use of the chunk does not go on with the numbers.
    let mut old = bytes[places[first]..places[first + 1]].to_vec();
    old[8] ^= 0x55;
    let free = last + u32::from_le_bytes(bytes[last + 48..last + 52].try_into().unwrap()) as usize;
    old.truncate(last + CHUNK - free);
    let found = damaged(&events, |bytes| bytes[free..free + old.len()].copy_from_slice(&old));
    assert_eq!(found.raws().len(), events.len());
}

/// A record whose event was overwritten up to its first tag: it is told, and no message.
#[test]
fn what_is_left_of_a_record_is_no_message() {
    let events = many();
    let mut bytes = log(&events);
    let (first, next) = (records(&bytes)[1], records(&bytes)[2]);
    let name: Vec<u8> = "Event\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let name = bytes[HEADER..].windows(name.len()).position(|part| part == name).unwrap() - 8;
    let mut left = b"\x0F\x01\x01\0\x01\x06\0\0\0".to_vec();
    left.extend((name as u32).to_le_bytes());
    left.extend(b"\x02\x04\0");
    bytes[first + 24..next - 4].fill(0);
    bytes[first + 24..first + 24 + left.len()].copy_from_slice(&left);
    sum(&mut bytes, HEADER);
    for form in [EvtxAs::Xml, EvtxAs::Json] {
        let found = once(&bytes, form);
        assert_eq!((found.raws().len(), found.problems), (events.len() - 1, vec![]));
        let told = format!("log: the record at byte {first} has nothing in it any more: it is no message");
        assert_eq!(found.notes, [told]);
    }
}

/// A log whose chunks have wrong checksums, so that each record is looked at with care.
fn doubtful(mut bytes: Vec<u8>) -> Vec<u8> {
    for chunk in (HEADER..bytes.len()).step_by(CHUNK).filter(|chunk| bytes[*chunk] != 0).collect::<Vec<_>>() {
        bytes[chunk + 52] ^= 1;
    }
    bytes
}

#[test]
fn the_fast_way_and_the_careful_way_agree() {
    let odd = "\u{1}\u{FFFF}\u{1F600}\t\"'<>&";
    let mut events = many();
    events.push(Event {
        texts: vec![odd.into(), String::new(), "x".into()],
        ..Event::new(48_301, 1, &[("A'<", odd), ("B", "")])
    });
    for plain in [false, true] {
        events.iter_mut().for_each(|event| event.plain = plain);
        let bytes = log(&events);
        for form in [EvtxAs::Xml, EvtxAs::Json] {
            let (fast, careful) = (once(&bytes, form), once(&doubtful(bytes.clone()), form));
            assert_eq!(fast.messages, careful.messages);
            assert_eq!((fast.messages.len(), fast.notes.len(), careful.notes.len()), (events.len(), 0, 1));
        }
    }
}

/// Changes some bytes, or many in a row.
fn flip(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..1 + random.below(20) {
        let at = random.below(bytes.len());
        bytes[at] = match random.below(3) {
            0 => *random.one(&[0, 1, 0x0C, 0x0F, 0x2A, 0x7F, 0x80, 0xFF]),
            _ => bytes[at] ^ (1 << random.below(8)),
        };
    }
    if random.below(8) == 0 {
        let from = random.below(bytes.len());
        let to = (from + random.below(2000)).min(bytes.len());
        bytes[from..to].fill(random.next() as u8);
    }
}

/// Whatever bytes a log has, it is read to its end, alike by one worker and by several, and every message is text of its
/// own place.
fn survives(bytes: &[u8], form: EvtxAs) -> usize {
    let request = |chunk| Request { format: Format::Evtx, evtx_as: Some(form), chunk, ..Request::default() };
    let reader = || Box::new(Cursor::new(bytes.to_vec()));
    let Ok(one) = InputSet::of_reader("log", reader(), &request(0), None) else { return 0 };
    let found = found(&one, 1);
    let many = InputSet::of_reader("log", reader(), &request(1), None).unwrap();
    assert_eq!(self::found(&many, 3), found);
    assert!(found.messages.windows(2).all(|pair| pair[0].0 < pair[1].0), "places are apart");
    found.messages.len()
}

#[test]
fn no_damage_ends_the_reading() {
    let bytes = log(&many());
    let mut random = Random::new(1505);
    let mut read = 0;
    for round in 0..60 {
        let mut bytes = bytes.clone();
        flip(&mut bytes, &mut random);
        if round % 10 == 0 {
            bytes.truncate(random.below(bytes.len()));
        }
        read += survives(&bytes, if round % 4 == 0 { EvtxAs::Json } else { EvtxAs::Xml });
    }
    assert!(read > 60 * 130, "{read}: most of the records are not touched");
}

fn run(args: &[&str], input: &[u8]) -> Ran {
    run_in(Path::new("."), args, input)
}

#[test]
fn times_are_those_of_the_events() {
    let events = [Event::new(1, 1, &[("UtcTime", "2001-01-01 00:00:00.000")])];
    let bytes = log(&events);
    for form in ["xml", "json"] {
        let ran = run(&["run", "--evtx-as", form, "--output", "jsonl", "* | fields _messageTime"], &bytes);
        let row: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (ran.status, row["_messageTime"].as_u64()),
            (0, Some(events[0].time / 10_000)),
            "{form}: {}",
            ran.err
        );
    }
}

#[test]
fn losses_are_told_by_the_exit_status() {
    let mut bytes = log(&many());
    let at = records(&bytes)[3];
    bytes[at] = 0;
    let ran = run(&["run", "--output", "jsonl", "* | count"], &bytes);
    assert_eq!((ran.status, ran.out.as_str()), (3, "{\"_count\":199}\n"));
    let text = format!("(standard input): 1 record could not be read, at byte {at}: ");
    assert!(ran.err.contains(&text) || ran.err.contains(&text.replace("(standard input)", "-")), "{}", ran.err);
    let ran = run(&["run", "--evtx-as", "csv", "* | count"], &bytes);
    assert!(ran.status == 2 && ran.err.contains("event logs can't be taken as `csv`"), "{}", ran.err);
}

#[test]
fn json_as_sumo_logics_windows_source_sends_it() {
    let event = Event {
        keywords: 0x8020_0000_0000_0000,
        level: 0,
        ..Event::new(7, 4688, &[("NewProcessName", "C:\\a \"b\""), ("Empty", "")])
    };
    let expected = "{\"TimeCreated\":\"2025-03-09T06:00:07.000013300Z\",\"EventID\":\"4688\",\"Task\":4688,\"Correlation\":\"\",\
                    \"Keywords\":\"Audit Success\",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Opcode\":\"Info\",\
                    \"Security\":{\"UserID\":\"S-1-5-18\"},\"Provider\":{\"Guid\":\"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}\",\
                    \"Name\":\"Microsoft-Windows-Sysmon\"},\"EventRecordID\":7,\"Execution\":{\"ThreadID\":4460,\"ProcessID\":3012},\
                    \"Version\":5,\"Computer\":\"web01.corp.example\",\"Level\":\"Information\",\
                    \"EventData\":{\"NewProcessName\":\"C:\\\\a \\\"b\\\"\",\"Empty\":\"\"}}";
    let bytes = log(&[event]);
    let found = read_as(&bytes, &Request { evtx_as: Some(EvtxAs::Json), ..Request::default() });
    assert_eq!(found.raws(), [expected]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.evtx"), &bytes).unwrap();
    std::fs::write(folder.path().join("sources.toml"), "[[source]]\nfiles = '*.evtx'\nevtx_as = 'json'\n").unwrap();
    let path = folder.path().join("a.evtx").to_string_lossy().into_owned();
    let first = |form: &[&str]| run(&[&["run", "--output", "raw", "*"], form, &[&path]].concat(), b"").out;
    assert_eq!(first(&[]).trim_end(), expected);
    assert!(first(&["--evtx-as", "xml"]).starts_with("<Event "), "the command line wins");
}
