//! Text whose bytes are not all characters: it is read all the same, and what was replaced is counted, with the place of
//! the first, wherever that is.

#![allow(clippy::unwrap_used)]

use crate::files::{folder, gzip};
use crate::inputs::every_way;
use crate::program::run_in;
use sumoql_input::{InputRequest, encoding};

const HINT: &str = "if the text is in another character set, name it with --encoding, such as --encoding windows-1252";

/// Bad bytes far behind what is looked at to recognise the input: one at the place that comes back, and two more.
fn far() -> (Vec<u8>, usize) {
    let mut bytes = "2024-05-14 09:12:01 all is well\n".repeat(10_000).into_bytes();
    let first = bytes.len() + "2024-05-14 09:12:02 caf".len();
    bytes.extend_from_slice(b"2024-05-14 09:12:02 caf\xE9 needle\n2024-05-14 09:12:03 \xFF\xFE\n");
    (bytes, first)
}

#[test]
fn bad_bytes_anywhere_are_counted() {
    let (bytes, first) = far();
    let (found, notes) = every_way(&bytes, &InputRequest::default());
    assert_eq!(found[10_000].1, "2024-05-14 09:12:02 caf\u{fffd} needle");
    let told = format!("bytes at 3 places, the first byte {first}, are not UTF-8 and were read as U+FFFD; {HINT}");
    assert_eq!(notes, [told]);
}

#[test]
fn the_program_names_file_and_place() {
    let (bytes, first) = far();
    let folder =
        folder(&[("a.log", &bytes), ("b.gz", &gzip(&bytes)), ("c.log", &[b"\xE9t\xE9\n", &bytes[..]].concat())]);
    let run = |query: &str, path: &str| run_in(folder.path(), &["run", "--output", "jsonl", query, path], b"");
    for path in ["a.log", "b.gz"] {
        let ran = run("* | count", path);
        assert_eq!((ran.status, ran.out.as_str()), (0, "{\"_count\":10002}\n"));
        let told = format!("note: {path}: bytes at 3 places, the first byte {first}, are not UTF-8");
        assert!(ran.err.starts_with(&told), "{}", ran.err);
    }
    // Of messages that are passed over nothing is known, but for the beginning of the input.
    let ran = run("nowhere | count", "c.log");
    assert!(ran.err.starts_with("note: c.log: some bytes are not UTF-8, at byte 0 for one,"), "{}", ran.err);
}

#[test]
fn half_a_character_at_the_end_is_told() {
    let mut bytes: Vec<u8> = "\u{feff}one\r\ntwo\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let end = bytes.len();
    bytes.push(b'x');
    let (found, notes) = every_way(&bytes, &InputRequest::default());
    assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), ["one", "two", "\u{fffd}"]);
    let told = format!(
        "bytes at one place, byte {end} of the text before it was decoded, are not UTF-16LE and were read as U+FFFD"
    );
    assert_eq!(notes, [told]);
    // Half of a pair of surrogates, in the other order of bytes.
    let big = b"\xFE\xFF\0a\0\n\xD8\x34\0b\0\n\xDC\x00\0\n";
    let (found, notes) = every_way(big, &InputRequest::default());
    assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), ["a", "\u{fffd}b", "\u{fffd}"]);
    assert!(notes[0].starts_with("bytes at 2 places, the first byte 6 of the text"), "{notes:?}");
}

#[test]
fn in_the_right_character_set_nothing_is_odd() {
    let request = InputRequest { encoding: encoding("latin1").ok(), ..InputRequest::default() };
    let (found, notes) = every_way(b"caf\xE9 \x80\n\xFF\xFE2024\n", &request);
    assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), ["café €", "ÿþ2024"]);
    assert_eq!(notes, [""; 0]);
    let request = InputRequest { encoding: encoding("shift_jis").ok(), ..InputRequest::default() };
    let (found, notes) = every_way(b"\x83\x8D\x83O\n\x83", &request);
    assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), ["ログ", "\u{fffd}"]);
    assert!(notes[0].starts_with("bytes at one place, byte 5 of the text before it was decoded, are not Shift_JIS"));
}

