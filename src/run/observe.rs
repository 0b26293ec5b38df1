//! What can be seen of a run while it goes on: when its messages are, the newest of them, and what its answer would be
//! if the input ended here. Nothing of it is done for a run that nobody watches.

use super::execute::{Options, Outcome, PartialResult, reduce_in};
use super::order::sort::SortSpec;
use super::scan::log_level::level;
use crate::program::batch::{Batch, EvalContext, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Reader, Writer};
use crate::program::pipeline_breaker::{PartialState, PipelineBreaker};
use crate::program::plan::Plan;
use bumpalo::Bump;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use sumoql_data::value::Value;

/// The widths that the buckets of a histogram can have, in milliseconds. Each divides the next, so that buckets become
/// wider without a look at what was counted.
const WIDTHS: [i64; 12] = {
    const SECOND: i64 = 1000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    [
        SECOND,
        5 * SECOND,
        15 * SECOND,
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        HOUR,
        3 * HOUR,
        12 * HOUR,
        DAY,
        7 * DAY,
        28 * DAY,
    ]
};

/// The levels in one bucket that are counted apart.
const MAX_LEVELS: usize = 50;

/// What is to be seen of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watching {
    /// The most buckets of the histogram; without any, none is made.
    pub buckets: usize,
    /// The newest rows that are kept of a query whose rows are messages.
    pub newest: usize,
}

/// How many messages there are, by time and level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeHistogram {
    most: usize,
    /// The place of the width among [`WIDTHS`]; beyond them a bucket is twice as wide each time.
    step: u32,
    buckets: BTreeMap<i64, BTreeMap<Box<str>, u64>>,
}

impl TimeHistogram {
    fn new(most: usize) -> TimeHistogram {
        // Two: no width has what was before 1970 and what comes after it in one bucket.
        TimeHistogram { most: most.max(2), step: 0, buckets: BTreeMap::new() }
    }

    /// How much time a bucket spans, in milliseconds.
    pub fn width(&self) -> i64 {
        let last = WIDTHS.len() - 1;
        let step = self.step as usize;
        WIDTHS[step.min(last)].saturating_mul(1i64.checked_shl(step.saturating_sub(last) as u32).unwrap_or(i64::MAX))
    }

    /// The start of each bucket in which there are messages, in milliseconds since 1970, and how many there are of each
    /// level. Messages without a level are under the empty name.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, &BTreeMap<Box<str>, u64>)> {
        self.buckets.iter().map(|(start, levels)| (*start, levels))
    }

    fn add(&mut self, at: i64, level: &str, count: u64) {
        let start = at.saturating_sub(at.rem_euclid(self.width()));
        add_level(self.buckets.entry(start).or_default(), level, count);
        while self.buckets.len() > self.most {
            self.widen(self.step + 1);
        }
    }

    fn widen(&mut self, step: u32) {
        let narrow = std::mem::take(&mut self.buckets);
        self.step = step;
        let width = self.width();
        for (start, levels) in narrow {
            let wide = self.buckets.entry(start.saturating_sub(start.rem_euclid(width))).or_default();
            levels.into_iter().for_each(|(level, count)| add_level(wide, &level, count));
        }
    }

    fn merge(&mut self, mut other: TimeHistogram) {
        match self.step.cmp(&other.step) {
            std::cmp::Ordering::Less => self.widen(other.step),
            std::cmp::Ordering::Greater => other.widen(self.step),
            std::cmp::Ordering::Equal => {}
        }
        for (start, levels) in other.buckets {
            levels.into_iter().for_each(|(level, count)| self.add(start, &level, count));
        }
    }
}

fn add_level(levels: &mut BTreeMap<Box<str>, u64>, level: &str, count: u64) {
    // What calls itself a level may be anything.
    let level = if levels.len() < MAX_LEVELS || levels.contains_key(level) { level } else { "" };
    match levels.get_mut(level) {
        Some(sum) => *sum += count,
        None => {
            levels.insert(level.into(), count);
        }
    }
}

/// What a worker has: the states of the plan's parts. It works on them for a chunk at a time; who watches looks at them
/// between two chunks.
pub(super) struct States {
    states: Mutex<Vec<Box<dyn PartialState>>>,
    /// Who wants the states waits here first: else the worker would have them again before who watches is awake.
    door: Mutex<()>,
}

impl States {
    /// States that have seen nothing.
    pub fn new(states: Vec<Box<dyn PartialState>>) -> Arc<States> {
        Arc::new(States { states: Mutex::new(states), door: Mutex::default() })
    }

