//! The memory budget. Whatever keeps rows, groups or texts asks here before it grows.

use super::scratch::{Scratch, ScratchError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use sumoql_data::message::Stop;

/// A limit that all workers of a run share.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    used: AtomicUsize,
    /// In use for the whole run, beside what comes and goes.
    aside: AtomicUsize,
    /// What may be in use although it is more than the limit: what is there already may be passed on.
    passing: AtomicUsize,
    /// With more than this in use, whoever can should spill: half the limit where there is scratch space.
    soft: AtomicUsize,
    /// Who holds less than this need not spill.
    share: AtomicUsize,
    lent: Mutex<Lent>,
    /// Ends the run that uses the budget.
    stop: OnceLock<Stop>,
    /// What all runs that share memory may use together, and how many there are.
    parent: Option<Arc<Budget>>,
    runs: AtomicUsize,
    /// What those use beside the runs who give way to them.
    guests: AtomicUsize,
    is_guest: bool,
}

/// Scratch space, and why there is no more.
#[derive(Debug, Default)]
struct Lent {
    scratch: Option<Arc<dyn Scratch>>,
    scratch_error: Option<ScratchError>,
}

/// The most that one state keeps in buffers while it spills.
const MAX_BUFFERED: usize = 64 << 20;

/// After so many items of a loop that asks for no memory it is asked whether the run goes on.
pub(crate) const ASKED_EVERY: usize = 1 << 12;

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverBudget {
    /// The limit, in bytes.
    pub limit: usize,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(limit: usize) -> Self {
        Budget {
            limit,
            used: AtomicUsize::new(0),
            aside: AtomicUsize::new(0),
            passing: AtomicUsize::new(0),
            soft: AtomicUsize::new(usize::MAX),
            share: AtomicUsize::new(limit.min(MAX_BUFFERED)),
            lent: Mutex::default(),
            stop: OnceLock::new(),
            parent: None,
            runs: AtomicUsize::new(0),
            guests: AtomicUsize::new(0),
            is_guest: false,
        }
    }

    /// A budget of so many bytes, for one of several runs that may use no more than the other budget together.
    pub fn within(parent: &Arc<Budget>, limit: usize) -> Self {
        parent.runs.fetch_add(1, Ordering::Relaxed);
        Budget::child(parent, limit)
    }

    fn child(parent: &Arc<Budget>, limit: usize) -> Self {
        let mut budget = Budget::new(limit.min(parent.limit));
        budget.parent = Some(Arc::clone(parent));
        budget
    }

    /// The same for one who gives way to the runs: it gets what they leave, and no run ends because of it.
    pub(crate) fn beside(parent: &Arc<Budget>, limit: usize) -> Self {
        let mut budget = Budget::child(parent, limit);
        budget.is_guest = true;
        budget
    }

    /// From now on nothing is left once the time of this stop is over: whoever asks then ends, as where the memory has run
    /// out. The first stop counts.
    pub(crate) fn end_at(&self, stop: &Stop) {
        self.stop.get_or_init(|| stop.clone());
    }

    /// Whether the run that uses the budget must end now, with what is done.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.stop.get().is_some_and(Stop::is_over)
    }

    /// Whether somebody has stopped the run that uses the budget.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.get().is_some_and(Stop::is_set)
    }

    /// As an error, for loops that ask for no memory.
    #[inline]
    pub(crate) fn go_on(&self) -> Result<(), OverBudget> {
        if self.is_over() { Err(OverBudget { limit: self.limit }) } else { Ok(()) }
    }

    /// A budget of the same size, less what is set aside, for the same run.
    pub(crate) fn fresh(&self) -> Budget {
        let limit = self.limit.saturating_sub(self.aside());
        let fresh = match &self.parent {
            Some(parent) if self.is_guest => Budget::beside(parent, limit),
            Some(parent) => Budget::within(parent, limit),
            None => Budget::new(limit),
        };
        self.stop.get().into_iter().for_each(|stop| fresh.end_at(stop));
        fresh
    }

    /// Lends scratch space to those who use this budget from so many threads.
    pub fn lend(&self, scratch: Arc<dyn Scratch>, threads: usize) {
        *self.lent() = Lent { scratch: Some(scratch), scratch_error: None };
        self.soft.store(self.limit / 2, Ordering::Relaxed);
        self.share.store((self.limit / 8 / threads.max(1)).min(MAX_BUFFERED), Ordering::Relaxed);
    }

    /// Takes the scratch space back. What went wrong with it is the answer.
    pub fn take_back(&self) -> Option<ScratchError> {
        self.soft.store(usize::MAX, Ordering::Relaxed);
        std::mem::take(&mut *self.lent()).scratch_error
    }

    /// The scratch space, if there is any.
    pub(crate) fn scratch(&self) -> Option<Arc<dyn Scratch>> {
        self.lent().scratch.clone()
    }

    /// Notes that the scratch space is of no use any more.
    pub(crate) fn fail(&self, scratch_error: ScratchError) {
        self.soft.store(usize::MAX, Ordering::Relaxed);
        let mut lent = self.lent();
        lent.scratch = None;
        lent.scratch_error.get_or_insert(scratch_error);
    }

    /// Whether somebody who holds so many bytes should give them back by spilling.
    #[inline]
    pub(crate) fn pressed(&self, held: usize) -> bool {
        let soft = self.soft.load(Ordering::Relaxed);
        soft < usize::MAX
            && held >= self.share()
            && (self.used().saturating_add(self.aside()) > soft
                || self.parent.as_ref().is_some_and(|parent| parent.used() > parent.limit / 2))
    }

    /// The bytes that one who spills may use for buffers.
    pub(crate) fn share(&self) -> usize {
        let runs = self.parent.as_ref().map_or(1, |parent| parent.runs.load(Ordering::Relaxed).max(1));
        self.share.load(Ordering::Relaxed) / runs
    }

    fn lent(&self) -> MutexGuard<'_, Lent> {
        // Nothing that holds the lock can panic.
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for more.
    pub fn ask(&self, bytes: usize) -> Result<(), OverBudget> {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        let most = self.limit.saturating_sub(self.aside()).max(self.passing.load(Ordering::Relaxed));
        let shared = self.grown(bytes);
        if used.saturating_add(bytes) > most || !shared || self.is_over() {
            Err(OverBudget { limit: self.limit })
        } else {
            Ok(())
        }
    }

    /// Asks for more, or gives back where the number is negative.
    pub fn change(&self, bytes: isize) -> Result<(), OverBudget> {
        match usize::try_from(bytes) {
            Ok(bytes) => self.ask(bytes),
            Err(_) => {
                self.give_back(bytes.unsigned_abs());
                Ok(())
            }
        }
    }

    /// Gives back what was asked for and is not needed any more. Sizes are estimates, and a state that came from
    /// elsewhere was charged by its encoded size: giving back more than is in use leaves nothing in use.
    pub fn give_back(&self, bytes: usize) {
        let less = |used: usize| Some(used.saturating_sub(bytes));
        // The closure always gives a value, so this can't fail.
        if let Ok(used) = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            self.shrunk(used.min(bytes));
        }
    }

    /// The budget of all has so much less; false where that is more than there is.
    fn grown(&self, bytes: usize) -> bool {
        let Some(parent) = &self.parent else { return true };
        let used = match self.is_guest {
            true => parent.guests.fetch_add(bytes, Ordering::Relaxed).saturating_add(parent.used()),
            false => parent.used.fetch_add(bytes, Ordering::Relaxed),
        };
        used.saturating_add(bytes) <= parent.limit
    }

    fn shrunk(&self, bytes: usize) {
        let Some(parent) = &self.parent else { return };
        let counter = if self.is_guest { &parent.guests } else { &parent.used };
        counter.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Says what is in use once states have become a table: they have given up what they did not pass on. Only while
    /// nobody else uses the budget. When the memory ran out before, the rows that fitted must still get through the
    /// stages that follow: these may use a little more than the rows do now.
    pub fn settle(&self, bytes: usize) {
        let before = self.used.swap(bytes, Ordering::Relaxed);
        self.grown(bytes.saturating_sub(before));
        self.shrunk(before.saturating_sub(bytes));
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
        let shared = self.grown(bytes);
        if aside.saturating_add(self.used()) > self.limit || !shared {
            Err(OverBudget { limit: self.limit })
        } else {
            Ok(())
        }
    }

    /// Ends what [`Budget::set_aside`] has begun.
    pub fn put_back(&self, bytes: usize) {
        let less = |aside: usize| Some(aside.saturating_sub(bytes));
        // The closure always gives a value, so this can't fail.
        if let Ok(aside) = self.aside.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            self.shrunk(aside.min(bytes));
        }
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

impl Drop for Budget {
    /// What a run still had goes back to all.
    fn drop(&mut self) {
        self.shrunk(self.used() + self.aside());
        if let (Some(parent), false) = (&self.parent, self.is_guest) {
            parent.runs.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_use_no_more_than_all_may() {
        let all = Arc::new(Budget::new(100));
        let (first, second) = (Budget::within(&all, 80), Budget::within(&all, usize::MAX));
        assert!(first.ask(60).is_ok() && second.ask(30).is_ok() && second.set_aside(10).is_ok());
        assert_eq!(all.used(), 100);
        assert_eq!((first.ask(1), second.ask(1)), (Err(OverBudget { limit: 80 }), Err(OverBudget { limit: 100 })));
        first.give_back(1000);
        second.put_back(1000);
        assert_eq!(all.used(), 31);
        second.settle(5);
        assert_eq!(all.used(), 5);
        assert!(first.ask(81).is_err(), "its own limit");
        drop((first, second));
        assert_eq!(all.used(), 0);
    }

    #[test]
    fn who_watches_gives_way() {
        let all = Arc::new(Budget::new(100));
        let (run, guest) = (Budget::within(&all, 100), Budget::beside(&all, 100));
        assert!(guest.ask(60).is_ok());
        assert!(run.ask(90).is_ok(), "as if nobody watched");
        assert!(guest.ask(1).is_err());
        drop(guest);
        assert_eq!((all.used(), all.guests.load(Ordering::Relaxed)), (90, 0));
    }
}
