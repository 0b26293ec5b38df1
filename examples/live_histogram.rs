//! Watches a run: how many messages there are by time and level, and the answer so far, while it goes on.
//!
//! `cargo run --release --example live_histogram -- LOGFILE [QUERY]`; without a file, over messages of its own.

use std::error::Error;
use std::time::Duration;
use sumoql::{Engine, Histogram, Input, Observe};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let text = match arguments.next() {
        Some(path) => std::fs::read_to_string(path)?,
        None => messages(),
    };
    let query = Engine::default().prepare(&arguments.next().unwrap_or("* | count by _loglevel".into()))?;
    let run = query.start_observed(Input::lines(&text), Observe::new().histogram(24).newest(5))?;
    while !run.is_done() {
        std::thread::sleep(Duration::from_millis(200));
        println!("{} messages read, {} in the scope", run.counts().messages, run.counts().in_scope);
        draw(&run.histogram());
        match run.snapshot() {
            Ok(snapshot) => snapshot.rows().for_each(|row| println!("  so far: {}", line(&row))),
            Err(reason) => println!("  no rows yet: {reason}"),
        }
    }
    let answer = run.wait()?;
    println!("The answer:");
    answer.rows().for_each(|row| println!("  {}", line(&row)));
    Ok(())
}

fn draw(histogram: &Histogram) {
    let buckets: Vec<(i64, u64, u64)> = histogram
        .buckets()
        .map(|(start, levels)| {
            levels.fold((start, 0, 0), |(start, errors, all), (level, count)| {
                (start, errors + if level == "ERROR" { count } else { 0 }, all + count)
            })
        })
        .collect();
    let most = buckets.iter().map(|(.., all)| *all).max().unwrap_or(1);
    for (start, errors, all) in buckets {
        let time = chrono::DateTime::from_timestamp_millis(start).unwrap_or_default().format("%m-%d %H:%M");
        let (bar, red) = ((all * 50).div_ceil(most) as usize, (errors * 50).div_ceil(most) as usize);
        println!("  {time}  {}{} {all}", "!".repeat(red), "=".repeat(bar.saturating_sub(red)));
    }
}

fn line(row: &sumoql::Row<'_>) -> String {
    row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// Two days of messages, a few of them errors.
fn messages() -> String {
    (0..2_000_000u64)
        .map(|n| {
            let (hour, minute, second) = (n / 41_667 % 24, n / 695 % 60, n / 12 % 60);
            let level = if n % 97 < n / 100_000 { "ERROR" } else { "INFO" };
            format!("2024-05-0{}T{hour:02}:{minute:02}:{second:02}Z {level} request {n}\n", 1 + n / 1_000_000)
        })
        .collect()
}
