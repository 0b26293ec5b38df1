//! Rotation while files are followed, as it happens in the field: faster than names can be looked at, before anything is in
//! a file, and while some still write to the old one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::follow::Following;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Takes all lines that come until so many are there or nothing comes any more, sorted.
fn collected(following: &Following, expected: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let end = Instant::now() + Duration::from_secs(60);
    while lines.len() < expected && Instant::now() < end {
        lines.extend(following.line(Duration::from_secs(10)));
    }
    // Nothing comes twice.
    lines.extend(following.line(Duration::from_millis(500)));
    lines.sort();
    lines
}

/// `app.log` becomes `app.log.1`, that `app.log.2`, and so on; the oldest goes.
fn rotate(folder: &Path, kept: usize) {
    let name = |n: usize| folder.join(if n == 0 { "app.log".to_string() } else { format!("app.log.{n}") });
    let _ = fs::remove_file(name(kept));
    for n in (0..kept).rev() {
        let _ = fs::rename(name(n), name(n + 1));
    }
}

fn rotated_often(what: &str, pause: Duration) {
    const ROTATIONS: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    append(&log, "start\n");
    let following = Following::start(folder.path(), &["*", what, "--output", "raw"]);
    following.expect(&["start"]);
    let mut expected = Vec::new();
    for rotation in 0..ROTATIONS {
        rotate(folder.path(), 100);
        for line in 0..3 {
            let text = format!("r{rotation:03} line {line}");
            append(&log, &format!("{text}\n"));
            expected.push(text);
        }
        std::thread::sleep(pause);
    }
    let lines = collected(&following, expected.len());
    assert_eq!(lines, expected, "{what} {pause:?}");
}

#[test]
fn rotation_several_times_between_two_looks_loses_nothing() {
    rotated_often("app.log", Duration::from_millis(30));
    rotated_often("app.log", Duration::from_millis(2));
}

#[test]
fn rotation_in_a_folder_and_under_a_pattern_loses_nothing() {
    rotated_often(".", Duration::from_millis(10));
    rotated_often("app.lo[g]", Duration::from_millis(10));
}

#[test]
fn an_empty_file_that_is_renamed_is_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    let mut writer = File::create(&log).unwrap();
    let following = Following::start(folder.path(), &["*", "app.log", "--output", "raw"]);
    // Long enough for it to be found.
    std::thread::sleep(Duration::from_secs(2));
    fs::rename(&log, folder.path().join("old")).unwrap();
    append(&log, "new one\n");
    following.expect(&["new one"]);
    writer.write_all(b"late\n").unwrap();
    following.expect(&["late"]);
    // One that comes while it runs, and is renamed before anything is in it.
    rotate(folder.path(), 2);
    let mut writer = File::create(&log).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    fs::rename(&log, folder.path().join("elsewhere")).unwrap();
    writer.write_all(b"later\n").unwrap();
    following.expect(&["later"]);
}

#[test]
fn whoever_writes_to_the_old_file_is_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    append(&log, "one\n");
    let mut slow = OpenOptions::new().append(true).open(&log).unwrap();
    let following = Following::start(folder.path(), &["*", "app.log", "--output", "raw"]);
    following.expect(&["one"]);
    fs::rename(&log, folder.path().join("app.log.1")).unwrap();
    append(&log, "two\n");
    following.expect(&["two"]);
    std::thread::sleep(Duration::from_secs(2));
    slow.write_all(b"from the old one\n").unwrap();
    following.expect(&["from the old one"]);
    append(&log, "three\n");
    following.expect(&["three"]);
}
