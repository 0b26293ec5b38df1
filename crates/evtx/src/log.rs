//! An event log: where its bytes are, and how they are read.

use crate::chunk_locator::Region;
use crate::log_bytes::LogBytes;
use std::io;
use std::path::Path;

/// An event log. Many threads can read it at once.
pub struct Log {
    bytes: LogBytes,
}

impl Log {
    /// Opens a log that is a file. Its size is the one that it has now: a log that grows is read up to there.
    ///
    /// # Errors
    ///
    /// If the file can't be opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Log> {
        LogBytes::of_file(path.as_ref()).map(|bytes| Log { bytes })
    }

    /// The log that these bytes are.
    pub fn from_bytes(bytes: Vec<u8>) -> Log {
        Log { bytes: LogBytes::Memory(bytes) }
    }

    /// The size of the log in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// Makes `block` hold the bytes of a region.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn read(&self, region: &Region, block: &mut Vec<u8>) -> io::Result<()> {
        self.fill(block, region.offset, region.length)
    }

    /// Makes `block` hold the bytes from `at` on: `length` of them, or fewer where the log ends.
    pub(crate) fn fill(&self, block: &mut Vec<u8>, at: u64, length: usize) -> io::Result<()> {
        self.bytes.read(block, at, length)
    }
}
