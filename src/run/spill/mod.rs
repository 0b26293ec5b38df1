//! Spilling: what is too much for the memory limit goes to scratch space that the caller lends.
//!
//! Nothing here knows of files: a [`Scratch`] makes [`Spool`]s, to which bytes are appended and from which they are read.
//! Groups and sorted rows become sorted runs, which are merged when they are read; rows that have their order already
//! are written one after the other. The keys of records order as bytes, so that one merge serves all.

pub(crate) mod external_sort;
pub(crate) mod group_runs;
pub(crate) mod ordered_key;
pub(crate) mod records_in_memory;
pub mod row_queue;
pub(crate) mod sorted_runs;

use crate::program::budget::Budget;
use crate::program::scratch::{Scratch, ScratchError, Spool};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

/// Scratch space in memory: for what is left when there is no other, and for tests.
#[derive(Debug, Default, Clone)]
pub struct InMemory;

impl Scratch for InMemory {
    fn create(&self) -> Result<Arc<dyn Spool>, ScratchError> {
        Ok(Arc::new(Bytes::default()))
    }
}

#[derive(Debug, Default)]
struct Bytes(Mutex<Vec<u8>>);

impl Bytes {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        // Nothing that holds the lock can panic.
        work(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Spool for Bytes {
    fn append(&self, bytes: &[u8]) -> Result<u64, ScratchError> {
        Ok(self.with(|all| {
            let at = all.len() as u64;
            all.extend_from_slice(bytes);
            at
        }))
    }

    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), ScratchError> {
        self.with(|all| {
            let from =
                all.get(at as usize..).and_then(|rest| rest.get(..into.len())).ok_or_else(ScratchError::damaged)?;
            into.copy_from_slice(from);
            Ok(())
        })
    }
}

/// Writes something to scratch space if that can be, to the spool that is there or a new one, else to memory: what was
/// seen already must not be lost.
fn somewhere<T>(
    budget: &Budget,
    spool: &mut Option<Arc<dyn Spool>>,
    write: impl Fn(&Arc<dyn Spool>) -> Result<T, ScratchError>,
) -> Option<T> {
    if let Some(scratch) = budget.scratch() {
        match written(scratch.as_ref(), spool, &write) {
            Ok(written) => return Some(written),
            Err(scratch_error) => budget.fail(scratch_error),
        }
    }
    written(&InMemory, &mut None, write).ok()
}

/// Writes something to a spool, a new one if there is none yet.
fn written<T>(
    scratch: &dyn Scratch,
    spool: &mut Option<Arc<dyn Spool>>,
    write: impl FnOnce(&Arc<dyn Spool>) -> Result<T, ScratchError>,
) -> Result<T, ScratchError> {
    match spool {
        Some(spool) => write(spool),
        None => write(spool.insert(scratch.create()?)),
    }
}
