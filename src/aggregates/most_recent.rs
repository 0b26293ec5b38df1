//! `most_recent`: the value of the newest message.

use super::by_message_time::Recent;
use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::PerGroup;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;

pub static DEF: AggregateDef = AggregateSignature {
    name: "most_recent",
    form: "most_recent(FIELD_withtime) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Any,
    summary: "Returns the value of the newest message, for a field made by `withtime`.",
    doc: "`withtime x` makes `x_withtime`, which contains the time of its message; `most_recent(x_withtime)` is the \
          value of x with the latest time, in any order of the rows. If times are equal, the first row wins. Null is \
          skipped. For a field that `withtime` did not make, the time of its message is used. The default name is \
          `_mostrecent`.",
    page: "search/search-query-language/group-aggregate-operators/most-recent-least-recent",
    also: &["latest", "newest", "last seen"],
    examples: &[
        Example {
            title: "The newest state of each host, in any order of the rows",
            query: "* | parse \"h=* s=*;\" as h, s | withtime s | sort by s | most_recent(s_withtime) by h",
            messages: &[
                "{\"_raw\": \"h=a s=up;\", \"_messageTime\": 1714521601000}",
                "{\"_raw\": \"h=a s=007;\", \"_messageTime\": 1714521609000}",
                "{\"_raw\": \"h=a s=start;\", \"_messageTime\": 1714521600500}",
                "{\"_raw\": \"h=b s=up;\", \"_messageTime\": 1714521605000}",
            ],
            expect: Expect::Rows(&["h", "_mostrecent"], &[&["a", "007"], &["b", "up"]]),
        },
        Example {
            title: "Null is skipped",
            query: "* | parse \"s=*;\" as s nodrop | withtime s | most_recent(s_withtime) as s",
            messages: &[
                "{\"_raw\": \"nothing\", \"_messageTime\": 1714521600000}",
                "{\"_raw\": \"s=on;\", \"_messageTime\": 1714521601000}",
                "{\"_raw\": \"nothing\", \"_messageTime\": 1714521602000}",
            ],
            expect: Expect::Rows(&["s"], &[&["on"]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Recent<true>>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_mostrecent")], aggregate })
}
