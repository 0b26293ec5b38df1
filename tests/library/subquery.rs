//! Subqueries as a whole: time ranges, limits, passes over the input, errors, and what else can be around them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use sumoql::diagnostics::Diagnostic;
use sumoql::program::budget::Budget;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Outcome, Partiality, Progress, execute, map};
use sumoql::run::stream::stream;
use sumoql::{Engine, Input};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};
use sumoql_data::message::{self, Chunk};

/// 2024-05-01T00:00:00Z and an hour later.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// Long after that.
const NOW: i64 = 1_790_000_000_000;

fn plan(query: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let catalogue = sumoql::catalogue();
    let (tree, mut found) = sumoql::syntax::parse(query, &catalogue);
    let (plan, more) = sumoql::plan::plan(query, &tree, &catalogue);
    found.extend(more);
    (plan.filter(|_| !found.iter().any(Diagnostic::is_error)), found)
}

fn planned(query: &str) -> Plan {
    let (plan, found) = plan(query);
    plan.unwrap_or_else(|| panic!("{query}: {found:?}"))
}

/// Messages: minutes after the start of the range, and the text.
fn lines(messages: &[(i64, &str)]) -> String {
    let line = |(minute, raw): &(i64, &str)| {
        format!("{}\n", serde_json::json!({"_raw": raw, "_messageTime": RANGE.0 + minute * 60_000}))
    };
    messages.iter().map(line).collect()
}

/// An input that counts how often it is read, and may be readable only once.
struct Counted {
    inner: Memory,
    reads: AtomicUsize,
    most: usize,
}

impl Counted {
    fn new(text: &str, chunk: usize) -> Counted {
        let inner = Memory::lines(text, plain_source(Arc::new(Messages), RANGE.0), chunk);
        Counted { inner, reads: AtomicUsize::new(1), most: usize::MAX }
    }
}

impl message::Input for Counted {
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk> {
        self.inner.next(buffer)
    }

    fn restart(&self) -> bool {
        self.reads.fetch_add(1, Ordering::Relaxed) < self.most && self.inner.restart()
    }
}

fn options() -> Options {
    Options { range: Some(RANGE), now: NOW.into(), threads: 2, batch: 2, ..Options::default() }
}

fn column(outcome: &Outcome, name: &str) -> Vec<String> {
    let at = outcome.table.column(name).unwrap_or_else(|| panic!("no column {name}: {:?}", outcome.table.columns));
    outcome.table.rows.iter().map(|row| row[at].to_string()).collect()
}

/// The values of a column, the same for several settings.
fn values(query: &str, messages: &[(i64, &str)], range: Option<(i64, i64)>, name: &str) -> Vec<String> {
    let text = lines(messages);
    let mut found: Option<Vec<String>> = None;
    for (threads, batch, chunk) in [(1, 1, 1), (2, 7, 60), (8, 1024, 1 << 20)] {
        let engine = range.map_or_else(Engine::builder, |(from, to)| Engine::builder().range(from, to));
        let engine = engine.threads(threads).batch(batch).now(NOW).build();
        let prepared = engine.prepare(query).unwrap_or_else(|found| panic!("{found}"));
        let answer = prepared.run(Input::reader(Arc::new(Counted::new(&text, chunk)))).expect("a whole answer");
        let values: Vec<String> = answer.rows().map(|row| row[name].to_string()).collect();
        assert_eq!(*found.get_or_insert(values.clone()), values, "{query} with {threads} threads");
    }
    found.expect("some setting")
}

const USERS: &[(i64, &str)] =
    &[(-120, "u=al;"), (-30, "u=bo;"), (10, "u=cy;"), (50, "u=al; x"), (51, "u=bo; x"), (52, "u=cy; x")];

/// The users of `x` messages whom a subquery with this time range knows.
fn known(range: &str, given: Option<(i64, i64)>) -> Vec<String> {
    let query = format!(
        "x | parse \"u=*;\" as u | where [subquery {range}: !x | parse \"u=*;\" as u | compose u] | count by u | sort by u asc"
    );
    values(&query, USERS, given, "u")
}

