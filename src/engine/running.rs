//! A run that goes on beside the caller.

use super::answer::{Answer, RunError};
use super::input::Input;
use super::query::Query;
use crate::run::execute::{Outcome, Progress, execute};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

/// A run that has been started. It goes on when this is dropped, unless it is cancelled.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input};
///
/// let run = Engine::default().prepare("* | count")?.start(Input::lines("a\nb\n"))?;
/// let answer = run.wait()?;
/// assert_eq!(answer.rows().next().unwrap()["_count"].to_string(), "2");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Run {
    query: Query,
    progress: Arc<Progress>,
    thread: JoinHandle<Outcome>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Bytes that were read, those of passes for subqueries included.
    pub bytes: u64,
    /// Messages that were looked at.
    pub messages: u64,
    /// Messages in the scope.
    pub in_scope: u64,
    /// Rows that came through the stages up to the first that must see all rows.
    pub rows: u64,
}

impl Run {
    pub(super) fn start(query: Query, input: Input) -> Result<Run, RunError> {
        let progress = Arc::new(Progress::default());
        let (of_thread, seen) = (query.clone(), Arc::clone(&progress));
        let work = move || execute(of_thread.plan(), input.as_dyn(), &of_thread.options(), &seen);
        let thread = std::thread::Builder::new().name("sumoql".into()).spawn(work);
        let thread = thread.map_err(|error| RunError::Thread(error.to_string()))?;
        Ok(Run { query, progress, thread })
    }

    /// How far the run is.
    pub fn counts(&self) -> Counts {
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            bytes: self.progress.all_bytes(),
            messages: read(&self.progress.messages),
            in_scope: read(&self.progress.in_scope),
            rows: read(&self.progress.rows),
        }
    }

    /// Ends the run soon, with what is known by then: [`Run::wait`] gives [`RunError::Partial`].
    pub fn cancel(&self) {
        self.progress.stop.set();
    }

    /// Whether the run has ended.
    pub fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// As for [`Query::run`].
    pub fn wait(self) -> Result<Answer, RunError> {
        match self.thread.join() {
            Ok(outcome) => Answer::new(&self.query, outcome, &self.progress),
            Err(_) => Err(RunError::Thread("a fault in the program".into())),
        }
    }
}
