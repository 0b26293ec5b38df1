//! Counters of rows, for reports on what stages did.

use super::watched::{WatchCount, counts};
use std::cell::{Cell, RefCell};

/// What was counted while batches ran, by stage.
#[derive(Debug, Default)]
pub struct Tally {
    /// Rows that reached the stage. The first counter is that of no stage: rows that went because a function could not work
    /// with their values.
    pub reached: Vec<Cell<u64>>,
    /// Rows the stage matched, as far as anybody looked; first, how often arithmetic met a text that is no number.
    pub matched: Vec<Cell<u64>>,
    /// What was seen of watched fields, by their numbers.
    pub watched: RefCell<Vec<WatchCount>>,
}

impl Tally {
    /// Counters for so many stages.
    pub fn new(stages: usize) -> Self {
        let counters = || vec![Cell::new(0); stages + 1];
        Tally { reached: counters(), matched: counters(), watched: counts(0) }
    }

    /// The same with counts for so many watched fields.
    pub fn watching(self, fields: usize) -> Self {
        Tally { watched: counts(fields), ..self }
    }

    pub(super) fn failed(&self) {
        Tally::add(&self.reached, 0, 1);
    }

    pub(super) fn add(counters: &[Cell<u64>], at: usize, n: u64) {
        if let Some(counter) = counters.get(at) {
            counter.set(counter.get() + n);
        }
    }
}
