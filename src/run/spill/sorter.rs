//! Sorts more rows than fit into memory: records fill a buffer, which is sorted and written as a run when it is full.

use super::flow::Blocks;
use super::key::prefix;
use super::record::{Merge, Run, RunWriter};
use super::{Spool, Trouble, somewhere, written};
use crate::run::codec::{Reader, Writer};
use crate::run::gather::World;
use crate::run::memory::{Budget, OverBudget};
use crate::run::value::Owned;
use std::sync::Arc;

/// Records to be sorted.
pub(crate) struct Sorter {
    spool: Option<Arc<dyn Spool>>,
    runs: Vec<Run>,
    buffer: Writer,
    entries: Vec<Entry>,
    /// How much the buffer may hold.
    room: usize,
}

/// A record in the buffer: the key, then the payload.
#[derive(Clone, Copy)]
struct Entry {
    prefix: u64,
    at: usize,
    key: u32,
    payload: u32,
}

impl Entry {
    fn key<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.at..][..self.key as usize]
    }

    fn payload<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.at + self.key as usize..][..self.payload as usize]
    }
}

/// Writes the records of a buffer. All runs of a sorter go to one spool.
fn write(bytes: &[u8], entries: &[Entry], spool: &Arc<dyn Spool>) -> Result<Run, Trouble> {
    let mut run = RunWriter::new(spool);
    for entry in entries {
        run.record(entry.key(bytes), entry.payload(bytes))?;
    }
    run.end()
}

impl Sorter {
    /// A sorter whose buffer is charged to the budget until [`Sorter::into_runs`].
    pub fn new(budget: &Budget) -> Sorter {
        let room = budget.share();
        // The buffer is what the memory is given back for.
        let _ = budget.ask(room);
        Sorter { spool: None, runs: Vec::new(), buffer: Writer::default(), entries: Vec::new(), room }
    }

    /// Takes in a record whose key and payload are written by the two. When there is no scratch space for it the record
    /// is kept all the same, and no other should come.
    pub fn push(
        &mut self,
        key: impl FnOnce(&mut Vec<u8>),
        payload: impl FnOnce(&mut Writer),
        budget: &Budget,
    ) -> Result<(), OverBudget> {
        let at = self.buffer.bytes.len();
        key(&mut self.buffer.bytes);
        let middle = self.buffer.bytes.len();
        payload(&mut self.buffer);
        let end = self.buffer.bytes.len();
        self.entries.push(Entry {
            prefix: prefix(&self.buffer.bytes[at..middle]),
            at,
            key: (middle - at) as u32,
            payload: (end - middle) as u32,
        });
        if end + self.entries.len() * size_of::<Entry>() < self.room { Ok(()) } else { self.flush(budget) }
    }

    /// Takes in what another has.
    pub fn merge(&mut self, other: Sorter, budget: &Budget) {
        self.runs.extend(other.into_runs(budget));
    }

    fn flush(&mut self, budget: &Budget) -> Result<(), OverBudget> {
        let over = OverBudget { limit: budget.limit() };
        let scratch = budget.scratch().ok_or(over)?;
        self.sort();
        match written(scratch.as_ref(), &mut self.spool, |spool| write(&self.buffer.bytes, &self.entries, spool)) {
            Ok(run) => self.runs.push(run),
            Err(trouble) => {
                budget.fail(trouble);
                return Err(over);
            }
        }
        self.buffer.bytes.clear();
        self.entries.clear();
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.buffer.bytes;
        self.entries.sort_unstable_by(|a, b| a.prefix.cmp(&b.prefix).then_with(|| a.key(bytes).cmp(b.key(bytes))));
    }

    /// All records in sorted runs.
    pub fn into_runs(mut self, budget: &Budget) -> Vec<Run> {
        self.sort();
        let Sorter { spool, buffer, entries, .. } = &mut self;
        let last = somewhere(budget, spool, |spool| write(&buffer.bytes, entries, spool));
        budget.give_back(self.room);
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
    pub fn new(runs: Vec<Run>, cells: usize, most: usize, budget: &Budget) -> Result<SortedRows, Trouble> {
        Ok(SortedRows { merge: Merge::new(runs, budget.share())?, cells, left: most })
    }
}

impl Blocks for SortedRows {
    fn next(&mut self, most: usize, _: &World<'_>) -> Result<Vec<Box<[Owned]>>, Trouble> {
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
pub(super) fn row(bytes: &[u8], cells: usize) -> Result<Box<[Owned]>, Trouble> {
    let mut reader = Reader::new(bytes);
    (0..cells).map(|_| reader.value().map_err(|_| Trouble::damaged())).collect()
}
