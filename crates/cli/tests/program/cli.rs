//! Drives the program as its user does: arguments in, two streams and an exit status out.

#![allow(clippy::unwrap_used, clippy::panic)]

mod told;

use crate::program;
use crate::program::Ran;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn run_in(folder: &Path, args: &[&str], input: &str) -> Ran {
    program::run_in(folder, args, input.as_bytes())
}

fn run(args: &[&str], input: &str) -> Ran {
    run_in(Path::new("."), args, input)
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

const LINES: &str = "user=ann ms=5\nuser=bo ms=7\nuser=ann ms=1\n";

#[test]
fn help_goes_to_standard_output() {
    for args in
        [&["--help"][..], &["run", "--help"], &["help"], &["help", "run"], &["help", "operator"], &["catalogue"]]
    {
        let ran = run(args, "");
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{args:?}");
        assert!(ran.out.len() > 200 && ran.out.ends_with('\n'), "{args:?}: {}", ran.out);
    }
    assert!(run(&["-V"], "").out.starts_with("sumoql "));
}

#[test]
fn help_finds_operators_by_name_and_by_subject() {
    let ran = run(&["help", "operator", "parse", "regex"], "");
    assert_eq!(ran.status, 0);
    assert!(ran.out.starts_with("parse regex (operator)\n") && ran.out.contains("Manual page:"), "{}", ran.out);
    assert!(run(&["help", "operator", "order"], "").out.starts_with("sort (operator)"));
    let ran = run(&["help", "operator", "timeslise"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("did you mean `timeslice`?"), "{}", ran.err);
    let ran = run(&["help", "operator", "histogram"], "");
    assert!(ran.err.contains("timeslice - "), "{}", ran.err);
}

#[test]
fn the_catalogue_is_json_on_demand() {
    let read: serde_json::Value = serde_json::from_str(&run(&["catalogue", "--json"], "").out).unwrap();
    assert!(read["entries"].as_array().unwrap().len() > 20);
}

#[test]
fn a_query_over_standard_input() {
    let query = r#"* | parse "user=* ms=*" as user, ms | count by user"#;
    let ran = run(&["run", query], LINES);
    assert_eq!(ran.out, "user  _count\n----  ------\nann        2\nbo         1\n");
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let ran = run(&["run", query, "-", "--output", "csv"], LINES);
    assert_eq!(ran.out, "user,_count\nann,2\nbo,1\n");
    let ran = run(&["run", query, "--output", "json"], LINES);
    assert_eq!(ran.out, "[\n{\"user\":\"ann\",\"_count\":2},\n{\"user\":\"bo\",\"_count\":1}\n]\n");
    let ran = run(&["run", "ann", "--output", "raw"], LINES);
    assert_eq!(ran.out.lines().count(), 2);
    assert!(ran.out.lines().all(|line| line.starts_with("user=ann")), "{}", ran.out);
}

#[test]
fn json_lines_keep_kinds_and_leave_empty_metadata_out() {
    let message = r#"{"_raw":"a=5 b=x","_messageTime":"2024-05-01T00:00:00Z","_sourceHost":"h"}"#;
    let query = r#"* | parse "a=* b=*" as a, b | num(a) as n | 1/4 as q | a > 3 as big"#;
    let ran = run(&["run", query, "--format", "messages", "--output", "jsonl"], message);
    let expected = r#"{"_messageTime":1714521600000,"a":"5","b":"x","big":true,"n":5,"q":0.25,"_sourceHost":"h","_sourceName":"-","_raw":"a=5 b=x"}"#;
    assert_eq!(ran.out, format!("{expected}\n"), "{}", ran.err);
}

#[test]
fn times_are_shown_in_the_zone_of_the_query() {
    let message = r#"{"_raw":"a","_messageTime":"2024-05-01T00:00:00Z"}"#;
    let args = ["run", "* | fields _messageTime", "--format", "messages", "--timezone", "europe/berlin"];
    assert!(run(&args, message).out.ends_with("2024-05-01 02:00:00.000\n"));
    let ran = run(&[&args[..5], &["europe/berln"]].concat(), message);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("did you mean Europe/Berlin?"), "{}", ran.err);
}

#[test]
fn the_time_range_is_half_open() {
    let line = |at: &str| format!("{{\"_raw\":\"{at}\",\"_messageTime\":\"{at}\"}}\n");
    let input = ["2024-05-01T00:00:00Z", "2024-05-01T00:30:00Z", "2024-05-01T01:00:00Z"].map(line).concat();
    let count = |range: &[&str]| {
        let args = [&["run", "* | count", "--format", "messages", "--output", "raw"][..], range].concat();
        run(&args, &input).out
    };
    assert_eq!(count(&["--from", "2024-05-01T00:00:00Z", "--to", "2024-05-01T01:00:00Z"]), "2\n");
    assert_eq!(count(&["--from", "1714523400000"]), "2\n");
    assert_eq!(count(&["--to", "2024-05-01T00:30"]), "1\n");
    let ran = run(&["run", "*", "--from", "soon"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--from: `soon`"), "{}", ran.err);
    let ran = run(&["run", "*", "--from", "now", "--to", "-5m"], "");
    assert!(ran.status == 2 && ran.err.contains("the time range is empty"), "{}", ran.err);
    // Buckets need the range: an end that is left open is where the data ends.
    let args = ["run", "* | timeslice 2 buckets | count by _timeslice", "--format", "messages", "--output", "jsonl"];
    let ran = run(&[&args[..], &["--from", "2024-05-01T00:00:00Z"]].concat(), &input);
    assert_eq!(ran.out.lines().count(), 2, "{} {}", ran.out, ran.err);
}

#[test]
fn exit_statuses() {
    let folder = folder(&[("good.sumo", "* | count"), ("bad.sumo", "* | cuont"), ("a.log", LINES)]);
    for (args, status) in [
        (&["run", "-f", "good.sumo", "a.log"][..], 0),
        (&["run", "-f", "bad.sumo", "a.log"], 2),
        (&["run", "-f", "none.sumo", "a.log"], 2),
        (&["run", "good.sumo", "a.log"], 2),
        (&["run"], 2),
        (&["run", "a.log"], 2),
        (&["explain", "./a.log"], 2),
        (&["run", "* | count", "none.log"], 3),
        (&["run", "* | count", "a.log", "none.log"], 3),
        (&["run", "*", "a.log", "--no-such-option"], 2),
        (&["run", "* | merge _raw", "a.log", "--memory-limit", "10"], 4),
        (&["run", "*", "a.log", "--temp-dir", "none"], 2),
        (&["run", "*", "a.log", "--set", "novalue"], 2),
        (&["check", "-f", "good.sumo"], 0),
        (&["check", "-f", "good.sumo", "-f", "bad.sumo"], 1),
        (&["check", "-f", "good.sumo", "bad.sumo"], 1),
        (&["check", "good.sumo"], 0),
        (&["check", "good.sumo", "bad.sumo"], 1),
        (&["check", "."], 1),
        (&["check", "* | count", "good.sumo"], 2),
        (&["check", "-f", "none.sumo"], 2),
        (&["check", "* | where x = 1"], 0),
        (&["check", "* | eval x = 1"], 0),
        (&["check", "--strict", "* | eval x = 1"], 1),
        (&["run", "--strict", "* | eval x = 1", "a.log"], 2),
        (&["check"], 2),
        (&["nonsense"], 2),
    ] {
        let ran = run_in(folder.path(), args, "");
        assert_eq!(ran.status, status, "{args:?}: {}{}", ran.out, ran.err);
        let warned = args[0] == "check" && status == 0;
        assert!(warned || ran.err.is_empty() == (status == 0), "{args:?}: {}", ran.err);
    }
}

#[test]
fn without_a_case_test_says_where_one_would_be() {
    let folder = folder(&[("queries/q.sumo", "* | count"), ("other/empty", "")]);
    let ran = run_in(folder.path(), &["test"], "");
    let told = "error: no cases found: the cases of queries/q.sumo are text files queries/q/*.case\n";
    assert_eq!((ran.status, ran.err.replace('\\', "/").as_str()), (2, told));
    let ran = run_in(folder.path(), &["test", "other"], "");
    assert_eq!(ran.err, "error: no cases found: the cases of a query NAME.sumo are text files NAME/*.case\n");
}

#[test]
fn update_says_which_cases_have_no_rows() {
    let case = "matches: ann\n--- messages\nuser=ann;\n";
    let folder = folder(&[("q.sumo", "* | parse \"user=*;\" as user"), ("q/a.case", case)]);
    let ran = run_in(folder.path(), &["test", "q.sumo", "--update"], "");
    let told = "as is   q/a: it has no `--- expect` part to fill in\nok      q/a\n1 passed, 0 failed\n";
    assert_eq!((ran.status, ran.out.as_str()), (0, told), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(folder.path().join("q/a.case")).unwrap(), case);
}

#[test]
fn the_memory_limit_gives_a_part_and_says_so() {
    let ran = run(&["run", "* | merge _raw", "--memory-limit", "300"], &LINES.repeat(20));
    assert_eq!(ran.status, 4);
    assert!(ran.err.contains("error[E301]: the memory limit of 300 bytes was reached: the result is partial"));
    assert!(ran.err.contains("help: raise the limit with --memory-limit"), "{}", ran.err);
}

#[test]
fn a_pipe_gets_no_colour_and_no_progress() {
    let ran = run(&["run", "*"], &LINES.repeat(2000));
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    assert_eq!(ran.err, "note: -: 6,000 messages without a timestamp have the receipt time\n");
    assert!(!run(&["check", "* | wher"], "").err.contains('\u{1b}'));
    let ran = run(&["run", "*", "--stats", "--output", "raw"], LINES);
    assert_eq!(ran.out.lines().count(), 3);
    assert!(ran.err.contains("\nmessages  3\nin scope  3\nrows      3\n"), "{}", ran.err);
}

#[test]
fn subqueries_read_standard_input_again() {
    let query =
        "ann [subquery: bo or ann | parse \"ms=*\" as ms | compose ms maxresults=1 keywords] | parse \"ms=*\" as ms";
    for order in ["newest", "arrival"] {
        let ran = run(&["run", query, "--order", order, "--output", "jsonl", "--stats"], LINES);
        assert_eq!(
            (ran.status, ran.out.matches("ms\":\"1\"").count(), ran.out.lines().count()),
            (0, 1, 1),
            "{}",
            ran.out
        );
        assert!(ran.err.contains("warning[W302]: this subquery returns more than 1 row: "), "{}", ran.err);
        assert!(ran.err.contains("\nmessages  3\nin scope  1\n"), "{}", ran.err);
        assert!(ran.err.contains("\nbefore    3 messages, 41 bytes for subqueries\n"), "{}", ran.err);
    }
    assert!(run(&["help", "subquery"], "").out.contains("'[' subquery [from = (FROM)]"));
}

#[test]
fn what_a_subquery_saves_is_written_and_seen() {
    let folder = folder(&[("in.log", LINES), ("seen/bad.csv", "user\nbo\n")]);
    let query = "ann [subquery: ms | parse \"user=* ms=*\" as user, ms | where ms > 4 | fields user, ms | save seen/slow \
                 | compose user keywords] | parse \"user=* \" as user | lookup ms from seen/slow on user=user";
    let ran = run_in(folder.path(), &["run", query, "in.log", "--output", "jsonl"], "");
    assert_eq!((ran.status, ran.out.matches("\"ms\":\"5\"").count()), (0, 2), "{} {}", ran.out, ran.err);
    let saved = std::fs::read_to_string(folder.path().join("seen/slow.csv")).unwrap();
    assert_eq!(saved, "user,ms\nann,5\nbo,7\n");
    // A query that begins with a table needs the input for its subquery.
    let query = "cat seen/bad | where [subquery: ms | parse \"user=* \" as user | compose user]";
    let ran = run_in(folder.path(), &["run", query, "--output", "jsonl"], LINES);
    assert_eq!((ran.status, ran.out.as_str()), (0, "{\"user\":\"bo\"}\n"), "{}", ran.err);
    let ran = run_in(folder.path(), &["run", "* [subquery: cat seen/gone | compose user keywords]", "in.log"], "");
    assert_eq!((ran.status, ran.out.as_str()), (3, ""), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sumoql"))
        .args(["run", "*", "--output", "raw"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let lines = LINES.replace("user=", "2024-05-14 09:12:01 user=");
    child.stdin.take().unwrap().write_all(lines.repeat(20_000).as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn partitions_are_what_sources_toml_says() {
    let folder = folder(&[
        (
            "logs/sources.toml",
            "[[source]]\nfiles = \"web*.log\"\nview = \"prod_web\"\n[[source]]\nfiles = \"audit/**\"\nview = \"sec_audit\"\n",
        ),
        ("logs/web1.log", "a\nb\n"),
        ("logs/audit/x.txt", "c\n"),
        ("logs/rest.log", "d\ne\nf\n"),
    ]);
    for (scope, count) in [
        ("_index=prod_web", "2"),
        ("_view=PROD_WEB", "2"),
        ("_view=\"prod_web\" a", "1"),
        ("_index=sec_*", "1"),
        ("_index=prod_web or _view=sec_audit", "3"),
        ("NOT _index=prod_web", "4"),
        ("_index=sumologic_default", "3"),
        ("_index=*", "6"),
    ] {
        let ran = run_in(folder.path(), &["run", "--output", "csv", &format!("{scope} | count"), "logs"], "");
        assert_eq!(ran.out, format!("_count\n{count}\n"), "{scope}\n{}", ran.err);
    }
    let ran =
        run_in(folder.path(), &["run", "--output", "csv", "* | count by _index, _view | sort by _view", "logs"], "");
    assert_eq!(ran.out, "_index,_view,_count\nsec_audit,sec_audit,1\nprod_web,prod_web,2\n,,3\n");
    for set in ["_index=x", "_view=x"] {
        let ran =
            run_in(folder.path(), &["run", "--output", "csv", "--set", set, "_index=x | count", "logs/rest.log"], "");
        assert_eq!(ran.out, "_count\n3\n", "{set}");
    }
}

#[test]
fn sources_toml_beside_the_input_gives_the_metadata() {
    let folder = folder(&[
        ("logs/a.log", LINES),
        ("logs/sources.toml", "[[source]]\nfiles = \"*.log\"\n_sourceCategory = \"prod/web\"\n"),
    ]);
    let args = ["run", "_sourceCategory=prod/web | count", "logs/a.log", "--output", "raw"];
    assert_eq!(run_in(folder.path(), &args, "").out, "3\n");
}

const CASE: &str = "# Who was seen.\nformat: text\nmatches: ann # she is listed\ndoes not match: bo\n--- messages\nuser=ann;\nuser=bo;\n--- expect\n";

#[test]
fn golden_tests_pass_fail_and_update() {
    let folder = folder(&[
        ("queries/who.sumo", "* | parse \"user=*;\" as user | where user = \"ann\" | fields user"),
        ("queries/who/seen.case", &format!("{CASE}| user |\n|---|\n| ann |\n")),
    ]);
    let ran = run_in(folder.path(), &["test"], "");
    assert_eq!((ran.status, ran.out.as_str()), (0, "ok      who/seen\n1 passed, 0 failed\n"), "{}", ran.err);

    let case = folder.path().join("queries/who/seen.case");
    std::fs::write(&case, format!("{CASE}| user |\n|---|\n| eve |\n").replace("not match: bo", "not match: user="))
        .unwrap();
    let ran = run_in(folder.path(), &["test", "queries/who/seen.case"], "");
    assert_eq!(ran.status, 1);
    for part in ["must not match, but does: `user=`", "- | eve |", "+ | ann |", "0 passed, 1 failed"] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }

    std::fs::write(&case, CASE).unwrap();
    assert_eq!(run_in(folder.path(), &["test", "--update"], "").status, 0);
    assert_eq!(std::fs::read_to_string(&case).unwrap(), format!("{CASE}| user |\n|------|\n| ann  |\n"));
    assert_eq!(run_in(folder.path(), &["test", "nowhere"], "").status, 2);
}

#[test]
fn a_session_runs_query_after_query_over_the_same_data() {
    let folder = folder(&[("a.log", LINES)]);
    let entries = "* | parse \"user=* \" as user |\ncount by user\n* | cuont\n:rows 1\nann | fields _size\n:hepl\n:open none.log\n\
                   * | limit 1 | fields _size\n:quit\nnever";
    let state = folder.path().join("state");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sumoql"))
        .args(["repl", "a.log"])
        .current_dir(folder.path())
        .env("XDG_STATE_HOME", &state)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(entries.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(
        out, "user  _count\n----  ------\nann        2\nbo         1\n_size\n-----\n   13\n_size\n-----\n   13\n",
        "{err}"
    );
    for part in ["did you mean `count`?", "1 of 2 rows are shown", "did you mean `:help`?", "none.log: "] {
        assert!(err.contains(part), "{part} in {err}");
    }
    assert!(std::fs::read_to_string(state.join("sumoql/history")).unwrap().contains("cuont"));
}

#[test]
fn rows_can_come_in_the_order_of_arrival() {
    let lines = "2024-05-01T00:00:01Z n=1;\n2024-05-01T00:00:02Z n=2;\n";
    let query = "* | parse \"n=*;\" as n | fields n";
    let newest = run(&["run", query, "--output", "jsonl"], lines);
    assert_eq!(newest.out, "{\"n\":\"2\"}\n{\"n\":\"1\"}\n");
    let arrival = run(&["run", query, "--output", "jsonl", "--order", "arrival"], lines);
    assert_eq!((arrival.status, arrival.out.as_str()), (0, "{\"n\":\"1\"}\n{\"n\":\"2\"}\n"), "{}", arrival.err);
    for wrong in [&["run", "* | count", "--output", "jsonl"][..], &["run", "*", "--output", "csv"]] {
        let ran = run(&[wrong, &["--order", "arrival"]].concat(), lines);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains("--order arrival"), "{}", ran.err);
    }
}

#[test]
fn copies_of_copies_keep_their_order() {
    let stages: String = ["a", "b", "c"].map(|name| format!("| parse regex \"(?<{name}>[xyz])\" multi ")).concat();
    let query = format!("* {stages} | concat(a, b, c) as all | fields all");
    let wanted: Vec<String> = (0..27)
        .map(|n| format!("{{\"all\":\"{}\"}}\n", [n / 9, n / 3 % 3, n % 3].map(|at| ["x", "y", "z"][at]).concat()))
        .collect();
    for batch in ["1", "1024"] {
        let ran = run(&["run", &query, "--output", "jsonl", "--batch", batch], "2024-05-14 09:12:01 xyz\n");
        assert_eq!((ran.out, ran.err), (wanted.concat(), String::new()));
    }
}

/// Chunks that are large enough are searched before they are cut into messages.
#[test]
fn words_of_the_scope_are_found_in_large_chunks() {
    let mut bytes = Vec::new();
    for n in 0..20_000 {
        let line = match n % 1999 {
            7 => "a Needle here\r\n",
            8 => "needles only, and a \u{17f}ign of \u{212a}elvin\n\n",
            9 => "x.needle\u{1f600} far\n",
            10 => "two words: hay  stack\n",
            _ => "2024-05-01T00:00:00Z nothing of interest stands in this line\n",
        };
        bytes.extend_from_slice(line.as_bytes());
        if n % 5000 == 4999 {
            bytes.extend_from_slice(b"needle \xff broken\nend");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), &bytes).unwrap();
    for scope in
        ["needle", "NEEDLE here", "needle or \"hay stack\"", "kelvin", "needle !here", "needle*", "absent", "line"]
    {
        let query = format!("{scope} | parse regex \"(?<word>\\S+)$\" nodrop | count by word, _size");
        let run =
            |chunk: &str| run_in(folder.path(), &["run", &query, "a.log", "--chunk", chunk, "--output", "csv"], "");
        let (large, small) = (run("0"), run("900"));
        assert_eq!(large.out, small.out, "{scope}");
        let found = if scope == "absent" { 0 } else { 1 };
        assert!(large.out.lines().count() > found, "{scope}: {}", large.out);
        let told = if scope == "absent" { "the scope matches none of the messages" } else { "" };
        assert!(large.err.contains(told), "{}", large.err);
    }
}
