//! `isNull`, `isEmpty`, `isBlank`.

use crate::catalogue::{Example, Expect, FunctionDef, Group, Make, Param, Type};
use crate::functions::BASE;
use crate::run::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/isnull-isempty-isblank";
const MESSAGES: &[&str] = &["nothing", "v=[]", "v=[ \t]", "v=[ kim ]"];

pub static IS_NULL: FunctionDef = FunctionDef {
    name: "isNull",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a value is null.",
    doc: "The empty string is not null.",
    page: PAGE,
    also: &["missing", "absent", "exists", "null"],
    examples: &[
        Example {
            title: "Only null is null",
            query: "* | parse \"v=[*]\" as v nodrop | isNull(v) as r | fields r",
            messages: MESSAGES,
            expect: Expect::Rows(&["r"], &[&["true"], &["false"], &["false"], &["false"]]),
        },
        Example {
            title: "Constants",
            query: "* | isNull(null) as a | isNull(0) as b | fields a, b",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b"], &[&["true", "false"]]),
        },
    ],
    make: Make::Pure(|args, _| Value::Bool(args[0].is_null())),
    ..BASE
};

pub static IS_EMPTY: FunctionDef = FunctionDef {
    name: "isEmpty",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a value is null or the empty string.",
    doc: "A string of spaces is not empty: see `isBlank`.",
    page: PAGE,
    also: &["missing", "absent", "null"],
    examples: &[
        Example {
            title: "Null and the empty string",
            query: "* | parse \"v=[*]\" as v nodrop | isEmpty(v) as r | fields r",
            messages: MESSAGES,
            expect: Expect::Rows(&["r"], &[&["true"], &["true"], &["false"], &["false"]]),
        },
        Example {
            title: "In a condition",
            query: "* | parse \"v=[*]\" as v nodrop | if(isEmpty(v), 1, 0) as gap | sum(gap) as gaps",
            messages: MESSAGES,
            expect: Expect::Rows(&["gaps"], &[&["2"]]),
        },
    ],
    make: Make::Pure(|args, _| Value::Bool(matches!(args[0], Value::Null | Value::Text("")))),
    ..BASE
};

pub static IS_BLANK: FunctionDef = FunctionDef {
    name: "isBlank",
    group: Group::Check,
    params: &[Param::new("value", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a value is null, empty or only whitespace.",
    doc: "Whitespace is defined by Java's `Character.isWhitespace`, which excludes non-breaking spaces.",
    page: PAGE,
    also: &["missing", "absent", "null", "whitespace"],
    examples: &[
        Example {
            title: "Null, the empty string and spaces",
            query: "* | parse \"v=[*]\" as v nodrop | isBlank(v) as r | fields r",
            messages: MESSAGES,
            expect: Expect::Rows(&["r"], &[&["true"], &["true"], &["true"], &["false"]]),
        },
        Example {
            title: "In a condition",
            query: "* | parse \"v=[*]\" as v nodrop | where !isBlank(v) | count",
            messages: MESSAGES,
            expect: Expect::Rows(&["_count"], &[&["1"]]),
        },
    ],
    make: Make::Pure(|args, _| {
        Value::Bool(match args[0] {
            Value::Null => true,
            Value::Text(text) => text.chars().all(java_white_space),
            _ => false,
        })
    }),
    ..BASE
};

/// Java's `Character.isWhitespace`.
pub fn java_white_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..=' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
}
