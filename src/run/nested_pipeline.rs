//! Child pipelines: stages in brackets, over the rows that reach the stage around them.
//!
//! A child's first steps run over the same batches as the stage around it, as a [`crate::program::plan::Branch`] of its segment;
//! what follows its first gather runs once, when the stage around it becomes a table.

use super::segment::{finish_segment, over_table};
use crate::program::batch::Slot;
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::World;
use crate::program::pipeline_breaker::{Gather, InputSlot, Partial};
use crate::program::plan::Segment;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

/// A child pipeline from its first gather on.
pub struct Child {
    /// What ends its first steps.
    pub gather: Box<dyn Gather>,
    /// Slots whose values the gather must keep with each row.
    pub carry: Vec<Slot>,
    /// What follows; the last segment has no gather.
    pub rest: Vec<Segment>,
    /// Names and slots, in the last segment, of the columns that the child gives.
    pub output: Vec<(String, InputSlot)>,
}

impl Child {
    /// A state that has seen nothing.
    pub fn start(&self) -> Box<dyn Partial> {
        self.gather.start(&self.carry)
    }

    /// A state from its bytes.
    pub fn decode(&self, bytes: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt> {
        self.gather.decode(&self.carry, bytes)
    }

    /// The child's table: its output columns.
    pub fn finish(&self, state: Box<dyn Partial>, world: &World<'_>) -> Table {
        let mut rows = state.flow(world);
        for segment in &self.rest {
            rows = finish_segment(segment, rows, world);
        }
        let mut out = Table { columns: self.output.iter().map(|(name, _)| name.clone()).collect(), rows: Vec::new() };
        let Some(last) = self.rest.last() else { return out };
        over_table(last, rows, world, |_, batch| {
            for row in batch.iter() {
                let cells: Box<[Owned]> = self.output.iter().map(|(_, slot)| row.get(*slot).owned()).collect();
                if let Err(over) = world.budget.ask(row_size(&cells)) {
                    world.ran_out(over);
                    return false;
                }
                out.rows.push(cells);
            }
            true
        });
        out
    }
}
