//! Reads through a decoder, step by step, and says where it went wrong.

use super::super::byte_stream::ByteStream;
use std::io::{self, BufRead, ErrorKind, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes are decoded at a time. Decoders lose what they had decoded of a step that fails.
const DECODE_STEP_BYTES: usize = 16 << 10;
/// How many bytes are fetched from below at a time.
const FETCH_BYTES: usize = 64 << 10;

/// What a decoder reads from. What it gets at a time does not depend on how the bytes came in, so neither does what is
/// lost when they are damaged.
pub struct Upstream {
    bytes: ByteStream,
    buf: Vec<u8>,
    at: usize,
    len: usize,
    error: Option<io::Error>,
    marks: Arc<Marks>,
}

/// What is known of the reading upstream of a decoder.
#[derive(Default)]
struct Marks {
    /// How many bytes the decoder took.
    taken: AtomicU64,
    /// Whether it asked for more than there is.
    ended: AtomicBool,
    /// Why there is no more, if that is not the end.
    error: Mutex<Option<io::Error>>,
}

impl Upstream {
    fn fetch(&mut self) -> io::Result<()> {
        (self.at, self.len) = (0, 0);
        while self.len < FETCH_BYTES && self.error.is_none() {
            match self.bytes.read(&mut self.buf[self.len..]) {
                Ok(0) => break,
                Ok(n) => self.len += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.error = Some(error),
            }
        }
        if self.len > 0 {
            return Ok(());
        }
        self.marks.ended.store(true, Ordering::Relaxed);
        let Some(error) = self.error.take() else { return Ok(()) };
        let same = io::Error::new(error.kind(), error.to_string());
        *self.marks.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Err(same)
    }

    /// The next byte, if there is one.
    pub fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.fill_buf()?.first().copied();
        self.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// The next bytes, which must be there.
    pub fn next<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether somebody asked for more than there is.
    pub fn ended(&self) -> bool {
        self.marks.ended.load(Ordering::Relaxed)
    }
}

impl BufRead for Upstream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.len {
            self.fetch()?;
        }
        Ok(&self.buf[self.at..self.len])
    }

    fn consume(&mut self, n: usize) {
        let n = n.min(self.len - self.at);
        self.at += n;
        self.marks.taken.fetch_add(n as u64, Ordering::Relaxed);
    }
}

impl Read for Upstream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let here = self.fill_buf()?;
        let n = here.len().min(buf.len());
        buf[..n].copy_from_slice(&here[..n]);
        self.consume(n);
        Ok(n)
    }
}

/// A decoder's bytes. Its errors say what went wrong and where in what it reads, unless the error came from further upstream.
pub struct DecompressReader {
    decoder: ByteStream,
    what: &'static str,
    /// Where what it reads starts in what is counted.
    base: u64,
    marks: Arc<Marks>,
    step: Vec<u8>,
    at: usize,
    len: usize,
    ended: bool,
}

impl DecompressReader {
    /// Reads `bytes` through the decoder that `decoder` makes. `what` is how the compression is called, `base` the place
    /// of the first byte in the file.
    pub fn new(
        what: &'static str,
        bytes: ByteStream,
        base: u64,
        decoder: impl FnOnce(Upstream) -> io::Result<ByteStream>,
    ) -> io::Result<DecompressReader> {
        let marks = Arc::new(Marks::default());
        let upstream = Upstream { bytes, buf: vec![0; FETCH_BYTES], at: 0, len: 0, error: None, marks: marks.clone() };
        Ok(DecompressReader {
            decoder: decoder(upstream)?,
            what,
            base,
            marks,
            step: vec![0; DECODE_STEP_BYTES],
            at: 0,
            len: 0,
            ended: false,
        })
    }

    /// How many bytes the decoder took.
    pub fn taken(&self) -> u64 {
        self.marks.taken.load(Ordering::Relaxed)
    }

    fn located(&self, error: io::Error) -> io::Error {
        if let Some(deeper) = self.marks.error.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return deeper;
        }
        if error.kind() == ErrorKind::Unsupported {
            return error;
        }
        let at = self.base + self.taken();
        let message = match error.kind() {
            ErrorKind::UnexpectedEof => format!("the {} data end too early, at compressed byte {at}", self.what),
            _ => format!("the {} data are damaged near compressed byte {at} ({error})", self.what),
        };
        io::Error::new(ErrorKind::InvalidData, message)
    }
}

impl Read for DecompressReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.len && !self.ended {
            match self.decoder.read(&mut self.step) {
                Ok(n) => {
                    (self.at, self.len) = (0, n);
                    self.ended = n == 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    return Err(self.located(error));
                }
            }
        }
        let n = buf.len().min(self.len - self.at);
        buf[..n].copy_from_slice(&self.step[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
