//! Stages that must see all rows before they give any: sort, group, limit …
//!
//! A [`Gather`] starts [`Partial`] states; batches go into a state, states merge in any order, the last one becomes a
//! table. Threads use this seam, and so can other processes: a state can be written as bytes and read elsewhere.

use super::batch::{Batch, Slot};
use super::codec::{Corrupt, Reader, Writer};
use super::memory::{Budget, OverBudget};
use super::table::Table;
use std::any::Any;

/// A stage that must see all rows.
pub trait Gather: Send + Sync {
    /// A state that has seen nothing. `carry` are the slots whose values must be kept with each row, after the
    /// gather's own columns; a stage that makes new rows (a group) ignores them.
    fn start(&self, carry: &[Slot]) -> Box<dyn Partial>;

    /// Whether states of different parts of the input can be merged. If not, the stage runs once, over everything, in
    /// order.
    fn mergeable(&self) -> bool;

    /// A state read from the bytes of [`Partial::encode`].
    fn decode(&self, carry: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt>;
}

/// What a gather knows so far.
pub trait Partial: Send + Any {
    /// Takes in the selected rows of a batch.
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget>;

    /// Takes in what another state of the same gather has seen. The result must not depend on the order of merging.
    fn merge(&mut self, other: Box<dyn Partial>, budget: &Budget) -> Result<(), OverBudget>;

    /// Writes the state.
    fn encode(&self, out: &mut Writer);

    /// The table of all that was seen.
    fn finish(self: Box<Self>) -> Table;
}

/// The concrete state behind a `dyn Partial` of the same gather.
pub fn same_kind<T: Partial>(other: Box<dyn Partial>) -> Option<Box<T>> {
    let other: Box<dyn Any> = other;
    other.downcast::<T>().ok()
}
