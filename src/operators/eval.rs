//! `eval`: makes a field from an expression. Seen in published detections, not in Sumo Logic's manual.

use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "eval",
    group: Group::Field,
    form: "'eval' name:field '=' value:expr",
    summary: "Sets a field to the value of an expression.",
    doc: "`eval x = expression` is the same as `expression as x`. Sumo Logic's manual documents it only for metrics \
          queries, but published log queries use it.",
    page: "",
    also: &["assign", "let", "set", "compute", "new field"],
    examples: &[
        Example {
            title: "A rating by a condition",
            query: "* | parse \"n=*;\" as n | eval rating = if(n > 5, \"High\", \"Low\") | fields n, rating",
            messages: &["n=9;", "n=2;"],
            expect: Expect::Rows(&["n", "rating"], &[&["9", "High"], &["2", "Low"]]),
        },
        Example {
            title: "Null gives null",
            query: "* | parse \"n=*;\" as n nodrop | eval twice = n * 2 | fields twice",
            messages: &["nothing"],
            expect: Expect::Rows(&["twice"], &[&[""]]),
        },
    ],
    role: OperatorRole::Assignment,
    dialect: Some("write `| expression as name`"),
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    match (call.args.field("name"), call.args.expr("value")) {
        (Some(name), Some(value)) => planner.assign(name, value),
        _ => Ok(()),
    }
}
