//! Runs as handles: cancelled, watched, many at once.

use std::fmt::Write;
use std::time::{Duration, Instant};
use sumoql::{Engine, Input, Partiality, RunError};

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
    "sessionize \"user=* *\" as (a, b)",
    "join (parse \"user=*,\" as u) as a, (parse \"user=*,\" as v) as b on a.u = b.v",
    "filter user in (count by user | topk(100, _count))",
    "count by user | sort by user | limit 10 | where user matches \"*1*\"",
    "save append /shared/out",
];

fn is_told_as_partial(ended: Result<sumoql::Answer, RunError>) -> bool {
    match ended {
        Err(RunError::Partial(answer)) => answer.summary().partial == Some(Partiality::Stopped),
        _ => false,
    }
}

/// How long runs take to end, by query and by when they are cancelled. Run in release, with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn delays_of_cancelled_runs() {
    let text = messages(2_000_000);
    let engine = Engine::builder().save_to(|_| Ok(())).build();
    println!("| query | whole run, ms | longest delay, ms | at | all |\n|---|---|---|---|---|");
    for stages in STAGES {
        let query = match engine.prepare(&format!("{PARSED} | {stages}")) {
            Ok(query) => query,
            Err(error) => panic!("{stages}: {error}"),
        };
        let start = Instant::now();
        let run = query.start(Input::lines(&text)).unwrap();
        while !run.is_done() && start.elapsed() < Duration::from_secs(8) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let whole = start.elapsed();
        run.cancel();
        let _ = run.wait();
        let mut delays = Vec::new();
        for part in [1, 3, 5, 6, 7, 8, 9u32] {
            let run = query.start(Input::lines(&text)).unwrap();
            std::thread::sleep(whole * part / 10);
            let cancelled = Instant::now();
            run.cancel();
            while !run.is_done() {
                std::thread::sleep(Duration::from_millis(1));
            }
            delays.push((cancelled.elapsed().as_millis(), part));
        }
        let (worst, at) = delays.iter().max().copied().unwrap_or_default();
        let all: Vec<String> = delays.iter().map(|(ms, _)| ms.to_string()).collect();
        println!("| `{stages}` | {} | {worst} | {at}/10 | {} |", whole.as_millis(), all.join(" "));
    }
}

#[test]
fn a_cancelled_run_ends_and_says_so() {
    let text = messages(20_000);
    let engine = Engine::builder().threads(2).save_to(|_| Ok(())).build();
    for stages in STAGES {
        let query = engine.prepare(&format!("{PARSED} | {stages}")).unwrap();
        let run = query.start(Input::lines(&text)).unwrap();
        run.cancel();
        assert!(is_told_as_partial(run.wait()), "{stages}");
    }
}
