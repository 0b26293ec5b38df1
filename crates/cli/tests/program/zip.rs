//! Zip archives as archivers do not make them, but others do: members of one name, bytes before and behind the archive.

#![allow(clippy::unwrap_used)]

use crate::files::folder;
use std::process::{Command, Output};

/// A member: its name, what is in it, and its flags.
struct Part<'p>(&'p str, &'p str, u16);

/// An archive of members that are not compressed.
fn zip(before: &[u8], parts: &[Part<'_>], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut directory) = (before.to_vec(), Vec::new());
    for Part(name, text, flags) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let fields = |out: &mut Vec<u8>| {
            out.extend(10u16.to_le_bytes());
            out.extend(flags.to_le_bytes());
            out.extend([0; 6]);
            out.extend(crc.sum().to_le_bytes());
            out.extend((text.len() as u32).to_le_bytes());
            out.extend((text.len() as u32).to_le_bytes());
            out.extend((name.len() as u16).to_le_bytes());
            out.extend([0; 2]);
        };
        let at = (out.len() - before.len()) as u32;
        directory.extend(b"PK\x01\x02\x14\x03");
        fields(&mut directory);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        fields(&mut out);
        out.extend(name.as_bytes());
        out.extend(text.as_bytes());
    }
    let at = (out.len() - before.len()) as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment);
    out
}

fn run(bytes: &[u8]) -> (String, Output) {
    let folder = folder(&[("a.zip", bytes)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "*", "a.zip", "--output", "raw", "--order", "arrival"]).current_dir(folder.path());
    let output = command.output().unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output)
}

#[test]
fn members_of_one_name_are_all_read() {
    let (shown, output) =
        run(&zip(b"", &[Part("a.log", "one\n", 0), Part("b.log", "two\n", 0), Part("a.log", "three\n", 0)], b""));
    assert_eq!((shown.as_str(), output.status.code()), ("one\ntwo\nthree\n", Some(0)));
}

#[test]
fn what_stands_before_and_behind_does_not_matter() {
    let parts = [Part("a.log", "one\n", 0), Part("x/b.log", "two\n", 0)];
    for (before, comment) in
        [(&b"PK\x03\x04"[..0], &b"a comment with PK\x05\x06 in it, and more than twenty bytes behind"[..]), (b"", b"")]
    {
        let (shown, output) = run(&zip(before, &parts, comment));
        assert_eq!((shown.as_str(), output.status.code()), ("one\ntwo\n", Some(0)), "{output:?}");
    }
    let mut torn = zip(b"", &parts, b"");
    torn.extend(b"garbage");
    assert_eq!(run(&torn).0, "one\ntwo\n");
}

#[test]
fn a_member_with_a_password_is_said_to_have_one() {
    let (shown, output) = run(&zip(b"", &[Part("a.log", "one\n", 1), Part("b.log", "two\n", 0)], b""));
    assert_eq!((shown.as_str(), output.status.code()), ("two\n", Some(3)));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("a.zip/a.log: the member is encrypted"), "{told}");
}
