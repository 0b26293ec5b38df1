//! The library as a program that embeds it sees it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use sumoql::diagnostics::Diagnostic;
use sumoql::plan::definitions::OperatorDef;
use sumoql::plan::{OperatorCall, Planner};
use sumoql::syntax::signature::{Group, OperatorSignature};
use sumoql::{Engine, Input, LocatedDiagnostic, Parameter, Partiality, RunError, Severity};
use sumoql_data::framing::lines::Lines;
use sumoql_data::in_memory::plain_source;
use sumoql_data::message::{Chunk, Source};

/// Each row as its columns and values.
fn texts(engine: &Engine, query: &str, input: &str) -> Vec<String> {
    let answer = engine.prepare(query).unwrap().run(Input::lines(input)).unwrap();
    let row =
        |row: sumoql::Row<'_>| row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    answer.rows().map(row).collect()
}

/// The codes of diagnostics, and what they speak of.
fn found<'t>(query: &'t str, list: &[LocatedDiagnostic]) -> Vec<(&'static str, &'t str)> {
    list.iter().map(|diagnostic| (diagnostic.code.id, diagnostic.span.of(query))).collect()
}

#[test]
fn a_query_runs_over_lines() {
    let query = "error | parse \"user=*,\" as user | count by user | sort by user asc";
    let rows = texts(&Engine::default(), query, "error user=bob,\nerror user=ann,\nfine user=eve,\nerror user=ann,\n");
    assert_eq!(rows, ["user=ann _count=2", "user=bob _count=1"]);
}

#[test]
fn a_query_that_can_not_run_says_why_and_where() {
    let query = "* | wher x = 1";
    let refused = Engine::default().prepare(query).unwrap_err();
    assert_eq!(found(query, refused.as_slice()), [("E102", "wher")]);
    assert!(refused.to_string().contains("help: did you mean `where`?"), "{refused}");
}

#[test]
fn what_is_not_documented_is_a_warning_or_refused() {
    let query = "* | dcount(_raw) as b";
    let prepared = Engine::default().prepare(query).unwrap();
    assert_eq!(found(query, prepared.warnings()), [("W201", "dcount")]);
    let refused = Engine::builder().strict(true).build().prepare(query).unwrap_err();
    assert_eq!(found(query, refused.as_slice()), [("W201", "dcount")]);
    assert!(refused.iter().all(|diagnostic| diagnostic.severity == Severity::Error));
}

#[test]
fn parameters_have_values_or_are_named() {
    let query = "* | where _raw = {{word}} | count";
    let refused = Engine::default().prepare(query).unwrap_err();
    assert_eq!(found(query, refused.as_slice()), [("E108", "{{word}}")]);
    let said = refused.to_string();
    assert!(said.contains("help: set it with the parameter word=VALUE") && !said.contains("--param"), "{said}");
    let word = Parameter::read("word:string=a").unwrap();
    let answer = Engine::default().prepare_with(query, &[word]).unwrap().run(Input::lines("a\nb\na\n")).unwrap();
    assert_eq!(answer.rows().next().unwrap()["_count"].to_string(), "2");
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
    match engine.prepare("* | count by _raw").unwrap().run(Input::lines(&lines)) {
        Err(RunError::Partial(answer)) => {
            assert_eq!(answer.summary().partial, Some(Partiality::Memory(50_000)));
            assert!(!answer.is_empty() && answer.len() < 5_000, "{}", answer.len());
        }
        other => panic!("{other:?}"),
    }
}

/// Lines without an end.
struct Endless(Arc<Source>);

impl sumoql_data::message::Input for Endless {
    fn next(&self, mut buffer: Vec<u8>) -> Option<Chunk> {
        buffer.clear();
        buffer.extend_from_slice(b"a line\n");
        Some(Chunk { bytes: buffer.into(), offset: 0, source: Arc::clone(&self.0) })
    }

    fn restart(&self) -> bool {
        false
    }
}

#[test]
fn a_run_can_be_watched_and_cancelled() {
    let reader = Endless(plain_source(Arc::new(Lines::default()), 0));
    let query = Engine::builder().threads(2).build().prepare("* | count").unwrap();
    let run = query.start(Input::reader(Arc::new(reader))).unwrap();
    while run.counts().messages < 100 {
        std::thread::yield_now();
    }
    assert!(!run.is_done());
    run.cancel();
    match run.wait() {
        Err(RunError::Partial(answer)) => {
            assert_eq!(answer.summary().partial, Some(Partiality::Stopped));
            let counted: u64 = answer.rows().next().unwrap()["_count"].to_string().parse().unwrap();
            assert_eq!(Some(counted), answer.summary().messages);
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
fn an_answer_is_not_lost_when_its_rows_can_not_be_saved() {
    let engine = Engine::builder().save_to(|_| Err("the disk is full".into())).build();
    match engine.prepare("* | count as n | save /a/table").unwrap().run(Input::lines("x\n")) {
        Err(RunError::NotSaved(reason, answer)) => {
            assert_eq!((reason.as_str(), answer.len()), ("the disk is full", 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_query_runs_many_times_at_once() {
    let query = Engine::builder().threads(2).build().prepare("* | count").unwrap();
    let runs: Vec<_> = (1..=8).map(|n| query.start(Input::lines(&"x\n".repeat(n))).unwrap()).collect();
    for (n, run) in (1..=8).zip(runs) {
        assert_eq!(run.wait().unwrap().rows().next().unwrap()["_count"].to_string(), n.to_string());
    }
}

/// An operator with the form of one that there is.
static LIMIT: OperatorDef = OperatorSignature {
    name: "limit",
    group: Group::Condition,
    form: "'limit' count:number",
    summary: "Keeps one row.",
    doc: "However many are asked for.",
    page: "",
    also: &[],
    examples: &[],
    ..OperatorSignature::BASE
}
.planned_by(one_row);

fn one_row(_: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    planner.limit(1);
    Ok(())
}

#[test]
fn an_operator_of_the_caller_takes_the_place_of_one_with_its_form() {
    let (query, input) = ("* | count by _raw | limit 2", "a\nb\nc\n");
    assert_eq!(texts(&Engine::default(), query, input).len(), 2);
    assert_eq!(texts(&Engine::builder().operator(&LIMIT).build(), query, input).len(), 1);
}
