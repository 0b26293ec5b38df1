//! `toString`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

pub static TO_STRING: FunctionDef = FunctionSignature {
    name: "toString",
    group: Group::Conversion,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Text,
    summary: "Converts a value to a string.",
    doc: "Whole numbers are written without a decimal point. Null gives null. Without `as`, the field is overwritten.",
    page: "search/search-query-language/search-operators/manually-cast-data-string-number",
    also: &["cast", "convert", "text"],
    examples: &[
        Example {
            title: "Numbers",
            query: "* | toString(3 * 2) as a | toString(1 / 4) as b | a in (\"6\") as c | fields a, b, c",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b", "c"], &[&["6", "0.25", "true"]]),
        },
        Example {
            title: "Null",
            query: "* | parse \"v=*;\" as v nodrop | isNull(toString(v)) as n | fields n",
            messages: &["v=;", "nothing"],
            expect: Expect::Rows(&["n"], &[&["false"], &["true"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| args[0].text(cx.arena).map_or(Value::Null, Value::Text)));
