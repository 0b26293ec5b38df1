//! The memory budget. Whatever keeps rows, groups or texts asks here before it grows.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A limit that all workers of a run share.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    used: AtomicUsize,
    /// In use for the whole run, beside what comes and goes.
    aside: AtomicUsize,
    /// What may be in use although it is more than the limit: what is there already may be passed on.
    passing: AtomicUsize,
}

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverBudget {
    /// The limit, in bytes.
    pub limit: usize,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(limit: usize) -> Self {
        Budget { limit, used: AtomicUsize::new(0), aside: AtomicUsize::new(0), passing: AtomicUsize::new(0) }
    }

    /// Asks for more.
    pub fn ask(&self, bytes: usize) -> Result<(), OverBudget> {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        let most = self.limit.saturating_sub(self.aside()).max(self.passing.load(Ordering::Relaxed));
        if used.saturating_add(bytes) > most { Err(OverBudget { limit: self.limit }) } else { Ok(()) }
    }

    /// Gives back what was asked for and is not needed any more. Sizes are estimates, and a state that came from
    /// elsewhere was charged by its encoded size: giving back more than is in use leaves nothing in use.
    pub fn give_back(&self, bytes: usize) {
        let less = |used: usize| Some(used.saturating_sub(bytes));
        // The closure always gives a value, so this can't fail.
        let _ = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Says what is in use once states have become a table: they have given up what they did not pass on. Only while
    /// nobody else uses the budget. When the memory ran out before, the rows that fitted must still get through the
    /// stages that follow: these may use a little more than the rows do now.
    pub fn settle(&self, bytes: usize) {
        self.used.store(bytes, Ordering::Relaxed);
        self.passing.store(bytes.saturating_add(bytes / 8), Ordering::Relaxed);
    }

    /// Lets rows of so many bytes through, whatever is in use beside them.
    pub fn pass_on(&self, bytes: usize) {
        self.passing.store(self.used().saturating_add(bytes).saturating_add(bytes / 8), Ordering::Relaxed);
    }

    /// Takes away what a run keeps from its start to its end, such as lookup tables: neither [`Budget::settle`] nor
    /// [`Budget::used`] know of it.
    pub fn set_aside(&self, bytes: usize) -> Result<(), OverBudget> {
        let aside = self.aside.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if aside.saturating_add(self.used()) > self.limit { Err(OverBudget { limit: self.limit }) } else { Ok(()) }
    }

    /// Ends what [`Budget::set_aside`] has begun.
    pub fn put_back(&self, bytes: usize) {
        let less = |aside: usize| Some(aside.saturating_sub(bytes));
        // The closure always gives a value, so this can't fail.
        let _ = self.aside.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// What was set aside.
    pub fn aside(&self) -> usize {
        self.aside.load(Ordering::Relaxed)
    }

    /// The limit, in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// What is in use.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(usize::MAX)
    }
}
