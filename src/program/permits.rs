//! How many threads are at work at once, over all runs that share this.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Thread, current, park_timeout};
use std::time::Duration;

/// So often who waits for a permit looks whether it still needs one.
const LOOKED_AFTER: Duration = Duration::from_millis(20);

/// So many permits. A worker takes one for each chunk, and who finishes an answer passes his on now and then. They go to
/// those who wait in the order of asking: no run waits for another to end.
///
/// Nobody who holds a permit waits for somebody who has none.
#[derive(Debug)]
pub struct Permits(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    next: u64,
    waiting: VecDeque<(u64, Thread)>,
}

/// The right to work. Given back when it is dropped.
#[derive(Debug)]
pub struct Permit(Arc<Permits>);

impl Permits {
    /// So many permits, at least one.
    pub fn new(count: usize) -> Arc<Permits> {
        Arc::new(Permits(Mutex::new(State { free: count.max(1), next: 0, waiting: VecDeque::new() })))
    }

    /// Waits for a permit. There is none for a run that is stopped: what it still does is soon done.
    pub fn take(self: &Arc<Self>, stopped: impl Fn() -> bool) -> Option<Permit> {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.waiting.push_back((number, current()));
        loop {
            if state.free > 0 && state.waiting.front().is_some_and(|(first, _)| *first == number) {
                state.waiting.pop_front();
                state.free -= 1;
                state.wake();
                return Some(Permit(Arc::clone(self)));
            }
            if stopped() {
                state.waiting.retain(|(waiting, _)| *waiting != number);
                state.wake();
                return None;
            }
            drop(state);
            park_timeout(LOOKED_AFTER);
            state = self.state();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Wakes the one whose turn it is, if there is a permit for him.
    fn wake(&self) {
        if let (true, Some((_, thread))) = (self.free > 0, self.waiting.front()) {
            thread.unpark();
        }
    }
}

impl Permit {
    /// Lets others work who wait for it, and waits for the next one.
    pub fn pass(self, stopped: impl Fn() -> bool) -> Option<Permit> {
        if self.0.state().waiting.is_empty() {
            return Some(self);
        }
        let permits = Arc::clone(&self.0);
        drop(self);
        permits.take(stopped)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.free += 1;
        state.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_than_so_many_work_at_once() {
        let (permits, at_work, most) = (Permits::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let permit = permits.take(|| false);
                        assert!(permit.is_some());
                        most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        at_work.fetch_sub(1, Ordering::SeqCst);
                        assert!(permit.is_some_and(|permit| permit.pass(|| false).is_some()));
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
    }

    #[test]
    fn who_is_stopped_waits_no_longer() {
        let permits = Permits::new(1);
        let held = permits.take(|| false);
        std::thread::scope(|scope| {
            let stopped = scope.spawn(|| permits.take(|| true).is_none());
            let waiting = scope.spawn(|| permits.take(|| false).is_some());
            assert!(stopped.join().is_ok_and(|none| none));
            drop(held);
            assert!(waiting.join().is_ok_and(|permit| permit));
        });
    }
}
