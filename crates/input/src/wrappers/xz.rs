//! xz: streams one after the other; gives what was decoded before the spot where the data are damaged.

use super::decompress_reader::Upstream;
use liblzma::stream::{Action, CONCATENATED, Error, Status, Stream};
use std::io::{self, BufRead, ErrorKind, Read};

/// The most memory that the data may ask for, in bytes. `xz -9` asks for 65 MiB; far more is made up.
const MAX_MEMORY_BYTES: u64 = 1 << 30;

/// Bytes of all streams.
pub struct Xz {
    upstream: Upstream,
    state: Stream,
    error: Option<io::Error>,
    ended: bool,
}

impl Xz {
    /// From the first stream on.
    pub fn new(upstream: Upstream) -> io::Result<Xz> {
        let state = Stream::new_stream_decoder(MAX_MEMORY_BYTES, CONCATENATED).map_err(io::Error::other)?;
        Ok(Xz { upstream, state, error: None, ended: false })
    }
}

impl Read for Xz {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            if self.ended || buf.is_empty() {
                return Ok(0);
            }
            let input = self.upstream.fill_buf()?;
            let nothing = input.is_empty();
            let (taken, given) = (self.state.total_in(), self.state.total_out());
            let action = if nothing { Action::Finish } else { Action::Run };
            let status = self.state.process(input, buf, action);
            self.upstream.consume((self.state.total_in() - taken) as usize);
            let n = (self.state.total_out() - given) as usize;
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(_) if nothing && n == 0 => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => self.error = Some(io_error(error)),
            }
            if n > 0 {
                return Ok(n);
            }
        }
    }
}

fn io_error(error: Error) -> io::Error {
    let reason = match error {
        Error::Data => "what stands there can't be, or a checksum does not fit",
        Error::Format => "other data follow",
        Error::MemLimit => "more than 1 GiB of memory would be needed",
        Error::Options => "options that are not known",
        _ => "the decoder failed",
    };
    io::Error::new(ErrorKind::InvalidData, reason)
}
