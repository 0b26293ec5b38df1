//! `length`: how many characters.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::Value;

pub static LENGTH: FunctionDef = FunctionSignature {
    name: "length",
    aliases: &["len"],
    params: &[Param::new("text", Type::Text)],
    returns: Type::Number,
    summary: "Returns the number of characters of a string.",
    doc: "Characters are Unicode code points. The length of null is 0. The length of a number is that of its string \
          form.",
    page: "search/search-query-language/search-operators/length",
    also: &["size", "strlen", "characters"],
    examples: &[
        Example {
            title: "Strings and null",
            query: "* | parse \"q=[*]\" as q nodrop | length(q) as n | fields q, n",
            messages: &["q=[select ä😀]", "q=[]", "nothing"],
            expect: Expect::Rows(&["q", "n"], &[&["select ä😀", "9"], &["", "0"], &["", "0"]]),
        },
        Example {
            title: "In a condition",
            query: "* | where length(_raw) <= 3 | fields _raw",
            messages: &["abc", "abcd"],
            expect: Expect::Rows(&["_raw"], &[&["abc"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| Value::Int(args[0].text(cx.arena).map_or(0, |text| text.chars().count() as i64))));
