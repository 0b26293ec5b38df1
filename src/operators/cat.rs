//! `cat`: the rows of a table, in the place of messages.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::table_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "cat",
    group: Group::Join,
    form: "'cat' table:table",
    summary: "Reads the rows of a table instead of messages.",
    doc: "It replaces the scope: `cat path://\"/Library/Users\" | …`, `cat shared/dir/table | …`. The rows have the \
          columns and the order of the table; messages and the time range are ignored. The table is the file that you \
          name with `--lookup NAME=FILE`, or the file of its name beside the query; without a file, the query does \
          not run.",
    page: "search/search-query-language/search-operators/cat",
    also: &["show", "table", "read", "lookup table", "view"],
    examples: &[
        Example {
            title: "The whole table",
            query: "cat path://\"samples/users\"",
            messages: &[],
            expect: Expect::Rows(&["id", "name", "team"], &[&["1", "Ann", "red"], &["2", "Bob", "blue"]]),
        },
        Example {
            title: "The rows are like those of an aggregate",
            query: "cat shared/ports | where port = 80 | count by host",
            messages: &["not read"],
            expect: Expect::Rows(&["host", "_count"], &[&["web", "2"]]),
        },
        Example {
            title: "Stages that need all rows get the rows of the table",
            query: "cat shared/ports | \"x\" as n | dedup by n | total port as all | fields host, all",
            messages: &[],
            expect: Expect::Rows(&["host", "all"], &[&["web", "80"]]),
        },
        Example {
            title: "A column that the table does not have is null",
            query: "cat shared/ports | if (isNull(zone), \"?\", zone) as zone | where host = \"db\" | fields host, zone",
            messages: &[],
            expect: Expect::Rows(&["host", "zone"], &[&["db", "?"]]),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let (table, span) = table_argument(call, "table")?;
    planner.begin_with_table(&table, span)
}
