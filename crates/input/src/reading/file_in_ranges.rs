//! Files whose messages can be found from any place on: read in ranges, by all workers at once.

use super::super::framing::message_bounds::Bounds;
use super::file_range::{self, FileRange};
use super::memory_map;
use super::{OnError, Reading, Turn};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How many times as long ranges of mapped files are: they need no memory, and each costs a call of the system.
const MAPPED_RANGE_FACTOR: usize = 8;

/// A file read in ranges.
pub struct FileInRanges {
    path: PathBuf,
    /// The first byte of the first message.
    start: u64,
    size: u64,
    bounds: Bounds,
    /// About how many bytes a range has.
    chunk: usize,
    position: Mutex<Position>,
}

/// What is read next.
#[derive(Default)]
struct Position {
    /// The start of the next range; none: the file's first.
    at: Option<u64>,
    ended: bool,
    /// The file, and whether it is mapped.
    file: Option<(Arc<File>, bool)>,
    /// Where messages go on that are too long.
    more: Vec<FileRange>,
    /// Where they all went on so far.
    cuts: Vec<u64>,
}

/// Up to where a file consists of whole lines.
pub fn whole_lines(path: &Path, size: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut end = size;
    let mut block = vec![0; 1 << 16];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let block = &mut block[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(block)?;
        if let Some(at) = memchr::memrchr(b'\n', block) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

impl FileInRanges {
    /// The file of this size, from the byte `start` on.
    pub fn new(path: PathBuf, (start, size): (u64, u64), bounds: Bounds, chunk: usize) -> FileInRanges {
        FileInRanges { path, start, size, bounds, chunk, position: Mutex::default() }
    }

    fn claim(&self, on_error: &mut OnError<'_>) -> Option<((Arc<File>, bool), FileRange)> {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        if position.file.is_none() && !position.ended {
            match File::open(&self.path) {
                Ok(file) => {
                    let maps = memory_map::is_suitable(&file, self.size);
                    position.file = Some((Arc::new(file), maps));
                }
                Err(error) => {
                    position.ended = true;
                    on_error(error, None);
                }
            }
        }
        let file = position.file.clone()?;
        let bytes = self.chunk.saturating_mul(if file.1 { MAPPED_RANGE_FACTOR } else { 1 });
        if let Some(range) = position.more.pop() {
            return Some((file, range));
        }
        let from = position.at.unwrap_or(self.start);
        if from >= self.size || position.ended {
            return None;
        }
        let to = from.saturating_add(bytes as u64).min(self.size);
        position.at = Some(to);
        Some((file, FileRange { from, to, sure: from == self.start }))
    }
}

impl Reading for FileInRanges {
    fn next(&self, mut buffer: Vec<u8>, _: bool, on_error: &mut OnError<'_>) -> Turn {
        loop {
            let Some(((file, maps), range)) = self.claim(on_error) else { return Turn::Ended(buffer) };
            let piece = file_range::read(&file, self.size, range, &self.bounds, (buffer, maps));
            let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((error, offset)) = piece.error {
                position.ended = true;
                on_error(error, Some(offset));
            } else if let Some(more) = piece.more {
                position.cuts.push(more);
                position.more.push(FileRange { from: more, to: more, sure: true });
            }
            match piece.bytes.is_empty() {
                true => buffer = piece.bytes.reuse(),
                false => return Turn::Chunk(piece.bytes, piece.offset),
            }
        }
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn restart(&self) {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Position::default();
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.size)
    }

    fn cuts(&self) -> Vec<u64> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner).cuts.clone()
    }
}
