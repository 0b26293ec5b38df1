//! `test --baseline` lists what queries find where they should find nothing; `test --watch` runs again on changes.

#![allow(clippy::unwrap_used)]

use crate::program;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A folder with a query, its case, and two baselines.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("q")).unwrap();
    let case = "param: word=evil\nmatches: evil one\n--- messages\nan evil one\na good one\n";
    let noisy: String = (0..7).map(|n| format!("evil {n}\n")).collect();
    for (name, text) in [
        ("q.sumo", "{{word}} | parse \"evil *\" as what | count by what | sort by what asc"),
        ("q/a.case", case),
        ("quiet.log", "all is well\n"),
        ("noisy.log", &noisy),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn test(folder: &Path, args: &[&str]) -> (i32, String) {
    let args: Vec<&str> = ["test", "q.sumo"].iter().chain(args).copied().collect();
    let ran = program::run_in(folder, &args, b"");
    (ran.status, ran.out + &ran.err)
}

#[test]
fn hits_in_the_baseline_are_listed() {
    let folder = folder();
    let (status, out) = test(folder.path(), &["--baseline", "quiet.log"]);
    assert!(status == 0 && out.contains("ok      q.sumo: nothing in the baseline"), "{out}");
    let (status, out) = test(folder.path(), &["--baseline", "quiet.log", "noisy.log"]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("1 passed, 0 failed\n"), "the case is right: {out}");
    assert!(out.contains("FAILED  q.sumo: 7 rows in the baseline"), "{out}");
    assert!(out.contains("| 4    | 1      |\n        and 2 more"), "{out}");
    assert!(!out.contains("| 5 "), "only the first rows: {out}");
}

#[test]
fn a_baseline_that_is_not_there_does_not_pass() {
    let (status, out) = test(folder().path(), &["--baseline", "missing.log"]);
    assert!(status != 0 && out.contains("missing.log"), "{out}");
}

#[test]
fn a_changed_query_is_tested_again() {
    let folder = folder();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    program.args(["test", "q.sumo", "--watch"]);
    let mut child = program::start_in(folder.path(), program);
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let counts = out.lines().map_while(Result::ok).filter(|line| line.contains(" passed, "));
        counts.for_each(|line| drop(sender.send(line)));
    });
    // What never comes must not keep the test from ending.
    let next = || lines.recv_timeout(Duration::from_secs(60)).ok();
    let first = next();
    std::fs::write(folder.path().join("q.sumo"), "nothing").unwrap();
    let second = next();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(first.as_deref(), Some("1 passed, 0 failed"));
    assert_eq!(second.as_deref(), Some("0 passed, 1 failed"));
}
