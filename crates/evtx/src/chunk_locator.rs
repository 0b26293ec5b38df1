//! Where the chunks of an event log lie.
//!
//! They follow each other after the file's header, 64 KiB each. In a damaged log they may lie elsewhere, but always at a
//! multiple of 4 KiB.

use crate::chunk::has_records;
use crate::error::Error;
use crate::log::Log;

/// How many bytes a chunk has.
pub const CHUNK: usize = 64 << 10;

/// How many bytes the header of a chunk has; records come after it.
pub const CHUNK_HEADER: usize = 512;

/// What a chunk begins with.
pub const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";

/// What a log begins with.
const LOG_MAGIC: &[u8; 8] = b"ElfFile\0";

/// How many bytes the header of a log has. Whatever a log is made of starts at a multiple of it.
const BLOCK: usize = 4096;

/// Whether the first bytes of an input are an event log's: its header is, or there is a chunk.
pub fn is_log(head: &[u8]) -> bool {
    head.starts_with(LOG_MAGIC) || head.chunks(BLOCK).any(|block| block.starts_with(CHUNK_MAGIC))
}

/// A run of bytes of a log to look at: mostly a chunk.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    pub(crate) offset: u64,
    /// How many there are, at most.
    pub(crate) length: usize,
    pub(crate) kind: ChunkKind,
}

impl Region {
    /// Where it starts in the log.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

/// What bytes of a log are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkKind {
    /// A chunk.
    Chunk,
    /// A chunk whose beginning was overwritten: there are records.
    Headless,
    /// The header of a log that goes no further.
    Header,
    /// Something else.
    Unknown,
}

/// Finds the regions of a log, one after the other. In a log that is not damaged each is a chunk.
#[derive(Debug, Default)]
pub struct ChunkLocator {
    at: u64,
    block: Vec<u8>,
}

impl ChunkLocator {
    /// Where in the log it looks next.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// The next bytes to look at; none at the end. What holds nothing but zeros is passed over: it is not in use.
    ///
    /// # Errors
    ///
    /// If the log can't be read there.
    pub fn next(&mut self, log: &Log) -> Result<Option<Region>, Error> {
        while self.at < log.size() {
            let at = self.at;
            self.read(log, CHUNK_MAGIC.len())?;
            if self.block == CHUNK_MAGIC {
                self.at += CHUNK as u64;
                return Ok(Some(Region { offset: at, length: CHUNK, kind: ChunkKind::Chunk }));
            }
            if at == 0 {
                self.at = BLOCK as u64;
                if log.size() < self.at {
                    return Ok(Some(Region { offset: at, length: BLOCK, kind: ChunkKind::Header }));
                }
                continue;
            }
            self.read(log, CHUNK)?;
            if self.block.is_empty() {
                return Ok(None);
            }
            let chunk = |block: &usize| self.block[block * BLOCK..].starts_with(CHUNK_MAGIC);
            let length = (1..self.block.len().div_ceil(BLOCK)).find(chunk).map_or(self.block.len(), |n| n * BLOCK);
            self.at += length as u64;
            if self.block[..length].iter().any(|byte| *byte != 0) {
                let kind = if has_records(&self.block[..length]) { ChunkKind::Headless } else { ChunkKind::Unknown };
                return Ok(Some(Region { offset: at, length, kind }));
            }
        }
        Ok(None)
    }

    fn read(&mut self, log: &Log, length: usize) -> Result<(), Error> {
        log.fill(&mut self.block, self.at, length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn places(bytes: Vec<u8>) -> Vec<(u64, usize, ChunkKind)> {
        let (bytes, mut locator) = (Log::from_bytes(bytes), ChunkLocator::default());
        let next = || locator.next(&bytes).unwrap();
        std::iter::from_fn(next).map(|place| (place.offset, place.length, place.kind)).collect()
    }

    fn block(start: &[u8], length: usize) -> Vec<u8> {
        let mut block = start.to_vec();
        block.resize(length, 0);
        block
    }

    #[test]
    fn chunks_are_found_wherever_they_lie() {
        let (header, chunk) = (block(LOG_MAGIC, BLOCK), block(CHUNK_MAGIC, CHUNK));
        let (b, c) = (BLOCK as u64, CHUNK as u64);
        assert_eq!(places(header.clone()), []);
        assert_eq!(places(Vec::new()), []);
        assert_eq!(places(LOG_MAGIC.to_vec()), [(0, BLOCK, ChunkKind::Header)]);
        assert_eq!(
            places([&header[..], &chunk, &chunk].concat()),
            [(b, CHUNK, ChunkKind::Chunk), (b + c, CHUNK, ChunkKind::Chunk)]
        );
        assert_eq!(places([&block(b"x", BLOCK)[..], &chunk].concat()), [(b, CHUNK, ChunkKind::Chunk)], "no header");
        assert_eq!(places(chunk.clone()), [(0, CHUNK, ChunkKind::Chunk)], "a chunk alone");
        let unused = [&header[..], &block(b"", CHUNK), &chunk].concat();
        assert_eq!(places(unused), [(b + c, CHUNK, ChunkKind::Chunk)]);
        let shifted = [&header[..], &block(b"", 3 * BLOCK), &block(b"x", BLOCK), &chunk, &chunk[..100]].concat();
        let expected = [
            (b, 4 * BLOCK, ChunkKind::Unknown),
            (5 * b, CHUNK, ChunkKind::Chunk),
            (5 * b + c, CHUNK, ChunkKind::Chunk),
        ];
        assert_eq!(places(shifted), expected);
        let mut headless = block(b"x", CHUNK);
        for (at, bytes) in [(5000, &b"**\0\0\x20\0\0\0"[..]), (5028, b"\x20\0\0\0")] {
            headless[at..at + bytes.len()].copy_from_slice(bytes);
        }
        assert_eq!(places([&header[..], &headless, &chunk].concat())[0], (b, CHUNK, ChunkKind::Headless));
    }

    #[test]
    fn logs_are_told_by_their_beginning() {
        assert!(is_log(LOG_MAGIC) && is_log(&[&[7; BLOCK][..], CHUNK_MAGIC].concat()));
        assert!(!is_log(b"") && !is_log(b"ElfFile") && !is_log(&[&[7; 4095][..], CHUNK_MAGIC].concat()));
    }
}
