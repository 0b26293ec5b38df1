//! `sessionize`: follows a session over several messages.

mod open_sessions;
mod pattern;

use super::parse::counted;
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{check_name, parameter_free};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole, oldest_first};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{Name, Text};
use open_sessions::{Link, Open, Step};
use pattern::Pattern;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "sessionize",
    group: Group::Join,
    form: "'sessionize' part:(('(' pattern:text ')' | pattern:text) ('as' ('(' name:field,+ ')' | name:field,+))?),+",
    summary: "Joins messages into sessions, by values found in earlier messages.",
    doc: "Each pattern has literal anchors, as in `parse`, and can match anywhere in a message. A message that \
          matches the first pattern opens a session; a later message that matches the next pattern continues it. \
          `$name` in a pattern stands for the session's value of that name. A name that is used in two patterns must \
          have the same value in both. When the last pattern matches, the session is complete and gives a row; \
          incomplete sessions give no rows. Messages are read oldest first, and each continues at most one session, \
          the oldest that it matches.",
    page: "search/search-query-language/search-operators/sessionize",
    also: &["session", "sequence", "correlate", "follow", "join"],
    examples: &[
        Example {
            title: "Request and answer",
            query: "* | sessionize \"open req=* by *\" as (req, who), \"done req=$req in *\" as (ms)",
            messages: &[
                r#"{"_raw":"open req=7 by ann","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"done req=7 in 31","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"done req=7 in 99","_messageTime":"2024-05-01T00:00:03Z"}"#,
                r#"{"_raw":"open req=8 by bob","_messageTime":"2024-05-01T00:00:04Z"}"#,
            ],
            expect: Expect::Rows(&["req", "who", "ms"], &[&["7", "ann", "31"]]),
        },
        Example {
            title: "The same name in both patterns: the values must be equal, and messages before the first one do \
                    not count",
            query: "* | sessionize \"in u=*;\" as u, \"out u=*; n=*\" as u, n",
            messages: &[
                r#"{"_raw":"out u=b; n=1","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"in u=a;","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"in u=b;","_messageTime":"2024-05-01T00:00:03Z"}"#,
                r#"{"_raw":"out u=b; n=2","_messageTime":"2024-05-01T00:00:04Z"}"#,
            ],
            expect: Expect::Rows(&["u", "n"], &[&["b", "2"]]),
        },
        Example {
            title: "A message that matches no pattern has no effect; an incomplete session gives no row",
            query: "* | sessionize \"in u=*;\" as u, \"out u=$u;\" | fields u",
            messages: &[
                r#"{"_raw":"in u=a;","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"in u=b;","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"out u=","_messageTime":"2024-05-01T00:00:03Z"}"#,
                r#"{"_raw":"out u=a;","_messageTime":"2024-05-01T00:00:04Z"}"#,
            ],
            expect: Expect::Rows(&["u"], &[&["a"]]),
        },
        Example {
            title: "A single pattern",
            query: "* | sessionize \"a=*\" as a",
            messages: &[],
            expect: Expect::Error("E202"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if !planner.rows.has_text() {
        let message = "`sessionize` needs messages: put it before any aggregate";
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message));
    }
    let parts = call.args.groups("part");
    if parts.len() < 2 {
        let message = "`sessionize` needs at least two patterns";
        return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, message));
    }
    let mut columns: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for (part, _) in &parts {
        let Some(text) = part.text("pattern") else { continue };
        parameter_free(&text.raw, text.span)?;
        let names = part.fields("name");
        // What the pattern may refer to: the names of those before it.
        let pattern = Pattern::new(text, |name| column(&columns, name))?;
        check(text, &pattern, &names)?;
        let known = columns.len();
        let mut fields = Vec::new();
        for name in names {
            check_name(name)?;
            fields.push(column(&columns, &name.text).unwrap_or_else(|| {
                columns.push(name.text.clone());
                columns.len() - 1
            }));
        }
        let shared = fields.iter().enumerate().find(|(_, column)| **column < known);
        let link = match (pattern.anchored_value(), shared) {
            (Some((column, anchors)), _) => Link::After(column, anchors),
            (None, Some((star, column))) if !pattern.has_values() => Link::Star(star, *column),
            _ => Link::Any,
        };
        steps.push(Step { pattern, fields, link });
    }
    let mut breaker = planner.breaker();
    let inputs = vec![breaker.time(), breaker.named("_raw")];
    let width = columns.len();
    let apply = move |rows: &Seen, context: &RunContext<'_>| apply(&steps, width, rows, context);
    breaker.renew(Whole::new(inputs, apply), &columns);
    Ok(())
}

/// The number of the column with a name.
fn column(columns: &[String], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.eq_ignore_ascii_case(name))
}

fn check(text: &Text, pattern: &Pattern, names: &[&Name]) -> Result<(), Diagnostic> {
    if pattern.stars() == names.len() {
        return Ok(());
    }
    let message = format!("the pattern has {} `*` and {}", pattern.stars(), counted(names.len()));
    Err(Diagnostic::error(&codes::PATTERN_NAMES, text.span, message)
        .help("name each `*` after `as`; for a literal star, write `\\*`"))
}

/// A row is its time and its text.
fn apply(steps: &[Step], width: usize, rows: &Seen, context: &RunContext<'_>) -> Vec<Made> {
    let mut open = Open::new(steps, width);
    let mut made = Vec::new();
    for (count, at) in oldest_first(rows, 0).into_iter().enumerate() {
        if context.ends_at(count) {
            break;
        }
        let Value::Text(text) = rows[at][1].borrow() else { continue };
        if let Some(values) = open.read(text) {
            let cell = |value: Option<String>| value.map_or(Owned::Null, |text| Owned::Text(text.into()));
            made.push(Made { own: values.into_iter().map(cell).collect(), rest: Rest::Null });
        }
    }
    made
}
