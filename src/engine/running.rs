//! A run that goes on beside the caller.

use super::answer::{Answer, RunError};
use super::input::Input;
use super::observed::{Histogram, Observe, Snapshot, SnapshotError};
use super::query::Query;
use crate::run::execute::{Options, Outcome, Progress, execute};
use crate::run::observe::Observer;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The least time between two snapshots of a run.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(100);

/// The time that a cancelled run has for its answer.
const GRACE: Duration = Duration::from_millis(50);

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
    observer: Option<Arc<Observer>>,
    /// The last snapshot, and until when there is no newer one.
    last: Mutex<Option<(Instant, Snapshot)>>,
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
    pub(super) fn start(query: Query, input: Input, observe: Option<Observe>) -> Result<Run, RunError> {
        let progress = Arc::new(Progress::default());
        let observer = observe.map(|observe| Arc::new(Observer::new(observe.watching())));
        let (of_thread, seen, watched) = (query.clone(), Arc::clone(&progress), observer.clone());
        let work = move || {
            let options = Options { observer: watched, ..of_thread.options() };
            execute(of_thread.plan(), input.as_dyn(), &options, &seen)
        };
        let thread = std::thread::Builder::new().name("sumoql".into()).spawn(work);
        let thread = thread.map_err(|error| RunError::Thread(error.to_string()))?;
        Ok(Run { query, progress, observer, last: Mutex::default(), thread })
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

    /// Ends the run within a tenth of a second: no more messages are read, and what can be made of those that were read in
    /// that time is the answer. [`Run::wait`] then gives [`RunError::Partial`].
    pub fn cancel(&self) {
        self.progress.stop.set_within(GRACE);
    }

    /// The messages of the scope and the time range so far, by time and level. It is empty unless
    /// [`Observe::histogram`] has asked for it.
    pub fn histogram(&self) -> Histogram {
        let none = || Observer::new(Observe::new().watching());
        Histogram::new(self.observer.as_ref().map_or_else(|| none().histogram(), |observer| observer.histogram()))
    }

    /// What the answer would be if the input ended here; of a query whose rows are messages, the newest of them. A new one
    /// is made at most ten times a second. Nothing is saved.
    ///
    /// # Errors
    /// The reason why there is none now.
    pub fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        let observer = self.observer.as_ref().ok_or(SnapshotError::NotObserved)?;
        // Nothing that holds the lock can panic, but the work of a plan.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        if let Some((_, snapshot)) = last.as_ref().filter(|(until, _)| start < *until) {
            return Ok(snapshot.clone());
        }
        let options = Options { budget: self.query.budget_beside_runs(), scratch: None, ..self.query.options() };
        options.budget.end_at(&self.progress.stop);
        let outcome = observer.snapshot(self.query.plan(), &options)?;
        let snapshot = Snapshot::new(outcome, self.query.plan(), options.zone);
        // The run has the most of the time, however long a snapshot takes.
        let until = Instant::now() + BETWEEN_SNAPSHOTS.max(4 * start.elapsed());
        *last = Some((until, snapshot.clone()));
        Ok(snapshot)
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
