//! Sorts more rows than fit into memory: records fill a buffer, which is sorted and written as a run when it is full.

use super::records_in_memory::Records;
use super::sorted_runs::{Merge, Run, RunWriter};
use super::{somewhere, written};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Reader, Writer};
use crate::program::context::RunContext;
use crate::program::row_stream::Blocks;
use crate::program::scratch::{ScratchError, Spool};
use std::sync::Arc;
use sumoql_data::value::Owned;

/// Records to be sorted.
pub(crate) struct Sorter {
    spool: Option<Arc<dyn Spool>>,
    runs: Vec<Run>,
    buffer: Records,
    /// How much the buffer may hold.
    memory: usize,
}

/// Writes the records of a buffer. All runs of a sorter go to one spool.
fn write(buffer: &Records, spool: &Arc<dyn Spool>) -> Result<Run, ScratchError> {
    let mut run = RunWriter::new(spool);
    buffer.write(&mut run)?;
    run.end()
}

impl Sorter {
    /// A sorter whose buffer is charged to the budget until [`Sorter::into_runs`].
    pub fn new(budget: &Budget) -> Sorter {
        let memory = budget.share();
        // The buffer is what the memory is given back for.
        let _ = budget.ask(memory);
        Sorter { spool: None, runs: Vec::new(), buffer: Records::default(), memory }
    }

    /// Takes in a record whose key and payload are written by the two. When there is no scratch space for it the record
    /// is kept all the same, and no other should come.
    pub fn push(
        &mut self,
        key: impl FnOnce(&mut Vec<u8>),
        payload: impl FnOnce(&mut Writer),
        budget: &Budget,
    ) -> Result<(), OverBudget> {
        self.buffer.push(key, payload);
        self.make_room(budget)
    }

    /// Takes in records, and keeps them all where there is no scratch space for them.
    pub fn extend(&mut self, records: Records, budget: &Budget) -> Result<(), OverBudget> {
        self.buffer.append(records);
        self.make_room(budget)
    }

    /// Takes in what another has.
    pub fn merge(&mut self, other: Sorter, budget: &Budget) {
        self.runs.extend(other.into_runs(budget));
    }

    fn make_room(&mut self, budget: &Budget) -> Result<(), OverBudget> {
        if self.buffer.size() < self.memory {
            return Ok(());
        }
        let over = OverBudget { limit: budget.limit() };
        let scratch = budget.scratch().ok_or(over)?;
        self.buffer.sort(budget);
        match written(scratch.as_ref(), &mut self.spool, |spool| write(&self.buffer, spool)) {
            Ok(run) => self.runs.push(run),
            Err(scratch_error) => {
                budget.fail(scratch_error);
                return Err(over);
            }
        }
        self.buffer = Records::default();
        Ok(())
    }

    /// All records in sorted runs.
    pub fn into_runs(mut self, budget: &Budget) -> Vec<Run> {
        self.buffer.sort(budget);
        let Sorter { spool, buffer, .. } = &mut self;
        let last = somewhere(budget, spool, |spool| write(buffer, spool));
        budget.give_back(self.memory);
        self.runs.extend(last);
        self.runs
    }
}

/// The rows that payloads hold, in the order of the keys.
pub(crate) struct SortedRows {
    merge: Merge,
    cells: usize,
    left: usize,
}

impl SortedRows {
    /// The first rows of some runs, so many at most, with so many cells each.
    pub fn new(runs: Vec<Run>, cells: usize, most: usize, budget: &Budget) -> Result<SortedRows, ScratchError> {
        Ok(SortedRows { merge: Merge::new(runs, budget.share())?, cells, left: most })
    }
}

impl Blocks for SortedRows {
    fn next(&mut self, most: usize, _: &RunContext<'_>) -> Result<Vec<Box<[Owned]>>, ScratchError> {
        let mut rows = Vec::new();
        let most = most.min(self.left);
        while rows.len() < most
            && let Some(cursor) = self.merge.at()
        {
            rows.push(row(cursor.payload(), self.cells)?);
            self.merge.advance()?;
        }
        self.left -= rows.len();
        Ok(rows)
    }
}

/// A row of so many cells.
pub(super) fn row(bytes: &[u8], cells: usize) -> Result<Box<[Owned]>, ScratchError> {
    let mut reader = Reader::new(bytes);
    let mut row = Vec::with_capacity(cells);
    for _ in 0..cells {
        row.push(reader.value().map_err(|_| ScratchError::damaged())?);
    }
    Ok(row.into_boxed_slice())
}
