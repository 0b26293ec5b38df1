//! The founding query: byte for byte as published, and right about the sample events beside it.

#![allow(clippy::expect_used)]

use sha2::{Digest, Sha256};
use std::process::Command;

#[test]
fn the_query_is_the_published_one() {
    let text = std::fs::read(crate::root().join("queries/t1505.sumo")).expect("the query is there");
    let sum: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sum, "c29537449ce2a4316af122a6d12fc55ddd1c291d1e73f19e9b70811d72ab6507");
}

#[test]
fn the_sample_events_that_fire_are_these_four() {
    let run = Command::new(env!("CARGO_BIN_EXE_sumoql"))
        .current_dir(crate::root())
        .args(["run", "-f", "queries/t1505.sumo", "queries/t1505", "--output", "jsonl"])
        .output()
        .expect("the program runs");
    let text = String::from_utf8(run.stdout).expect("text");
    let found: Vec<(String, String)> = text
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
            let cell = |name: &str| row[name].as_str().unwrap_or_default().to_string();
            (cell("detection_type"), cell("severity_rating"))
        })
        .collect();
    // Newest first: appcmd.exe taken for cmd.exe, the service DLL, w3wp starting cmd.exe, the dropped page.
    let wanted = [
        ("WebShell_ChildProcess", "Critical"),
        ("IIS_Module_Registered", "High"),
        ("WebShell_ChildProcess", "Critical"),
        ("SuspiciousWebFile_Written", "High"),
    ];
    assert_eq!(found, wanted.map(|(kind, rating)| (kind.to_string(), rating.to_string())));
}
