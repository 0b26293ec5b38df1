//! `substring`: a part of a text by position.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Plain};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::{Owned, Value};

pub static SUBSTRING: FunctionDef = FunctionSignature {
    name: "substring",
    params: &[Param::new("text", Type::Text), Param::new("start", Type::Number), Param::optional("end", Type::Number)],
    returns: Type::Text,
    summary: "Returns the part of a string from one position up to, but not including, another.",
    doc: "Positions count characters (Unicode code points) from 0. Without an end position, or with one beyond the \
          end of the string, the part extends to the end of the string. A start beyond the end gives the empty \
          string. A negative start, or an end before the start, is an error, or null if it comes from a field. Null \
          gives null.",
    page: "search/search-query-language/search-operators/substring",
    also: &["substr", "slice", "cut", "left", "right", "mid"],
    examples: &[
        Example {
            title: "The parts of a date",
            query: "* | substring(_raw, 0, 4) as y | substring(_raw, 5, 7) as m | substring(_raw, 8) as d | fields y, m, d",
            messages: &["2023-11-09"],
            expect: Expect::Rows(&["y", "m", "d"], &[&["2023", "11", "09"]]),
        },
        Example {
            title: "Beyond the end of the string, and null",
            query: "* | parse \"s=*;\" as s nodrop | substring(s, 2, 100) as a | substring(s, 100) as b | fields a, b",
            messages: &["s=kättle;", "nothing"],
            expect: Expect::Rows(&["a", "b"], &[&["ttle", ""], &["", ""]]),
        },
        Example {
            title: "A negative start",
            query: "* | substring(_raw, -1) as s",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|args| {
    let position = |at: usize| args.get(at).and_then(CompiledExpr::constant).and_then(|value| value.borrow().number());
    let start = position(1);
    if start.is_some_and(|start| start < 0.0) {
        return Err("the start must not be negative: positions count from 0".into());
    }
    if start.zip(position(2)).is_some_and(|(start, end)| end < start) || position(2).is_some_and(|end| end < 0.0) {
        return Err("the end must not be before the start".into());
    }
    if args[1..].iter().any(|arg| matches!(arg, CompiledExpr::Constant(Owned::Text(_) | Owned::Bool(_)))) {
        return Err("positions must be numbers".into());
    }
    Ok(Box::new(substring as Plain))
}));

fn substring<'m>(args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
    let position = |value: Value<'_>| value.number().filter(|n| *n >= 0.0).map(|n| n as usize);
    let (Some(text), Some(start)) = (args[0].text(cx.arena), position(args[1])) else { return Value::Null };
    let end = match args.get(2) {
        None => usize::MAX,
        Some(end) => match position(*end) {
            Some(end) if end >= start => end,
            _ => return Value::Null,
        },
    };
    let byte = |position: usize| text.char_indices().nth(position).map_or(text.len(), |(at, _)| at);
    Value::Text(text.get(byte(start)..byte(end)).unwrap_or_default())
}
