//! `top`: the most frequent values, or the rows with the greatest value.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::Name;

/// The most rows one may ask for.
const MAX_TOP: i64 = 10_000;

pub static DEF: OperatorDef = OperatorSignature {
    name: "top",
    group: Group::Table,
    form: "'top' count:integer name:field,+ ('by' ('count' '(' ')' | key:(('+' | '-')? name:field ('asc' | 'desc')?),+))?",
    summary: "Returns the most frequent values of fields, or the rows with the greatest value of another field.",
    doc: "On messages, `top 5 x` counts the messages for each value of x and keeps the five most frequent values; the \
          columns are the fields and `_count`. `top 5 x by y` on messages uses the greatest y for each x.\n\n\
          After an aggregate, `top 5 x by _count` keeps the five rows with the greatest `_count`; the columns are x \
          and `_count`. Equal rows keep their order.",
    page: "search/search-query-language/search-operators/top",
    also: &["most", "frequent", "greatest", "first"],
    examples: &[
        Example {
            title: "The most frequent value of a field",
            query: "* | parse \"b=*;\" as b | top 1 b",
            messages: &["b=ie;", "b=ff;", "b=ff;"],
            expect: Expect::Rows(&["b", "_count"], &[&["ff", "2"]]),
        },
        Example {
            title: "After an aggregate",
            query: "* | parse \"u=* n=*;\" as u, n | sum(n) by u | top 2 u by _sum",
            messages: &["u=a n=1;", "u=b n=5;", "u=c n=3;"],
            expect: Expect::Rows(&["u", "_sum"], &[&["b", "5"], &["c", "3"]]),
        },
        Example {
            title: "Null is a value like any other",
            query: "* | parse \"b=*;\" as b nodrop | top 1 b",
            messages: &["b=ie;", "nothing", "nothing"],
            expect: Expect::Rows(&["b", "_count"], &[&["", "2"]]),
        },
        Example { title: "None", query: "* | top 0 x", messages: &[], expect: Expect::Error("E210") },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let Some(count) = count_argument(call.args, "count", 1..=MAX_TOP)? else {
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, "`top` needs a number of rows"));
    };
    let mut names = call.args.fields("name");
    let keys = call.args.groups("key");
    let by: Vec<(&Name, bool)> =
        keys.iter().filter_map(|(key, _)| Some((key.field("name")?, key.has("asc") || key.has("+")))).collect();
    if by.len() > 1 || keys.iter().any(|(key, _)| ["asc", "desc", "+", "-"].iter().any(|word| key.has(word))) {
        let instead = "use separate stages: `| sort by a, b asc | limit 10`";
        planner.undocumented(call.span, "several keys or directions in `top`", instead);
    }
    let counted = Name { text: "_count".into(), span: Span::default() };
    let counts =
        by.is_empty() || matches!(by.as_slice(), [(name, _)] if name.key() == "count" && planner.known(name).is_none());
    if planner.rows.messages {
        let first = by.first().map(|(name, _)| *name);
        let aggregate = match (counts, first) {
            (false, Some(name)) if !names.iter().any(|listed| listed.key() == name.key()) => {
                planner.aggregate_named("max", Some(name), &name.text, call.span)?
            }
            _ => planner.aggregate_named("count", None, "_count", call.span)?,
        };
        planner.group(&names, vec![aggregate])?;
    }
    let mut order = Vec::new();
    if counts {
        order.push((planner.field(&counted)?, false));
    }
    for (name, ascending) in by.iter().filter(|_| !counts) {
        order.push((planner.field(name)?, *ascending));
    }
    planner.order(order);
    planner.limit(count as usize);
    let extra: Vec<&Name> = if counts { vec![&counted] } else { by.iter().map(|(name, _)| *name).collect() };
    for name in extra {
        if !names.iter().any(|listed| listed.key() == name.key()) {
            names.push(name);
        }
    }
    planner.show_only(&names)
}
