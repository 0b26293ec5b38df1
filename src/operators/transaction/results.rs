//! What is told of transactions: one row each, one row for each step, or one for each state.

use super::states::{MAX_TRANSACTIONS, Transactions};
use crate::diagnostics::{Diagnostic, codes};
use crate::program::aggregate::Aggregate;
use crate::program::context::RunContext;
use std::sync::Arc;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

/// What the rows of the result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Results {
    Transactions,
    Flow,
    States,
}

/// An aggregate over the messages of a transaction.
#[derive(Clone)]
pub(super) struct Showing {
    pub(super) aggregate: Arc<dyn Aggregate>,
    /// How many columns it makes.
    pub(super) columns: usize,
    /// The state whose messages it looks at; without one all.
    pub(super) state: Option<usize>,
}

/// A transaction.
pub(super) struct Followed {
    pub(super) ids: Box<[Owned]>,
    pub(super) steps: Vec<Step>,
    /// For each state how many messages were in it.
    pub(super) counts: Vec<i64>,
}

/// A message of a transaction.
pub(super) struct Step {
    pub(super) time: i64,
    pub(super) state: usize,
}

/// The result. `shown` has for each aggregate its columns for each transaction; transactions after the last that it saw
/// have none.
pub(super) fn table(
    spec: &Transactions,
    mut followed: Vec<Followed>,
    mut shown: Vec<Vec<Vec<Owned>>>,
    left_out: bool,
    context: &RunContext<'_>,
) -> Table {
    if left_out {
        let message = format!("`transaction` followed only the first {MAX_TRANSACTIONS} transactions");
        context.notice(Diagnostic::warning(&codes::LIMITED, spec.span, message));
    }
    // Messages come newest first. A stable sort: those of the same time stay in the order of their arrival.
    followed.iter_mut().for_each(|one| one.steps.sort_by_key(|step| step.time));
    let mut order: Vec<usize> =
        (0..followed.len()).filter(|at| !cut_off(&followed[*at], spec.fringe, context)).collect();
    order.sort_by_key(|at| followed[*at].steps.first().map(|step| step.time));
    let mut rows: Vec<Box<[Owned]>> = Vec::new();
    match spec.results {
        Results::Transactions => {
            for at in order {
                let one = &followed[at];
                let mut row = one.ids.to_vec();
                row.extend(one.counts.iter().map(|count| Owned::Int(*count)));
                let time = |step: Option<&Step>| step.map_or(Owned::Null, |step| Owned::Int(step.time));
                row.extend([time(one.steps.first()), time(one.steps.last())]);
                for (showing, columns) in spec.showing.iter().zip(&mut shown) {
                    let nothing = || vec![Owned::Null; showing.columns];
                    row.extend(columns.get_mut(at).map_or_else(nothing, std::mem::take));
                }
                rows.push(row.into_boxed_slice());
            }
        }
        Results::Flow => {
            let name = |state: usize| Owned::Text(spec.states[state].name.as_str().into());
            'all: for at in order {
                for pair in followed[at].steps.windows(2) {
                    let mut row = followed[at].ids.to_vec();
                    let latency = pair[1].time.saturating_sub(pair[0].time);
                    row.extend([name(pair[0].state), name(pair[1].state), Owned::Int(latency)]);
                    if let Err(over) = context.budget.ask(row_size(&row)) {
                        context.ran_out(over);
                        break 'all;
                    }
                    rows.push(row.into_boxed_slice());
                }
            }
        }
        Results::States => {
            for (number, state) in spec.states.iter().enumerate() {
                let count = order.iter().map(|at| followed[*at].counts[number]).sum();
                rows.push(Box::new([Owned::Text(state.name.as_str().into()), Owned::Int(count)]));
            }
        }
    }
    Table { columns: Vec::new(), rows }
}

/// Whether a transaction comes so near the ends of the time range that a part of it may lie outside.
fn cut_off(one: &Followed, fringe: i64, context: &RunContext<'_>) -> bool {
    let (Some(first), Some(last)) = (one.steps.first(), one.steps.last()) else { return false };
    fringe > 0
        && (last.time < context.env.from.saturating_add(fringe) || first.time > context.env.to.saturating_sub(fringe))
}
