//! `diff`: the difference to the row before.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::{alias_argument, field_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::run::order::in_order::{InOrder, Own};
use crate::run::order::state_by_key::Keyed;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "diff",
    group: Group::Table,
    form: "'diff' ('(' name:field ')' | name:field) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Computes the difference from the previous row.",
    doc: "Adds `_diff`: the value of the field minus its value in the previous row, or with `by`, in the previous row \
          of the same group. For the first row it is null. Rows in which the field is not a number are dropped; the \
          next row is compared with the last number. It does not sort the rows: use `sort` first.",
    page: "search/search-query-language/search-operators/diff",
    also: &["delta", "difference", "change", "growth"],
    examples: &[
        Example {
            title: "The difference from the previous row",
            query: "* | parse \"k=* v=*\" as k, v | sum(v) as s by k | sort by k asc | diff s",
            messages: &["k=1 v=10", "k=2 v=15", "k=3 v=4"],
            expect: Expect::Rows(&["k", "s", "_diff"], &[&["1", "10", ""], &["2", "15", "5"], &["3", "4", "-11"]]),
        },
        Example {
            title: "In each group",
            query: "* | parse \"g=* k=* v=*\" as g, k, v | sort by k asc | diff v as d by g | fields g, d",
            messages: &["g=x k=1 v=4", "g=y k=2 v=7", "g=x k=3 v=6.5"],
            expect: Expect::Rows(&["g", "d"], &[&["x", ""], &["y", ""], &["x", "2.5"]]),
        },
        Example {
            title: "A row without a number is dropped",
            query: "* | parse \"k=* v=*\" as k, v | sort by k asc | diff v | fields k, _diff",
            messages: &["k=1 v=3", "k=2 v=bad", "k=3 v=7"],
            expect: Expect::Rows(&["k", "_diff"], &[&["1", ""], &["3", "4"]]),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    super::undocumented_spelling::report(call, planner, DEF.signature.name);
    let mut breaker = planner.breaker();
    let field = breaker.field(field_argument(call, "name")?)?;
    let by = breaker.fields(&call.args.fields("by"))?;
    let alias = alias_argument(call, "_diff")?;
    let gather = InOrder(move || {
        let mut before: Keyed<Option<f64>> = Keyed::new(&by);
        Box::new(move |row, out: &mut Own| {
            let Some(n) = row.get(field).number() else { return false };
            let before = before.of(row, out).replace(n);
            out.push(before.map_or(Value::Null, |before| Value::from_number(n - before)).owned());
            true
        })
    });
    breaker.add(gather, &[alias]);
    Ok(())
}