#[test]
fn the_range_is_that_of_the_query_unless_given() {
    for (range, given, wanted) in [
        ("", Some(RANGE), &["cy"][..]),
        ("", None, &["al", "bo", "cy"]),
        // Counted from the end of the query's range, an hour after its start.
        ("from=(-2h)", Some(RANGE), &["bo", "cy"]),
        ("from = ( -1w )", Some(RANGE), &["al", "bo", "cy"]),
        ("from=(-4h) to=(-2h)", Some(RANGE), &["al"]),
        // Without a range the data's end is the end, and just behind it: minute 52.
        ("from=(-90m)", None, &["bo", "cy"]),
        ("from=(2024-04-30 23:00) to=(2024-05-01)", Some(RANGE), &["bo"]),
        ("from=(2024/04/30 21:59:59.999) to=(2024/04/30 22:00:00.001)", Some(RANGE), &["al"]),
        ("from=(2024-04-30T23:00)", Some(RANGE), &["bo", "cy"]),
        ("to=(2024-05-01 00:10:00.001)", Some(RANGE), &["cy"]),
        ("to=(2024-05-01 00:10)", Some(RANGE), &[]),
        ("from=(04-30 23:00) to=(05/01)", Some(RANGE), &["bo"]),
        ("from=(1714510800000) to=(1714521600000)", Some(RANGE), &["al", "bo"]),
        ("from=(-2h) to=(now)", Some(RANGE), &["bo", "cy"]),
        ("from=(2024-04-30 23:00)", None, &["bo", "cy"]),
    ] {
        assert_eq!(known(range, given), wanted, "{range} in {given:?}");
    }
}

#[test]
fn what_is_more_than_the_limit_is_left_out_and_told() {
    let messages: Vec<String> = (0..2_600).map(|n| format!("u={n:04};")).collect();
    let messages: Vec<(i64, &str)> = messages.iter().map(|text| (1, text.as_str())).collect();
    let text = lines(&messages);
    let run = |limit: &str| {
        let query =
            format!("* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | compose u {limit}] | count");
        let outcome = execute(
            &planned(&query),
            &Counted::new(&text, 4096),
            &Options { batch: 100, ..options() },
            &Progress::default(),
        );
        let notices: Vec<_> = outcome.notices.iter().map(|notice| (notice.code.id, notice.message.clone())).collect();
        (column(&outcome, "_count"), outcome.partial, notices)
    };
    let told =
        |rows: u32| vec![("W302", format!("this subquery returns more than {rows} rows: the rest are left out"))];
    assert_eq!(run(""), (vec!["2500".to_string()], None, told(2500)));
    assert_eq!(run("maxresults=7"), (vec!["7".to_string()], None, told(7)));
    assert_eq!(run("maxresults=2600"), (vec!["2600".to_string()], None, vec![]));
}

#[test]
fn equal_rows_count_once() {
    let messages: Vec<(i64, &str)> = (0..50).map(|n| (n, if n % 2 == 0 { "u=al;" } else { "u=bo;" })).collect();
    let query = "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u, _messageTime \
                 | compose u maxresults=2] | count";
    assert_eq!(values(query, &messages, Some(RANGE), "_count"), ["50"]);
}

#[test]
fn many_keywords_are_phrases() {
    let bad: Vec<String> = (0..300).map(|n| format!("bad ip=10.0.{}.{};", n / 100, n % 100)).collect();
    let mut messages: Vec<(i64, &str)> = bad.iter().map(|text| (1, text.as_str())).collect();
    messages.extend([(2, "get 10.0.1.7 ok"), (2, "get 10.0.1.77:80"), (2, "get 10.0.1.777"), (2, "get 10.0.3.0")]);
    let query =
        "get [subquery: bad | parse \"ip=*;\" as ip | compose ip keywords] | parse \"get *\" as g | sort by g asc";
    assert_eq!(values(query, &messages, Some(RANGE), "g"), ["10.0.1.7 ok", "10.0.1.77:80"]);
}

#[test]
fn wildcards_in_values_are_literal() {
    let messages = [(1, "bad k=a*;"), (2, "use a*"), (3, "use ab")];
    let query = "use [subquery: bad | parse \"k=*;\" as k | compose k keywords] | parse \"use *\" as g";
    assert_eq!(values(query, &messages, Some(RANGE), "g"), ["a*"]);
}

#[test]
fn each_subquery_reads_the_input_once_and_what_nobody_asks_not_at_all() {
    let text = lines(USERS);
    let child = "[subquery: * | parse \"u=*;\" as u | compose u]";
    let deep = format!("[subquery: * | parse \"u=*;\" as u | where {child} | compose u]");
    for (condition, reads) in [
        ("u = \"al\"".to_string(), 1),
        (child.to_string(), 2),
        (format!("{child} or !{child}"), 3),
        (deep.clone(), 3),
        (format!("\"*\" = \"*\" or {deep}"), 1),
        (format!("\"a\" = \"*\" and {child}"), 1),
        (format!("if (\"a\" = \"a\", {child}, {deep})"), 2),
        (format!("if (\"a\" = \"b\", {deep}, {child})"), 2),
        (format!("\"a\" = \"b\" or {child}"), 2),
    ] {
        let input = Counted::new(&text, 20);
        let plan = planned(&format!("* | parse \"u=*;\" as u | where {condition}"));
        assert_eq!(plan.rereads(Some(RANGE)), reads > 1, "{condition}");
        execute(&plan, &input, &options(), &Progress::default());
        assert_eq!(input.reads.into_inner(), reads, "{condition}");
    }
}

