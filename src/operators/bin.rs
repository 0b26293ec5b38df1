//! `bin`: numbers into bins of a width.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{field_argument, missing_parameter};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::ArgValue;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "bin",
    group: Group::Field,
    form: "'bin' name:field (','? ('width' '=' width:number | 'min' '=' min:number | 'max' '=' max:number))+",
    summary: "Sorts numbers into bins of a given width.",
    doc: "Adds `_bin_lower` and `_bin_upper`, the edges of the bin that contains the value, and `_bin_label`, both \
          edges as a string. Bins start at `min`, or without it, at multiples of the width. A value on an edge \
          belongs to the upper bin. Values below `min` belong to the first bin, and values of `max` and above to the \
          last. If the field is not a number, the columns are null.",
    page: "search/search-query-language/search-operators/bin",
    also: &["histogram", "bucket", "interval", "range"],
    examples: &[
        Example {
            title: "A histogram",
            query: "* | parse \"ms=*\" as ms | bin ms width=10, min=0, max=30 | count by _bin_lower, _bin_label",
            messages: &["ms=-5", "ms=12", "ms=10", "ms=45", "ms=30"],
            expect: Expect::Rows(
                &["_bin_lower", "_bin_label", "_count"],
                &[&["0", "[0.0, 10.0)", "1"], &["10", "[10.0, 20.0)", "2"], &["20", "[20.0, 30.0)", "2"]],
            ),
        },
        Example {
            title: "Without bounds, and without a number",
            query: "* | parse \"n=* ms=*\" as n, ms | bin ms width=0.1 | sort by n asc | fields ms, _bin_lower, _bin_upper",
            messages: &["n=1 ms=0.3", "n=2 ms=-0.05", "n=3 ms=x"],
            expect: Expect::Rows(
                &["ms", "_bin_lower", "_bin_upper"],
                &[&["0.3", "0.3", "0.4"], &["-0.05", "-0.1", "0"], &["x", "", ""]],
            ),
        },
        Example {
            title: "A width of 0",
            query: "* | parse \"ms=*\" as ms | bin ms width=0",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let field = planner.field(field_argument(call, "name")?)?;
    let mut options = [None, None, None];
    for (option, label) in options.iter_mut().zip(["width", "min", "max"]) {
        *option = match call.args.get(label).map(|arg| (&arg.value, arg.span)) {
            Some((ArgValue::Number(n), _)) => Some(*n),
            Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
            _ => None,
        };
    }
    let [width, min, max] = options;
    let width = match width {
        Some(width) if width > 0.0 && width.is_finite() => width,
        _ => {
            let message = "`bin` needs a width greater than 0";
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, message).help("add `width=10`"));
        }
    };
    if min.zip(max).is_some_and(|(min, max)| min >= max) {
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, "`min` must be less than `max`"));
    }
    let slot = planner.define(Box::new(Bin { field, width, min, max }), 3, false);
    for (number, name) in ["_bin_label", "_bin_lower", "_bin_upper"].into_iter().enumerate() {
        planner.bind(name, slot + number);
    }
    Ok(())
}

struct Bin {
    field: Slot,
    width: f64,
    min: Option<f64>,
    max: Option<f64>,
}

impl Bin {
    /// The edges of the bin of a number.
    fn edges(&self, n: f64) -> (f64, f64) {
        let base = self.min.unwrap_or(0.0);
        let mut number = self.steps(n - base).0;
        if self.min.is_some() {
            number = number.max(0.0);
        }
        if let Some(max) = self.max {
            let (whole, exact) = self.steps(max - base);
            number = number.min(if exact { whole - 1.0 } else { whole });
        }
        (tidy(base + number * self.width), tidy(base + (number + 1.0) * self.width))
    }

    /// How many whole widths a distance has, and whether nothing is left. What is nearly whole is: 0.3 is 3 times 0.1.
    fn steps(&self, distance: f64) -> (f64, bool) {
        let steps = distance / self.width;
        let near = steps.round();
        let exact = (steps - near).abs() < 1e-9 * near.abs().max(1.0);
        (if exact { near } else { steps.floor() }, exact)
    }
}

/// A number without the dust of binary fractions.
fn tidy(n: f64) -> f64 {
    format!("{n:.14e}").parse().unwrap_or(n)
}

impl Extractor for Bin {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(n) = row.get(self.field).number().filter(|n| n.is_finite()) else { return false };
        let (lower, upper) = self.edges(n);
        row.set(first, Value::Text(row.arena().alloc_str(&format!("[{lower:?}, {upper:?})"))));
        row.set(first + 1, Value::from_number(lower));
        row.set(first + 2, Value::from_number(upper));
        true
    }
}