/// NUL bytes, carriage returns in odd places and other control characters are characters like others.
#[test]
fn control_characters_are_kept() {
    let (found, notes) = every_way(b"a\0b\r\n\0\n\x1b[31mred\x1b[0m\rover\n\x07\n", &InputRequest::default());
    let expected = [(0, "a\0b"), (5, "\0"), (7, "\u{1b}[31mred\u{1b}[0m\rover"), (25, "\u{7}")];
    assert_eq!(found, expected.map(|(at, raw)| (at, raw.to_string())));
    assert_eq!(notes, [""; 0]);
}

fn little(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// PowerShell appends UTF-16 to what others wrote as UTF-8, and programs write on in UTF-8 behind what PowerShell wrote.
#[test]
fn each_part_of_a_text_is_read_in_its_own_encoding() {
    let (one, two) =
        ("2024-05-14T09:12:01Z caf\u{e9} ann\n", "2024-05-14T09:12:02Z \u{444}\u{430}\u{439}\u{43b} bob\r\n");
    for (first, second) in [
        (one.repeat(3).into_bytes(), little(&two.repeat(3))),
        (little(&format!("\u{feff}{}", two.repeat(3))), one.repeat(3).into_bytes()),
        (one.repeat(3).into_bytes(), little(&format!("\u{feff}{}", two.repeat(3)))),
        // So far on that only the end of the file tells.
        (one.repeat(2_400).into_bytes(), little(&two.repeat(3))),
    ] {
        let (found, notes) = every_way(&[&first[..], &second].concat(), &InputRequest::default());
        let [a, b] = [one, two].map(|line| found.iter().filter(|(_, raw)| raw == line.trim_end()).count());
        assert_eq!((a + b, a.min(b)), (found.len(), 3));
        let told = format!("up to byte {} and ", first.len());
        assert!(notes.len() == 1 && notes[0].contains(&told) && notes[0].contains("UTF-16LE"), "{notes:?}");
    }
    // Where neither the beginning nor the end tells, it is told at least.
    let lost = [one.repeat(2_400).as_bytes(), &little(&two.repeat(3)), one.repeat(2_400).as_bytes()].concat();
    let folder = folder(&[("a.log", &lost)]);
    let ran = run_in(folder.path(), &["run", "* | count", "a.log", "--multiline", ""], b"");
    assert!(ran.err.contains("as UTF-16 is within text of another encoding"), "{}", ran.err);
    let ran = run_in(folder.path(), &["run", "--output", "jsonl", "* | count", "-", "--multiline", ""], &lost);
    assert_eq!(ran.out, "{\"_count\":4803}\n", "a stream is looked at all through");
}

/// Files with a mark at their beginning, joined.
#[test]
fn a_mark_at_the_beginning_of_a_line_is_no_character_of_it() {
    let (mark, line) = ("\u{feff}", "2024-05-14 09:12:01 a\u{feff}b");
    for text in [
        format!("{mark}{line}\n{mark}{line}\n"),
        format!("{line}\n{mark}{mark}{line}\n{mark}\n"),
        format!("{mark}{line}\r\n{mark}{line}"),
    ] {
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
        assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), [line; 2], "{text:?}");
        assert!(found.iter().all(|(at, raw)| text[*at as usize..].trim_start_matches(mark).starts_with(raw)));
        assert_eq!(notes, [""; 0]);
    }
    for (text, raws) in [
        (format!("{mark}{{\"a\":1}}\n{mark}{{\"a\":2}}\n"), ["{\"a\":1}", "{\"a\":2}"]),
        (format!("{mark}[{{\"a\":1}}]{mark}[{{\"a\":2}}]"), ["{\"a\":1}", "{\"a\":2}"]),
        (format!("{mark}{{\n\"a\":1}}\n{mark}{{\n\"a\":2}}\n"), ["{\n\"a\":1}", "{\n\"a\":2}"]),
    ] {
        let (found, notes) = every_way(text.as_bytes(), &InputRequest::default());
        assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), raws, "{text:?}");
        assert_eq!(notes, [""; 0]);
    }
}
