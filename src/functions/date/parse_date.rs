//! `parseDate`: text as a moment.

use super::pattern_argument;
use super::pattern_argument::Given;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;
use sumoql_java::date_format::{Pattern, Zone};

pub static PARSE_DATE: FunctionDef = FunctionSignature {
    name: "parseDate",
    group: Group::Date,
    params: &[Param::new("text", Type::Text), Param::new("pattern", Type::Text), Param::optional("zone", Type::Text)],
    returns: Type::Number,
    summary: "Parses a time with a pattern, as milliseconds since 1970.",
    doc: "The pattern is one of Java's `SimpleDateFormat`, as in `formatDate`. The string must start with a match of \
          the pattern; more text can follow. Parsing is lenient: numbers out of range carry over (February 30 is \
          March 1 or 2), and names can be in any case. `SSS` reads any number of digits as milliseconds, so six \
          digits are minutes, not microseconds.\n\n\
          A zone in the string takes precedence over the zone in the call; without either, the time zone of the query \
          is used. Null and strings that do not match give null.",
    page: "search/search-query-language/parse-operators/parsedate",
    also: &["strptime", "date", "timestamp", "epoch", "time zone"],
    examples: &[
        Example {
            title: "The zone in the string takes precedence",
            query: "* | parse \"t=*;\" as t | parseDate(t, \"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\", \"Asia/Tokyo\") as ms | fields ms",
            messages: &["t=2024-05-01T02:00:00.250+02:00;", "t=2024-05-01T00:00:00.250Z and more;"],
            expect: Expect::Rows(&["ms"], &[&["1714521600250"], &["1714521600250"]]),
        },
        Example {
            title: "A string that does not match gives null",
            query: "* | parse \"t=*;\" as t nodrop | parseDate(t, \"M/d/yyyy\", \"UTC\") as ms | fields ms",
            messages: &["t=2/30/2024;", "t=2024-05-01;", "t=;", "nothing"],
            expect: Expect::Rows(&["ms"], &[&["1709251200000"], &[""], &[""], &[""]]),
        },
        Example {
            title: "Formatting and parsing",
            query: "* | parseDate(formatDate(_messageTime, \"dd.MM.yy HH:mm\"), \"dd.MM.yy HH:mm\") as ms | fields ms",
            messages: &["x"],
            expect: Expect::Rows(&["ms"], &[&["1714521600000"]]),
        },
        Example {
            title: "An unknown zone",
            query: "* | parseDate(_raw, \"yyyy\", \"Moon/Crater\") as ms",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|args| {
    Ok(Box::new(ParseDate { pattern: pattern_argument::pattern(args, 1)?, zone: pattern_argument::zone(args, 2)? }))
}));

struct ParseDate {
    pattern: Given<Pattern>,
    zone: Given<Zone>,
}

impl Function for ParseDate {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let (Some(text), Some(zone)) = (args[0].text(cx.arena), self.zone.of(args, cx)) else { return Value::Null };
        let read = self.pattern.with((args, cx), "", |pattern| pattern.parse(text, zone, &|| cx.env.now.get()));
        read.map_or(Value::Null, |(millis, _)| Value::Int(millis))
    }
}
