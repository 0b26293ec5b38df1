//! What can't be read is refused soon and with the true word: what has no end, what is too large to be meant, what is whole
//! but of a kind that is not read.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(20), "{arguments:?} took {:?}", started.elapsed());
    output
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("m.log"), "a\n").unwrap();
    std::fs::create_dir(folder.path().join("q")).unwrap();
    std::fs::write(folder.path().join("q.sumo"), "*").unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("q/endless.case")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("endless.sumo")).unwrap();
    for arguments in [
        &["run", "-f", "/dev/zero", "m.log"][..],
        &["check", "-f", "/dev/zero"],
        &["check", "."],
        &["fmt", "endless.sumo"],
        &["test", "q.sumo"],
        &["explain", "-f", "/dev/zero"],
        &["run", "*", "m.log", "--sources", "/dev/zero"],
        &["run", "*", "m.log", "--geoip", "/dev/zero"],
        &["run", "*", "m.log", "--asn", "/dev/urandom"],
        &["run", "* | lookup a from t on a", "m.log", "--lookup", "t=/dev/zero"],
        &["run", "cat path://\"t\"", "--lookup", "t=/dev/full"],
    ] {
        let output = run(folder.path(), arguments);
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        assert!(!told(&output).contains("memory"), "{arguments:?}: {}", told(&output));
    }
}

/// Each parameter and each brace costs little, and what is too long to be a query is not looked into.
#[test]
fn texts_full_of_braces_are_refused_or_read_soon() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("m.log"), "a\n").unwrap();
    let long = "v".repeat(100_000);
    for text in [
        "{{".repeat(100_000),
        "}}".repeat(100_000),
        "{{{".repeat(70_000),
        format!("* | where a = \"{}\"", "{{x}}".repeat(40_000)),
        format!("* | where a = \"{}\"", "{{x}}".repeat(2_900)),
        format!("* {}", "{{".repeat(7_400)),
        format!("* | {}", (0..1400).map(|n| format!("{{{{x{n}}}}}")).collect::<Vec<_>>().join(" | ")),
        "{{x}}\n".repeat(2_400),
    ] {
        std::fs::write(folder.path().join("q.sumo"), &text).unwrap();
        let output = run(folder.path(), &["check", "-f", "q.sumo"]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        for value in ["1", &long] {
            let output = run(folder.path(), &["run", "-f", "q.sumo", "m.log", "--param", &format!("x={value}")]);
            assert!([Some(0), Some(2)].contains(&output.status.code()), "{}", told(&output));
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_quiet_for_all_formats() {
    let lines: String = (0..30_000).map(|n| format!("2024-05-14 09:12:01 user={n}\n")).collect();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("m.log"), lines).unwrap();
    for format in ["csv", "json", "jsonl", "markdown", "raw", "table"] {
        for query in ["*", "* | count by _raw", "* | parse \"user=*\" as u | fields u"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
            command.args(["run", query, "m.log", "--output", format]).current_dir(folder.path());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""), "{format} {query}");
        }
    }
}

#[test]
fn what_is_not_read_is_not_called_damaged() {
    let folder = TempDir::new().unwrap();
    let lines: Vec<u8> = (0..20_000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
    let mut long = zstd::Encoder::new(Vec::new(), 1).unwrap();
    long.window_log(28).unwrap();
    long.long_distance_matching(true).unwrap();
    long.write_all(&lines).unwrap();
    let long = long.finish().unwrap();
    // A frame whose header names a dictionary, with one block of bytes as they are.
    let with = b"\x28\xB5\x2F\xFD\x01\x50\x07\x31\0\0hello\n".to_vec();
    let behind = [zstd::encode_all(&lines[..], 1).unwrap(), long.clone()].concat();
    for (name, bytes, word) in [
        ("long.zst", &long, "window"),
        ("dictionary.zst", &with, "dictionary"),
        ("behind.zst", &behind, "window"),
        ("x.7z", &b"7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0\0\0\0\0".to_vec(), "7z archive"),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["run", "* | count", name]);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(word) && !told.contains("damaged"), "{told}");
    }
}
