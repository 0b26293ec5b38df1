//! `decToHex`, `hexToDec`, `parseHex`, `hexToAscii`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

/// The most digits, hexadecimal or decimal.
const MAX_HEX_DIGITS: usize = 16;

pub static DEC_TO_HEX: FunctionDef = FunctionSignature {
    name: "decToHex",
    group: Group::Conversion,
    params: &[Param::new("number", Type::Number)],
    returns: Type::Text,
    summary: "Converts a whole number to hexadecimal.",
    doc: "The result is in upper case, without leading zeros. A negative number gives its 64-bit two's complement, \
          with 16 digits. A number of more than 16 digits, a number that is not whole, and null give null.",
    page: "search/search-query-language/search-operators/dectohex",
    also: &["hexadecimal", "base 16"],
    examples: &[
        Example {
            title: "Strings and numbers",
            query: "* | decToHex(\"48879\") as a | decToHex(12) as b | decToHex(-1) as c | fields a, b, c",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b", "c"], &[&["BEEF", "C", "FFFFFFFFFFFFFFFF"]]),
        },
        Example {
            title: "Anything but a whole number of at most 16 digits gives null",
            query: "* | parse \"n=*;\" as n nodrop | decToHex(n) as h | fields h",
            messages: &["n=1.5;", "n=x;", "n=12345678901234567;", "nothing"],
            expect: Expect::Rows(&["h"], &[&[""], &[""], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let number = match args[0] {
        Value::Int(n) => Some(n),
        Value::Text(text) => text.trim().parse().ok().or_else(|| args[0].integer()),
        value => value.integer(),
    };
    match number.filter(|n| n.unsigned_abs() < 10u64.pow(MAX_HEX_DIGITS as u32)) {
        Some(n) => cx.text(&format!("{n:X}")),
        None => Value::Null,
    }
}));

pub static HEX_TO_DEC: FunctionDef = FunctionSignature {
    name: "hexToDec",
    group: Group::Conversion,
    params: &[Param::new("hex", Type::Text)],
    returns: Type::Number,
    summary: "Converts a hexadecimal string to a number.",
    doc: "The string has up to 16 digits, in upper or lower case. If it has 16 digits and the first is 8 or more, it \
          is the two's complement of a negative number. Anything else, also with a leading `0x`, gives null.",
    page: "search/search-query-language/search-operators/hextodec",
    also: &["hexadecimal", "base 16"],
    examples: &[
        Example {
            title: "Positive and negative",
            query: "* | hexToDec(\"c0FFEE\") as a | hexToDec(\"FFFFFFFFFFFFFFFF\") as b | fields a, b",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b"], &[&["12648430", "-1"]]),
        },
        Example {
            title: "A string that is not hexadecimal gives null",
            query: "* | parse \"h=*;\" as h nodrop | hexToDec(h) as n | fields n",
            messages: &["h=0x1F;", "h=;", "h=+1;", "h=00000000000000001;", "nothing"],
            expect: Expect::Rows(&["n"], &[&[""], &[""], &[""], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| args[0].text(cx.arena).and_then(hex).map_or(Value::Null, Value::Int)));

pub static PARSE_HEX: FunctionDef = FunctionSignature {
    name: "parseHex",
    group: Group::Conversion,
    params: &[Param::new("hex", Type::Text)],
    returns: Type::Number,
    summary: "Converts a hexadecimal string, with or without `0x`, to a number.",
    doc: "Works like `hexToDec`, but the digits can follow `0x` or `0X`.",
    page: "search/search-query-language/parse-operators/parsehex",
    also: &["hexadecimal", "base 16"],
    examples: &[
        Example {
            title: "With and without the prefix",
            query: "* | parse \"h=*;\" as h | parseHex(h) as n | fields n",
            messages: &["h=12D230;", "h=0xBEEF;"],
            expect: Expect::Rows(&["n"], &[&["1233456"], &["48879"]]),
        },
        Example {
            title: "A string that is not hexadecimal gives null",
            query: "* | parse \"h=*;\" as h nodrop | parseHex(h) as n | fields n",
            messages: &["h=0x;", "h=xyz;", "nothing"],
            expect: Expect::Rows(&["n"], &[&[""], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let digits = |text: &'_ str| hex(text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or(text));
    args[0].text(cx.arena).and_then(digits).map_or(Value::Null, Value::Int)
}));

/// 1 to 16 hexadecimal digits as a number in two's complement.
fn hex(text: &str) -> Option<i64> {
    let digits = (1..=MAX_HEX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if digits { u64::from_str_radix(text, 16).ok().map(|n| n as i64) } else { None }
}

pub static HEX_TO_ASCII: FunctionDef = FunctionSignature {
    name: "hexToAscii",
    group: Group::Conversion,
    params: &[Param::new("hex", Type::Text)],
    returns: Type::Text,
    summary: "Converts pairs of hexadecimal digits to characters.",
    doc: "Each pair is a character of Latin-1; control characters are kept. An odd number of digits, any other \
          character, and null give null.",
    page: "search/search-query-language/search-operators/hextoascii",
    also: &["hexadecimal", "decode"],
    examples: &[
        Example {
            title: "A text",
            query: "* | hexToAscii(\"4469736b204f4b21\") as t | fields t",
            messages: &["x"],
            expect: Expect::Rows(&["t"], &[&["Disk OK!"]]),
        },
        Example {
            title: "A string that is not hexadecimal gives null",
            query: "* | parse \"h=*;\" as h nodrop | hexToAscii(h) as t | isNull(t) as n | fields t, n",
            messages: &["h=444;", "h=zz;", "h=C3;", "nothing"],
            expect: Expect::Rows(&["t", "n"], &[&["", "true"], &["", "true"], &["Ã", "false"], &["", "true"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    let characters = |text: &str| {
        let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
            [high, low] => Some((digit(*high)? * 16 + digit(*low)?) as char),
            _ => None,
        });
        pairs.collect::<Option<String>>()
    };
    args[0].text(cx.arena).and_then(characters).map_or(Value::Null, |text| cx.text(&text))
}));

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}
