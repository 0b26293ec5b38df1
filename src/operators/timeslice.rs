//! `timeslice`: puts each message into a bucket of time.

use crate::diagnostics::{Diagnostic, Edit, codes};
use crate::plan::arguments::{count_argument, missing_parameter};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{EvalContext, Extractor, Row, Slot};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::ArgValue;
use sumoql_data::time::slice_start;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "timeslice",
    group: Group::Time,
    form: "'timeslice' 'by'? (width:interval | count:integer ('buckets' | 'bucket'))? ('as' name:label)?",
    summary: "Assigns each message to a time bucket.",
    doc: "Adds `_timeslice`, the start of the bucket in milliseconds, and `__timeslice_end`, its end. With `as NAME`, \
          the start is NAME, and the end is also `_NAME_end`. The end is exclusive. Buckets are aligned to the clock \
          of the query's time zone: a bucket of a day starts at midnight. The units are w, d, h, m and s.\n\n\
          `N buckets` chooses the narrowest round width that gives at most N buckets in the query's time range. A \
          round width divides the next longer unit, such as 12 seconds, 6 minutes or 8 hours. Without a width, the \
          whole range is one bucket. A bucket without messages has no row.",
    page: "search/search-query-language/search-operators/timeslice",
    also: &["bucket", "histogram", "per minute", "per hour", "interval", "bin"],
    examples: &[
        Example {
            title: "Messages per five minutes",
            query: "* | timeslice 5m | count by _timeslice",
            messages: &[
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:04:59Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:05:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:09:59Z"}"#,
            ],
            expect: Expect::Rows(&["_timeslice", "_count"], &[&["1714521600000", "1"], &["1714521900000", "2"]]),
        },
        Example {
            title: "Another name, and the end",
            query: "* | timeslice 1h as hour | fields hour, __timeslice_end, _hour_end",
            messages: &[r#"{"_raw":"e","_messageTime":"2024-05-01T00:04:59Z"}"#],
            expect: Expect::Rows(
                &["hour", "__timeslice_end", "_hour_end"],
                &[&["1714521600000", "1714525200000", "1714525200000"]],
            ),
        },
        Example {
            title: "A name that begins with a digit must be quoted",
            query: "* | timeslice 2h as 2hrs | count by %\"2hrs\"",
            messages: &[r#"{"_raw":"e","_messageTime":"2024-05-01T00:04:59Z"}"#],
            expect: Expect::Rows(&["2hrs", "_count"], &[&["1714521600000", "1"]]),
        },
        Example {
            title: "A month is not a unit",
            query: "* | timeslice 1month",
            messages: &[],
            expect: Expect::Error("E101"),
        },
    ],
    role: OperatorRole::TimeSlice,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(bucket) = call.args.0.iter().find(|arg| matches!(arg.value, ArgValue::Word("bucket"))) {
        planner.undocumented(call.span, "`bucket`", "write `timeslice N buckets`");
        planner.fix_undocumented(vec![Edit { span: bucket.span, text: "buckets".into() }]);
    }
    let buckets = count_argument(call.args, "count", 1..=1_000_000)?;
    let width = match call.args.get("width").map(|arg| (&arg.value, arg.span)) {
        Some((ArgValue::Interval(ms), _)) if *ms > 0 => Width::Fixed(*ms),
        Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
        Some((_, span)) => {
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "a bucket must be longer than 0"));
        }
        None => buckets.map_or(Width::Whole, Width::Buckets),
    };
    planner.slice = match width {
        Width::Fixed(ms) => Some(ms),
        _ => None,
    };
    if !matches!(width, Width::Fixed(_)) {
        planner.needs_range();
    }
    let time = planner.field_slot("_messageTime");
    let name = call.args.field("name").map_or("_timeslice", |name| &name.text);
    let slot = planner.define(Box::new(Timeslice { time, width }), 2, false);
    planner.bind_time(name, slot);
    planner.bind_time("__timeslice_end", slot + 1);
    if name != "_timeslice" {
        planner.bind_time(&format!("_{name}_end"), slot + 1);
    }
    Ok(())
}

enum Width {
    Fixed(i64),
    Buckets(i64),
    Whole,
}

struct Timeslice {
    time: Slot,
    width: Width,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// The widths that `N buckets` may choose, in milliseconds: those that divide the next longer unit of the clock, so that
/// each unit begins with a bucket, and two days.
const ROUND: &[&[i64]] = &[
    &divisions(SECOND, [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]),
    &divisions(MINUTE, [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]),
    &divisions(HOUR, [1, 2, 3, 4, 6, 8, 12]),
    &[DAY, 2 * DAY, WEEK],
];

/// So many of a unit each.
const fn divisions<const N: usize>(unit: i64, mut counts: [i64; N]) -> [i64; N] {
    let mut at = 0;
    while at < N {
        counts[at] *= unit;
        at += 1;
    }
    counts
}

/// The narrowest round width that gives at most so many buckets.
fn round_width(env: &EvalContext, buckets: i64) -> i64 {
    let range = env.to.saturating_sub(env.from);
    let fits = |width: &&i64| range <= width.saturating_mul(buckets);
    ROUND.iter().copied().flatten().find(fits).copied().unwrap_or_else(|| {
        // Beyond weeks: so many weeks as it takes.
        let weeks = range / buckets / WEEK;
        if range <= weeks.saturating_mul(WEEK).saturating_mul(buckets) { weeks * WEEK } else { (weeks + 1) * WEEK }
    })
}

impl Extractor for Timeslice {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(at) = row.get(self.time).integer() else { return false };
        let env = row.env();
        let (start, end) = match self.width {
            Width::Fixed(width) => slice_start::slice(at, width, env.zone),
            Width::Buckets(buckets) => slice_start::slice(at, round_width(env, buckets), env.zone),
            Width::Whole => (env.from, env.to),
        };
        let [first, second] = row.cells(first) else { return false };
        first.set(Some(Value::Int(start)));
        second.set(Some(Value::Int(end)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_as_wide_as_the_clock_divides() {
        let width = |range: i64, buckets: i64| {
            round_width(&EvalContext { from: 7, to: 7 + range, ..EvalContext::default() }, buckets)
        };
        for (range, buckets, wanted) in [
            (HOUR, 10, 6 * MINUTE),
            (HOUR, 5, 12 * MINUTE),
            (HOUR, 3, 20 * MINUTE),
            (HOUR, 7, 10 * MINUTE),
            (HOUR, 1200, 3 * SECOND),
            (HOUR, 900, 4 * SECOND),
            (HOUR, 20, 3 * MINUTE),
            (HOUR, 150, 30 * SECOND),
            (DAY, 3, 8 * HOUR),
            (DAY, 4, 6 * HOUR),
            (15 * MINUTE, 4, 4 * MINUTE),
            (MINUTE, 1000, SECOND),
            (28 * DAY, 2, 2 * WEEK),
            (29 * DAY, 2, 3 * WEEK),
        ] {
            assert_eq!(width(range, buckets), wanted, "{range} in {buckets}");
        }
        let ascending = ROUND.iter().copied().flatten().is_sorted();
        assert!(ascending, "the first that fits is the narrowest");
    }
}
