//! Inputs are known by their content, whatever they are called: the ones a wrong guess would hurt most, and real logs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::files::{folder, gzip};
use crate::inputs::every_way;
use crate::program::run_in;
use crate::shared;
use crate::writer::{Event, log};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use sumoql_input::InputRequest;

/// What `sumoql sources` takes inputs for, by name: the format, the layers and the character set.
fn taken_for(folder: &Path, paths: &[&str]) -> BTreeMap<String, (String, Value, Value)> {
    let ran = run_in(folder, &[&["sources", "--json"], paths].concat(), b"");
    let objects = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_string();
    objects.map(|o| (text(&o["input"]), (text(&o["format"]), o["layers"].clone(), o["charset"].clone()))).collect()
}

/// Asserts what an input of this name and content is taken for, and which messages it gives, however it is read.
fn check(name: &str, bytes: &[u8], format: &str, expected: &[&str]) -> (Value, Value) {
    let folder = folder(&[(name, bytes)]);
    let (found, layers, charset) = taken_for(folder.path(), &[name]).remove(name).unwrap();
    assert_eq!(found, format, "{name}");
    let raws: Vec<_> = every_way(bytes, &InputRequest::default()).0.into_iter().map(|(_, raw)| raw).collect();
    assert_eq!(raws, expected, "{name}");
    (layers, charset)
}

#[test]
fn names_say_nothing() {
    check("json.log", b"{\"a\":1}\n{\"a\":2}\n", "json", &["{\"a\":1}", "{\"a\":2}"]);
    let events = ["<Event><System><EventID>1</EventID></System></Event>", "<Event>\n<System/></Event>"];
    check("xml.txt", events.join("\n").as_bytes(), "xml", &events);
    let event = Event::new(1, 1, &[("Image", "a.exe")]);
    check("log.bin", &log(std::slice::from_ref(&event)), "evtx", &[&event.xml()]);
}

const LINES: [&str; 2] = ["2024-05-14 09:12:01 one", "2024-05-14 09:12:02 zwölf"];

#[test]
fn layers_need_no_name_and_no_mark() {
    let text = LINES.join("\r\n");
    let (layers, _) = check("zipped.log", &gzip(text.as_bytes()), "text", &LINES);
    assert_eq!(layers, serde_json::json!(["gzip"]));
    let units = || text.encode_utf16();
    let (_, little) = check("le.log", &units().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "text", &LINES);
    let (_, big) = check("be.log", &units().flat_map(u16::to_be_bytes).collect::<Vec<_>>(), "text", &LINES);
    assert_eq!((little, big), ("UTF-16LE".into(), "UTF-16BE".into()));
}

#[test]
fn json_inside_messages_makes_no_json() {
    let log4j = [
        "2024-05-14 09:12:01,250 INFO [main] Got {\"a\": 1,\n  \"b\": 2}\n{\"c\": 3}",
        "2024-05-14 09:12:02,250 INFO [main] Got {\"a\": 2}",
    ];
    check("log4j.log", log4j.join("\n").as_bytes(), "text", &log4j);
    let syslog = ["<134>May 14 09:12:01 host app[1]: {\"a\":1}", "<134>May 14 09:12:02 host app[1]: {\"a\":2}"];
    check("syslog.log", syslog.join("\n").as_bytes(), "text", &syslog);
}

#[test]
fn a_banner_makes_no_json() {
    for banner in ["{ starting up }", "{\"version\": 3}"] {
        let lines = ["2024-05-14 09:12:01 a", "2024-05-14 09:12:02 b\n  at c", "2024-05-14 09:12:03 d"];
        let expected = [&[banner][..], &lines].concat();
        check("banner.log", expected.join("\n").as_bytes(), "text", &expected);
    }
}

/// One line that is broken, or a few, do not make text of JSON.
#[test]
fn broken_lines_leave_json_what_it_is() {
    let lines = ["{\"a\":1}", "{\"a\":", "no, json", "{\"a\":3}"];
    check("app.log", lines.join("\n").as_bytes(), "json", &lines);
    check("app.log", lines[..1].join("\n").as_bytes(), "json", &lines[..1]);
}

#[test]
fn commas_make_no_csv() {
    let access: Vec<_> =
        (1..9).map(|n| format!("10.0.0.{n},-,alice,2024-05-14 09:12:0{n},GET,/a?b=1,200,17")).collect();
    let quoted: Vec<_> = (1..9)
        .map(|n| format!("10.0.0.{n} - - [14/May/2024:09:12:0{n} +0000] \"GET /a,b,c HTTP/1.1\" 200 1 \"Mozilla (X11, KHTML, x)\""))
        .collect();
    let log4j: Vec<_> = (1..9).map(|n| format!("2024-05-14 09:12:0{n},250 INFO alpha, beta, gamma")).collect();
    for lines in [access, quoted, log4j] {
        let expected: Vec<_> = lines.iter().map(String::as_str).collect();
        check("access.csv", lines.join("\n").as_bytes(), "text", &expected);
    }
}

/// The format that real logs are of, as their names tell people. A name that tells nothing is not looked at.
fn by_name(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    match path.extension()?.to_str()? {
        "xml" => Some("xml"),
        "evtx" => Some("evtx"),
        "jsonl" => Some("json"),
        "md" => Some("text"),
        "log" if name == "linux_sysmon.log" => Some("xml"),
        "log" => Some("text"),
        "txt" if name == "sysmon_multiline.txt" => Some("xml"),
        _ => None,
    }
}

#[test]
fn real_logs() {
    let Some(data) = shared::data() else { return };
    let all = taken_for(&data, &["."]);
    let mut looked_at = 0;
    for (name, (format, ..)) in &all {
        let path = data.join(name);
        // Nothing can be told of nothing.
        if std::fs::metadata(&path).is_ok_and(|file| file.len() <= 1) {
            continue;
        }
        if let Some(expected) = by_name(&path) {
            assert_eq!(format, expected, "{name}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 20, "{all:?}");
}
