//! `jsonArraySize`, `jsonArrayContains`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::run::json::scan::Scanner;
use crate::run::json::text;
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

/// Goes through the items of a text that is a JSON array, and nothing but that; else the answer is false.
fn items<'t>(text: &'t str, mut each: impl FnMut(&'t str)) -> bool {
    let mut scanner = Scanner::new(text);
    scanner.blanks();
    if scanner.peek() != Some(b'[') {
        return false;
    }
    let walk = scanner.items(|scanner, _| {
        each(scanner.value()?);
        Ok(())
    });
    walk.is_ok() && {
        scanner.blanks();
        scanner.left().is_empty()
    }
}

pub static JSON_ARRAY_CONTAINS: FunctionDef = FunctionSignature {
    name: "jsonArrayContains",
    group: Group::Json,
    params: &[Param::new("array", Type::Text), Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a JSON array contains an item.",
    doc: "The whole item must be equal, including case; numbers and booleans are compared as written. Null, and a \
          value that is not a JSON array, give false.",
    page: "search/search-query-language/search-operators/jsonarraycontains",
    also: &["list", "member", "includes"],
    examples: &[
        Example {
            title: "Whole items",
            query: "* | parse \"v=*;\" as v | jsonArrayContains(v, \"foo\") as r | fields r",
            messages: &["v=[\"foo\",\"bar\"];", "v=[\"food\", [\"foo\"]];", "v=[ \"f\\u006fo\" ];"],
            expect: Expect::Rows(&["r"], &[&["true"], &["false"], &["true"]]),
        },
        Example {
            title: "Not an array, and null",
            query: "* | parse \"v=*;\" as v nodrop | jsonArrayContains(v, 7) as r | fields r",
            messages: &["v=[1, 7];", "v=[7, ;", "v={\"a\":[7]};", "v=[7] 8;", "none"],
            expect: Expect::Rows(&["r"], &[&["true"], &["false"], &["false"], &["false"], &["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let (Some(array), Some(wanted)) = (args[0].text(cx.arena), args[1].text(cx.arena)) else {
        return Value::Bool(false);
    };
    let mut found = false;
    let whole = items(array, |item| {
        found = found || text::value(item, cx.arena).text(cx.arena).is_some_and(|text| text == wanted);
    });
    Value::Bool(whole && found)
}));

pub static JSON_ARRAY_SIZE: FunctionDef = FunctionSignature {
    name: "jsonArraySize",
    group: Group::Json,
    params: &[Param::new("array", Type::Text)],
    returns: Type::Number,
    summary: "Returns the number of items of a JSON array.",
    doc: "Items of nested arrays are not counted. Null, and a value that is not a JSON array, give -1.",
    page: "search/search-query-language/search-operators/jsonarraysize",
    also: &["list", "length", "count"],
    examples: &[
        Example {
            title: "Items of the outer array",
            query: "* | parse \"v=*;\" as v | jsonArraySize(v) as n | fields n",
            messages: &["v=[];", "v=[1, [2, 3], {\"a\": [4]}];", "v= [\"x,y\"] ;"],
            expect: Expect::Rows(&["n"], &[&["0"], &["3"], &["1"]]),
        },
        Example {
            title: "Not an array, and null",
            query: "* | parse \"v=*;\" as v nodrop | jsonArraySize(v) as n | fields n",
            messages: &["v={};", "v=[1,;", "none"],
            expect: Expect::Rows(&["n"], &[&["-1"], &["-1"], &["-1"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let mut count = 0;
    let whole = args[0].text(cx.arena).is_some_and(|text| items(text, |_| count += 1));
    Value::Int(if whole { count } else { -1 })
}));
