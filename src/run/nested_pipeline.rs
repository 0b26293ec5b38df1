//! Child pipelines: stages in brackets, over the rows that reach the stage around them.
//!
//! A child's first steps run over the same batches as the stage around it, as a [`crate::program::plan::Branch`] of its segment;
//! what follows its first gather runs once, when the stage around it becomes a table.

use super::segment::{finish_segment, over_table};
use crate::program::batch::Slot;
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::program::plan::Segment;
use crate::program::row_stream::Flow;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

/// A child pipeline from its first gather on.
pub struct Child {
    /// What ends its first steps.
    pub gather: Box<dyn PipelineBreaker>,
    /// Slots whose values the gather must keep with each row.
    pub carry: Vec<Slot>,
    /// What follows; the last segment has no gather.
    pub rest: Vec<Segment>,
    /// Names and slots, in the last segment, of the columns that the child gives.
    pub output: Vec<(String, InputSlot)>,
}

impl Child {
    /// A state that has seen nothing.
    pub fn start(&self) -> Box<dyn PartialState> {
        self.gather.start(&self.carry)
    }

    /// A state from its bytes.
    pub fn decode(&self, bytes: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        self.gather.decode(&self.carry, bytes)
    }

    /// The child's table: its output columns.
    pub fn finish(&self, state: Box<dyn PartialState>, context: &RunContext<'_>) -> Table {
        let mut rows = if context.ended() { Flow::from(Table::default()) } else { state.flow(context) };
        for segment in &self.rest {
            rows = finish_segment(segment, rows, context);
        }
        let mut out = Table { columns: self.output.iter().map(|(name, _)| name.clone()).collect(), rows: Vec::new() };
        let Some(last) = self.rest.last() else { return out };
        over_table(last, rows, context, |_, batch| {
            for row in batch.iter() {
                let cells: Box<[Owned]> = self.output.iter().map(|(_, slot)| row.get(*slot).owned()).collect();
                if let Err(over) = context.budget.ask(row_size(&cells)) {
                    context.ran_out(over);
                    return false;
                }
                out.rows.push(cells);
            }
            true
        });
        out
    }
}
