//! A member of an archive.

use super::super::decoders::decoder;
use super::super::decompress_reader::{DecompressReader, Upstream};
use super::super::inflate::Deflated;
use super::super::{Compression, CountingReader};
use super::ArchiveSource;
use crate::byte_stream::ByteStream;
use crate::ignored_files::is_ignored;
use flate2::Crc;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Why encrypted members are not read.
pub const ENCRYPTED: &str = "the member is encrypted, which is not read";

/// How a member is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// By deflate.
    Deflate,
    /// By bzip2.
    Bzip2,
    /// By Zstandard.
    Zstd,
    /// By xz.
    Xz,
}

/// A member of an archive.
#[derive(Clone, Debug)]
pub struct Member {
    /// The kind of its archive.
    pub of: Compression,
    /// Its path in the archive.
    pub name: String,
    /// How it is compressed, or why it can't be read.
    pub method: Result<Method, String>,
    /// Where its data start in the archive.
    pub start: u64,
    /// How many bytes its data are there.
    pub packed: u64,
    /// The checksum of what is inside, if it is known.
    pub sum: Option<u32>,
    /// The size of what is inside, if it is known.
    pub size: Option<u64>,
    /// When it was last changed, in milliseconds since 1970, if the archive says so.
    pub modified: Option<i64>,
}

impl Member {
    /// What is inside, from the beginning on. The bytes of the archive are added to `count` as they are read.
    pub fn open(&self, source: &ArchiveSource, count: Option<Arc<AtomicU64>>) -> io::Result<ByteStream> {
        let method = self.method.clone().map_err(io::Error::other)?;
        let part = source.open(self.start, self.start.saturating_add(self.packed))?;
        let bytes: ByteStream = match count {
            Some(count) => Box::new(CountingReader::new(Box::new(part), count)),
            None => Box::new(part),
        };
        let (sum, size) = (self.sum, self.size);
        Ok(Box::new(DecompressReader::new(self.of.name(), bytes, self.start, |upstream| {
            let inside: ByteStream = match method {
                Method::Stored => Box::new(upstream),
                Method::Deflate => Box::new(Deflated::new(upstream)),
                Method::Bzip2 => decoder(Compression::Bzip2, upstream)?,
                Method::Zstd => decoder(Compression::Zstd, upstream)?,
                Method::Xz => decoder(Compression::Xz, upstream)?,
            };
            Ok(match size {
                Some(size) => Box::new(Checked { inside, so_far: Crc::new(), length: 0, sum, size }),
                None => inside,
            })
        })?))
    }

    /// How many compressed bytes of `upstream` the deflate data at its beginning are, if they have an end.
    pub fn deflate_length(source: &ArchiveSource, start: u64) -> io::Result<Option<u64>> {
        let mut taken = None;
        let part = source.open(start, u64::MAX)?;
        let mut reader = DecompressReader::new("zip", Box::new(part), start, |upstream: Upstream| {
            Ok(Box::new(Deflated::new(upstream)))
        })?;
        if io::copy(&mut reader, &mut io::sink()).is_ok() {
            taken = Some(reader.taken());
        }
        Ok(taken)
    }
}

/// The name of a member that is read: its path without what leads out of the archive. Hidden files, and files that
/// lie beside messages and are none, are left out as in folders.
pub fn shown(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let hidden = |part: &&str| part.starts_with('.') || *part == "__MACOSX";
    let folder = path.ends_with(['/', '\\']);
    if folder || parts.iter().any(hidden) || parts.last().is_none_or(|name| is_ignored(name)) {
        return None;
    }
    Some(parts.join("/"))
}

/// Compares what was read with what the archive says of it.
struct Checked {
    inside: ByteStream,
    so_far: Crc,
    length: u64,
    sum: Option<u32>,
    size: u64,
}

impl Read for Checked {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inside.read(buf)?;
        if self.sum.is_some() {
            self.so_far.update(&buf[..n]);
        }
        self.length += n as u64;
        if n > 0 || buf.is_empty() {
            return Ok(n);
        }
        match self.length {
            length if length < self.size => Err(ErrorKind::UnexpectedEof.into()),
            length if length == self.size && self.sum.is_none_or(|sum| sum == self.so_far.sum()) => Ok(0),
            _ => Err(io::Error::new(ErrorKind::InvalidData, "the checksum does not fit")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_members() {
        for (path, expected) in [
            ("a.log", Some("a.log")),
            ("x/y\\a.log", Some("x/y/a.log")),
            ("../../etc/a.log", Some("etc/a.log")),
            ("/a.log", Some("a.log")),
            ("x/", None),
            ("", None),
            ("x/.hidden/a", None),
            ("__MACOSX/a", None),
            ("x/sources.toml", None),
            ("q.sumo", None),
        ] {
            assert_eq!(shown(path).as_deref(), expected, "{path}");
        }
    }
}
