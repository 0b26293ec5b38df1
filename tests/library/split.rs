//! The seam of a plan: any cut of the input, each part run apart, written as bytes, read again and merged in any
//! order, gives the answer of one run over everything. Every example of the catalogue goes through it.

#![allow(clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use sumoql::language::sample_tables::Samples;
use sumoql::program::plan::Plan;
use sumoql::program::subquery_results::SubqueryResults;
use sumoql::run::execute::{Options, PartialResult, Progress, execute, map, reduce};
use sumoql::run::subquery::answers;
use sumoql::syntax::signature::{Example, Expect};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

/// 2024-05-01T00:00:00Z and an hour later.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// Whether a message belongs to a part: the part's number, the message's, how many messages there are.
type Belongs = fn(usize, usize, usize) -> bool;

fn examples() -> Vec<&'static Example> {
    let catalogue = sumoql::catalogue();
    let operators = catalogue.operators().into_iter().flat_map(|def| def.examples);
    let functions = catalogue.functions().iter().flat_map(|def| def.examples);
    let aggregates = catalogue.aggregates().iter().flat_map(|def| def.examples);
    let subquery = catalogue.subquery().into_iter().flat_map(|(def, _)| def.examples);
    operators.chain(functions).chain(aggregates).chain(subquery).collect()
}

fn planned(query: &str) -> Option<Plan> {
    let catalogue = sumoql::catalogue();
    let (tree, diagnostics) = sumoql::syntax::parse(query, &catalogue);
    if diagnostics.is_empty() { sumoql::plan::plan_with(query, &tree, &catalogue, &Samples).0 } else { None }
}

fn messages(example: &Example) -> String {
    let lines = example.messages.iter().map(|message| match message.starts_with("{\"_raw\"") {
        true => format!("{message}\n"),
        false => format!("{}\n", serde_json::json!({"_raw": message, "_messageTime": RANGE.0})),
    });
    lines.collect()
}

fn input(text: &str) -> Memory {
    Memory::lines(text, plain_source(Arc::new(Messages), RANGE.0), 1)
}

fn options() -> Options {
    Options { range: Some(RANGE), now: RANGE.1.into(), batch: 3, tables: Arc::new(Samples), ..Options::default() }
}

/// The options for a part of the input: what the subqueries answer over all of it has come from elsewhere.
fn options_of_a_part(plan: &Plan, text: &str) -> Options {
    let asked = answers(plan, &input(text), &options(), &Progress::default()).expect("there is a range");
    let sent = asked.answers.encode(plan);
    let subqueries = Some(Arc::new(SubqueryResults::decode(plan, &sent).expect("its own bytes")));
    let tables = asked.tables.unwrap_or(options().tables);
    Options { subqueries, tables, ..options() }
}

fn part(plan: &Plan, text: &str, keep: impl Fn(usize) -> bool) -> Vec<u8> {
    let options = options_of_a_part(plan, text);
    let part = map(plan, &input(text).only(keep), &options, &Progress::default()).expect("the plan splits");
    part.encode(plan).expect("the plan splits")
}

#[test]
fn parts_merged_in_any_order_give_the_answer_of_one_run() {
    let (mut split, mut whole) = (0, 0);
    for example in examples() {
        let (Expect::Rows(..), Some(plan)) = (&example.expect, planned(example.query)) else { continue };
        if plan.split().is_none() {
            whole += 1;
            continue;
        }
        split += 1;
        let text = messages(example);
        let wanted = execute(&plan, &input(&text), &options(), &Progress::default());
        let count = example.messages.len();
        // Every third message; the halves; each message for itself.
        let cuts: [(usize, Belongs); 3] = [
            (3, |part, n, _| n % 3 == part),
            (2, |part, n, count| (n * 2 < count) == (part == 0)),
            (count.max(1), |part, n, _| n == part),
        ];
        for (parts, belongs) in cuts {
            let encoded: Vec<Vec<u8>> =
                (0..parts).map(|part_number| part(&plan, &text, |n| belongs(part_number, n, count))).collect();
            for reversed in [false, true] {
                let mut decoded: Vec<PartialResult> =
                    encoded.iter().map(|bytes| PartialResult::decode(&plan, bytes).expect("its own bytes")).collect();
                if reversed {
                    decoded.reverse();
                }
                let got = reduce(&plan, decoded, &options_of_a_part(&plan, &text)).expect("the plan splits");
                assert_eq!(format!("{:?}", got.table), format!("{:?}", wanted.table), "{}", example.query);
                assert_eq!(got.parses, wanted.parses, "{}", example.query);
            }
        }
    }
    assert!(split > 100, "only {split} examples split, {whole} do not");
}

#[test]
fn bytes_of_another_query_or_damaged_ones_are_refused() {
    let plan = planned("* | count by _sourceHost").expect("plans");
    let other = planned("* | count by _sourceName").expect("plans");
    let bytes = part(&plan, "one\ntwo\n", |_| true);
    assert!(PartialResult::decode(&plan, &bytes).is_ok());
    assert!(PartialResult::decode(&other, &bytes).is_err());
    for cut in 0..bytes.len() {
        assert!(PartialResult::decode(&plan, &bytes[..cut]).is_err(), "cut after {cut} bytes");
    }
    assert!(PartialResult::decode(&plan, &[bytes.as_slice(), &[0]].concat()).is_err());
}
