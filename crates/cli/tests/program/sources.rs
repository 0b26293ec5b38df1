//! `sumoql sources`: what inputs are taken for, and what their first messages tell.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::files::{folder, gzip};
use crate::program::{Ran, run_in};
use serde_json::{Value, json};
use std::io::Write;

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn objects(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

const RULES: &str = "# first\n[[source]]\nfiles = \"*.log\"\ntimezone = \"Europe/Berlin\"\n_sourceCategory = \"prod/app\"\n\
                     message_start = '\\d{4}-'\nview = \"apps\"\n";

#[test]
fn people_see_all_that_matters() {
    let log = gzip(b"\n2024-05-14 09:12:01,250 first\tline\n  and second\n2024-05-14 09:12:02 x\n");
    let folder = folder(&[("logs/app.log.gz", &log), ("logs/sources.toml", RULES.as_bytes())]);
    let ran = run_in(folder.path(), &["sources", "logs", "--set", "team=blue", "--from", "2024-05-15T00:00:00Z"], b"");
    let expected = "\
logs/app.log.gz
  format         text
  messages       begin with a line that matches \\d{4}-
  layers         gzip
  character set  UTF-8
  first message  2024-05-14 09:12:01,250 first\\tline\\n  and second
  time           2024-05-14 07:12:01.250 UTC (outside the time range)
  found          2024-05-14 09:12:01,250, format yyyy-MM-dd HH:mm:ss,SSS
  zone           Europe/Berlin (sources.toml)
  metadata       _sourceName=logs/app.log.gz
                 _sourceCategory=prod/app
                 _view=apps
                 team=blue
  sources.toml   logs/sources.toml:2
";
    let folder = folder.path().canonicalize().unwrap();
    let out = ran.out.replace(&format!("{}/", folder.display()), "");
    assert_eq!((out.as_str(), ran.err.as_str(), ran.status), (expected, "", 0));
}

#[test]
fn programs_get_an_object_for_each_input() {
    let inner = gzip(b"[10/Oct/2023:13:55:36 -0700] x\n");
    let wide: Vec<u8> = "11:42 no time\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let archive = zip(&[("in/a.gz", &inner), ("wide.txt", &wide), ("empty", b"")]);
    let own = br#"{"_raw":"x","_messageTime":"2024-05-01T00:00:00Z","_sourceHost":"h"}"#;
    let folder = folder(&[("b.zip", &archive), ("c.jsonl", own), ("d.csv", b"1715678000 a")]);
    let zone = ["--timezone", "America/New_York"];
    let ran = run_in(
        folder.path(),
        &["sources", "--json", "b.zip", "c.jsonl", "d.csv", "-", zone[0], zone[1]],
        b"May 14 09:12:01 h x",
    );
    let found = objects(&ran);
    let told = "note: b.zip/empty: it is empty: there are no messages in it\n";
    assert_eq!((found.len(), ran.err.as_str(), ran.status), (6, told, 0));
    let get = |at: usize, names: &[&str]| Value::Array(names.iter().map(|name| found[at][name].clone()).collect());
    let what = ["input", "format", "layers", "archive", "charset"];
    assert_eq!(get(0, &what), json!(["b.zip/in/a.gz", "text", ["zip", "gzip"], "b.zip", "UTF-8"]));
    assert_eq!(get(1, &what), json!(["b.zip/wide.txt", "text", ["zip"], "b.zip", "UTF-16LE"]));
    assert_eq!(get(3, &what), json!(["c.jsonl", "messages", [], null, "UTF-8"]));
    let time = ["timeMs", "timeFrom", "timeText", "timeFormat", "zone", "zoneFrom"];
    let apache = "dd/MMM/yyyy:HH:mm:ss ZZZZ";
    let stamp = "10/Oct/2023:13:55:36 -0700";
    assert_eq!(get(0, &time), json!([1_696_971_336_000_i64, "message", stamp, apache, null, null]));
    assert_eq!(found[0]["time"], "2023-10-10T16:55:36.000-04:00");
    assert_eq!(found[1]["timeFrom"], "receipt");
    assert_eq!(get(2, &time), json!([null, null, null, null, null, null]), "it is empty");
    assert_eq!(get(3, &time), json!([1_714_521_600_000_i64, "_messageTime", null, null, null, null]));
    assert_eq!(found[3]["metadata"], json!({"_sourceName": "c.jsonl", "_sourceHost": "h"}));
    assert_eq!(get(4, &time), json!([1_715_678_000_000_i64, "message", "1715678000", "epoch", null, null]));
    let ends = json!(["May 14 09:12:01", "MMM dd HH:mm:ss", "America/New_York", "--timezone"]);
    assert_eq!(get(5, &time[2..]), ends);
    assert_eq!(found[5]["firstMessage"], "May 14 09:12:01 h x");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_shown() {
    let mut cut = gzip("2024-05-14 09:12:01 x\n".repeat(50).as_bytes());
    cut.truncate(cut.len() - 9);
    let folder = folder(&[("cut.gz", &cut), ("good.log", b"no time here\n")]);
    let ran = run_in(folder.path(), &["sources", "cut.gz", "nowhere.log", "good.log"], b"");
    assert_eq!(ran.status, 3);
    assert!(ran.err.contains("error[E302]: nowhere.log: no such file"), "{}", ran.err);
    assert!(
        ran.out.contains(
            "found          receipt time: no timestamp was found; describe it with `timestamp` in sources.toml\n"
        ),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("problem        cut.gz: "), "{}", ran.out);
    let ran = run_in(folder.path(), &["sources", "--json", "nowhere.log", "good.log"], b"");
    let found = objects(&ran);
    assert_eq!((ran.status, found.len()), (3, 2));
    assert_eq!((&found[0]["input"], &found[0]["error"]), (&json!("good.log"), &json!(null)));
    assert_eq!(found[1], json!({"input": "nowhere.log", "error": "no such file"}));
    let ran = run_in(folder.path(), &["sources", "nowhere.log"], b"");
    assert_eq!((ran.status, ran.out.as_str()), (3, ""));
}

#[test]
fn long_messages_are_cut() {
    let ran = run_in(std::path::Path::new("."), &["sources", "--json"], "ü".repeat(500).as_bytes());
    let shown = objects(&ran)[0]["firstMessage"].as_str().unwrap().to_string();
    assert_eq!(shown, "ü".repeat(120) + "…");
}

#[test]
fn a_run_counts_the_messages_without_a_timestamp() {
    let lines = format!("2024-05-14 09:12:01 a\n{}", "b\n".repeat(1200));
    let folder = folder(&[("a.log", lines.as_bytes()), ("b.log", b"1715678000 a\n"), ("c.log", b"c\n")]);
    let paths = ["a.log", "b.log", "c.log"];
    let note = "note: a.log: 1,200 messages without a timestamp have the receipt time\n\
                note: c.log: 1 message without a timestamp has the receipt time\n";
    for (query, note) in [
        ("* | timeslice 1h | count by _timeslice", note),
        ("* | count", ""),
        ("nothing | timeslice 1h | count by _timeslice", ""),
    ] {
        for more in [["--threads", "1"], ["--threads", "4"], ["--chunk", "9"], ["--batch", "3"]] {
            let ran = run_in(folder.path(), &[&["run", query][..], &paths, &more].concat(), b"");
            let notes: String =
                ran.err.lines().filter(|line| line.starts_with("note")).map(|line| format!("{line}\n")).collect();
            assert_eq!((ran.status, notes.as_str()), (0, note), "{query}: {}", ran.err);
        }
    }
    let many: Vec<(String, &[u8])> = (0..6).map(|n| (format!("{n}.log"), &b"x\n"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let ran = run_in(self::folder(&many).path(), &["run", "* | first(_messageTime)", "."], b"");
    assert_eq!(ran.err.lines().count(), 5, "{}", ran.err);
    assert!(ran.err.ends_with("note: 2 more inputs have 2 such messages\n"), "{}", ran.err);
}

/// What stands above the messages, such as the names of columns, has no time, and says nothing of how theirs are found.
#[test]
fn the_first_message_that_is_no_line_of_a_head_tells() {
    let iis = "#Software: IIS\n#Version: 1.0\n#Fields: date time s-ip\n2024-05-14 09:12:01 10.0.0.5\n";
    let csv = "name,at\nann,2024-05-14 09:12:01\n";
    let banner = "App 3.1 starting\n2024-05-14 09:12:01 a\n2024-05-14 09:12:02 b\n";
    for (text, first, head) in [
        (iis, "2024-05-14 09:12:01 10.0.0.5", Some(3)),
        (csv, "ann,2024-05-14 09:12:01", Some(1)),
        (banner, "2024-05-14 09:12:01 a", Some(1)),
        ("no time\nnone either\n", "no time", None),
    ] {
        let ran = run_in(std::path::Path::new("."), &["sources", "--json", "--format", "text"], text.as_bytes());
        let found = &objects(&ran)[0];
        assert_eq!((found["firstMessage"].as_str(), found["before"].as_u64()), (Some(first), head), "{text}");
        assert_eq!(found["timeFrom"], if head.is_some() { "message" } else { "receipt" });
    }
    let ran = run_in(std::path::Path::new("."), &["sources"], iis.as_bytes());
    assert!(ran.out.contains("before it      #Software: IIS (and 2 more without a time)\n"), "{}", ran.out);
}
