//! Small queries with what they give, rule by rule: `tests/language/*.jsonl`, one case on each line.
//!
//! A case has a `query` and either the code of the `error` it is refused with (or how that starts: `E` is any), or
//! `messages` (a text, or an object with `_raw`, `_messageTime` and metadata; they are from the start of the range unless
//! they say otherwise), the `columns` to look at and the `rows` these hold, as text. `from` and `to` give another time
//! range than the first hour of May 2024.

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use std::sync::Arc;
use sumoql::run::execute::{Options, Progress, execute};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

/// All trials.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let line = line.to_string();
            trials.push(Trial::test(format!("{name}::{}", at + 1), move || check(&serde_json::from_str(&line)?)));
        }
    }
    assert!(trials.len() > 100, "the cases are not where they should be");
    trials
}

fn check(case: &Value) -> Result<(), Failed> {
    let text = case["query"].as_str().ok_or("a case has a query")?;
    let catalogue = sumoql::catalogue();
    let (query, mut diagnostics) = sumoql::syntax::parse(text, &catalogue);
    let mut plan = None;
    if diagnostics.is_empty() {
        (plan, diagnostics) = sumoql::plan::plan(text, &query, &catalogue);
    }
    let error = diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    if let Some(code) = case["error"].as_str() {
        return match error {
            Some(error) if error.code.id.starts_with(code) => Ok(()),
            found => Err(format!("{text}\nexpected {code}, got {found:?}").into()),
        };
    }
    if let Some(error) = error {
        return Err(format!("{text}\nrefused: {error:?}").into());
    }
    let plan = plan.ok_or("no plan and no error")?;
    let time = |name: &str, other: &str| {
        let text = case[name].as_str().unwrap_or(other);
        chrono::DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis())
    };
    let range = (time("from", "2024-05-01T00:00:00Z")?, time("to", "2024-05-01T01:00:00Z")?);
    let mut lines = String::new();
    for message in case["messages"].as_array().into_iter().flatten() {
        let mut message = if message.is_string() { json!({"_raw": message}) } else { message.clone() };
        if message["_messageTime"].is_null() {
            message["_messageTime"] = json!(range.0);
        }
        lines.push_str(&format!("{message}\n"));
    }
    let columns: Vec<&str> = case["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (threads, batch, chunk) in [(1, 1024, 1 << 20), (3, 2, 1)] {
        let input = Memory::lines(&lines, plain_source(Arc::new(Messages), range.0), chunk);
        let options = Options { threads, batch, range: Some(range), now: range.1.into(), ..Options::default() };
        let table = execute(&plan, &input, &options, &Progress::default()).table;
        let cell = |row: &[_], name: &&str| table.column(name).map(|at| cell_text(&row[at])).unwrap_or_default();
        let found: Vec<Value> =
            table.rows.iter().map(|row| columns.iter().map(|name| cell(row, name)).collect()).collect();
        if case["rows"].as_array() != Some(&found) {
            let (expected, found) = (&case["rows"], Value::from(found));
            return Err(format!("{text}\nexpected {expected}\n     got {found}\n({threads} threads)").into());
        }
    }
    Ok(())
}

fn cell_text(cell: &sumoql_data::value::Owned) -> String {
    cell.to_string()
}