    /// The states, when those who came before have looked at them.
    pub fn work(&self) -> MutexGuard<'_, Vec<Box<dyn PartialState>>> {
        let _door = locked(&self.door);
        locked(&self.states)
    }
}

/// What one worker shows.
pub(super) struct WorkerView {
    states: Arc<States>,
    seen: Arc<Mutex<Seen>>,
}

/// What it keeps only to show it.
struct Seen {
    histogram: TimeHistogram,
    newest: Option<Box<dyn PartialState>>,
}

/// A run that is watched.
pub struct Observer {
    watching: Watching,
    context: OnceLock<EvalContext>,
    workers: Mutex<Vec<Arc<WorkerView>>>,
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer").field("watching", &self.watching).finish_non_exhaustive()
    }
}

/// Why there is no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSnapshot {
    /// The run has not begun to read, or is at its last stages.
    NotReading,
    /// A stage needs all rows in their order before it knows anything.
    InOrder,
    /// What the run knows is not in memory any more.
    Spilled,
    /// There is no memory for it beside that of the runs.
    Memory,
    /// The rows are messages, and none of them are kept to be shown.
    Messages,
}

impl Observer {
    /// For one run.
    pub fn new(watching: Watching) -> Observer {
        Observer { watching, context: OnceLock::new(), workers: Mutex::default() }
    }

    /// The messages of the query's scope and time range so far.
    pub fn histogram(&self) -> TimeHistogram {
        let mut sum = TimeHistogram::new(self.watching.buckets);
        for worker in self.workers() {
            let part = locked(&worker.seen).histogram.clone();
            sum.merge(part);
        }
        sum
    }

    /// What the answer would be if the input ended here. Where the rows are messages: the newest of them.
    ///
    /// # Errors
    /// The reason why that can't be said.
    pub fn snapshot(&self, plan: &Plan, options: &Options) -> Result<Outcome, NoSnapshot> {
        let env = self.context.get().ok_or(NoSnapshot::NotReading)?;
        let workers = self.workers();
        if workers.is_empty() {
            return Err(NoSnapshot::NotReading);
        }
        if plan.raw && self.watching.newest == 0 {
            return Err(NoSnapshot::Messages);
        }
        let parts = plan.parts();
        let breakers: Vec<(&dyn PipelineBreaker, &[Slot])> = parts.iter().filter_map(|part| shown(part)).collect();
        if breakers.len() < parts.len() {
            return Err(NoSnapshot::InOrder);
        }
        let newest = self.newest(plan);
        let mut results = Vec::new();
        for worker in workers {
            let encoded = match &newest {
                Some(_) => locked(&worker.seen).newest.iter().map(|state| encoded(state.as_ref())).collect(),
                None => worker.encoded()?,
            };
            // Beside its bytes there is what they are read into.
            let bytes = encoded.iter().map(|bytes| 2 * bytes.len()).sum();
            options.budget.ask(bytes).map_err(|_| NoSnapshot::Memory)?;
            let decoded = encoded.iter().zip(&breakers).map(|(bytes, (breaker, carry))| {
                let breaker = newest.as_ref().map_or(*breaker, |newest| newest as &dyn PipelineBreaker);
                breaker.decode(carry, &mut Reader::new(bytes))
            });
            let states = decoded.collect::<Result<Vec<_>, _>>().map_err(|_| NoSnapshot::NotReading)?;
            results.push(PartialResult::of_states(states, plan));
        }
        let outcome = reduce_in(plan, results, options, env);
        match outcome.partial {
            None => Ok(outcome),
            // The run is cancelled.
            Some(_) if options.budget.is_over() => Err(NoSnapshot::NotReading),
            Some(_) => Err(NoSnapshot::Memory),
        }
    }

    /// Notes what a run knows before it reads.
    pub(super) fn begin(&self, env: &EvalContext) {
        let _ = self.context.set(env.clone());
    }

    /// From now on a worker shows these states.
    pub(super) fn worker(&self, plan: &Plan, states: &Arc<States>) -> Arc<WorkerView> {
        let newest = self.newest(plan).map(|spec| spec.start(&plan.segments[0].carry));
        let seen = Seen { histogram: TimeHistogram::new(self.watching.buckets), newest };
        let view = Arc::new(WorkerView { states: Arc::clone(states), seen: Arc::new(Mutex::new(seen)) });
        locked(&self.workers).push(Arc::clone(&view));
        view
    }

