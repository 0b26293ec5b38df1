//! Runs as handles: cancelled, watched, many at once.

mod delays;

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use sumoql::run::spill::InMemory;
use sumoql::{Answer, Engine, Input, Observe, Partiality, Run, RunError, SnapshotError};
use sumoql_data::framing::lines::Lines;
use sumoql_data::in_memory::{Memory, plain_source};
use sumoql_data::message::{self, Chunk};

/// Messages with a few hundred thousand different values, out of order of time.
fn messages(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let (at, user) = (n * 7919 % count, n * 104_729 % 300_007);
        let (minute, second) = (at / 60 % 1440, at % 60);
        let _ = writeln!(
            text,
            "2024-05-{:02}T{:02}:{:02}:{second:02}Z {} user=u{user}, took={} ms state={} code {user:x}",
            1 + at / 86_400 % 28,
            minute / 60,
            minute % 60,
            ["INFO", "WARN", "ERROR"][n % 3],
            n % 997,
            ["start", "work", "end"][at % 3],
        );
    }
    text
}

const PARSED: &str = "* | parse \"user=*, took=* ms state=* \" as user, took, state";

/// Stages that see all rows, one query each.
const STAGES: &[&str] = &[
    "count by user",
    "count by user, took, state",
    "avg(took), max(took), pct(took, 50, 90), stddev(took) by user",
    "count_distinct(took) by user",
    "values(state) by user",
    "first(took), last(took) by user",
    "sort by took, user",
    "sort by user | limit 10000",
    "top 1000 user by took",
    "timeslice 1m | count by _timeslice, user | transpose row _timeslice column user",
    "timeslice 1m | count by _timeslice | outlier _count",
    "timeslice 1m | count by _timeslice, state | fillmissing timeslice, values all in state",
    "timeslice 1m | count by _timeslice | predict _count by 1m forecast=10",
    "timeslice 1h | count by _timeslice | compare with timeshift 1d",
    "accum took",
    "diff took by state",
    "backshift took, 5 by user",
    "smooth took, 10",
    "rollingstd took, 10",
    "total took as sum by user",
    "dedup 2 by user",
    "dedup by user, took, state",
    "logreduce",
    "logreduce values on user, state",
    "logcompare timeshift -1d",
    "transactionize user",
    "transactionize user (merge took join with \"-\", state takeLast)",
    "transaction on user with states start, work, end in state results by transactions",
    "sessionize \"user=*,\" as (a), \"user=$a, took=* \" as (b)",
    "join (parse \"user=*,\" as u) as a, (parse \"user=*,\" as v) as b on a.u = b.v",
    "count by user | filter user in (sort by _count | limit 100)",
    "count by user | sort by user | limit 10 | where user matches \"*1*\"",
    "",
    "fields user, took",
    "pct(took, 50), count_distinct(user), first(user)",
    "values(user)",
    "count_frequent user, took",
    "count by user, took | sort by _count, user | accum _count",
    "count by user, took | smooth _count | total _count by user",
    "count by user, took | topk(3, _count) by user",
    "count by user, took | merge user join, took takeDistinct",
    "count by user, took | bin _count width=1",
    "count by user, state | transpose row state column user",
    "timeslice 1s | count by _timeslice, state | outlier _count by state",
    "timeslice 1s | count by _timeslice, state | predict _count by 1s forecast=100",
    "timeslice 1s | count by _timeslice | fillmissing timeslice",
    "count by user, state | fillmissing values all in user, values all in state",
    "timeslice 1s | count by _timeslice, state | compare with timeshift 1d 3 avg",
    "parse regex \"(?<c>\\w+)\" multi | count by c",
    "logreduce by user",
    "logreduce keys parser=keyvalue",
    "logexplain state = \"end\" on user, took",
    "trace \"user=(u\\d+)\" \"u1\"",
    "concat(user, took, state) as a | toUpperCase(replace(a, \"u\", \"v\")) as b | count by b",
    "save append /shared/out",
];

