//! Tar archives, as `tar` and Python write them: each member is an input of its own; damaged ones give what is before.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::files::{folder, gzip};
use crate::inputs::messages;
use crate::program::run_in;
use std::io::Cursor;
use std::process::Command;
use std::sync::atomic::Ordering;
use sumoql_data::message::Input;
use sumoql_input::{InputRequest, InputSet, Problem, open};

/// A header as `tar` writes it, and what follows it, up to a whole number of blocks.
fn member(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    block[148..156].fill(b' ');
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend_from_slice(bytes);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

fn tar(members: &[Vec<u8>]) -> Vec<u8> {
    [&members.concat()[..], &[0; 1024]].concat()
}

fn request(path: &std::path::Path) -> InputRequest {
    InputRequest { paths: vec![path.to_string_lossy().into_owned()], ..InputRequest::default() }
}

/// The messages of an archive by the names of the members, however it is read, and what is wrong.
fn read(bytes: &[u8]) -> (Vec<(String, u64, String)>, Vec<String>) {
    let folder = folder(&[("a.tar", bytes)]);
    let mut given = None;
    for (chunk, threads) in [(0, 1), (1, 3)] {
        let request = InputRequest { chunk, ..request(&folder.path().join("a.tar")) };
        let Ok(opened) = open(&request) else { return (Vec::new(), Vec::new()) };
        let stream = InputSet::of_reader("a.tar", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap();
        for opened in [opened, stream] {
            let found: Vec<_> = messages(&opened, threads).into_iter().map(|(n, at, raw, _)| (n, at, raw)).collect();
            let problems: Vec<_> = opened.problems().iter().map(Problem::to_string).collect();
            let problems = problems.iter().map(|told| told[told.find("a.tar").unwrap()..].to_string()).collect();
            assert!(opened.restart());
            assert_eq!(messages(&opened, threads).len(), found.len());
            let all = (found, problems);
            assert_eq!(given.get_or_insert_with(|| all.clone()), &all);
        }
    }
    given.unwrap()
}

fn of(name: &str, at: u64, raw: &str) -> (String, u64, String) {
    (name.into(), at, raw.into())
}

#[test]
fn members_are_inputs() {
    let long = format!("{}/deep.log", "d".repeat(150));
    let bytes = tar(&[
        member("x/", b'5', b""),
        member("x/a.log", b'0', b"one\ntwo\n"),
        member("link", b'2', b""),
        member("././@LongLink", b'L', format!("{long}\0").as_bytes()),
        member("ddd", b'0', b"three\n"),
        member("PaxHeaders/b", b'x', b"13 path=b.gz\n20 mtime=1715677921\n"),
        member("short", b'0', &gzip(b"four\n")),
        member(".hidden", b'0', b"no\n"),
        member("empty", b'0', b""),
        member("e.json", 0, b"[{\"a\":1}]"),
    ]);
    let expected = [
        of("a.log", 0, "one"),
        of("a.log", 4, "two"),
        of("deep.log", 0, "three"),
        of("b.gz", 0, "four"),
        of("e.json", 1, "{\"a\":1}"),
    ];
    assert_eq!(read(&bytes), (expected.to_vec(), vec![]));
    assert_eq!(read(&gzip(&bytes)), (expected.to_vec(), vec![]), "under compression");
    let folder = folder(&[("a.tar", &bytes)]);
    let opened = open(&request(&folder.path().join("a.tar"))).unwrap();
    assert!(opened.sources()[0].name.ends_with("/a.tar/x/a.log"));
    assert_eq!(messages(&opened, 2).len(), 5);
    assert_eq!(Some(opened.consumed().load(Ordering::Relaxed)), opened.total_bytes());
}

#[test]
fn what_is_damaged_gives_what_is_before() {
    let lines = "line\n".repeat(1000);
    let whole =
        tar(&[member("a.log", b'0', b"one\n"), member("b.log", b'0', lines.as_bytes()), member("c.log", b'0', b"x\n")]);
    // In the middle of a member.
    let (found, problems) = read(&whole[..1024 + 512 + 2503]);
    assert_eq!(found.len(), 1 + 501, "{problems:?}");
    let told = "a.tar/b.log: at byte 2503: the tar data end too early, at compressed byte 4039; the 2503 decompressed \
                bytes before that were read";
    assert_eq!(problems, [told]);
    // In a header, and before it.
    let (found, problems) = read(&whole[..1024 + 100]);
    assert_eq!(found, [of("a.log", 0, "one")]);
    let told =
        "a.tar: the tar archive is not whole: the header at byte 1024 is cut short; 1 member was found before it";
    assert_eq!(problems, [told]);
    assert_eq!(read(&whole[..1024]), (vec![of("a.log", 0, "one")], vec![]), "the zeros at the end may be missing");
    let mut damaged = whole.clone();
    let third = 1024 + 512 + 5120;
    damaged[third + 3] ^= 1;
    let (found, problems) = read(&damaged);
    assert_eq!(found.len(), 1001);
    assert_eq!(
        problems,
        [format!(
            "a.tar: the tar archive is not whole: the header at byte {third} is damaged; 2 members were found before it"
        )]
    );
    let mut sizes = member("a.log", b'0', b"one\n");
    sizes[124] = 0xFF;
    let folder = folder(&[("a.tar", &tar(&[sizes]))]);
    let problems = open(&request(&folder.path().join("a.tar"))).err().unwrap();
    let told = "a.tar: the tar archive is not whole: the header at byte 0 is damaged; 0 members were found before it";
    assert!(problems[0].to_string().ends_with(told), "{problems:?}");
}

#[test]
fn what_the_real_tools_write_is_read() {
    let lines = "2024-05-14 09:12:01 line\n".repeat(500);
    let long = format!("{}/{}/b.log", "long".repeat(20), "name".repeat(20));
    let folder = folder(&[("in/a.log", lines.as_bytes()), (&format!("in/{long}"), b"b\n"), ("in/sub/c.log", b"c\n")]);
    let mut tried = 0;
    for format in ["gnu", "pax", "ustar"] {
        for (flag, name) in [("-c", "a.tar"), ("-cz", "a.tgz"), ("-cJ", "a.tar.xz")] {
            let args = ["-C", "in", "--format", format, flag, "-f", name, "."];
            let made = Command::new("tar").args(args).current_dir(folder.path()).status();
            if !made.is_ok_and(|status| status.success()) {
                eprintln!("skipped: no `tar` here that can do {format} {flag}");
                continue;
            }
            let opened = open(&request(&folder.path().join(name))).unwrap();
            let mut found: Vec<_> = messages(&opened, 2).into_iter().map(|(name, ..)| name).collect();
            found.dedup();
            found.sort();
            assert_eq!(
                (found, opened.problems()),
                (["a.log", "b.log", "c.log"].map(String::from).to_vec(), vec![]),
                "{format} {name}"
            );
            tried += 1;
        }
    }
    assert!(tried > 0 || Command::new("tar").arg("--version").output().is_err());
}

#[test]
fn sources_shows_members() {
    let bytes = gzip(&tar(&[member("x/a.log", b'0', b"2024-05-14 09:12:01 one\n")]));
    let folder = folder(&[("logs.tgz", &bytes)]);
    let ran = run_in(folder.path(), &["sources", "logs.tgz"], b"");
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    for told in
        ["logs.tgz/x/a.log\n", "layers         gzip, tar\n", "member of      logs.tgz\n", "2024-05-14 09:12:01 one\n"]
    {
        assert!(ran.out.contains(told), "{}", ran.out);
    }
}

/// A log without years is of the time when it was last changed, whatever became of its archive since.
#[test]
fn members_have_the_time_when_they_were_changed() {
    let dated = |name: &str, seconds: &str| {
        let mut block = member(name, b'0', b"May 14 09:12:01 h a\n");
        block[136..136 + seconds.len()].copy_from_slice(seconds.as_bytes());
        block[148..156].fill(b' ');
        let sum: u32 = block[..512].iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        block
    };
    let octal = format!("{:011o}", 1_716_206_400);
    let bytes = tar(&[
        dated("a.log", &octal),
        member("PaxHeaders/b", b'x', b"23 mtime=1716206400.25\n"),
        dated("b.log", ""),
        dated("c.log", "00000000001"),
    ]);
    let mut header = gzip(b"May 14 09:12:01 h a\n");
    header[4..8].copy_from_slice(&1_716_206_400_u32.to_le_bytes());
    let folder = folder(&[("a.tar", &bytes), ("d.gz", &header)]);
    let opened = open(&request(&folder.path().join("a.tar"))).unwrap();
    let receipts: Vec<i64> = opened.sources().iter().map(|source| source.receipt).collect();
    assert_eq!(receipts[..2], [1_716_206_400_000, 1_716_206_400_250]);
    assert!(receipts[2] > 1_716_300_000_000, "that of the archive: the member's own stands for none");
    let opened = open(&request(&folder.path().join("d.gz"))).unwrap();
    assert_eq!(opened.sources()[0].receipt, 1_716_206_400_000);
    let ran = run_in(
        folder.path(),
        &["run", "--output", "csv", "* | formatDate(_messagetime, \"yyyy\") as y | fields y", "d.gz"],
        b"",
    );
    assert_eq!(ran.out, "y\n2024\n", "{}", ran.err);
}
