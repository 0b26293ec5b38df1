//! Auto parse mode: fields of the JSON in messages without a stage that parses it, and records of Cloud SIEM.

#![allow(clippy::unwrap_used)]

use crate::program::{Ran, run_in};
use tempfile::TempDir;

const JSON: &str = r#"{"status":500,"user":{"name":"ann","first name":"A"},"items":[{"sku":"a1"},{"sku":"a2"}],"tags":["x","y"],"_sourceHost":"evil","_id":7}
2024-05-01 00:00:01 request {"status":200,"user":{"name":"bob"},"total time":9,"note":null}
plain text status=500
"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Ran {
    run_in(folder.path(), &[&["run", "--output", "jsonl"], args].concat(), b"")
}

/// Queries over [`JSON`] in auto parse mode, and what they give.
const QUERIES: &[(&str, &str)] = &[
    ("* | where status = 500 | count", r#"{"_count":1}"#),
    ("* | where status > 100 | count", r#"{"_count":2}"#),
    ("status=500 | count", r#"{"_count":1}"#),
    ("status=5* user.name=* | count", r#"{"_count":1}"#),
    ("NOT status=500 | count", r#"{"_count":2}"#),
    ("status!=500 | count", r#"{"_count":2}"#),
    ("* | where isNull(status) | count", r#"{"_count":1}"#),
    ("* | where STATUS = 500 | count", r#"{"_count":1}"#),
    ("* | count by %\"user.name\" | where _count = 1 | count", r#"{"_count":3}"#),
    ("status=200 | count by user.name", r#"{"user.name":"bob","_count":1}"#),
    ("status=200 | fields total_time", r#"{"total_time":"9"}"#),
    ("status=200 | fields %\"total time\"", r#"{"total time":"9"}"#),
    ("status=500 | fields %\"user.first name\"", r#"{"user.first name":"A"}"#),
    (
        "status=500 | fields %\"items[1].sku\", tags, %\"tags[0]\"",
        r#"{"items[1].sku":"a2","tags":"[\"x\",\"y\"]","tags[0]":"x"}"#,
    ),
    ("status=500 | fields _sourceHost, _id", r#"{"_sourceHost":null,"_id":"7"}"#),
    ("_sourceHost=evil | count", ""),
    ("note=* | count", ""),
    ("* | parse \"\\\"status\\\":*,\" as status | where status = 5 | count", ""),
    ("status=500 | \"x\" as status | fields status", r#"{"status":"x"}"#),
    ("status=500 | fields - status | where isNull(status) | count", r#"{"_count":1}"#),
    ("status=500 | toUpperCase(user.name) as u | fields u", r#"{"u":"ANN"}"#),
    ("* | if(isNull(status), \"none\", status) as s | count by s | where s = \"none\"", r#"{"s":"none","_count":1}"#),
    ("* | sum(status) as s, max(status) as m", r#"{"s":700,"m":500}"#),
    ("[subquery: status=500 | count by user.name | compose user.name] | count", r#"{"_count":1}"#),
    ("* | where [subquery: status=500 | count by user.name | compose user.name] | count", r#"{"_count":1}"#),
    (
        "* | join (where status = 500) as a, (where status = 500) as b on a.status = b.status | fields a_status, b_status",
        r#"{"a_status":"500","b_status":"500"}"#,
    ),
    ("* | fields status | where isNull(user.name) | count", r#"{"_count":3}"#),
    ("status=500 | json auto | fields status", r#"{"status":"500"}"#),
    ("* | lookup team from t on user=user.name | count by team | where team = \"red\"", r#"{"team":"red","_count":1}"#),
    ("* | where !isNull(status) | sort by status | limit 1 | fields user.name", r#"{"user.name":"ann"}"#),
    ("status=500 | count by status, user.name | transpose row status column user.name", r#"{"status":"500","ann":1}"#),
];

#[test]
fn fields_are_there_without_a_stage() {
    let folder = folder(&[("a.log", JSON), ("t.csv", "user,team\nann,red\n")]);
    for (query, expected) in QUERIES {
        for more in [&[][..], &["--threads", "1", "--batch", "1", "--chunk", "9"]] {
            let ran = run(&folder, &[&["--auto-parse", query, "a.log"], more].concat());
            assert_eq!((ran.status, ran.out.trim_end()), (0, *expected), "{query}\n{}", ran.err);
        }
    }
}

#[test]
fn without_the_mode_there_are_none() {
    let folder = folder(&[("a.log", JSON)]);
    assert_eq!(run(&folder, &["* | where status = 500 | count", "a.log"]).out, "");
    let ran = run(&folder, &["status=500 | count", "a.log"]);
    assert!(ran.out.is_empty() && ran.err.contains("`--auto-parse`"), "{}", ran.err);
}

#[test]
fn messages_are_shown_as_they_are() {
    let folder = folder(&[("a.log", JSON)]);
    for query in ["*", "request"] {
        let plain = run(&folder, &[query, "a.log"]);
        assert_eq!(run(&folder, &["--auto-parse", query, "a.log"]).out, plain.out);
    }
    let rows = run(&folder, &["--auto-parse", "status=200", "a.log"]).out;
    assert!(rows.contains("\"_raw\"") && !rows.contains("\"status\":\""), "{rows}");
}

#[test]
fn sources_toml_says_which_inputs_have_them() {
    for rule in [
        "auto_parse = true",
        "extract = 'json auto'",
        "extract = { scope = '_sourceName=*a.log', parse = 'json auto' }",
    ] {
        let toml = format!("[[source]]\nfiles = \"*.log\"\n{rule}\n");
        let folder = folder(&[("a.log", JSON), ("b.txt", JSON), ("sources.toml", &toml)]);
        let out = run(&folder, &["status=* | count by _sourceName", "a.log", "b.txt"]).out;
        assert_eq!(out, "{\"_sourceName\":\"a.log\",\"_count\":2}\n", "{rule}");
        let out = run(&folder, &["* | where !isNull(status) | count by _sourceName", "a.log", "b.txt"]).out;
        assert_eq!(out, "{\"_sourceName\":\"a.log\",\"_count\":2}\n", "{rule}");
        // The option is for all inputs.
        let out = run(&folder, &["--auto-parse", "status=* | count", "a.log", "b.txt"]).out;
        assert_eq!(out, "{\"_count\":4}\n", "{rule}");
    }
    let scoped = "[[source]]\nfiles = \"*\"\nextract = { scope = '_sourceName=b*', parse = 'json auto' }\n";
    let folder = folder(&[("a.log", JSON), ("b.txt", JSON), ("sources.toml", scoped)]);
    let out = run(&folder, &["status=* | count by _sourceName", "a.log", "b.txt"]).out;
    assert_eq!(out, "{\"_sourceName\":\"b.txt\",\"_count\":2}\n");
}

#[test]
fn what_is_known_already_is_not_overridden() {
    let rules = "[[source]]\nfiles = \"*\"\nauto_parse = true\nteam = \"\"\n_sourceCategory = \"prod\"\n\
                 extract = 'parse \"\\\"name\\\":\\\"*\\\"\" as status'\n[source.metadata]\nnote = \"kept\"\nempty = \"\"\n";
    let rules = rules.replace("team = \"\"\n", "");
    let line = r#"{"status":500,"name":"n","note":"json","empty":"json","_sourceCategory":"evil"}"#;
    let folder = folder(&[("a.log", line), ("sources.toml", &rules)]);
    let out = run(&folder, &["note=kept | fields status, note, empty, _sourceCategory", "a.log"]).out;
    assert_eq!(out, "{\"status\":\"n\",\"note\":\"kept\",\"empty\":\"json\",\"_sourceCategory\":\"prod\"}\n");
    assert_eq!(run(&folder, &["note=json or _sourceCategory=evil or status=500 | count", "a.log"]).out, "");
    // Rules come before such fields are there.
    let rules =
        "[[source]]\nfiles = \"*\"\nauto_parse = true\nextract = { scope = 'status=500', parse = 'parse \"*\" as x' }";
    std::fs::write(folder.path().join("sources.toml"), rules).unwrap();
    assert_eq!(run(&folder, &["x=* | count", "a.log"]).out, "");
}

#[test]
fn a_hundred_fields_of_a_message_and_no_more() {
    let fields: Vec<String> = (0..150).map(|n| format!("\"f{n}\":{{\"x\":{n}}}")).collect();
    let folder = folder(&[("a.log", &format!("{{{}}}\n", fields.join(",")))]);
    let ran = run(&folder, &["--auto-parse", "* | fields f99.x, f100.x", "a.log"]);
    assert_eq!(ran.out, "{\"f99.x\":\"99\",\"f100.x\":null}\n");
    assert!(ran.err.contains("1 message has a field that the query uses beyond the first 100"), "{}", ran.err);
    let ran = run(&folder, &["--auto-parse", "* | fields f1.x", "a.log"]);
    assert!(ran.out == "{\"f1.x\":\"1\"}\n" && !ran.err.contains("beyond"), "{}", ran.err);
    // Records of Cloud SIEM have all of theirs.
    let ran = run(&folder, &["--set", "_view=sec_record_x", "* | fields f149.x", "a.log"]);
    assert!(ran.out == "{\"f149.x\":\"149\"}\n" && !ran.err.contains("beyond"), "{}", ran.err);
}

/// Records, as `_raw` and as metadata, and a message of another partition.
const RECORDS: &str = r#"{"_raw":"{\"objectType\":\"NetworkHTTP\",\"fields\":{\"application\":\"test app\",\"port\":8443},\"path\":\"C:\\\\Windows\\\\x.exe\"}","_view":"sec_record_network"}
{"_raw":"{\"id\":2}","_view":"sec_record_authentication","objectType":"Authentication","logonType":"Kerberos","bytes":512,"fields":{"application":"vpn","tags":["red","blue"]}}
{"_raw":"kerberos in the text","_view":"web","logonType":"Kerberos"}
{"_raw":"{\"objectType\":\"NetworkHTTP\",\"application\":\"test app\"}","_view":"web"}
"#;

#[test]
fn records_of_cloud_siem_have_fields_and_words_in_all_of_them() {
    let folder = folder(&[("r.jsonl", RECORDS)]);
    for (query, count) in [
        ("_index=sec_record_network objectType=NetworkHTTP", 1),
        ("_index=sec_record_* objectType=*", 2),
        ("_view=sec_* | where %\"fields.application\" = \"test app\"", 1),
        ("_view=sec_* | where fields.application = \"vpn\"", 1),
        ("_view=sec_* fields.port=8443", 1),
        ("_view=sec_* | where %\"fields.tags[1]\" = \"blue\"", 1),
        ("objectType=NetworkHTTP", 1),
        ("_index=sec_* kerberos", 1),
        ("_index=sec_* KERB*", 1),
        ("_index=sec_* !kerberos", 1),
        ("_index=sec_* 512", 1),
        ("_index=sec_* 8443", 1),
        ("_index=sec_* vpn", 1),
        ("_index=sec_* blue", 1),
        ("_index=sec_* \"test app\"", 1),
        ("_index=sec_* \"C:\\\\Windows\\\\x.exe\"", 1),
        ("_index=sec_* \" vpn \"", 1),
        ("_index=sec_* \"Kerberos Authentication\"", 0),
        ("_index=sec_* \"Authentication Kerberos\"", 0),
        ("_index=sec_* sec_record_network", 0),
        ("_index=web kerberos", 1),
        ("kerberos", 2),
        ("_view=sec_* [subquery: _view=web | \"kerberos\" as k | count by k | compose k keywords]", 1),
    ] {
        let query = format!("{query} | count");
        let expected = if count > 0 { format!("{{\"_count\":{count}}}\n") } else { String::new() };
        let ran = run(&folder, &["--format", "messages", &query, "r.jsonl"]);
        assert_eq!((ran.status, ran.out), (0, expected), "{query}\n{}", ran.err);
    }
    // What is said of an input counts for all of its messages.
    let json = "{\"objectType\":\"Email\",\"x\":{\"y\":\"caf\\u00e9\"}}\n".repeat(3000);
    std::fs::write(folder.path().join("r.json"), json).unwrap();
    for query in ["_index=sec_record_email objectType=Email | count", "café | count", "urgent | count"] {
        let set = ["--set", "_view=sec_record_email", "--set", "label=urgent"];
        assert_eq!(run(&folder, &[&set[..], &[query, "r.json"]].concat()).out, "{\"_count\":3000}\n", "{query}");
    }
}

#[test]
fn words_that_the_json_around_messages_escapes_are_found() {
    let lines = "{\"_raw\":\"un caf\\u00e9\"}\n".repeat(5000);
    let folder = folder(&[("m.jsonl", &lines)]);
    assert_eq!(run(&folder, &["--format", "messages", "café | count", "m.jsonl"]).out, "{\"_count\":5000}\n");
}

#[test]
fn it_can_be_switched_off_and_mistakes_are_told() {
    let folder = folder(&[("r.jsonl", RECORDS)]);
    let with = |rule: &str| {
        std::fs::write(folder.path().join("sources.toml"), format!("[[source]]\nfiles = \"*\"\n{rule}\n")).unwrap();
        run(&folder, &["--format", "messages", "_view=sec_* objectType=NetworkHTTP | count", "r.jsonl"])
    };
    assert_eq!(with("auto_parse = false").out, "");
    assert_eq!(with("").out, "{\"_count\":1}\n");
    for (rule, message) in [
        ("auto_parse = 1", "`auto_parse` is true or false"),
        ("extract = 'json auto maxdepth 2'", "the single stage `json auto`"),
        ("extract = { scope = '_size=3', parse = 'json auto' }", "can only contain metadata and words"),
    ] {
        let ran = with(rule);
        assert!(ran.status == 3 && ran.err.contains("sources.toml:3") && ran.err.contains(message), "{}", ran.err);
    }
}

#[test]
fn a_field_of_the_json_is_no_mistake() {
    let folder = folder(&[]);
    let check = |args: &[&str]| run_in(folder.path(), &[&["check"], args].concat(), b"").err;
    assert!(check(&["* | where status = 500"]).contains("W202"));
    assert_eq!(check(&["--auto-parse", "* | where status = 500"]), "");
    assert_eq!(check(&["_index=sec_record_* | where status = 500 | count by %\"fields.x\""]), "");
    // What is gone is gone.
    assert!(check(&["--auto-parse", "* | count by a | where status = 500"]).contains("W237"));
}

#[test]
fn stories_and_cases_see_them() {
    let folder =
        folder(&[("a.log", JSON), ("q.sumo", "* | where status = 500 | count by user.name"), ("sources.toml", "")]);
    let args = ["explain", "--auto-parse", "status=500 | where user.name = \"bob\"", "a.log", "--message", "1"];
    let told = run_in(folder.path(), &args, b"").out;
    assert!(told.contains("ann"), "{told}");
    std::fs::create_dir(folder.path().join("q")).unwrap();
    let case = "inputs: ../a.log\nauto-parse: yes\n--- expect\n| user.name | _count |\n|---|---|\n| ann | 1 |\n";
    std::fs::write(folder.path().join("q/c.case"), case).unwrap();
    let ran = run_in(folder.path(), &["test", "q.sumo"], b"");
    assert_eq!(ran.status, 0, "{}", ran.out);
}
