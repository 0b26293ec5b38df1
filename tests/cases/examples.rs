//! Runs every example of the catalogue: one test for each, named by what it is an example of.
//!
//! Each runs with 1, 2 and 8 threads, batches of 1, 7 and 1024 rows and chunks of one line and of everything; all
//! answers must be the same. The tables are those of `catalogue::sample`.

use libtest_mimic::{Failed, Trial};
use std::sync::Arc;
use sumoql::language::sample_tables::Samples;
use sumoql::run::execute::{Options, Progress, execute};
use sumoql::syntax::signature::{Example, Expect};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

/// 2024-05-01T00:00:00Z and an hour later.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// All trials.
pub fn trials() -> Vec<Trial> {
    let catalogue = sumoql::catalogue();
    let mut trials = Vec::new();
    let mut add = |kind: &str, name: &str, examples: &'static [Example]| {
        for (number, example) in examples.iter().enumerate() {
            let name = format!("{kind}::{}::{}", name.replace(' ', "_"), number + 1);
            trials.push(Trial::test(name, move || check(example)));
        }
    };
    catalogue.operators().iter().for_each(|def| add("operators", def.name, def.examples));
    catalogue.functions().iter().for_each(|def| add("functions", def.name, def.examples));
    catalogue.aggregates().iter().for_each(|def| add("aggregates", def.name, def.examples));
    sumoql::syntax::expression_words::WORDS.iter().for_each(|def| add("expressions", def.name, def.examples));
    sumoql::language::reference::built_in_fields::FIELDS.iter().for_each(|def| add("fields", def.name, def.examples));
    catalogue.subquery().iter().for_each(|(def, _)| add("conditions", def.name, def.examples));
    trials
}

fn check(example: &Example) -> Result<(), Failed> {
    let catalogue = sumoql::catalogue();
    let (query, mut diagnostics) = sumoql::syntax::parse(example.query, &catalogue);
    let mut plan = None;
    if diagnostics.is_empty() {
        (plan, diagnostics) = sumoql::plan::plan_with(example.query, &query, &catalogue, &Samples);
    }
    let errors: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).collect();
    let (columns, rows) = match (&example.expect, errors.first()) {
        (Expect::Error(code), Some(error)) if error.code.id == *code => return Ok(()),
        (Expect::Error(code), found) => return Err(format!("expected {code}, got {found:?}").into()),
        (Expect::Rows(..), Some(error)) => return Err(format!("refused: {error:?}").into()),
        (Expect::Rows(columns, rows), None) => (columns, rows),
    };
    let plan = plan.ok_or("no plan and no error")?;
    let mut text = String::new();
    for message in example.messages {
        if message.starts_with("{\"_raw\"") {
            text.push_str(message);
        } else {
            text.push_str(&serde_json::json!({"_raw": message, "_messageTime": RANGE.0}).to_string());
        }
        text.push('\n');
    }
    for threads in [1, 2, 8] {
        for (batch, chunk) in [(1, 1), (7, 1), (1024, 1 << 20)] {
            let input = Memory::lines(&text, plain_source(Arc::new(Messages), RANGE.0), chunk);
            let tables = Arc::new(Samples);
            let options =
                Options { threads, batch, range: Some(RANGE), now: RANGE.1.into(), tables, ..Options::default() };
            let table = execute(&plan, &input, &options, &Progress::default()).table;
            let found: Vec<Vec<String>> = table
                .rows
                .iter()
                .map(|row| {
                    let cell = |name: &&str| table.column(name).map(|at| row[at].to_string()).unwrap_or_default();
                    columns.iter().map(cell).collect()
                })
                .collect();
            if found != *rows {
                let setting = format!("{threads} threads, batches of {batch}, chunks of {chunk}");
                return Err(format!("{}\nexpected {rows:?}\n     got {found:?}\n({setting})", example.query).into());
            }
        }
    }
    Ok(())
}