    /// What keeps the newest rows, where rows are messages.
    fn newest(&self, plan: &Plan) -> Option<SortSpec> {
        let wanted = plan.raw && self.watching.newest > 0;
        wanted.then(|| SortSpec { limit: Some(self.watching.newest), ..SortSpec::all(Vec::new()) })
    }

    /// Takes note of the messages of a batch that are in the scope.
    pub(super) fn messages(&self, view: &WorkerView, batch: &Batch<'_>, plan: &Plan) {
        let time = plan.segments.first().and_then(|first| first.program.time);
        let (Some(time), true) = (time, self.watching.buckets > 0) else { return };
        let arena = Bump::new();
        let mut seen = locked(&view.seen);
        for row in batch.iter() {
            let Some(at) = row.get(time).integer() else { continue };
            let Some(message) = row.message() else { continue };
            let own = message.own.iter().find(|(name, _)| name.eq_ignore_ascii_case("_loglevel"));
            let given = own.map(|(_, value)| *value).or(message.source.get("_loglevel").map(Value::Text));
            let level = given.unwrap_or_else(|| level(message.raw, &arena));
            seen.histogram.add(at, if let Value::Text(level) = level { level } else { "" }, 1);
        }
    }

    /// Takes note of the rows that came through the first stages.
    pub(super) fn rows(&self, view: &WorkerView, batch: &Batch<'_>) -> Result<(), OverBudget> {
        match &mut locked(&view.seen).newest {
            // They are few, and of no budget: nothing ends because of them.
            Some(newest) => newest.update(batch, &Budget::default()),
            None => Ok(()),
        }
    }

    fn workers(&self) -> Vec<Arc<WorkerView>> {
        locked(&self.workers).clone()
    }
}

impl WorkerView {
    /// The states, as bytes.
    fn encoded(&self) -> Result<Vec<Vec<u8>>, NoSnapshot> {
        let states = self.states.work();
        if states.is_empty() {
            return Err(NoSnapshot::NotReading);
        }
        if states.iter().any(|state| state.has_spilled()) {
            return Err(NoSnapshot::Spilled);
        }
        Ok(states.iter().map(|state| encoded(state.as_ref())).collect())
    }
}

/// What the first stage of a plan does that must see all rows, and what it keeps of each, where a part of the rows will do.
fn shown(plan: &Plan) -> Option<(&dyn PipelineBreaker, &[Slot])> {
    let first = plan.segments.first()?;
    Some((first.gather.as_deref().filter(|gather| gather.mergeable())?, &first.carry))
}

fn encoded(state: &dyn PartialState) -> Vec<u8> {
    let mut out = Writer::default();
    state.encode(&mut out);
    out.bytes
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A worker that panics ends the run; what it has shown until then can still be looked at.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_width_divides_the_next() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
    }

    #[test]
    fn the_parts_of_workers_make_the_histogram_of_one() {
        let times = (0..2000i64).map(|n| n * n * 7919 - 3_000_000);
        let levels = ["ERROR", "INFO", ""];
        let mut whole = TimeHistogram::new(20);
        let mut parts = [TimeHistogram::new(20), TimeHistogram::new(20), TimeHistogram::new(20)];
        for (number, at) in times.enumerate() {
            whole.add(at, levels[number % 3], 1);
            parts[number % 7 % 3].add(at, levels[number % 3], 1);
        }
        let mut merged = TimeHistogram::new(20);
        parts.into_iter().for_each(|part| merged.merge(part));
        assert_eq!(merged, whole);
        assert!(whole.buckets.len() <= 20);
        let count: u64 = whole.buckets().flat_map(|(_, levels)| levels.values()).sum();
        assert_eq!(count, 2000);
    }

    #[test]
    fn any_times_and_levels_take_little() {
        let mut histogram = TimeHistogram::new(1);
        for at in [i64::MIN, -1, 0, 1, 1_714_521_600_000, i64::MAX] {
            histogram.add(at, "INFO", 1);
        }
        for number in 0..1000 {
            histogram.add(0, &number.to_string(), 1);
        }
        assert_eq!(histogram.buckets().count(), 2);
        assert!(histogram.buckets().all(|(_, levels)| levels.len() <= MAX_LEVELS + 1));
        let count: u64 = histogram.buckets().flat_map(|(_, levels)| levels.values()).sum();
        assert_eq!(count, 1006);
    }
}
