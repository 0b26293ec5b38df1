//! An event log: where its bytes are, and how its records are read one after the other.

use crate::chunk::RecordHeader;
use crate::chunk_locator::ChunkLocator;
use crate::chunk_reader::ChunkReader;
use crate::damage::Damage;
use crate::error::Error;
use crate::json_shapes::Shapes;
use crate::log_bytes::LogBytes;
use crate::rendering::Rendering;
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// An event log. Many threads can read it at once.
#[derive(Debug)]
pub struct Log {
    bytes: LogBytes,
    /// What readers have learned, for those that follow.
    shapes: Mutex<Vec<Shapes>>,
}

impl Log {
    /// Opens a log that is a file. Its size is the one that it has now: a log that grows is read up to there.
    ///
    /// # Errors
    ///
    /// If the file can't be opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Log> {
        LogBytes::of_file(path.as_ref()).map(Log::new)
    }

    /// The log that these bytes are.
    pub fn from_bytes(bytes: Vec<u8>) -> Log {
        Log::new(LogBytes::Memory(bytes))
    }

    fn new(bytes: LogBytes) -> Log {
        Log { bytes, shapes: Mutex::default() }
    }

    /// The size of the log in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// The records of the log, in the order in which they are in it.
    pub fn records(&self, rendering: Rendering) -> Records<'_> {
        let (locator, reader) = (ChunkLocator::default(), ChunkReader::new(self, rendering));
        Records { locator, reader, found: VecDeque::new(), text: Vec::new(), ended: false }
    }

    /// What an earlier reader has learned of the records' shapes.
    pub(crate) fn borrow_shapes(&self) -> Shapes {
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps that for a later reader.
    pub(crate) fn return_shapes(&self, shapes: Shapes) {
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner).push(shapes);
    }

    /// Makes `block` hold the bytes from `at` on: `length` of them, or fewer where the log ends.
    pub(crate) fn fill(&self, block: &mut Vec<u8>, at: u64, length: usize) -> Result<(), Error> {
        self.bytes.read(block, at, length).map_err(|cause| Error { offset: at, cause })
    }
}

/// A record of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Where it is, its number and its time.
    pub header: RecordHeader,
    /// XML or JSON.
    pub text: String,
}

/// Reads the records of a log, made by [`Log::records`].
///
/// An error means that the rest of the log can't be read, not that it is damaged. What can't be read of a damaged log is
/// left out and listed by [`Records::damage`].
#[derive(Debug)]
pub struct Records<'l> {
    locator: ChunkLocator,
    reader: ChunkReader<'l>,
    /// The records of the region that was read last.
    found: VecDeque<Record>,
    text: Vec<u8>,
    ended: bool,
}

impl Records<'_> {
    /// Also gives the records that are left in slack, as [`ChunkReader::with_slack`].
    #[must_use]
    pub fn with_slack(mut self) -> Self {
        self.reader = self.reader.with_slack();
        self
    }

    /// What could not be read so far, a chunk at a time. Complete when there are no more records.
    pub fn damage(&self) -> &Damage {
        self.reader.damage()
    }

    /// Reads the next region. False at the end.
    fn region(&mut self) -> Result<bool, Error> {
        let Some(region) = self.locator.next(self.reader.log())? else { return Ok(false) };
        let (found, mut start) = (&mut self.found, 0);
        self.text.clear();
        self.reader.read(&region, &mut self.text, |out, header| {
            let text = String::from_utf8_lossy(&out[start..]).into_owned();
            found.push_back(Record { header, text });
            start = out.len();
        })?;
        Ok(true)
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Result<Record, Error>> {
        while self.found.is_empty() && !self.ended {
            match self.region() {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.found.pop_front().map(Ok)
    }
}
