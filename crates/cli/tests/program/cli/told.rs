//! What is told on standard error: mistakes in queries, stages that match nothing, damaged inputs.

use super::*;

#[test]
fn a_mistyped_query_is_drawn_with_place_code_and_hint() {
    let ran = run(&["run", "* | wher status = 500\n| count bye host"], "");
    assert_eq!(ran.status, 2);
    assert_eq!(ran.out, "");
    assert_eq!(
        ran.err,
        "error[E102]: unknown operator `wher`
 --> query:1:5
  |
1 | * | wher status = 500
  |     ^^^^
  |
help: did you mean `where`?
error[E101]: expected `by`, `as` or the next stage, found `bye`
 --> query:2:9
  |
2 | | count bye host
  |         ^^^
  |
help: did you mean `by`?
"
    );
}

#[test]
fn errors_in_a_value_point_at_its_parameter() {
    let folder = folder(&[("q.sumo", "* | where a = {{x}} | limit 0")]);
    let ran = run_in(folder.path(), &["run", "-f", "q.sumo", "--param", "x=1 +"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("q.sumo:1:29") && ran.err.contains("* | where a = {{x}} | limit 0"), "{}", ran.err);
}

#[test]
fn rows_that_a_function_cannot_work_with_are_told() {
    let query = "* | parse \"ip=*;\" as ip | isPrivateIP(ip) as p | count";
    let ran = run(&["run", query], "ip=10.0.0.1;\nip=::1;\nip=none;\n");
    assert_eq!((ran.status, ran.out.contains('1')), (0, true), "{}", ran.out);
    assert!(ran.err.starts_with("warning[W307]: a function dropped 2 rows"), "{}", ran.err);
}

#[test]
fn a_parse_stage_that_never_matches_is_told() {
    let ran = run(&["run", "* | parse \"usr=* \" as u nodrop\n| count by u"], &LINES.repeat(1000));
    assert_eq!(ran.status, 0);
    assert_eq!(ran.err, "warning[W301]: stage 1: parse \"usr=* \" as u nodrop matched 0 of 3,000 messages\n");
}

#[test]
fn dead_logic_is_told_once_and_fails_nothing() {
    let query = "* | parse \"user=* \" as user | where _raw matches \"kim\" or length(user) < 0 | count by user";
    for command in [&["check", query][..], &["check", query, "--strict"], &["run", query, "--strict"]] {
        let ran = run(command, LINES);
        assert_eq!(ran.status, 0, "{}", ran.err);
        for code in ["warning[W210]", "warning[W214]"] {
            assert_eq!(ran.err.matches(code).count(), 1, "{}", ran.err);
        }
    }
    // What comes from a parameter is not blamed.
    let query = "* | where if(\"{{user}}\" = \"*\", true, _raw matches \"{{user}}\") | count";
    assert_eq!(run(&["check", query, "--param", "user=*"], "").err, "");
    // A result is not buried under warnings; `check` shows all.
    let query = format!("* | where {} | count", ["_raw = null"; 6].join(" or _raw = 1 or "));
    let ran = run(&["run", &query], LINES);
    assert_eq!(ran.err.matches("warning[W2").count(), 4, "{}", ran.err);
    assert!(ran.err.contains("more warnings about this query") && ran.err.contains("`sumoql check`"), "{}", ran.err);
}

#[test]
fn a_scope_that_never_matches_is_told_with_the_metadata_it_asks_for() {
    let query = "(_sourceCategory=\"windows/sysmon\" OR _sourceCategory=x) _sourceHost=web* | count";
    let ran = run(&["run", query], LINES);
    assert_eq!(ran.status, 0);
    assert!(ran.err.contains("warning[W303]: the scope matches none of 3 messages"), "{}", ran.err);
    assert!(ran.err.contains("`--set _sourceCategory=windows/sysmon"), "{}", ran.err);
    let ran = run(&["run", query, "--set", "_sourceCategory=x", "--set", "_sourceHost=web7"], LINES);
    assert_eq!(ran.err, "");
}

#[test]
fn check_tells_everything_at_once_and_as_json() {
    let ran = run(&["check", "é | eval x = 1\n| cuont by x", "--json"], "");
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found[0]["code"], "W201");
    assert_eq!(found[0]["severity"], "warning");
    assert_eq!(found[0]["start"], serde_json::json!({"line": 1, "column": 5, "byte": 5}));
    assert_eq!(found[1]["code"], "E102");
    assert_eq!(found[1]["start"], serde_json::json!({"line": 2, "column": 3, "byte": 18}));
    assert_eq!(found[1]["file"], "query");
    assert_eq!(run(&["check", "* | count", "--json"], "").out, "[]\n");
}

#[test]
fn every_kind_of_parse_stage_that_matches_nothing_is_told() {
    for stage in [
        "parse \"q*r\" as x nodrop",
        "parse \"q*r\" as x, \"s*t\" as y nodrop",
        "parse regex \"q(?<x>z)\" nodrop",
        "parse regex \"q(?<x>z)\" multi nodrop",
        "json \"a\" nodrop",
        "json auto",
        "parse xml \"/a/b\" as x nodrop",
        "kv \"zone\" nodrop",
        "kv auto",
        "csv _raw extract 3 as c",
    ] {
        let ran = run(&["run", &format!("* | {stage} | count"), "--output", "jsonl"], "alpha\nbeta\n");
        assert_eq!((ran.status, ran.out.as_str()), (0, "{\"_count\":2}\n"), "{stage}: {}", ran.err);
        // Before it may stand that nothing uses the field.
        let told = format!("warning[W301]: stage 1: {stage} matched 0 of 2 messages\n");
        assert!(ran.err.ends_with(&told), "{stage}: {}", ran.err);
    }
    for (stage, line) in [
        ("parse regex \"a(?<x>l)\" multi", "alpha\n"),
        ("json auto", "{\"a\":{\"b\":1}}\n"),
        ("kv auto", "a=1\n"),
        ("csv _raw extract 2 as c", "a,b\n"),
    ] {
        let ran = run(&["run", &format!("* | {stage} | count"), "--output", "jsonl"], &format!("other\n{line}"));
        assert!(!ran.err.contains("W301"), "{stage} matches the second message: {}", ran.err);
    }
}

