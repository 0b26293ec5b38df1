//! `concat`: texts end to end.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, Plain};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::Value;

/// The most texts that can be joined at once.
const MAX_ARGUMENTS: usize = 16;

pub static CONCAT: FunctionDef = FunctionSignature {
    name: "concat",
    params: &[Param::new("a", Type::Any), Param::new("b", Type::Any), Param::repeated("more", Type::Any)],
    returns: Type::Text,
    summary: "Joins 2 to 16 strings or numbers.",
    doc: "Null counts as the empty string, so the result is never null. Whole numbers are written without a decimal \
          point. A condition with `and` or `or` is an error. As a stage, it needs a name for the result.",
    page: "search/search-query-language/search-operators/concat",
    also: &["join", "append", "combine", "glue"],
    examples: &[
        Example {
            title: "Fields, strings and numbers",
            query: "* | parse \"y=* m=*;\" as y, m | concat(y, \"/\", m, \" v\", 4) as s | fields s",
            messages: &["y=2024 m=05;"],
            expect: Expect::Rows(&["s"], &[&["2024/05 v4"]]),
        },
        Example {
            title: "Null is the empty string",
            query: "* | parse \"b=*;\" as b nodrop | concat(\"<\", b, \">\") as s | concat(b, b) as e | fields s, e",
            messages: &["b=2;", "nothing"],
            expect: Expect::Rows(&["s", "e"], &[&["<2>", "22"], &["<>", ""]]),
        },
        Example {
            title: "`and` and `or` are not allowed",
            query: "* | parse \"a=*;\" as a | concat(a = 1 or a = 2, \"x\") as s",
            messages: &[],
            expect: Expect::Error("E203"),
        },
        Example {
            title: "A missing name",
            query: "* | concat(\"a\", \"b\")",
            messages: &[],
            expect: Expect::Error("E209"),
        },
    ],
    alias_needed: true,
    ..BASE
}
.made_by(Make::Prepared(|args| match args.len() {
    ..=MAX_ARGUMENTS => Ok(Box::new(concat as Plain)),
    given => Err(format!("`concat` takes 2 to {MAX_ARGUMENTS} arguments, not {given}; nest another `concat` for more")),
}));

fn concat<'m>(args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
    let mut out = bumpalo::collections::String::new_in(cx.arena);
    args.iter().for_each(|arg| arg.write(&mut out));
    Value::Text(out.into_bump_str())
}
