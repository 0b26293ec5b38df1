//! `topk`: the greatest rows, ranked.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::cmp::Ordering;
use std::collections::HashMap;
use sumoql_data::value::Owned;

pub static DEF: OperatorDef = OperatorSignature {
    name: "topk",
    group: Group::Table,
    form: "'topk' '(' count:integer ',' name:field,+ ')' ('group'? 'by' by:field,+)?",
    summary: "Returns the rows with the greatest values, with their ranks.",
    doc: "Keeps the rows with the greatest values of the field. Equal values are ordered by the later fields, then by \
          the order of the rows. Adds `_rank`, which is 1 for the greatest value; all other columns are kept. With \
          `by`, each group has its own ranks. Values are compared as numbers if all of them are numbers, and \
          otherwise as strings. Rows without a value are dropped.",
    page: "search/search-query-language/search-operators/topk",
    also: &["greatest", "largest", "rank", "best", "top"],
    examples: &[
        Example {
            title: "The two greatest",
            query: "* | parse \"h=* v=*\" as h, v | sum(v) as s by h | topk(2, s)",
            messages: &["h=a v=4", "h=b v=9", "h=c v=7"],
            expect: Expect::Rows(&["_rank", "h", "s"], &[&["1", "b", "9"], &["2", "c", "7"]]),
        },
        Example {
            title: "The latest of each",
            query: "* | parse \"id=* at=* n=*\" as id, at, n | sort by n asc | topk(1, at) by id | fields id, at",
            messages: &["id=1 at=2024-01-02 n=1", "id=1 at=2024-01-10 n=2", "id=2 at=2023-05-05 n=3"],
            expect: Expect::Rows(&["id", "at"], &[&["1", "2024-01-10"], &["2", "2023-05-05"]]),
        },
        Example {
            title: "A row without a value",
            query: "* | parse \"v=*;\" as v nodrop | topk(5, v) | fields _rank, v",
            messages: &["v=2;", "none", "v=10;"],
            expect: Expect::Rows(&["_rank", "v"], &[&["1", "10"], &["2", "2"]]),
        },
        Example { title: "None", query: "* | count | topk(0, _count)", messages: &[], expect: Expect::Error("E210") },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let Some(count) = count_argument(call.args, "count", 1..=i64::from(u32::MAX))? else {
        return Err(Diagnostic::error(&codes::LIMIT_RANGE, call.span, "`topk` needs a number of rows"));
    };
    let mut inputs = breaker.fields(&call.args.fields("name"))?;
    let fields = inputs.len();
    inputs.extend(breaker.fields(&call.args.fields("by"))?);
    let apply = move |rows: &Seen, _: &RunContext<'_>| top(rows, fields, count as usize);
    breaker.add(Whole::new(inputs, apply), &["_rank".to_string()]);
    planner.rows.show_first("_rank");
    Ok(())
}

/// The greatest rows of each group; groups in the order in which they first appear. A row is so many fields, then its group.
fn top(rows: &Seen, fields: usize, count: usize) -> Vec<Made> {
    let numeric: Vec<bool> = (0..fields)
        .map(|field| rows.iter().all(|row| row[field].borrow().is_null() || row[field].borrow().number().is_some()))
        .collect();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row[0].borrow().is_null()) {
        let number = *numbers.entry(key(row[fields..].iter().map(Owned::borrow))).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Vec::new());
        }
        groups[number].push(at);
    }
    let compare = |a: &usize, b: &usize| {
        (0..fields)
            .map(|field| order(numeric[field], &rows[*b][field], &rows[*a][field]))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let mut made = Vec::new();
    for mut group in groups {
        group.sort_by(compare);
        group.truncate(count);
        let ranked = group.into_iter().enumerate();
        made.extend(ranked.map(|(rank, at)| Made { own: vec![Owned::Int(rank as i64 + 1)], rest: Rest::Of(at) }));
    }
    made
}

/// The order of two values of a column; null is the smallest.
fn order(numeric: bool, a: &Owned, b: &Owned) -> Ordering {
    match (a, b) {
        (Owned::Null, Owned::Null) => Ordering::Equal,
        (Owned::Null, _) => Ordering::Less,
        (_, Owned::Null) => Ordering::Greater,
        _ if numeric => {
            let (a, b) = (a.borrow().number().unwrap_or_default(), b.borrow().number().unwrap_or_default());
            a.total_cmp(&b)
        }
        (Owned::Text(a), Owned::Text(b)) => a.cmp(b),
        _ => a.to_string().cmp(&b.to_string()),
    }
}
