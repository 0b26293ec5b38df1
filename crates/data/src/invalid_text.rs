//! Counts what is no character in the character set of a text, and was read as U+FFFD.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many sequences of bytes were no character since the last [`Replaced::forget`], and where the first of them is.
#[derive(Debug)]
pub struct Replaced {
    number: AtomicU64,
    first: AtomicU64,
    passed_over: AtomicBool,
    header_seen: AtomicBool,
}

impl Default for Replaced {
    fn default() -> Self {
        Replaced {
            number: AtomicU64::new(0),
            first: AtomicU64::new(u64::MAX),
            passed_over: AtomicBool::new(false),
            header_seen: AtomicBool::new(false),
        }
    }
}

impl Replaced {
    /// Counts those in text that starts at this place of its input and should be UTF-8. So many bytes at the beginning of
    /// all chunks of the input are the same.
    #[cold]
    pub fn look(&self, bytes: &[u8], offset: u64, header: usize) {
        let known = header > 0 && self.header_seen.swap(true, Ordering::Relaxed);
        let from = offset + if known { header as u64 } else { 0 };
        let mut at = offset;
        let (mut number, mut first) = (0, u64::MAX);
        for part in bytes.utf8_chunks() {
            at += part.valid().len() as u64;
            if !part.invalid().is_empty() && at >= from {
                number += 1;
                first = first.min(at);
            }
            at += part.invalid().len() as u64;
        }
        self.add(number, first);
    }

    /// Counts one at this place.
    #[cold]
    pub fn count(&self, at: u64) {
        self.add(1, at);
    }

    fn add(&self, number: u64, first: u64) {
        self.number.fetch_add(number, Ordering::Relaxed);
        self.first.fetch_min(first, Ordering::Relaxed);
    }

    /// Some of the text was not looked at, so that the number says nothing.
    pub fn pass_over(&self) {
        self.passed_over.store(true, Ordering::Relaxed);
    }

    /// How many there are, if all was looked at, and where the first of them is that was seen. `known`: where one is
    /// known to be. None: no byte was replaced, as far as is known.
    pub fn found(&self, known: Option<u64>) -> Option<(Option<u64>, u64)> {
        let number = self.number.load(Ordering::Relaxed);
        let passed_over = self.passed_over.load(Ordering::Relaxed);
        let first = self.first.load(Ordering::Relaxed).min(known.unwrap_or(u64::MAX));
        (first < u64::MAX).then_some(((number > 0 && !passed_over).then_some(number), first))
    }

    /// The input is read again from its beginning.
    pub fn forget(&self) {
        self.number.store(0, Ordering::Relaxed);
        self.first.store(u64::MAX, Ordering::Relaxed);
        self.passed_over.store(false, Ordering::Relaxed);
        self.header_seen.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_counted_and_the_first_is_known() {
        let replaced = Replaced::default();
        assert_eq!(replaced.found(None), None);
        assert_eq!(replaced.found(Some(9)), Some((None, 9)), "nothing was looked at yet");
        replaced.look(b"a\xFF\xFFb\xE2\x82\n\xC3", 100, 0);
        replaced.look("ä".as_bytes(), 0, 0);
        assert_eq!(replaced.found(None), Some((Some(4), 101)));
        replaced.pass_over();
        assert_eq!(replaced.found(Some(50)), Some((None, 50)));
        replaced.forget();
        assert_eq!(replaced.found(None), None);
        replaced.look(b"\xFFa\n\xFF", 0, 3);
        replaced.look(b"\xFFa\n\xFF", 4, 3);
        assert_eq!(replaced.found(None), Some((Some(3), 0)), "what all chunks begin with counts once");
    }
}
