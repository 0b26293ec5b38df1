//! A moving view of an input's bytes: what is held of it now, and how more is fetched.

use super::super::framing::message_bounds::{Bounds, forced};
use super::super::framing::{MAX_HELD_BYTES, MAX_MESSAGE_BYTES};
use std::io;

/// How much is read beyond a range at first, to find the end of its last message.
pub const READ_AHEAD_BYTES: usize = 4 << 10;

/// Some consecutive bytes of an input.
pub struct Window<'w, R> {
    /// Bytes that are in memory already, and where they start in the input: the window's are some of them. Until more are
    /// needed.
    there: Option<(&'w [u8], u64)>,
    /// Else room for the bytes; those from `len` on mean nothing. Kept long, so that it is not cleared again and again.
    buf: Vec<u8>,
    len: usize,
    /// Where the bytes start in the input.
    pub base: u64,
    /// Where the input ends, at the latest.
    limit: u64,
    /// Whether the input has no more bytes.
    pub end: bool,
    /// Why it has none, if that is not its end.
    pub error: Option<io::Error>,
    read: R,
}

impl<'w, R: FnMut(&mut [u8], u64) -> io::Result<usize>> Window<'w, R> {
    /// A window on nothing yet, at the place `base` of an input that ends at `limit`. `read` fetches bytes from a place
    /// in the input, `buf` is memory to use.
    pub fn new(buf: Vec<u8>, base: u64, limit: u64, read: R) -> Window<'w, R> {
        Window { there: None, buf, len: 0, base, limit, end: false, error: None, read }
    }

    /// A window on nothing yet that finds the input's bytes from `base` on in memory; `read` fetches those behind them.
    pub fn there(bytes: &'w [u8], base: u64, limit: u64, read: R) -> Window<'w, R> {
        Window { there: Some((bytes, base)), ..Window::new(Vec::new(), base, limit, read) }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self.there {
            Some((bytes, from)) => &bytes[(self.base - from) as usize..][..self.len],
            None => &self.buf[..self.len],
        }
    }

    /// Puts bytes into the window that were read already.
    pub fn fill(&mut self, bytes: &[u8]) {
        self.grow(self.len + bytes.len());
        self.buf[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// Puts another byte in the place of one that was read.
    pub fn put(&mut self, at: usize, byte: u8) {
        self.buf[at] = byte;
    }

    /// Makes room for so many bytes.
    fn grow(&mut self, len: usize) {
        if self.there.is_some() {
            self.buf = self.bytes().to_vec();
            self.there = None;
        }
        if self.buf.len() < len {
            self.buf.resize(len, 0);
        }
    }

    /// Fetches bytes until there are so many, or no more.
    pub fn load(&mut self, len: usize) {
        let len = len.min(usize::try_from(self.limit - self.base).unwrap_or(usize::MAX));
        match self.there {
            Some((bytes, from)) if (self.base - from) as usize + len <= bytes.len() => self.len = self.len.max(len),
            _ => self.grow(len),
        }
        while self.len < len && !self.end {
            match (self.read)(&mut self.buf[self.len..len], self.base + self.len as u64) {
                Ok(0) => self.end = true,
                Ok(n) => self.len += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.end = true;
                    self.error = Some(error);
                }
            }
        }
        self.end |= self.base + self.len as u64 == self.limit;
    }

    /// Fetches about as many bytes again as there are.
    pub fn double(&mut self) {
        self.load(self.len + self.len.max(4 * READ_AHEAD_BYTES));
    }

    /// Lets go of the first bytes.
    pub fn drop_front(&mut self, n: usize) {
        let n = n.min(self.len);
        if self.there.is_none() {
            self.buf.copy_within(n..self.len, 0);
        }
        self.len -= n;
        self.base += n as u64;
    }

    /// Moves on to the first place at or after `from` where a message starts, if there is one before `to` (places in
    /// the input). The window must begin before `from`.
    pub fn seek(&mut self, bounds: &Bounds, from: u64, to: u64) -> bool {
        let mut at = (from - self.base) as usize;
        loop {
            self.load(at.max(self.len) + READ_AHEAD_BYTES / 2);
            match bounds.next(self.bytes(), at, self.end) {
                Ok(start) => {
                    self.drop_front(start);
                    return self.base < to;
                }
                Err(resume) => {
                    if self.end || self.base + resume as u64 >= to {
                        return false;
                    }
                    self.drop_front(resume - 1);
                    at = 1;
                }
            }
        }
    }

    /// The end of the messages that start before `from` (a place in the window, which begins with a message), and
    /// whether the last of them was cut because it is too long.
    pub fn messages_end(&mut self, bounds: &Bounds, from: usize) -> (usize, bool) {
        let from = from.max(1);
        self.load(from + READ_AHEAD_BYTES);
        let mut at = from;
        loop {
            let found = bounds.next(self.bytes(), at, self.end);
            let (reach, known) = match found {
                Ok(next) => (next, true),
                Err(_) if self.end => (self.len, true),
                Err(resume) => (resume.min(self.len), false),
            };
            if reach > MAX_HELD_BYTES {
                let last = last_bound(bounds, self.bytes(), from);
                if reach >= last + MAX_HELD_BYTES {
                    let cut = forced(self.bytes(), last);
                    if cut < reach {
                        return (cut, true);
                    }
                }
            }
            if known {
                return (reach.min(self.len), false);
            }
            at = found.unwrap_or_else(|resume| resume);
            self.double();
        }
    }

    /// Whether the bytes are still those that were in memory already.
    pub fn is_there(&self) -> bool {
        self.there.is_some()
    }

    /// The first `n` bytes, with the window's memory.
    pub fn take(mut self, n: usize) -> Vec<u8> {
        self.grow(self.len);
        let mut bytes = self.buf;
        bytes.truncate(n);
        bytes
    }
}

/// The last place before `to` where a message starts; the first message starts at 0.
fn last_bound(bounds: &Bounds, bytes: &[u8], to: usize) -> usize {
    let mut last = 0;
    while let Ok(next) = bounds.next(bytes, last + 1, true) {
        if next >= to {
            break;
        }
        last = next;
    }
    last
}

const _: () = assert!(MAX_HELD_BYTES.is_multiple_of(MAX_MESSAGE_BYTES));
