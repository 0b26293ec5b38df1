//! Shortcuts change nothing: random queries over random logs give the same bytes by the simple path and by the fast one,
//! with any number of threads, however the log is cut and read. So do the cases of ../shared/conformance, where they are.
//! And stages that change nothing change nothing, wherever they are put.
//!
//! `PROPTEST_CASES` sets how many random queries there are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod choices;
mod data;
mod neutral;
mod queries;
mod ways;

use crate::shared;
use choices::Choices;
use data::{KINDS, Kind};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::sync::Mutex;
use ways::Log;

/// How many queries are tried: so many, or what `PROPTEST_CASES` asks for, divided by `each`.
fn config(usual: u32, each: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u32>().ok());
    let cases = asked.map_or(usual, |cases| (cases / each).max(1));
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 1024, ..ProptestConfig::default() }
}

/// Tries random queries over logs of about so many bytes.
fn holds(config: ProptestConfig, sizes: &[usize]) -> Counts {
    let numbers = |least, most| proptest::collection::vec(any::<u32>(), least..most);
    let counts = Mutex::new(Counts::default());
    let strategy = (0..KINDS.len(), numbers(10, 100), numbers(50, 600), 0..sizes.len());
    let held = TestRunner::new(config).run(&strategy, |(kind, query, log, size)| {
        let kind: Kind = KINDS[kind];
        let query = queries::query(&mut Choices::new(&query), kind).join(" | ");
        let log = Log::of_bytes(data::log(&mut Choices::new(&log), kind, sizes[size]));
        let compared = ways::compare(&query, &log).map_err(TestCaseError::fail)?;
        let mut counts = counts.lock().unwrap();
        counts.tried += 1;
        if let Some(compared) = compared {
            counts.ran += 1;
            counts.have_rows += usize::from(compared.rows > 0);
            counts.passed_over += usize::from(compared.passed_over);
        }
        Ok(())
    });
    if let Err(failed) = held {
        panic!("{failed}");
    }
    let counts = counts.into_inner().unwrap();
    println!("{counts:?}");
    // Lest nothing is compared with nothing. A few queries may by chance be all alike.
    let Counts { tried, ran, have_rows, .. } = counts;
    assert!(tried < 100 || ran * 10 >= tried * 9 && have_rows * 4 >= tried, "{counts:?}");
    counts
}

/// How many queries there were, and of them ran, had rows, and had their scope's words looked for in whole chunks.
#[derive(Debug, Default)]
struct Counts {
    tried: usize,
    ran: usize,
    have_rows: usize,
    passed_over: usize,
}

#[test]
fn random_queries_over_small_logs() {
    holds(config(240, 1), &[0, 3_000]);
}

/// Words are looked for in whole chunks only where these are large.
#[test]
fn random_queries_over_large_chunks() {
    let counts = holds(config(24, 8), &[150_000, 400_000]);
    assert!(counts.passed_over > 0, "{counts:?}");
}

/// Files of a megabyte that rest are mapped.
#[test]
fn random_queries_over_mapped_files() {
    holds(config(3, 64), &[1_100_000]);
}

/// A stage that changes nothing changes nothing, wherever it stands.
#[test]
fn neutral_stages_in_random_queries() {
    let numbers = |least, most| proptest::collection::vec(any::<u32>(), least..most);
    let strategy = (0..KINDS.len(), numbers(10, 100), numbers(50, 300), numbers(4, 12));
    let ran = Mutex::new(0);
    let config = config(160, 1);
    let cases = config.cases;
    let held = TestRunner::new(config).run(&strategy, |(kind, query, log, places)| {
        let kind: Kind = KINDS[kind];
        let query = queries::query(&mut Choices::new(&query), kind);
        let log = Log::of_bytes(data::log(&mut Choices::new(&log), kind, 2_000));
        let changed = neutral::changed(&query, &mut Choices::new(&places));
        if neutral::same(&query.join(" | "), &changed, &log).map_err(TestCaseError::fail)? {
            *ran.lock().unwrap() += 1;
        }
        Ok(())
    });
    if let Err(failed) = held {
        panic!("{failed}");
    }
    let ran = ran.into_inner().unwrap();
    assert!(ran * 10 >= cases * 9, "{ran} of {cases} ran");
}

/// Every stage that sees all rows after everything that makes rows.
#[test]
fn neutral_stages_before_every_stage_that_sees_all_rows() {
    neutral::every_pair();
}

#[test]
fn the_first_of_many_equal_rows() {
    // A sort that is cut keeps a bound after so many rows; of rows that are equal to it the newest come first, which are the
    // last in the log.
    let line = |n: u32| {
        let k = n.wrapping_mul(2_654_435_761) % 3;
        format!("2024-05-01 {:02}:{:02}:{:02} k={k} n={n}\n", n / 3600, n / 60 % 60, n % 60)
    };
    let log: String = (0..6000).map(line).collect();
    let log = Log::of_bytes(log.into_bytes());
    for order in ["asc", "desc"] {
        for limit in [10, 1500, 2500] {
            let query =
                format!("* | parse \"k=* n=*\" as k, n nodrop | sort by k {order} | limit {limit} | fields k, n");
            let compared = ways::compare(&query, &log).unwrap_or_else(|differs| panic!("{differs}"));
            assert_eq!(compared.map(|compared| compared.rows), Some(limit), "{query}");
        }
    }
}

#[test]
fn examples_of_the_catalogue() {
    let catalogue = sumoql::catalogue();
    let operators = catalogue.operators().into_iter().flat_map(|def| def.examples);
    let functions = catalogue.functions().iter().flat_map(|def| def.examples);
    let aggregates = catalogue.aggregates().iter().flat_map(|def| def.examples);
    let mut ran = 0;
    for example in operators.chain(functions).chain(aggregates) {
        let log = Log::of_messages(example.messages.iter().map(|message| match message.starts_with("{\"_raw\"") {
            true => serde_json::from_str(message).unwrap(),
            false => json!({ "_raw": message }),
        }));
        let compared = ways::compare(example.query, &log).unwrap_or_else(|error| panic!("{error}"));
        ran += usize::from(compared.is_some());
    }
    assert!(ran > 200, "{ran} examples ran");
}

#[test]
fn conformance_cases() {
    let Some(folder) = shared::folder("conformance") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut ran = 0;
    for file in files {
        let cases: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for case in cases.as_array().unwrap() {
            // Tables in files and parameters are no matter of shortcuts.
            if !case["files"].is_null() || !case["params"].is_null() {
                continue;
            }
            let messages = case["messages"].as_array().into_iter().flatten().map(|message| match message {
                Value::String(text) => json!({ "_raw": text }),
                message => message.clone(),
            });
            let time = |name: &str| {
                let text = case[name].as_str()?;
                Some(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
            };
            let mut log = Log::of_messages(messages);
            log.range = Some((time("from").unwrap_or(ways::RANGE.0), time("to").unwrap_or(ways::RANGE.1)));
            let compared = ways::compare(case["query"].as_str().unwrap(), &log)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            ran += usize::from(compared.is_some());
        }
    }
    assert!(ran > 400, "{ran} cases ran");
}
