//! `merge`: all rows become one.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole, oldest_first};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{Args, Name};
use std::collections::HashSet;
use sumoql_data::value::{ALLOCATION, Owned};

pub static DEF: OperatorDef = OperatorSignature {
    name: "merge",
    group: Group::Table,
    form: "'merge' (item:(name:field ('takeDistinct' | 'takeFirst' | 'takeLast' | 'join' ('with' separator:text)?)? ('as' alias:field)?),+)?",
    summary: "Merges all rows into one.",
    doc: "For each field, choose how to merge its values, oldest first. `join`, the default, joins them with a line \
          break, or with the string after `with`. `takeDistinct` joins each distinct value once. `takeFirst` and \
          `takeLast` take the oldest and the newest value. Nulls are skipped. Without fields, the messages are \
          joined. Fields that are not listed are dropped; `_messageTime` is that of the oldest message, and allows \
          only `takeFirst` and `takeLast`. It is mostly used inside `transactionize`.",
    page: "search/search-query-language/transaction-analytics/merge-operator",
    also: &["join", "combine", "concatenate", "collapse"],
    examples: &[
        Example {
            title: "Different merges of two fields; messages are in the order of time",
            query: "* | parse \"a=* b=*\" as a, b | merge a join with \"-\", b takeLast as last",
            messages: &[
                r#"{"_raw":"a=1 b=x","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"a=2 b=y","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"a=1 b=z","_messageTime":"2024-05-01T00:00:03Z"}"#,
            ],
            expect: Expect::Rows(&["a", "last"], &[&["1-2-1", "z"]]),
        },
        Example {
            title: "Distinct values; nulls are skipped",
            query: "* | parse \"a=*;\" as a nodrop | merge a takeDistinct",
            messages: &["a=1;", "none", "a=2;", "a=1;"],
            expect: Expect::Rows(&["a"], &[&["1\n2"]]),
        },
        Example {
            title: "Times can't be joined",
            query: "* | merge _messageTime takeDistinct",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let mut inputs = vec![breaker.time()];
    let (mut ways, mut columns) = (Vec::new(), Vec::new());
    for (item, _) in call.args.groups("item") {
        let Some(name) = item.field("name") else { continue };
        let way = way(item, name)?;
        let column = item.field("alias").map_or(&name.text, |alias| &alias.text);
        if columns.iter().any(|other: &String| other.eq_ignore_ascii_case(column)) {
            let message = format!("two columns would have the name `{column}`");
            return Err(
                Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message).help("rename one of them with `as`")
            );
        }
        inputs.push(breaker.field(name)?);
        columns.push(column.clone());
        ways.push(way);
    }
    if ways.is_empty() {
        inputs.push(breaker.named("_raw"));
        columns.push("_raw".into());
        ways.push(Way::Join("\n".into()));
    }
    // The time is there for later stages, but not shown when nobody asked for it.
    let timed = columns.iter().any(|column| column.eq_ignore_ascii_case("_messageTime"));
    if !timed {
        inputs.push(inputs[0]);
        columns.push("_messageTime".into());
        ways.push(Way::First);
    }
    let apply = move |rows: &Seen, context: &RunContext<'_>| apply(&ways, rows, context);
    breaker.renew(Whole::new(inputs, apply), &columns);
    if !timed && !call.args.groups("item").is_empty() {
        planner.rows.unshow("_messageTime");
    }
    Ok(())
}

/// What becomes of the values of a field.
enum Way {
    First,
    Last,
    Join(String),
    Distinct,
}

fn way(item: &Args, name: &Name) -> Result<Way, Diagnostic> {
    let time = name.key() == "_messagetime";
    if time && !item.has("takeFirst") && !item.has("takeLast") {
        let message = "`_messageTime` allows only `takeFirst` and `takeLast`";
        return Err(Diagnostic::error(&codes::ARGUMENT_KIND, name.span, message));
    }
    Ok(match () {
        () if item.has("takeLast") => Way::Last,
        () if item.has("takeFirst") => Way::First,
        () if item.has("takeDistinct") => Way::Distinct,
        () => Way::Join(item.text("separator").map_or("\n".into(), |text| text.value())),
    })
}

/// A row is its time, then its fields.
fn apply(ways: &[Way], rows: &Seen, context: &RunContext<'_>) -> Vec<Made> {
    if rows.is_empty() {
        return Vec::new();
    }
    let order = oldest_first(rows, 0);
    let column = |column: usize| order.iter().map(move |at| &rows[*at][column]).filter(|v| !matches!(v, Owned::Null));
    let own = ways
        .iter()
        .enumerate()
        .map(|(at, way)| {
            let mut values = column(at + 1);
            match way {
                Way::First => values.next().cloned().unwrap_or_default(),
                Way::Last => values.next_back().cloned().unwrap_or_default(),
                Way::Join(separator) => join(values, separator),
                Way::Distinct => distinct(values, context),
            }
        })
        .collect();
    vec![Made { own, rest: Rest::Null }]
}

/// Each value once, as far as there is memory to remember them.
fn distinct<'r>(values: impl Iterator<Item = &'r Owned>, context: &RunContext<'_>) -> Owned {
    let (mut seen, mut first, mut asked) = (HashSet::new(), Vec::new(), 0);
    for value in values {
        let text = value.to_string();
        if seen.contains(&text) {
            continue;
        }
        let bytes = text.len() + size_of::<String>() + size_of::<&Owned>() + ALLOCATION;
        asked += bytes;
        if let Err(over) = context.budget.ask(bytes) {
            context.ran_out(over);
            break;
        }
        seen.insert(text);
        first.push(value);
    }
    context.budget.give_back(asked);
    join(first.into_iter(), "\n")
}

fn join<'r>(values: impl Iterator<Item = &'r Owned>, separator: &str) -> Owned {
    let joined = values.fold(None, |joined: Option<String>, value| {
        let mut text = joined.map_or_else(String::new, |text| text + separator);
        value.borrow().write(&mut text);
        Some(text)
    });
    joined.map_or(Owned::Null, |text| Owned::Text(text.into()))
}