fn is_told_as_partial(ended: Result<sumoql::Answer, RunError>) -> bool {
    match ended {
        Err(RunError::Partial(answer)) => answer.summary().partial == Some(Partiality::Stopped),
        _ => false,
    }
}

fn piped(stages: &str) -> String {
    if stages.is_empty() { PARSED.into() } else { format!("{PARSED} | {stages}") }
}

#[test]
fn a_cancelled_run_ends_and_says_so() {
    let text = messages(20_000);
    let engine = Engine::builder().threads(2).save_to(|_| Ok(())).build();
    for stages in STAGES {
        let query = engine.prepare(&piped(stages)).unwrap();
        let run = query.start(Input::lines(&text)).unwrap();
        run.cancel();
        assert!(is_told_as_partial(run.wait()), "{stages}");
    }
}

/// An input that gives some chunks, and the others only when it may go on.
struct Gated {
    inner: Memory,
    left: Mutex<usize>,
    changed: Condvar,
    stuck: AtomicBool,
}

impl Gated {
    fn new(text: &str, chunk: usize, first: usize) -> Arc<Gated> {
        let inner = Memory::lines(text, plain_source(Arc::new(Lines::default()), 0), chunk);
        Arc::new(Gated { inner, left: Mutex::new(first), changed: Condvar::new(), stuck: AtomicBool::new(false) })
    }

    fn open(&self) {
        *self.left.lock().unwrap() = usize::MAX;
        self.changed.notify_all();
    }

