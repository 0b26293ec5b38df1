//! Event logs of Windows: what messages they give, whole and damaged. The logs are written here, but for real ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod real;

use crate::inputs::messages;
use crate::program::{Ran, run_in};
use crate::random::Random;
use crate::writer::{Event, log};
use std::io::{Cursor, Write};
use std::path::Path;
use sumoql_data::message::Input;
use sumoql_input::{EvtxAs, Format, InputRequest, InputSet, Problem, open};

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
fn read_as(bytes: &[u8], request: &InputRequest) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, bytes).unwrap();
    let mut first: Option<Found> = None;
    for (chunk, threads) in [(0, 1), (1, 3), (4 << 20, 2)] {
        let request = InputRequest { chunk, ..request.clone() };
        let file = open(&InputRequest { paths: vec![path.to_string_lossy().into_owned()], ..request.clone() }).unwrap();
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
    let request = InputRequest { evtx_as: Some(form), ..InputRequest::default() };
    found(&InputSet::of_reader("log", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap(), 1)
}

fn read(bytes: &[u8]) -> Found {
    read_as(bytes, &InputRequest::default())
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
    let request = InputRequest { paths: vec![folder.path().to_string_lossy().into_owned()], ..InputRequest::default() };
    let opened = open(&request).unwrap();
    assert_eq!(opened.formats(), [Format::Evtx, Format::Evtx, Format::Evtx, Format::Text]);
    assert_eq!(found(&opened, 2).messages.len(), 10);
    assert_eq!(opened.total_bytes(), Some(3 * bytes.len() as u64 + 13));
    let opened = open(&InputRequest { format: Format::Evtx, ..request.clone() }).unwrap();
    assert_eq!(found(&opened, 2).messages.len(), 9);
    assert!(opened.problems().iter().any(|problem| problem.to_string().contains("not a Windows event log")));
    let problems = open(&InputRequest { format: Format::Xml, ..request }).unwrap().problems();
    assert_eq!(problems.iter().filter(|problem| problem.message.contains("only the format `evtx` fits")).count(), 3);
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

/// What the reader finds is reported with the log's name, whoever reads it.
#[test]
fn damage_is_reported() {
    let events = many();
    let mut bytes = log(&events);
    let places = records(&bytes);
    bytes[places[7] + 24] = 0xEE;
    bytes[HEADER + CHUNK + 52] ^= 1;
    let found = read(&bytes);
    assert_eq!(found.raws().len(), MANY as usize - 1);
    let text = format!("log: 1 record could not be read, at byte {}: it has a token", places[7]);
    assert!(found.problems.len() == 1 && found.problems[0].starts_with(&text), "{:?}", found.problems);
    let text =
        "log: the checksums of 2 chunks, the first at byte 4096, are wrong: their records are given as they were read";
    assert_eq!(found.notes, [text]);
}

/// A log whose chunks have wrong checksums, so that each record is looked at with care.
fn doubtful(mut bytes: Vec<u8>) -> Vec<u8> {
    for chunk in (HEADER..bytes.len()).step_by(CHUNK).filter(|chunk| bytes[*chunk] != 0).collect::<Vec<_>>() {
        bytes[chunk + 52] ^= 1;
    }
    bytes
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
    let request = |chunk| InputRequest { format: Format::Evtx, evtx_as: Some(form), chunk, ..InputRequest::default() };
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
    let found = read_as(&bytes, &InputRequest { evtx_as: Some(EvtxAs::Json), ..InputRequest::default() });
    assert_eq!(found.raws(), [expected]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.evtx"), &bytes).unwrap();
    std::fs::write(folder.path().join("sources.toml"), "[[source]]\nfiles = '*.evtx'\nevtx_as = 'json'\n").unwrap();
    let path = folder.path().join("a.evtx").to_string_lossy().into_owned();
    let first = |form: &[&str]| run(&[&["run", "--output", "raw", "*"], form, &[&path]].concat(), b"").out;
    assert_eq!(first(&[]).trim_end(), expected);
    assert!(first(&["--evtx-as", "xml"]).starts_with("<Event "), "the command line wins");
}
