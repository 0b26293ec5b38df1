//! The decoders of the ways of compressing.

use super::super::byte_stream::ByteStream;
use super::compression::Compression;
use super::decompress_reader::{DecompressReader, Upstream};
use super::gzip::Gzip;
use super::lz4::Lz4;
use super::xz::Xz;
use super::zstd::Zstd;
use bzip2::bufread::MultiBzDecoder;
use std::io;

/// What is in compressed bytes; an archive is no stream, and none is got from it here.
pub fn open(compression: Compression, bytes: ByteStream) -> io::Result<ByteStream> {
    Ok(Box::new(DecompressReader::new(compression.name(), bytes, 0, |upstream| decoder(compression, upstream))?))
}

/// The decoder of a way of compressing.
pub fn decoder(compression: Compression, upstream: Upstream) -> io::Result<ByteStream> {
    Ok(match compression {
        Compression::Gzip => Box::new(Gzip::new(upstream)),
        Compression::Zstd => Box::new(Zstd::new(upstream)?),
        Compression::Bzip2 => Box::new(MultiBzDecoder::new(upstream)),
        Compression::Xz => Box::new(Xz::new(upstream)?),
        Compression::Lz4 => Box::new(Lz4::new(upstream)),
        Compression::Zip | Compression::Tar => return Err(io::Error::other("an archive within is read otherwise")),
    })
}
