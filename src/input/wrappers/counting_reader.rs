//! Counts the bytes that are read where they lie, for the progress line.

use super::super::byte_stream::Bytes;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are counted together with others as they are read.
pub struct Tally {
    bytes: Bytes,
    count: Arc<AtomicU64>,
}

impl Tally {
    /// Adds to `count`.
    pub fn new(bytes: Bytes, count: Arc<AtomicU64>) -> Tally {
        Tally { bytes, count }
    }
}

impl Read for Tally {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(room)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
