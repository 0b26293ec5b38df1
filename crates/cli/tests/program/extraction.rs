//! Field extraction rules of `sources.toml`: their fields are metadata of each message.

#![allow(clippy::unwrap_used)]

use crate::program::{Ran, run_in};
use tempfile::TempDir;

const LOG: &str = "\
2024-05-01 10:00:00 INFO user=ann, action=login took=5
2024-05-01 10:00:01 ERROR user=bob, action=upload took=900
2024-05-01 10:00:02 INFO nothing here
2024-05-01 10:00:03 POST user=eve, action=x took=7 user=zoe, action=y 
";

fn folder(rules: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), LOG).unwrap();
    std::fs::write(folder.path().join("other.txt"), LOG).unwrap();
    std::fs::write(folder.path().join("sources.toml"), format!("[[source]]\nfiles = \"*.log\"\n{rules}\n")).unwrap();
    folder
}

fn rows(folder: &TempDir, query: &str, input: &str) -> Ran {
    run_in(folder.path(), &["run", "--output", "jsonl", query, input], b"")
}

const RULES: &str = r#"extract = [
  'parse "user=*, action=* " as user, action',
  { scope = "ERROR or _sourceName=none", parse = 'parse regex "took=(?<took>\d+)" | num(took) | took * 1000 as micros' },
]"#;

#[test]
fn fields_are_there_in_the_scope_and_in_stages() {
    let folder = folder(RULES);
    let out = |query: &str| rows(&folder, query, "a.log").out;
    assert_eq!(out("user=bob | fields action, micros"), "{\"action\":\"upload\",\"micros\":900000}\n");
    assert_eq!(out("* | where micros > 5 | count by user"), "{\"user\":\"bob\",\"_count\":1}\n");
    // The first rule fits the last message, the second one's scope does not.
    assert_eq!(out("action=x | where isNull(took) | count"), "{\"_count\":1}\n");
    assert_eq!(out("NOT user=* | count"), "{\"_count\":1}\n");
    // A stage of the query wins.
    assert_eq!(out("bob | \"me\" as user | fields user"), "{\"user\":\"me\"}\n");
}

#[test]
fn a_rule_gives_all_of_its_fields_or_none() {
    let folder = folder("extract = '''parse \"user=*,\" as user | parse \"took=* user\" as took'''");
    let out = rows(&folder, "* | where !isNull(user) | count by user, took", "a.log").out;
    assert_eq!(out, "{\"user\":\"eve\",\"took\":\"7\",\"_count\":1}\n");
}

#[test]
fn only_the_inputs_of_the_table_have_the_fields() {
    let folder = folder(RULES);
    let out = rows(&folder, "user=* | count by _sourceName", ".").out;
    assert_eq!(out, "{\"_sourceName\":\"./a.log\",\"_count\":3}\n");
}

#[test]
fn the_answer_does_not_depend_on_threads_and_chunks() {
    let folder = folder(RULES);
    let log: String = (0..3000).map(|n| format!("{n} ERROR user=u{}, action=a took={n}\n", n % 7)).collect();
    std::fs::write(folder.path().join("a.log"), log).unwrap();
    let query = "user=u* | sum(micros) as s, count by user | sort by user";
    let args = |more: &[&str]| {
        let mut args = vec!["run", "--output", "jsonl", query, "a.log"];
        args.extend(more);
        run_in(folder.path(), &args, b"").out
    };
    let expected = args(&[]);
    assert_eq!(expected.lines().count(), 7);
    for more in [["--threads", "1", "--chunk", "100"], ["--threads", "8", "--chunk", "9"]] {
        assert_eq!(args(&more), expected);
    }
}

#[test]
fn what_a_rule_cant_have_is_refused_with_its_line() {
    for (rule, message) in [
        ("'parse \"user=*\" as a, b'", "at `\"user=*\"`: the pattern has 1 `*` and 2 names"),
        ("'count by a'", "a stage that needs all messages"),
        ("'json auto maxdepth 2'", "`auto`"),
        ("'parse regex \"(?<a>.)\" multi'", "`multi`"),
        ("'lookup a from x on a=b'", "lookups"),
        ("'oops'", "unknown operator `oops`"),
        ("'where true'", "must extract at least one field"),
        ("1", "`extract` is a text"),
        ("{ scope = \"a\" }", "`parse` is missing"),
        ("{ scop = \"a\" }", "unknown key `scop`"),
    ] {
        let ran = rows(&folder(&format!("extract = {rule}")), "*", "a.log");
        let line = ran.err.lines().next().unwrap_or("").to_string();
        assert!(line.contains("sources.toml:3: ") && line.contains(message), "{rule}: {}", ran.err);
        assert_eq!((ran.status, ran.out.as_str()), (3, ""), "{rule}");
    }
}
