//! Reads a range of a file: the messages that start in it.

use super::super::framing::bounds::Bounds;
use super::window::Window;
use std::fs::File;
use std::io;

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
#[derive(Debug, Default)]
pub struct Piece {
    /// Whole messages.
    pub bytes: Vec<u8>,
    /// Where they start in the file.
    pub offset: u64,
    /// Where the last message goes on, if it was cut because it is too long.
    pub more: Option<u64>,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

/// Reads the messages that start in the range, from a file of this size. No bytes when none does.
pub fn read(file: &File, size: u64, range: Range, bounds: &Bounds, buffer: Vec<u8>) -> Piece {
    let read = |room: &mut [u8], at: u64| match read_at(file, room, at)? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter")),
        n => Ok(n),
    };
    let base = if range.sure { range.from } else { range.from - 1 };
    let mut window = Window::new(buffer, base, size, read);
    let mut piece = Piece { offset: range.from, ..Piece::default() };
    let mut end = 0;
    if range.sure || window.seek(bounds, range.from, range.to) {
        piece.offset = window.base;
        let (at, cut) = window.messages_end(bounds, range.to.saturating_sub(window.base) as usize);
        piece.more = cut.then_some(window.base + at as u64);
        end = at;
    }
    let reached = window.base + window.bytes().len() as u64;
    piece.error = window.error.take().map(|error| (error, reached));
    piece.bytes = window.take(end);
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
