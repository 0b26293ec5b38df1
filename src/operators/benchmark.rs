//! `benchmark`: columns of what other customers of Sumo Logic have.

use super::lookup;
use crate::diagnostics::Diagnostic;
use crate::plan::arguments::table_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::table_resolver::TableName;

pub static DEF: OperatorDef = OperatorSignature {
    name: "benchmark",
    group: Group::Cloud,
    form: "'benchmark' column:(name:field ('as' alias:field)?),+ 'from' table:path 'on' \
           pair:(left:field ('=' right:field)?) ((',' | 'and') pair:(left:field ('=' right:field)?))*",
    summary: "Adds columns of a table with benchmark data of other Sumo Logic customers.",
    doc: "Works like `lookup` in the classic table `benchmark://NAME`. Only Sumo Logic has these tables: without your \
          own file (`--lookup benchmark://NAME=FILE`), the columns are null.",
    page: "",
    also: &["global intelligence", "compare", "customers"],
    examples: &[
        Example {
            title: "With your own table",
            query: "* | parse \"t=*;\" as t | benchmark percentage as p from samples on threat=t | fields t, p",
            messages: &["t=ssh;"],
            expect: Expect::Rows(&["t", "p"], &[&["ssh", "12.5"]]),
        },
        Example {
            title: "Without a table the columns are null",
            query: "* | parse \"t=*;\" as t nodrop | benchmark percentage as p from guardduty on threat=t | fields t, p",
            messages: &["t=a;", "none"],
            expect: Expect::Rows(&["t", "p"], &[&["a", ""], &["", ""]]),
        },
    ],
    dialect: Some("dashboards of Sumo Logic's apps use it; only the service can answer"),
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let (name, span) = table_argument(call, "table")?;
    lookup::plan_from(call, planner, &table(&name), span)
}

/// The name of the table that a benchmark's name stands for.
pub fn table(name: &TableName) -> TableName {
    TableName::read(&format!("benchmark://{}", name.path()))
}
