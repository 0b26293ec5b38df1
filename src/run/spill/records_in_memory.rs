//! Records in memory, a key and a payload each, and their order.

use super::external_sort::row;
use super::ordered_key::prefix;
use super::sorted_runs::RunWriter;
use crate::program::budget::Budget;
use crate::program::codec::Writer;
use crate::program::context::RunContext;
use crate::program::row_stream::Blocks;
use crate::program::scratch::ScratchError;
use crate::run::interruptible_sort::sort_unstable;
use sumoql_data::value::{ALLOCATION, Owned};

/// Records whose keys and payloads stand in chunks of bytes: nothing is allocated for a single one.
#[derive(Default)]
pub(crate) struct Records {
    chunks: Vec<Writer>,
    entries: Vec<Entry>,
    /// What all keys and payloads have together, and the payloads alone.
    bytes: usize,
    payloads: usize,
}

/// Where a record is: in which chunk, from where on, how long its key is and its payload after it.
#[derive(Clone, Copy)]
struct Entry {
    prefix: u64,
    chunk: u32,
    at: u32,
    key: u32,
    payload: u32,
}

/// Bytes after which another chunk is begun.
const CHUNK: usize = 1 << 18;

impl Records {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// What they take.
    pub fn size(&self) -> usize {
        self.bytes + self.entries.len() * size_of::<Entry>()
    }

    /// What they take, and the rows of so many cells that are made of their payloads while they are still there.
    pub fn size_with_rows(&self, cells: usize) -> usize {
        self.size() + self.entries.len() * made(cells, 0) + self.payloads
    }

    /// Takes in a record whose key and payload are written by the two.
    pub fn push(&mut self, key: impl FnOnce(&mut Vec<u8>), payload: impl FnOnce(&mut Writer)) {
        match self.chunks.last() {
            None => self.chunks.push(Writer::default()),
            Some(last) if last.bytes.len() >= CHUNK => {
                // A little more than where it ends, so that the last record does not make it grow.
                self.chunks.push(Writer { bytes: Vec::with_capacity(CHUNK + CHUNK / 16) });
            }
            Some(_) => {}
        }
        let chunk = self.chunks.len() - 1;
        let writer = &mut self.chunks[chunk];
        let at = writer.bytes.len();
        key(&mut writer.bytes);
        let middle = writer.bytes.len();
        payload(writer);
        let end = writer.bytes.len();
        self.bytes += end - at;
        self.payloads += end - middle;
        self.entries.push(Entry {
            prefix: prefix(&writer.bytes[at..middle]),
            chunk: chunk as u32,
            at: at as u32,
            key: (middle - at) as u32,
            payload: (end - middle) as u32,
        });
    }

    /// Takes in what another has.
    pub fn append(&mut self, other: Records) {
        let before = self.chunks.len() as u32;
        self.chunks.extend(other.chunks);
        self.entries.extend(other.entries.into_iter().map(|entry| Entry { chunk: before + entry.chunk, ..entry }));
        self.bytes += other.bytes;
        self.payloads += other.payloads;
    }

    /// Brings them into the order of their keys, unless the run must end before that is done.
    pub fn sort(&mut self, budget: &Budget) {
        let chunks = &self.chunks;
        let order = |a: &Entry, b: &Entry| a.prefix.cmp(&b.prefix).then_with(|| a.key(chunks).cmp(b.key(chunks)));
        sort_unstable(&mut self.entries, budget, order);
    }

    /// Drops all but the first so many.
    pub fn truncate(&mut self, count: usize) {
        if count < self.len() {
            let mut kept = Records::default();
            for (key, payload) in self.iter().take(count) {
                kept.push(|out| out.extend_from_slice(key), |out| out.bytes.extend_from_slice(payload));
            }
            *self = kept;
        }
    }

    /// Keys and payloads.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        self.entries.iter().map(|entry| (entry.key(&self.chunks), entry.payload(&self.chunks)))
    }

    /// Writes them to a run.
    pub fn write(&self, run: &mut RunWriter) -> Result<(), ScratchError> {
        self.iter().try_for_each(|(key, payload)| run.record(key, payload))
    }
}

