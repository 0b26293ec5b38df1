//! `csv`: takes the columns of comma-separated text.

use super::split;
use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "csv",
    group: Group::Parse,
    form: "'csv' source:field (','? ('escape' '=' escape:char | 'delim' '=' delim:char | 'quote' '=' quote:char))* \
           'extract' target:(at:integer 'as' name:field | name:field),+",
    summary: "Extracts fields from comma-separated values.",
    doc: "Works like `split`: it takes columns by position, counted from 1 (`1 as a, 3 as c`), or in sequence (`a, _, \
          c`). A missing column is null, and no message is dropped; there is no `nodrop`. `quote='''` and \
          `escape='/'` replace the default characters `\"` and `\\`.",
    page: "search/search-query-language/parse-operators/parse-csv-formatted-logs",
    also: &["comma", "columns", "split", "spreadsheet"],
    examples: &[
        Example {
            title: "Quotes protect commas",
            query: "* | csv _raw extract user, _, note | fields user, note",
            messages: &["ann,7,\"tea, \"\"green\"\"\"", "bob"],
            expect: Expect::Rows(&["user", "note"], &[&["ann", "tea, \"green\""], &["bob", ""]]),
        },
        Example {
            title: "Positions count from 1, in any order",
            query: "* | csv _raw quote=''' extract 3 as c, 1 as a | fields a, c",
            messages: &["'1,1',2,3"],
            expect: Expect::Rows(&["a", "c"], &[&["1,1", "3"]]),
        },
        Example {
            title: "Position 0 does not exist",
            query: "* | csv _raw extract 0 as a",
            messages: &[],
            expect: Expect::Error("E210"),
        },
        Example {
            title: "There is no nodrop",
            query: "* | csv _raw extract 1 as a nodrop",
            messages: &[],
            expect: Expect::Error("E109"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(delimiter) = call.args.get("delim") {
        planner.undocumented(delimiter.span, "`delim` of `csv`", "use `split`: `split FIELD delim=':' extract a, b`");
    }
    split::plan(call, planner)
}
