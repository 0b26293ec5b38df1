//! Logs that real programs have written (`tests/made/README.md`), as they lie on disk: whole, compressed, cut short, in other
//! character sets.

#![allow(clippy::unwrap_used)]

use crate::files::{folder, gzip};
use crate::inputs::every_way;
use crate::program::run_in;
use std::path::Path;
use sumoql_input::{InputRequest, encoding};

fn made(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/made").join(name)).unwrap()
}

/// The messages of a log, which nothing is odd about.
fn messages(bytes: &[u8], request: &InputRequest) -> Vec<String> {
    let (found, notes) = every_way(bytes, request);
    assert_eq!(notes, [""; 0]);
    found.into_iter().map(|(_, raw)| raw).collect()
}

/// The times of messages in the order of the file, about which nothing else is noted.
fn times(name: &str, bytes: &[u8], noted: &str) -> Vec<String> {
    let folder = folder(&[(name, bytes)]);
    let query = "* | formatDate(_messageTime, \"yyyy-MM-dd HH:mm:ss.SSS\") as t | fields t";
    let ran = run_in(folder.path(), &["run", "--order", "arrival", "--output", "jsonl", query, name], b"");
    assert_eq!((ran.status, ran.err.as_str()), (0, noted), "{name}");
    ran.out.lines().map(|line| line[6..line.len() - 2].to_string()).collect()
}

#[test]
fn python_with_stack_traces() {
    let text = made("python-logging.log");
    let found = messages(text.as_bytes(), &InputRequest::default());
    let lines: Vec<_> = found.iter().map(|raw| raw.lines().count()).collect();
    assert_eq!(lines, [1, 8, 2, 15, 1]);
    assert!(found[1].ends_with("KeyError: 'user'") && found[3].ends_with("RuntimeError: wrapped"), "{found:?}");
    assert!(found[2].ends_with("a message of\ntwo lines") && found[4].ends_with("done: größer"), "{found:?}");
    assert!(times("python.log", text.as_bytes(), "").iter().all(|time| time.starts_with("2026-11-28 11:06:16.4")));
}

#[test]
fn python_in_other_character_sets_and_compressed() {
    let text = made("python-logging.log");
    let whole = messages(text.as_bytes(), &InputRequest::default());
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let named = InputRequest { encoding: encoding("latin1").ok(), ..InputRequest::default() };
    assert_eq!(messages(&latin, &named), whole);
    let wide: Vec<u8> = text.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let crlf: Vec<String> = whole.iter().map(|raw| raw.replace('\n', "\r\n")).collect();
    assert_eq!(messages(&wide, &InputRequest::default()), crlf, "UTF-16 without a mark, lines end in CR LF");
    let halves = text.split_at(text.len() / 2);
    let joined = [gzip(halves.0.as_bytes()), gzip(halves.1.as_bytes())].concat();
    assert_eq!(messages(&joined, &InputRequest::default()), whole, "concatenated gzip, cut anywhere");
    // Latin-1 taken for UTF-8: the message is there, and the note says where it went wrong.
    let (found, notes) = every_way(&latin, &InputRequest::default());
    assert_eq!(found.last().unwrap().1, whole.last().unwrap().replace(['ö', 'ß'], "\u{fffd}"));
    let first = text.find('ö').unwrap();
    assert!(notes[0].starts_with(&format!("bytes at 2 places, the first byte {first}, are not UTF-8")), "{notes:?}");
}

#[test]
fn what_is_left_of_a_cut_log_is_told_with_its_place() {
    let text = made("python-logging.log").repeat(200);
    let packed = gzip(text.as_bytes());
    let folder = folder(&[("app.log.gz", &packed[..packed.len() / 2])]);
    let ran = run_in(folder.path(), &["run", "--output", "jsonl", "* | count", "app.log.gz"], b"");
    assert_eq!(ran.status, 3);
    let told = format!("the gzip data end too early, at compressed byte {}; the ", packed.len() / 2);
    assert!(ran.err.contains("app.log.gz: at byte ") && ran.err.contains(&told), "{}", ran.err);
    assert!(ran.err.contains(" decompressed bytes before that were read"), "{}", ran.err);
    assert!(ran.out.len() > "{\"_count\":9}\n".len(), "{}", ran.out);
}

#[test]
fn java_with_two_lines_a_record() {
    let text = made("java-simple.log");
    let found = messages(text.as_bytes(), &InputRequest::default());
    let lines: Vec<_> = found.iter().map(|raw| raw.lines().count()).collect();
    assert_eq!(lines, [2, 9, 3, 2], "the blank line behind a trace is of no message");
    assert!(found[1].ends_with("... 1 more") && found[2].ends_with("SEVERE: a message of\ntwo lines"), "{found:?}");
    assert_eq!(times("java.log", text.as_bytes(), ""), ["2026-11-28 11:05:58.000"; 4]);
}

#[test]
fn java_as_xml_by_its_records() {
    let text = made("java-xml.log");
    let pattern = InputRequest { message_start: regex::Regex::new("<record>").ok(), ..InputRequest::default() };
    let found = messages(text.as_bytes(), &pattern);
    let records: Vec<_> = found.iter().filter(|raw| raw.starts_with("<record>")).collect();
    assert_eq!((records.len(), found.len()), (4, 7), "and the three lines before them");
    assert!(records[1].contains("<message>java.lang.IllegalStateException: wrapped</message>"));
    assert!(records[2].contains("a message of\ntwo lines"));
}

#[test]
fn syslog_of_both_kinds() {
    let old = made("rfc3164.log");
    let lines: Vec<_> = old.lines().collect();
    assert_eq!(messages(old.as_bytes(), &InputRequest::default()), lines);
    // The year is that of the receipt, or the one before.
    let found = times(
        "old.log",
        old.as_bytes(),
        "note: old.log: timestamps have no year: the latest year that is at most two days after the receipt time is used\n",
    );
    assert!(found.iter().all(|time| time[4..] == *"-11-28 11:06:17.000"), "{found:?}");
    let new = made("rfc5424.log");
    assert_eq!(messages(new.as_bytes(), &InputRequest::default()), new.lines().collect::<Vec<_>>());
    let expected = ["11:06:17.410", "11:06:17.419", "11:06:17.430", "11:06:17.433"];
    assert_eq!(times("new.log", new.as_bytes(), ""), expected.map(|time| format!("2026-11-28 {time}")));
}
