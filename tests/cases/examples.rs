//! Runs every example of the catalogue: one test for each, named by what it is an example of.
//!
//! Each runs with 1, 2 and 8 threads, batches of 1, 7 and 1024 rows and chunks of one line and of everything; all
//! answers must be the same. The tables are those of `catalogue::sample`.

use super::input;
use libtest_mimic::{Failed, Trial};
use std::sync::Arc;
use sumoql::language::sample_tables::Samples;
use sumoql::syntax::signature::{Example, Expect};
use sumoql::{Engine, Row};

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
            let engine = Engine::builder().threads(threads).batch(batch).range(RANGE.0, RANGE.1).now(RANGE.1);
            let engine = engine.tables(Arc::new(Samples)).save_to(|_| Ok(())).build();
            let (query, columns, rows) = match (engine.prepare(example.query), &example.expect) {
                (Ok(query), Expect::Rows(columns, rows)) => (query, columns, rows),
                (Err(found), Expect::Error(code)) if found.iter().any(|error| error.code.id == *code) => return Ok(()),
                (found, expected) => return Err(format!("expected {expected:?}, got {found:?}").into()),
            };
            let answer = query.run(input(&text, RANGE.0, chunk))?;
            let cells = |row: Row<'_>| columns.iter().map(|name| row[*name].to_string()).collect();
            let found: Vec<Vec<String>> = answer.rows().map(cells).collect();
            if found != *rows {
                let setting = format!("{threads} threads, batches of {batch}, chunks of {chunk}");
                return Err(format!("{}\nexpected {rows:?}\n     got {found:?}\n({setting})", example.query).into());
            }
        }
    }
    Ok(())
}
