//! `benchmarkcat`: the rows of what other customers of Sumo Logic have, in the place of messages.

use super::benchmark::table;
use crate::diagnostics::Diagnostic;
use crate::plan::arguments::table_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "benchmarkcat",
    group: Group::Cloud,
    form: "'benchmarkcat' table:path",
    summary: "Reads a table with benchmark data of other Sumo Logic customers instead of messages.",
    doc: "Works like `cat benchmark://NAME`. Only Sumo Logic has these tables: without your own file (`--lookup \
          benchmark://NAME=FILE`), the query does not run.",
    page: "",
    also: &["global intelligence", "compare", "customers"],
    examples: &[
        Example {
            title: "Threats of other customers",
            query: "benchmarkcat samples | where severity > 5 | fields threat",
            messages: &[],
            expect: Expect::Rows(&["threat"], &[&["ssh"]]),
        },
        Example {
            title: "A column that the table does not have is null",
            query: "benchmarkcat samples | if (isNull(resource), \"?\", resource) as resource | fields threat, resource",
            messages: &[],
            expect: Expect::Rows(&["threat", "resource"], &[&["ssh", "?"], &["scan", "?"]]),
        },
    ],
    dialect: Some("dashboards of Sumo Logic's apps use it; only the service can answer"),
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let (name, span) = table_argument(call, "table")?;
    planner.begin_with_table(&table(&name), span)
}
