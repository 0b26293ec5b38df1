//! `rollingstd`: a moving deviation.

use super::moving_window;
use super::moving_window::Window;
use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "rollingstd",
    group: Group::Table,
    form: "'rollingstd' ('(' name:field (',' size:integer)? ')' | name:field (',' size:integer)?) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Computes the rolling standard deviation of a field.",
    doc: "Adds `_rollingstd`: the sample standard deviation of the last 10 rows, including this row, or of the given \
          number of rows, at most 1000. The first rows use the rows that exist; a single row gives 0. With `by`, each \
          group has its own window. A row without a number gets null and does not count. It does not sort the rows: \
          use `sort` first.",
    page: "search/search-query-language/search-operators/rollingstd",
    also: &["standard deviation", "volatility", "rolling"],
    examples: &[
        Example {
            title: "Over three rows",
            query: "* | parse \"k=* v=*\" as k, v | sum(v) as v by k | sort by k asc | rollingstd v, 3 | where v > 5",
            messages: &["k=1 v=2", "k=2 v=4", "k=3 v=4", "k=4 v=10"],
            expect: Expect::Rows(&["v", "_rollingstd"], &[&["10", "3.4641016151377544"]]),
        },
        Example {
            title: "A single row, and one without a number",
            query: "* | parse \"k=* v=*\" as k, v | sort by k asc | rollingstd v as sd by k | fields k, sd",
            messages: &["k=1 v=4", "k=2 v=x"],
            expect: Expect::Rows(&["k", "sd"], &[&["1", "0"], &["2", ""]]),
        },
        Example {
            title: "A window that is too long",
            query: "* | count | rollingstd _count, 1001",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    moving_window::plan(call, planner, "_rollingstd", Window::deviation)
}
