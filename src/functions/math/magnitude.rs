//! `abs`.

use crate::catalogue::{Example, Expect, FunctionDef, Group, Make, Param, Type};
use crate::functions::BASE;
use crate::run::value::Value;

pub static ABS: FunctionDef = FunctionDef {
    name: "abs",
    group: Group::Math,
    params: &[Param::new("x", Type::Number)],
    returns: Type::Number,
    summary: "The absolute value.",
    doc: "Null and text that is no number give null.",
    page: "search/search-query-language/math-expressions/abs",
    also: &["absolute", "magnitude"],
    examples: &[
        Example {
            title: "Of numbers and of text",
            query: "* | parse \"v=*;\" as v nodrop | abs(v) as a | fields a",
            messages: &["v=-1.5;", "v=x;", "none"],
            expect: Expect::Rows(&["a"], &[&["1.5"], &[""], &[""]]),
        },
        Example {
            title: "Of a constant",
            query: "* | abs(-3) as a | fields a",
            messages: &["x"],
            expect: Expect::Rows(&["a"], &[&["3"]]),
        },
    ],
    make: Make::Pure(|args, _| args[0].number().map_or(Value::Null, |n| Value::from_number(n.abs()))),
    ..BASE
};
