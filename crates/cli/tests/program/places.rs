//! Places as they are found in the wild: links that lead in circles, files that can't be read, addresses.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::program;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const COUNT: &[&str] = &["run", "* | count by _raw | sort by _raw asc", "--output", "csv"];

#[test]
fn links_in_circles_and_second_names_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("logs/inner")).unwrap();
    fs::write(at("logs/a.log"), "a\n").unwrap();
    fs::write(at("logs/inner/b.log"), "b\n").unwrap();
    symlink("..", at("logs/inner/up")).unwrap();
    symlink("inner", at("logs/other")).unwrap();
    symlink("a.log", at("logs/again.log")).unwrap();
    for paths in [&["logs"][..], &["logs", "logs/", "./logs/a.log"], &["logs/**/*.log"], &["logs/*.log", "logs/inner"]]
    {
        let ran = program::run_in(folder.path(), &[COUNT, paths].concat(), b"");
        assert_eq!((ran.out.as_str(), ran.status), ("_raw,_count\na,1\nb,1\n", 0), "{paths:?}: {}", ran.err);
    }
}

#[test]
fn what_can_not_be_read_is_told_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::write(at("a.log"), "a\n").unwrap();
    fs::write(at("b.log"), "b\n").unwrap();
    symlink("circle.log", at("circle.log")).unwrap();
    symlink("nowhere", at("gone.log")).unwrap();
    fs::set_permissions(at("b.log"), fs::Permissions::from_mode(0o0)).unwrap();
    // The super-user may read everything.
    let locked = fs::File::open(at("b.log")).is_err();
    for path in [".", "*.log"] {
        let ran = program::run_in(folder.path(), &[COUNT, &[path]].concat(), b"");
        assert_eq!(ran.out, if locked { "_raw,_count\na,1\n" } else { "_raw,_count\na,1\nb,1\n" }, "{}", ran.err);
        assert_eq!(ran.status, 3);
        assert!(ran.err.contains("circle.log: ") && ran.err.contains("gone.log: no such file"), "{}", ran.err);
        assert_eq!(locked, ran.err.contains("b.log: reading it is not allowed"), "{}", ran.err);
    }
}

#[cfg(not(feature = "object-store"))]
#[test]
fn addresses_need_a_feature() {
    let folder = tempfile::tempdir().unwrap();
    for follow in [&[][..], &["--follow"]] {
        let ran = program::run_in(folder.path(), &[COUNT, follow, &["s3://bucket/logs/"]].concat(), b"");
        let reason = if follow.is_empty() { "--features object-store" } else { "can't be followed" };
        assert_eq!(ran.status, 3, "{}", ran.err);
        assert!(ran.err.contains("s3://bucket/logs/: ") && ran.err.contains(reason), "{}", ran.err);
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_files_need_a_feature() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.parquet"), b"PAR1\x15\x04PAR1").unwrap();
    let ran = program::run_in(folder.path(), &[COUNT, &["a.parquet"]].concat(), b"");
    assert!(ran.status == 3 && ran.err.contains("a.parquet: it is a Parquet file"), "{}", ran.err);
    assert!(ran.err.contains("--features parquet"), "{}", ran.err);
}
