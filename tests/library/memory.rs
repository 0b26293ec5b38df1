//! Every stage that keeps rows asks for the memory first: the run ends within the limit, says that the result is partial,
//! and what fitted gets through the stages that follow.

#![allow(clippy::expect_used)]

use std::sync::Arc;
use sumoql::program::budget::Budget;
use sumoql::run::execute::{Options, Outcome, Partiality, Progress, execute};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

/// What the runs may keep: much less than the messages below.
const LIMIT: usize = 100_000;
const START: i64 = 1_714_521_600_000;

fn run(query: &str, limit: usize) -> Outcome {
    let catalogue = sumoql::catalogue();
    let (tree, diagnostics) = sumoql::syntax::parse(query, &catalogue);
    assert!(diagnostics.is_empty(), "{query}: {diagnostics:?}");
    let plan = sumoql::plan::plan(query, &tree, &catalogue).0.expect("plans");
    let line = |n: i64| {
        let state = ["login", "cart", "pay"][n as usize % 3];
        format!(
            "{{\"_raw\":\"id={n} s={} v={} st={state} end\",\"_messageTime\":{}}}\n",
            n / 3,
            n % 100,
            START + n * 500
        )
    };
    let text: String = (0..6_000).map(line).collect();
    let input = Memory::lines(&text, plain_source(Arc::new(Messages), START), 1 << 14);
    let options = Options {
        threads: 2,
        batch: 64,
        budget: Budget::new(limit),
        range: Some((START, START + 3_600_000)),
        ..Options::default()
    };
    execute(&plan, &input, &options, &Progress::default())
}

#[test]
fn what_keeps_rows_asks_first() {
    let fields = "* | parse \"id=* s=* v=* st=* end\" as id, s, v, st | ";
    let mut wrong = Vec::new();
    for stages in [
        "where true",
        "sort by v",
        "count by id",
        "count by id | sort by id",
        "count by id | limit 100",
        "count by id | accum _count",
        "count by id | total _count",
        "count by id | smooth _count",
        "count by id | topk(5, _count)",
        "count by id | dedup by id",
        "count by id | filter id in (where _count > 0)",
        "count by id | bin _count width=1",
        "count by id, st | transpose row id column st",
        "count by id | compare timeshift 1h",
        "values(id) by s",
        "pct(v, 50) by id",
        "count_distinct(st) by id",
        "first(st), last(st), sum(v) by id",
        "count_frequent id",
        "dedup by id",
        "diff v by s",
        "backshift v by s",
        "merge id",
        "transactionize s",
        "transaction on s with states login, cart, pay in st results by flow",
        "logreduce keys parser=keyvalue noaggregate",
        "logreduce values on id, st",
        "timeslice 1s | count by _timeslice, id | fillmissing timeslice",
    ] {
        let query = format!("{fields}{stages}");
        let whole = run(&query, usize::MAX);
        let part = run(&query, LIMIT);
        let (rows, most, size) = (part.table.rows.len(), whole.table.rows.len(), part.table.size());
        let told = whole.partial.is_none() && part.partial == Some(Partiality::Memory(LIMIT));
        if !told || rows == 0 || rows > most || size > LIMIT + LIMIT / 4 {
            wrong.push(format!("{stages}: {rows} rows of {most}, {size} bytes, {:?}", part.partial));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is remembered beside the rows counts, too.
#[test]
fn distinct_values_are_charged() {
    let merged = |way: &str, limit: usize| run(&format!("* | parse \"id=* \" as id | merge id {way}"), limit).partial;
    let enough = (1..).map(|n| n * 20_000).find(|limit| merged("join", *limit).is_none()).expect("some");
    assert_eq!(merged("takeDistinct", enough), Some(Partiality::Memory(enough)));
}

/// Their rows depend on all others: of a part there may be none.
#[test]
fn what_needs_all_rows_ends_as_well() {
    let fields = "* | parse \"id=* s=* v=* st=* end\" as id, s, v, st | ";
    for stages in [
        "join (where st = \"login\") as a, (where st = \"pay\") as b on a.v = b.v",
        "trace \"s=(\\d+)\" \"1\"",
        "logreduce by id",
        "logexplain st = \"pay\" on id, v",
        "sessionize \"s=* v=* st=login\" as (s, a), \"s=$s v=* st=pay\" as b",
    ] {
        let part = run(&format!("{fields}{stages}"), LIMIT);
        assert_eq!(part.partial, Some(Partiality::Memory(LIMIT)), "{stages}");
        assert!(part.table.size() <= LIMIT + LIMIT / 4, "{stages}");
    }
}

#[test]
fn more_rows_than_a_join_takes_are_an_error() {
    let query = "* | parse \"id=* s=* v=* st=* end\" as id, s, v, st | count by v, id, s, st | 1 as one \
                 | join (where true) as a, (limit 1) as b on a.one = b.one";
    let whole = run(query, usize::MAX);
    assert!(whole.notices.is_empty() && whole.table.rows.len() == 6_000, "{} rows", whole.table.rows.len());
    let query = "* | parse regex \"(?<c>.)\" multi | join (where true) as a, (limit 1) as b on a.c = b.c";
    let part = run(query, usize::MAX);
    assert_eq!(part.notices.iter().map(|notice| notice.code.id).collect::<Vec<_>>(), ["E306"]);
}
