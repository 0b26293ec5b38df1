//! `timeslice`: puts each message into a bucket of time.

use crate::catalogue::{Example, Expect, Group, OperatorDef};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::{OperatorCall, Planner};
use crate::run::batch::{Define, Env, Row, Slot};
use crate::run::value::Value;
use crate::syntax::tree::ArgValue;
use crate::time::zone;

pub static DEF: OperatorDef = OperatorDef {
    name: "timeslice",
    group: Group::Time,
    form: "'timeslice' 'by'? (width:interval | count:integer ('buckets' | 'bucket'))? ('as' name:field)?",
    summary: "Puts each message into a bucket of time.",
    doc: "Adds `_timeslice`, the start of the bucket in milliseconds, and `__timeslice_end`, its end. Buckets are \
          half-open and start on the clock of the query's time zone: a bucket of a day starts at midnight. Units are \
          w, d, h, m and s.\n\n\
          `N buckets` takes the narrowest round width that gives at most N buckets in the query's time range. \
          Without a width the whole range is one bucket. Buckets without messages give no rows.",
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
            title: "A name of its own, and the end",
            query: "* | timeslice 1h as hour | fields hour, _hour_end",
            messages: &[r#"{"_raw":"e","_messageTime":"2024-05-01T00:04:59Z"}"#],
            expect: Expect::Rows(&["hour", "_hour_end"], &[&["1714521600000", "1714525200000"]]),
        },
        Example {
            title: "A month is no length",
            query: "* | timeslice 1month",
            messages: &[],
            expect: Expect::Error("E101"),
        },
    ],
    dialect: None,
    plan,
};

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if call.args.has("bucket") {
        planner.undocumented(call.span, "`bucket`", "Sumo Logic's own form is `timeslice N buckets`");
    }
    let buckets = planner.count_argument(call.args, "count", 1..=1_000_000)?;
    let width = match call.args.get("width").map(|arg| (&arg.value, arg.span)) {
        Some((ArgValue::Interval(ms), _)) if *ms > 0 => Width::Fixed(*ms),
        Some((ArgValue::Parameter(text), span)) => return Err(planner.missing_parameter(text, span)),
        Some((_, span)) => {
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "a bucket must be longer than nothing"));
        }
        None => buckets.map_or(Width::Whole, Width::Buckets),
    };
    planner.set_slice(match width {
        Width::Fixed(ms) => Some(ms),
        _ => None,
    });
    if !matches!(width, Width::Fixed(_)) {
        planner.needs_range();
    }
    let time = planner.field_slot("_messageTime");
    let name = call.args.field("name").map_or("_timeslice", |name| &name.text);
    let slot = planner.define(Box::new(Timeslice { time, width }), 2, false);
    planner.bind_time(name, slot);
    planner.bind_time(&format!("_{name}_end"), slot + 1);
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

/// The widths that `N buckets` may choose, in milliseconds.
const ROUND: &[i64] = &[
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    14_400_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    604_800_000,
];

/// The narrowest round width that gives at most so many buckets.
fn round_width(env: &Env, buckets: i64) -> i64 {
    let range = env.to.saturating_sub(env.from);
    let fits = |width: &&i64| range <= width.saturating_mul(buckets);
    ROUND.iter().find(fits).copied().unwrap_or_else(|| {
        // Beyond weeks: so many weeks as it takes.
        let week = 604_800_000;
        (range / buckets / week + 1) * week
    })
}

impl Define for Timeslice {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(at) = row.get(self.time).integer() else { return false };
        let env = row.env();
        let (start, end) = match self.width {
            Width::Fixed(width) => zone::slice(at, width, env.zone),
            Width::Buckets(buckets) => zone::slice(at, round_width(env, buckets), env.zone),
            Width::Whole => (env.from, env.to),
        };
        let [first, second] = row.cells(first) else { return false };
        first.set(Some(Value::Int(start)));
        second.set(Some(Value::Int(end)));
        true
    }
}
