//! `backshift`: the value of some rows before.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::{alias_argument, count_argument, field_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::run::order::in_order::{InOrder, Own};
use crate::run::order::state_by_key::Keyed;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::collections::VecDeque;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "backshift",
    group: Group::Table,
    form: "'backshift' ('(' name:field (',' rows:integer)? ')' | name:field (',' rows:integer)?) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Returns the value of a field in an earlier row.",
    doc: "Adds `_backshift`: the value of the field one row earlier, or the given number of rows earlier, at most \
          1000; with `by`, separately for each group. If there is no such row, the value is null. It does not sort \
          the rows: use `sort` first. Rows in which the field is not a number are dropped.",
    page: "search/search-query-language/search-operators/backshift",
    also: &["lag", "previous", "shift", "before"],
    examples: &[
        Example {
            title: "The previous row",
            query: "* | parse \"k=* v=*\" as k, v | sum(v) as s by k | sort by k asc | backshift s",
            messages: &["k=1 v=10", "k=2 v=15", "k=3 v=4"],
            expect: Expect::Rows(&["k", "s", "_backshift"], &[&["1", "10", ""], &["2", "15", "10"], &["3", "4", "15"]]),
        },
        Example {
            title: "Two rows earlier, in each group",
            query: "* | parse \"g=* n=*\" as g, n | sort by n asc | backshift n, 2 as p by g | fields n, p",
            messages: &["g=x n=1", "g=y n=2", "g=x n=3", "g=x n=4"],
            expect: Expect::Rows(&["n", "p"], &[&["1", ""], &["2", ""], &["3", ""], &["4", "1"]]),
        },
        Example {
            title: "A row without a number is dropped, and not counted",
            query: "* | parse \"k=* v=*;\" as k, v nodrop | sort by k asc | backshift v as p | fields k, v, p",
            messages: &["k=1 v=10;", "k=2 v=none;", "nothing", "k=3 v=4;"],
            expect: Expect::Rows(&["k", "v", "p"], &[&["1", "10", ""], &["3", "4", "10"]]),
        },
        Example {
            title: "Too far back",
            query: "* | count | backshift _count, 1001",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The farthest row back.
const FARTHEST: i64 = 1000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    super::undocumented_spelling::report(call, planner, DEF.signature.name);
    let mut breaker = planner.breaker();
    let back = count_argument(call.args, "rows", 1..=FARTHEST)?.unwrap_or(1) as usize;
    let field = breaker.field(field_argument(call, "name")?)?;
    let by = breaker.fields(&call.args.fields("by"))?;
    let alias = alias_argument(call, "_backshift")?;
    let gather = InOrder(move || {
        let mut before: Keyed<VecDeque<f64>> = Keyed::new(&by);
        Box::new(move |row, out: &mut Own| {
            let Some(n) = row.get(field).number() else { return false };
            let before = before.of(row, out);
            let shifted = if before.len() == back {
                before.pop_front()
            } else {
                out.keep(size_of::<f64>());
                None
            };
            before.push_back(n);
            out.push(shifted.map_or(Value::Null, Value::from_number).owned());
            true
        })
    });
    breaker.add(gather, &[alias]);
    Ok(())
}
