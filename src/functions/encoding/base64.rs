//! `base64Encode`, `base64Decode`.

use super::charset::Charset;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine};
use sumoql_data::value::{Owned, Value};

/// Reads with or without padding, and whatever the last bits are.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub static BASE64_ENCODE: FunctionDef = FunctionSignature {
    name: "base64Encode",
    group: Group::Conversion,
    params: &[Param::new("text", Type::Text)],
    returns: Type::Text,
    summary: "Encodes a string as base64.",
    doc: "Encodes the UTF-8 bytes of the string with the standard alphabet, padded with `=`. Null gives null.",
    page: "search/search-query-language/search-operators/base64encode",
    also: &["encode", "b64"],
    examples: &[
        Example {
            title: "With padding",
            query: "* | base64Encode(_raw) as b | fields b",
            messages: &["cat & dog", "Zürich", "a"],
            expect: Expect::Rows(&["b"], &[&["Y2F0ICYgZG9n"], &["WsO8cmljaA=="], &["YQ=="]]),
        },
        Example {
            title: "Null gives null",
            query: "* | base64Encode(null) as b | fields b",
            messages: &["x"],
            expect: Expect::Rows(&["b"], &[&[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match args[0].text(cx.arena) {
    Some(text) => cx.text(&STANDARD.encode(text)),
    None => Value::Null,
}));

pub static BASE64_DECODE: FunctionDef = FunctionSignature {
    name: "base64Decode",
    group: Group::Conversion,
    params: &[Param::new("base64", Type::Text), Param::optional("encoding", Type::Text)],
    returns: Type::Text,
    summary: "Decodes base64.",
    doc: "The character encoding of the result is UTF-8 by default; the others are US-ASCII, UTF-16, UTF-16BE, \
          UTF-16LE, UTF-32, UTF-32BE and UTF-32LE. UTF-16 and UTF-32 follow the byte order mark, and are big-endian \
          without one. Padding is optional; `-` and `_` are read as `+` and `/`. A string that is not base64 is \
          returned unchanged. Null gives null.",
    page: "search/search-query-language/search-operators/base64decode",
    also: &["decode", "b64", "powershell"],
    examples: &[
        Example {
            title: "With and without padding",
            query: "* | base64Decode(_raw) as t | fields t",
            messages: &["WsO8cmljaA==", "WsO8cmljaA", "Pz8_"],
            expect: Expect::Rows(&["t"], &[&["Zürich"], &["Zürich"], &["???"]]),
        },
        Example {
            title: "A string that is not base64 is unchanged",
            query: "* | parse \"v=*;\" as v nodrop | base64Decode(v) as t | fields t",
            messages: &["v=not%base64!;", "v=abcde;", "v=;", "nothing"],
            expect: Expect::Rows(&["t"], &[&["not%base64!"], &["abcde"], &[""], &[""]]),
        },
        Example {
            title: "Another character encoding",
            query: "* | base64Decode(\"QQB1AGQAaQB0ACAAbABvAGcA\", \"utf-16le\") as t | fields t",
            messages: &["x"],
            expect: Expect::Rows(&["t"], &[&["Audit log"]]),
        },
        Example {
            title: "An unknown encoding",
            query: "* | base64Decode(_raw, \"EBCDIC\") as t",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|args| {
    Ok(Box::new(Decode(match args.get(1) {
        None => Some(Charset::Utf8),
        Some(CompiledExpr::Constant(Owned::Text(name))) => {
            let unknown = || format!("`base64Decode` does not support the encoding `{name}`");
            Some(Charset::find(name).ok_or_else(unknown)?)
        }
        Some(_) => None,
    })))
}));

/// With the encoding, if it is constant.
struct Decode(Option<Charset>);

impl Function for Decode {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let Some(text) = args[0].text(cx.arena) else { return Value::Null };
        let named = || args.get(1).and_then(|name| Charset::find(name.text(cx.arena)?));
        let Some(charset) = self.0.or_else(named) else { return Value::Null };
        let decoded = match text.contains(['-', '_']) {
            true => LENIENT.decode(text.replace('-', "+").replace('_', "/")),
            false => LENIENT.decode(text),
        };
        match decoded {
            Ok(bytes) => cx.text(&charset.decode(&bytes)),
            Err(_) => Value::Text(text),
        }
    }
}
