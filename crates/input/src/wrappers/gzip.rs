//! gzip, RFC 1952: members one after the other, as rotation and `cat` make them.

use super::decompress_reader::Upstream;
use super::inflate::Inflate;
use flate2::Crc;
use std::io::{self, ErrorKind, Read};

/// Bytes of all members.
pub struct Gzip {
    upstream: Upstream,
    inflate: Inflate,
    check: Crc,
    place: MemberPosition,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MemberPosition {
    First,
    Next,
    Body,
    Trailer,
    End,
}

impl Gzip {
    /// From the first member on.
    pub fn new(upstream: Upstream) -> Gzip {
        Gzip { upstream, inflate: Inflate::new(), check: Crc::new(), place: MemberPosition::First }
    }

    /// Reads the header of the next member. Zeros that fill up a block of a tape are no member.
    fn header(&mut self, first: bool) -> io::Result<bool> {
        let mut byte = self.upstream.byte()?;
        while !first && byte == Some(0) {
            byte = self.upstream.byte()?;
        }
        let Some(byte) = byte else { return if first { Err(short()) } else { Ok(false) } };
        let rest = if byte == 0x1F { self.upstream.next::<2>()? } else { [0, 0] };
        if rest != [0x8B, 8] {
            return Err(damaged("other data follow"));
        }
        let flags = self.upstream.next::<7>()?[0];
        if flags & 0xE0 != 0 {
            return Err(damaged("unknown flags"));
        }
        if flags & 4 != 0 {
            let length = u16::from_le_bytes(self.upstream.next()?);
            for _ in 0..length {
                self.upstream.next::<1>()?;
            }
        }
        for text in [8, 16] {
            while flags & text != 0 && self.upstream.next::<1>()? != [0] {}
        }
        if flags & 2 != 0 {
            self.upstream.next::<2>()?;
        }
        self.inflate.reset();
        self.check.reset();
        Ok(true)
    }
}

/// When the file was last changed that the first member was made of, in milliseconds since 1970, if its header says so.
pub fn modified(head: &[u8]) -> Option<i64> {
    let seconds = u32::from_le_bytes(*head.get(4..)?.first_chunk()?);
    super::recorded_time::known(i64::from(seconds) * 1000)
}

impl Read for Gzip {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.place {
                MemberPosition::First | MemberPosition::Next => {
                    let more = self.header(self.place == MemberPosition::First)?;
                    self.place = if more { MemberPosition::Body } else { MemberPosition::End };
                }
                MemberPosition::Body => {
                    let (n, ended) = self.inflate.step(&mut self.upstream, buf)?;
                    self.check.update(&buf[..n]);
                    if ended {
                        self.place = MemberPosition::Trailer;
                    }
                    if n > 0 || buf.is_empty() {
                        return Ok(n);
                    }
                }
                MemberPosition::Trailer => {
                    let sum = u32::from_le_bytes(self.upstream.next()?);
                    let size = u32::from_le_bytes(self.upstream.next()?);
                    if (sum, size) != (self.check.sum(), self.check.amount()) {
                        return Err(damaged("the checksum does not fit"));
                    }
                    self.place = MemberPosition::Next;
                }
                MemberPosition::End => return Ok(0),
            }
        }
    }
}

fn short() -> io::Error {
    ErrorKind::UnexpectedEof.into()
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}
