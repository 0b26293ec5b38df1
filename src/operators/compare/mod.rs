//! `compare`: the same query over earlier time ranges.

mod side_by_side;

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{check_name, count_argument, missing_parameter};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::program::plan::{Range, RangePosition};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::{ArgValue, Args};
use side_by_side::{Beside, Fold, Known, Shift};

pub static DEF: OperatorDef = OperatorSignature {
    name: "compare",
    group: Group::Join,
    form: "'compare' 'with'? shift:('timeshift' '-'? by:interval (count:integer ('avg' | 'min' | 'max')?)? ('as' alias:field)?),+",
    summary: "Compares the results with those of earlier time ranges.",
    doc: "Runs the stages before it over earlier time ranges too, and joins the results with those of the query's own \
          range on the group fields. Earlier time slices are moved forward. Rows that only one side has are kept, \
          with nulls.\n\n\
          `timeshift 1d` adds a column `x_1d` for each column `x` that is not a group field, including strings, such \
          as the results of `first` and `values`. `1d 3` adds `x_1d`, `x_2d` and `x_3d`; `1d 3 avg` (or `min`, `max`) \
          adds `x_3d_avg`, over the ranges that have a value. With `as name`, the column is `x_name`. There can be at \
          most seven different earlier ranges. It must follow an aggregate, and can be used only once.\n\n\
          The input must contain the earlier messages too; messages outside all of these ranges are ignored.",
    page: "search/search-query-language/search-operators/compare",
    also: &["timeshift", "yesterday", "last week", "previous", "history", "baseline"],
    examples: &[
        Example {
            title: "Now and an hour ago; one side can be missing",
            query: "* | parse \"h=*\" as h | count by h | compare timeshift 1h",
            messages: &[
                r#"{"_raw":"h=web","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"h=web","_messageTime":"2024-05-01T00:20:00Z"}"#,
                r#"{"_raw":"h=new","_messageTime":"2024-05-01T00:20:00Z"}"#,
                r#"{"_raw":"h=web","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"h=old","_messageTime":"2024-04-30T23:20:00Z"}"#,
                r#"{"_raw":"h=web","_messageTime":"2024-04-30T22:59:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["h", "_count", "_count_1h"],
                &[&["new", "1", ""], &["web", "2", "1"], &["old", "", "1"]],
            ),
        },
        Example {
            title: "The average of the ranges that have a value, by time slice",
            query: "* | timeslice 30m | count by _timeslice | compare with timeshift -1h 2 avg as usual | sort by _timeslice asc | _count - _count_usual as more | fields _count, _count_usual, more",
            messages: &[
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:40:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-04-30T22:15:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-04-30T22:20:00Z"}"#,
            ],
            expect: Expect::Rows(&["_count", "_count_usual", "more"], &[&["1", "1.5", "-0.5"], &["1", "", ""]]),
        },
        Example {
            title: "Null is a group like any other; columns made by `transpose` are compared too",
            query: "* | parse \"h=* s=*;\" as h, s nodrop | count by h, s | transpose row h column s | compare timeshift 1h",
            messages: &[
                r#"{"_raw":"h=a s=x;","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"none","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"none","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"h=a s=y;","_messageTime":"2024-04-30T23:10:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["h", "null", "x", "y", "null_1h", "x_1h", "y_1h"],
                &[&["", "1", "", "", "1", "", ""], &["a", "", "1", "", "", "", "1"]],
            ),
        },
        Example {
            title: "A string that has changed; a field computed from the group fields is not compared, and is set for \
                    old groups too",
            query: "* | parse \"h=* s=*;\" as h, s | first(s) as st by h | concat(h, \"!\") as label | compare timeshift 1h",
            messages: &[
                r#"{"_raw":"h=a s=up;","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"h=a s=down;","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"h=b s=down;","_messageTime":"2024-04-30T23:10:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["h", "st", "label", "st_1h"],
                &[&["a", "up", "a!", "down"], &["b", "", "b!", "down"]],
            ),
        },
        Example {
            title: "Two shifts with the same range",
            query: "* | count | compare with timeshift 1h as then, timeshift 1h 7 avg as mean",
            messages: &[
                r#"{"_raw":"a","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"a","_messageTime":"2024-04-30T23:10:00Z"}"#,
                r#"{"_raw":"a","_messageTime":"2024-04-30T23:20:00Z"}"#,
                r#"{"_raw":"a","_messageTime":"2024-04-30T22:10:00Z"}"#,
            ],
            expect: Expect::Rows(&["_count", "_count_then", "_count_mean"], &[&["1", "2", "1.5"]]),
        },
        Example {
            title: "Too many ranges",
            query: "* | count | compare timeshift 1d 5 avg, timeshift 1w 3",
            messages: &[],
            expect: Expect::Error("E210"),
        },
        Example {
            title: "Not after `logreduce values`",
            query: "* | parse \"a=*\" as a | logreduce values on a | sort _count | compare timeshift 1d",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "Not before an aggregate",
            query: "* | compare timeshift 1d",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    role: OperatorRole::Compare,
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The most earlier ranges.
const MAX_RANGES: i64 = 7;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(operator) = planner.rows.incomparable {
        let message = format!("`compare` can't follow `{operator}`");
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message)
            .help("to compare the messages of two time ranges, use `logcompare`"));
    }
    let mut shifts: Vec<Shift> = Vec::new();
    let mut aliases: Vec<String> = Vec::new();
    for (args, _) in call.args.groups("shift") {
        let shift = shift(args, planner)?;
        if let Some(alias) = args.field("alias") {
            check_name(alias)?;
            if aliases.contains(&alias.key()) {
                let message = format!("two shifts have the name `{}`", alias.text);
                return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, alias.span, message));
            }
            aliases.push(alias.key());
        }
        shifts.push(shift);
    }
    let mut back: Vec<i64> = shifts.iter().flat_map(Shift::back).collect();
    // Shifts that look at the same range share it: published apps ask for `1d` beside `1d 7 avg`.
    back.sort_unstable();
    back.dedup();
    if back.len() > MAX_RANGES as usize {
        let message = format!("`compare` supports at most {MAX_RANGES} earlier ranges, not {}", back.len());
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, message));
    }
    let beside = Beside { known: known(planner), shown: planner.combined(), shifts, back: back.clone() };
    let columns = match &beside.known {
        Some(_) if !planner.rows.has_bags() => Some(beside.result()),
        _ => None,
    };
    let ranges = back.into_iter().map(|back| Range { place: RangePosition::Back(back), plan: None }).collect();
    let combine = Box::new(move |tables, context: &RunContext<'_>| beside.combine(tables, context));
    planner.over_ranges(ranges, combine, columns, ("compare", call.span))
}

