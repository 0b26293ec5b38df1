//! The library as a program that embeds it sees it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use sumoql::{Engine, Input, Partiality, RunError};

/// Each row as its columns and values.
fn texts(engine: &Engine, query: &str, input: &str) -> Vec<String> {
    let answer = engine.prepare(query).unwrap().run(Input::lines(input)).unwrap();
    let row =
        |row: sumoql::Row| row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    answer.rows().map(row).collect()
}

#[test]
fn a_query_runs_over_lines() {
    let query = "error | parse \"user=*,\" as user | count by user | sort by user asc";
    let rows = texts(&Engine::default(), query, "error user=bob,\nerror user=ann,\nfine user=eve,\nerror user=ann,\n");
    assert_eq!(rows, ["user=ann _count=2", "user=bob _count=1"]);
}

#[test]
fn a_query_that_can_not_run_says_why_and_where() {
    let found = Engine::default().prepare("* | wher x = 1").unwrap_err();
    assert!(found.iter().any(|diagnostic| diagnostic.code.id == "E201" || diagnostic.is_error()));
    assert!(found.to_string().contains("* | wher x = 1"), "{found}");
    assert!(Engine::builder().strict(true).build().prepare("* | dcount(a) as b").is_err());
    let warned = Engine::default().prepare("* | dcount(_raw) as b").unwrap();
    assert!(!warned.warnings().is_empty());
}

#[test]
fn columns_are_found_by_name_in_any_case() {
    let answer = Engine::default().prepare("* | count").unwrap().run(Input::lines("a\nb\n")).unwrap();
    let row = answer.rows().next().unwrap();
    assert_eq!((row["_COUNT"].to_string(), row.get("other").is_none()), ("2".to_string(), true));
    assert_eq!(answer.columns().collect::<Vec<_>>(), ["_count"]);
    assert_eq!((answer.len(), answer.summary().messages, answer.summary().in_scope), (1, Some(2), 2));
}

#[test]
fn a_part_is_not_taken_for_a_whole() {
    let engine = Engine::builder().memory_limit(50_000).threads(1).build();
    let lines: String = (0..5_000).map(|n| format!("line {n}\n")).collect();
    let query = engine.prepare("* | count by _raw").unwrap();
    match query.run(Input::lines(&lines)) {
        Err(RunError::Partial(answer)) => {
            assert_eq!(answer.summary().partial, Some(Partiality::Memory(50_000)));
            assert!(!answer.is_empty() && answer.len() < 5_000, "{}", answer.len());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_are_saved_only_where_there_is_a_place_for_them() {
    let query = "* | count as n | save /a/table";
    let off = Engine::default().prepare(query).unwrap().run(Input::lines("x\n"));
    assert!(matches!(off, Err(RunError::SavingIsOff)), "{off:?}");
    let saved = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&saved);
    let engine = Engine::builder().save_to(move |rows| {
        seen.lock().unwrap().push((rows.name.to_string(), rows.table.rows.len()));
        Ok(())
    });
    engine.build().prepare(query).unwrap().run(Input::lines("x\n")).unwrap();
    assert_eq!(*saved.lock().unwrap(), [("/a/table".to_string(), 1)]);
}

#[test]
fn one_query_runs_many_times_at_once() {
    let query = Engine::builder().threads(2).build().prepare("* | count").unwrap();
    let runs: Vec<_> = (1..=8).map(|n| query.start(Input::lines(&"x\n".repeat(n))).unwrap()).collect();
    for (n, run) in (1..=8).zip(runs) {
        assert_eq!(run.wait().unwrap().rows().next().unwrap()["_count"].to_string(), n.to_string());
    }
}
