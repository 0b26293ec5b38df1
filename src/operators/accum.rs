//! `accum`: a running sum.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::{alias_argument, field_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::run::order::in_order::{InOrder, Own};
use crate::run::order::state_by_key::Keyed;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "accum",
    group: Group::Table,
    form: "'accum' ('(' name:field ')' | name:field) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Computes a running sum over the rows.",
    doc: "Adds `_accum`: the sum of the field over this row and all earlier rows, or with `by`, over the earlier rows \
          of the same group. It does not sort the rows: use `sort` first. Rows in which the field is not a number are \
          dropped.",
    page: "search/search-query-language/search-operators/accum",
    also: &["cumulative", "running total", "row number"],
    examples: &[
        Example {
            title: "A running total",
            query: "* | parse \"k=* v=*\" as k, v | sum(v) as s by k | sort by k asc | accum s",
            messages: &["k=a v=10", "k=b v=5", "k=a v=2"],
            expect: Expect::Rows(&["k", "s", "_accum"], &[&["a", "12", "12"], &["b", "5", "17"]]),
        },
        Example {
            title: "One total for each group",
            query: "* | parse \"g=* n=*\" as g, n | sort by n asc | accum n as t by g | fields g, t",
            messages: &["g=x n=1", "g=y n=2.5", "g=x n=3"],
            expect: Expect::Rows(&["g", "t"], &[&["x", "1"], &["y", "2.5"], &["x", "4"]]),
        },
        Example {
            title: "A row without a number is dropped",
            query: "* | parse \"k=* v=*\" as k, v | sort by k asc | accum v as t | fields k, t",
            messages: &["k=1 v=4", "k=2 v=x", "k=3 v=6"],
            expect: Expect::Rows(&["k", "t"], &[&["1", "4"], &["3", "10"]]),
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
    let alias = alias_argument(call, "_accum")?;
    let gather = InOrder(move || {
        let mut sums: Keyed<f64> = Keyed::new(&by);
        Box::new(move |row, out: &mut Own| {
            let Some(n) = row.get(field).number() else { return false };
            let sum = sums.of(row, out);
            *sum += n;
            out.push(Value::from_number(*sum).owned());
            true
        })
    });
    breaker.add(gather, &[alias]);
    Ok(())
}
