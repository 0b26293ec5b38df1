//! Reads a range of a file: the messages that start in it.

use super::super::framing::bounds::Bounds;
use super::mapped::View;
use super::window::Window;
use crate::run::message::ChunkBytes;
use std::fs::File;
use std::io;
use std::ops;

/// How much is mapped beyond a range, for the end of its last message.
const MORE: u64 = 64 << 10;

/// A range of a file.
#[derive(Clone, Copy, Debug)]
pub struct Range {
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
pub struct Piece {
    /// Whole messages.
    pub bytes: ChunkBytes,
    /// Where they start in the file.
    pub offset: u64,
    /// Where the last message goes on, if it was cut because it is too long.
    pub more: Option<u64>,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

impl Range {
    /// The bytes to look at, in a file of this size.
    pub fn bytes(&self, size: u64) -> ops::Range<u64> {
        let base = if self.sure { self.from } else { self.from - 1 };
        base..self.to.saturating_add(MORE).min(size)
    }
}

/// Reads the messages that start in the range, from a file of this size. No bytes when none does.
/// From a view the bytes are not copied, if it has those of [`Range::bytes`].
pub fn read(file: &File, size: u64, range: Range, bounds: &Bounds, (buffer, view): (Vec<u8>, Option<View>)) -> Piece {
    let read = |room: &mut [u8], at: u64| match read_at(file, room, at)? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter")),
        n => Ok(n),
    };
    let looked = range.bytes(size);
    let base = looked.start;
    let there = view.and_then(|view| Some((view.part(&looked)?, view)));
    if let Some((part, view)) = &there {
        view.load(part);
    }
    let mut window = match &there {
        Some((part, view)) => Window::there(&view.as_ref()[part.clone()], base, size, read),
        None => Window::new(buffer, base, size, read),
    };
    let mut piece = Piece { bytes: Vec::new().into(), offset: range.from, more: None, error: None };
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
    } else if let Some((part, view)) = there {
        let start = part.start + start;
        piece.bytes = ChunkBytes::Shared(Box::new(view), start..start + end);
    }
    piece
}

/// Reads from a place in a file.
#[cfg(unix)]
pub fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, at)
}

/// Reads from a place in a file.
#[cfg(windows)]
pub fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, room, at)
}

/// Elsewhere a file has one place to read from, which its users must not move under each other's feet.
#[cfg(not(any(unix, windows)))]
pub fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let mut file = file;
    file.seek(SeekFrom::Start(at))?;
    file.read(room)
}
