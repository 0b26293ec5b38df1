//! What messages an input gives: whatever the size of chunks, the number of workers and the way it is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::files::folder;
use crate::inputs::{Found, messages};
use proptest::prelude::*;
use std::io::Cursor;
use sumoql_data::message::Input;
use sumoql_input::{Format, InputRequest, InputSet, Problem, open};
use tempfile::TempDir;

fn request(folder: &TempDir, paths: &[&str], chunk: usize) -> InputRequest {
    let path = |path: &&str| match *path {
        "" => folder.path().to_string_lossy().into_owned(),
        path => folder.path().join(path).to_string_lossy().into_owned(),
    };
    InputRequest { paths: paths.iter().map(path).collect(), chunk, now: 1_714_521_600_000, ..InputRequest::default() }
}

fn read(folder: &TempDir, paths: &[&str], chunk: usize, threads: usize) -> Vec<Found> {
    let opened = open(&request(folder, paths, chunk)).expect("something to read");
    let found = messages(&opened, threads);
    assert_eq!(opened.problems(), []);
    assert!(opened.restart());
    assert_eq!(messages(&opened, 1), found, "read again");
    found
}

fn streamed(bytes: &[u8], format: Format, chunk: usize) -> Vec<(u64, String)> {
    let request = InputRequest { format, chunk, ..InputRequest::default() };
    let opened = InputSet::of_reader("-", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap();
    messages(&opened, 2).into_iter().map(|(_, offset, raw, _)| (offset, raw)).collect()
}

fn raws(found: &[Found]) -> Vec<&str> {
    found.iter().map(|(_, _, raw, _)| raw.as_str()).collect()
}

const EVENT: &str = "<Event xmlns='x'><EventID>1</EventID><EventData><Data>a\nb</Data></EventData></Event>";

#[test]
fn formats_are_told_apart() {
    let array = "[\n  {\"a\": [1, 2]},\n  {\"b\": \"}]\"}\n]\n";
    let pretty = "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n";
    let xml = format!("\u{feff}<?xml version='1.0'?>\n<Events>\n{EVENT}\n  {EVENT}{EVENT}\n</Events>\n");
    let folder = folder(&[
        ("1.log", b"one\r\n\r\ntwo \xFF\nthree"),
        ("2.json", b"{\"a\":1}\n{\"b\":2}\n"),
        ("3.json", array.as_bytes()),
        ("4.json", pretty.as_bytes()),
        ("5.xml", xml.as_bytes()),
        (
            "6.jsonl",
            b"{\"_raw\":\"r\\n1\",\"_sourceHost\":\"h\",\"_messageTime\":\"2024-05-01T00:00:00Z\"}\nplain\n{\"x\":1}\n",
        ),
        ("7.empty", b""),
    ]);
    for (chunk, threads) in [(0, 1), (1, 3), (7, 2), (50, 2)] {
        let found = read(&folder, &[""], chunk, threads);
        let texts: Vec<_> = found.iter().map(|(name, _, raw, _)| (&name[..1], raw.as_str())).collect();
        let expected = [
            ("1", "one"),
            ("1", "two \u{fffd}"),
            ("1", "three"),
            ("2", "{\"a\":1}"),
            ("2", "{\"b\":2}"),
            ("3", "{\"a\": [1, 2]}"),
            ("3", "{\"b\": \"}]\"}"),
            ("4", "{\n  \"a\": 1\n}"),
            ("4", "{\n  \"b\": 2\n}"),
            ("5", EVENT),
            ("5", EVENT),
            ("5", EVENT),
            ("6", "r\n1"),
            ("6", "plain"),
            ("6", "{\"x\":1}"),
        ];
        assert_eq!(texts, expected);
        assert_eq!(found[12].3, "_sourceHost=Text(\"h\") _messageTime=Int(1714521600000)");
    }
    let opened = open(&request(&folder, &[""], 0)).unwrap();
    use Format::{Json, Messages, Text, Xml};
    assert_eq!(opened.formats(), [Text, Json, Json, Json, Xml, Messages, Text]);
    assert!(opened.total_bytes().is_some_and(|bytes| bytes > 300));
    assert_eq!(open(&request(&folder, &["1.log", "3.json"], 0)).unwrap().total_bytes(), Some(18 + array.len() as u64));
}

#[test]
fn folders_and_patterns() {
    let folder = folder(&[
        ("b/2.log", b"b2"),
        ("b/1.log", b"b1"),
        ("a.log", b"a"),
        ("c.txt", b"c"),
        (".hidden/x.log", b"x"),
        (".h.log", b"h"),
        ("q.sumo", b"*"),
        ("q.case", b"?"),
        ("q.expected.jsonl", b"?"),
        ("b/d/3.log", b"b3"),
        ("sources.toml", b""),
    ]);
    let read = |paths: &[&str]| raws(&read(&folder, paths, 0, 1)).join(" ");
    assert_eq!(read(&[""]), "a b1 b2 b3 c");
    assert_eq!(read(&["*.log"]), "a");
    assert_eq!(read(&["**/*.log"]), "a b1 b2 b3");
    assert_eq!(read(&["b/*.log"]), "b1 b2");
    assert_eq!(read(&["b/[2-9].log", "b/1.log"]), "b2 b1");
    assert_eq!(read(&["{c,x}.txt", "c.txt", "b/../c.txt"]), "c", "named twice, read once");
    assert_eq!(read(&[".*.log"]), "h");
    assert_eq!(read(&["q.sumo"]), "*", "by its name");
    let names = |paths: &[&str]| {
        let opened = open(&request(&folder, paths, 0)).unwrap();
        opened.sources().iter().map(|source| source.get("_sourceName").unwrap().to_string()).collect::<Vec<_>>()
    };
    let given = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    assert_eq!(names(&["b"]), [given("b/1.log"), given("b/2.log"), given("b/d/3.log")]);
    assert_eq!(names(&["b/./*.log"]), [given("b/./1.log"), given("b/./2.log")]);
}

#[test]
fn what_is_missing_is_said() {
    let folder = folder(&[("a.log", b"a"), ("z.gz", b"\x1F\x8B\x08"), ("e.evtx", b"ElfFile\0"), ("d/.x", b"")]);
    let opened = open(&request(&folder, &["a.log", "no.log", "*.none", "z.gz", "e.evtx", "d"], 0)).unwrap();
    assert_eq!(raws(&messages(&opened, 1)), ["a"]);
    let problems: Vec<_> = opened.problems().iter().map(Problem::to_string).collect();
    let expected = [
        ("no.log", "no such file"),
        ("*.none", "no file fits this pattern"),
        ("d", "no files in this folder"),
        ("z.gz", "the gzip data end too early, at compressed byte 3"),
        ("e.evtx", "1 chunk could not be read, at byte 8: the log ends in its header"),
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for (problem, (place, message)) in problems.iter().zip(expected) {
        assert!(problem.contains(&format!("{place}: ")) && problem.contains(message), "{problem}");
    }
    assert!(open(&request(&folder, &["no.log"], 0)).is_err_and(|problems| problems.len() == 1));
}

#[test]
fn metadata_by_precedence() {
    let toml = b"[[source]]\nfiles = 'x.log'\ntimezone = 'Europe/Berlin'\n_sourceCategory = 'c'\n_sourceHost = 'h'\n\
                 [[source]]\nfiles = '*.trace'\nmessage_start = '\\d'\n";
    let folder = folder(&[
        ("d/sources.toml", &toml[..]),
        ("d/e/sources.toml", b"[[source]]\nfiles = 'y.log'\n_sourceName = 'why'\n"),
        ("d/e/x.log", b"x"),
        ("d/e/y.log", b"y"),
        ("d/f.trace", b"1 a\n at b\n2 c\n"),
    ]);
    let mut request = request(&folder, &["d"], 0);
    request.set = vec![("_SOURCEHOST".into(), "set".into())];
    let opened = open(&request).unwrap();
    let [x, y, f] = opened.sources() else { panic!("three inputs") };
    assert_eq!((x.get("_sourceCategory"), x.get("_sourceHost")), (Some("c"), Some("set")));
    assert_eq!((x.zone, y.zone), (chrono_tz::Europe::Berlin, chrono_tz::UTC));
    assert_eq!((y.get("_sourceName"), y.get("_sourceCategory")), (Some("why"), None));
    assert_eq!((f.get("_source"), f.get("_collector"), f.get("_sourceHost")), (None, None, Some("set")));
    assert!(f.receipt > 1_600_000_000_000);
    assert_eq!(raws(&messages(&opened, 2)), ["x", "y", "1 a\n at b", "2 c"]);

    request.paths = vec![folder.path().join("d/e/x.log").to_string_lossy().into_owned()];
    assert_eq!(open(&request).unwrap().sources()[0].get("_sourceCategory"), None, "only its own folder is looked in");
    request.sources = Some(folder.path().join("d/sources.toml"));
    assert_eq!(open(&request).unwrap().sources()[0].get("_sourceCategory"), Some("c"));
    request.sources = Some(folder.path().join("none.toml"));
    assert!(open(&request).is_err());
    std::fs::write(folder.path().join("d/e/sources.toml"), "[[source]]\nfile = 'y.log'\n").unwrap();
    request.sources = None;
    let problems = open(&request).err().unwrap();
    assert!(problems[0].to_string().contains("sources.toml:2: unknown key `file`"), "{problems:?}");
}

#[test]
fn long_messages_are_cut_into_pieces() {
    let long = "ä".repeat(100_000);
    let event = format!("<Event>{long}</Event>");
    let folder = folder(&[
        ("a.log", format!("x{long}\nshort").as_bytes()),
        ("b.xml", format!("{event}\n{event}").as_bytes()),
        ("c.json", format!("[{{\"a\":\"{long}\"}}]").as_bytes()),
        ("d.jsonl", format!("{{\"_raw\":\"{long}\"}}").as_bytes()),
    ]);
    for chunk in [0, 10_000] {
        let opened = open(&request(&folder, &[""], chunk)).unwrap();
        let found = messages(&opened, 2);
        let lengths: Vec<_> = found.iter().map(|(_, _, raw, _)| raw.len()).collect();
        let rest = 200_000 - 3 * 65_536;
        let expected = [
            &[65_535, 65_536, 65_536, rest + 2, 5][..],
            &[65_535, 65_536, 65_536, rest + 16],
            &[65_535, 65_536, 65_536, rest + 16],
            &[65_536, 65_536, 65_536, rest + 8],
            &[65_536, 65_536, 65_536, rest],
        ];
        assert_eq!(lengths, expected.concat());
        let joined: String = raws(&found[..4]).concat();
        assert_eq!(joined, format!("x{long}"));
        let notes: Vec<_> = opened.notes().iter().map(Problem::to_string).collect();
        assert!(
            notes[0].ends_with(
                "a.log: the message near byte 0 has more than 65536 bytes and was cut into pieces, as at Sumo"
            )
        );
        assert!(notes[1].contains("b.xml: 2 messages of more than 65536 bytes, the first near byte 0,"));
        assert_eq!((notes.len(), opened.problems().len()), (4, 0));
    }
}

#[test]
fn what_never_ends_is_cut_all_the_same() {
    let mut bytes = b"<Event>first</Event>\n<Event>".to_vec();
    bytes.resize(35 << 20, b'x');
    bytes[30 << 20] = 0xC3;
    bytes[(30 << 20) + 1] = 0xA4;
    bytes.extend_from_slice(b"</Event>\n<Event>last</Event>\n");
    let folder = folder(&[("a.log", &bytes)]);
    for format in [Format::Text, Format::Xml] {
        let read = |chunk, threads| {
            let opened = open(&InputRequest { format, ..request(&folder, &["a.log"], chunk) }).unwrap();
            let found = messages(&opened, threads);
            let notes: Vec<_> = opened.notes().into_iter().map(|note| note.message).collect();
            let told = "the message near byte 21 has more than 65536 bytes and was cut into pieces, as at Sumo";
            assert_eq!(notes[0], told, "one message, however many times it is cut: {format}");
            assert!(notes[1..].iter().all(|note| note.contains("an event without its end, near byte 21")), "{notes:?}");
            found.into_iter().map(|(_, offset, raw, _)| (offset, raw)).collect::<Vec<_>>()
        };
        let once = read(8 << 20, 1);
        let held: usize = once.iter().map(|(_, raw)| raw.len()).sum();
        assert_eq!(
            held,
            bytes.len() - bytes.iter().filter(|byte| **byte == b'\n').count(),
            "nothing is lost: {format}"
        );
        assert!(read(1 << 20, 2) == once);
        assert!(streamed(&bytes, format, 1 << 20) == once);
        let (last, _) = once.last().unwrap();
        assert_eq!(*last, bytes.len() as u64 - 20);
    }
}

#[test]
fn standard_input_is_read_once_unless_it_is_kept() {
    let request = InputRequest { chunk: 4, ..InputRequest::default() };
    let reader = || Box::new(Cursor::new(b"one\ntwo\nthree\n".to_vec()));
    let opened = InputSet::of_reader("-", reader(), &request, None).unwrap();
    assert!(opened.restart(), "nothing was read yet");
    assert_eq!(raws(&messages(&opened, 2)), ["one", "two", "three"]);
    assert!(!opened.restart());
    let opened = InputSet::of_reader("-", reader(), &request, None).unwrap();
    opened.keep_in_memory();
    assert!(opened.next(Vec::new()).is_some());
    for _ in 0..3 {
        assert!(opened.restart());
        assert_eq!(raws(&messages(&opened, 2)), ["one", "two", "three"]);
    }
}

#[test]
fn a_file_that_shrinks_is_reported() {
    let folder = folder(&[("a.log", "line\n".repeat(1000).as_bytes())]);
    let opened = open(&request(&folder, &["a.log"], 1000)).unwrap();
    std::fs::write(folder.path().join("a.log"), "line\nline\n").unwrap();
    assert_eq!(raws(&messages(&opened, 1)), ["line", "line"]);
    let problems = opened.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].offset, problems[0].message.as_str()),
        (Some(10), "the file has become shorter; the 10 bytes before that were read")
    );
}

