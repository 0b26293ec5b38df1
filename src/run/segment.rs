//! Runs one segment: its steps over batches, its gather, and the pipelines inside that.

use crate::program::batch::Batch;
use crate::program::budget::{Budget, OverBudget};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::PartialState;
use crate::program::plan::{Branch, Segment, Step};
use crate::program::row_stream::Flow;
use bumpalo::Bump;
use sumoql_data::table::{Table, row_size};

/// Runs a segment's steps over a table, batch by batch, as long as the answer is true. What is called gets the segment
/// again: it lives as long as the batch. Rows are given up as soon as their batch is done: what becomes of them may take
/// as much memory again.
pub(crate) fn over_table(
    segment: &Segment,
    mut rows: Flow,
    context: &RunContext<'_>,
    mut each: impl for<'m> FnMut(&'m Segment, &Batch<'m>) -> bool,
) {
    let mut arena = Bump::new();
    let mut table = std::mem::take(&mut rows.table);
    for start in (0..table.rows.len()).step_by(context.batch) {
        if context.ended() {
            return;
        }
        let rows = context.batch.min(table.rows.len() - start);
        // What becomes of the rows takes the place of what they had.
        context.budget.give_back(table.rows[start..start + rows].iter().map(|row| row_size(row)).sum());
        let go_on = {
            let batch = Batch::of_table(&segment.program, (&table, start, rows), &arena, context.env, context.tally);
            each(segment, &steps(&segment.steps, batch))
        };
        table.rows[start..start + rows].iter_mut().for_each(|row| drop(std::mem::take(row)));
        if !go_on {
            return;
        }
        arena.reset();
    }
    // The others come in blocks, one at a time.
    let mut before = table.rows.len() as u64;
    loop {
        table.rows = rows.next(context);
        if table.rows.is_empty() || context.ended() {
            return;
        }
        let go_on = {
            let mut batch =
                Batch::of_table(&segment.program, (&table, 0, table.rows.len()), &arena, context.env, context.tally);
            batch.before = before;
            each(segment, &steps(&segment.steps, batch))
        };
        if !go_on {
            return;
        }
        before += table.rows.len() as u64;
        arena.reset();
    }
}

/// Hands a batch that went through a segment's steps to the segment's gather and to the pipelines inside it.
pub(crate) fn feed<'m>(
    branches: &'m [Branch],
    batch: &Batch<'m>,
    state: &mut dyn PartialState,
    budget: &Budget,
) -> Result<(), OverBudget> {
    state.update(batch, budget)?;
    for (number, branch) in branches.iter().enumerate() {
        if let Some(child) = state.child(number) {
            feed(&branch.branches, &steps(&branch.steps, batch.view()), child, budget)?;
        }
    }
    Ok(())
}

/// Runs a segment over the table before it, and its gather. When memory runs out, the table holds what fitted.
pub(crate) fn finish_segment(segment: &Segment, rows: Flow, context: &RunContext<'_>) -> Flow {
    let Some(gather) = segment.gather.as_deref() else { return rows };
    let outside = context.budget.used().saturating_sub(rows.size());
    let mut state = gather.start(&segment.carry);
    over_table(segment, rows, context, |segment, batch| {
        match feed(&segment.branches, batch, state.as_mut(), context.budget) {
            Ok(()) => true,
            Err(over) => {
                context.ran_out(over);
                false
            }
        }
    });
    let rows = if context.ended() { Flow::from(Table::default()) } else { state.flow(context) };
    context.budget.settle(outside + rows.size());
    rows
}

/// Runs the steps over a batch.
pub(crate) fn steps<'m>(steps: &'m [Step], mut batch: Batch<'m>) -> Batch<'m> {
    batch.begin();
    for step in steps {
        match step {
            Step::Reach(definition) => batch.reach(*definition),
            Step::Watch(slot, number) => batch.watch(*slot, *number),
            Step::Keep(condition) => batch.keep(|row| condition.test(row)),
            Step::Expand(expand) => batch = expand.expand(batch),
        }
        if batch.selected.is_empty() {
            break;
        }
    }
    batch
}
