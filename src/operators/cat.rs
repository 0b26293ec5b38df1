//! `cat`: the rows of a table, in the place of messages.

use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::OperatorSignature;
use crate::syntax::signature::{Example, Expect, Group};

pub static DEF: OperatorDef = OperatorSignature {
    name: "cat",
    group: Group::Join,
    form: "'cat' table:table",
    summary: "Begins a query with the rows of a table instead of messages.",
    doc: "It stands in the place of the scope: `cat path://\"/Library/Users\" | …`, `cat shared/dir/table | …`. The rows come \
          in the order of the table, with its columns; messages and the time range play no part. The table is the file \
          that `--lookup NAME=FILE` says, or one of its name beside the query; without it nothing is run.",
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
            title: "Its rows are like those of an aggregate",
            query: "cat shared/ports | where port = 80 | count by host",
            messages: &["not read"],
            expect: Expect::Rows(&["host", "_count"], &[&["web", "2"]]),
        },
        Example {
            title: "Stages that see all rows see those of the table",
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
    dialect: None,
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let (table, span) = planner.table_argument(call, "table")?;
    planner.begin_with_table(&table, span)
}
