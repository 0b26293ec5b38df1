//! Files that hold no messages: named for what they are when they were asked for, passed over in folders and archives, and
//! never read as text. Empty ones get a word.

#![allow(clippy::unwrap_used)]

use crate::files::{folder, gzip};
use crate::program::run_in;
use std::io::Write;

const PCAP: &[u8] = b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0\0\0\0\0\xFF\xFF\0\0\x01\0\0\0";
const SQLITE: &[u8] = b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20\0\0\0\x02";
const COUNT: [&str; 4] = ["run", "--output", "jsonl", "* | count"];

#[test]
fn what_was_asked_for_is_named_and_not_read() {
    let folder = folder(&[("a.log", PCAP), ("b", SQLITE), ("c.gz", &gzip(PCAP))]);
    for (name, what) in [("a.log", "packet capture (pcap)"), ("b", "SQLite database"), ("c.gz", "packet capture")] {
        let ran = run_in(folder.path(), &[&COUNT[..], &[name]].concat(), b"");
        assert_eq!((ran.status, ran.out.as_str()), (3, ""), "{}", ran.err);
        assert!(ran.err.contains(what) && ran.err.contains("not read"), "{}", ran.err);
    }
    let ran = run_in(folder.path(), &[&COUNT[..], &["b", "--format", "text"]].concat(), b"");
    assert_eq!((ran.status, ran.out.as_str()), (0, "{\"_count\":1}\n"), "{}", ran.err);
    let ran = run_in(folder.path(), &COUNT, SQLITE);
    assert_eq!(ran.status, 3, "{}", ran.err);
}

#[test]
fn in_a_folder_it_is_passed_over_with_a_word() {
    let folder = folder(&[("in/a.log", b"2024-05-14 09:12:01 a\n"), ("in/b.pcap", PCAP), ("in/c.db", SQLITE)]);
    for path in ["in", "in/*"] {
        let ran = run_in(folder.path(), &[&COUNT[..], &[path]].concat(), b"");
        assert_eq!((ran.status, ran.out.as_str()), (0, "{\"_count\":1}\n"), "{}", ran.err);
        assert!(ran.err.contains("note: in/b.pcap: skipped: it is a packet capture"), "{}", ran.err);
        assert!(ran.err.contains("note: in/c.db: skipped: it is an SQLite database"), "{}", ran.err);
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("a.log", &b"2024-05-14 09:12:01 a\n"[..]), ("b.pcap", PCAP)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    std::fs::write(folder.path().join("all.zip"), zip.finish().unwrap().into_inner()).unwrap();
    let ran = run_in(folder.path(), &[&COUNT[..], &["all.zip"]].concat(), b"");
    assert_eq!((ran.status, ran.out.as_str()), (0, "{\"_count\":1}\n"), "{}", ran.err);
    assert!(ran.err.contains("note: all.zip/b.pcap: skipped"), "{}", ran.err);
}

#[test]
fn where_there_is_nothing_else_that_is_told() {
    let many: Vec<(String, &[u8])> = (0..9).map(|n| (format!("in/{n}.pcap"), PCAP)).collect();
    let folder = folder(&many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>());
    let ran = run_in(folder.path(), &[&COUNT[..], &["in"]].concat(), b"");
    assert_eq!(ran.status, 3, "{}", ran.err);
    std::fs::write(folder.path().join("in/a.log"), "a\n").unwrap();
    let ran = run_in(folder.path(), &[&COUNT[..], &["in"]].concat(), b"");
    assert_eq!((ran.status, ran.err.lines().count()), (0, 5), "{}", ran.err);
    assert!(ran.err.contains("note: in/4.pcap: this and 4 more were skipped as well"), "{}", ran.err);
}

#[test]
fn documents_in_zip_archives_are_no_logs() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "xl/workbook.xml"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"<Types/>").unwrap();
    }
    let folder = folder(&[("a.xlsx", &zip.finish().unwrap().into_inner())]);
    let ran = run_in(folder.path(), &[&COUNT[..], &["a.xlsx"]].concat(), b"");
    assert!(ran.status == 3 && ran.err.contains("Office document"), "{}", ran.err);
}

#[test]
fn an_empty_input_gets_a_word() {
    let folder = folder(&[("a.log", b""), ("b.gz", &gzip(b"")), ("c.log", b"\xEF\xBB\xBF\n \n")]);
    for name in ["a.log", "b.gz", "c.log", "-"] {
        let ran = run_in(folder.path(), &[&COUNT[..], &[name]].concat(), b"");
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(ran.err.contains(&format!("note: {name}: it is empty")), "{}", ran.err);
    }
}
