//! Stages that must see all rows before they give any: sort, group, limit …
//!
//! A [`Gather`] starts [`Partial`] states; batches go into a state, states merge in any order, the last one becomes a
//! table. Threads use this seam, and so can other processes: a state can be written as bytes and read elsewhere.

use super::batch::{Batch, Env, Slot, Tally};
use super::codec::{Corrupt, Reader, Writer};
use super::memory::{Budget, OverBudget};
use super::spill::Trouble;
use super::spill::flow::Flow;
use crate::data::table::Table;
use crate::diagnostics::Diagnostic;
use std::any::Any;
use std::cell::{Cell, RefCell};

/// What a state may use when it becomes a table, and where it says that the table is only a part.
pub struct World<'r> {
    /// The world around the query.
    pub env: &'r Env,
    /// What may be kept in memory.
    pub budget: &'r Budget,
    /// Rows in a batch.
    pub batch: usize,
    /// Counters of the stages.
    pub tally: &'r Tally,
    over: Cell<Option<OverBudget>>,
    notices: RefCell<Vec<Diagnostic>>,
}

impl<'r> World<'r> {
    /// A world in which nothing was cut short yet.
    pub fn new(env: &'r Env, budget: &'r Budget, batch: usize, tally: &'r Tally) -> Self {
        World { env, budget, batch, tally, over: Cell::new(None), notices: RefCell::new(Vec::new()) }
    }

    /// Notes that the memory did not suffice: what is there is only a part of the result.
    pub fn ran_out(&self, over: OverBudget) {
        self.over.set(self.over.get().or(Some(over)));
    }

    /// Notes that scratch space can't be used any more, and that the result is therefore only a part.
    pub(crate) fn failed(&self, trouble: Trouble) {
        self.budget.fail(trouble);
        self.ran_out(OverBudget { limit: self.budget.limit() });
    }

    /// Notes something about the result that the user should know.
    pub fn notice(&self, notice: Diagnostic) {
        self.notices.borrow_mut().push(notice);
    }

    /// What was noted.
    pub fn into_notes(self) -> (Option<OverBudget>, Vec<Diagnostic>) {
        (self.over.into_inner(), self.notices.into_inner())
    }
}

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

    /// The state of a pipeline inside this stage, by the number of its [`crate::plan::Branch`].
    fn child(&mut self, _number: usize) -> Option<&mut dyn Partial> {
        None
    }

    /// Takes in what another state of the same gather has seen. The result must not depend on the order of merging. Only
    /// for gathers that are [`Gather::mergeable`]: the others have one state, which is never sent anywhere.
    fn merge(&mut self, _other: Box<dyn Partial>, _budget: &Budget) -> Result<(), OverBudget> {
        Ok(())
    }

    /// Writes the state; for the same gathers as [`Partial::merge`].
    fn encode(&self, _out: &mut Writer) {}

    /// The table of all that was seen.
    fn finish(self: Box<Self>, world: &World<'_>) -> Table;

    /// The rows of that table, which need not be in memory all at once where the state has spilled.
    fn flow(self: Box<Self>, world: &World<'_>) -> Flow {
        self.finish(world).into()
    }
}

/// The concrete state behind a `dyn Partial` of the same gather.
pub fn same_kind<T: Partial>(other: Box<dyn Partial>) -> Option<Box<T>> {
    let other: Box<dyn Any> = other;
    other.downcast::<T>().ok()
}
