//! Rows as they come: in the order of the input, the same for any number of threads and any size of chunks.

#![allow(clippy::expect_used)]

use std::sync::Arc;
use sumoql::output;
use sumoql::output::{Format, Look, View};
use sumoql::program::budget::Budget;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Partiality, Progress};
use sumoql::run::stream::{stream, stream_lines};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

fn planned(query: &str) -> Plan {
    let catalogue = sumoql::catalogue();
    let (tree, diagnostics) = sumoql::syntax::parse(query, &catalogue);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    sumoql::plan::plan(query, &tree, &catalogue).0.expect("plans")
}

/// Five hundred messages whose times run against their order.
fn input(chunk: usize) -> Memory {
    let line = |n: i64| format!("{{\"_raw\":\"n={n} u={}\",\"_messageTime\":{}}}\n", n % 7, 1_714_521_600_000 - n);
    Memory::lines(&(0..500).map(line).collect::<String>(), plain_source(Arc::new(Messages), 0), chunk)
}

fn rows(query: &str, options: &Options, chunk: usize) -> (Vec<String>, Option<Partiality>) {
    let mut seen = Vec::new();
    let plan = planned(query);
    let mut sink = |table: &sumoql_data::table::Table| {
        let column = table.column("n").expect("the query makes n");
        seen.extend(table.rows.iter().map(|row| row[column].to_string()));
        true
    };
    let outcome = stream(&plan, &input(chunk), options, &Progress::default(), &mut sink).expect("nothing waits");
    (seen, outcome.partial)
}

#[test]
fn rows_come_in_the_order_of_the_input() {
    let wanted: Vec<String> = (0..500).filter(|n| n % 7 == 3).map(|n| n.to_string()).collect();
    for threads in [1, 2, 8] {
        for (batch, chunk) in [(1, 1), (7, 100), (1024, 1 << 20)] {
            let options = Options { threads, batch, ..Options::default() };
            let found = rows("* | parse \"n=* u=*\" as n, u | where u = \"3\" | fields n", &options, chunk);
            assert_eq!(found, (wanted.clone(), None), "{threads} threads, batches of {batch}, chunks of {chunk}");
        }
    }
}

#[test]
fn the_budget_holds_for_a_chunk_not_for_the_whole() {
    let query = "* | parse \"n=* u=*\" as n, u | fields n";
    let limited = |bytes| Options { threads: 2, budget: Budget::new(bytes), ..Options::default() };
    assert_eq!(rows(query, &limited(2_000), 1).0.len(), 500, "one row at a time fits");
    let (found, partial) = rows(query, &limited(2_000), 1 << 20);
    assert!(found.len() < 500 && partial == Some(Partiality::Memory(2_000)), "{} rows, {partial:?}", found.len());
}

#[test]
fn a_sink_that_wants_no_more_ends_the_run() {
    let plan = planned("* | parse \"n=* u=*\" as n, u");
    let mut left = 3;
    let mut sink = |_: &sumoql_data::table::Table| {
        left -= 1;
        left > 0
    };
    let outcome =
        stream(&plan, &input(1), &Options { threads: 2, ..Options::default() }, &Progress::default(), &mut sink);
    assert_eq!(outcome.expect("nothing waits").partial, Some(Partiality::Stopped));
    assert!(left >= -2, "workers that had a chunk already may still hand it over, no others");
}

#[test]
fn what_must_wait_is_refused() {
    for query in ["* | count", "* | sort by _messageTime", "* | limit 3", "* | timeslice 5 buckets"] {
        let out = stream(&planned(query), &input(1), &Options::default(), &Progress::default(), &mut |_| true);
        assert!(out.is_none(), "{query}");
    }
}

#[test]
fn lines_are_those_of_the_table() {
    // A plain query, one whose columns only the data name, and one with expressions and rows that become several.
    let queries = [
        "*",
        "\"u=4\" | parse \"n=* u=*\" as n, u | where n > 20 | fields u, n, _raw",
        "* | parse \"n=* u=*\" as n, u | n * 2 as double | concat(\"{\\\"a\", u, \"\\\":\", n, \"}\") as j | json auto field=j",
        "* | parse regex \"(?<digit>\\d)\" multi | fields digit",
    ];
    for query in queries {
        let plan = planned(query);
        for format in [Format::Jsonl, Format::Raw] {
            let lines = output::lines(format, &plan.output).expect("a format of lines");
            for (threads, chunk) in [(1, 1 << 20), (3, 700)] {
                let options = Options { threads, ..Options::default() };
                let mut wanted = Vec::new();
                let mut sink = |table: &sumoql_data::table::Table| {
                    let view = View::new(table, &plan.output, options.zone);
                    output::write(&view, format, Look::default(), &mut wanted).is_ok()
                };
                stream(&plan, &input(chunk), &options, &Progress::default(), &mut sink).expect("nothing waits");
                let mut found = Vec::new();
                let mut sink = |bytes: &[u8]| {
                    found.extend_from_slice(bytes);
                    true
                };
                let progress = Progress::default();
                stream_lines(&plan, &input(chunk), &options, &progress, (&lines, &mut sink)).expect("nothing waits");
                assert!(!found.is_empty(), "{query}");
                assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&wanted), "{query} as {format:?}");
            }
        }
    }
}
