//! JSON as it lies on disk: lines, arrays, documents of records, and what is broken in between.

#![allow(clippy::unwrap_used)]

mod inputs;
mod program;

use inputs::every_way;
use program::run_in;
use sumoql::input::Request;

/// The texts of the messages and the notes, however the bytes are read.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (found, notes) = every_way(bytes, &Request::default());
    for (offset, raw) in &found {
        assert!(bytes[*offset as usize..].starts_with(&raw.as_bytes()[..raw.len().min(8)]) || raw.contains('\u{fffd}'));
    }
    (found.into_iter().map(|(_, raw)| raw).collect(), notes)
}

fn raws(text: &str) -> Vec<String> {
    let (raws, notes) = read(text.as_bytes());
    assert_eq!(notes, [""; 0]);
    raws
}

#[test]
fn documents_of_records_give_a_message_a_record() {
    let (a, b) = (r#"{"eventName":"A","x":{"Records":[1,2]}}"#, r#"{"eventName":"B}]","y":[{}]}"#);
    for text in [
        format!("{{\"Records\":[{a},{b}]}}"),
        format!("{{\"Records\":[{a},{b}]}}\n"),
        format!("{{\n  \"Records\" : [\n    {a},\n    {b}\n  ]\n}}\n"),
        format!("{{\"Records\":[{a}]}}{{\"Records\":[]}}\n{{\"records\":[{b}]}}"),
    ] {
        assert_eq!(raws(&text), [a, b], "{text}");
    }
    let many: String = (0..200).map(|n| format!("{{\"Records\":[{{\"n\":{n}}}]}}\n")).collect();
    assert_eq!(raws(&many), (0..200).map(|n| format!("{{\"n\":{n}}}")).collect::<Vec<_>>());
    assert_eq!(raws("{\"Records\":[]}"), [""; 0]);
    // What stands around them is kept.
    assert_eq!(raws("{\"Records\":[{\"a\":1}]}\n{\"b\":2}\n"), ["{\"a\":1}", "{\"b\":2}"]);
    // Cut short: what is there is given, and that the last one is broken.
    let (found, notes) = read(b"{\"Records\":[{\"a\":1},{\"b\":");
    assert_eq!(found, ["{\"a\":1}", "{\"b\":"]);
    assert!(notes[0].starts_with("1 message is no JSON, near byte 20"), "{notes:?}");
}

/// What stands beside the records is not lost, and does not come out in pieces: an object each of what precedes and what
/// follows.
#[test]
fn what_stands_beside_records_is_an_object() {
    let (a, b) = (r#"{"eventName":"A","x":{"Records":[{}]}}"#, r#"{"eventName":"B}]","y":[{}]}"#);
    let pretty = format!(
        "{{\n  \"x\": [1, {{\"z\": \"}}\"}}],\n  \"n\": null,\n  \"Records\" : [\n    {a},\n    {b}\n  ]\n}}\n"
    );
    let cases = [
        (format!("{{\"x\":1,\"Records\":[{a},{b}]}}"), vec!["{\"x\":1}", a, b]),
        (format!("{{\"x\":1,\"Records\":[{a}],\"y\":{{\"z\":2}}}}\n"), vec!["{\"x\":1}", a, "{\"y\":{\"z\":2}}"]),
        (format!("{{\"Records\":[{a},{b}] , \"y\":2 }}"), vec![a, b, "{ \"y\":2 }"]),
        (pretty, vec!["{\n  \"x\": [1, {\"z\": \"}\"}],\n  \"n\": null}", a, b]),
        (format!("{{\"Records\":[{a}],\"y\":2}}{{\"Records\":[],\"z\":3}}\n"), vec![a, "{\"y\":2}", "{\"z\":3}"]),
    ];
    for (text, expected) in cases {
        let (found, notes) = every_way(text.as_bytes(), &Request::default());
        assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), expected, "{text}");
        assert_eq!(notes, [""; 0]);
        // Offsets are those of the bytes, but for the brace that a comma has become.
        for (offset, raw) in found {
            let end = offset as usize + raw.len();
            assert_eq!(text[offset as usize + 1..end - 1], raw[1..raw.len() - 1], "{text}");
        }
    }
    let long = format!("{{\"x\":\"{}\",\"Records\":[{a}],\"y\":[{}0]}}", "x".repeat(40_000), "1,".repeat(20_000));
    let lengths: Vec<_> = raws_unchecked(&long).iter().map(String::len).collect();
    assert_eq!(lengths, [40_008, a.len(), 40_009]);
}

