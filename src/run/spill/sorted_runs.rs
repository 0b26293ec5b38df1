//! Records, a key and a payload each: written to a spool in runs, read back, and merged from several runs in the order of
//! their keys.

use super::ordered_key::prefix;
use crate::program::codec::{Reader, Writer};
use crate::program::scratch::{Scratch, ScratchError, Spool};
use std::ops::Range;
use std::sync::Arc;

/// Bytes written at a time.
const WRITTEN: usize = 1 << 18;

/// The bounds of what is read at a time.
const READ: Range<usize> = 1 << 12..1 << 20;

/// Records one after the other. Where runs are merged, those of each are in the order of their keys.
#[derive(Clone)]
pub(crate) struct Run {
    spool: Arc<dyn Spool>,
    bytes: Range<u64>,
}

/// Writes a run.
pub(crate) struct RunWriter {
    spool: Arc<dyn Spool>,
    start: Option<u64>,
    end: u64,
    pending: Writer,
    /// Records that were written, and those that are pending.
    written: usize,
    waiting: usize,
}

impl RunWriter {
    /// A run at the end of what was written to a spool.
    pub fn new(spool: &Arc<dyn Spool>) -> RunWriter {
        RunWriter { spool: Arc::clone(spool), start: None, end: 0, pending: Writer::default(), written: 0, waiting: 0 }
    }

    /// A run in a spool of its own.
    pub fn alone(scratch: &dyn Scratch) -> Result<RunWriter, ScratchError> {
        Ok(RunWriter::new(&scratch.create()?))
    }

    /// Writes a record.
    pub fn record(&mut self, key: &[u8], payload: &[u8]) -> Result<(), ScratchError> {
        self.pending.slice(key);
        self.pending.slice(payload);
        self.waiting += 1;
        if self.pending.bytes.len() >= WRITTEN { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ScratchError> {
        let at = self.spool.append(&self.pending.bytes)?;
        self.start.get_or_insert(at);
        self.end = at + self.pending.bytes.len() as u64;
        self.pending.bytes.clear();
        self.written += std::mem::take(&mut self.waiting);
        Ok(())
    }

    /// The run.
    pub fn end(self) -> Result<Run, ScratchError> {
        match self.end_early() {
            (run, _, None) => Ok(run),
            (.., Some(scratch_error)) => Err(scratch_error),
        }
    }

    /// The run, how many records it has, and why it does not have all if it does not.
    pub fn end_early(mut self) -> (Run, usize, Option<ScratchError>) {
        let scratch_error = self.flush().err();
        (Run { spool: self.spool, bytes: self.start.unwrap_or(self.end)..self.end }, self.written, scratch_error)
    }
}

/// Reads a run, record by record.
pub(crate) struct Cursor {
    spool: Arc<dyn Spool>,
    /// What was not read from the spool yet.
    left: Range<u64>,
    /// What was read, and how much of it was handed out.
    buffer: Vec<u8>,
    done: usize,
    /// Bytes read at a time.
    step: usize,
    key: Range<usize>,
    payload: Range<usize>,
    prefix: u64,
}

impl Cursor {
    /// Before the first record.
    pub fn new(run: Run, step: usize) -> Cursor {
        let step = step.clamp(READ.start, READ.end);
        Cursor {
            spool: run.spool,
            left: run.bytes,
            buffer: Vec::new(),
            done: 0,
            step,
            key: 0..0,
            payload: 0..0,
            prefix: 0,
        }
    }

    /// Goes to the next record, if there is one.
    pub fn advance(&mut self) -> Result<bool, ScratchError> {
        loop {
            let rest = &self.buffer[self.done..];
            let mut reader = Reader::new(rest);
            if let (Ok(key), after, Ok(payload)) = (reader.slice(), reader.left(), reader.slice()) {
                let end = self.buffer.len() - reader.left();
                self.key = self.buffer.len() - after - key.len()..self.buffer.len() - after;
                self.payload = end - payload.len()..end;
                self.prefix = prefix(key);
                self.done = end;
                return Ok(true);
            }
            if self.left.is_empty() {
                return if rest.is_empty() { Ok(false) } else { Err(ScratchError::damaged()) };
            }
            // A record that is larger than what was read needs more at a time.
            let more = self.step.max(rest.len()).min((self.left.end - self.left.start) as usize);
            self.buffer.drain(..self.done);
            self.done = 0;
            let before = self.buffer.len();
            self.buffer.resize(before + more, 0);
            self.spool.read(self.left.start, &mut self.buffer[before..])?;
            self.left.start += more as u64;
        }
    }

    /// The key of the record.
    pub fn key(&self) -> &[u8] {
        &self.buffer[self.key.clone()]
    }

    /// The payload of the record.
    pub fn payload(&self) -> &[u8] {
        &self.buffer[self.payload.clone()]
    }

    fn before(&self, other: &Cursor) -> bool {
        self.prefix.cmp(&other.prefix).then_with(|| self.key().cmp(other.key())).is_lt()
    }
}

/// Merges runs: their records in the order of the keys.
pub(crate) struct Merge {
    /// A heap: no cursor is before its parent.
    cursors: Vec<Cursor>,
}

impl Merge {
    /// At the first record of all. So many bytes may be used for buffers, where that is enough.
    pub fn new(runs: Vec<Run>, bytes: usize) -> Result<Merge, ScratchError> {
        let step = bytes / runs.len().max(1);
        let mut merge = Merge { cursors: Vec::with_capacity(runs.len()) };
        for run in runs {
            let mut cursor = Cursor::new(run, step);
            if cursor.advance()? {
                merge.cursors.push(cursor);
            }
        }
        (0..merge.cursors.len() / 2).rev().for_each(|at| merge.sink(at));
        Ok(merge)
    }

    /// Where the merge is; nothing at the end.
    pub fn at(&self) -> Option<&Cursor> {
        self.cursors.first()
    }

    /// Goes to the next record.
    pub fn advance(&mut self) -> Result<(), ScratchError> {
        if let Some(first) = self.cursors.first_mut() {
            if !first.advance()? {
                self.cursors.swap_remove(0);
            }
            self.sink(0);
        }
        Ok(())
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let mut first = at;
            for child in [left, right] {
                if child < self.cursors.len() && self.cursors[child].before(&self.cursors[first]) {
                    first = child;
                }
            }
            if first == at {
                return;
            }
            self.cursors.swap(at, first);
            at = first;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::run::spill::InMemory;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn merged_runs_are_sorted_records(runs in prop::collection::vec(prop::collection::vec((any::<u16>(), 0usize..9000), 0..30), 0..9)) {
            let spool = InMemory.create().unwrap();
            let record = |(key, length): (u16, usize)| (key.to_be_bytes().repeat(5), vec![7u8; length]);
            let mut all = Vec::new();
            let mut written = Vec::new();
            for mut run in runs {
                run.sort_unstable();
                let mut writer = RunWriter::new(&spool);
                for (key, payload) in run.iter().copied().map(record) {
                    writer.record(&key, &payload).unwrap();
                }
                all.extend(run.into_iter().map(record));
                written.push(writer.end().unwrap());
            }
            all.sort();
            let mut merge = Merge::new(written, 1).unwrap();
            let mut found = Vec::new();
            while let Some(cursor) = merge.at() {
                found.push((cursor.key().to_vec(), cursor.payload().to_vec()));
                merge.advance().unwrap();
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            found.sort();
            prop_assert!(found == all);
        }
    }
}
