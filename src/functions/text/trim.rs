//! `trim`: without the blanks at both ends.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::Value;

pub static TRIM: FunctionDef = FunctionSignature {
    name: "trim",
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Removes whitespace from both ends of a string.",
    doc: "It removes what Java's `trim` removes: spaces and control characters, including tabs and line breaks, but \
          not the other spaces of Unicode. Null gives null. Without `as`, the field is overwritten.",
    page: "search/search-query-language/search-operators/trim",
    also: &["strip", "whitespace", "blanks"],
    examples: &[
        Example {
            title: "Inner spaces are kept",
            query: "* | concat(\"[\", trim(\"  two  words \\t\\n\"), \"]\") as t | fields t",
            messages: &["x"],
            expect: Expect::Rows(&["t"], &[&["[two  words]"]]),
        },
        Example {
            title: "Null gives null",
            query: "* | parse \"t=*;\" as t nodrop | trim(t) | isNull(t) as n | fields t, n",
            messages: &["t= a ;", "nothing"],
            expect: Expect::Rows(&["t", "n"], &[&["a", "false"], &["", "true"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let blank = |c: char| c <= ' ';
    args[0].text(cx.arena).map_or(Value::Null, |text| Value::Text(text.trim_matches(blank)))
}));
