//! `predict`: continues a series.

mod fit;

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::{count_argument, field_argument, missing_parameter};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::ArgValue;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "predict",
    group: Group::Table,
    form: "'predict' name:field 'by' step:interval (','? ('model' '=' ('ar' | 'linear') | 'ar.window' '=' window:integer | 'forecast' '=' (span:interval | points:integer)))*",
    summary: "Predicts the next values of a series of time slices.",
    doc: "Fits a line to the field over the time slices and continues it by 3 slices, or by `forecast`: a number of \
          slices up to 100, or a length of time. The step is the width of a slice. For a field F it adds F_predicted, \
          and F_error, the prediction minus the value. A missing slice inside the series counts as 0, and a row is \
          added for it.\n\n\
          With `model=ar`, the prediction comes from an autoregressive model, fitted by least squares over the last \
          `ar.window` values (default 45 % of the points). The line is then F_linear, and F_error is the line minus \
          the value. The first `ar.window` predictions are those of the line. There is a warning if there are fewer \
          than 100 points, or if the window is longer than half of the points and is therefore shortened.",
    page: "search/search-query-language/search-operators/predict",
    also: &["forecast", "trend", "regression", "extrapolate", "linear"],
    examples: &[
        Example {
            title: "A straight line",
            query: "* | parse \"v=*\" as v | timeslice 1m | sum(v) as v by _timeslice | predict v by 1m forecast=1 | fields v, v_predicted, v_error",
            messages: &[
                r#"{"_raw":"v=2","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"v=4","_messageTime":"2024-05-01T00:01:00Z"}"#,
                r#"{"_raw":"v=6","_messageTime":"2024-05-01T00:02:00Z"}"#,
            ],
            expect: Expect::Rows(
                &["v", "v_predicted", "v_error"],
                &[&["2", "2", "0"], &["4", "4", "0"], &["6", "6", "0"], &["", "8", ""]],
            ),
        },
        Example {
            title: "A missing slice counts as 0",
            query: "* | parse \"v=*\" as v | timeslice 1m | sum(v) as v by _timeslice | predict v by 1m forecast=1m | fields v, v_predicted",
            messages: &[
                r#"{"_raw":"v=3","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"v=3","_messageTime":"2024-05-01T00:02:00Z"}"#,
            ],
            expect: Expect::Rows(&["v", "v_predicted"], &[&["3", "2"], &["0", "2"], &["3", "2"], &["", "2"]]),
        },
        Example {
            title: "A slice without a number is not used for the line",
            query: "* | parse \"v=*;\" as v nodrop | timeslice 1m | max(v) as v by _timeslice | predict v by 1m forecast=1 | fields v, v_predicted",
            messages: &[
                r#"{"_raw":"v=3;","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"nothing","_messageTime":"2024-05-01T00:01:00Z"}"#,
                r#"{"_raw":"v=3;","_messageTime":"2024-05-01T00:02:00Z"}"#,
            ],
            expect: Expect::Rows(&["v", "v_predicted"], &[&["3", "3"], &["", "3"], &["3", "3"], &["", "3"]]),
        },
        Example {
            title: "Not before an aggregate",
            query: "* | parse \"v=*\" as v | predict v by 1m",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The most points that may be predicted.
const FARTHEST: i64 = 100;

/// The most values back that a model may use.
const WIDEST: usize = 1000;

/// The manual warns of a model of fewer points.
const ENOUGH: usize = 100;

/// The most points that are used.
const MAX_POINTS: usize = 10_000;

/// The most missing slices that are filled.
const MAX_FILLED: usize = 20_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let time = breaker.slice_argument(call, "predict", "predict _count by 5m")?;
    let name = field_argument(call, "name")?;
    let field = breaker.field(name)?;
    let step = interval(call, "step")?.unwrap_or(0);
    if step <= 0 {
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, "the step must be longer than 0"));
    }
    let forecast = match interval(call, "span")? {
        Some(span) => (span as f64 / step as f64).round() as i64,
        None => count_argument(call.args, "points", 0..=FARTHEST)?.unwrap_or(3),
    };
    if !(0..=FARTHEST).contains(&forecast) {
        let message = format!("`predict` forecasts at most {FARTHEST} steps");
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, message));
    }
    let predict = Predict {
        step,
        forecast: forecast as usize,
        autoregressive: call.args.has("ar"),
        window: count_argument(call.args, "window", 1..=WIDEST as i64)?.map(|n| n as usize),
        span: call.span,
    };
    let figures: &[&str] =
        if predict.autoregressive { &["predicted", "linear", "error"] } else { &["predicted", "error"] };
    let mut columns = vec!["_timeslice".to_string(), name.text.clone()];
    columns.extend(figures.iter().map(|figure| format!("{}_{figure}", name.text)));
    let apply = move |rows: &Seen, context: &RunContext<'_>| predict.apply(rows, context);
    breaker.add(Whole::new(vec![time, field], apply), &columns);
    let slot = planner.field_slot("_timeslice");
    planner.bind_time("_timeslice", slot);
    Ok(())
}