/// Files made of parts that matter to the format.
fn file(parts: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let part = proptest::sample::select(parts).prop_map(<[u8]>::to_vec);
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

const LINES: &[&[u8]] = &[b"\n", b"\r\n", b"a", b"bc d", b"\xFF", b"\xE2\x82", "ü€".as_bytes(), b"\n\n", b" "];
const EVENTS: &[&[u8]] = &[
    b"<Event>",
    b"<Event a='>'>",
    b"<Event/>",
    b"</Event>",
    b"</Event>\n",
    b"<EventID>1</EventID>",
    b"<Event",
    b"\n",
    b"text\n",
    b"<!-- c -->",
    b"<?x ?>",
    b"<!--",
    b"</Events>",
    b"\xFE",
    "ü".as_bytes(),
    b"'",
    b"Record 1\n",
];
const VALUES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"{\"a\":1}",
    b"{\"_raw\":\"x\"},",
    b",",
    b"\n",
    b" ",
    b"\"",
    b"\\",
    b"12",
    b"x y",
    b"\xFF",
];

const STARTS: &[&[u8]] = &[b"[{", b"{\n", b""];
const TOML: &str = "[[source]]\nfiles = 'f'\nmessage_start = 'a.*[bü]'";

fn same_however_cut(bytes: &[u8], format: Format, chunk: usize) -> Result<(), TestCaseError> {
    let folder = folder(&[("f", bytes)]);
    let read = |chunk, threads| {
        let opened = open(&InputRequest { format, ..request(&folder, &["f"], chunk) }).expect("a file");
        messages(&opened, threads).into_iter().map(|(_, offset, raw, own)| (offset, raw, own)).collect::<Vec<_>>()
    };
    let once = read(0, 1);
    prop_assert_eq!(&read(chunk, 1), &once);
    prop_assert_eq!(&read(chunk, 3), &once);
    let once: Vec<_> = once.into_iter().map(|(offset, raw, _)| (offset, raw)).collect();
    prop_assert_eq!(streamed(bytes, format, chunk), once.clone());
    for pair in once.windows(2) {
        prop_assert!(pair[0].0 < pair[1].0, "offsets rise");
    }
    if format == Format::Text || format == Format::Json {
        let kept: usize = once.iter().flat_map(|(_, raw)| raw.bytes()).filter(u8::is_ascii_alphanumeric).count();
        let given = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        prop_assert_eq!(kept, given, "nothing is lost");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn lines_are_the_same_however_cut(bytes in file(LINES), chunk in 1..60_usize) {
        same_however_cut(&bytes, Format::Text, chunk)?;
    }

    #[test]
    fn events_are_the_same_however_cut(bytes in file(EVENTS), chunk in 1..60_usize) {
        same_however_cut(&bytes, Format::Xml, chunk)?;
    }

    #[test]
    fn values_are_the_same_however_cut(
        bytes in file(VALUES),
        start in proptest::sample::select(STARTS),
        chunk in 1..60_usize,
    ) {
        let bytes = [start, &bytes].concat();
        same_however_cut(&bytes, Format::Json, chunk)?;
        same_however_cut(&bytes, Format::Messages, chunk)?;
        same_however_cut(&bytes, Format::Auto, chunk)?;
    }

    #[test]
    fn multiline_messages_are_the_same_however_cut(bytes in file(LINES), chunk in 1..60_usize) {
        let folder = folder(&[("f", &bytes), ("sources.toml", TOML.as_bytes())]);
        let read = |chunk, threads| messages(&open(&request(&folder, &["f"], chunk)).expect("a file"), threads);
        let once = read(0, 1);
        prop_assert_eq!(&read(chunk, 1), &once);
        prop_assert_eq!(&read(chunk, 2), &once);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_a_stream() {
    let folder = folder(&[]);
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let text = format!("<Events>\n{}\n</Events>", vec![EVENT; 1000].join("\n"));
    let writer = std::thread::spawn({
        let (path, text) = (path.clone(), text.clone());
        move || std::fs::write(path, text).unwrap()
    });
    let opened = open(&request(&folder, &["pipe"], 1000)).unwrap();
    assert_eq!(opened.formats(), [Format::Xml]);
    assert_eq!(opened.total_bytes(), None);
    assert_eq!(raws(&messages(&opened, 2)), vec![EVENT; 1000]);
    writer.join().unwrap();
    assert!(!opened.restart());
}

/// A file that was at rest before the run is mapped into memory, where it is large enough; another one is read.
#[test]
fn mapped_files_give_the_same_messages() {
    let lines: String = (0..30_000).map(|n| format!("{n} {}\n", "x".repeat(n * 7919 % 150))).collect();
    let long = format!("first\n{}\nlast\n", "y".repeat(1_500_000));
    let events: String = (0..12_000).map(|n| format!("<Event><EventID>{n}</EventID>{EVENT}\n\n")).collect();
    for text in [lines, long, events] {
        let folder = folder(&[("a.log", text.as_bytes())]);
        assert!(text.len() > 1 << 20, "large enough: {}", text.len());
        let read_once = read(&folder, &["a.log"], 0, 2);
        let file = std::fs::File::options().write(true).open(folder.path().join("a.log")).unwrap();
        file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3600)).unwrap();
        for chunk in [0, 10_000, 99_991] {
            assert!(read(&folder, &["a.log"], chunk, 2) == read_once, "chunks of {chunk}");
        }
    }
}

#[test]
fn half_a_row_or_value_that_somebody_is_writing_is_no_message() {
    let folder = TempDir::new().unwrap();
    let dated = "2024-05-01 10:00:00 a\n  more\n2024-05-01 10:00:01 b\n2024-05-0";
    for (format, text, shown) in [
        (Format::Csv, "name,size\na,1\nb,2", vec![r#"{"name":"a","size":"1"}"#]),
        (Format::Csv, "name,size\na,1\n", vec![r#"{"name":"a","size":"1"}"#]),
        (Format::Json, "{\"a\": 1}\n{\"a\": 2", vec!["{\"a\": 1}"]),
        // One value on each line is read as lines, and a value over several lines ends where it is closed.
        (Format::Json, "{\"a\": 1}\n{\"a\": 2}", vec!["{\"a\": 1}"]),
        (Format::Json, "{\n\"a\": 1}\n{\n\"a\": 2}", vec!["{\n\"a\": 1}", "{\n\"a\": 2}"]),
        (Format::Json, "{\n\"a\": 1}\n{\n\"a\": 2", vec!["{\n\"a\": 1}"]),
        (Format::Json, "[{\"a\": 1}, {\"a\": 2}, {", vec!["{\"a\": 1}", "{\"a\": 2}"]),
        (Format::Text, dated, vec!["2024-05-01 10:00:00 a\n  more", "2024-05-01 10:00:01 b"]),
    ] {
        std::fs::write(folder.path().join("a.log"), text).unwrap();
        let request = InputRequest { growing: true, format, ..request(&folder, &["a.log"], 0) };
        assert_eq!(raws(&messages(&open(&request).unwrap(), 1)), shown, "{text}");
    }
}

#[test]
fn a_line_that_somebody_is_writing_is_no_message() {
    let folder = TempDir::new().unwrap();
    let long = format!("a\n{}", "x".repeat(200_000));
    for (text, whole, growing) in [("a\nb\nhalf", 3, 2), ("a\nb\n", 2, 2), ("half", 1, 0), (&long, 5, 1)] {
        std::fs::write(folder.path().join("a.log"), text).unwrap();
        let count = |growing| {
            let request = InputRequest { growing, format: Format::Text, ..request(&folder, &["a.log"], 0) };
            messages(&open(&request).unwrap(), 1).len()
        };
        assert_eq!((count(false), count(true)), (whole, growing), "{} bytes", text.len());
    }
}
