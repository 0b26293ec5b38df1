//! `isNumeric`, `isNaN`, `isInfinity`.

use super::empty::java_white_space;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

pub static IS_NUMERIC: FunctionDef = FunctionSignature {
    name: "isNumeric",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a string is a number in Java's notation.",
    doc: "Decimals, exponents, hexadecimal numbers with `0x`, and type suffixes (`123L`, `1.5f`) are valid. A leading \
          zero means octal, so `09` is not valid. Spaces and commas are not allowed. Null gives false.",
    page: "search/search-query-language/search-operators/isnumeric",
    also: &["number", "digits", "integer"],
    examples: &[
        Example {
            title: "Numbers",
            query: "* | isNumeric(_raw) as r | fields r",
            messages: &["1.56", "1e5", "-42", "0x1F", "123L", "017", "0.5"],
            expect: Expect::Rows(&["r"], &[&["true"] as &[&str]; 7]),
        },
        Example {
            title: "Strings that are not numbers, and null",
            query: "* | parse \"v=[*]\" as v nodrop | isNumeric(v) as r | fields r",
            messages: &["v=[abc]", "v=[09]", "v=[]", "v=[ 1]", "v=[1e]", "v=[1,000]", "nothing"],
            expect: Expect::Rows(&["r"], &[&["false"] as &[&str]; 7]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| {
    Value::Bool(match args[0] {
        Value::Text(text) => java_number(text),
        value => value.is_number(),
    })
}));

/// Whether a text is a number literal of Java, as Commons Lang's `NumberUtils.isCreatable` sees it.
fn java_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(hex) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        return !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if text.len() > 1 && text.starts_with('0') && text.as_bytes()[1].is_ascii_digit() && !text.contains('.') {
        return text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    }
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let suffixed = |text: &'_ str| text.strip_suffix(['f', 'F', 'd', 'D']).map(str::len).unwrap_or(text.len());
    let (number, exponent) = match exponent {
        Some(exponent) => (number, Some(&exponent[..suffixed(exponent)])),
        None => match number.strip_suffix(['l', 'L']) {
            Some(whole) => return !whole.is_empty() && digits(whole),
            None => (&number[..suffixed(number)], None),
        },
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !bare.is_empty() && digits(bare)
    });
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    exponent_fits && digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

const SPECIAL: &str = "search/search-query-language/math-expressions/isnan-isinfinity";

pub static IS_NAN: FunctionDef = FunctionSignature {
    name: "isNaN",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a value is not a number.",
    doc: "True for a string that is not a number, and for the result of `0/0`. Null, the empty string and whitespace \
          give null.",
    page: SPECIAL,
    also: &["not a number", "numeric"],
    examples: &[
        Example {
            title: "Strings and numbers",
            query: "* | parse \"v=[*]\" as v nodrop | isNaN(v) as r | fields r",
            messages: &["v=[12]", "v=[many]", "v=[ ]", "v=[]", "nothing"],
            expect: Expect::Rows(&["r"], &[&["false"], &["true"], &[""], &[""], &[""]]),
        },
        Example {
            title: "Divisions",
            query: "* | isNaN(0/0) as a | isNaN(1/0) as b | fields a, b",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b"], &[&["true", "false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| match args[0] {
    value if nothing(value) => Value::Null,
    Value::Text(text) if infinite(text) => Value::Bool(false),
    value => Value::Bool(value.number().is_none_or(f64::is_nan)),
}));

pub static IS_INFINITY: FunctionDef = FunctionSignature {
    name: "isInfinity",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a number is infinite, like `1/0`.",
    doc: "The string `Infinity`, with or without a sign, is infinite too. Null, the empty string and whitespace give \
          null.",
    page: SPECIAL,
    also: &["infinite", "division by zero"],
    examples: &[
        Example {
            title: "Divisions",
            query: "* | isInfinity(7/0) as a | isInfinity(-7/0) as b | isInfinity(7) as c | fields a, b, c",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b", "c"], &[&["true", "true", "false"]]),
        },
        Example {
            title: "Strings and null",
            query: "* | parse \"v=[*]\" as v nodrop | isInfinity(v) as r | fields r",
            messages: &["v=[-Infinity]", "v=[many]", "v=[ ]", "nothing"],
            expect: Expect::Rows(&["r"], &[&["true"], &["false"], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| match args[0] {
    value if nothing(value) => Value::Null,
    Value::Text(text) => Value::Bool(infinite(text)),
    value => Value::Bool(value.number().is_some_and(f64::is_infinite)),
}));

fn nothing(value: Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.chars().all(java_white_space),
        _ => false,
    }
}

fn infinite(text: &str) -> bool {
    let text = text.trim();
    text.strip_prefix(['+', '-']).unwrap_or(text) == "Infinity"
        || sumoql_data::value::parse_number(text).is_some_and(f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::java_number;

    /// What Commons Lang says.
    #[test]
    fn javas_numbers() {
        for text in [
            "0", "-0", "017", "0.5", "08.5", ".5", "1.", "1e5", "1E+5", "1.5e-7", "1e5f", "1.5D", "12f", "123l", "-7L",
            "0xAbC", "-0X1", "+1", "00",
        ] {
            assert!(java_number(text), "{text}");
        }
        for text in [
            "", " ", "-", "+", ".", "e", "1e", "1e+", "--5", "1,000", "0x", "0xg", "09", "018", "1.2.3", "1.5L",
            "1e5L", "L", "f", "1 ", "NaN", "Infinity", "1e1.5", "١",
        ] {
            assert!(!java_number(text), "{text}");
        }
    }
}
