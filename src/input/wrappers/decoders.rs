//! The decoders of the ways of compressing.

use super::super::byte_stream::Bytes;
use super::compression::Packing;
use super::decompress_reader::{Below, Unpacker};
use super::gzip::Gzip;
use super::lz4::Lz4;
use super::xz::Xz;
use bzip2::bufread::MultiBzDecoder;
use std::io;

/// What is in compressed bytes; an archive is no stream, and none is got from it here.
pub fn open(packing: Packing, bytes: Bytes) -> io::Result<Bytes> {
    Ok(Box::new(Unpacker::new(packing.name(), bytes, 0, |below| decoder(packing, below))?))
}

/// The decoder of a way of compressing.
pub fn decoder(packing: Packing, below: Below) -> io::Result<Bytes> {
    Ok(match packing {
        Packing::Gzip => Box::new(Gzip::new(below)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(below)?),
        Packing::Bzip2 => Box::new(MultiBzDecoder::new(below)),
        Packing::Xz => Box::new(Xz::new(below)?),
        Packing::Lz4 => Box::new(Lz4::new(below)),
        Packing::Zip | Packing::Tar => return Err(io::Error::other("an archive within is read otherwise")),
    })
}
