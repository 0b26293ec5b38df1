//! Reads from any place in a file, by many at once.

use std::fs::File;
use std::io;

/// Reads from a place in a file.
#[cfg(unix)]
pub fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

/// Reads from a place in a file.
#[cfg(windows)]
pub fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
}

/// Elsewhere a file has one place to read from, which its users must not move under each other's feet.
#[cfg(not(any(unix, windows)))]
pub fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let mut file = file;
    file.seek(SeekFrom::Start(at))?;
    file.read(buf)
}