#[test]
fn an_input_that_can_be_read_only_once_makes_the_result_a_part() {
    let plan = planned("* | where [subquery: * | parse \"u=*;\" as u | compose u]");
    let input = Counted { most: 1, ..Counted::new(&lines(USERS), 20) };
    let outcome = execute(&plan, &input, &options(), &Progress::default());
    assert_eq!(outcome.partial, Some(Partiality::NotRepeatable));
}

#[test]
fn a_part_of_an_answer_makes_the_result_a_part() {
    let messages: Vec<String> = (0..500).map(|n| format!("u={n:0400};")).collect();
    let messages: Vec<(i64, &str)> = messages.iter().map(|text| (1, text.as_str())).collect();
    let text = lines(&messages);
    let plan = planned("* | parse \"u=*;\" as u | where ![subquery: * | parse \"u=*;\" as u | compose u] | count");
    let run = |limit| {
        let options = Options { budget: Budget::new(limit), ..options() };
        execute(&plan, &Counted::new(&text, 4096), &options, &Progress::default())
    };
    assert_eq!(run(10_000_000).partial, None);
    // The subquery's groups do not fit; then they do, but not the answer.
    for limit in [50_000, 350_000] {
        let outcome = run(limit);
        assert_eq!(outcome.partial, Some(Partiality::Memory(limit)), "{limit}");
        assert_eq!(outcome.table.rows.len(), 1, "the query itself has run");
    }
}

#[test]
fn a_stop_stops_everything() {
    let progress = Progress::default();
    progress.stop.set();
    let plan = planned("* | where [subquery: * | compose _sourceHost]");
    let outcome = execute(&plan, &Counted::new(&lines(USERS), 20), &options(), &progress);
    assert_eq!(outcome.partial, Some(Partiality::Stopped));
}

#[test]
fn counters_are_those_of_the_query() {
    let progress = Progress::default();
    let plan = planned("x | where ![subquery: !x | compose _sourceHost] | where ![subquery: cy | compose _sourceHost]");
    execute(&plan, &Counted::new(&lines(USERS), 20), &Options { range: None, ..options() }, &progress);
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    assert_eq!((read(&progress.messages), read(&progress.in_scope), read(&progress.rows)), (6, 3, 3));
    assert_eq!((read(&progress.messages_before), read(&progress.asking)), (12, 0));
    assert_eq!(read(&progress.bytes_before), 2 * read(&progress.bytes));
}

#[test]
fn what_matched_nothing_in_a_subquery_is_told_where_it_stands() {
    let query = "x [subquery: nothing | compose _sourceHost keywords] \
                 | where ![subquery: x | parse \"v=*;\" as v nodrop | compose v]";
    let outcome = execute(&planned(query), &Counted::new(&lines(USERS), 20), &options(), &Progress::default());
    let told: Vec<_> = outcome.notices.iter().map(|notice| (notice.code.id, notice.span.of(query))).collect();
    assert_eq!(told, [("W303", "nothing"), ("W301", "parse \"v=*;\" as v nodrop")]);
    let query = "* | where ![subquery: x | parse \"u=*;\" as u | where isPrivateIP(u) | compose u]";
    let outcome = execute(&planned(query), &Counted::new(&lines(USERS), 20), &options(), &Progress::default());
    let told: Vec<_> = outcome.notices.iter().map(|notice| notice.message.as_str()).collect();
    assert_eq!(told, ["a function dropped 3 rows of this subquery: it can't handle their values"]);
}

#[test]
fn rows_as_they_come_after_the_subqueries() {
    let plan = planned("* [subquery: !x | parse \"u=*;\" as u | compose u keywords] | parse \"u=*;\" as u");
    let mut rows = 0;
    let mut sink = |table: &sumoql_data::table::Table| {
        rows += table.rows.len();
        true
    };
    let outcome = stream(&plan, &Counted::new(&lines(USERS), 1), &options(), &Progress::default(), &mut sink);
    assert_eq!(outcome.expect("nothing waits").partial, None);
    assert_eq!(rows, 2, "cy, twice");
}

#[test]
fn a_part_elsewhere_needs_the_answers() {
    let plan = planned("* | where [subquery: * | compose _sourceHost] | count");
    assert!(map(&plan, &Counted::new("", 1), &options(), &Progress::default()).is_none());
}

#[test]
fn other_time_ranges_use_the_same_answer() {
    let messages = [(-1440, "u=al; x"), (-1440, "u=bo; x"), (1, "u=al; x"), (1, "bad u=al;")];
    let query = "x | parse \"u=*;\" as u | where [subquery: bad | parse \"u=*;\" as u | compose u] | count by u \
                 | compare timeshift 1d | where [subquery: bad | parse \"u=*;\" as u | compose u]";
    assert_eq!(values(query, &messages, Some(RANGE), "_count_1d"), ["1"]);
}