fn raws_unchecked(text: &str) -> Vec<String> {
    every_way(text.as_bytes(), &Request::default()).0.into_iter().map(|(_, raw)| raw).collect()
}

/// A log whose lines have such a member is a log of lines.
#[test]
fn records_in_lines_are_not_taken_apart() {
    let line = r#"{"level":"info","Records":[{"id":1},{"id":2}]}"#;
    assert_eq!(raws(&format!("{line}\n{line}\n")), [line, line]);
    let lower = line.replace("Records", "records");
    assert_eq!(raws(&format!("{lower}\n")), [lower.as_str()]);
    assert_eq!(raws("{\"a\":1,\"Records\":[1,2]}\n"), ["{\"a\":1,\"Records\":[1,2]}"]);
}

#[test]
fn broken_lines_are_kept_and_counted() {
    let text = b"{\"a\":1}\n{\"a\":2\noops\n\n\xFF\xFE{\"a\":3}\n{\"a\":4}\n";
    let (found, notes) = read(text);
    assert_eq!(found, ["{\"a\":1}", "{\"a\":2", "oops", "\u{fffd}\u{fffd}{\"a\":3}", "{\"a\":4}"]);
    assert!(notes[0].starts_with("3 messages are no JSON, the first near byte 8;"), "{notes:?}");
    let (found, notes) = read(b"{\n \"a\": 1\n}\nno, json\n{\n \"a\": 2\n}\n");
    assert_eq!(found, ["{\n \"a\": 1\n}", "no, json", "{\n \"a\": 2\n}"]);
    assert!(notes[0].starts_with("1 message is no JSON, near byte 12;"), "{notes:?}");
}

#[test]
fn what_is_no_message_with_metadata_is_kept_and_counted() {
    for text in [
        "{\"_raw\":\"a\"}\n{\"raw\":1}\n{\"_raw\":\n{\"_raw\":\"b\"}\n",
        "[{\"_raw\":\"a\"},\n{\"raw\":1},\nnull,\n{\"_raw\":\"b\"}]",
    ] {
        let (found, notes) = every_way(text.as_bytes(), &Request::default());
        assert_eq!((found.len(), found[0].1.as_str(), found[3].1.as_str()), (4, "a", "b"), "{text}");
        let told = format!("2 messages are no JSON objects with `_raw`, the first near byte {};", found[1].0);
        assert!(notes[0].starts_with(&told), "{notes:?}");
    }
}

#[test]
fn shippers_objects_are_messages_as_they_stand() {
    let nxlog = r#"{"EventTime":"2024-05-01 10:00:00","Hostname":"h","EventID":1,"Message":"a\r\nb"}"#;
    let winlogbeat =
        r#"{"@timestamp":"2024-05-01T10:00:00.000Z","winlog":{"event_id":1},"event":{"original":"<Event/>"}}"#;
    assert_eq!(raws(&format!("{nxlog}\n{winlogbeat}\n")), [nxlog, winlogbeat]);
    assert_eq!(raws(&format!("[{nxlog},\n{winlogbeat}]")), [nxlog, winlogbeat]);
}

#[test]
fn the_program_reads_records_and_tells_what_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let text = "{\"Records\": [{\"eventTime\":\"2024-05-01T10:00:00Z\",\"eventName\":\"A\"},\n{\"eventName\":\"B\"}]}";
    let query = "* | json \"eventName\" as name | count by name | sort by name asc";
    let ran = run_in(folder.path(), &["run", "--output", "jsonl", query], text.as_bytes());
    assert_eq!(ran.out, "{\"name\":\"A\",\"_count\":1}\n{\"name\":\"B\",\"_count\":1}\n");
    let ran = run_in(folder.path(), &["run", "--output", "jsonl", "* | count"], b"{\"a\":1}\n{\"a\":\n");
    assert!(
        ran.out == "{\"_count\":2}\n" && ran.status == 0 && ran.err.contains("no JSON, near byte 8"),
        "{}",
        ran.err
    );
}