impl Entry {
    fn key<'b>(&self, chunks: &'b [Writer]) -> &'b [u8] {
        &chunks[self.chunk as usize].bytes[self.at as usize..][..self.key as usize]
    }

    fn payload<'b>(&self, chunks: &'b [Writer]) -> &'b [u8] {
        &chunks[self.chunk as usize].bytes[self.at as usize + self.key as usize..][..self.payload as usize]
    }
}

/// About what a row takes that is made of a payload.
fn made(cells: usize, payload: usize) -> usize {
    size_of::<Box<[Owned]>>() + ALLOCATION + cells * (size_of::<Owned>() + ALLOCATION) + payload
}

/// The rows that the payloads of records hold.
pub(crate) struct RecordRows {
    records: Records,
    next: usize,
    cells: usize,
    /// How many rows of each chunk are still to come.
    left: Vec<usize>,
    /// What is asked of the budget.
    held: usize,
}

impl RecordRows {
    /// The rows of records in their order, with so many cells each. So much was asked of the budget for them.
    pub fn new(records: Records, cells: usize, held: usize) -> RecordRows {
        let mut left = vec![0; records.chunks.len()];
        records.entries.iter().for_each(|entry| left[entry.chunk as usize] += 1);
        RecordRows { records, next: 0, cells, left, held }
    }
}

impl Blocks for RecordRows {
    /// Chunks are given up as soon as their last row is made: where messages come in order of time, that is soon.
    fn next(&mut self, most: usize, context: &RunContext<'_>) -> Result<Vec<Box<[Owned]>>, ScratchError> {
        let end = (self.next + most).min(self.records.len());
        let mut rows = Vec::with_capacity(end - self.next);
        let mut free = 0;
        for entry in &self.records.entries[self.next..end] {
            rows.push(row(entry.payload(&self.records.chunks), self.cells)?);
            free += made(self.cells, entry.payload as usize);
            let chunk = entry.chunk as usize;
            self.left[chunk] -= 1;
            if self.left[chunk] == 0 {
                free += std::mem::take(&mut self.records.chunks[chunk].bytes).len();
            }
        }
        self.next = end;
        if rows.is_empty() {
            self.records = Records::default();
            self.next = 0;
            free = self.held;
        }
        let free = free.min(self.held);
        self.held -= free;
        context.budget.give_back(free);
        Ok(rows)
    }

    fn held(&self) -> usize {
        self.held
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::program::batch::{EvalContext, Tally};
    use proptest::prelude::*;
    use sumoql_data::value::Value;

    fn records(numbers: &[(u8, u64)]) -> Records {
        let mut records = Records::default();
        for (key, number) in numbers {
            // Long enough that there are several chunks.
            let text = number.to_string().repeat(*key as usize * 40);
            let cells = [Value::Int(*number as i64), Value::Text(&text)];
            let write = |out: &mut Writer| cells.iter().for_each(|cell| out.borrowed(*cell));
            records.push(|out| out.extend_from_slice(&[vec![*key; 9], number.to_be_bytes().to_vec()].concat()), write);
        }
        records
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(50) })]

        #[test]
        fn rows_come_in_order_and_the_memory_back(
            parts in prop::collection::vec(prop::collection::vec((any::<u8>(), any::<u64>()), 0..150), 1..4),
            limit in 1usize..500,
            most in 1usize..70,
        ) {
            let mut all = Records::default();
            parts.iter().for_each(|part| all.append(records(part)));
            let mut wanted = parts.concat();
            prop_assert_eq!(all.len(), wanted.len());
            all.sort(&Budget::default());
            all.truncate(limit);
            wanted.sort_unstable();
            wanted.truncate(limit);

            let budget = Budget::default();
            budget.ask(all.size_with_rows(2)).unwrap();
            let (env, tally) = (EvalContext::default(), Tally::new(0));
            let context = RunContext::new(&env, &budget, most, &tally);
            let mut rows = RecordRows::new(all, 2, budget.used());
            let mut found = Vec::new();
            loop {
                let block = rows.next(most, &context).unwrap();
                prop_assert_eq!(rows.held(), budget.used());
                if block.is_empty() {
                    break;
                }
                found.extend(block.iter().map(|row| row[0].borrow().integer().unwrap() as u64));
            }
            prop_assert_eq!(found, wanted.into_iter().map(|(_, number)| number as i64 as u64).collect::<Vec<_>>());
            prop_assert_eq!(budget.used(), 0);
        }
    }
}