#[test]
fn a_baseline_of_its_own_may_ask_too() {
    let messages = [(1, "one u=al;"), (1, "two u=al;"), (1, "two u=bo;"), (1, "bad u=al;")];
    let child = |word: &str| format!("[subquery: {word} | parse \"u=*;\" as u | compose u keywords]");
    let query = format!(
        "one {} | logcompare timeshift -0s baseline (two {} | where ![subquery: nothing | compose _sourceHost]) \
         | where [subquery: * | count | 0 as _count | compose _count] | fields _count, _isNew | sort by _isNew asc",
        child("bad"),
        child("bad")
    );
    assert_eq!(values(&query, &messages, Some(RANGE), "_isNew"), ["false"]);
}

#[test]
fn computed_fields_in_the_scope() {
    let messages = [(1, "bad ERROR one"), (2, "good error two"), (3, "good WARN three")];
    let query = "good [subquery: bad | compose _loglevel] | parse \"good * *\" as a, b";
    assert_eq!(values(query, &messages, Some(RANGE), "b"), ["two"]);
    let query =
        "good [subquery: good | sort by _messageTime | limit 1 | compose _messageTime] | parse \"good * *\" as a, b";
    assert_eq!(values(query, &messages, Some(RANGE), "b"), ["three"]);
}

#[test]
fn a_subquery_keeps_its_names_to_itself() {
    let messages = [(1, r#"{"u":"al","host":"h"}"#), (2, r#"{"u":"bo","host":"h"}"#)];
    let query = "* | json auto | where [subquery: al | json auto | where host = \"h\" | compose u] | fields u";
    assert_eq!(values(query, &messages, Some(RANGE), "u"), ["al"]);
}

#[test]
fn errors_stand_where_they_are_in_the_whole_query() {
    for (query, code, place) in [
        ("x [subquery: y | pares \"a\" as b | compose c keywords] | count | cuont", "E102", "pares"),
        ("x [subquery: y | pares \"a\" as b | compose c keywords] | count | cuont", "E102", "cuont"),
        ("* | where [subquery: y | where lenght(a) > 1 | compose a]", "E201", "lenght"),
        ("* | where [subquery: y | count by a | compose b]", "E219", "b"),
        ("* | count | where [subquery: y | count by a | compose a]", "E219", "a"),
        ("* | where [subquery: y | compose a, A]", "E208", "A"),
        ("* | where [subquery: y | compose a keywords]", "E215", "keywords"),
        ("* | if([subquery: y | compose a keywords], 1, 2) as f", "E215", "keywords"),
        ("* | where [subquery: y | compose a | count by a]", "E101", "]"),
        ("* [subquery: y]", "E101", "]"),
        ("* | where [subquery: y | save t | where a = 1 | save u | where b = 1 | compose a]", "E215", "u"),
        ("* | where a in ([subquery: y | compose a])", "E215", "[subquery: y | compose a]"),
        ("* | where (a) = ([subquery: y | compose a])", "E215", "([subquery: y | compose a])"),
        ("* | where [subquery: y | compose a maxresults=0]", "E210", "0"),
        ("* | where [subquery from=({{t}}): y | compose a]", "E108", "{{t}}"),
        ("* | where [subquery from=(-1d) to=(-2d): y | compose a]", "E210", "-1d"),
        ("* | where [subquery: a={{p}} | compose a]", "E108", "a={{p}}"),
        ("* | where [subquery: y | where [subquery: z | foo | compose a] | compose a]", "E102", "foo"),
    ] {
        let (plan, found) = plan(query);
        assert!(plan.is_none(), "{query}");
        let errors: Vec<_> = found.iter().filter(|d| d.is_error()).map(|d| (d.code.id, d.span.of(query))).collect();
        assert!(errors.contains(&(code, place)), "{query}: {errors:?}");
    }
}

#[test]
fn warnings_of_both_queries_are_told() {
    let query = "* | where [subquery: y | compose a]";
    let (plan, found) = plan(query);
    assert!(plan.is_some());
    let messages: Vec<_> = found.iter().map(|d| (d.code.id, d.span.of(query))).collect();
    assert_eq!(messages, [("W202", "a"), ("W202", "a")], "in the subquery, and around it");
}

#[test]
fn ten_levels_and_no_more() {
    let nested = |levels: usize| {
        let open = "[subquery: * | parse \"u=*;\" as u | where ".repeat(levels);
        format!("* | parse \"u=*;\" as u | where {open}u = \"al\"{} | count", " | compose u]".repeat(levels))
    };
    assert_eq!(values(&nested(10), USERS, None, "_count"), ["2"]);
    let (_, found) = plan(&nested(11));
    assert!(found.iter().any(|diagnostic| diagnostic.code.id == "E106"), "{found:?}");
}
