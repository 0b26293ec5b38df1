//! `urlencode`, `urldecode`: as forms in web pages are encoded.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use std::fmt::Write;
use sumoql_data::value::Value;

pub static URL_DECODE: FunctionDef = FunctionSignature {
    name: "urldecode",
    group: Group::Conversion,
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Decodes a URL-encoded string.",
    doc: "`%HH` is a byte of UTF-8, and `+` is a space. An invalid escape is unchanged. Null gives null. Without \
          `as`, the field is overwritten.",
    page: "search/search-query-language/search-operators/urldecode",
    also: &["unescape", "percent", "query string"],
    examples: &[
        Example {
            title: "A search term",
            query: "* | parse \"q=*&\" as q | urldecode(q) | fields q",
            messages: &["q=http%3A%2F%2Fex.org%2F%C3%BC+a&"],
            expect: Expect::Rows(&["q"], &[&["http://ex.org/ü a"]]),
        },
        Example {
            title: "An invalid escape is unchanged, null gives null",
            query: "* | parse \"q=*&\" as q nodrop | urldecode(q) as d | fields d",
            messages: &["q=100%&", "q=%zz%4&", "none"],
            expect: Expect::Rows(&["d"], &[&["100%"], &["%zz%4"], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match args[0].text(cx.arena) {
    Some(text) if !text.contains(['%', '+']) => Value::Text(text),
    Some(text) => cx.text(&decode(text)),
    None => Value::Null,
}));

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| (*b as char).to_digit(16)).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(*byte),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

pub static URL_ENCODE: FunctionDef = FunctionSignature {
    name: "urlencode",
    group: Group::Conversion,
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Encodes a string for use in a URL.",
    doc: "Letters, digits, `-`, `.`, `_` and `*` are unchanged, a space becomes `+`, and every other byte of the \
          UTF-8 string becomes `%HH`. Null gives null. Without `as`, the field is overwritten.",
    page: "search/search-query-language/search-operators/urlencode",
    also: &["escape", "percent", "query string"],
    examples: &[
        Example {
            title: "A URL inside a URL",
            query: "* | urlencode(\"https://ex-1.org/a/b.php?q=x y&z=~ü*\") as e | fields e",
            messages: &["x"],
            expect: Expect::Rows(&["e"], &[&["https%3A%2F%2Fex-1.org%2Fa%2Fb.php%3Fq%3Dx+y%26z%3D%7E%C3%BC*"]]),
        },
        Example {
            title: "Null gives null",
            query: "* | parse \"q=*;\" as q nodrop | urlencode(q) as e | fields e",
            messages: &["q=1/2;", "none"],
            expect: Expect::Rows(&["e"], &[&["1%2F2"], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match args[0].text(cx.arena) {
    Some(text) => cx.text(&encode(text)),
    None => Value::Null,
}));

fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(byte as char),
            b' ' => out.push('+'),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
