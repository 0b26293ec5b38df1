//! `num`, `toLong`, `toInt` and their other names.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::CallCx;
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/manually-cast-data-string-number";

pub static NUM: FunctionDef = FunctionSignature {
    name: "num",
    aliases: &["number", "double", "toDouble", "toNumber"],
    group: Group::Conversion,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Number,
    summary: "Converts a string to a number.",
    doc: "Use it before `sort` and `in`, which do not cast. Null and strings that are not numbers give null. Without \
          `as`, the field is overwritten.",
    page: PAGE,
    also: &["cast", "convert", "parse", "float"],
    examples: &[
        Example {
            title: "Sort by number",
            query: "* | parse \"took *ms\" as d | num(d) | sort by d | fields d",
            messages: &["took 9ms", "took 100ms", "took 2.50ms"],
            expect: Expect::Rows(&["d"], &[&["100"], &["9"], &["2.5"]]),
        },
        Example {
            title: "A string that is not a number gives null",
            query: "* | parse \"v=*;\" as v nodrop | double(v) as n | fields n",
            messages: &["v= 1e3 ;", "v=1,000;", "nothing"],
            expect: Expect::Rows(&["n"], &[&["1000"], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| match args[0] {
    Value::Int(n) => Value::Int(n),
    value => value.number().map_or(Value::Null, Value::from_number),
}));

const WHOLE: &str = "Decimals are cut off. Strings that are not numbers, null, NaN and infinities give null. Numbers \
                     of more than 64 bits become the greatest or smallest 64-bit number. Without `as`, the field is \
                     overwritten.";

pub static TO_LONG: FunctionDef = FunctionSignature {
    name: "toLong",
    aliases: &["long"],
    group: Group::Conversion,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Number,
    summary: "Converts a string or a number to a whole number.",
    doc: WHOLE,
    page: PAGE,
    also: &["cast", "convert", "integer", "truncate"],
    examples: &[
        Example {
            title: "Decimals are cut off",
            query: "* | parse \"v=*;\" as v | toLong(v) as n | fields n",
            messages: &["v=12.9;", "v=-12.9;", "v=9223372036854775807;"],
            expect: Expect::Rows(&["n"], &[&["12"], &["-12"], &["9223372036854775807"]]),
        },
        Example {
            title: "A string that is not a number gives null",
            query: "* | parse \"v=*;\" as v nodrop | long(v) as n | fields n",
            messages: &["v=x;", "nothing"],
            expect: Expect::Rows(&["n"], &[&[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(whole));

pub static TO_INT: FunctionDef = FunctionSignature {
    name: "toInt",
    aliases: &["int"],
    group: Group::Conversion,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Number,
    summary: "Converts a string or a number to a whole number, like `toLong`.",
    doc: WHOLE,
    page: PAGE,
    also: &["cast", "convert", "integer", "truncate"],
    examples: &[
        Example {
            title: "Decimals are cut off",
            query: "* | int(7 / 2) as n | fields n",
            messages: &["x"],
            expect: Expect::Rows(&["n"], &[&["3"]]),
        },
        Example {
            title: "A string that is not a number gives null",
            query: "* | parse \"v=*;\" as v nodrop | toInt(v) as n | toInt(1 / 0) as i | fields n, i",
            messages: &["v=x;", "nothing"],
            expect: Expect::Rows(&["n", "i"], &[&["", ""], &["", ""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(whole));

fn whole<'m>(args: &[Value<'m>], _: &CallCx<'m>) -> Value<'m> {
    match args[0] {
        Value::Int(n) => Value::Int(n),
        value => {
            // More digits than a double holds are read as they are.
            let exact = if let Value::Text(text) = value { text.trim().parse().ok() } else { None };
            let cut = || value.number().filter(|n| n.is_finite()).map(|n| n as i64);
            exact.or_else(cut).map_or(Value::Null, Value::Int)
        }
    }
}
