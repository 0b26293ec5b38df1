//! Deflate, RFC 1951: gives what was decoded before the spot where the data are damaged.

use super::decompress_reader::Upstream;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, ErrorKind, Read};

/// A stream of deflate.
pub struct Inflate {
    state: Decompress,
    error: Option<io::Error>,
}

impl Inflate {
    /// At its beginning.
    pub fn new() -> Inflate {
        Inflate { state: Decompress::new(false), error: None }
    }

    /// Begins the next stream.
    pub fn reset(&mut self) {
        self.state.reset(false);
    }

    /// Decodes into `buf`: how many bytes, and whether that was the end.
    pub fn step(&mut self, upstream: &mut Upstream, buf: &mut [u8]) -> io::Result<(usize, bool)> {
        loop {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            let input = upstream.fill_buf()?;
            let nothing = input.is_empty();
            let (taken, given) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, buf, FlushDecompress::None);
            upstream.consume((self.state.total_in() - taken) as usize);
            let n = (self.state.total_out() - given) as usize;
            match status {
                Ok(Status::StreamEnd) => return Ok((n, true)),
                Ok(_) if n == 0 && nothing => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => self.error = Some(io::Error::new(ErrorKind::InvalidData, reason(&error))),
            }
            if n > 0 || buf.is_empty() {
                return Ok((n, false));
            }
        }
    }
}

fn reason(error: &flate2::DecompressError) -> String {
    error.message().unwrap_or("no deflate").into()
}

/// Bytes of one stream of deflate.
pub struct Deflated {
    upstream: Upstream,
    inflate: Inflate,
    ended: bool,
}

impl Deflated {
    /// From their beginning on.
    pub fn new(upstream: Upstream) -> Deflated {
        Deflated { upstream, inflate: Inflate::new(), ended: false }
    }
}

impl Read for Deflated {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let (n, ended) = self.inflate.step(&mut self.upstream, buf)?;
        self.ended = ended;
        Ok(n)
    }
}
