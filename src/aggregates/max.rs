//! `max`: the greatest number.

use super::min_max::Extreme;
use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::PerGroup;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;

pub static DEF: AggregateDef = AggregateSignature {
    name: "max",
    form: "max(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Decimal,
    summary: "Returns the greatest number of a field.",
    doc: "A string that reads as a number is compared as a number; null and other strings are skipped. If there is no \
          number, the result is null. The default name is `_max`. With two arguments, `max(a, b)` is a function that \
          returns the greater of two numbers in each row.",
    page: "search/search-query-language/group-aggregate-operators/min-max",
    also: &["maximum", "greatest", "largest", "highest"],
    examples: &[
        Example {
            title: "By host, as numbers",
            query: "* | parse \"h=* v=*;\" as h, v | max(v) by h",
            messages: &["h=a v=9;", "h=a v=10;", "h=b v=-1.50;"],
            expect: Expect::Rows(&["h", "_max"], &[&["a", "10"], &["b", "-1.5"]]),
        },
        Example {
            title: "Null and strings that are not numbers are skipped",
            query: "* | parse \"v=*;\" as v nodrop | parse \"w=*;\" as w nodrop | max(v), max(w) as none",
            messages: &["v=x;", "v=7;", "nothing"],
            expect: Expect::Rows(&["_max", "none"], &[&["7", ""]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Extreme<true>>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_max")], aggregate })
}
