//! `eval`: makes a field from an expression. Seen in published detections, not in Sumo Logic's manual.

use crate::diagnostics::{Diagnostic, Edit, Span};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::lexical::is_word_char;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::{Expr, Name};

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
        (Some(name), Some(value)) => {
            planner.fix_undocumented(as_expression(call, planner, name, value));
            planner.assign(name, value)
        }
        _ => Ok(()),
    }
}

/// The same as an expression with a name. What could be read as an operator or aggregate gets brackets.
fn as_expression(call: &OperatorCall<'_>, planner: &Planner<'_>, name: &Name, value: &Expr) -> Vec<Edit> {
    let written = planner.written(value.span);
    let word = written.split(|c| !is_word_char(c)).next().unwrap_or("");
    let other =
        planner.catalogue.aggregate(word).is_some() || planner.catalogue.operators_starting(word).next().is_some();
    let (open, close) = if other { ("(", ")") } else { ("", "") };
    let edit = |start, end, text| Edit { span: Span::new(start, end), text };
    let name = planner.written(name.span);
    vec![
        edit(call.span.start, value.span.start, open.to_string()),
        edit(value.span.end, value.span.end, format!("{close} as {name}")),
    ]
}
