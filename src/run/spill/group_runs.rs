//! Groups that were too many for the memory: runs of them, sorted by key, and the rows that they merge to.
//!
//! A record's key is the group's key twice: first so that it orders as the values do, then as [`crate::run::group`]
//! encodes it, which tells groups apart. The payload has where the second begins, and a state for each aggregate.

use super::sorted_runs::{Merge, Run, RunWriter};
use super::{ordered_key, somewhere, written};
use crate::program::aggregate::{Aggregate, States};
use crate::program::budget::{ASKED_EVERY, Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::context::RunContext;
use crate::program::row_stream::Blocks;
use crate::program::scratch::{ScratchError, Spool};
use crate::run::group::{decode_key, key_values};
use crate::run::interruptible_sort::sort_unstable;
use std::sync::Arc;
use sumoql_data::value::Owned;

/// Runs of groups.
#[derive(Default)]
pub(crate) struct GroupRuns {
    spool: Option<Arc<dyn Spool>>,
    runs: Vec<Run>,
}

/// Groups in memory: how many, the encoded key of each, and the states.
pub(crate) struct InMemoryGroups<'g, K: Fn(usize) -> &'g [u8]> {
    pub count: usize,
    pub key: K,
    pub states: &'g [Box<dyn States>],
}

impl GroupRuns {
    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Takes the runs of another.
    pub fn extend(&mut self, other: GroupRuns) {
        self.runs.extend(other.runs);
    }

    /// Writes groups as a run. On an error they must be kept.
    pub fn write<'g, K: Fn(usize) -> &'g [u8]>(
        &mut self,
        groups: &InMemoryGroups<'g, K>,
        budget: &Budget,
    ) -> Result<(), OverBudget> {
        let over = OverBudget { limit: budget.limit() };
        let scratch = budget.scratch().ok_or(over)?;
        let sorted = Sorted::of(groups, budget);
        match written(scratch.as_ref(), &mut self.spool, |spool| sorted.write(groups, spool)) {
            Ok(run) => self.runs.push(run),
            Err(scratch_error) => {
                budget.fail(scratch_error);
                return Err(over);
            }
        }
        Ok(())
    }

    /// Writes the last groups, to memory where it can't be helped.
    pub fn finish<'g, K: Fn(usize) -> &'g [u8]>(&mut self, groups: &InMemoryGroups<'g, K>, budget: &Budget) {
        let sorted = Sorted::of(groups, budget);
        self.runs.extend(somewhere(budget, &mut self.spool, |spool| sorted.write(groups, spool)));
    }
}

/// The numbers of groups in the order of their keys.
pub(crate) fn in_order<'g, K: Fn(usize) -> &'g [u8]>(groups: &InMemoryGroups<'g, K>, budget: &Budget) -> Vec<u32> {
    Sorted::of(groups, budget).order.into_iter().map(|place| place.number).collect()
}

/// The order of groups.
struct Sorted {
    /// Their keys, as they order.
    keys: Vec<u8>,
    order: Vec<KeyPosition>,
}

/// Where a group's key is, and the number of the group.
#[derive(Clone, Copy)]
struct KeyPosition {
    prefix: u64,
    start: usize,
    length: u32,
    number: u32,
}

impl Sorted {
    fn of<'g, K: Fn(usize) -> &'g [u8]>(groups: &InMemoryGroups<'g, K>, budget: &Budget) -> Sorted {
        let mut sortable = Vec::new();
        let mut order = Vec::with_capacity(groups.count);
        for number in 0..groups.count {
            if number % ASKED_EVERY == 0 && budget.is_over() {
                break;
            }
            let start = sortable.len();
            // What was encoded here can be read.
            key_values((groups.key)(number)).flatten().for_each(|value| ordered_key::value(value, true, &mut sortable));
            let length = (sortable.len() - start) as u32;
            order.push(KeyPosition {
                prefix: ordered_key::prefix(&sortable[start..]),
                start,
                length,
                number: number as u32,
            });
        }
        sort_unstable(&mut order, budget, |a: &KeyPosition, b: &KeyPosition| {
            let apart = || (groups.key)(a.number as usize).cmp((groups.key)(b.number as usize));
            a.prefix.cmp(&b.prefix).then_with(|| a.key(&sortable).cmp(b.key(&sortable))).then_with(apart)
        });
        Sorted { keys: sortable, order }
    }

    fn write<'g, K: Fn(usize) -> &'g [u8]>(
        &self,
        groups: &InMemoryGroups<'g, K>,
        spool: &Arc<dyn Spool>,
    ) -> Result<Run, ScratchError> {
        let mut run = RunWriter::new(spool);
        let (mut key, mut payload, mut state) = (Vec::new(), Writer::default(), Writer::default());
        for place in &self.order {
            let number = place.number as usize;
            key.clear();
            key.extend_from_slice(place.key(&self.keys));
            key.extend_from_slice((groups.key)(number));
            payload.bytes.clear();
            payload.unsigned(u64::from(place.length));
            for states in groups.states {
                state.bytes.clear();
                states.encode_one(number, &mut state);
                payload.slice(&state.bytes);
            }
            run.record(&key, &payload.bytes)?;
        }
        run.end()
    }
}

impl KeyPosition {
    fn key<'k>(&self, keys: &'k [u8]) -> &'k [u8] {
        &keys[self.start..][..self.length as usize]
    }
}

