//! Zstandard. What is whole, but can't be read here, is not called damaged.

use super::decompress_reader::Upstream;
use std::io::{self, ErrorKind, Read};
use zstd::stream::read::Decoder;

/// What zstd says of frames whose window is larger than 128 MiB.
const TOO_LARGE: &str = "Frame requires too much memory for decoding";

/// What it says of frames whose dictionary it does not have.
const NO_DICTIONARY: &str = "Dictionary mismatch";

/// The decompressed bytes of frames.
pub struct Zstd(Decoder<'static, Upstream>);

impl Zstd {
    /// Decompresses what is upstream.
    pub fn new(upstream: Upstream) -> io::Result<Zstd> {
        Decoder::with_buffer(upstream).map(Zstd)
    }
}

impl Read for Zstd {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).map_err(|error| {
            let text = error.to_string();
            let unsupported = |message: &str| io::Error::new(ErrorKind::Unsupported, message);
            if text.contains(TOO_LARGE) {
                unsupported(
                    "it is compressed with a window of more than 128 MiB (`zstd --long`), which is not read; \
                     decompress it with `zstd -d --long=31 FILE`",
                )
            } else if text.contains(NO_DICTIONARY) {
                unsupported(
                    "it is compressed with a dictionary, which is not read; decompress it with `zstd -d -D DICTIONARY \
                     FILE`",
                )
            } else {
                error
            }
        })
    }
}