#[test]
fn a_hint_without_a_query_is_one_line_below_its_message() {
    let ran = run(&["run", "_sourceCategory=x | count", "--output", "jsonl"], "alpha\n");
    let help = "help: no input has `_sourceCategory`: set it with `--set _sourceCategory=x` or in a sources.toml\n";
    assert_eq!(ran.err, format!("warning[W303]: the scope matches none of 1 message\n{help}"));
}

#[test]
fn character_sets_and_damaged_inputs_are_told() {
    let folder = folder(&[("sources.toml", "")]);
    std::fs::write(folder.path().join("a.log"), b"1715678000 caf\xE9\n").unwrap();
    std::fs::write(folder.path().join("b.gz"), b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x01\x04\0\xFB\xFFone\n").unwrap();
    let query = ["run", "* | fields -_messageTime", "--output", "raw"];
    let ran = run_in(folder.path(), &[&query[..], &["--encoding", "latin1", "a.log"]].concat(), "");
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "1715678000 café\n", ""));
    let ran = run_in(folder.path(), &[&query[..], &["a.log"]].concat(), "");
    assert_eq!((ran.status, ran.out.as_str()), (0, "1715678000 caf\u{fffd}\n"));
    assert!(
        ran.err.starts_with("note: a.log: bytes at one place, byte 14, are not UTF-8 and were read as U+FFFD; if"),
        "{}",
        ran.err
    );
    let ran = run_in(folder.path(), &[&query[..], &["b.gz"]].concat(), "");
    assert_eq!((ran.status, ran.out.as_str()), (3, "one\n"));
    let told = "b.gz: at byte 4: the gzip data end too early, at compressed byte 19; the 4 decompressed bytes before that were read";
    assert!(ran.err.contains(told), "{}", ran.err);
    let ran = run(&[&query[..], &["--encoding", "klingon"]].concat(), "");
    assert!(ran.status == 2 && ran.err.contains("no character set `klingon`"), "{}", ran.err);
}

#[test]
fn an_unknown_field_is_told_where_no_mistake_before_it_explains_it() {
    let ran = run(&["check", "* | parse \"user=*;\" as user | where usr = 1 | coutn by x | where y = 1"], "");
    assert!(ran.err.contains("did you mean `user`?") && ran.err.contains("did you mean `count`?"), "{}", ran.err);
    assert!(!ran.err.contains("field `y`"), "{}", ran.err);
}

#[test]
fn fields_without_values_are_told_with_what_was_meant() {
    let log = "{\"service\":\"web\",\"status\":500}\n{\"service\":\"db\",\"status\":200}\n";
    for (query, told) in [
        ("* | json auto | count by servce", "warning[W313]: `servce` was null in all 2 rows that reached stage 2"),
        ("* | json auto | count by servce", "help: did you mean `service`?"),
        ("* | where status = 500", "warning[W202]: no stage creates the field `status`, and it was null in all 2 rows"),
        ("* | where status = 500", "the messages have a JSON key `status`: add `| json auto`"),
        ("* | json \"service\" | where service = web", "for the string, write `\"web\"`"),
        ("status=500", "`status` is in the text of the messages: extract it"),
    ] {
        let folder = folder(&[("app.jsonl", log)]);
        let ran = run_in(folder.path(), &["run", query, "app.jsonl"], "");
        assert!(ran.err.contains(told), "{query}\n{}", ran.err);
        let once = run_in(folder.path(), &["run", "--threads", "1", query, "app.jsonl"], "");
        assert_eq!(once.err, ran.err, "{query}");
    }
    // Metadata that is there is no mistake.
    let ran = run(&["run", "* | count by team", "--set", "team=a"], "x\n");
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}

#[test]
fn a_time_range_beside_the_data_says_where_they_lie() {
    let log = "2024-05-01T10:00:00Z a\n2024-05-01T11:00:00Z a\n2024-05-01T12:00:00Z b\n";
    let ran = run(&["run", "a", "--from", "2024-06-01", "--to", "2024-06-02"], log);
    let told = "warning[W303]: the time range has none of the 2 messages in the scope: they are from 2024-05-01 \
                10:00:00.000 to 2024-05-01 11:00:00.000";
    assert!(ran.err.contains(told), "{}", ran.err);
}

#[test]
fn nodrop_stages_that_match_nothing_are_one_line() {
    let query =
        "* | parse \"a=*;\" as a nodrop | parse \"b=*;\" as b nodrop | parse \"x=*;\" as x nodrop | count by a, b, x";
    let ran = run(&["run", query], "x=1;\n");
    assert!(ran.err.contains("warning[W301]: 2 of 3 nodrop parses matched nothing: stages 1, 2"), "{}", ran.err);
    assert_eq!(ran.err.matches("W301").count(), 1, "{}", ran.err);
    let ran = run(&["run", "--stats", query], "x=1;\n");
    assert_eq!(ran.err.matches("W301").count(), 2, "{}", ran.err);
}
