//! `total`: the sum over all rows, on every row.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{alias_argument, field_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::program::exact_sum::ExactSum;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::collections::HashMap;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "total",
    group: Group::Table,
    form: "'total' ('(' name:field ')' | name:field) ('as' alias:field ('group'? 'by' by:field,+)? | 'group'? 'by' by:field,+ ('as' alias:field)?)?",
    summary: "Adds the sum of a field over all rows to each row.",
    doc: "Adds `_total`; with `by`, it is the sum over the rows of the same group. For a running sum, use `accum`. \
          Values that are not numbers do not count, but their rows are kept. Only the first 100,000 messages are \
          read.",
    page: "search/search-query-language/search-operators/total",
    also: &["sum", "grand total", "share", "percent of total"],
    examples: &[
        Example {
            title: "The share of each user",
            query: "* | parse \"u=* n=*\" as u, n | sum(n) as n by u | total n | n / _total as share",
            messages: &["u=a n=1", "u=b n=3"],
            expect: Expect::Rows(&["u", "n", "_total", "share"], &[&["a", "1", "4", "0.25"], &["b", "3", "4", "0.75"]]),
        },
        Example {
            title: "A total for each group; values that are not numbers do not count",
            query: "* | parse \"u=* n=*\" as u, n | sort by n asc | total n as t by u | fields u, n, t",
            messages: &["u=a n=1", "u=b n=10", "u=a n=2", "u=a n=x"],
            expect: Expect::Rows(
                &["u", "n", "t"],
                &[&["a", "1", "3"], &["b", "10", "10"], &["a", "2", "3"], &["a", "x", "3"]],
            ),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// Sumo Logic looks at no more messages.
const MAX_MESSAGES: usize = 100_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    super::undocumented_spelling::report(call, planner, DEF.signature.name);
    let mut breaker = match planner.rows.messages {
        true => {
            let message = format!("`total` read only the first {MAX_MESSAGES} messages");
            planner.breaker_over_first(MAX_MESSAGES, Diagnostic::warning(&codes::LIMITED, call.span, message))
        }
        false => planner.breaker(),
    };
    let mut inputs = vec![breaker.field(field_argument(call, "name")?)?];
    inputs.extend(breaker.fields(&call.args.fields("by"))?);
    let alias = alias_argument(call, "_total")?;
    breaker.add(Whole::new(inputs, apply), &[alias]);
    Ok(())
}

/// The field and then its group, for each row.
fn apply(rows: &Seen, _: &RunContext<'_>) -> Vec<Made> {
    let keys: Vec<Vec<u8>> = rows.iter().map(|row| key(row[1..].iter().map(Owned::borrow))).collect();
    let mut sums: HashMap<&[u8], ExactSum> = HashMap::new();
    for (row, key) in rows.iter().zip(&keys) {
        let sum = sums.entry(key).or_default();
        if let Some(n) = row[0].borrow().number() {
            sum.add(n);
        }
    }
    let totals: HashMap<&[u8], Owned> =
        sums.into_iter().map(|(key, sum)| (key, Value::from_number(sum.value()).owned())).collect();
    let total = |key: &Vec<u8>| totals.get(key.as_slice()).cloned().unwrap_or_default();
    keys.iter().enumerate().map(|(at, key)| Made { own: vec![total(key)], rest: Rest::Of(at) }).collect()
}
