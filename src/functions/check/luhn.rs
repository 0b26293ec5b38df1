//! `luhn`: whether the digits of a text pass the checksum of card numbers.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

pub static LUHN: FunctionDef = FunctionSignature {
    name: "luhn",
    group: Group::Check,
    params: &[Param::new("number", Type::Text)],
    returns: Type::Bool,
    summary: "Tests whether a number has a valid Luhn checksum, as credit card numbers do.",
    doc: "Characters other than digits are ignored. A string without digits is not valid, and neither is null.",
    page: "search/search-query-language/search-operators/luhn",
    also: &["credit card", "checksum", "mod 10", "pan"],
    examples: &[
        Example {
            title: "Separators don't matter",
            query: "* | luhn(_raw) as ok | fields ok",
            messages: &["4539 1488 0343 6467", "4539 1488 0343 6468", "6666-7777-6666-8888", "no digits"],
            expect: Expect::Rows(&["ok"], &[&["true"], &["false"], &["true"], &["false"]]),
        },
        Example {
            title: "Null is not valid",
            query: "* | parse \"cc=*;\" as cc nodrop | luhn(cc) as ok | fields ok",
            messages: &["cc=0;", "nothing"],
            expect: Expect::Rows(&["ok"], &[&["true"], &["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| Value::Bool(args[0].text(cx.arena).is_some_and(passes))));

fn passes(text: &str) -> bool {
    let digits = text.bytes().rev().filter(u8::is_ascii_digit).map(|b| u64::from(b - b'0'));
    let (mut sum, mut count) = (0, 0u64);
    for digit in digits {
        let weighted = digit * (1 + count % 2);
        sum += if weighted > 9 { weighted - 9 } else { weighted };
        count += 1;
    }
    count > 0 && sum % 10 == 0
}
