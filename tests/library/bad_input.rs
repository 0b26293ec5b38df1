//! Every entry of the catalogue has an example of a null or of bad input, told from the others by running it.
//!
//! An example is one of those when the stage that shows the entry
//! - reads a null: a field that it names is null in a row that reaches it, or it has the literal `null` or `""`, or
//! - reads something else than it needs: a parse stage does not fit a message, a stage for numbers gets a text that is
//!   none, a function gives null or drops the row.
//!
//! A query that is refused counts only for what reads no values.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use sumoql::language::reference::entry::{Entry, EntryKind};
use sumoql::language::sample_tables::Samples;
use sumoql::run::execute::{Options, Progress, execute};
use sumoql::syntax::signature::{Example, Expect, Group};
use sumoql::syntax::tree::StageKind;
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};
use sumoql_data::table::Table;
use sumoql_data::value::Owned;

/// As in `tests/examples.rs`.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// Entries that read no values of fields: a refused query is all that can go wrong.
const READ_NOTHING: &[&str] =
    &["fields", "limit", "now", "queryEndTime", "queryStartTime", "queryTimeRange", "save", "timeslice", "trace"];

/// Examples of bad input that the rules above can't see, because the stage does not name what it reads.
const NAMED: &[(&str, &str)] = &[
    ("_format", "A value in the message's metadata takes precedence"),
    ("_messageCount", "A value in the message's metadata takes precedence"),
    ("_messageid", "A value in the message's metadata takes precedence"),
    ("benchmarkcat", "A column that the table does not have is null"),
    ("cat", "A column that the table does not have is null"),
    ("compare", "Null is a group like any other; columns made by `transpose` are compared too"),
    ("compose", "A row without a value is left out"),
    ("infer", "The fields that it would set are null"),
    ("logcompare", "A baseline with a start time; with an empty baseline, everything is new"),
    ("logreduce keys", "Messages without keys have an id of zeros"),
    ("sessionize", "A message that matches no pattern has no effect; an incomplete session gives no row"),
];

/// Operators whose fields are numbers.
const NUMERIC: &[&str] = &["accum", "backshift", "bin", "diff", "outlier", "predict", "rollingstd", "smooth", "total"];
/// Aggregates whose fields are numbers.
const NUMERIC_AGGREGATES: &[&str] = &["avg", "max", "min", "pct", "pct_sampling", "stddev", "sum"];

/// What a part of an example's query gives.
fn table(query: &str, example: &Example) -> Option<Table> {
    let catalogue = sumoql::catalogue();
    let (tree, errors) = sumoql::syntax::parse(query, &catalogue);
    if errors.iter().any(|d| d.is_error()) {
        return None;
    }
    let plan = sumoql::plan::plan_with(query, &tree, &catalogue, &Samples).0?;
    let mut text = String::new();
    for message in example.messages {
        match message.starts_with("{\"_raw\"") {
            true => text.push_str(message),
            false => text.push_str(&serde_json::json!({"_raw": message, "_messageTime": RANGE.0}).to_string()),
        }
        text.push('\n');
    }
    let input = Memory::lines(&text, plain_source(Arc::new(Messages), RANGE.0), 1 << 20);
    let options = Options { range: Some(RANGE), now: RANGE.1.into(), tables: Arc::new(Samples), ..Options::default() };
    Some(execute(&plan, &input, &options, &Progress::default()).table)
}

