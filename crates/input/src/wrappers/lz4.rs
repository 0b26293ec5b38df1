//! lz4: frames one after the other, and frames to be skipped between them.

use super::decompress_reader::Upstream;
use lz4_flex::frame::FrameDecoder;
use std::io::{self, BufRead, Cursor, ErrorKind, Read};

type Frame = FrameDecoder<io::Chain<Cursor<[u8; 4]>, Upstream>>;

/// Bytes of all frames.
pub struct Lz4 {
    state: FrameState,
}

enum FrameState {
    Between(Upstream),
    Within(Box<Frame>),
    End,
}

impl Lz4 {
    /// From the first frame on.
    pub fn new(upstream: Upstream) -> Lz4 {
        Lz4 { state: FrameState::Between(upstream) }
    }
}

/// The next frame that is not to be skipped.
fn frame(mut upstream: Upstream) -> io::Result<FrameState> {
    loop {
        if upstream.fill_buf()?.is_empty() {
            return Ok(FrameState::End);
        }
        let magic = upstream.next::<4>()?;
        match magic {
            [0x04, 0x22, 0x4D, 0x18] => {
                return Ok(FrameState::Within(Box::new(FrameDecoder::new(Cursor::new(magic).chain(upstream)))));
            }
            [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
                let size = u64::from(u32::from_le_bytes(upstream.next()?));
                if io::copy(&mut (&mut upstream).take(size), &mut io::sink())? < size {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            _ => return Err(io::Error::new(ErrorKind::InvalidData, "other data follow")),
        }
    }
}

impl Read for Lz4 {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, FrameState::End) {
                FrameState::Between(upstream) => self.state = frame(upstream)?,
                FrameState::Within(mut frame) => {
                    let n = frame.read(buf)?;
                    if n > 0 || buf.is_empty() {
                        self.state = FrameState::Within(frame);
                        return Ok(n);
                    }
                    // The decoder takes the end of the data for the end of the frame.
                    let (_, upstream) = frame.into_inner().into_inner();
                    if upstream.ended() {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                    self.state = FrameState::Between(upstream);
                }
                FrameState::End => return Ok(0),
            }
        }
    }
}
