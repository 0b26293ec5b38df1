//! Fields that are watched: whether any row that reached the stage that reads them first had a value.
//!
//! A field that is null in every row is most likely misspelt or was never extracted, and the result is empty or wrong without
//! an error. So the first stage that reads a field looks for a value in the rows that reach it. With the first value the
//! search ends; only a field that is null everywhere is looked at in every row.

use crate::diagnostics::Span;
use std::cell::RefCell;

/// A field that a stage reads, as the query mentions it.
#[derive(Clone, Debug)]
pub struct WatchedField {
    /// Its name.
    pub name: String,
    /// Where the query mentions it.
    pub span: Span,
    /// The number of the stage, counted from 1 after the scope.
    pub stage: usize,
    /// No stage makes it: it is read from the message.
    pub of_message: bool,
    /// Its name is looked for in the data: by a stage such as `json auto`, or in the JSON of the message.
    pub auto: bool,
    /// It is metadata that every message may have.
    pub built_in: bool,
    /// The query tests whether it is null.
    pub tested: bool,
    /// The rows are messages, not those that a stage made of all.
    pub first: bool,
    /// The stage that makes it, where its matches are counted.
    pub made_by: Option<usize>,
    /// A name that is there and nearly the same.
    pub near: Option<String>,
}

/// How many messages are kept of those in which a field is null.
const MAX_SAMPLE: usize = 5;
/// The most that is kept of each.
const MAX_SAMPLE_BYTES: usize = 16 << 10;

/// A message, with its place in the input: the number of the source and the offset.
pub type Sample = (u32, u64, String);

/// What was seen of a watched field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchCount {
    /// Rows that reached the stage, as long as no value was seen.
    pub rows: u64,
    /// Whether one of them had a value.
    pub has_value: bool,
    /// The first messages among them, in the order of the input.
    pub sample: Vec<Sample>,
}

impl WatchCount {
    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: WatchCount) {
        self.rows += other.rows;
        self.has_value |= other.has_value;
        for sample in other.sample {
            self.keep(sample.0, sample.1, || sample.2);
        }
        if self.has_value {
            self.sample.clear();
        }
    }

    /// Keeps a message if it is among the first.
    pub fn keep(&mut self, source: u32, offset: u64, text: impl FnOnce() -> String) {
        let at = self.sample.partition_point(|kept| (kept.0, kept.1) < (source, offset));
        let known = self.sample.get(at).is_some_and(|kept| (kept.0, kept.1) == (source, offset));
        if at < MAX_SAMPLE && !known {
            self.sample.insert(at, (source, offset, text()));
            self.sample.truncate(MAX_SAMPLE);
        }
    }

    /// The beginning of a message, as much as is kept.
    pub fn beginning(text: &str) -> String {
        let mut end = text.len().min(MAX_SAMPLE_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_string()
    }
}

/// Counts for so many fields.
pub fn counts(fields: usize) -> RefCell<Vec<WatchCount>> {
    RefCell::new(vec![WatchCount::default(); fields])
}

/// The most messages of a batch that can be among the first of all.
pub const SAMPLED: usize = MAX_SAMPLE;