    /// Waits until the run has all it may have, and has worked on it.
    fn wait_until_stuck(&self, run: &Run, messages: u64) {
        while !self.stuck.load(Ordering::SeqCst) || run.counts().messages < messages {
            std::thread::sleep(Duration::from_millis(1));
        }
        // The counters run ahead of the states by a part of a chunk.
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl message::Input for Gated {
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk> {
        let mut left = self.left.lock().unwrap();
        while *left == 0 {
            self.stuck.store(true, Ordering::SeqCst);
            left = self.changed.wait(left).unwrap();
        }
        *left = left.saturating_sub(1);
        drop(left);
        self.inner.next(buffer)
    }

    fn restart(&self) -> bool {
        self.inner.restart()
    }
}

fn texts(rows: sumoql::Rows<'_>) -> Vec<String> {
    rows.map(|row| row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")).collect()
}

fn whole(engine: &Engine, query: &str, text: &str) -> Vec<String> {
    texts(engine.prepare(query).unwrap().run(Input::lines(text)).unwrap().rows())
}

/// Messages of the first so many lines, those that come in so many chunks.
fn head(text: &str, chunk: usize, chunks: usize) -> String {
    let mut bytes = 0;
    let mut done = 0;
    let mut head = String::new();
    for line in text.split_inclusive('\n') {
        if bytes >= chunk {
            (bytes, done) = (0, done + 1);
        }
        if done == chunks {
            break;
        }
        bytes += line.len();
        head.push_str(line);
    }
    head
}

#[test]
fn a_snapshot_is_the_answer_over_what_was_read() {
    let text = messages(6000);
    let (chunk, first) = (20_000, 7);
    let read = head(&text, chunk, first);
    for threads in [1, 3] {
        let engine = Engine::builder().threads(threads).now(0).build();
        for query in [
            format!("{PARSED} | count by state | sort by state"),
            format!("{PARSED} | where took > 500 | avg(took), count_distinct(user) by state | sort by state asc"),
            format!("{PARSED} | top 5 state by took"),
            "error | timeslice 1h | count by _timeslice | sort by _timeslice".to_string(),
        ] {
            let input = Gated::new(&text, chunk, first);
            let run = engine.prepare(&query).unwrap();
            let run = run.start_observed(Input::reader(input.clone()), Observe::new().histogram(50)).unwrap();
            input.wait_until_stuck(&run, read.lines().count() as u64);
            assert_eq!(texts(run.snapshot().unwrap().rows()), whole(&engine, &query, &read), "{query}");
            input.open();
            assert_eq!(texts(run.wait().unwrap().rows()), whole(&engine, &query, &text), "{query}");
        }
    }
}

#[test]
fn the_newest_messages_are_shown_while_others_come() {
    let text = messages(6000);
    let read = head(&text, 20_000, 5);
    let engine = Engine::builder().threads(2).now(0).build();
    let query = "error | parse \"took=* ms\" as took";
    let input = Gated::new(&text, 20_000, 5);
    let run = engine.prepare(query).unwrap();
    let run = run.start_observed(Input::reader(input.clone()), Observe::new().newest(10)).unwrap();
    input.wait_until_stuck(&run, read.lines().count() as u64);
    let all = whole(&engine, query, &read);
    assert_eq!(texts(run.snapshot().unwrap().rows()), all[..10]);
    input.open();
    assert!(run.wait().unwrap().len() > 100);
}

#[test]
fn the_histogram_counts_the_messages_of_the_scope_and_range() {
    let text = messages(5000);
    let engine = Engine::builder().threads(3).build();
    let run = engine.prepare("took | count").unwrap();
    let run = run.start_observed(Input::lines(&text), Observe::new().histogram(40)).unwrap();
    while !run.is_done() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let histogram = run.histogram();
    let slice = format!("took | timeslice {}ms | count by _timeslice, _loglevel", histogram.width());
    let counted = whole(&engine, &format!("{slice} | sum(_count) by _loglevel | sort by _loglevel asc"), &text);
    let mut levels = std::collections::BTreeMap::new();
    for (_, counts) in histogram.buckets() {
        counts.for_each(|(level, count)| *levels.entry(level.to_string()).or_insert(0) += count);
    }
    let found: Vec<String> = levels.iter().map(|(level, count)| format!("_loglevel={level} _sum={count}")).collect();
    assert_eq!(found, counted);
    assert!((2..=40).contains(&histogram.buckets().count()));
    assert_eq!(run.counts().in_scope, 5000);
}

#[test]
fn what_can_t_be_shown_says_why() {
    let text = messages(100);
    let engine = Engine::default();
    let query = engine.prepare("* | count").unwrap();
    let run = query.start(Input::lines(&text)).unwrap();
    assert_eq!(run.snapshot().err(), Some(SnapshotError::NotObserved));
    assert_eq!(run.histogram().buckets().count(), 0);
    let run = query.start_observed(Input::lines(&text), Observe::new()).unwrap();
    while !run.is_done() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(run.snapshot().err(), Some(SnapshotError::NotReading));
    let input = Endless::new("a line\n");
    let query = engine.prepare("*").unwrap();
    let run = query.start_observed(Input::reader(input.clone()), Observe::new()).unwrap();
    while run.counts().messages == 0 {
        std::thread::yield_now();
    }
    assert_eq!(run.snapshot().err(), Some(SnapshotError::Messages));
    run.cancel();
    assert!(is_told_as_partial(run.wait()));
}

#[test]
fn many_runs_at_once_give_the_answers_of_each_alone() {
    let text = messages(4000);
    let engine = Engine::builder().threads(2).now(0).build();
    let queries: Vec<String> = ["count by user", "avg(took) by state", "sort by took, user", "dedup by state"]
        .iter()
        .map(|stages| format!("{PARSED} | {stages}"))
        .collect();
    let alone: Vec<_> = queries.iter().map(|query| whole(&engine, query, &text)).collect();
    let runs: Vec<(usize, Run)> = (0..24)
        .map(|n| (n % 4, engine.prepare(&queries[n % 4]).unwrap().start(Input::lines(&text)).unwrap()))
        .collect();
    for (number, run) in runs {
        assert_eq!(texts(run.wait().unwrap().rows()), alone[number]);
    }
}

#[test]
fn runs_share_the_memory() {
    let text = messages(20_000);
    let query = format!("{PARSED} | count by user, took");
    // What one run needs, by a tenth: two need more.
    let fits = |limit: &usize| {
        let engine = Engine::builder().threads(2).memory_limit(*limit).build();
        engine.prepare(&query).unwrap().run(Input::lines(&text)).is_ok()
    };
    let needed = std::iter::successors(Some(1 << 20), |limit| Some(limit + limit / 10)).find(fits).unwrap();
    let engine = Engine::builder().threads(2).memory_limit(needed).build();
    let partial = |ended: &Result<Answer, RunError>| match ended {
        Err(RunError::Partial(answer)) => matches!(answer.summary().partial, Some(Partiality::Memory(_))),
        _ => false,
    };
    let one = engine.prepare(&query).unwrap().run(Input::lines(&text));
    assert!(one.is_ok(), "one run fits");
    // A run that holds much of the memory, and another beside it.
    let (first, second) = (Gated::new(&text, 20_000, 60), Gated::new(&text, 20_000, usize::MAX));
    let holder = engine.prepare(&query).unwrap().start(Input::reader(first.clone())).unwrap();
    first.wait_until_stuck(&holder, head(&text, 20_000, 60).lines().count() as u64);
    let beside = engine.prepare(&query).unwrap().start(Input::reader(second)).unwrap().wait();
    first.open();
    let held = holder.wait();
    assert!(partial(&beside) || partial(&held), "two runs do not fit");
    drop((beside, held));
    // All is given back.
    assert!(engine.prepare(&query).unwrap().run(Input::lines(&text)).is_ok());
}

#[test]
fn a_line_that_is_being_written_is_no_message() {
    let engine = Engine::default();
    let count =
        |input| engine.prepare("* | count").unwrap().run(input).unwrap().rows().next().unwrap()["_count"].to_string();
    assert_eq!(count(Input::lines("a\nb\nhalf a li").growing()), "2");
    assert_eq!(count(Input::lines("a\nb\n").growing()), "2");
    assert_eq!(count(Input::lines("a\nb\nhalf a li")), "3");
    assert!(engine.prepare("*").unwrap().run(Input::lines("half").growing()).unwrap().is_empty());
    assert_eq!(count(Input::json_messages("{\"_raw\": \"a\"}\n{\"_raw\": \"b").growing()), "1");
}

/// An input that goes on until it is told to end.
struct Endless {
    line: String,
    ended: AtomicBool,
}

impl Endless {
    fn new(line: &str) -> Arc<Endless> {
        Arc::new(Endless { line: line.repeat(2000), ended: AtomicBool::new(false) })
    }

    fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

impl message::Input for Endless {
    fn next(&self, _: Vec<u8>) -> Option<Chunk> {
        let source = plain_source(Arc::new(Lines::default()), 0);
        let chunk = || Chunk { bytes: self.line.clone().into_bytes().into(), offset: 0, source };
        (!self.ended.load(Ordering::SeqCst)).then(chunk)
    }

    fn restart(&self) -> bool {
        false
    }
}

#[test]
fn a_short_run_does_not_wait_for_a_long_one() {
    let engine = Engine::builder().threads(1).build();
    let query = engine.prepare("* | count").unwrap();
    let input = Endless::new("a line\n");
    let long = query.start(Input::reader(input.clone())).unwrap();
    for _ in 0..10 {
        assert_eq!(texts(query.run(Input::lines("a\nb\n")).unwrap().rows()), ["_count=2"]);
    }
    assert!(!long.is_done());
    input.end();
    long.wait().unwrap();
}

#[test]
fn a_snapshot_comes_while_workers_are_busy() {
    let engine = Engine::builder().threads(2).build();
    let input = Endless::new("2024-05-01T10:00:00Z ERROR a line\n");
    let query = engine.prepare("* | count by _loglevel").unwrap();
    let run = query.start_observed(Input::reader(input.clone()), Observe::new().histogram(10)).unwrap();
    let mut seen = 0;
    while seen < 5 {
        match run.snapshot() {
            Ok(snapshot) => seen += snapshot.rows().count(),
            Err(reason) => assert_eq!(reason, SnapshotError::NotReading),
        }
    }
    assert_eq!(run.histogram().buckets().count(), 1);
    input.end();
    run.wait().unwrap();
}

#[test]
fn runs_that_number_messages_share_threads() {
    let text = messages(4000);
    let engine = Engine::builder().threads(2).now(0).build();
    let query = engine.prepare("error | max(_messagecount) as last, count_distinct(_messagecount) as all").unwrap();
    let input = || Input::reader(Arc::new(Memory::lines(&text, plain_source(Arc::new(Lines::default()), 0), 5000)));
    let alone = texts(query.run(input()).unwrap().rows());
    let runs: Vec<Run> = (0..8).map(|_| query.start(input()).unwrap()).collect();
    for run in runs {
        assert_eq!(texts(run.wait().unwrap().rows()), alone);
    }
}

#[test]
fn many_runs_that_spill_give_whole_answers() {
    let text = messages(20_000);
    let queries = [
        format!("{PARSED} | count by user, took"),
        format!("{PARSED} | sort by took, user"),
        format!("{PARSED} | dedup by user, took"),
        format!("{PARSED} | accum took"),
    ];
    let plenty = Engine::builder().threads(2).now(0).build();
    let expected: Vec<_> = queries.iter().map(|query| whole(&plenty, query, &text)).collect();
    let engine = Engine::builder().threads(2).now(0).memory_limit(24 << 20).scratch(Arc::new(InMemory)).build();
    let runs: Vec<(usize, Run)> = (0..16)
        .map(|n| (n % 4, engine.prepare(&queries[n % 4]).unwrap().start(Input::lines(&text)).unwrap()))
        .collect();
    for (number, run) in runs {
        match run.wait() {
            Ok(answer) => assert!(texts(answer.rows()) == expected[number], "{}", queries[number]),
            Err(error) => panic!("{}: {error}", queries[number]),
        }
    }
}

#[test]
fn a_run_has_a_limit_of_its_own() {
    let text = messages(5000);
    let engine = Engine::builder().threads(2).run_memory_limit(100_000).build();
    let ended = engine.prepare(&format!("{PARSED} | count by user, took")).unwrap().run(Input::lines(&text));
    let Err(RunError::Partial(part)) = ended else { panic!("it fits") };
    assert_eq!(part.summary().partial, Some(Partiality::Memory(100_000)));
    assert!(engine.prepare("* | count").unwrap().run(Input::lines(&text)).is_ok());
}

#[test]
fn a_watched_run_has_the_memory_of_one_that_is_not() {
    let text = messages(20_000);
    let query = format!("{PARSED} | count by user, took");
    let engine = |limit| Engine::builder().threads(2).now(0).memory_limit(limit).build();
    let fits = |limit: &usize| engine(*limit).prepare(&query).unwrap().run(Input::lines(&text)).is_ok();
    let needed = std::iter::successors(Some(1 << 20), |limit| Some(limit + limit / 10)).find(fits).unwrap();
    let input = Gated::new(&text, 20_000, 60);
    let engine = engine(needed);
    let run = engine.prepare(&query).unwrap();
    let run = run.start_observed(Input::reader(input.clone()), Observe::new().histogram(10)).unwrap();
    input.wait_until_stuck(&run, head(&text, 20_000, 60).lines().count() as u64);
    assert_eq!(run.snapshot().err(), Some(SnapshotError::Memory));
    input.open();
    assert!(texts(run.wait().unwrap().rows()) == whole(&engine, &query, &text));
}
