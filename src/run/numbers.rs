//! The numbers of messages in their inputs, for queries that ask for them.
//!
//! Several workers take chunks of one input, and how many messages come before a chunk is known only when all chunks before
//! it are cut. So chunks are handed out one at a time here, and a worker that has cut its chunk waits until those before it
//! are cut too: never long, as cutting waits for nothing.

use crate::program::plan::Plan;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use sumoql_data::message::{Chunk, Input};

/// Counts the messages of each input.
#[derive(Default)]
pub(super) struct Numbers {
    /// How many chunks were handed out.
    claims: Mutex<u64>,
    counted: Mutex<Counted>,
    changed: Condvar,
}

#[derive(Default)]
struct Counted {
    /// How many chunks are cut, of those that were handed out first.
    chunks: u64,
    /// How many messages they had, by input.
    messages: HashMap<u32, u64>,
    /// A worker has panicked with a chunk that will never be cut.
    broken: bool,
}

/// A chunk's place among all.
pub(super) struct ChunkPosition<'n> {
    numbers: &'n Numbers,
    chunk: u64,
}

impl Numbers {
    /// A count, if a plan asks for numbers.
    pub fn of(parts: &[&Plan]) -> Option<Numbers> {
        parts.iter().any(|part| part.is_numbered()).then(Numbers::default)
    }

    /// The next chunk of an input, its place, and what cutting it needs: all in one step, so that places follow the order
    /// of the input, and nobody who could cut a chunk waits for one who can't cut that before it yet.
    pub fn claim<P>(
        &self,
        input: &dyn Input,
        buffer: Vec<u8>,
        needs: impl FnOnce() -> P,
    ) -> Option<(Chunk, ChunkPosition<'_>, P)> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let chunk = input.next(buffer)?;
        *claims += 1;
        Some((chunk, self.place(*claims - 1), needs()))
    }

    /// The place of a chunk that was handed out elsewhere: so many were before it.
    pub fn place(&self, chunk: u64) -> ChunkPosition<'_> {
        ChunkPosition { numbers: self, chunk }
    }
}

impl ChunkPosition<'_> {
    /// The number of the chunk's first message, of so many that it has.
    pub fn first(self, source: u32, messages: usize) -> u64 {
        let counted = self.numbers.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |counted: &mut Counted| counted.chunks != self.chunk && !counted.broken;
        let mut counted = self.numbers.changed.wait_while(counted, waits).unwrap_or_else(PoisonError::into_inner);
        counted.chunks += 1;
        let before = counted.messages.entry(source).or_default();
        let first = *before + 1;
        *before += messages as u64;
        self.numbers.changed.notify_all();
        first
    }
}

impl Drop for ChunkPosition<'_> {
    /// The others must not wait for a worker that panicked.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.numbers.counted.lock().unwrap_or_else(PoisonError::into_inner).broken = true;
            self.numbers.changed.notify_all();
        }
    }
}