fn is_null(cell: &Owned) -> bool {
    matches!(cell, Owned::Null)
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let word = |c: char| !c.is_alphanumeric() && c != '_' && c != '.';
    text.split(word).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// Whether a stage's text uses an entry, by any of its names.
fn uses(kind: &StageKind, text: &str, entry: &Entry) -> bool {
    match (entry.kind, kind) {
        (EntryKind::Operator, StageKind::Operator { def, .. }) => def.name == entry.name,
        (EntryKind::Operator, _) => false,
        _ => {
            let words = words(text);
            let named = |name: &&str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
            std::iter::once(&entry.name).chain(entry.aliases).any(|name| named(name) || text.contains(name))
        }
    }
}

/// Whether an example shows a null or bad input.
fn is_bad(entry: &Entry, example: &Example) -> bool {
    if matches!(example.expect, Expect::Error(_)) {
        return READ_NOTHING.contains(&entry.name);
    }
    if NAMED.contains(&(entry.name, example.title)) {
        return true;
    }
    if entry.kind == EntryKind::Field {
        let null =
            |table: Table| table.column(entry.name).is_some_and(|at| table.rows.iter().any(|row| is_null(&row[at])));
        return table(example.query, example).is_some_and(null);
    }
    let catalogue = sumoql::catalogue();
    let (tree, _) = sumoql::syntax::parse(example.query, &catalogue);
    for stage in &tree.stages {
        let text = stage.span.of(example.query);
        if !uses(&stage.kind, text, entry) {
            continue;
        }
        let words = words(text);
        if text.contains("\"\"") || words.iter().any(|word| word == "null") {
            return true;
        }
        let scope = tree.search.span.of(example.query);
        let before = match tree.stages.iter().position(|other| other.span == stage.span) {
            Some(0) => table(if scope.is_empty() { "*" } else { scope }, example),
            Some(at) => table(&example.query[..tree.stages[at - 1].span.end], example),
            None => None,
        };
        let after = table(&example.query[..stage.span.end], example);
        let (Some(before), Some(after)) = (before, after) else { continue };
        let column = |table: &Table, at: usize| table.rows.iter().map(|row| row[at].clone()).collect::<Vec<Owned>>();
        for (at, name) in before.columns.iter().enumerate() {
            if !words.contains(&name.to_lowercase()) && !text.contains(&format!("%\"{name}\"")) {
                continue;
            }
            let cells = column(&before, at);
            if cells.iter().any(is_null) {
                return true;
            }
            let numbers = match entry.kind {
                EntryKind::Operator => NUMERIC.contains(&entry.name),
                EntryKind::Aggregate => NUMERIC_AGGREGATES.contains(&entry.name),
                _ => false,
            };
            // A group field may be a text; that all of them are texts means that it is one.
            let number = |cell: &Owned| cell.borrow().number().is_some();
            if numbers && cells.iter().any(number) && !cells.iter().all(number) {
                return true;
            }
        }
        let made = |(_, name): &(usize, &String)| before.column(name).is_none();
        let null = after.columns.iter().enumerate().filter(made).any(|(at, _)| column(&after, at).iter().any(is_null));
        let fewer = after.rows.len() < before.rows.len() && !matches!(words[0].as_str(), "where");
        match entry.kind {
            EntryKind::Operator if entry.group == Group::Parse && (null || fewer) => return true,
            EntryKind::Function if null || fewer => return true,
            _ => {}
        }
    }
    false
}

#[test]
fn every_entry_shows_what_becomes_of_a_null_or_of_bad_input() {
    let catalogue = sumoql::catalogue();
    let mut faults = Vec::new();
    for entry in catalogue.entries() {
        let bad = entry.examples.iter().filter(|example| is_bad(&entry, example)).count();
        if bad == 0 {
            faults.push(format!("{} {}: no example of a null or of bad input", entry.kind.name(), entry.name));
        }
        let gives = |example: &&Example| matches!(example.expect, Expect::Rows(_, [_, ..]));
        if entry.examples.len() < 2 || !entry.examples.iter().any(|example| gives(&example)) {
            faults.push(format!(
                "{} {}: no example that gives rows, or only one at all",
                entry.kind.name(),
                entry.name
            ));
        }
    }
    for (name, title) in NAMED {
        if !catalogue.entries().iter().any(|e| e.name == *name && e.examples.iter().any(|e| e.title == *title)) {
            faults.push(format!("{name} has no example {title:?}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