/// The rows of groups, in the order of their keys.
pub(crate) struct GroupRows {
    merge: Merge,
    keys: usize,
    columns: usize,
    aggregates: Vec<Arc<dyn Aggregate>>,
    /// The encoded states of a block, by aggregate, and the group of each.
    encoded: Vec<Writer>,
    groups: Vec<u32>,
    last: Vec<u8>,
}

/// The most bytes of states that are merged at a time.
const BLOCK: usize = 1 << 22;

/// How much more memory states take than their bytes, about.
const GROWN: usize = 4;

impl GroupRows {
    /// The rows of some runs: so many key columns, so many columns in all.
    pub fn new(
        runs: GroupRuns,
        (keys, columns): (usize, usize),
        aggregates: &[Arc<dyn Aggregate>],
        budget: &Budget,
    ) -> Result<GroupRows, ScratchError> {
        Ok(GroupRows {
            merge: Merge::new(runs.runs, budget.share())?,
            keys,
            columns,
            aggregates: aggregates.to_vec(),
            encoded: aggregates.iter().map(|_| Writer::default()).collect(),
            groups: Vec::new(),
            last: Vec::new(),
        })
    }
}

impl Blocks for GroupRows {
    fn next(&mut self, most: usize, context: &RunContext<'_>) -> Result<Vec<Box<[Owned]>>, ScratchError> {
        let damaged = |Corrupt| ScratchError::damaged();
        let mut rows: Vec<Vec<Owned>> = Vec::new();
        self.encoded.iter_mut().for_each(|encoded| encoded.bytes.clear());
        self.groups.clear();
        let (mut bytes, mut charged) = (0, 0);
        while let Some(record) = self.merge.at() {
            let mut payload = Reader::new(record.payload());
            let cut = payload.unsigned().map_err(damaged)? as usize;
            if rows.is_empty() || self.last != record.key() {
                if rows.len() >= most || bytes >= context.budget.share().min(BLOCK) {
                    break;
                }
                let key = record.key().get(cut..).ok_or_else(ScratchError::damaged)?;
                rows.push(decode_key(key, self.keys, self.columns).map_err(damaged)?);
                self.last.clear();
                self.last.extend_from_slice(record.key());
                bytes += record.payload().len();
            } else if let Err(over) = context.budget.ask(GROWN * record.payload().len()) {
                // What one group knows is too much in itself.
                context.budget.give_back(GROWN * record.payload().len());
                context.ran_out(over);
                self.merge.advance()?;
                continue;
            } else {
                bytes += record.payload().len();
                charged += GROWN * record.payload().len();
            }
            for encoded in &mut self.encoded {
                encoded.bytes.extend_from_slice(payload.slice().map_err(damaged)?);
            }
            self.groups.push(rows.len() as u32 - 1);
            self.merge.advance()?;
        }
        context.budget.give_back(charged);
        for (aggregate, encoded) in self.aggregates.iter().zip(&self.encoded) {
            let mut states = aggregate.decode(self.groups.len(), &mut Reader::new(&encoded.bytes)).map_err(damaged)?;
            if self.groups.len() > rows.len() {
                let parts = std::mem::replace(&mut states, aggregate.start());
                let merged = states.merge(parts, &self.groups, rows.len(), context.budget);
                merged.err().into_iter().for_each(|over| context.ran_out(over));
            }
            for (row, cells) in rows.iter_mut().zip(states.finish()) {
                row.extend(cells);
            }
        }
        Ok(rows.into_iter().map(Vec::into_boxed_slice).collect())
    }
}
