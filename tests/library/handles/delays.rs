//! How long runs take to end once they are cancelled: measured, not tested.

use super::{STAGES, messages, piped};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sumoql::run::spill::InMemory;
use sumoql::{Engine, Input};

/// How long runs take to end, by query and by when they are cancelled. Run in release, with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn delays_of_cancelled_runs() {
    let text = messages(2_000_000);
    let spilling = Engine::builder().memory_limit(96 << 20).scratch(Arc::new(InMemory));
    for (name, engine) in [("in memory", Engine::builder()), ("spilled", spilling)] {
        let engine = engine.save_to(|_| Ok(())).build();
        println!(
            "| query, {name} | whole run, ms | longest delay, ms | delays when cancelled at 1 to 9 tenths |\n|---|---|---|---|"
        );
        for stages in STAGES {
            delays(&engine.prepare(&piped(stages)).unwrap(), &text, stages);
        }
    }
    let long: String = (0..20).map(|n| format!("{n} {}\n", "ab".repeat(500_000))).collect();
    println!("| regular expression | whole run, ms | longest delay, ms | delays |\n|---|---|---|---|");
    for regex in ["(?<x>(a|b|ab)*(?=c))", "(?<x>a.*?z|b)", "(?<x>(?:a?){30}(?:b?){30}c)", "(?<x>[^ ]*ab[^ ]*z)"] {
        for multi in ["", " multi"] {
            let stages = format!("parse regex \"{regex}\"{multi} nodrop");
            delays(&Engine::default().prepare(&format!("* | {stages} | count by x")).unwrap(), &long, &stages);
        }
    }
}

/// A line of a table: how long the query takes, and how long its runs took to end after they were cancelled.
fn delays(query: &sumoql::Query, text: &str, stages: &str) {
    let start = Instant::now();
    let run = query.start(Input::lines(text)).unwrap();
    while !run.is_done() && start.elapsed() < Duration::from_secs(6) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let whole = start.elapsed();
    run.cancel();
    drop(run.wait());
    let delays: Vec<u128> = (1..=9)
        .map(|part| {
            let run = query.start(Input::lines(text)).unwrap();
            std::thread::sleep(whole * part / 10);
            let cancelled = Instant::now();
            run.cancel();
            let answer = run.wait();
            let delay = cancelled.elapsed().as_millis();
            drop(answer);
            delay
        })
        .collect();
    let longest = delays.iter().max().copied().unwrap_or_default();
    let all: Vec<String> = delays.iter().map(u128::to_string).collect();
    println!("| `{stages}` | {} | {longest} | {} |", whole.as_millis(), all.join(" "));
}
