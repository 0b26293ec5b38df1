//! `demo`: what it writes is what the repository has, and the commands that it prints work.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::program::run_in;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files under a folder, by their paths in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(folder).unwrap().to_path_buf()),
            }
        }
    }
    found.sort();
    found
}

/// The detection in the repository: its query, and all that is beside it.
fn detection() -> Vec<PathBuf> {
    let beside = files(&crate::root().join("queries/t1505"));
    let mut all: Vec<PathBuf> = beside.iter().map(|path| Path::new("t1505").join(path)).collect();
    all.push("t1505.sumo".into());
    all.sort();
    all
}

/// The commands among the lines that `demo` prints.
fn commands(out: &str) -> Vec<&str> {
    out.lines().filter_map(|line| line.strip_prefix("  ")).collect()
}

/// Runs a line in a shell that finds the program.
fn shell(folder: &Path, line: &str) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_sumoql")).parent().unwrap();
    let paths = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(program.into()).chain(std::env::split_paths(&paths))).unwrap();
    let ran = Command::new("sh").args(["-c", line]).current_dir(folder).env("PATH", path).output().unwrap();
    (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
}

#[test]
fn the_embedded_files_are_those_of_the_repository() {
    let embedded = crate::root().join("crates/cli/demo");
    for path in detection() {
        let wanted = std::fs::read(crate::root().join("queries").join(&path)).unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(embedded.join(&path), &wanted).unwrap();
        }
        assert!(std::fs::read(embedded.join(&path)).is_ok_and(|now| now == wanted), "{}", path.display());
    }
    assert_eq!(files(&embedded), detection());
}

#[test]
fn the_detection_is_written_and_its_commands_work() {
    let home = tempfile::tempdir().unwrap();
    for folder in ["sumoql-demo", "a new/folder of 'mine' $HOME"] {
        let args: &[&str] = if folder == "sumoql-demo" { &["demo"] } else { &["demo", folder] };
        let ran = run_in(home.path(), args, b"");
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert_eq!(files(&home.path().join(folder)), detection());
        for path in detection() {
            let written = std::fs::read(home.path().join(folder).join(&path)).unwrap();
            assert!(written == std::fs::read(crate::root().join("queries").join(&path)).unwrap());
        }
        let lines = commands(&ran.out);
        let [run, explain, test, repl, own] = lines[..] else { panic!("{lines:?}") };
        let (status, rows) = shell(home.path(), run);
        assert!(status == Some(0) && rows.matches("WebShell_ChildProcess").count() == 2, "{run}: {rows}");
        let (status, story) = shell(home.path(), explain);
        assert!(status == Some(0) && story.contains("◀ decided"), "{explain}: {story}");
        let (status, report) = shell(home.path(), test);
        assert!(status == Some(0) && report.ends_with("9 passed, 0 failed\n"), "{test}: {report}");
        let (status, _) = shell(home.path(), &format!("{repl} </dev/null"));
        assert_eq!(status, Some(0), "{repl}");
        let samples = home.path().join(folder).join("t1505/test1-aspx-shell.xml");
        std::fs::copy(samples, home.path().join("your.evtx")).unwrap();
        let (status, rows) = shell(home.path(), own);
        assert!(status == Some(0) && rows.contains("SuspiciousWebFile_Written"), "{own}: {rows}");
    }
}

#[test]
fn work_in_the_folder_is_kept() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run_in(home.path(), &["demo", "d"], b"").status, 0);
    // What is as `demo` writes it does not stop a second run, which puts back what has gone.
    std::fs::remove_file(home.path().join("d/t1505/sources.toml")).unwrap();
    std::fs::write(home.path().join("d/notes.txt"), "mine").unwrap();
    assert_eq!(run_in(home.path(), &["demo", "d"], b"").status, 0);
    assert!(home.path().join("d/t1505/sources.toml").is_file());
    // A changed file does, and nothing is written.
    std::fs::remove_file(home.path().join("d/t1505/sources.toml")).unwrap();
    std::fs::write(home.path().join("d/t1505.sumo"), "error").unwrap();
    let ran = run_in(home.path(), &["demo", "d"], b"");
    assert_eq!(ran.status, 2);
    assert!(ran.out.is_empty() && ran.err.contains("t1505.sumo` exists and differs"), "{}", ran.err);
    assert_eq!(std::fs::read(home.path().join("d/t1505.sumo")).unwrap(), b"error");
    assert!(!home.path().join("d/t1505/sources.toml").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("file"), "").unwrap();
    let ran = run_in(home.path(), &["demo", "file/below"], b"");
    assert_eq!((ran.status, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("can't write `file/below"), "{}", ran.err);
}
