//! `infer`: models of Sumo Logic's service, which are not here.

use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::lookup::results::What;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::table_resolver::TableName;

pub static DEF: OperatorDef = OperatorSignature {
    name: "infer",
    group: Group::Cloud,
    form: "'infer' (option:field '=' (text:text | word:path))*",
    summary: "Asks a model of Sumo Logic's service; in sumoql the rows pass unchanged.",
    doc: "Published dashboards use it to compare with other customers. Only Sumo Logic has that data: sumoql parses \
          the stage, passes the rows unchanged, and leaves the fields that it would set null, with one warning per \
          run.",
    page: "",
    also: &["global intelligence", "model", "benchmark"],
    examples: &[
        Example {
            title: "The rows pass unchanged",
            query: "* | parse \"u=*;\" as u | count by u | infer _category=gislite _model=benchmark name=\"x\"",
            messages: &["u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "1"]]),
        },
        Example {
            title: "The fields that it would set are null",
            query: "* | infer _category=gislite _model=benchmark | if (isNull(benchmark), \"?\", benchmark) as benchmark \
                    | fields benchmark",
            messages: &["x"],
            expect: Expect::Rows(&["benchmark"], &[&["?"]]),
        },
    ],
    dialect: Some("dashboards of Sumo Logic's apps use it; only the service can answer"),
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    planner.tables.request(&TableName::read("infer"), What::Service, call.span);
    Ok(())
}
