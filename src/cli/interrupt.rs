//! Ctrl-C: the first ends the query with what is known, the second the program.

use crate::run::execute::Progress;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The query that Ctrl-C stops.
#[derive(Clone, Default)]
pub(super) struct Interrupt {
    current: Arc<Mutex<Option<Arc<Progress>>>>,
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over Ctrl-C. Where the system does not allow that, Ctrl-C ends the program as ever.
    pub fn new() -> Interrupt {
        let interrupt = Interrupt::default();
        interrupt.take_over();
        interrupt
    }

    /// Takes over Ctrl-C for a run, from now until [`Interrupt::end`].
    pub fn of_run(progress: &Arc<Progress>) -> Interrupt {
        let interrupt = Interrupt::default();
        // First, so that at no time it ends the program without a word.
        interrupt.set(Some(progress.clone()));
        interrupt.take_over();
        interrupt
    }

    /// From here on, Ctrl-C ends the program. The answer says whether the run was stopped.
    pub fn end(&self) -> bool {
        self.set(None);
        self.asked.load(Ordering::Relaxed)
    }

    fn take_over(&self) {
        let seen = self.clone();
        let _ = ctrlc::set_handler(move || {
            let current = seen.current.lock().map(|current| current.clone()).unwrap_or_default();
            match current.filter(|progress| !progress.stop.swap(true, Ordering::Relaxed)) {
                Some(_) => seen.asked.store(true, Ordering::Relaxed),
                None => std::process::exit(super::Exit::Stopped as i32),
            }
        });
    }

    fn set(&self, to: Option<Arc<Progress>>) {
        if let Ok(mut current) = self.current.lock() {
            *current = to;
        }
    }

    /// Runs something that Ctrl-C is to stop. The answer says whether it was stopped.
    pub fn watch<T>(&self, progress: &Arc<Progress>, run: impl FnOnce() -> T) -> (T, bool) {
        self.asked.store(false, Ordering::Relaxed);
        self.set(Some(progress.clone()));
        let out = run();
        (out, self.end())
    }
}
