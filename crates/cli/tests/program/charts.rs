//! Charts are what `tests/charts/` holds, byte by byte: the text for a terminal of 80 columns of every case, and an SVG of
//! each kind of chart. Written anew by `UPDATE=1 cargo test --test program charts`; what is new is to be looked at. The series,
//! names and axes of charts are tested where they are made (`chart_series.rs`, and the crate of charts).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::program::run_in;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Which messages a case runs over.
#[derive(Clone, Copy)]
enum Messages {
    Requests,
    Hosts,
    Cells,
    Names,
    None,
}
use Messages::{Cells, Hosts, Names, None as Nothing, Requests};

/// Name, kind, more arguments, query, messages.
type Case = (&'static str, &'static str, &'static [&'static str], &'static str, Messages);

/// The cases whose SVG is compared: one of each kind, small enough to be read.
const DRAWN: [&str; 5] = ["line-gaps", "area-gaps", "column-negative", "bar-keys", "pie"];

const STATUS: &str = r#"* | parse "status=* took=*;" as status, took | timeslice 1h"#;
const CELLS: &str = r#"* | parse "k=* a=* b=*;" as k, a, b | if(a = "", null, num(a)) as a | num(b) as b"#;

fn cases() -> Vec<Case> {
    vec![
        ("line-one", "auto", &[], "count by _timeslice", Requests),
        (
            "line-transposed",
            "auto",
            &["--timezone", "Asia/Kolkata"],
            "count by _timeslice, status | transpose row _timeslice column status",
            Requests,
        ),
        ("line-pivoted", "line", &[], "avg(took) as ms by _timeslice, status", Requests),
        ("area-stacked", "area", &[], "count by _timeslice, status | transpose row _timeslice column status", Requests),
        (
            "column-stacked",
            "column",
            &[],
            "count by _timeslice, status | transpose row _timeslice column status",
            Requests,
        ),
        ("column-beside", "column", &[], "min(took) as least, max(took) as most by _timeslice", Requests),
        ("bar-times", "bar", &[], "count by _timeslice, status", Requests),
        ("bar-keys", "auto", &[], "count by status | sort by _count", Requests),
        ("bar-number-keys", "auto", &[], "num(status) as code | count by code", Requests),
        ("pie", "pie", &[], "count by status | sort by _count", Requests),
        ("pie-of-series", "pie", &[], "count by _timeslice, status | transpose row _timeslice column status", Requests),
        ("number", "auto", &[], "count", Requests),
        ("several-numbers", "auto", &[], "count, max(took) as most", Requests),
        ("nothing", "auto", &[], "where status = \"999\" | count by status", Requests),
        ("bar-many", "bar", &[], "count by host", Hosts),
        ("bar-many-averages", "bar", &[], "avg(n) as mean by host", Hosts),
        ("column-many", "column", &[], "count by host", Hosts),
        ("pie-many", "pie", &[], "sum(n) as n by host", Hosts),
        ("line-many", "line", &[], "timeslice 1h | count by _timeslice, host", Hosts),
        ("bar-negative", "auto", &[], "sum(a) as a by k", Cells),
        ("column-negative", "column", &[], "max(a) as a, max(b) as b by k", Cells),
        ("line-gaps", "line", &[], "max(a) as a, max(b) as b by k", Cells),
        ("area-gaps", "area", &[], "timeslice 1h | max(a) as a, max(b) as b by _timeslice", Cells),
        ("odd-names", "auto", &[], "count by name", Names),
        ("no-input", "auto", &[], "count by _sourceName", Nothing),
    ]
}

