//! `contains`: whether a text occurs in another.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use memchr::memmem;
use sumoql_data::value::Value;

pub static CONTAINS: FunctionDef = FunctionSignature {
    name: "contains",
    group: Group::Condition,
    params: &[Param::new("text", Type::Text), Param::new("part", Type::Text)],
    returns: Type::Bool,
    summary: "Tests whether a string contains another: `contains(a, b)`, or `a contains b`.",
    doc: "The test is case-sensitive. Null counts as the empty string. Two empty strings give true; otherwise the \
          empty string neither contains another string nor is contained in one.",
    page: "search/search-query-language/search-operators/contains",
    also: &["includes", "has", "substring", "find"],
    examples: &[
        Example {
            title: "As an operator, and as a function",
            query: "* | where _raw contains \"Leeds\" and !contains(_raw, \"Low\") | fields _raw",
            messages: &["12 High St, Leeds", "3 Low Rd, Leeds", "1 High St, leeds"],
            expect: Expect::Rows(&["_raw"], &[&["12 High St, Leeds"]]),
        },
        Example {
            title: "Empty strings and null",
            query: "* | parse \"[*]\" as a nodrop | contains(a, \"\") as e | contains(\"x\", a) as x | fields a, e, x",
            messages: &["[]", "[abc]", "nothing"],
            expect: Expect::Rows(
                &["a", "e", "x"],
                &[&["", "true", "false"], &["abc", "false", "false"], &["", "true", "false"]],
            ),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let text = args[0].text(cx.arena).unwrap_or_default();
    let part = args[1].text(cx.arena).unwrap_or_default();
    Value::Bool(match (text, part) {
        ("", "") => true,
        ("", _) | (_, "") => false,
        (text, part) => memmem::find(text.as_bytes(), part.as_bytes()).is_some(),
    })
}));
