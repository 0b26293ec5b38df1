//! `logcompare`: which signatures of messages have become more or less frequent.

use super::distinct_combinations;
use super::distinct_combinations::{Counted, id};
use super::logreduce::{Signature, layout, signatures};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::missing_parameter;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::budget::OverBudget;
use crate::program::context::RunContext;
use crate::program::plan::{Range, RangePosition};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::ArgValue;
use std::sync::Arc;
use sumoql_data::time::parse_moment::parse_moment;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "logcompare",
    group: Group::Mining,
    form: "'logcompare' ('timeshift' '-'? by:interval | 'start_time' (from:path | from:text) | \
           'end_time' (to:path | to:text) | 'baseline' '(' baseline:query ')')*",
    summary: "Finds the kinds of messages that have become more or less frequent.",
    doc: "Compares the messages of the query's time range with a baseline. The baseline is the same query, or the one \
          in `baseline(…)`, over an earlier range: shifted by `timeshift` (default 24 hours), or from `start_time` to \
          `end_time`; without `end_time` it is as long as the query's own range. The input must contain these \
          messages too.\n\n\
          Signatures are found over both sides, as by `logreduce`. For each of them, `_count` is the current number \
          of messages, and `_deltaPercentage` is the change of its share of all messages in percent: Infinity if it \
          is new, and -100 if it is gone. `_isNew` is true if the baseline does not have it. `_anomalyScore` is (t - \
          b) ln(t / b), where t and b are the current and the earlier share, smoothed by half a message; the highest \
          scores come first.",
    page: "search/behavior-insights/logcompare",
    also: &["baseline", "before and after", "deployment", "new messages", "difference", "regression"],
    examples: &[
        Example {
            title: "New and missing kinds of messages",
            query: "* | logcompare timeshift -1h | fields signature, _count, _deltaPercentage, _isNew",
            messages: &[
                r#"{"_raw":"paid 5","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"paid 7","_messageTime":"2024-05-01T00:11:00Z"}"#,
                r#"{"_raw":"disk full","_messageTime":"2024-05-01T00:12:00Z"}"#,
                r#"{"_raw":"disk full","_messageTime":"2024-05-01T00:13:00Z"}"#,
                r#"{"_raw":"paid 6","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"paid 8","_messageTime":"2024-04-30T23:20:00Z"}"#,
                r#"{"_raw":"cache evicted","_messageTime":"2024-04-30T23:30:00Z"}"#,
                r#"{"_raw":"cache dropped","_messageTime":"2024-04-30T23:40:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["signature", "_count", "_deltaPercentage", "_isNew"],
                &[
                    &["disk full", "2", "Infinity", "true"],
                    &["cache evicted", "0", "-100", "false"],
                    &["cache dropped", "0", "-100", "false"],
                    &["paid **********", "2", "0", "false"],
                ],
            ),
        },
        Example {
            title: "Another query as the baseline, over the same range",
            query: "_sourceHost=b | logcompare timeshift -0s baseline (_sourceHost=a | where !(_raw matches \"*x*\")) | where _isNew | fields signature, _count",
            messages: &[
                r#"{"_raw":"up 1","_sourceHost":"a"}"#,
                r#"{"_raw":"failed x","_sourceHost":"a"}"#,
                r#"{"_raw":"up 2","_sourceHost":"b"}"#,
                r#"{"_raw":"failed x","_sourceHost":"b"}"#,
            ],
            expect: Expect::Rows(&["signature", "_count"], &[&["failed x", "1"]]),
        },
        Example {
            title: "A baseline with a start time; with an empty baseline, everything is new",
            query: "* | logcompare start_time 2024-04-01T00:00:00Z end_time 2024-04-02T00:00:00Z | where _isnew | fields _count, _deltaPercentage",
            messages: &[
                r#"{"_raw":"a 1","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"a 2","_messageTime":"2024-04-02T00:00:00Z"}"#,
            ],
            expect: Expect::Rows(&["_count", "_deltaPercentage"], &[&["1", "Infinity"]]),
        },
        Example {
            title: "A start that is not a time",
            query: "* | logcompare start_time yesterday",
            messages: &[],
            expect: Expect::Error("E203"),
        },
        Example {
            title: "An end before the start",
            query: "* | logcompare start_time 2024-04-02T00:00:00Z end_time 2024-04-01T00:00:00Z",
            messages: &[],
            expect: Expect::Error("E210"),
        },
        Example {
            title: "Not after an aggregate",
            query: "* | count | logcompare timeshift -1d",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// How far back the baseline lies if nothing is said.
const DAY: i64 = 86_400_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    distinct_combinations::needs_messages(call, planner, "logcompare")?;
    let place = place(call)?;
    let count = |planner: &mut Planner<'_>| {
        distinct_combinations::needs_messages(call, planner, "logcompare")?;
        let layout = layout(planner, None)?;
        distinct_combinations::group(planner, &[&layout], None)
    };
    count(planner)?;
    let plan = match call.args.get("baseline").map(|arg| &arg.value) {
        Some(ArgValue::Query(query)) => Some(planner.other_query(query, count)?),
        _ => None,
    };
    let columns = planner.combined();
    let combine = Box::new(|tables, _: &RunContext<'_>| distinct_combinations::beside(tables));
    planner.over_ranges(vec![Range { place, plan }], combine, Some(columns), ("logcompare", call.span))?;
    let columns = ["_signature_id", "signature", "_signature", "_count", "_deltaPercentage", "_anomalyScore", "_isNew"];
    let mut names = distinct_combinations::finish(planner, (1, 0), &columns, Arc::new(rows));
    names.retain(|name| name != "_signature");
    distinct_combinations::show(planner, names)
}

/// Where the baseline lies.
fn place(call: &OperatorCall<'_>) -> Result<RangePosition, Diagnostic> {
    let moment = |label: &str| -> Result<Option<(String, i64)>, Diagnostic> {
        let Some(arg) = call.args.get(label) else { return Ok(None) };
        let text = match &arg.value {
            ArgValue::Path(text) => text.clone(),
            ArgValue::Text(text) => text.value(),
            ArgValue::Parameter(text) => return Err(missing_parameter(text, arg.span)),
            _ => String::new(),
        };
        match parse_moment(&text, 0, chrono_tz::UTC) {
            Ok(at) => Ok(Some((text, at))),
            Err(reason) => Err(Diagnostic::error(&codes::ARGUMENT_KIND, arg.span, reason)),
        }
    };
    let (from, to) = (moment("from")?, moment("to")?);
    // Two moments that both count from now, or both don't, can be compared without knowing when that is.
    let relative = |text: &str| text.starts_with(['-', '+', 'n', 'N']);
    if let (Some((from, start)), Some((to, end)), Some(arg)) = (&from, &to, call.args.get("to"))
        && relative(from) == relative(to)
        && start >= end
    {
        let message = "the baseline ends before it starts";
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, arg.span, message));
    }
    let (from, to) = (from.map(|(text, _)| text), to.map(|(text, _)| text));
    match (call.args.get("by").map(|arg| (&arg.value, arg.span)), from) {
        (Some((ArgValue::Parameter(text), span)), _) => Err(missing_parameter(text, span)),
        (None, None) if to.is_some() => {
            let message = "`end_time` needs a `start_time`";
            Err(Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, message))
        }
        (None, Some(from)) => Ok(RangePosition::Between(from, to)),
        (Some((ArgValue::Interval(ms), _)), None) => Ok(RangePosition::Back(ms.saturating_abs())),
        (None, None) => Ok(RangePosition::Back(DAY)),
        (Some((_, span)), _) => {
            let message = "`timeshift` and `start_time` can't be used together";
            Err(Diagnostic::error(&codes::ARGUMENT_COUNT, span, message))
        }
    }
}

