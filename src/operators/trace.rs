//! `trace`: messages that are linked by the identifiers in them.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole, oldest_first};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::collections::{HashMap, HashSet};
use sumoql_data::value::{Owned, Value};
use sumoql_java::regex::Pattern;
use sumoql_java::regex::effort::Watch;

pub static DEF: OperatorDef = OperatorSignature {
    name: "trace",
    group: Group::Condition,
    form: "'trace' ('+' | '-')? regex:text start:text",
    summary: "Keeps the messages that are linked by identifiers.",
    doc: "The capturing group of the regular expression matches identifiers. A message is kept if one of its \
          identifiers is the start value, or occurs in another message that is kept. With `+`, links are followed \
          only from older to newer messages, and with `-`, only from newer to older. Identifiers are case-sensitive.",
    page: "search/search-query-language/search-operators/trace",
    also: &["follow", "chain", "correlation", "request id", "transitive"],
    examples: &[
        Example {
            title: "From one identifier to the next",
            query: "* | trace \"id=(\\w+)\" \"a\" | fields _raw",
            messages: &["id=a id=b", "id=c", "id=b failed", "nothing"],
            expect: Expect::Rows(&["_raw"], &[&["id=a id=b"], &["id=b failed"]]),
        },
        Example {
            title: "Forward in time only",
            query: "* | trace + \"id=(\\w+)\" \"a\" | fields _raw",
            messages: &[
                r#"{"_raw":"id=b","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"id=a id=b","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"id=b id=c","_messageTime":"2024-05-01T00:00:03Z"}"#,
            ],
            expect: Expect::Rows(&["_raw"], &[&["id=b id=c"], &["id=a id=b"]]),
        },
        Example { title: "No group", query: "* | trace \"id=\" \"a\"", messages: &[], expect: Expect::Error("E206") },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// In which direction links are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Both,
    Forward,
    Backward,
}

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if !planner.rows.has_text() {
        return Err(Diagnostic::error(
            &codes::MISPLACED,
            call.span,
            "`trace` needs messages: put it before any aggregate",
        ));
    }
    let (Some(regex), Some(start)) = (call.args.text("regex"), call.args.text("start")) else {
        return Err(Diagnostic::error(
            &codes::UNEXPECTED,
            call.span,
            "expected a regular expression and a start value here",
        ));
    };
    parameter_free(&regex.raw, regex.span)?;
    parameter_free(&start.raw, start.span)?;
    let pattern = planner.compile(&regex.regex(), regex.span)?;
    if pattern.groups().len() != 2 {
        let message = "the regular expression must have exactly one capturing group, the identifier";
        return Err(Diagnostic::error(&codes::BAD_REGEX, regex.span, message).help("for example, `\"id=(\\w+)\"`"));
    }
    let mut breaker = planner.breaker();
    let inputs = vec![breaker.time(), breaker.named("_raw")];
    let way = match () {
        () if call.args.has("+") => Way::Forward,
        () if call.args.has("-") => Way::Backward,
        () => Way::Both,
    };
    let start = start.value();
    let apply = move |rows: &Seen, context: &RunContext<'_>| apply(&pattern, &start, way, rows, &context.env.watch);
    breaker.add(Whole::new(inputs, apply), &[]);
    Ok(())
}

/// A row is its time and its text.
fn apply(pattern: &Pattern, start: &str, way: Way, rows: &Seen, watch: &Watch) -> Vec<Made> {
    let found: Vec<Vec<&str>> = rows.iter().map(|row| identifiers(pattern, &row[1], watch)).collect();
    let kept = match way {
        Way::Both => linked(&found, start),
        Way::Forward => chain(&found, start, oldest_first(rows, 0).into_iter()),
        Way::Backward => chain(&found, start, oldest_first(rows, 0).into_iter().rev()),
    };
    (0..rows.len()).filter(|at| kept[*at]).map(|at| Made { own: Vec::new(), rest: Rest::Of(at) }).collect()
}

fn identifiers<'r>(pattern: &Pattern, text: &'r Owned, watch: &Watch) -> Vec<&'r str> {
    let mut out = Vec::new();
    if let Value::Text(text) = text.borrow() {
        pattern.each(text, &[1], watch, |groups| {
            out.extend(groups.flatten());
            true
        });
    }
    out
}

/// Goes over the rows once.
fn chain<'r>(found: &[Vec<&'r str>], start: &'r str, order: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut kept = vec![false; found.len()];
    let mut known: HashSet<&str> = HashSet::from([start]);
    for at in order {
        kept[at] = found[at].iter().any(|id| known.contains(id));
        if kept[at] {
            known.extend(&found[at]);
        }
    }
    kept
}

/// Follows links until there are no more.
fn linked<'r>(found: &[Vec<&'r str>], start: &'r str) -> Vec<bool> {
    let mut rows_of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, ids) in found.iter().enumerate() {
        ids.iter().for_each(|id| rows_of.entry(id).or_default().push(at));
    }
    let mut kept = vec![false; found.len()];
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        for at in rows_of.remove(id).unwrap_or_default() {
            if !std::mem::replace(&mut kept[at], true) {
                open.extend(&found[at]);
            }
        }
    }
    kept
}
