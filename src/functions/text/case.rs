//! `toLowerCase`, `toUpperCase`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/tolowercase-touppercase";
const DOC: &str = "Null, numbers and conditions give null. Without `as`, the field is overwritten.";

pub static TO_LOWER_CASE: FunctionDef = FunctionSignature {
    name: "toLowerCase",
    aliases: &["lower"],
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Converts a string to lower case.",
    doc: DOC,
    page: PAGE,
    also: &["downcase", "case"],
    examples: &[
        Example {
            title: "Only letters change; null gives null",
            query: "* | parse \"f=*;\" as f nodrop | toLowerCase(f) as g | fields g",
            messages: &["f=C:/Win/SYS32-Ä;", "nothing"],
            expect: Expect::Rows(&["g"], &[&["c:/win/sys32-ä"], &[""]]),
        },
        Example {
            title: "Without a name for the result, the field is overwritten",
            query: "* | parse \"u=*;\" as u | toLowerCase(u) | count by u",
            messages: &["u=Bob;", "u=BOB;"],
            expect: Expect::Rows(&["u", "_count"], &[&["bob", "2"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match args[0] {
    Value::Text(text) if text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) => cx.text(&text.to_lowercase()),
    Value::Text(text) => Value::Text(text),
    _ => Value::Null,
}));

pub static TO_UPPER_CASE: FunctionDef = FunctionSignature {
    name: "toUpperCase",
    aliases: &["upper"],
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Converts a string to upper case.",
    doc: DOC,
    page: PAGE,
    also: &["upcase", "case"],
    examples: &[
        Example {
            title: "Metadata can be overwritten",
            query: "* | toUpperCase(_sourceHost) as _sourceHost | where _sourceHost matches \"NITE*\" | count by _sourceHost",
            messages: &[
                "{\"_raw\": \"a\", \"_messageTime\": 1714521600000, \"_sourceHost\": \"nite-1\"}",
                "{\"_raw\": \"b\", \"_messageTime\": 1714521600000, \"_sourceHost\": \"day-1\"}",
            ],
            expect: Expect::Rows(&["_sourceHost", "_count"], &[&["NITE-1", "1"]]),
        },
        Example {
            title: "Null and numbers give null",
            query: "* | parse \"u=*;\" as u nodrop | toUpperCase(u) as a | 1 + 1 as n | toUpperCase(n) as b | fields a, b",
            messages: &["nothing"],
            expect: Expect::Rows(&["a", "b"], &[&["", ""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match args[0] {
    Value::Text(text) if text.bytes().any(|b| b.is_ascii_lowercase() || !b.is_ascii()) => {
        cx.text(&text.to_uppercase())
    }
    Value::Text(text) => Value::Text(text),
    _ => Value::Null,
}));
