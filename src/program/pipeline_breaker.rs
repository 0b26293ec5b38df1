//! Stages that must see all rows before they give any: sort, group, limit …
//!
//! A [`PipelineBreaker`] starts [`PartialState`] states; batches go into a state, states merge in any order, the last one becomes a
//! table. Threads use this seam, and so can other processes: a state can be written as bytes and read elsewhere.

use super::batch::{Batch, Slot};
use super::budget::{Budget, OverBudget};
use super::codec::{Corrupt, Reader, Writer};
use super::context::RunContext;
use super::row_stream::Flow;
use std::any::Any;
use sumoql_data::table::Table;

/// A stage that must see all rows.
pub trait PipelineBreaker: Send + Sync {
    /// A state that has seen nothing. `carry` are the slots whose values must be kept with each row, after the
    /// gather's own columns; a stage that makes new rows (a group) ignores them.
    fn start(&self, carry: &[Slot]) -> Box<dyn PartialState>;

    /// Whether states of different parts of the input can be merged. If not, the stage runs once, over everything, in
    /// order.
    fn mergeable(&self) -> bool;

    /// A state read from the bytes of [`PartialState::encode`].
    fn decode(&self, carry: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt>;
}

/// What a gather knows so far.
pub trait PartialState: Send + Any {
    /// Takes in the selected rows of a batch.
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget>;

    /// The state of a pipeline inside this stage, by the number of its [`super::plan::Branch`].
    fn child(&mut self, _number: usize) -> Option<&mut dyn PartialState> {
        None
    }

    /// Takes in what another state of the same gather has seen. The result must not depend on the order of merging. Only
    /// for gathers that are [`PipelineBreaker::mergeable`]: the others have one state, which is never sent anywhere.
    fn merge(&mut self, _other: Box<dyn PartialState>, _budget: &Budget) -> Result<(), OverBudget> {
        Ok(())
    }

    /// Writes the state; for the same gathers as [`PartialState::merge`].
    fn encode(&self, _out: &mut Writer) {}

    /// Whether some of what it knows is in scratch space: then [`PartialState::encode`] does not write all of it.
    fn has_spilled(&self) -> bool {
        false
    }

    /// The table of all that was seen.
    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table;

    /// The rows of that table, which need not be in memory all at once where the state has spilled.
    fn flow(self: Box<Self>, context: &RunContext<'_>) -> Flow {
        self.finish(context).into()
    }
}

/// The concrete state behind a `dyn PartialState` of the same gather.
pub fn same_kind<T: PartialState>(other: Box<dyn PartialState>) -> Option<Box<T>> {
    let other: Box<dyn Any> = other;
    other.downcast::<T>().ok()
}

/// A slot of the segment that a stage ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSlot(Slot);

impl InputSlot {
    pub(crate) fn new(slot: Slot) -> InputSlot {
        InputSlot(slot)
    }
}

impl From<InputSlot> for Slot {
    fn from(input: InputSlot) -> Slot {
        input.0
    }
}
