//! JSON as it lies on disk: lines, arrays, documents of records, and what is broken in between.

#![allow(clippy::unwrap_used)]

use crate::inputs::every_way;
use crate::program::run_in;
use sumoql_input::InputRequest;

/// The texts of the messages and the notes, however the bytes are read.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (found, notes) = every_way(bytes, &InputRequest::default());
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
    assert!(notes[0].starts_with("1 message is not JSON, near byte 20"), "{notes:?}");
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
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
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
    every_way(text.as_bytes(), &InputRequest::default()).0.into_iter().map(|(_, raw)| raw).collect()
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
    assert!(notes[0].starts_with("3 messages are not JSON, the first near byte 8;"), "{notes:?}");
    let (found, notes) = read(b"{\n \"a\": 1\n}\nno, json\n{\n \"a\": 2\n}\n");
    assert_eq!(found, ["{\n \"a\": 1\n}", "no, json", "{\n \"a\": 2\n}"]);
    assert!(notes[0].starts_with("1 message is not JSON, near byte 12;"), "{notes:?}");
}

#[test]
fn what_is_no_message_with_metadata_is_kept_and_counted() {
    for text in [
        "{\"_raw\":\"a\"}\n{\"raw\":1}\n{\"_raw\":\n{\"_raw\":\"b\"}\n",
        "[{\"_raw\":\"a\"},\n{\"raw\":1},\nnull,\n{\"_raw\":\"b\"}]",
    ] {
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
        assert_eq!((found.len(), found[0].1.as_str(), found[3].1.as_str()), (4, "a", "b"), "{text}");
        let told = format!("2 messages are not JSON objects with `_raw`, the first near byte {};", found[1].0);
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
        ran.out == "{\"_count\":2}\n" && ran.status == 0 && ran.err.contains("not JSON, near byte 8"),
        "{}",
        ran.err
    );
}

/// Documents of APIs that hold the messages in an array.
#[test]
fn an_array_in_a_document_holds_the_messages() {
    let (a, b) = (r#"{"id":1,"time":"2024-05-14T09:12:01Z"}"#, r#"{"id":2,"time":"2024-05-14T09:12:02Z","x":[{}]}"#);
    let told = |name: &str| {
        vec![format!("each element of the document's array `{name}` is a message; the rest of the document is ignored")]
    };
    for (text, name, expected) in [
        (format!("{{\"value\":[{a},{b}]}}"), "value", vec![a, b]),
        (format!("{{\n \"events\": [\n {a},\n {b}\n ],\n \"next\": \"f/1\"\n}}\n"), "events", vec![a, b]),
        (format!("{{\"kind\":\"List\",\"items\":[{a}]}}\n"), "items", vec![a]),
    ] {
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
        assert_eq!(
            (found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), notes),
            (expected, told(name)),
            "{text}"
        );
    }
    // Longer than what is looked at, and far longer than what is held.
    let many: Vec<String> = (0..4_000).map(|n| format!("{{\"id\":{n},\"time\":\"2024-05-14T09:12:01Z\"}}")).collect();
    let (found, _) = read(format!("{{\"value\":[{}]}}", many.join(",")).as_bytes());
    assert_eq!(found, many);
    let (found, _) = read(format!("{{\n \"value\": [\n{}", many.join(",\n")).as_bytes());
    assert_eq!(found, many, "cut short");
}

#[test]
fn a_message_may_have_an_array() {
    let line = r#"{"ts":"2024-05-14T09:12:01Z","items":[{"sku":1},{"sku":2}]}"#;
    for text in
        [line.to_string(), format!("{line}\n{line}\n"), format!("{{\"value\":[{line}]}}\n{{\"value\":[{line}]}}\n")]
    {
        assert_eq!(raws(&text), text.lines().collect::<Vec<_>>());
    }
    let hits = format!("{{\"hits\":{{\"hits\":[{line},{line}]}}}}");
    let (found, notes) = read(hits.as_bytes());
    assert_eq!(found, [hits.as_str()]);
    assert!(notes[0].contains("`jq -c '.hits.hits[]'`"), "{notes:?}");
}

const FIELDS: &str = r#"[{"name":"_messagetime","fieldType":"long"},{"name":"bytes","fieldType":"double"},{"name":"user","fieldType":"string"}]"#;

/// A page of messages as the Search Job API gives it.
fn page(fields: &str, users: &[&str]) -> String {
    let map = |user: &&str| {
        format!(
            r#"{{"map":{{"_messagetime":"1715677921000","_sourcecategory":"prod/shop","_raw":"cart {user}","user":"{user}","bytes":"10.5"}}}}"#
        )
    };
    format!(r#"{{"warning":"",{fields}"messages":[{}]}}"#, users.iter().map(map).collect::<Vec<_>>().join(","))
}

/// The results of a search job: pages of messages one after the other, as they came, indented, in an array, or their maps.
#[test]
fn pages_of_a_search_job_are_messages_with_their_metadata() {
    let with = format!("\"fields\":{FIELDS},");
    let pages = [page(&with, &["ann", "bob"]), page("", &["cid"]), page(&with, &[])];
    let pretty =
        |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap();
    let maps = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["messages"].clone();
    let lines = |text: &str| maps(text).as_array().unwrap().iter().map(|map| format!("{map}\n")).collect::<String>();
    for text in [
        pages.concat(),
        pages.join("\n"),
        pages.each_ref().map(|page| pretty(page)).join("\n"),
        format!("[{}]", pages.join(",")),
        format!("{}{}", maps(&pages[0]), maps(&pages[1])),
        format!("{}{}", lines(&pages[0]), lines(&pages[1])),
    ] {
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
        assert_eq!(
            found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(),
            ["cart ann", "cart bob", "cart cid"],
            "{text}"
        );
        assert!(notes.is_empty() && found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let query = "_sourceCategory=prod/* | where user != \"cid\" | max(_messagetime) as t, sum(bytes) as b, count";
        let ran = run_in(std::path::Path::new("."), &["run", "--output", "jsonl", query], text.as_bytes());
        assert_eq!(ran.out, "{\"t\":1715677921000,\"b\":21,\"_count\":2}\n", "{}", ran.err);
    }
}

#[test]
fn records_of_a_search_job_are_messages_of_their_fields() {
    let text = r#"{"fields":[{"name":"status","fieldType":"string","keyField":true},{"name":"hits","fieldType":"int","keyField":false}],"records":[{"map":{"status":"200","hits":"17"}},{"map":{"status":"404","hits":"3"}}]}"#;
    let run =
        |query: &str| run_in(std::path::Path::new("."), &["run", "--output", "jsonl", query], text.as_bytes()).out;
    assert_eq!(run("* | where status = \"404\" | fields hits"), "{\"hits\":3}\n");
    assert_eq!(
        run("* | sort by hits | limit 1 | fields _raw"),
        "{\"_raw\":\"{\\\"status\\\":\\\"200\\\",\\\"hits\\\":\\\"17\\\"}\"}\n"
    );
}

/// Only such pages are.
#[test]
fn other_messages_among_members_are_parts_of_a_message() {
    let chat = r#"{"ts":"2024-05-14T09:12:01Z","messages":[{"role":"user","content":"hi"}]}"#;
    assert_eq!(raws(&format!("{chat}\n{chat}\n")), [chat, chat]);
    assert_eq!(raws(chat), [chat]);
}