/// A length of time among the arguments.
fn interval(call: &OperatorCall<'_>, label: &str) -> Result<Option<i64>, Diagnostic> {
    match call.args.get(label).map(|arg| (&arg.value, arg.span)) {
        Some((ArgValue::Interval(ms), _)) => Ok(Some(*ms)),
        Some((ArgValue::Parameter(text), span)) => Err(missing_parameter(text, span)),
        _ => Ok(None),
    }
}

struct Predict {
    step: i64,
    forecast: usize,
    autoregressive: bool,
    window: Option<usize>,
    span: Span,
}

/// A point of the series: its time, its value, and the row that has it.
struct Point {
    time: i64,
    value: Owned,
    row: Option<usize>,
}

impl Predict {
    /// A row is its time and its value.
    fn apply(&self, rows: &Seen, context: &RunContext<'_>) -> Vec<Made> {
        let series = self.series(rows, context);
        let Some(start) = series.first().map(|point| point.time) else { return Vec::new() };
        let place = |time: i64| (time - start) as f64 / self.step as f64;
        let known: Vec<(f64, f64)> =
            series.iter().filter_map(|point| Some((place(point.time), point.value.borrow().number()?))).collect();
        let line = fit::Line::through(&known);
        let end = series.last().map_or(start, |point| point.time);
        let mut points = series;
        points.extend((1..=self.forecast as i64).map(|ahead| Point {
            time: end.saturating_add(self.step.saturating_mul(ahead)),
            value: Owned::Null,
            row: None,
        }));
        let linear: Vec<f64> = points.iter().map(|point| line.at(place(point.time))).collect();
        let predicted = match self.autoregressive {
            true => {
                let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
                // Points without a value are left out of the series, so the model's answers are counted from its end.
                let back = self.window.unwrap_or((values.len() * 45 / 100).min(WIDEST));
                self.doubts(values.len(), context);
                fit::autoregressive(&values, back, self.forecast)
            }
            false => Vec::new(),
        };
        self.rows(points, &linear, &predicted)
    }

    /// Says what the manual warns of: a model of few points, and a window that is too large for them.
    fn doubts(&self, points: usize, context: &RunContext<'_>) {
        let say = |message: String, help: &str| {
            context.notice(Diagnostic::warning(&codes::WEAK_MODEL, self.span, message).help(help));
        };
        if points < ENOUGH {
            let noun = if points == 1 { "point" } else { "points" };
            let message = format!(
                "`predict` has only {points} {noun} to learn from: with fewer than {ENOUGH}, the model may be poor"
            );
            say(message, "use a longer time range or shorter slices, or remove `model=ar`");
        }
        let most = fit::widest(points);
        if let Some(window) = self.window.filter(|window| *window > most) {
            let message = format!(
                "the window of {window} values is shortened to {most}: the model can't learn from more than half of \
                 the {points} points"
            );
            say(message, "use a window of 40 % to 50 % of the points, or remove `ar.window`; the default is 45 %");
        }
    }

    fn rows(&self, points: Vec<Point>, linear: &[f64], predicted: &[Option<f64>]) -> Vec<Made> {
        let mut predicted = predicted.iter();
        let ahead = points.len() - self.forecast.min(points.len());
        let mut made = Vec::with_capacity(points.len());
        for (at, (point, linear)) in points.into_iter().zip(linear).enumerate() {
            let value = point.value.borrow().number();
            let number = |n: f64| Value::from_number(fit::tidy(n)).owned();
            let error = value.map_or(Owned::Null, |value| number(linear - value));
            let mut own = vec![Owned::Int(point.time), point.value];
            if self.autoregressive {
                let best = if value.is_some() || at >= ahead { predicted.next().copied().flatten() } else { None };
                own.push(number(best.unwrap_or(*linear)));
            }
            own.extend([number(*linear), error]);
            made.push(Made { own, rest: point.row.map_or(Rest::Null, Rest::Of) });
        }
        made
    }

    /// The series in order of time, with zeros for the slices that are missing in it.
    fn series(&self, rows: &Seen, context: &RunContext<'_>) -> Vec<Point> {
        let mut given: Vec<Point> = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| {
                Some(Point { time: row[0].borrow().integer()?, value: row[1].clone(), row: Some(at) })
            })
            .collect();
        given.sort_by_key(|point| point.time);
        if given.len() > MAX_POINTS {
            given.drain(..given.len() - MAX_POINTS);
            let message = format!("`predict` used only the last {MAX_POINTS} points");
            context.notice(Diagnostic::warning(&codes::LIMITED, self.span, message));
        }
        let mut series: Vec<Point> = Vec::with_capacity(given.len());
        let mut filled = 0;
        for point in given {
            let mut next = series.last().map_or(point.time, |last| last.time.saturating_add(self.step));
            while next < point.time && filled < MAX_FILLED {
                series.push(Point { time: next, value: Owned::Int(0), row: None });
                filled += 1;
                next = next.saturating_add(self.step);
            }
            series.push(point);
        }
        if filled > 0 {
            let message = format!("{filled} time slices without rows count as 0 in `predict`");
            context.notice(Diagnostic::warning(&codes::FILLED, self.span, message));
        }
        series
    }
}
