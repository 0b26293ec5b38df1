//! What a regular expression may cost: no text holds up a run, none hides from it unseen, and Ctrl-C does not wait.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::program;
use std::process::Command;
use std::time::{Duration, Instant};

/// A message of 64 KB on which each of these takes time in the square of its length, or more, and one that is harmless.
fn log(folder: &std::path::Path) {
    let lines = ["ab ".repeat(21_800), "a b".to_string()];
    std::fs::write(folder.join("long.log"), lines.join("\n")).unwrap();
}

#[test]
fn what_takes_too_long_is_told_wherever_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path());
    let line = |text: &str| format!("{{\"a\":[{{\"b\":\"{text}\"}}]}}\n");
    let json = line(&"a".repeat(60_000)) + &line("a");
    std::fs::write(folder.path().join("json.log"), json).unwrap();
    for (query, input) in [
        (r#"* | where _raw matches /(?=a.*z)a/ | count"#, "long.log"),
        (r#"* | where !(_raw matches /(?:(?:a|b| )+)+(?!.)z/) | count"#, "long.log"),
        (r#"* | parse regex "(?<x>a.*?z|b)" multi | count"#, "long.log"),
        (r#"* | parse regex "(?<x>(?=a.*z)a)" nodrop | count by x"#, "long.log"),
        (r#"* | replace(_raw, /a.*?z|b/, "") as y | length(y) as n | count by n"#, "long.log"),
        (r#"* | keyvalue regex "(?=a.*z)(a)(b)" "a" nodrop | count by a"#, "long.log"),
        (r#"* | if(_raw matches /(?=a.*z)a/, 1, 0) as y | sum(y)"#, "long.log"),
        (r#"* | json "a[?(@.b =~ /(a+)+(?=b)c/)]" as x nodrop | count by x"#, "json.log"),
    ] {
        let out = program::run_in(folder.path(), &["run", "--format", "text", query, input], b"");
        let said = out.err;
        assert!(said.contains("E307") && said.contains("on 1 string"), "{query}: {said}");
        assert_eq!(out.status, 4, "{query}: {said}");
    }
}

#[test]
fn what_finds_much_in_a_long_text_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path());
    for query in [
        r#"* | parse regex "(?<x>(?<=a)b)" multi | count"#,
        r#"* | parse regex "(?<x>\w+)" multi | count"#,
        r#"* | where _raw matches /^(?!.*error).*b/ | count"#,
    ] {
        let out = program::run_in(folder.path(), &["run", query, "long.log"], b"");
        let said = out.err;
        assert_eq!(out.status, 0, "{query}: {said}");
        assert!(!said.contains("E307"), "{query}: {said}");
    }
}

#[test]
fn the_first_interrupt_ends_a_run_that_is_at_work_in_a_text() {
    let folder = tempfile::tempdir().unwrap();
    // So many texts of this kind that they would take minutes.
    std::fs::write(folder.path().join("long.log"), format!("{}\n", "a".repeat(60_000)).repeat(500)).unwrap();
    for query in [r#"* | where _raw matches /(a+)+(?=b)c/ | count"#, r#"* | parse regex "(?<x>a.*?z|a)" multi | count"#]
    {
        // On a machine that has much else to do, one try may take longer; what is not optimised takes several times as long.
        let took = (0..3).map(|_| interrupted(folder.path(), query)).min().unwrap();
        let limit = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });
        assert!(took < limit, "{query}: {took:?}");
    }
}

/// How long a run goes on after Ctrl-C.
fn interrupted(folder: &std::path::Path, query: &str) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "--threads", "1", "--output", "jsonl", query, "long.log"]);
    let mut child = program::start_in(folder, command);
    // Until the program has taken over Ctrl-C, the system would end it.
    while !takes_interrupts(child.id()) {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert!(child.try_wait().unwrap().is_none(), "the run is over before it could be stopped");
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{query}");
    asked.elapsed()
}

/// Whether a program handles SIGINT; where the system does not tell, it is given time.
fn takes_interrupts(id: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) else {
        std::thread::sleep(Duration::from_secs(5));
        return true;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
    caught.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 0b10 != 0)
}
