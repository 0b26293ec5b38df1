//! `where`: keeps the rows for which a condition holds.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "where",
    group: Group::Condition,
    form: "'where' condition:expr",
    summary: "Keeps the rows for which a condition is true.",
    doc: "The condition is an expression that is true or false. Only rows for which it is *true* are kept. Null \
          equals nothing, matches no pattern and is in no list, so `!=`, `not in` and the negation `!(…)` of these \
          are true for null. A condition that is itself null, such as `isNaN` of null, is not true, and neither is \
          its negation. Several `where` stages mean AND. It must be a separate stage.\n\n\
          Unlike in the scope, strings are compared case-sensitively; an unquoted word is a field.",
    page: "search/search-query-language/search-operators/where",
    also: &["filter", "condition", "if", "only", "select"],
    examples: &[
        Example {
            title: "A parsed string is compared with a number as a number",
            query: "* | parse \"status=*;\" as status | where status >= 500 | fields status",
            messages: &["status=200;", "status=503;"],
            expect: Expect::Rows(&["status"], &[&["503"]]),
        },
        Example {
            title: "Null equals nothing, so it differs from everything",
            query: "* | parse \"u=*;\" as u nodrop | where u != \"bo\" | fields u",
            messages: &["u=al;", "nobody", "u=bo;"],
            expect: Expect::Rows(&["u"], &[&["al"], &[""]]),
        },
        Example {
            title: "A null condition is neither true nor false",
            query: "* | parse \"n=*;\" as n nodrop | where !isNaN(n) | fields n",
            messages: &["n=5;", "nothing", "n=x;", "n=;"],
            expect: Expect::Rows(&["n"], &[&["5"]]),
        },
        Example {
            title: "Division by zero",
            query: "* | parse \"a=* b=*;\" as a, b | a / b as q | where q != \"Infinity\" | fields q",
            messages: &["a=1 b=0;", "a=1 b=2;"],
            expect: Expect::Rows(&["q"], &[&["0.5"]]),
        },
        Example {
            title: "A value in place of a condition",
            query: "* | where 5",
            messages: &[],
            expect: Expect::Error("E212"),
        },
        Example {
            title: "A function that returns a number",
            query: "* | where length(_raw)",
            messages: &[],
            expect: Expect::Error("E212"),
        },
    ],
    role: OperatorRole::Condition,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let Some(condition) = call.args.expr("condition") else {
        return Err(Diagnostic::error(&codes::NOT_BOOLEAN, call.span, "expected a condition here"));
    };
    let condition = planner.condition(condition)?;
    planner.keep(condition);
    Ok(())
}
