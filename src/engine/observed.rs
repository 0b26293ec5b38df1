//! What can be seen of a run while it goes on.

use super::rows::Rows;
use crate::output::View;
use crate::program::plan::Plan;
use crate::run::execute::Outcome;
use crate::run::observe::{NoSnapshot, TimeHistogram, Watching};
use std::sync::Arc;

/// What is to be seen of a run while it goes on, for [`Query::start_observed`](crate::Query::start_observed). Nothing that
/// is not asked for is computed.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input, Observe};
///
/// let query = Engine::default().prepare("* | count by _loglevel")?;
/// let messages = "2024-05-01T10:00:00Z ERROR a\n2024-05-01T10:00:09Z INFO b\n";
/// let run = query.start_observed(Input::lines(messages), Observe::new().histogram(60))?;
/// while !run.is_done() {
///     std::thread::yield_now();
/// }
/// let histogram = run.histogram();
/// assert_eq!(histogram.buckets().count(), 2);
/// run.wait()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Observe(Watching);

impl Observe {
    /// Nothing but the counts and snapshots of aggregates, which cost nothing until they are asked for.
    pub fn new() -> Observe {
        Observe::default()
    }

    /// Counts the messages of the scope and the time range by time and level, in at most so many buckets of time (but two).
    pub fn histogram(mut self, buckets: usize) -> Observe {
        self.0.buckets = buckets;
        self
    }

    /// Of a query whose rows are messages, a snapshot has the newest rows, at most so many.
    pub fn newest(mut self, rows: usize) -> Observe {
        self.0.newest = rows;
        self
    }

    pub(super) fn watching(self) -> Watching {
        self.0
    }
}

/// How many messages there are, by time and level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram(TimeHistogram);

impl Histogram {
    pub(super) fn new(histogram: TimeHistogram) -> Histogram {
        Histogram(histogram)
    }

    /// How much time a bucket spans, in milliseconds. Buckets become wider as the span of the messages grows.
    pub fn width(&self) -> i64 {
        self.0.width()
    }

    /// The start of each bucket in which there are messages, in milliseconds since 1970 and in ascending order, with the
    /// number of messages of each level. The level is empty for messages that have none, and where there are too many levels
    /// in one bucket.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, impl Iterator<Item = (&str, u64)>)> {
        self.0.buckets().map(|(start, levels)| (start, levels.iter().map(|(level, count)| (&**level, *count))))
    }
}

/// What the answer of a run would be if the input ended where the run is.
#[derive(Clone, Debug)]
pub struct Snapshot {
    columns: Arc<Vec<(String, usize)>>,
    outcome: Arc<Outcome>,
}

impl Snapshot {
    pub(super) fn new(outcome: Outcome, plan: &Plan, zone: chrono_tz::Tz) -> Snapshot {
        let view = View::with(&outcome.table, outcome.more.as_ref(), &plan.output, zone);
        let columns = view.columns.iter().map(|column| (column.name.to_string(), column.position())).collect();
        Snapshot { columns: Arc::new(columns), outcome: Arc::new(outcome) }
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The rows, in their order.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(Arc::clone(&self.columns), &self.outcome.table.rows, self.outcome.more.as_ref())
    }
}

/// Why there is no snapshot of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The run is not observed: it was begun by [`Query::start`](crate::Query::start).
    NotObserved,
    /// The rows are messages, and [`Observe::newest`] has not asked for any.
    Messages,
    /// The run has not begun to read messages, or has read them all: the answer comes soon.
    NotReading,
    /// The first stage that must see all rows needs them in their order, and knows nothing before.
    InOrder,
    /// What the run knows does not fit into memory; the answer will have it.
    Spilled,
    /// The runs leave no memory for it.
    Memory,
}

impl From<NoSnapshot> for SnapshotError {
    fn from(reason: NoSnapshot) -> SnapshotError {
        match reason {
            NoSnapshot::NotReading => SnapshotError::NotReading,
            NoSnapshot::InOrder => SnapshotError::InOrder,
            NoSnapshot::Spilled => SnapshotError::Spilled,
            NoSnapshot::Memory => SnapshotError::Memory,
            NoSnapshot::Messages => SnapshotError::Messages,
        }
    }
}

impl std::fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            SnapshotError::NotObserved => "the run is not observed",
            SnapshotError::NotReading => "the run is not reading messages now",
            SnapshotError::InOrder => "a stage needs all rows in their order before there is a result",
            SnapshotError::Spilled => "the rows so far do not fit into memory",
            SnapshotError::Memory => "the runs leave no memory for it",
            SnapshotError::Messages => "the rows are messages, and no newest ones were asked for",
        })
    }
}

impl std::error::Error for SnapshotError {}
