//! Stages that change nothing: with and without them a query gives the same.

use super::choices::Choices;
use super::ways::{Log, RANGE, rows};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use sumoql::language::sample_tables::Samples;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};

/// What changes nothing where it stands between two stages.
const NEUTRAL: [&str; 5] = [
    "where true",
    "1 as zz_neutral | fields - zz_neutral",
    "where !false | where true",
    "/* | limit 1 */ where true",
    "1 as zz_neutral | where zz_neutral = 1 | fields - zz_neutral",
];

/// A query with neutral stages at some of its pipes.
pub fn changed(query: &[String], choices: &mut Choices<'_>) -> String {
    let mut text = query[0].clone();
    for (number, stage) in query[1..].iter().chain([&String::new()]).enumerate() {
        // One place at least.
        if choices.below(2) == 1 || number == 0 {
            text.push_str(" | ");
            text.push_str(choices.one(&NEUTRAL));
        }
        if !stage.is_empty() {
            text.push_str(if choices.rarely(4) { " /* | limit 1 */ | " } else { " | " });
            text.push_str(stage);
        }
    }
    text
}

/// Whether two queries give the same rows in the same order; false where the first is refused.
pub fn same(query: &str, changed: &str, log: &Log) -> Result<bool, String> {
    let Some(wanted) = rows(query, log, Arc::new(Samples))? else { return Ok(false) };
    match rows(changed, log, Arc::new(Samples))? {
        Some((_, found)) if found == wanted.1 => Ok(true),
        Some((_, found)) => Err(format!("{query}\n{changed}\n   found {found}\n  wanted {}", wanted.1)),
        None => Err(format!("{changed}\nis refused, and not without the neutral stages")),
    }
}

/// What makes rows, with a field that tells them apart and one of numbers.
const MAKERS: [(&str, &str, &str); 15] = [
    ("* | json auto | count as c, sum(n) as s by k, t", "k", "c"),
    ("* | json auto | count as c, sum(n) as s by k, t | compare timeshift 1h", "k", "c_1h"),
    ("* | json auto | count as c, first(w) as f by k, t | compare timeshift 1h 2", "k", "c"),
    ("* | json auto | count as c, sum(n) as s by k, t | compare timeshift 30m 2 avg", "k", "c"),
    ("* | json auto | timeslice 10m | count as c, sum(n) as s by _timeslice, k | compare timeshift 1h", "k", "c"),
    (
        "* | json auto | timeslice 10m | count by _timeslice, k | transpose row _timeslice column k | compare timeshift 1h",
        "_timeslice",
        "a",
    ),
    ("* | json auto | timeslice 10m | count by _timeslice, k | transpose row _timeslice column k", "_timeslice", "a"),
    ("cat shared/ports", "host", "port"),
    ("* | json auto", "k", "n"),
    ("* | kv auto", "k", "n"),
    ("* | json auto | join (where t = \"p\") as L, (where t = \"q\") as R on L.k = R.k", "L_k", "R_n"),
    ("* | logreduce", "signature", "_count"),
    ("* | logreduce keys", "_schema", "_count"),
    ("* | json auto | logreduce values on k, t", "_signature", "_count"),
    ("* | logcompare timeshift -1h", "signature", "_count"),
];

/// Stages that see all rows, or ask which columns there are, over a field K that tells rows apart and one N of numbers.
const BREAKERS: [&str; 46] = [
    "total N",
    "total N as z by K",
    "dedup",
    "dedup by K",
    "dedup 2 by K",
    "dedup consecutive by K",
    "outlier N window=3",
    "predict N by 10m",
    "sort by N, K asc",
    "sort",
    "limit 3",
    "top 2 K by N",
    "top 2 K",
    "topk(2, N)",
    "topk(1, N) by K",
    "transpose row K column N",
    "transpose row K column _timeslice",
    "fillmissing values(\"zz\") in K",
    "fillmissing values all in K with 7 for N",
    "fillmissing timeslice(5m)",
    "accum N as z by K",
    "backshift N",
    "diff N by K",
    "smooth N, 2",
    "rollingstd N, 2 by K",
    "filter K in (sort by N | limit 2)",
    "merge K takeDistinct, N join with \"-\"",
    "transactionize K",
    "transactionize K (merge K, N join with \",\")",
    "transactionize K (where N > 1)",
    "sessionize \"k=*,\" as kk, \"k=$kk, t=q\"",
    "transaction on K with \"*t=p*\" as one, with \"*t=q*\" as two",
    "transaction on K with \"*t=p*\" as one, with \"*t=q*\" as two results by flow",
    "join (where N > 1) as A, (where N > 0) as B on A.K = B.K",
    "join (total N as q) as A, (dedup by K) as B on A.K = B.K",
    "join (count by K) as A, (accum N as q) as B on A.K = B.K | A__count + B_q as e",
    "logreduce",
    "logreduce keys",
    "logreduce values on K",
    "count by K",
    "first(N) as f, values(K) as v",
    "compare timeshift 1h",
    "json auto",
    "trace \"k=(\\\\w)\" \"a\"",
    "fields K, N",
    "fields - N",
];

