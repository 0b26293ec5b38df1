//! `isNull`, `isEmpty`, `isBlank`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/isnull-isempty-isblank";
const MESSAGES: &[&str] = &["nothing", "v=[]", "v=[ \t]", "v=[ kim ]"];

pub static IS_NULL: FunctionDef = FunctionSignature {
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
    ..BASE
}
.made_by(Make::Pure(|args, _| Value::Bool(args[0].is_null())));

pub static IS_EMPTY: FunctionDef = FunctionSignature {
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
    ..BASE
}
.made_by(Make::Pure(|args, _| Value::Bool(matches!(args[0], Value::Null | Value::Text("")))));

pub static IS_BLANK: FunctionDef = FunctionSignature {
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
    ..BASE
}
.made_by(Make::Pure(|args, _| {
    Value::Bool(match args[0] {
        Value::Null => true,
        Value::Text(text) => text.chars().all(java_white_space),
        _ => false,
    })
}));

/// Java's `Character.isWhitespace`.
pub fn java_white_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..=' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
}
