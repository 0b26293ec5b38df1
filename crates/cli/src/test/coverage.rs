//! Which leaves of the conditions of a query no case has made true, or false.

use super::{CaseFile, runner};
use std::path::Path;
use sumoql::trace::coverage::Coverage;

/// The leaves that are left, query by query, as lines to be read. The cases of a query lie side by side.
pub fn lines(cases: &[CaseFile]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut queries: Vec<&Path> = cases.iter().map(|found| found.query.as_path()).collect();
    queries.sort();
    queries.dedup();
    for query in queries {
        let cases = cases.iter().filter(|found| found.query == query);
        match of_query(cases) {
            Ok(left) => lines.extend(left.into_iter().map(|line| format!("{}: {line}", query.display()))),
            Err(message) => lines.push(format!("{}: no coverage: {message}", query.display())),
        }
    }
    lines
}

/// The leaves that the cases of one query leave, and how many there are.
pub fn of_query<'f>(cases: impl Iterator<Item = &'f CaseFile>) -> Result<Vec<String>, String> {
    let mut sum: Option<(Coverage, Vec<String>)> = None;
    for found in cases {
        let (coverage, texts) = runner::coverage(found)?;
        match &mut sum {
            // Parameters may make other conditions of the same query.
            Some((sum, known)) if *known == texts => sum.add(&coverage),
            Some(_) => return Err("its cases have different parameters".into()),
            None => sum = Some((coverage, texts)),
        }
    }
    let Some((coverage, texts)) = sum else { return Ok(Vec::new()) };
    let mut left = Vec::new();
    for (leaf, text) in coverage.leaves.iter().zip(texts) {
        match (leaf.held, leaf.failed) {
            (0, 0) => left.push(format!("never evaluated: {text}")),
            (0, _) => left.push(format!("never true: {text}")),
            (_, 0) => left.push(format!("never false: {text}")),
            _ => {}
        }
    }
    let (all, missing) = (coverage.leaves.len(), left.len());
    left.push(format!("{} of {all} conditions were both true and false", all - missing));
    Ok(left)
}
