//! `fields`: which columns to show, and in what order.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "fields",
    group: Group::Field,
    form: "'fields' '-'? ('(' name:field,+ ')' | name:field,+)",
    summary: "Keeps only the listed fields, or with `-`, removes them.",
    doc: "With a list, the result has these columns in this order. Other fields are removed, except that fields that \
          start with `_` can still be used in later stages, but are not shown. With `-`, exactly the listed fields \
          are removed, including those that start with `_`. A duplicate field is an error.",
    page: "search/search-query-language/search-operators/fields",
    also: &["columns", "project", "select", "keep", "drop"],
    examples: &[
        Example {
            title: "Two of three fields, in this order",
            query: "* | parse \"a=* b=* c=*\" as a, b, c | fields c, a",
            messages: &["a=1 b=2 c=3"],
            expect: Expect::Rows(&["c", "a", "b"], &[&["3", "1", ""]]),
        },
        Example {
            title: "All but one",
            query: "* | parse \"a=*;\" as a | count by a | fields - _count",
            messages: &["a=1;"],
            expect: Expect::Rows(&["a", "_count"], &[&["1", ""]]),
        },
        Example {
            title: "Messages without their text",
            query: "* | parse \"a=*;\" as a | fields - _raw",
            messages: &["a=1;"],
            expect: Expect::Rows(&["a", "_raw"], &[&["1", ""]]),
        },
        Example {
            title: "A removed field is null in later stages, even if it is metadata",
            query: "* | fields - _sourceCategory | count by _sourceCategory",
            messages: &["{\"_raw\": \"a\", \"_sourceCategory\": \"web\"}"],
            expect: Expect::Rows(&["_sourceCategory", "_count"], &[&["", "1"]]),
        },
        Example {
            title: "In parentheses, as in published queries",
            query: "* | parse \"a=* b=*\" as a, b | fields (b, a)",
            messages: &["a=1 b=2"],
            expect: Expect::Rows(&["b", "a"], &[&["2", "1"]]),
        },
        Example {
            title: "A duplicate field",
            query: "* | fields a, b, a",
            messages: &[],
            expect: Expect::Error("E208"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let names = call.args.fields("name");
    if call.args.has("(") {
        planner.undocumented(call.span, "a list in parentheses after `fields`", "write `fields a, b`");
        planner.fix_undocumented(super::undocumented_spelling::without_parentheses(call.args));
    }
    for (at, name) in names.iter().enumerate() {
        if names[..at].iter().any(|earlier| earlier.key() == name.key()) {
            let message = format!("`{}` is listed twice", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
    }
    if call.args.has("-") {
        planner.hide(&names);
        return Ok(());
    }
    planner.show_only(&names)
}
