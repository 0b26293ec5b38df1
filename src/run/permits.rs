//! How many threads are at work at once, over all runs that share this.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many permits. A worker takes one for each chunk, in the order of asking: no run waits for another to end.
///
/// Chunks that are there are worked on, not waited for, while a permit is held.
#[derive(Debug)]
pub struct Permits {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    free: usize,
    next: u64,
    waiting: VecDeque<u64>,
}

/// The right to work. Given back when it is dropped.
#[derive(Debug)]
pub struct Permit<'p>(&'p Permits);

impl Permits {
    /// So many permits, at least one.
    pub fn new(count: usize) -> Permits {
        let state = State { free: count.max(1), next: 0, waiting: VecDeque::new() };
        Permits { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for a permit.
    pub fn take(&self) -> Permit<'_> {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.waiting.push_back(number);
        while state.free == 0 || state.waiting.front() != Some(&number) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.pop_front();
        state.free -= 1;
        if state.free > 0 && !state.waiting.is_empty() {
            self.changed.notify_all();
        }
        Permit(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().free += 1;
        self.0.changed.notify_all();
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
                        let _permit = permits.take();
                        most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        at_work.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
    }
}
