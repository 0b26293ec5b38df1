//! `transactionize`: messages that belong together because any of some fields agree.

mod each_group;
mod groups;

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{alias_argument, count_argument, missing_parameter, parameter_free};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::InputSlot;
use crate::run::bag::Passed;
use crate::run::order::in_order::{Seen, Whole};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{ArgValue, Args, Stage};
use each_group::EachGroup;
use groups::{Bounds, Mark};
use std::sync::Arc;

pub static DEF: OperatorDef = OperatorSignature {
    name: "transactionize",
    group: Group::Join,
    form: "'transactionize' name:field,+ ('as' alias:field)? ('maxSpan' '=' span:interval | 'maxPause' '=' pause:interval | 'maxLogs' '=' logs:integer | starts:('startsWith' '=' text:text (';' 'strict')?) | ends:('endsWith' '=' text:text (';' 'strict')?) | orphans:('keepOrphans' '=' ('true' | 'false')))* ('(' child:pipeline ')')?",
    summary: "Groups messages that have an equal value in any of several fields.",
    doc: "Two messages are in the same group if one of the fields has the same value in both, or if both are in a \
          group with a third message. Null matches nothing. Adds `_group`, a number, `_group_size`, `_group_duration` \
          in milliseconds, and `_group_orphaned`, which is true for a message without any of the fields. After `as \
          p`, the names are `p`, `p_size` and so on. Rows are ordered oldest first.\n\n\
          A group is closed, and the next message opens another one: if it would last longer than `maxSpan`, after a \
          pause longer than `maxPause`, if it would have more than `maxLogs` messages, after a message that contains \
          the string of `endsWith`, and before a message that contains the string of `startsWith`. With `;strict`, \
          groups that do not begin or end with such a message are dropped. With `keepOrphans=false`, orphans are \
          dropped.\n\n\
          A pipeline in parentheses runs over each group separately; its rows replace the group. The fields and \
          `_group…` can still be used after it.",
    page: "search/search-query-language/transaction-analytics/transactionize-operator",
    also: &["session", "group", "correlate", "stitch", "transaction"],
    examples: &[
        Example {
            title: "One equal field is enough",
            query: "* | parse \"a=* \" as a nodrop | parse \"b=* \" as b nodrop | transactionize a, b | fields _raw, _group, _group_size, _group_duration",
            messages: &[
                r#"{"_raw":"a=1 .","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"a=1 b=2 .","_messageTime":"2024-05-01T00:00:04Z"}"#,
                r#"{"_raw":"b=2 .","_messageTime":"2024-05-01T00:00:09Z"}"#,
                r#"{"_raw":"a=5 .","_messageTime":"2024-05-01T00:00:20Z"}"#,
            ],
            expect: Expect::Rows(
                &["_raw", "_group", "_group_size", "_group_duration"],
                &[
                    &["a=1 .", "1", "3", "8000"],
                    &["a=1 b=2 .", "1", "3", "8000"],
                    &["b=2 .", "1", "3", "8000"],
                    &["a=5 .", "2", "1", "0"],
                ],
            ),
        },
        Example {
            title: "A row for each group",
            query: "* | parse \"id=* s=*\" as id, s | transactionize id (merge id takeFirst, s join with \">\") | fields id, s, _group_size",
            messages: &[
                r#"{"_raw":"id=1 s=new","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"id=2 s=new","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"id=1 s=done","_messageTime":"2024-05-01T00:00:03Z"}"#,
            ],
            expect: Expect::Rows(&["id", "s", "_group_size"], &[&["1", "new>done", "2"], &["2", "new", "1"]]),
        },
        Example {
            title: "A message without the field is an orphan; a pause ends a group",
            query: "* | parse \"id=*;\" as id nodrop | transactionize id as g maxPause=1m | fields id, g, g_orphaned",
            messages: &[
                r#"{"_raw":"id=1;","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"none","_messageTime":"2024-05-01T00:00:30Z"}"#,
                r#"{"_raw":"id=1;","_messageTime":"2024-05-01T00:01:00Z"}"#,
                r#"{"_raw":"id=1;","_messageTime":"2024-05-01T00:02:01Z"}"#,
            ],
            expect: Expect::Rows(
                &["id", "g", "g_orphaned"],
                &[&["1", "1", "false"], &["", "2", "true"], &["1", "1", "false"], &["1", "3", "false"]],
            ),
        },
        Example {
            title: "From a start message to an end message",
            query: "* | parse \"id=* *\" as id, what | transactionize id startsWith=\"open\" endsWith=\"close\";strict | fields what, _group",
            messages: &[
                r#"{"_raw":"id=1 open","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"id=1 close","_messageTime":"2024-05-01T00:00:02Z"}"#,
                r#"{"_raw":"id=1 lost","_messageTime":"2024-05-01T00:00:03Z"}"#,
                r#"{"_raw":"id=1 open","_messageTime":"2024-05-01T00:00:04Z"}"#,
                r#"{"_raw":"id=1 close","_messageTime":"2024-05-01T00:00:05Z"}"#,
            ],
            expect: Expect::Rows(
                &["what", "_group"],
                &[&["open", "1"], &["close", "1"], &["open", "3"], &["close", "3"]],
            ),
        },
        Example {
            title: "An empty group",
            query: "* | parse \"id=*\" as id | transactionize id maxLogs=0",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let names = call.args.fields("name");
    let mut inputs = vec![breaker.time(), breaker.named("_raw")];
    inputs.extend(breaker.fields(&names)?);
    let bounds = Bounds {
        span: length(call, "span")?,
        pause: length(call, "pause")?,
        logs: count_argument(call.args, "logs", 1..=i64::MAX)?,
        starts: mark(call.args, "starts")?,
        ends: mark(call.args, "ends")?,
        keep_orphans: !call.args.groups("orphans").iter().any(|(orphans, _)| orphans.has("false")),
    };
    let prefix = alias_argument(call, "_group")?;
    let columns = ["", "_size", "_duration", "_orphaned"].map(|figure| format!("{prefix}{figure}"));
    let apply = move |rows: &Seen, context: &RunContext<'_>| groups::apply(&bounds, rows, context);
    breaker.add(Whole::new(inputs, apply), &columns);
    match call.args.get("child").map(|arg| &arg.value) {
        Some(ArgValue::Pipeline(stages)) => each_group(call, stages, &columns, planner),
        _ => Ok(()),
    }
}

/// Plans the pipeline that runs over each group.
fn each_group(
    call: &OperatorCall<'_>,
    stages: &[Stage],
    columns: &[String; 4],
    planner: &mut Planner<'_>,
) -> Result<(), Diagnostic> {
    // The group's number comes first: it tells the groups apart. The others are the same on all rows of a group, or
    // taken from its first row that has one.
    let mut kept: Vec<String> = columns.to_vec();
    kept.extend(call.args.fields("name").iter().map(|name| name.text.clone()));
    let mut breaker = planner.breaker();
    let slots = kept.iter().map(|name| breaker.named(name)).collect();
    let (mut shown, mut passed) = (Vec::new(), Vec::new());
    let child = breaker.child(stages, &[], |end| {
        let columns = end.columns();
        let maybe = |name: &str| columns.named.iter().any(|column| column.maybe && column.name == name);
        let mut names: Vec<_> = end.rows.made().into_iter().map(|(name, shown)| (maybe(&name), name, shown)).collect();
        if end.rows.messages {
            for name in ["_messageTime", "_raw"] {
                // Messages always show these two.
                match names.iter_mut().find(|(_, known, _)| known.eq_ignore_ascii_case(name)) {
                    Some((_, _, shown)) => *shown = true,
                    None => names.push((false, name.to_string(), true)),
                }
            }
        }
        let mut output: Vec<(String, InputSlot)> = Vec::new();
        output.extend(names.iter().map(|(_, name, _)| (name.clone(), end.named(name))));
        shown = names;
        for bag in columns.bags.slots {
            passed.push(Passed { prefix: String::new(), known: columns.bags.known.clone() });
            output.push((String::new(), bag));
        }
        Ok(output)
    })?;
    if breaker.nested_branches() {
        let message = "this can't be nested in `transactionize`: it has its own pipeline";
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message));
    }
    let mut all: Vec<String> = shown.iter().map(|(_, name, _)| name.clone()).collect();
    let extra: Vec<usize> =
        (0..kept.len()).filter(|at| !all.iter().any(|name| name.eq_ignore_ascii_case(&kept[*at]))).collect();
    let own = all.len();
    all.extend(extra.iter().map(|at| kept[*at].clone()));
    let gather = EachGroup { kept: slots, own, extra: extra.clone(), child: Arc::new(child) };
    breaker.renew_with(gather, &all, passed);
    for (maybe, name, shown) in shown {
        if maybe {
            planner.rows.mark(&name, false, true);
        }
        if !shown {
            planner.rows.unshow(&name);
        }
    }
    extra.iter().for_each(|at| planner.rows.unshow(&kept[*at]));
    Ok(())
}

/// A length of time among the arguments.
fn length(call: &OperatorCall<'_>, label: &str) -> Result<Option<i64>, Diagnostic> {
    match call.args.get(label).map(|arg| (&arg.value, arg.span)) {
        None => Ok(None),
        Some((ArgValue::Interval(ms), _)) if *ms >= 0 => Ok(Some(*ms)),
        Some((ArgValue::Parameter(text), span)) => Err(missing_parameter(text, span)),
        Some((_, span)) => Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "this can't be negative")),
    }
}

/// The text that begins or ends a group.
fn mark(args: &Args, label: &str) -> Result<Option<Mark>, Diagnostic> {
    let groups = args.groups(label);
    let Some((mark, text)) = groups.first().and_then(|(mark, _)| Some((mark, mark.text("text")?))) else {
        return Ok(None);
    };
    parameter_free(&text.raw, text.span)?;
    Ok(Some(Mark { text: text.value(), strict: mark.has("strict") }))
}
