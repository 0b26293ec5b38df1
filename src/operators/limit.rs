//! `limit`: the first rows.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

/// The most rows Sumo Logic lets one ask for.
const MAX_LIMIT: i64 = 10_000;

pub static DEF: OperatorDef = OperatorSignature {
    name: "limit",
    group: Group::Table,
    form: "'limit' count:integer",
    summary: "Keeps the first rows.",
    doc: "Before an aggregate, these are the newest messages; after `sort`, the first rows in sorted order. The \
          number is from 1 to 10000. It does not sort the rows.",
    page: "search/search-query-language/search-operators/limit",
    also: &["head", "first", "take"],
    examples: &[
        Example {
            title: "The most frequent value",
            query: "* | parse \"k=*;\" as k | count by k | sort by _count | limit 1",
            messages: &["k=a;", "k=b;", "k=b;"],
            expect: Expect::Rows(&["k", "_count"], &[&["b", "2"]]),
        },
        Example { title: "Too many", query: "* | limit 10001", messages: &[], expect: Expect::Error("E210") },
        Example {
            title: "More rows than there are",
            query: "* | limit 5 | count",
            messages: &["a", "b"],
            expect: Expect::Rows(&["_count"], &[&["2"]]),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    match count_argument(call.args, "count", 1..=MAX_LIMIT)? {
        Some(count) => planner.limit(count as usize),
        None => return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, "`limit` needs a number of rows")),
    }
    Ok(())
}
