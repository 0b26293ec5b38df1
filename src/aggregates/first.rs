//! `first`: the value of the first row.

use super::first_last::FirstOrLast;
use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::PerGroup;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;

pub static DEF: AggregateDef = AggregateSignature {
    name: "first",
    form: "first(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Any,
    summary: "Returns the value of the first row, which for messages is the newest.",
    doc: "Rows are taken in their current order. Messages are ordered newest first, so this is the value of the \
          newest message; after a `sort`, it is the value of the first row in the sorted order. Rows in which the \
          field is null are skipped. The value keeps its type. The default name is `_first`.",
    page: "search/search-query-language/group-aggregate-operators/first-last",
    also: &["newest", "latest", "top"],
    examples: &[
        Example {
            title: "The newest state of each host",
            query: "* | parse \"h=* s=*;\" as h, s | first(s) by h",
            messages: &[
                "{\"_raw\": \"h=a s=on;\", \"_messageTime\": 1714521601000}",
                "{\"_raw\": \"h=a s=07;\", \"_messageTime\": 1714521602000}",
                "{\"_raw\": \"h=b s=up;\", \"_messageTime\": 1714521600000}",
            ],
            expect: Expect::Rows(&["h", "_first"], &[&["a", "07"], &["b", "up"]]),
        },
        Example {
            title: "A sort decides what is first; null is skipped",
            query: "* | parse \"n=* s=*;\" as n, s nodrop | sort by n asc | first(s)",
            messages: &["n=2 s=b;", "n=1 s=a;", "nothing", "n=3 s=c;"],
            expect: Expect::Rows(&["_first"], &[&["a"]]),
        },
        Example {
            title: "A result with the name of a group field replaces it",
            query: "* | parse \"h=* s=*;\" as h, s | first(s) as h by h, s",
            messages: &["h=a s=x;"],
            expect: Expect::Rows(&["h", "s"], &[&["x", "x"]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<FirstOrLast<false>>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_first")], aggregate })
}
