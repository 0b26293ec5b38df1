//! lz4: frames one after the other, and frames to be skipped between them.

use super::decompress_reader::Below;
use lz4_flex::frame::FrameDecoder;
use std::io::{self, BufRead, Cursor, ErrorKind, Read};

type Frame = FrameDecoder<io::Chain<Cursor<[u8; 4]>, Below>>;

/// Bytes of all frames.
pub struct Lz4 {
    state: State,
}

enum State {
    Between(Below),
    Within(Box<Frame>),
    End,
}

impl Lz4 {
    /// From the first frame on.
    pub fn new(below: Below) -> Lz4 {
        Lz4 { state: State::Between(below) }
    }
}

/// The next frame that is not to be skipped.
fn frame(mut below: Below) -> io::Result<State> {
    loop {
        if below.fill_buf()?.is_empty() {
            return Ok(State::End);
        }
        let magic = below.next::<4>()?;
        match magic {
            [0x04, 0x22, 0x4D, 0x18] => {
                return Ok(State::Within(Box::new(FrameDecoder::new(Cursor::new(magic).chain(below)))));
            }
            [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
                let size = u64::from(u32::from_le_bytes(below.next()?));
                if io::copy(&mut (&mut below).take(size), &mut io::sink())? < size {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            _ => return Err(io::Error::new(ErrorKind::InvalidData, "other data follow")),
        }
    }
}

impl Read for Lz4 {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::End) {
                State::Between(below) => self.state = frame(below)?,
                State::Within(mut frame) => {
                    let n = frame.read(room)?;
                    if n > 0 || room.is_empty() {
                        self.state = State::Within(frame);
                        return Ok(n);
                    }
                    // The decoder takes the end of the data for the end of the frame.
                    let (_, below) = frame.into_inner().into_inner();
                    if below.ended() {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                    self.state = State::Between(below);
                }
                State::End => return Ok(0),
            }
        }
    }
}
