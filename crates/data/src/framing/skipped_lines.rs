//! Counts messages that are not what they should be: no JSON, or events that are not closed.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many values were broken since the last [`Broken::forget`], and about where the first of them lies: bytes before it
/// that are not UTF-8 count as those of their replacements, so far as they are in the same chunk.
#[derive(Debug)]
pub struct Broken {
    number: AtomicU64,
    first: AtomicU64,
}

impl Default for Broken {
    fn default() -> Self {
        Broken { number: AtomicU64::new(0), first: AtomicU64::new(u64::MAX) }
    }
}

impl Broken {
    /// Looks at a value that begins at this place of the input. Only at its ends: that a text is JSON all through is told
    /// when somebody reads it.
    #[inline]
    pub fn look(&self, value: &str, offset: u64) {
        if !is_whole(value.trim_ascii()) {
            self.count(offset);
        }
    }

    /// Counts a value that begins at this place of the input.
    pub fn count(&self, offset: u64) {
        self.add(1, offset);
    }

    /// Counts so many values, the first of which begins at this place of the input.
    pub fn add(&self, number: u64, first: u64) {
        self.number.fetch_add(number, Ordering::Relaxed);
        self.first.fetch_min(first, Ordering::Relaxed);
    }

    /// What is to be told of them, if there are any, in words for one of them and for several.
    pub fn warning(&self, (one, several): (&str, &str)) -> Option<String> {
        let first = self.first.load(Ordering::Relaxed);
        match self.number.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(format!("1 message is {one}, near byte {first}; it is taken as it stands")),
            n => Some(format!("{n} messages are {several}, the first near byte {first}; they are taken as they stand")),
        }
    }

    /// Counts from nothing again.
    pub fn forget(&self) {
        self.number.store(0, Ordering::Relaxed);
        self.first.store(u64::MAX, Ordering::Relaxed);
    }
}

/// What broken JSON is.
pub const NO_JSON: (&str, &str) = ("not JSON", "not JSON");

/// Whether a value ends as it begins.
fn is_whole(value: &str) -> bool {
    match (value.as_bytes().first(), value.as_bytes().last()) {
        (Some(b'{'), Some(last)) => *last == b'}',
        (Some(b'['), Some(last)) => *last == b']',
        (Some(b'"'), Some(last)) => *last == b'"' && value.len() > 1,
        _ => matches!(value, "true" | "false" | "null") || value.parse::<f64>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_counted() {
        let broken = Broken::default();
        for (at, value) in ["{}", "[1] ", "\"a\"", "-1e3", "null"].iter().enumerate() {
            broken.look(value, at as u64);
        }
        assert_eq!(broken.warning(NO_JSON), None);
        for (at, value) in ["\"", "{\"a\":", "oops", "}"].iter().enumerate() {
            broken.look(value, 40 - at as u64);
        }
        assert!(
            broken
                .warning(NO_JSON)
                .is_some_and(|warning| warning.starts_with("4 messages are not JSON, the first near byte 37"))
        );
        broken.forget();
        assert_eq!(broken.warning(NO_JSON), None);
    }
}
