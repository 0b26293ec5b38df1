//! Reads a range of a file: the messages that start in it.

use super::super::framing::message_bounds::Bounds;
use super::super::positioned_read::read_at;
use super::memory_map;
use super::window::Window;
use std::fs::File;
use std::io;
use sumoql_data::message::ChunkBytes;

/// How much is mapped beyond a range, for the end of its last message.
const MAPPED_BEYOND_BYTES: u64 = 64 << 10;

/// A range of a file.
#[derive(Clone, Copy, Debug)]
pub struct FileRange {
    /// Its first byte.
    pub from: u64,
    /// The byte after it.
    pub to: u64,
    /// Whether the range begins with a message for sure: it is the file's first, or goes on where a message that is
    /// too long was cut.
    pub sure: bool,
}

/// What reading a range gave.
#[derive(Debug)]
pub struct RangeMessages {
    /// Whole messages.
    pub bytes: ChunkBytes,
    /// Where they start in the file.
    pub offset: u64,
    /// Where the last message goes on, if it was cut because it is too long.
    pub more: Option<u64>,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

/// Reads the messages that start in the range, from a file of this size. No bytes when none does.
/// With `map` the bytes stay where the system holds them, if possible.
pub fn read(
    file: &File,
    size: u64,
    range: FileRange,
    bounds: &Bounds,
    (buffer, map): (Vec<u8>, bool),
) -> RangeMessages {
    let read = |buf: &mut [u8], at: u64| match read_at(file, buf, at)? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter")),
        n => Ok(n),
    };
    let base = if range.sure { range.from } else { range.from - 1 };
    let there = (range.to + MAPPED_BEYOND_BYTES).min(size).checked_sub(base).filter(|_| map && range.from < range.to);
    let there = there.and_then(|bytes| memory_map::map(file, base, bytes as usize));
    let mut window = match &there {
        Some(bytes) => Window::there(bytes, base, size, read),
        None => Window::new(buffer, base, size, read),
    };
    let mut piece = RangeMessages { bytes: Vec::new().into(), offset: range.from, more: None, error: None };
    let mut end = 0;
    if range.sure || window.seek(bounds, range.from, range.to) {
        piece.offset = window.base;
        let (at, cut) = window.messages_end(bounds, range.to.saturating_sub(window.base) as usize);
        piece.more = cut.then_some(window.base + at as u64);
        end = at;
    }
    let reached = window.base + window.bytes().len() as u64;
    piece.error = window.error.take().map(|error| (error, reached));
    let start = (window.base - base) as usize;
    if !window.is_there() {
        piece.bytes = window.take(end).into();
    } else if let Some(all) = there {
        piece.bytes = ChunkBytes::Shared(Box::new(all), start..start + end);
    }
    piece
}
