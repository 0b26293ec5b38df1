//! How long planning takes: reads and plans every query of a file, one JSON object with a `query` and perhaps `params` on each
//! line (parameters without a value are `*`), and prints the median, the 90th percentile and the most, in milliseconds. With a program and its arguments behind the file, it also
//! runs that 20 times, and prints the median time until its first line.
//!
//! ```sh
//! cargo run --release --example planning -- ../shared/corpus/published.jsonl \
//!     target/release/sumoql run '* | count' small.log --output jsonl
//! ```

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use sumoql::syntax::parameters;

/// How often the program runs.
const RUNS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("usage: planning QUERIES.jsonl [PROGRAM [ARGUMENT]...]")?;
    let catalogue = sumoql::catalogue();
    let (mut times, mut planned) = (Vec::new(), 0);
    for line in std::fs::read_to_string(&file)?.lines() {
        let object: serde_json::Value = serde_json::from_str(line)?;
        let text = object["query"].as_str().ok_or("an object without a `query`")?;
        let value = |_, name: &str| Some(object["params"][name].as_str().unwrap_or("*").to_string());
        let began = Instant::now();
        let mut expansion = parameters::expand(text, value);
        let (tree, _) = parameters::parse(&mut expansion, &catalogue);
        let (plan, _) = black_box(sumoql::plan::plan(&expansion.text, &tree, &catalogue));
        let took = began.elapsed();
        planned += usize::from(plan.is_some());
        times.push((took, text.to_string()));
    }
    times.sort();
    let at = |part: f64| times.get(((times.len() as f64 - 1.0) * part).round() as usize).map_or(0.0, |time| ms(time.0));
    let (median, p90, p99, most) = (at(0.5), at(0.9), at(0.99), at(1.0));
    println!("{} queries, {planned} have a plan", times.len());
    println!("parse and plan: median {median:.3} ms, p90 {p90:.3} ms, p99 {p99:.3} ms, most {most:.3} ms");
    if let Some((_, text)) = times.last() {
        println!("the slowest: {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let Some(program) = args.next() else { return Ok(()) };
    let args: Vec<String> = args.collect();
    let mut times = (0..RUNS).map(|_| first_line(&program, &args)).collect::<Result<Vec<_>, _>>()?;
    times.sort();
    println!("start to first line: median {:.3} ms, most {:.3} ms", ms(times[RUNS / 2]), ms(times[RUNS - 1]));
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// How long a program takes to write a line.
fn first_line(program: &str, args: &[String]) -> Result<Duration, Box<dyn Error>> {
    let began = Instant::now();
    let mut child =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    let read = match child.stdout.take() {
        Some(out) => BufReader::new(out).read_line(&mut line)?,
        None => 0,
    };
    let took = began.elapsed();
    child.wait()?;
    if read == 0 { Err("the program has written nothing".into()) } else { Ok(took) }
}
