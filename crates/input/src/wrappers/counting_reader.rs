//! Counts the bytes that are read where they lie, for the progress line.

use super::super::byte_stream::ByteStream;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are counted together with others as they are read.
pub struct CountingReader {
    bytes: ByteStream,
    count: Arc<AtomicU64>,
}

impl CountingReader {
    /// Adds to `count`.
    pub fn new(bytes: ByteStream, count: Arc<AtomicU64>) -> CountingReader {
        CountingReader { bytes, count }
    }
}

impl Read for CountingReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(buf)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
