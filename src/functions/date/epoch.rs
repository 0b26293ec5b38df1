//! `fromMillis`, `fromSeconds`, `toMillis`: times as numbers. The manual has only the first.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

/// A time in milliseconds, of a number or a text that reads as one.
pub(super) fn millis(value: Value<'_>) -> Option<i64> {
    value.integer().or_else(|| {
        let n = value.number()?.floor();
        (n.abs() < 9.2e18).then_some(n as i64)
    })
}

pub static FROM_MILLIS: FunctionDef = FunctionSignature {
    name: "fromMillis",
    group: Group::Date,
    params: &[Param::new("milliseconds", Type::Number)],
    returns: Type::Number,
    summary: "Converts milliseconds since 1970 to a time.",
    doc: "Times are numbers of milliseconds, so this only converts its argument to a whole number. Null and strings \
          that are not numbers give null.",
    page: "search/search-query-language/search-operators/timeslice-join",
    also: &["epoch", "unix time"],
    examples: &[
        Example {
            title: "A time in a message",
            query: "* | parse \"at=*;\" as at nodrop | formatDate(fromMillis(at), \"MM-dd-yyyy\", \"UTC\") as d | fields d",
            messages: &["at=1709164800000;", "nothing"],
            expect: Expect::Rows(&["d"], &[&["02-29-2024"], &[""]]),
        },
        Example {
            title: "Decimals are cut off",
            query: "* | fromMillis(\"1500.9\") as ms | fields ms",
            messages: &["x"],
            expect: Expect::Rows(&["ms"], &[&["1500"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| millis(args[0]).map_or(Value::Null, Value::Int)));

pub static TO_MILLIS: FunctionDef = FunctionSignature {
    name: "toMillis",
    group: Group::Date,
    params: &[Param::new("time", Type::Number)],
    returns: Type::Number,
    summary: "Converts a time to milliseconds since 1970.",
    doc: "Times are numbers of milliseconds, so this only converts its argument to a whole number. Null and strings \
          that are not numbers give null.",
    also: &["epoch", "unix time"],
    examples: &[
        Example {
            title: "Minutes since a time",
            query: "* | (toMillis(now()) - _messageTime) / 60000 as minutes | fields minutes",
            messages: &["x"],
            expect: Expect::Rows(&["minutes"], &[&["60"]]),
        },
        Example {
            title: "A value that is not a time gives null",
            query: "* | toMillis(parseDate(_raw, \"yyyy-MM-dd\", \"UTC\")) as ms | fields ms",
            messages: &["1970-01-02", "x"],
            expect: Expect::Rows(&["ms"], &[&["86400000"], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| millis(args[0]).map_or(Value::Null, Value::Int)));

pub static FROM_SECONDS: FunctionDef = FunctionSignature {
    name: "fromSeconds",
    group: Group::Date,
    params: &[Param::new("seconds", Type::Number)],
    returns: Type::Number,
    summary: "Converts seconds since 1970 to a time.",
    doc: "The result is in milliseconds. Null and strings that are not numbers give null.",
    also: &["epoch", "unix time"],
    examples: &[
        Example {
            title: "A time in a message",
            query: "* | parse \"at=*;\" as at nodrop | formatDate(fromSeconds(at), \"MM-dd-yyyy\", \"UTC\") as d | fields d",
            messages: &["at=1709164800;", "at=x;", "nothing"],
            expect: Expect::Rows(&["d"], &[&["02-29-2024"], &[""], &[""]]),
        },
        Example {
            title: "Decimals become milliseconds",
            query: "* | fromSeconds(1.25) as ms | fields ms",
            messages: &["x"],
            expect: Expect::Rows(&["ms"], &[&["1250"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| {
    let seconds = match args[0].integer() {
        Some(n) => n.checked_mul(1000),
        None => args[0].number().and_then(|n| millis(Value::Double(n * 1000.0))),
    };
    seconds.map_or(Value::Null, Value::Int)
}));
