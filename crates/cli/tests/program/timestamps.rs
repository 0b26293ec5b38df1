//! Timestamps of a form that `sources.toml` gives for an input.

#![allow(clippy::unwrap_used)]

use crate::files::folder;
use crate::program::run_in;

const LOG: &str = "\
sent 2023-01-01 00:00:00, end [14.05.2024 09:12:01] one
sent 2023-01-01 00:00:00, end [14.05.2024 09:12:02] two
sent 2023-01-01 00:00:00, end [] three
end [soon] four
";

fn times(rule: &str, log: &str) -> (Vec<String>, String) {
    let rule = format!("[[source]]\nfiles = '*.log'\n{rule}\n");
    let folder = folder(&[("a.log", log.as_bytes()), ("sources.toml", rule.as_bytes())]);
    let query = "* | formatDate(_messageTime, \"yyyy-MM-dd HH:mm:ss.SSS\") as t | fields t | sort by t asc";
    let ran = run_in(folder.path(), &["run", "--output", "csv", query, "a.log"], b"");
    (ran.out.lines().skip(1).map(|line| line.replace('"', "")).collect(), ran.err)
}

#[test]
fn the_form_counts_and_what_lacks_it_is_looked_at_as_usual() {
    let rule = "timestamp = 'dd.MM.yyyy HH:mm:ss'\ntimezone = 'Europe/Berlin'";
    let (found, told) = times(rule, LOG);
    let expected = ["2022-12-31 23:00:00.000", "2024-05-14 07:12:01.000", "2024-05-14 07:12:02.000"];
    assert_eq!(found[..3], expected);
    assert!(told.contains("1 message without a timestamp") || told.contains("no timestamp"), "{told}");
}

#[test]
fn locators_and_several_forms() {
    let rule = r"timestamp = ['epoch', { format = 'dd/MMM/yyyy HH.mm', locator = 'end=(\S+ \S+)' }]";
    let log = "t 1715677921250 x\nstart=01/Jan/2020 00.00 end=14/May/2024 09.12 x\n2024-05-14 10:00:00 x\n";
    let expected = ["2024-05-14 09:12:00.000", "2024-05-14 09:12:01.250", "2024-05-14 10:00:00.000"];
    assert_eq!(times(rule, log), (expected.map(String::from).to_vec(), String::new()));
}

#[test]
fn sources_tells_the_form_and_where_it_was_found() {
    let rule = b"[[source]]\nfiles = '*.log'\ntimestamp = 'dd.MM.yyyy HH:mm:ss'\n";
    let folder = folder(&[("a.log", LOG.as_bytes()), ("sources.toml", rule)]);
    let ran = run_in(folder.path(), &["sources", "a.log"], b"");
    assert!(ran.out.contains("found          14.05.2024 09:12:01, format dd.MM.yyyy HH:mm:ss\n"), "{}", ran.out);
    assert!(ran.out.contains("time           2024-05-14 09:12:01.000 UTC\n"), "{}", ran.out);
}

/// Letters that mean more than one zone, or are a word too, are not taken for one, and that is said.
#[test]
fn sources_tells_letters_that_may_be_a_zone() {
    let lines = "2024-05-14 18:12:01 IST one\n";
    let folder = folder(&[("ist.log", lines.as_bytes()), ("jst.log", lines.replace("IST", "JST").as_bytes())]);
    let ran = run_in(folder.path(), &["sources", "ist.log"], b"");
    assert!(ran.out.contains("zone           UTC (default); `IST` after it is not read as a zone\n"), "{}", ran.out);
    let ran = run_in(folder.path(), &["sources", "jst.log"], b"");
    assert!(ran.out.contains("time           2024-05-14 09:12:01.000 UTC\n"), "{}", ran.out);
    assert!(ran.out.contains("zone           from the timestamp\n"), "{}", ran.out);
}

#[test]
fn mistakes_are_told_with_their_line() {
    let (found, told) = times("timestamp = 'dd.MM.yyyy'", LOG);
    assert!(found.is_empty() && told.contains("sources.toml:3: the pattern `dd.MM.yyyy` has no hour"), "{told}");
}

/// The times of a log and what is said about them.
fn plain(log: &str) -> (Vec<String>, String) {
    let folder = folder(&[("a.log", log.as_bytes())]);
    let query = "* | formatDate(_messageTime, \"yyyy-MM-dd HH:mm:ss\") as t | fields t | sort by t asc";
    let ran = run_in(folder.path(), &["run", "--output", "csv", query, "a.log"], b"");
    (ran.out.lines().skip(1).map(|line| line.replace('"', "")).collect(), ran.err)
}

#[test]
fn all_dates_of_an_input_have_one_order() {
    let (found, told) = plain("06/05/2024 09:12:01 a\n13/05/2024 09:12:02 b\n01/06/2024 09:12:03 c\n");
    assert_eq!(found, ["2024-05-06 09:12:01", "2024-05-13 09:12:02", "2024-06-01 09:12:03"]);
    assert_eq!(told, "");
    let (found, told) = plain("05/06/24 09:12:01 a\n05/14/24 09:12:02 b\n");
    assert_eq!((found, told.as_str()), (vec!["2024-05-06 09:12:01".into(), "2024-05-14 09:12:02".into()], ""));
    // A line far behind the first ones shows it too late.
    let far: String = (0..9000).map(|n| format!("05/06/2024 09:12:01 {n}\n")).collect();
    let (found, told) = plain(&format!("{far}13/05/2024 09:12:02 x\n"));
    assert_eq!((found.len(), found.last().unwrap().as_str()), (9001, "2024-05-13 09:12:02"));
    assert!(told.contains("a.log: some dates are valid only with the day first, others"), "{told}");
}

#[test]
fn an_order_that_nothing_tells_is_told() {
    let (found, told) = plain("03/04/2024 09:12:01 a\n03/05/2024 09:12:02 b\n");
    assert_eq!(found, ["2024-03-04 09:12:01", "2024-03-05 09:12:02"]);
    assert!(told.contains("a.log: the order of day, month and year is a guess"), "{told}");
    let (found, told) = plain("03-04-2024 09:12:01 a\n03-05-2024 09:12:02 b\n");
    assert!(found.len() == 2 && told.contains("2 messages without a timestamp"), "{told}");
}

#[test]
fn a_year_that_is_guessed_is_told() {
    let (_, told) = plain("May 14 09:12:01 h app: a\n");
    assert!(told.contains("a.log: timestamps have no year"), "{told}");
    let (_, told) = plain("Tue May 14 09:12:01 2024 a\n");
    assert_eq!(told, "");
}

#[test]
fn a_time_beside_a_date_that_is_not_read_is_none() {
    for line in
        ["14.05.2024 09:12:01 x", "14 ao\u{fb}t 2024 09:12:01 x", "2024-13-14 09:12:01 x", "27.05.2019,10:09:04:540,7"]
    {
        let (found, told) = plain(&format!("{line}\n"));
        assert!(found.len() == 1 && told.contains("1 message without a timestamp"), "{line}: {told}");
    }
}