/// What makes fields of the messages, and the messages.
fn parsed(messages: Messages) -> (&'static str, String) {
    match messages {
        Requests => (STATUS, requests()),
        Hosts => (r#"* | parse "host=* n=*;" as host, n | num(n) as n"#, hosts()),
        Cells => (CELLS, cells()),
        Names => (r#"* | parse "name=*;" as name"#, odd_names()),
        Nothing => ("*", String::new()),
    }
}

/// Two days of requests, with hours in which there are none.
fn requests() -> String {
    let mut out = String::new();
    for hour in (0..48u64).filter(|hour| !(30..33).contains(hour)) {
        for n in 0..3 + hour * 7 % 11 {
            let status = ["200", "200", "200", "304", "404", "500"][((hour * 31 + n * 17) % 23 % 6) as usize];
            let (day, hour, took) = (1 + hour / 24, hour % 24, (hour * 13 + n * 29) % 97);
            let _ = writeln!(out, "2024-05-{day:02}T{hour:02}:{n:02}:00Z status={status} took={took};");
        }
    }
    out
}

/// Many hosts, few of them with many messages.
fn hosts() -> String {
    let mut out = String::new();
    for host in 0..60u64 {
        for n in 0..1 + 300 / (1 + host * host) {
            let (hour, minute) = ((host + n) % 12, n % 60);
            let _ =
                writeln!(out, "2024-05-01T{hour:02}:{minute:02}:00Z host=server-{host:02}.example.org n={};", n + host);
        }
    }
    out
}

/// Negative numbers, nulls, and an hour without anything.
fn cells() -> String {
    let rows = [
        ("mon", "1", "-5"),
        ("tue", "-3", "2"),
        ("wed", "", "7"),
        ("thu", "4", "1.5"),
        ("fri", "0", "-2"),
        ("sun", "6", "0.25"),
    ];
    let mut out = String::new();
    for (at, (k, a, b)) in rows.iter().enumerate() {
        let hour = at + usize::from(at > 3);
        let _ = writeln!(out, "2024-05-01T{hour:02}:00:00Z k={k} a={a} b={b};");
    }
    out
}

fn odd_names() -> String {
    let names = [
        "<script>alert(\"x\")</script> & 'more'",
        "日本語のとても長い名前とても長い名前とても長い名前",
        "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config\\very\\long\\w3wp.exe",
        "\u{1b}[31mred\u{202e}",
        "",
    ];
    names.iter().enumerate().fold(String::new(), |mut out, (at, name)| {
        out.push_str(&format!("2024-05-01T00:00:00Z name={name};\n").repeat(at + 1));
        out
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts")
}

#[test]
fn charts_are_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let scratch = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in &cases() {
        let (name, kind, more, stages, messages) = *case;
        let (head, messages) = parsed(messages);
        let text = format!("{head} | {stages}");
        let mut args = vec!["run", &text, "--chart", kind, "--chart-svg", "chart.svg", "--multiline", ""];
        args.extend(more);
        let ran = run_in(scratch.path(), &args, messages.as_bytes());
        assert_eq!(ran.status, 0, "{name}: {}", ran.err);
        let svg = std::fs::read_to_string(scratch.path().join("chart.svg")).unwrap();
        let notes: String =
            ran.err.lines().filter(|line| line.starts_with("note: chart")).map(|l| format!("{l}\n")).collect();
        let drawn = ran.out.split_once("\n\n").map_or(ran.out.as_str(), |(_, drawn)| drawn);
        well_formed(name, &svg);
        let svg = DRAWN.contains(&name).then_some(("svg", svg));
        for (kind, found) in svg.into_iter().chain([("txt", format!("{drawn}{notes}"))]) {
            let file = folder().join(format!("{name}.{kind}"));
            if update {
                std::fs::write(&file, &found).unwrap();
            } else if std::fs::read_to_string(&file).unwrap_or_default() != found {
                wrong.push(format!("{}: found\n{found}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nwrite them with: UPDATE=1 cargo test --test program charts", wrong.join("\n"));
}

fn well_formed(name: &str, svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    while !matches!(reader.read_event().expect(name), quick_xml::events::Event::Eof) {}
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
}

#[test]
fn every_expected_chart_has_its_case_and_fits_its_width() {
    let known: Vec<String> = cases().iter().map(|case| case.0.to_string()).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(known.contains(&name), "{} belongs to no case", path.display());
        if path.extension().is_some_and(|kind| kind == "svg") {
            assert!(DRAWN.contains(&name.as_str()), "{} is not compared", path.display());
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines().filter(|line| !line.starts_with("note:")) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{}: {line}", path.display());
        }
    }
}

#[test]
fn what_can_not_be_drawn_says_why() {
    let scratch = tempfile::tempdir().unwrap();
    let input = requests();
    let run = |query: &str, more: &[&str]| {
        let mut args = vec!["run", query];
        args.extend(more);
        run_in(scratch.path(), &args, input.as_bytes())
    };
    let messages = run("*", &["--chart", "auto"]);
    assert_eq!(messages.status, 2);
    assert!(messages.err.contains("a chart needs numbers"), "{}", messages.err);
    let texts = format!("{STATUS} | first(status) as s by _timeslice | concat(s, \"x\") as s");
    let warned = run(&texts, &["--chart", "auto"]);
    assert_eq!(warned.status, 0);
    assert!(warned.err.contains("no chart: no column of the result holds numbers"), "{}", warned.err);
    let failed = run(&texts, &["--chart-svg", "x.svg"]);
    assert_eq!(failed.status, 2);
    assert!(!scratch.path().join("x.svg").exists());
    let two = format!("{STATUS} | count, max(took) by status");
    assert!(run(&two, &["--chart", "pie"]).err.contains("a pie chart shows only one column of numbers"));
    let other = run(&two, &["--chart", "bar", "--output", "jsonl"]);
    assert_eq!(other.status, 2);
    assert!(other.err.contains("--output table"), "{}", other.err);
    let nowhere = run(&two, &["--chart-svg", "no/such/folder/x.svg"]);
    assert_eq!(nowhere.status, 3);
    assert!(nowhere.err.contains("can't write the chart"), "{}", nowhere.err);
    let jsonl = run(&two, &["--chart-svg", "y.svg", "--output", "jsonl"]);
    assert_eq!(jsonl.status, 0, "{}", jsonl.err);
    assert!(jsonl.out.lines().all(|line| line.starts_with('{')) && scratch.path().join("y.svg").exists());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let text = format!("{STATUS} | count by _timeslice, status");
    let drawn = |threads: &str| {
        let args = ["run", &text, "--chart-svg", "z.svg", "--threads", threads, "--batch", "7"];
        assert_eq!(run_in(scratch.path(), &args, requests().as_bytes()).status, 0);
        std::fs::read(scratch.path().join("z.svg")).unwrap()
    };
    assert_eq!(drawn("1"), drawn("4"));
}
