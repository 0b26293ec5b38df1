//! The bytes of an event log: a file's, or those in memory.

use super::super::positioned_read::read_at;
use std::fs::File;
use std::io;
use std::path::Path;

/// Bytes that can be read from any place on, by many at once.
pub enum Bytes {
    /// A file, and how many bytes it had when it was opened.
    File(File, u64),
    /// Memory.
    Memory(Vec<u8>),
}

impl Bytes {
    /// Opens a file.
    pub fn of_file(path: &Path) -> io::Result<Bytes> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Bytes::File(file, size))
    }

    /// How many there are.
    pub fn size(&self) -> u64 {
        match self {
            Bytes::File(_, size) => *size,
            Bytes::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// How many of them are in memory.
    pub fn held(&self) -> usize {
        match self {
            Bytes::File(..) => 0,
            Bytes::Memory(bytes) => bytes.len(),
        }
    }

    /// Makes the block hold the bytes from `at` on: `length` of them, or fewer where the log ends.
    pub fn read(&self, block: &mut Vec<u8>, at: u64, length: usize) -> io::Result<()> {
        match self {
            Bytes::Memory(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                block.clear();
                block.extend_from_slice(&bytes[from..(from + length).min(bytes.len())]);
            }
            Bytes::File(file, size) => {
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
