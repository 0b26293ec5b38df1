//! Messages of several lines: found by their timestamps, or by a pattern that is given.

#![allow(clippy::unwrap_used)]

use crate::inputs::every_way;
use crate::program::run_in;
use sumoql_input::InputRequest;

/// What log4j writes.
const LOG4J: &str = "\
[2024-05-01 10:00:00,123] INFO start (kafka.Server)
[2024-05-01 10:00:01,456] ERROR failed (kafka.Log)\r
java.io.IOException: 2024-05-01 disk\r
\tat kafka.Log.append(Log.scala:5)\r

Caused by: java.lang.Error: {\"a\": 1}
\t... 3 more
[2024-05-01 10:00:02,789] INFO done
";

/// What Python's logging writes, with a traceback.
const PYTHON: &str = "\
2024-05-01 10:00:00,123 INFO root start
2024-05-01 10:00:01,456 ERROR root failed
Traceback (most recent call last):
  File \"a.py\", line 3, in <module>
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero
2024-05-01 10:00:02,789 INFO root done
";

/// What Java's own logging writes: two lines a message.
const JUL: &str = "\
May 1, 2024 9:05:00 AM org.example.Main run
INFO: start
May 1, 2024 10:05:00 AM org.example.Main run
WARNING: slow
";

/// The texts of the messages, however the bytes are read.
fn raws(bytes: &[u8], request: &InputRequest) -> Vec<String> {
    every_way(bytes, request).0.into_iter().map(|(_, raw)| raw).collect()
}

fn inferred(text: &str) -> Vec<String> {
    raws(text.as_bytes(), &InputRequest::default())
}

fn given(text: &str, pattern: &str) -> Vec<String> {
    raws(text.as_bytes(), &InputRequest { message_start: regex::Regex::new(pattern).ok(), ..InputRequest::default() })
}

#[test]
fn stack_traces_belong_to_their_messages() {
    let found = inferred(LOG4J);
    assert_eq!(found.len(), 3);
    assert!(found[1].starts_with("[2024-05-01 10:00:01,456] ERROR") && found[1].ends_with("\t... 3 more"));
    let found = inferred(PYTHON);
    assert_eq!(found.len(), 3);
    assert!(found[1].ends_with("ZeroDivisionError: division by zero"));
    assert_eq!(inferred(JUL)[1], "May 1, 2024 10:05:00 AM org.example.Main run\nWARNING: slow");
}

#[test]
fn a_trace_far_behind_the_first_lines_belongs_to_its_message_too() {
    let plain: String = (0..5000).map(|n| format!("2024-05-01 10:00:00 INFO line {n}\n")).collect();
    let text = format!("{plain}{LOG4J}");
    assert!(text.find("java.io").is_some_and(|at| at > 100_000));
    let found = inferred(&text);
    assert_eq!(found.len(), 5003);
    assert!(found[5001].contains("Caused by"));
}

#[test]
fn nothing_is_lost() {
    for text in [LOG4J, PYTHON, JUL, "banner\n2024-05-01 10:00:00 a\n b\n2024-05-01 10:00:00 c\n"] {
        let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        assert_eq!(words(&inferred(text).join("\n")), words(text));
    }
    // Wrong bytes are a part of the message like others.
    let found = raws(b"2024-05-01 10:00:00 a\n\xFF\xFE\0b\n2024-05-01 10:00:01 c", &InputRequest::default());
    assert_eq!(found, ["2024-05-01 10:00:00 a\n\u{fffd}\u{fffd}\0b", "2024-05-01 10:00:01 c"]);
}

#[test]
fn without_timestamps_at_the_beginning_a_line_is_a_message() {
    for text in [
        "10.0.0.1 - - [01/May/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n".repeat(3),
        "<34>1 2024-05-01T10:00:00Z host app - - - x\n<34>May  1 10:00:00 host app: y\n{\"a\":1}\n".to_string(),
        "#Software: IIS\n2024-05-01 10:00:00 GET /\n2024-05-01 10:00:01 GET /\n#Date: x\n".to_string(),
        "one\ntwo\n three\n".to_string(),
    ] {
        assert_eq!(inferred(&text), text.lines().map(str::trim_end).collect::<Vec<_>>());
    }
    // Syslog without a priority is one line a message because each line has a timestamp.
    let syslog = "May  1 10:00:00 host sshd[1]: a\nMay 11 10:00:00 host cron: b\n";
    assert_eq!(inferred(syslog), syslog.lines().collect::<Vec<_>>());
}

/// What begins a message is what its time is found in: there is one table of forms.
#[test]
fn every_timestamp_that_is_found_begins_a_message() {
    for stamp in [
        "2024-05-14 09:12:0N",
        "[2024-05-14T09:12:0NZ]",
        "2024.05.14 09:12:0N",
        "20240514-09:12:0N:606|x",
        "20240514T09120NZ",
        "2024-05-14-09.12.0N.123456",
        "14-05-2024 09:12:0N",
        "240514  9:12:0N",
        "14 May 09:12:0N.123",
        "14/Sep/17 10:40:2N",
        "05-14 09:12:0N.123",
        "I0514 09:12:0N.123456",
        "09:12:0N 14/05/2024",
        "\"2024-05-14\" \"09:12:0N\"",
        "05/14/2024-09:12:0N.123",
        "[14-May-2024 09:12:0N Europe/Berlin]",
        "*May 14 09:12:0N.123:",
        "20240514-09:12:N:6|x",
    ] {
        let text: String = (1..5).map(|n| format!("{} start\nmore\n", stamp.replace('N', &n.to_string()))).collect();
        assert_eq!(inferred(&text).len(), 4, "{stamp}");
    }
}

#[test]
fn lines_of_other_formats_are_messages_too() {
    let first = "2024-05-14 09:12:00 INFO start\n".repeat(2);
    for line in [
        "192.0.2.1 - - [14/May/2024:09:12:01 +0000] \"GET / HTTP/1.1\" 200 5",
        "<134>May 14 09:12:02 h2 app: two",
        "{\"msg\":\"x\",\"ts\":\"2024-05-14T09:12:01Z\"}",
        "level=info ts=2024-05-14T09:12:01Z msg=x",
        "[GIN] 2024/05/14 - 09:12:01 | 200 | 1ms",
        "ERROR 2024-05-14 09:12:01 x",
    ] {
        assert_eq!(inferred(&format!("{first}{line}\n{line}\n{first}")).len(), 6, "{line}");
    }
    // What may as well be a part of the message before stays one.
    for line in [
        "{",
        "{\"id\":1}",
        "Start:   2024/05/14 06:14:13.342 (UTC+2:00)",
        "Caused by: java.io.IOException: 2024-05-01 09:00:00 disk",
        "ValueError: bad value 10:20:30",
    ] {
        assert_eq!(inferred(&format!("{first}{line}\n{first}")).len(), 4, "{line}");
    }
}

/// PHP, Ruby, Go: most lines are those of traces.
#[test]
fn traces_that_are_not_indented() {
    for (stamp, line) in [
        (
            "[2024-05-14 09:12:0N] local.ERROR: boom {\"exception\":\"[object] (Error(code: 0)",
            "#1 /srv/lib/f.php(1): call()",
        ),
        ("2024-05-14 09:12:0N ERROR boom", "app/models/order.rb:12:in `place'"),
        ("2024/05/14 09:12:0N panic", "main.go:12 +0x1d"),
        ("2024-05-14 09:12:0N ERROR boom", "at shop.Order.place(Order.java:10)"),
        ("2024-05-14 09:12:0N ERROR boom", "--> in query"),
    ] {
        let trace = format!("{line}\n").repeat(20);
        let text: String = (1..4).map(|n| format!("{}\n{trace}", stamp.replace('N', &n.to_string()))).collect();
        assert_eq!(inferred(&text).len(), 3, "{line}");
    }
    let levels: String = (0..30).map(|n| format!("WARN step {n} took 1 ms\n")).collect();
    assert_eq!(inferred(&format!("2024-05-14 09:12:01 INFO started\n{levels}")).len(), 31);
}

#[test]
fn a_pattern_that_is_given_wins() {
    assert_eq!(given(LOG4J, "").len(), 7);
    assert_eq!(given(LOG4J, r"\[.*INFO").len(), 2);
    assert_eq!(given("a\nb\nx1\n2\nx3\n", "x"), ["a", "b", "x1\n2", "x3"]);
    assert_eq!(given("{\"a\":\n1}\n", "\\{"), ["{\"a\":\n1}"], "it is text then");
}

#[test]
fn the_program_takes_the_pattern_and_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), LOG4J).unwrap();
    let run = |args: &[&str]| run_in(folder.path(), args, b"");
    let count = |args: &[&str]| run(&[&["run", "--output", "jsonl", "* | count", "a.log"], args].concat()).out;
    assert_eq!(count(&[]), "{\"_count\":3}\n");
    assert_eq!(count(&["--multiline", ""]), "{\"_count\":7}\n");
    assert_eq!(count(&["--multiline", r"\[2024"]), "{\"_count\":3}\n");
    assert!(run(&["sources", "a.log"]).out.contains("begin with a line that starts with a timestamp"));
    let wrong = run(&["run", "*", "--multiline", "(", "a.log"]);
    assert!(wrong.status == 2 && wrong.err.contains("unclosed group"), "{}", wrong.err);
    // What a sources.toml says is less than what the command line says.
    std::fs::write(folder.path().join("sources.toml"), "[[source]]\nfiles = '*.log'\nmessage_start = ''\n").unwrap();
    assert_eq!(count(&[]), "{\"_count\":7}\n");
    assert_eq!(count(&["--multiline", r"\[2024"]), "{\"_count\":3}\n");
}
