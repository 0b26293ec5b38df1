//! `fmt`: the canonical layout of queries.

mod program;
mod shared;

use program::run_in;
use sumoql::catalogue;
use sumoql::syntax::format::{Unchanged, format, outline};
use sumoql::syntax::parse;

/// What a query becomes; formatting that again changes nothing, and the tree is the same.
fn formatted(text: &str) -> Result<String, Unchanged> {
    let catalogue = catalogue();
    let once = format(text, &catalogue)?;
    let twice = format(&once, &catalogue).unwrap_or_else(|why| panic!("{why:?} of\n{once}"));
    assert_eq!(once, twice, "formatting again changes nothing");
    let tree = |text: &str| outline(&parse(text, &catalogue).0);
    assert_eq!(tree(text), tree(&once), "the tree is the same");
    Ok(once)
}

/// Every `step`th published query is formatted, unless it can't be read.
fn published(step: usize) {
    let Some(folder) = shared::folder("corpus") else { return };
    let (mut done, mut unreadable, mut different) = (0, 0, Vec::new());
    for file in ["published.jsonl", "sigma.jsonl"] {
        let lines = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in lines.lines().filter(|line| !line.trim().is_empty()).step_by(step) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            match formatted(row["query"].as_str().unwrap()) {
                Ok(_) => done += 1,
                Err(Unchanged::Errors(_)) => unreadable += 1,
                Err(Unchanged::Different) => different.push(row["id"].to_string()),
            }
        }
    }
    println!("{done} formatted, {unreadable} can't be read, {} would be read otherwise", different.len());
    assert!(different.is_empty(), "would be read otherwise: {different:?}");
    assert!(done > 50 * unreadable, "{done} formatted, {unreadable} can't be read");
}

#[test]
fn published_queries_keep_their_meaning() {
    published(20);
}

#[test]
#[ignore = "takes a minute"]
fn all_published_queries_keep_their_meaning() {
    published(1);
}
