//! `formatDate`: a moment as text.

use super::pattern_argument;
use super::pattern_argument::Given;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::{Owned, Value};
use sumoql_java::date_format::{Pattern, Zone};

pub static FORMAT_DATE: FunctionDef = FunctionSignature {
    name: "formatDate",
    group: Group::Date,
    params: &[
        Param::new("milliseconds", Type::Number),
        Param::optional("pattern", Type::Text),
        Param::optional("zone", Type::Text),
    ],
    returns: Type::Text,
    summary: "Formats a time, in milliseconds since 1970, with a pattern.",
    doc: "The pattern is one of Java's `SimpleDateFormat`: `yyyy` year, `MM` month (`MMM` short name, `MMMM` name), \
          `dd` day, `EEE` weekday, `HH` hour, `hh` and `a` hour from 1 to 12 with AM or PM, `mm` minute, `ss` second, \
          `SSS` millisecond, `z` `Z` `XXX` zone. Text in single quotes stands for itself. Names are in English. Note \
          that `hh` without `a` does not distinguish morning from evening, and that `YYYY` is the week year.\n\n\
          The zone is a name of the tz database in any case, or an offset such as `GMT+3`; the default is the time \
          zone of the query. The default pattern is `MM/dd/yyyy`. Multiply seconds by 1000. Null and strings that are \
          not numbers give null; a quoted string in place of the time is an error.",
    page: "search/search-query-language/search-operators/formatdate",
    also: &["strftime", "date", "time zone", "day of week", "month", "hour"],
    examples: &[
        Example {
            title: "In a time zone",
            query: "* | formatDate(_messageTime, \"EEE MM/dd/yyyy HH:mm:ss z\", \"america/New_York\") as t | fields t",
            messages: &["x"],
            expect: Expect::Rows(&["t"], &[&["Tue 04/30/2024 20:00:00 EDT"]]),
        },
        Example {
            title: "Without a pattern, and null",
            query: "* | parse \"ms=*;\" as ms nodrop | formatDate(ms) as d | fields d",
            messages: &["ms=1709164800000;", "ms=soon;", "nothing"],
            expect: Expect::Rows(&["d"], &[&["02/29/2024"], &[""], &[""]]),
        },
        Example {
            title: "Pattern and zone from fields",
            query: "* | parse \"p=* z=*;\" as p, z | formatDate(0, p, z) as d | fields d",
            messages: &["p=yyyy z=GMT-3;", "p=HH z=+02:00;", "p=bad z=UTC;", "p=HH z=Nowhere;"],
            expect: Expect::Rows(&["d"], &[&["1969"], &["02"], &[""], &[""]]),
        },
        Example {
            title: "A letter without a meaning",
            query: "* | formatDate(now(), \"yyyy-MM-ddTHH\") as d",
            messages: &[],
            expect: Expect::Error("E203"),
        },
        Example {
            title: "A string is not a time",
            query: "* | formatDate(\"2024-05-01\", \"yyyy\") as d",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(prepare));

fn prepare(args: &[CompiledExpr]) -> Result<Box<dyn Function>, String> {
    if let Some(CompiledExpr::Constant(Owned::Text(_) | Owned::Bool(_))) = args.first() {
        return Err(
            "`formatDate` takes milliseconds since 1970, not a string: parse the string with `parseDate` first".into(),
        );
    }
    Ok(Box::new(FormatDate { pattern: pattern_argument::pattern(args, 1)?, zone: pattern_argument::zone(args, 2)? }))
}

struct FormatDate {
    pattern: Given<Pattern>,
    zone: Given<Zone>,
}

impl Function for FormatDate {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let Some(millis) = super::epoch::millis(args[0]) else { return Value::Null };
        let Some(zone) = self.zone.of(args, cx) else { return Value::Null };
        let mut out = String::new();
        let written = self.pattern.with((args, cx), "MM/dd/yyyy", |pattern| {
            pattern.format(millis, zone, &mut out);
            Some(())
        });
        if written.is_some() { cx.text(&out) } else { Value::Null }
    }
}
