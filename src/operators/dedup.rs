//! `dedup`: drops repeats.

use crate::diagnostics::{Diagnostic, Edit, Span, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::run::order::in_order::InOrder;
use crate::run::order::state_by_key;
use crate::run::order::state_by_key::Keyed;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "dedup",
    group: Group::Table,
    form: "'dedup' 'consecutive'? count:integer? ('by'? by:field,+)?",
    summary: "Removes duplicate rows.",
    doc: "Keeps the first row, or the given number of rows, for each combination of values of the fields. Without \
          fields, it compares the messages, or after an aggregate, whole rows. Messages are ordered newest first, so \
          the newest are kept; use `sort` first to keep others. With `consecutive`, only duplicates that directly \
          follow each other are removed. Null is a value like any other. Only the first 100,000 messages are read.",
    page: "search/search-query-language/search-operators/dedup",
    also: &["distinct", "unique", "duplicates", "first of each"],
    examples: &[
        Example {
            title: "The newest of each",
            query: "* | parse \"k=* v=*\" as k, v | dedup by k | fields k, v",
            messages: &[
                r#"{"_raw":"k=a v=5","_messageTime":"2024-05-01T00:05:00Z"}"#,
                r#"{"_raw":"k=b v=6","_messageTime":"2024-05-01T00:06:00Z"}"#,
                r#"{"_raw":"k=a v=7","_messageTime":"2024-05-01T00:07:00Z"}"#,
            ],
            expect: Expect::Rows(&["k", "v"], &[&["a", "7"], &["b", "6"]]),
        },
        Example {
            title: "Only consecutive duplicates",
            query: "* | parse \"k=* n=*\" as k, n | sort by n asc | dedup consecutive by k | fields k, n",
            messages: &["k=a n=1", "k=a n=2", "k=b n=3", "k=a n=4"],
            expect: Expect::Rows(&["k", "n"], &[&["a", "1"], &["b", "3"], &["a", "4"]]),
        },
        Example {
            title: "Nulls are equal; two rows of each are kept",
            query: "* | parse \"k=*;\" as k nodrop | dedup 2 k | count by k",
            messages: &["x", "k=a;", "y", "z"],
            expect: Expect::Rows(&["k", "_count"], &[&["", "2"], &["a", "1"]]),
        },
        Example {
            title: "Without fields, messages are compared",
            query: "* | dedup | count",
            messages: &["a", "b", "a"],
            expect: Expect::Rows(&["_count"], &[&["2"]]),
        },
        Example { title: "A count of 0", query: "* | dedup 0 by k", messages: &[], expect: Expect::Error("E210") },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// Sumo Logic looks at no more messages.
const MAX_MESSAGES: usize = 100_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let count = count_argument(call.args, "count", 1..=i64::from(u32::MAX))?.unwrap_or(1) as u32;
    let names = call.args.fields("by");
    if !names.is_empty() && !call.args.has("by") {
        planner.undocumented(call.span, "`dedup` without `by`", "write `dedup by FIELD, …`");
        let first = Span::new(names[0].span.start, names[0].span.start);
        planner.fix_undocumented(vec![Edit { span: first, text: "by ".into() }]);
    }
    let messages = planner.rows.messages;
    let mut breaker = match messages {
        true => {
            let message = format!("`dedup` read only the first {MAX_MESSAGES} messages");
            planner.breaker_over_first(MAX_MESSAGES, Diagnostic::warning(&codes::LIMITED, call.span, message))
        }
        false => planner.breaker(),
    };
    let by = match (names.is_empty(), messages) {
        (false, _) => breaker.fields(&names)?,
        (true, true) => vec![breaker.named("_raw")],
        (true, false) => breaker.whole_row(),
    };
    let consecutive = call.args.has("consecutive");
    let gather = InOrder(move || match consecutive {
        true => {
            let by = by.clone();
            let (mut last, mut seen) = (Vec::new(), 0u32);
            Box::new(move |row, _| {
                let key = state_by_key::key(by.iter().map(|slot| row.get(*slot)));
                seen = if key == last { seen.saturating_add(1) } else { 1 };
                last = key;
                seen <= count
            })
        }
        false => {
            let mut seen: Keyed<u32> = Keyed::new(&by);
            Box::new(move |row, own| {
                let seen = seen.of(row, own);
                *seen = seen.saturating_add(1);
                *seen <= count
            })
        }
    });
    breaker.add(gather, &[]);
    Ok(())
}
