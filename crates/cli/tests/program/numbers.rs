//! `_messageCount`, `_messageid` and `_format`: the same however an input is read.

#![allow(clippy::unwrap_used)]

use crate::files;
use crate::files::folder;
use crate::program::run_in;
use std::collections::BTreeSet;

/// Lines of different lengths, so that chunks begin anywhere.
fn log(lines: usize) -> String {
    (0..lines).map(|n| format!("2024-05-14 09:12:01 line {n} {}\n", "x".repeat(n * 7919 % 4000))).collect()
}

fn rows(query: &str, more: &[&str], files: &[(&str, &[u8])]) -> Vec<String> {
    let folder = folder(files);
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let ran = run_in(folder.path(), &[&["run", "--output", "jsonl", query][..], more, &names].concat(), b"");
    assert_eq!(ran.err, "", "{query}");
    ran.out.lines().map(String::from).collect()
}

#[test]
fn messages_are_numbered_whatever_the_threads_and_the_order() {
    // Large enough for several ranges.
    let (one, other) = (log(4_000), log(9));
    let files: &[(&str, &[u8])] = &[("one.log", one.as_bytes()), ("other.log", other.as_bytes())];
    let query = "* | parse \"line * \" as n | n + 1 as line | where line != _messageCount | count";
    for more in [&["--threads", "1"][..], &["--threads", "7"]] {
        assert_eq!(rows(query, more, files), Vec::<String>::new(), "{more:?}");
    }
    let query = "\"line 3999\" | fields _messageCount, _sourceName";
    for more in [&["--threads", "5", "--order", "arrival"][..], &["--threads", "3"]] {
        assert_eq!(rows(query, more, files), [r#"{"_messageCount":4000,"_sourceName":"one.log"}"#], "{more:?}");
    }
    let query = "_messageCount=9 | count by _sourceName | sort by _sourceName asc";
    assert_eq!(
        rows(query, &[], files),
        [r#"{"_sourceName":"one.log","_count":1}"#, r#"{"_sourceName":"other.log","_count":1}"#]
    );
}

#[test]
fn every_message_has_an_id_of_its_own_in_every_run() {
    let (one, other) = (log(3_000), log(3_000));
    let files: &[(&str, &[u8])] = &[("one.log", one.as_bytes()), ("other.log", other.as_bytes())];
    let ids = |more: &[&str]| {
        rows("* | count by _messageid | fields _messageid", more, files).into_iter().collect::<BTreeSet<_>>()
    };
    let known = ids(&["--threads", "1"]);
    assert_eq!(known.len(), 6_000);
    assert_eq!(known, ids(&["--threads", "6"]));
    let alone = rows("* | fields _messageid", &["--order", "arrival"], &files[1..]).into_iter().collect();
    assert!(known.is_superset(&alone), "an id depends on no other input");
}

#[test]
fn copies_of_a_message_have_its_number() {
    let files: &[(&str, &[u8])] = &[("a.log", b"2024-05-14 09:12:01 x=1 x=2\n2024-05-14 09:12:02 x=3\n")];
    let query = "* | parse regex \"x=(?<x>\\d)\" multi | sort by x asc | fields _messageCount";
    assert_eq!(rows(query, &[], files), [1, 1, 2].map(|n| format!("{{\"_messageCount\":{n}}}")));
    let query = "* | parse regex \"x=(?<x>\\d)\" multi | count_distinct(_messageid) as n";
    assert_eq!(rows(query, &[], files), [r#"{"n":2}"#]);
}

#[test]
fn formats_are_those_of_the_manual() {
    let log = "2024-05-14T09:12:01.123+02:00 a\n<34>Oct  3 13:55:36 b\nü [14/May/2024:09:12:01 +0200] c\n{\"ts\":1715677921}\nplain\n";
    let folder = folder(&[("a.log", log.as_bytes())]);
    let query = "* | fields _format";
    let ran = run_in(
        folder.path(),
        &["run", "--output", "jsonl", "--order", "arrival", query, "--format", "text", "--multiline", "", "a.log"],
        b"",
    );
    let found: Vec<&str> = ran.out.lines().filter_map(|line| line.split('"').nth(3)).collect();
    let expected = [
        "t:full,o:0,l:29,p:yyyy-MM-dd'T'HH:mm:ss.SSSZZZZ",
        "t:full,o:4,l:15,p:MMM dd HH:mm:ss",
        "t:full,o:3,l:26,p:dd/MMM/yyyy:HH:mm:ss ZZZZ",
        "t:full,o:6,l:10,p:epoch",
        "t:fail,o:-1,l:0,p:null",
    ];
    assert_eq!(found, expected, "{}", ran.err);
    let rule = "[[source]]\nfiles = 'a.log'\ntimestamp = 'dd.MM.yyyy HH:mm:ss'\n";
    let files: &[(&str, &[u8])] = &[("a.log", b"at 14.05.2024 09:12:01 x\n"), ("sources.toml", rule.as_bytes())];
    let folder = files::folder(files);
    let ran = run_in(folder.path(), &["run", "--output", "jsonl", query, "a.log"], b"");
    assert_eq!(ran.out.split('"').nth(3), Some("t:def,o:3,l:19,p:dd.MM.yyyy HH:mm:ss"), "{}", ran.err);
}
