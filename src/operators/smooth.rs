//! `smooth`: a moving mean.

use super::moving_window;
use super::moving_window::Window;
use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "smooth",
    group: Group::Table,
    form: "'smooth' ('(' name:field (',' size:integer)? ')' | name:field (',' size:integer)?) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Computes the rolling mean of a field.",
    doc: "Adds `_smooth`: the mean of the last 10 rows, including this row, or of the given number of rows, at most \
          1000. The first rows use the rows that exist. With `by`, each group has its own window. A row without a \
          number gets null and does not count. It does not sort the rows: use `sort` first.",
    page: "search/search-query-language/search-operators/smooth",
    also: &["moving average", "rolling mean", "trend"],
    examples: &[
        Example {
            title: "Over three rows",
            query: "* | parse \"k=* v=*\" as k, v | sum(v) as v by k | sort by k asc | smooth v, 3",
            messages: &["k=1 v=1", "k=2 v=2", "k=3 v=6", "k=4 v=3"],
            expect: Expect::Rows(
                &["v", "_smooth"],
                &[&["1", "1"], &["2", "1.5"], &["6", "3"], &["3", "3.6666666666666665"]],
            ),
        },
        Example {
            title: "A row without a number",
            query: "* | parse \"k=* v=*\" as k, v | sort by k asc | smooth v as mean | fields k, mean",
            messages: &["k=1 v=4", "k=2 v=x", "k=3 v=6"],
            expect: Expect::Rows(&["k", "mean"], &[&["1", "4"], &["2", ""], &["3", "5"]]),
        },
        Example {
            title: "A window that is too long",
            query: "* | count | smooth _count, 1001",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    moving_window::plan(call, planner, "_smooth", Window::mean)
}
