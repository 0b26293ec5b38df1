//! Where an archive lies: in a file, or in one of ours if it came out of a stream.

use crate::byte_stream::ByteStream;
use crate::positioned_read::read_at;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// How many archives that came out of streams are kept at a time.
const MAX_SPOOLS: usize = 256;

/// How many bytes these archives may have together.
const MAX_SPOOLED_BYTES: u64 = 1 << 30;

/// An archive's bytes, which can be read from any place on.
#[derive(Clone, Debug)]
pub enum ArchiveSource {
    /// A file, opened when it is read.
    File(PathBuf),
    /// A file that goes when nobody reads it any more.
    Spool(Arc<File>),
}

impl ArchiveSource {
    /// The whole file.
    #[cfg(feature = "parquet")]
    pub fn file(&self) -> io::Result<File> {
        match self {
            ArchiveSource::File(path) => File::open(path),
            ArchiveSource::Spool(file) => file.try_clone(),
        }
    }

    /// The bytes from `from` up to `to`, or to the end.
    pub fn open(&self, from: u64, to: u64) -> io::Result<ArchivePart> {
        let file = match self {
            ArchiveSource::File(path) => Arc::new(File::open(path)?),
            ArchiveSource::Spool(file) => file.clone(),
        };
        let to = to.min(file.metadata()?.len());
        Ok(ArchivePart { file, from, to, at: from })
    }
}

/// Some of the bytes of an archive.
pub struct ArchivePart {
    file: Arc<File>,
    from: u64,
    to: u64,
    at: u64,
}

impl ArchivePart {
    /// The place after the last byte.
    pub fn end(&self) -> u64 {
        self.to
    }
}

impl Read for ArchivePart {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.to.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buf.len());
        let n = read_at(&self.file, &mut buf[..most], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for ArchivePart {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(n) => (self.from, i64::try_from(n).map_err(|_| ErrorKind::InvalidInput)?),
            SeekFrom::Current(n) => (self.at, n),
            SeekFrom::End(n) => (self.to, n),
        };
        let at = base.checked_add_signed(by).filter(|at| *at >= self.from).ok_or(ErrorKind::InvalidInput)?;
        self.at = at;
        Ok(at - self.from)
    }
}

/// The archives that came out of streams: standard input, compressed files, other archives.
#[derive(Debug, Default)]
pub struct TempSpools {
    count: usize,
    bytes: u64,
}

impl TempSpools {
    /// Keeps an archive in a file that nobody else sees, as much of it as can be read, and why that is not all.
    pub fn keep(&mut self, bytes: ByteStream) -> Result<(ArchiveSource, Option<io::Error>), String> {
        self.count += 1;
        if self.count > MAX_SPOOLS {
            return Err(format!("there are more than {MAX_SPOOLS} archives within others, which is not read"));
        }
        let mut file = tempfile::tempfile().map_err(|error| format!("no room for the archive within: {error}"))?;
        let left = MAX_SPOOLED_BYTES - self.bytes;
        let mut bytes = bytes.take(left + 1);
        let mut error = None;
        let mut kept = 0;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    kept += n as u64;
                    let written = file.write_all(&buffer[..n]);
                    written.map_err(|error| format!("no room for the archive within: {error}"))?;
                }
                Err(again) if again.kind() == ErrorKind::Interrupted => {}
                Err(other) => {
                    error = Some(other);
                    break;
                }
            }
        }
        if kept > left {
            return Err(format!(
                "archives inside archives or streams take more than {MAX_SPOOLED_BYTES} bytes; give the archive as a file"
            ));
        }
        self.bytes += kept;
        Ok((ArchiveSource::Spool(Arc::new(file)), error))
    }
}
