//! Deflate, RFC 1951: gives what was decoded before the spot where the data are damaged.

use super::decompress_reader::Below;
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

    /// Decodes into `room`: how many bytes, and whether that was the end.
    pub fn step(&mut self, below: &mut Below, room: &mut [u8]) -> io::Result<(usize, bool)> {
        loop {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            let input = below.fill_buf()?;
            let nothing = input.is_empty();
            let (taken, given) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, room, FlushDecompress::None);
            below.consume((self.state.total_in() - taken) as usize);
            let n = (self.state.total_out() - given) as usize;
            match status {
                Ok(Status::StreamEnd) => return Ok((n, true)),
                Ok(_) if n == 0 && nothing => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => self.error = Some(io::Error::new(ErrorKind::InvalidData, reason(&error))),
            }
            if n > 0 || room.is_empty() {
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
    below: Below,
    inflate: Inflate,
    ended: bool,
}

impl Deflated {
    /// From their beginning on.
    pub fn new(below: Below) -> Deflated {
        Deflated { below, inflate: Inflate::new(), ended: false }
    }
}

impl Read for Deflated {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let (n, ended) = self.inflate.step(&mut self.below, room)?;
        self.ended = ended;
        Ok(n)
    }
}