/// The rows of the table, the most changed first.
fn rows(counted: &[Counted<'_>], context: &RunContext<'_>) -> Result<Vec<Vec<Owned>>, OverBudget> {
    let (signatures, _) = signatures(counted, context)?;
    let sum = |side: usize| signatures.iter().map(|signature| signature.counts[side]).sum::<u64>();
    let sums = [sum(0), sum(1)];
    let mut found: Vec<(f64, Signature)> = signatures
        .into_iter()
        .filter(|signature| signature.counts != [0, 0])
        .map(|signature| (score(signature.counts, sums), signature))
        .collect();
    found.sort_by(|(a, of_a), (b, of_b)| {
        b.total_cmp(a).then(of_b.counts[0].cmp(&of_a.counts[0])).then(of_a.first.cmp(&of_b.first))
    });
    let row = |(score, Signature { text, counts, .. }): (f64, Signature)| {
        vec![
            Owned::Text(id(&text).into()),
            Owned::Text(text.as_str().into()),
            Owned::Text(text.into()),
            Owned::Int(i64::try_from(counts[0]).unwrap_or(i64::MAX)),
            Value::from_number(delta(counts, sums)).owned(),
            Value::from_number(score).owned(),
            Owned::Bool(counts[1] == 0),
        ]
    };
    Ok(found.into_iter().map(row).collect())
}

/// The change of a share, in percent of what it was.
fn delta([now, before]: [u64; 2], [all_now, all_before]: [u64; 2]) -> f64 {
    if before == 0 {
        return f64::INFINITY;
    }
    // With whole numbers, so that an equal share is exactly 0.
    let is = i128::from(now) * i128::from(all_before);
    let was = i128::from(before) * i128::from(all_now);
    if all_now == 0 { -100.0 } else { (is - was) as f64 / was as f64 * 100.0 }
}

/// What a signature adds to the difference of the two distributions (symmetric Kullback-Leibler divergence).
fn score(counts: [u64; 2], sums: [u64; 2]) -> f64 {
    let share = |side: usize| (counts[side] as f64 + 0.5) / (sums[side] as f64 + 1.0);
    (share(0) - share(1)) * (share(0) / share(1)).ln()
}
