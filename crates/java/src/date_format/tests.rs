//! Against what `java.text.SimpleDateFormat` does: `tests/vectors/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::date_format::*;

/// 2026-01-01: the moment by which the vectors put years of two digits into a century.
const NOW: i64 = 1_767_225_600_000;

fn plain(text: &str) -> String {
    text.replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\")
}

fn zone(name: &str) -> Zone {
    Zone::find(name).expect("a zone")
}

/// Goes through a file of vectors: `pattern` lines, and below each the cases of that pattern.
fn check(file: &str, mut case: impl FnMut(&Pattern, &[&str]) -> Option<String>) {
    let mut pattern = None;
    let (mut count, mut wrong) = (0, Vec::new());
    for line in file.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            ["pattern", text, "refused"] => {
                count += 1;
                if Pattern::new(&plain(text)).is_ok() {
                    wrong.push(format!("{text}: must be refused"));
                }
            }
            ["pattern", text] => pattern = Some((text, Pattern::new(&plain(text)).expect("a pattern"))),
            _ => {
                let (text, pattern) = pattern.as_ref().expect("a pattern comes first");
                count += 1;
                wrong.extend(case(pattern, &cells).map(|found| format!("{text}: {line}: found {found}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    assert!(count > 1500, "{count}");
}

#[test]
fn moments_are_written_as_java_writes_them() {
    check(include_str!("../../tests/vectors/dates_written.tsv"), |pattern, cells| {
        let mut out = String::new();
        pattern.format(cells[0].parse().unwrap(), zone(cells[1]), &mut out);
        (out != plain(cells[2])).then_some(out)
    });
}

#[test]
fn texts_are_read_as_java_reads_them() {
    check(include_str!("../../tests/vectors/dates_read.tsv"), |pattern, cells| {
        let text = plain(cells[0]);
        let found = pattern.parse(&text, zone(cells[1]), &|| NOW);
        let expected = match cells[2] {
            "fail" => None,
            millis => Some((millis.parse().unwrap(), cells[3].parse().unwrap())),
        };
        let units = found.map(|(millis, bytes)| (millis, text[..bytes].encode_utf16().count()));
        (units != expected).then(|| format!("{units:?}"))
    });
}

#[test]
fn no_text_is_too_strange() {
    let texts =
        ["é", "+é", "GMT+é", "-", "2é", "１２", "9E99", "9E-99", "99999999999999999999999999999999999999999E9", "GMT+"];
    for letter in LETTERS.chars() {
        for count in 1..6 {
            let Ok(pattern) = Pattern::new(&letter.to_string().repeat(count)) else { continue };
            let both = Pattern::new(&format!("{}y", letter.to_string().repeat(count))).expect("a pattern");
            for text in texts {
                pattern.parse(text, Zone::Fixed(0), &|| NOW);
                both.parse(text, Zone::Fixed(0), &|| NOW);
            }
            for millis in [i64::MIN, i64::MAX, i64::MIN / 2] {
                pattern.format(millis, zone("Europe/Paris"), &mut String::new());
            }
        }
    }
}
