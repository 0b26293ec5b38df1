//! How far a run is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use sumoql_data::message::Stop;
use sumoql_java::regex::effort::Watch;

/// What a run has done so far; may be read while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of input.
    pub bytes: AtomicU64,
    /// Messages seen.
    pub messages: AtomicU64,
    /// Whether parts of the input were passed over without cutting them into messages, as none can be in the scope.
    pub passed_over: AtomicBool,
    /// Messages in the scope.
    pub in_scope: AtomicU64,
    /// Rows that came through the first segment's steps.
    pub rows: AtomicU64,
    /// Messages in the scope and outside the time range.
    pub out_of_range: OutOfRange,
    /// Ends the run early with what is known.
    pub stop: Stop,
    /// How often a regular expression has given a text up.
    pub given_up: Arc<AtomicU64>,
    /// How many subqueries are running, one inside the other. The counters above are those of one pass over the input:
    /// they begin anew when a subquery has run.
    pub asking: AtomicU64,
    /// Bytes of the passes before.
    pub bytes_before: AtomicU64,
    /// Messages of the passes before.
    pub messages_before: AtomicU64,
}

impl Progress {
    /// For the regular expressions that work for the run.
    pub fn watch(&self) -> Watch {
        Watch::new(self.stop.flag(), &self.given_up)
    }

    /// Bytes of this pass over the input and of those before.
    pub fn all_bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed) + self.bytes_before.load(Ordering::Relaxed)
    }

    /// How many messages there were, if they were all seen.
    pub fn all_messages(&self) -> Option<u64> {
        (!self.passed_over.load(Ordering::Relaxed)).then(|| self.messages.load(Ordering::Relaxed))
    }

    /// Begins to count anew.
    pub fn next_pass(&self) {
        self.bytes_before.fetch_add(self.bytes.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        self.messages_before.fetch_add(self.messages.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        self.passed_over.store(false, Ordering::Relaxed);
        self.in_scope.store(0, Ordering::Relaxed);
        self.out_of_range.begin();
        self.rows.store(0, Ordering::Relaxed);
    }
}

/// Messages that are outside the time range: where they lie.
#[derive(Debug)]
pub struct OutOfRange {
    first: AtomicI64,
    last: AtomicI64,
    messages: AtomicU64,
}

impl Default for OutOfRange {
    fn default() -> Self {
        OutOfRange { first: i64::MAX.into(), last: i64::MIN.into(), messages: 0.into() }
    }
}

impl OutOfRange {
    /// Adds messages: how many, the first and the last of their times.
    pub fn add(&self, messages: u64, first: i64, last: i64) {
        if messages > 0 {
            self.messages.fetch_add(messages, Ordering::Relaxed);
            self.first.fetch_min(first, Ordering::Relaxed);
            self.last.fetch_max(last, Ordering::Relaxed);
        }
    }

    /// How many there are, with the first and the last of their times, if there are any.
    pub fn span(&self) -> Option<(u64, i64, i64)> {
        let messages = self.messages.load(Ordering::Relaxed);
        (messages > 0).then(|| (messages, self.first.load(Ordering::Relaxed), self.last.load(Ordering::Relaxed)))
    }

    fn begin(&self) {
        self.messages.store(0, Ordering::Relaxed);
        self.first.store(i64::MAX, Ordering::Relaxed);
        self.last.store(i64::MIN, Ordering::Relaxed);
    }
}
