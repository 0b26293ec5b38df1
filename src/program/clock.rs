//! The present, and whether anybody has asked for it: what a query gives over the same data at another time is the same
//! unless somebody has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The present. Clones share whether they were asked.
#[derive(Clone, Debug, Default)]
pub struct Present {
    at: i64,
    asked: Arc<AtomicBool>,
}

impl Present {
    /// In milliseconds since 1970.
    pub fn get(&self) -> i64 {
        // Most rows find it set: writing anew would take the line of the cache from the other workers.
        if !self.asked.load(Ordering::Relaxed) {
            self.asked.store(true, Ordering::Relaxed);
        }
        self.at
    }

    /// Whether anybody has asked.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl From<i64> for Present {
    fn from(at: i64) -> Present {
        Present { at, asked: Arc::default() }
    }
}
