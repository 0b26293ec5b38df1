//! `infer`: models of Sumo Logic's service, which are not here.

use crate::data::table_resolver::TableName;
use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::lookup::results::What;
use crate::syntax::signature::OperatorSignature;
use crate::syntax::signature::{Example, Expect, Group};

pub static DEF: OperatorDef = OperatorSignature {
    name: "infer",
    group: Group::Cloud,
    form: "'infer' (option:field '=' (text:text | word:path))*",
    summary: "Asks a model of Sumo Logic's service; here the rows go on as they are.",
    doc: "Published dashboards compare with what other customers have. Only Sumo Logic knows that: the stage is read, the rows \
          pass, and fields that it would make are null. A run says so once.",
    page: "",
    also: &["global intelligence", "model", "benchmark"],
    examples: &[
        Example {
            title: "The rows go on as they are",
            query: "* | parse \"u=*;\" as u | count by u | infer _category=gislite _model=benchmark name=\"x\"",
            messages: &["u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "1"]]),
        },
        Example {
            title: "What it would make is null",
            query: "* | infer _category=gislite _model=benchmark | if (isNull(benchmark), \"?\", benchmark) as benchmark \
                    | fields benchmark",
            messages: &["x"],
            expect: Expect::Rows(&["benchmark"], &[&["?"]]),
        },
    ],
    dialect: Some("Dashboards of Sumo Logic's apps use it; only its service can answer."),
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    planner.request(&TableName::read("infer"), What::Service, call.span);
    Ok(())
}
