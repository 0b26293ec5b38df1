//! The bytes of an event log: a file's, or those in memory.

use std::fs::File;
use std::io;
use std::path::Path;

/// Bytes that can be read from any place on, by many at once.
#[derive(Debug)]
pub enum LogBytes {
    /// A file, and how many bytes it had when it was opened.
    File(File, u64),
    /// Memory.
    Memory(Vec<u8>),
}

impl LogBytes {
    /// Opens a file.
    pub fn of_file(path: &Path) -> io::Result<LogBytes> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(LogBytes::File(file, size))
    }

    /// How many there are.
    pub fn size(&self) -> u64 {
        match self {
            LogBytes::File(_, size) => *size,
            LogBytes::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Makes the block hold the bytes from `at` on: `length` of them, or fewer where the log ends.
    pub fn read(&self, block: &mut Vec<u8>, at: u64, length: usize) -> io::Result<()> {
        match self {
            LogBytes::Memory(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                block.clear();
                block.extend_from_slice(&bytes[from..(from + length).min(bytes.len())]);
            }
            LogBytes::File(file, size) => {
                let length = usize::try_from(size.saturating_sub(at)).unwrap_or(usize::MAX).min(length);
                block.resize(length, 0);
                let mut done = 0;
                while done < length {
                    match read_at(file, &mut block[done..], at + done as u64) {
                        Ok(0) => break,
                        Ok(n) => done += n,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => {
                            block.truncate(done);
                            return Err(error);
                        }
                    }
                }
                block.truncate(done);
            }
        }
        Ok(())
    }
}

/// Reads from a place in a file.
#[cfg(unix)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

/// Reads from a place in a file.
#[cfg(windows)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
}

/// Elsewhere a file has one place to read from, which its users must not move under each other's feet.
#[cfg(not(any(unix, windows)))]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let mut file = file;
    file.seek(SeekFrom::Start(at))?;
    file.read(buf)
}