/// What tells the rows apart, if a stage has grouped them: the group fields. Where one of them is not shown any more, what
/// was made of them tells the rows apart too.
fn known(planner: &Planner<'_>) -> Option<Known> {
    let grouped = planner.rows.group_keys()?;
    let shown: Vec<String> = planner.rows.shown().iter().map(|name| name.to_lowercase()).collect();
    let mut keys: Vec<String> = shown.iter().filter(|name| grouped.contains(name)).cloned().collect();
    let mut labels: Vec<String> =
        shown.iter().filter(|name| !grouped.contains(name) && planner.rows.is_label(name)).cloned().collect();
    if grouped.iter().any(|key| !shown.contains(key)) {
        keys.append(&mut labels);
    }
    Some(Known { keys, labels })
}

/// A shift as written.
fn shift(args: &Args, planner: &Planner<'_>) -> Result<Shift, Diagnostic> {
    let (step, span) = match args.get("by").map(|arg| (&arg.value, arg.span)) {
        Some((ArgValue::Interval(ms), span)) if *ms != 0 => (ms.saturating_abs(), span),
        Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
        other => {
            let span = other.map_or_else(Default::default, |(_, span)| span);
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "a shift must be longer than 0"));
        }
    };
    let count = count_argument(args, "count", 1..=MAX_RANGES)?;
    let fold = match () {
        () if args.has("avg") => Some(Fold::Average),
        () if args.has("min") => Some(Fold::Least),
        () if args.has("max") => Some(Fold::Greatest),
        () => None,
    };
    // The names of columns have the unit as it was written.
    let written: String = planner.text_of(span).chars().filter(|c| c.is_alphanumeric()).collect();
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit()).to_string();
    let number = written[..written.len() - unit.len()].parse().unwrap_or(1);
    let alias = args.field("alias").map(|name| name.text.clone());
    Ok(Shift { step, number, unit, count: count.unwrap_or(1), fold, alias })
}
