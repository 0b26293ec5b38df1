//! `count_frequent`: the most frequent values.

use super::count::Count;
use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::PerGroup;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;

pub static DEF: AggregateDef = AggregateSignature {
    name: "count_frequent",
    form: "count_frequent FIELD, …  |  count_frequent(FIELD, …)",
    shorthand: true,
    ranks: true,
    min_args: 0,
    max_args: usize::MAX,
    measure: Measure::Any,
    summary: "Counts the rows of each value, the most frequent value first.",
    doc: "Returns at most 10,000 values or combinations of values. The counts are exact (in Sumo Logic they are \
          estimates). It can't be combined with other aggregates. The default name is `_approxcount`.",
    page: "search/search-query-language/group-aggregate-operators/count-count-distinct-and-count-frequent",
    also: &["top", "most common", "heavy hitters", "frequency"],
    examples: &[
        Example {
            title: "The most frequent first",
            query: "* | parse \"u=*;\" as u nodrop | count_frequent u",
            messages: &["u=a;", "u=b;", "nobody", "u=b;", "u=c;", "u=b;", "u=c;"],
            expect: Expect::Rows(&["u", "_approxcount"], &[&["b", "3"], &["c", "2"], &["", "1"], &["a", "1"]]),
        },
        Example {
            title: "Two fields",
            query: "* | parse \"u=* h=*;\" as u, h | count_frequent(u, h) as n",
            messages: &["u=a h=x;", "u=a h=y;", "u=a h=y;"],
            expect: Expect::Rows(&["u", "h", "n"], &[&["a", "y", "2"], &["a", "x", "1"]]),
        },
        Example {
            title: "Not together with another aggregate",
            query: "* | parse \"u=* n=*;\" as u, n | count_frequent(u), sum(n)",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "A field is needed",
            query: "* | count_frequent",
            messages: &[],
            expect: Expect::Error("E202"),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Count>::new(None, ()));
    Ok(AggregatePlan { columns: vec![call.name("_approxcount")], aggregate })
}
