//! `now`, `queryStartTime`, `queryEndTime`, `queryTimeRange`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Type};
use sumoql_data::value::Value;

pub static NOW: FunctionDef = FunctionSignature {
    name: "now",
    group: Group::Time,
    returns: Type::Number,
    summary: "Returns the current time, in milliseconds since 1970.",
    doc: "It is the same for all rows of a run.",
    page: "search/search-query-language/search-operators/now",
    also: &["current time", "today", "clock"],
    examples: &[
        Example {
            title: "The age of messages",
            query: "* | (now() - _messageTime) / 1m as minutes | fields minutes",
            messages: &["x"],
            expect: Expect::Rows(&["minutes"], &[&["60"]]),
        },
        Example {
            title: "It takes no argument",
            query: "* | now(1) as n",
            messages: &[],
            expect: Expect::Error("E202"),
        },
    ],
    ..BASE
}
.made_by(Make::Plain(|_, cx| Value::Int(cx.env.now.get())));

pub static QUERY_START_TIME: FunctionDef = FunctionSignature {
    name: "queryStartTime",
    group: Group::Time,
    returns: Type::Number,
    summary: "Returns the start of the query's time range, in milliseconds since 1970.",
    doc: "As a stage, it needs a name for the result.",
    page: "search/search-query-language/search-operators/querystarttime",
    also: &["range", "from"],
    examples: &[
        Example {
            title: "The start of the range",
            query: "* | queryStartTime() as t | fields t",
            messages: &["x"],
            expect: Expect::Rows(&["t"], &[&["1714521600000"]]),
        },
        Example {
            title: "A missing name",
            query: "* | queryStartTime()",
            messages: &[],
            expect: Expect::Error("E209"),
        },
    ],
    alias_needed: true,
    needs_range: true,
    ..BASE
}
.made_by(Make::Plain(|_, cx| Value::Int(cx.env.from)));

pub static QUERY_END_TIME: FunctionDef = FunctionSignature {
    name: "queryEndTime",
    group: Group::Time,
    returns: Type::Number,
    summary: "Returns the end of the query's time range, in milliseconds since 1970.",
    doc: "The end is exclusive. As a stage, it needs a name for the result.",
    page: "search/search-query-language/search-operators/queryendtime",
    also: &["range", "to", "until"],
    examples: &[
        Example {
            title: "In an expression",
            query: "* | (queryEndTime() - queryStartTime()) / 1h as hours | fields hours",
            messages: &["x"],
            expect: Expect::Rows(&["hours"], &[&["1"]]),
        },
        Example { title: "A missing name", query: "* | queryEndTime()", messages: &[], expect: Expect::Error("E209") },
    ],
    alias_needed: true,
    needs_range: true,
    ..BASE
}
.made_by(Make::Plain(|_, cx| Value::Int(cx.env.to)));

pub static QUERY_TIME_RANGE: FunctionDef = FunctionSignature {
    name: "queryTimeRange",
    group: Group::Time,
    returns: Type::Number,
    summary: "Returns the length of the query's time range, in milliseconds.",
    doc: "As a stage, it needs a name for the result.",
    page: "search/search-query-language/search-operators/querytimerange",
    also: &["range", "duration", "rate"],
    examples: &[
        Example {
            title: "Messages per minute",
            query: "* | queryTimeRange() as ms | count by ms | _count / (ms / 1m) as rate",
            messages: &["x", "y", "z"],
            expect: Expect::Rows(&["ms", "rate"], &[&["3600000", "0.05"]]),
        },
        Example {
            title: "A missing name",
            query: "* | queryTimeRange()",
            messages: &[],
            expect: Expect::Error("E209"),
        },
    ],
    alias_needed: true,
    needs_range: true,
    ..BASE
}
.made_by(Make::Plain(|_, cx| Value::Int(cx.env.to.saturating_sub(cx.env.from))));
