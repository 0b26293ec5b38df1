//! Ctrl-C: the first ends the query with what is known, the second the program. In a session it ends queries only, unless
//! one does not end: the third ends the session.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use sumoql::run::execute::Progress;

/// The query that Ctrl-C stops.
#[derive(Clone, Default)]
pub(super) struct Interrupt {
    current: Arc<Mutex<Vec<Arc<Progress>>>>,
    asked: Arc<AtomicBool>,
    /// Whether it ends queries and not the program; and how often it came during the current one.
    session: bool,
    times: Arc<AtomicU32>,
}

impl Interrupt {
    /// Takes over Ctrl-C for a session of many runs. Where the system does not allow that, Ctrl-C ends the program as ever.
    pub fn of_session() -> Interrupt {
        let interrupt = Interrupt { session: true, ..Interrupt::default() };
        interrupt.take_over();
        interrupt
    }

    /// Takes over Ctrl-C for a run, from now until [`Interrupt::end`].
    pub fn of_run(progress: &Arc<Progress>) -> Interrupt {
        let interrupt = Interrupt::default();
        // First, so that at no time it ends the program without a word.
        interrupt.set(vec![progress.clone()]);
        interrupt.take_over();
        interrupt
    }

    /// From here on, Ctrl-C ends the program. The answer says whether the run was stopped.
    pub fn end(&self) -> bool {
        self.set(Vec::new());
        self.asked.load(Ordering::Relaxed)
    }

    fn take_over(&self) {
        let seen = self.clone();
        let _ = ctrlc::set_handler(move || {
            let current = seen.current.lock().map(|current| current.clone()).unwrap_or_default();
            let running = !current.is_empty();
            let new = current.iter().filter(|progress| !progress.stop.set()).count() > 0;
            let times = seen.times.fetch_add(1, Ordering::Relaxed);
            match seen.session {
                _ if new => seen.asked.store(true, Ordering::Relaxed),
                // It was meant for a pager, or came too late.
                true if !running => {}
                true if times == 1 => eprintln!("stopping; press Ctrl-C again to end the session"),
                _ => std::process::exit(super::Exit::Stopped as i32),
            }
        });
    }

    fn set(&self, to: Vec<Arc<Progress>>) {
        if let Ok(mut current) = self.current.lock() {
            *current = to;
        }
    }

    /// Runs something that Ctrl-C is to stop, and the reading of streams with it. The answer says whether it was stopped.
    pub fn watch<T>(&self, all: [&Arc<Progress>; 2], run: impl FnOnce() -> T) -> (T, bool) {
        self.asked.store(false, Ordering::Relaxed);
        self.times.store(0, Ordering::Relaxed);
        self.set(all.map(Arc::clone).to_vec());
        let out = run();
        (out, self.end())
    }
}
