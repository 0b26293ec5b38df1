//! `smooth`: a moving mean.

use super::moving_window;
use super::moving_window::Window;
use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::OperatorSignature;
use crate::syntax::signature::{Example, Expect, Group};

pub static DEF: OperatorDef = OperatorSignature {
    name: "smooth",
    group: Group::Table,
    form: "'smooth' ('(' name:field (',' size:integer)? ')' | name:field (',' size:integer)?) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "The mean of a field over this row and the rows before it.",
    doc: "Adds `_smooth`: the mean of the last 10 rows, this one included, or of as many as the number says, 1000 at most. The first \
          rows use what there is. With `by` each combination of values has a window of its own. A row without a number gets \
          null and does not count. The order of the rows is left as it is: `sort` first.",
    page: "search/search-query-language/search-operators/smooth",
    also: &["moving average", "rolling mean", "trend"],
    examples: &[
        Example {
            title: "Of three rows",
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
            title: "Too long a window",
            query: "* | count | smooth _count, 1001",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    dialect: None,
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    moving_window::plan(call, planner, "_smooth", Window::mean)
}
