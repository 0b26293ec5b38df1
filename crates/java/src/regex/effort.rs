//! How much work a regular expression may be on one text, and who is told when that was not enough.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

/// How many steps a pattern may take on one text: about a tenth of a second. Then the text counts as one without a match,
/// from where the last one ended on. Tests of the parts are not optimised, and wait for less.
const MAX_STEPS: u64 = if cfg!(test) { 1 << 20 } else { 1 << 24 };

/// After so many steps it is asked whether the run has been stopped, and the first time after less: a run that was stopped
/// still has the rest of its batch to get through.
const STRIDE: u64 = 1 << 16;
const FIRST: u64 = 1 << 10;

/// What patterns learn from the run that they work for, and what it learns from them.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Whether the run was stopped: what it still asks for does not matter any more.
    stop: Arc<AtomicBool>,
    /// How often a text was given up.
    given_up: Arc<AtomicU64>,
    /// The run that patterns work for which were there before it.
    run: RwLock<Option<Watch>>,
}

impl Watch {
    /// Of a run with this flag and counter.
    pub fn new(stop: &Arc<AtomicBool>, given_up: &Arc<AtomicU64>) -> Watch {
        Watch(Arc::new(Inner { stop: Arc::clone(stop), given_up: Arc::clone(given_up), run: RwLock::default() }))
    }

    /// From now on this is the watch of the run that has the other.
    pub fn follow(&self, run: &Watch) {
        let followed =
            self.0.run.read().is_ok_and(|known| known.as_ref().is_some_and(|known| Arc::ptr_eq(&known.0, &run.0)));
        if !followed && let Ok(mut known) = self.0.run.write() {
            *known = Some(run.clone());
        }
    }

    /// How often a text was given up.
    pub fn given_up(&self) -> u64 {
        self.0.given_up.load(Ordering::Relaxed)
    }

    /// Does something with the run that patterns work for.
    fn with_run<T>(&self, work: impl FnOnce(&Inner) -> T) -> T {
        match self.0.run.read() {
            Ok(run) => work(run.as_ref().map_or(&self.0, |run| &run.0)),
            Err(_) => work(&self.0),
        }
    }
}

/// The work on one text.
pub struct Effort<'w> {
    watch: &'w Watch,
    /// Steps until the next question.
    stride: u64,
    /// Steps after that.
    left: u64,
}

/// The work was too much, or is not wanted any more.
#[derive(Debug)]
pub struct GaveUp;

impl<'w> Effort<'w> {
    /// For a text.
    pub fn new(watch: &'w Watch) -> Effort<'w> {
        Effort { watch, stride: FIRST, left: MAX_STEPS }
    }

    /// Takes note of steps that were made.
    #[inline]
    pub fn spend(&mut self, steps: u64) -> Result<(), GaveUp> {
        match self.stride.checked_sub(steps) {
            Some(stride) => {
                self.stride = stride;
                Ok(())
            }
            None => self.go_on(steps),
        }
    }

    /// Asks whether the work is still wanted.
    pub fn ask(&self) -> Result<(), GaveUp> {
        match self.watch.with_run(|run| run.stop.load(Ordering::Relaxed)) {
            true => Err(GaveUp),
            false => Ok(()),
        }
    }

    #[inline(never)]
    fn go_on(&mut self, steps: u64) -> Result<(), GaveUp> {
        self.ask()?;
        let wanted = steps - self.stride + STRIDE;
        match self.left.checked_sub(wanted) {
            Some(left) => {
                (self.left, self.stride) = (left, STRIDE);
                Ok(())
            }
            None => Err(self.give_up()),
        }
    }

    /// The text is given up.
    pub fn give_up(&self) -> GaveUp {
        self.watch.with_run(|run| run.given_up.fetch_add(1, Ordering::Relaxed));
        GaveUp
    }
}
