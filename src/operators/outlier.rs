//! `outlier`: values outside the band of those before them.

use super::moving_window::Window;
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{count_argument, field_argument, missing_parameter};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::ArgValue;
use std::collections::HashMap;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "outlier",
    group: Group::Table,
    form: "'outlier' name:field (','? ('window' '=' window:integer | 'threshold' '=' threshold:number | 'consecutive' '=' consecutive:integer | 'direction' '=' ('+-' | '+' | '-')))* ('group'? 'by' by:field,+)? (','? ('window' '=' window:integer | 'threshold' '=' threshold:number | 'consecutive' '=' consecutive:integer | 'direction' '=' ('+-' | '+' | '-')))*",
    summary: "Finds values that deviate from the values before them.",
    doc: "Works on the time slices of an aggregate by `_timeslice`; with `by`, separately for each group. A value is \
          expected to be in a band: the mean of the last `window` (default 10) values before it, plus or minus \
          `threshold` (default 3) times their sample standard deviation. For a field F it adds F_error (the value \
          minus the mean), F_lower, F_upper, F_std, F_mean, F_indicator (1 outside the band, on the side that \
          `direction` names: `+`, `-` or `+-`) and F_violation (1 from the `consecutive`-th consecutive indicator \
          on).\n\n\
          The first two values are never flagged, and neither is the latest slice, which may be incomplete.",
    page: "search/search-query-language/search-operators/outlier",
    also: &["anomaly", "spike", "band", "threshold", "standard deviation"],
    examples: &[
        Example {
            title: "A spike",
            query: "* | parse \"v=*\" as v | timeslice 1m | sum(v) as v by _timeslice | outlier v window=5 | where v_violation = 1 | fields v, v_mean, v_error",
            messages: &[
                r#"{"_raw":"v=10","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"v=12","_messageTime":"2024-05-01T00:01:00Z"}"#,
                r#"{"_raw":"v=11","_messageTime":"2024-05-01T00:02:00Z"}"#,
                r#"{"_raw":"v=99","_messageTime":"2024-05-01T00:03:00Z"}"#,
                r#"{"_raw":"v=11","_messageTime":"2024-05-01T00:04:00Z"}"#,
            ],
            expect: Expect::Rows(&["v", "v_mean", "v_error"], &[&["99", "11", "88"]]),
        },
        Example {
            title: "With `direction=+`, drops are ignored; a value that is not a number has no band",
            query: "* | parse \"v=*\" as v | timeslice 1m | max(v) as m, first(v) as v by _timeslice | outlier v direction=+ | fields v, v_mean, v_indicator",
            messages: &[
                r#"{"_raw":"v=10","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"v=12","_messageTime":"2024-05-01T00:01:00Z"}"#,
                r#"{"_raw":"v=x","_messageTime":"2024-05-01T00:02:00Z"}"#,
                r#"{"_raw":"v=0","_messageTime":"2024-05-01T00:03:00Z"}"#,
                r#"{"_raw":"v=9","_messageTime":"2024-05-01T00:04:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["v", "v_mean", "v_indicator"],
                &[
                    &["10", "", "0"],
                    &["12", "10", "0"],
                    &["x", "", ""],
                    &["0", "11", "0"],
                    &["9", "7.333333333333333", "0"],
                ],
            ),
        },
        Example {
            title: "Not before an aggregate",
            query: "* | parse \"v=*\" as v | outlier v",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let time = breaker.slice_argument(call, "outlier", "outlier _count")?;
    let name = field_argument(call, "name")?;
    let field = breaker.field(name)?;
    let threshold = match call.args.get("threshold").map(|arg| (&arg.value, arg.span)) {
        None => 3.0,
        Some((ArgValue::Number(n), _)) if *n >= 0.0 => *n,
        Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
        Some((_, span)) => {
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "the threshold must be 0 or more"));
        }
    };
    let band = Band {
        window: count_argument(call.args, "window", 1..=1000)?.unwrap_or(10) as usize,
        threshold,
        consecutive: count_argument(call.args, "consecutive", 1..=1000)?.unwrap_or(1) as usize,
        up: !call.args.has("-"),
        down: !call.args.has("+"),
    };
    let mut inputs = vec![time, field];
    inputs.extend(breaker.fields(&call.args.fields("by"))?);
    let columns: Vec<String> = ["error", "lower", "upper", "std", "mean", "indicator", "violation"]
        .iter()
        .map(|figure| format!("{}_{figure}", name.text))
        .collect();
    let apply = move |rows: &Seen, _: &RunContext<'_>| band.apply(rows);
    breaker.add(Whole::new(inputs, apply), &columns);
    Ok(())
}

/// What is normal.
struct Band {
    window: usize,
    threshold: f64,
    consecutive: usize,
    up: bool,
    down: bool,
}

/// What one group has seen.
#[derive(Default)]
struct Series {
    window: Window,
    run: usize,
}

impl Band {
    /// A row is its time, its value and its group.
    fn apply(&self, rows: &Seen) -> Vec<Made> {
        let time = |at: usize| rows[at][0].borrow().number().unwrap_or(f64::NEG_INFINITY);
        let latest = (0..rows.len()).map(time).fold(f64::NEG_INFINITY, f64::max);
        let mut ascending: Vec<usize> = (0..rows.len()).collect();
        ascending.sort_by(|a, b| time(*a).total_cmp(&time(*b)));
        let mut groups: HashMap<Vec<u8>, Series> = HashMap::new();
        let mut own: Vec<Vec<Owned>> = vec![vec![Owned::Null; 7]; rows.len()];
        for at in ascending {
            let Some(n) = rows[at][1].borrow().number() else { continue };
            let series = groups.entry(key(rows[at][2..].iter().map(Owned::borrow))).or_default();
            own[at] = self.figures(series, n, time(at) == latest);
            series.window.push(n, self.window);
        }
        own.into_iter().enumerate().map(|(at, own)| Made { own, rest: Rest::Of(at) }).collect()
    }

    fn figures(&self, series: &mut Series, n: f64, latest: bool) -> Vec<Owned> {
        let (mean, std) = (series.window.mean(), series.window.deviation());
        let (lower, upper) = (mean - self.threshold * std, mean + self.threshold * std);
        let outside = (self.up && n > upper) || (self.down && n < lower);
        let indicator = outside && series.window.len() >= 2 && !latest;
        series.run = if indicator { series.run + 1 } else { 0 };
        let violation = indicator && series.run >= self.consecutive;
        let number = |n: f64| match series.window.len() {
            0 => Owned::Null,
            _ => Value::from_number(n).owned(),
        };
        let mut out: Vec<Owned> = [n - mean, lower, upper, std, mean].into_iter().map(number).collect();
        out.extend([indicator, violation].map(|flag| Owned::Int(i64::from(flag))));
        out
    }
}
