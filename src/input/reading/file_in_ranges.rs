//! Files whose messages can be found from any place on: read in ranges, by all workers at once.

use super::super::framing::message_bounds::Bounds;
use super::file_range::{self, Range};
use super::memory_map;
use super::{Reading, Trouble, Turn};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How many times as long ranges of mapped files are: they need no memory, and each costs a call of the system.
const MAPPED: usize = 8;

/// A file read in ranges.
pub struct Ranges {
    path: PathBuf,
    /// The first byte of the first message.
    start: u64,
    size: u64,
    bounds: Bounds,
    /// About how many bytes a range has.
    chunk: usize,
    cursor: Mutex<Cursor>,
}

/// What is read next.
#[derive(Default)]
struct Cursor {
    /// The start of the next range; none: the file's first.
    at: Option<u64>,
    ended: bool,
    /// The file, and whether it is mapped.
    file: Option<(Arc<File>, bool)>,
    /// Where messages go on that are too long.
    more: Vec<Range>,
    /// Where they all went on so far.
    cuts: Vec<u64>,
}

impl Ranges {
    /// The file of this size, from the byte `start` on.
    pub fn new(path: PathBuf, (start, size): (u64, u64), bounds: Bounds, chunk: usize) -> Ranges {
        Ranges { path, start, size, bounds, chunk, cursor: Mutex::default() }
    }

    fn claim(&self, trouble: &mut Trouble<'_>) -> Option<((Arc<File>, bool), Range)> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        if cursor.file.is_none() && !cursor.ended {
            match File::open(&self.path) {
                Ok(file) => {
                    let maps = memory_map::suits(&file, self.size);
                    cursor.file = Some((Arc::new(file), maps));
                }
                Err(error) => {
                    cursor.ended = true;
                    trouble(error, None);
                }
            }
        }
        let file = cursor.file.clone()?;
        let bytes = self.chunk.saturating_mul(if file.1 { MAPPED } else { 1 });
        if let Some(range) = cursor.more.pop() {
            return Some((file, range));
        }
        let from = cursor.at.unwrap_or(self.start);
        if from >= self.size || cursor.ended {
            return None;
        }
        let to = from.saturating_add(bytes as u64).min(self.size);
        cursor.at = Some(to);
        Some((file, Range { from, to, sure: from == self.start }))
    }
}

impl Reading for Ranges {
    fn next(&self, mut buffer: Vec<u8>, _: bool, trouble: &mut Trouble<'_>) -> Turn {
        loop {
            let Some(((file, maps), range)) = self.claim(trouble) else { return Turn::Ended(buffer) };
            let piece = file_range::read(&file, self.size, range, &self.bounds, (buffer, maps));
            let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((error, offset)) = piece.error {
                cursor.ended = true;
                trouble(error, Some(offset));
            } else if let Some(more) = piece.more {
                cursor.cuts.push(more);
                cursor.more.push(Range { from: more, to: more, sure: true });
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
        *self.cursor.lock().unwrap_or_else(PoisonError::into_inner) = Cursor::default();
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.size)
    }

    fn cuts(&self) -> Vec<u64> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner).cuts.clone()
    }
}