/// What these make of rows depends on more than the rows: whether `transpose` made them, and whether messages lie behind. So
/// does `sort` without a field, by what is grouped.
const NOT_OF_TABLES: [&str; 7] =
    ["fillmissing", "sessionize", "transaction ", "compare", "trace", "logreduce", "json auto"];

/// A log of an hour and the one before: JSON, and pairs behind it.
fn log() -> Log {
    let message = |number: i64, start: i64, step: i64| {
        let (k, t) = (
            ["a", "b", "c", "d"][number as usize % 3 + usize::from(start < RANGE.0 && number % 5 == 0)],
            ["p", "q"][number as usize % 2],
        );
        let (n, at) = (number * 7 % 11, start + number * step);
        let raw =
            format!("{{\"k\":\"{k}\",\"t\":\"{t}\",\"n\":{n},\"w\":\"v{number}\"}} k={k}, t={t}, n={n}, w=v{number}");
        json!({ "_raw": raw, "_messageTime": at })
    };
    let now = (0..24).map(|number| message(number, RANGE.0, 120_000));
    let before = (0..16).map(|number| message(number, RANGE.0 - 3_600_000, 180_000));
    Log::of_messages(now.chain(before))
}

/// Tables of one name only.
struct One(Arc<Table>);

impl Tables for One {
    fn schema(&self, _: &TableName) -> Result<Schema, Absent> {
        Ok(Schema { columns: self.0.columns.clone(), ..Schema::default() })
    }

    fn table(&self, _: &TableName, _: usize) -> Result<Arc<Table>, Absent> {
        Ok(Arc::clone(&self.0))
    }

    fn addresses(&self, _: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        Err(Absent::Missing)
    }
}

/// Each stage after each maker of rows: nothing changes with a neutral stage between, or with the maker's rows from a table.
pub fn every_pair() {
    let (log, mut wrong, mut ran, mut of_tables) = (log(), Vec::new(), 0, 0);
    let answer =
        |query: &str, tables: Arc<dyn Tables>| rows(query, &log, tables).unwrap_or_else(|error| panic!("{error}"));
    for (at, (maker, key, number)) in MAKERS.into_iter().enumerate() {
        let made = answer(maker, Arc::new(Samples)).unwrap_or_else(|| panic!("{maker} is refused")).0;
        assert!(!made.rows.is_empty(), "{maker} gives nothing");
        let messages = made.column("_raw").is_some();
        let table = Arc::new(One(Arc::new(made)));
        for (other, breaker) in BREAKERS.into_iter().enumerate() {
            let stage = stage(breaker, key, number);
            let query = format!("{maker} | {stage}");
            let wanted = answer(&query, Arc::new(Samples)).map(|(_, text)| text);
            let taken = wanted.is_some();
            let mut hold = |changed: String, tables: Arc<dyn Tables>, exactly: bool| {
                let found = answer(&changed, tables).map(|(_, text)| text);
                if found != wanted && (exactly || found.as_deref().map(by_name) != wanted.as_deref().map(by_name)) {
                    wrong.push(format!("{query}\n{changed}\n   found {found:?}\n  wanted {wanted:?}"));
                }
                usize::from(taken)
            };
            let neutral = NEUTRAL[(at + other) % NEUTRAL.len()];
            ran += hold(format!("{maker} | {neutral} | {stage}"), Arc::new(Samples), true);
            // Sumo Logic refuses aggregates after `logreduce`: what is refused has nothing to be equal to.
            if taken && !messages && stage != "sort" && !NOT_OF_TABLES.iter().any(|word| stage.starts_with(word)) {
                of_tables += hold(format!("cat shared/made | {stage}"), table.clone(), false);
            }
        }
    }
    println!("{ran} pairs with neutral stages, {of_tables} from tables");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 400 && of_tables > 200, "{ran} {of_tables}");
}

/// Rows whose columns are in the order of their names: those that only the data name come after the others.
fn by_name(lines: &str) -> Vec<BTreeMap<String, serde_json::Value>> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A stage over two fields of these names.
fn stage(breaker: &str, key: &str, number: &str) -> String {
    let end = |c: char| !c.is_alphanumeric() && c != '_';
    let word = |word: &str| match word.trim_end_matches(end) {
        "K" => word.replacen('K', key, 1),
        "N" => word.replacen('N', number, 1),
        _ => word.to_string(),
    };
    breaker.split_inclusive(end).map(word).collect()
}
