//! Text in columns: rows become JSON objects, whatever the chunks, and what only looks like it stays text.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::inputs::{Given, every_way, messages};
use crate::program::run_in;
use proptest::prelude::*;
use sumoql_input::{Format, InputRequest, Problem, open};

const TABLE: &[u8] = b"\xEF\xBB\xBFtime,user,what\r\n2024-05-14 09:12:01,ann,\"said \"\"no\"\",\r\ntwice\"\r\n\r\n\
    2024-05-14 09:12:02,bob\r\n2024-05-14 09:12:03,caf\xE9,x,more\r\n";

/// What bytes give, however they are read.
fn read(bytes: &[u8], format: Format) -> Given {
    every_way(bytes, &InputRequest { format, ..InputRequest::default() })
}

fn raws(bytes: &[u8], format: Format) -> Vec<String> {
    read(bytes, format).0.into_iter().map(|(_, raw)| raw).collect()
}

#[test]
fn rows_become_objects_and_what_does_not_fit_is_counted() {
    let (found, notes) = read(TABLE, Format::Csv);
    let expected = [
        (19, r#"{"time":"2024-05-14 09:12:01","user":"ann","what":"said \"no\",\r\ntwice"}"#),
        (68, r#"{"time":"2024-05-14 09:12:02","user":"bob"}"#),
        (93, "{\"time\":\"2024-05-14 09:12:03\",\"user\":\"caf\u{fffd}\",\"what\":\"x\",\"column4\":\"more\"}"),
    ];
    assert_eq!(found, expected.map(|(at, raw)| (at, raw.to_string())));
    assert!(notes[0].starts_with("bytes at one place, byte 116, are not UTF-8"), "{notes:?}");
    assert_eq!(notes[1..], ["2 rows have another number of cells than the header, which has 3, the first at byte 68"]);
}

#[test]
fn what_is_certain_is_recognised() {
    let text =
        "Level;Date and Time;Source;Event ID\nError;14.05.2024 09:12:01;Kernel;41\nInfo;14.05.2024 09:12:02;X;6\n";
    let (found, notes) = read(text.as_bytes(), Format::Auto);
    assert_eq!(found[1].1, r#"{"Level":"Info","Date and Time":"14.05.2024 09:12:02","Source":"X","Event ID":"6"}"#);
    assert!(notes[0].starts_with("taken as CSV") && notes[0].ends_with("--format text keeps the lines"), "{notes:?}");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(raws(&wide, Format::Auto), [found[0].1.clone(), found[1].1.clone()]);
    assert_eq!(raws(text.as_bytes(), Format::Text).len(), 3);
}

#[test]
fn what_only_looks_like_it_stays_text() {
    let access = "ip,-,frank,[10/Oct/2000:13:55:36 -0700],\"GET /a HTTP/1.0\",200,2326\n".repeat(5);
    let prose = "Dear all, we met, and talked\nin 2024, for 3, or 4\nyears, 5, of 6\n".to_string();
    for text in [access, prose] {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(raws(text.as_bytes(), Format::Auto), lines);
    }
}

#[test]
fn odd_headers() {
    assert_eq!(raws(b"\n \na,b\n1,2\n", Format::Csv), [r#"{"a":"1","b":"2"}"#]);
    assert_eq!(raws(b"a,\"b\n1,x\n2,\"y\"\n", Format::Csv), [r#"{"a":"1","b":"x"}"#, r#"{"a":"2","b":"y"}"#]);
    assert_eq!(raws(b"\"a\nb\",c\n1,2", Format::Csv), [r#"{"a\nb":"1","c":"2"}"#]);
    for none in [&b""[..], b"\n\n", b"a,b", b"a,b\n", b"a,b\n\n\n"] {
        assert!(raws(none, Format::Csv).is_empty());
    }
}

#[test]
fn long_cells_are_cut_into_pieces_and_keep_their_order() {
    let text = format!("a,b\n1,\"{}\"\n2,x\n", "\"\"".repeat(100_000));
    let (found, notes) = read(text.as_bytes(), Format::Csv);
    let lengths: Vec<usize> = found.iter().map(|(_, raw)| raw.len()).collect();
    assert_eq!(lengths, [65_536, 65_536, 65_536, 200_000 + 16 - 3 * 65_536, 17]);
    assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(notes[0].starts_with("the message near byte 4 has more than 65536 bytes"), "{notes:?}");
}

#[test]
fn a_file_that_ends_early_gives_its_rows_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let text = "a,b,c\n".to_string() + &"1,2,3\n".repeat(1000);
    std::fs::write(&path, &text).unwrap();
    let request =
        InputRequest { paths: vec![path.to_string_lossy().into_owned()], chunk: 1000, ..InputRequest::default() };
    let opened = open(&request).unwrap();
    std::fs::write(&path, &text[..15]).unwrap();
    assert_eq!(messages(&opened, 1).len(), 2, "the rows that are left");
    let mut packed = Vec::new();
    let mut writer = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::none());
    std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
    writer.finish().unwrap();
    std::fs::write(&path, &packed[..3015]).unwrap();
    let opened = open(&request).unwrap();
    assert_eq!(messages(&opened, 2).len(), 499);
    let problems: Vec<_> = opened.problems().iter().map(Problem::to_string).collect();
    assert!(
        problems.len() == 1 && problems[0].contains("a.csv: at byte 3000: the gzip data end too early"),
        "{problems:?}"
    );
}

#[test]
fn fields_are_found_by_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), TABLE).unwrap();
    let query =
        "* | json field=_raw \"user\" | formatDate(_messageTime, \"HH:mm:ss\") as t | sort by t asc | fields user, t";
    let ran = run_in(folder.path(), &["run", query, "a.csv", "--format", "csv", "--output", "csv"], b"");
    assert_eq!(ran.out, "user,t\nann,09:12:01\nbob,09:12:02\ncaf\u{fffd},09:12:03\n", "{}", ran.err);
    assert!(ran.err.contains("2 rows have another number of cells"), "{}", ran.err);
    assert_eq!(ran.status, 0);
}

const PARTS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"a",
    b",",
    b";",
    b"\"",
    b"\"\"",
    b"\",\"",
    b"\"\n",
    b",\"",
    b"bc d",
    b"\xFF",
    "ü".as_bytes(),
    b"\t",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn rows_are_the_same_however_cut(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
        header in proptest::sample::select(&["a,b,c\n", "a;\"b\n", "\"a\n\",b\n", ""][..]),
    ) {
        let bytes = [header.as_bytes(), &parts.concat()].concat();
        let (found, _) = read(&bytes, Format::Csv);
        for pair in found.windows(2) {
            prop_assert!(pair[0].0 < pair[1].0, "offsets rise");
        }
        if header == "a,b,c\n" {
            let kept: usize = found.iter().map(|(_, raw)| raw.matches("bc d").count()).sum();
            let given = parts.iter().filter(|part| **part == b"bc d").count();
            prop_assert_eq!(kept, given, "nothing is lost");
        }
    }
}

const EVENT_VIEWER: &str = "Keywords,Date and Time,Source,Event ID,Task Category\r\n\
    Audit Failure,5/14/2024 9:12:01 AM,Security-Auditing,4625,Logon,\"A logon\nfailed.\"\r\n\
    Audit Success,5/14/2024 9:12:02 AM,Security-Auditing,4624,Logon,\"A logon went well.\"\r\n";

#[test]
fn exports_of_windows_are_recognised() {
    let (found, notes) = read(EVENT_VIEWER.as_bytes(), Format::Auto);
    assert_eq!(found.len(), 2);
    assert!(found[0].1.ends_with(r#""Task Category":"Logon","column6":"A logon\nfailed."}"#), "{}", found[0].1);
    assert!(notes[1].starts_with("2 rows have another number of cells than the header, which has 5"), "{notes:?}");
    let row = [r#"{"Id":"4625","TimeCreated":"5/14/2024 9:12:01 AM"}"#];
    let typed = "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n\"Id\",\"TimeCreated\"\r\n\
                 \"4625\",\"5/14/2024 9:12:01 AM\"\r\n";
    let marked = format!("\u{feff}{typed}");
    for text in [typed, &marked, "sep=;\nId;TimeCreated\n4625;5/14/2024 9:12:01 AM\n"] {
        for format in [Format::Auto, Format::Csv] {
            assert_eq!(raws(text.as_bytes(), format), row, "{text}");
        }
    }
    assert_eq!(raws(marked.repeat(2).as_bytes(), Format::Auto).len(), 2, "two of them, joined");
}

#[test]
fn what_may_be_csv_is_told() {
    let text = "user,action,status\nann,login,ok\nbob,login,failed\n";
    let (found, notes) = read(text.as_bytes(), Format::Auto);
    assert_eq!(found.len(), 3);
    assert_eq!(notes, ["it may be CSV: --format csv makes a message of each row below the header"]);
    assert_eq!(read(text.as_bytes(), Format::Text).1, [""; 0]);
    assert_eq!(raws(text.as_bytes(), Format::Csv).len(), 2);
}

#[test]
fn names_that_come_twice_are_numbered() {
    let text = "Receive Time,FUTURE_USE,FUTURE_USE\n2024/05/14 09:12:01,a,b\n";
    let row = r#"{"Receive Time":"2024/05/14 09:12:01","FUTURE_USE":"a","FUTURE_USE_2":"b"}"#;
    assert_eq!(raws(text.as_bytes(), Format::Auto), [row]);
}

/// Columns of Azure say that their times are UTC, whatever the zone of those that say nothing.
#[test]
fn a_column_says_its_zone() {
    let text = "TimeGenerated [UTC],Account\n5/14/2024 9:12:01.123 AM,ann\n5/14/2024 9:12:02.123 AM,bob\n";
    let query = "* | min(_messagetime) as t";
    for (name, hour) in [("TimeGenerated [UTC]", "09"), ("TimeGenerated [Local Time]", "07")] {
        let text = text.replace("TimeGenerated [UTC]", name);
        let query = format!("{query} | formatDate(t, \"HH\", \"UTC\") as h | fields h");
        let zone = ["--timezone", "Europe/Berlin", "--output", "csv"];
        let ran = run_in(std::path::Path::new("."), &[&["run", &query][..], &zone].concat(), text.as_bytes());
        assert_eq!(ran.out, format!("h\n{hour}\n"), "{}", ran.err);
    }
}
