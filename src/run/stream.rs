//! Rows as they come: a query that no stage makes wait gives its rows chunk by chunk, in the order of the input, in
//! memory that does not grow with it. Sumo Logic's own order, newest first, needs all rows: that is [`super::execute`].

use super::execute::{Options, Outcome, Partiality, Progress, given_range, in_given_range};
use super::null_fields::null_fields;
use super::numbers::Numbers;
use super::order::in_order::{InOrder, Visit};
use super::result_table::show;
use super::row_lines;
use super::row_lines::{Lines, Written};
use super::scan::literal_prefilter::LiteralPrefilter;
use super::scan::worker::Worker;
use super::subquery::ask;
use super::workers::run_workers;
use crate::program::batch::{EvalContext, Tally};
use crate::program::budget::OverBudget;
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{PartialState, PipelineBreaker, same_kind};
use crate::program::plan::{Plan, Segment};
use crate::program::watched::WatchCount;
use bumpalo::Bump;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use sumoql_data::message::{Chunk, Input};
use sumoql_data::table::Table;

/// Takes the rows of a chunk; false ends the run.
pub type Sink<'s> = dyn FnMut(&Table) -> bool + Send + 's;

/// Takes the lines of a chunk; false ends the run.
pub type LineSink<'s> = dyn FnMut(&[u8]) -> bool + Send + 's;

/// Runs a plan whose rows need not wait for others, and hands them over in the order of the input. `None` when some
/// stage must see all rows first, or when the query asks for the time range and none is given.
///
/// The outcome's table is empty; the rows went to the sink. A chunk's rows are handed over when those of all chunks
/// before it are: a worker that is ahead waits, so at most one chunk for each worker is kept.
pub fn stream(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    sink: &mut Sink<'_>,
) -> Option<Outcome> {
    let keep = InOrder(|| -> Visit { Box::new(|_, _| true) });
    let work = Work {
        start: &|first| keep.start(&first.carry),
        finish: &|state, context| shown(plan, state, context),
        sink: &mut |table: Table| table.rows.is_empty() || sink(&table),
    };
    run(plan, input, options, progress, work)
}

/// The same for rows that are written as lines: by the workers, each its own.
pub fn stream_lines(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    (lines, sink): (&Arc<dyn Lines>, &mut LineSink<'_>),
) -> Option<Outcome> {
    let slots = row_lines::slots(plan);
    let keep = InOrder(|| -> Visit { Box::new(|_, _| true) });
    let work = Work {
        start: &|first| match &slots {
            Some(slots) => Written::start(lines, plan, slots),
            None => keep.start(&first.carry),
        },
        finish: &|state, context| match slots {
            Some(_) => same_kind::<Written>(state).map(|written| written.bytes).unwrap_or_default(),
            None => row_lines::of_table(lines.as_ref(), &shown(plan, state, context)),
        },
        sink: &mut |bytes: Vec<u8>| bytes.is_empty() || sink(&bytes),
    };
    run(plan, input, options, progress, work)
}

/// The rows that a state kept, as the result shows them.
fn shown(plan: &Plan, state: Box<dyn PartialState>, context: &RunContext<'_>) -> Table {
    let table = state.finish(context);
    context.budget.settle(table.size());
    show(plan, table.into(), true, context).0
}

/// What is done with the rows of a chunk.
struct Work<'w, T> {
    /// A state that takes them in.
    start: &'w (dyn Fn(&Segment) -> Box<dyn PartialState> + Sync),
    /// What becomes of it.
    finish: &'w (dyn Fn(Box<dyn PartialState>, &RunContext<'_>) -> T + Sync),
    /// Takes that, in the order of the input; false ends the run.
    sink: &'w mut (dyn FnMut(T) -> bool + Send),
}

fn run<T: Send>(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    work: Work<'_, T>,
) -> Option<Outcome> {
    let range = given_range(plan, options)?;
    if !plan.raw || plan.ranges.is_some() {
        return None;
    }
    let asked = ask(plan, input, options, progress, (range, options.range));
    Some(in_given_range((plan, options), progress.watch(), asked, range, |env| {
        run_in(plan, input, options, progress, (env, work))
    }))
}

fn run_in<T: Send>(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    (env, work): (&EvalContext, Work<'_, T>),
) -> Outcome {
    let Some(first) = plan.segments.first() else { return Outcome::default() };
    let (parts, contexts) = ([plan], [env.clone()]);
    let (needle, numbers) = (LiteralPrefilter::of(&parts), Numbers::of(&parts));
    let claims = Mutex::new(0);
    let Work { start, finish, sink } = work;
    let turns = Turns { next: Mutex::new((0, sink)), changed: Condvar::new(), broken: AtomicBool::new(false) };
    let limit = AtomicUsize::new(0);
    let work = || {
        let tally = Tally::new(plan.stages.len()).watching(plan.watched.len());
        let mut buffer = Vec::new();
        let mut arena = Bump::new();
        while let Some((number, chunk)) = claim(&claims, input, progress, std::mem::take(&mut buffer)) {
            // A budget for each chunk: its rows are gone when the next one comes.
            let options = options.with_fresh_budget();
            let worker = Worker {
                parts: &parts,
                contexts: &contexts,
                options: &options,
                progress,
                tally: &tally,
                needle: needle.as_ref(),
                numbers: None,
                view: None,
            };
            let turn = Turn { turns: &turns, number };
            let mut states = [start(first)];
            let place = numbers.as_ref().map(|numbers| numbers.place(number));
            let over = worker.chunk(&chunk, place, &arena, &mut states).err();
            let context = RunContext::new(&contexts[0], &options.budget, options.batch.max(1), &tally);
            let [state] = states;
            let rows = finish(state, &context);
            if let Some(OverBudget { limit: bytes }) = over {
                limit.store(bytes, Ordering::Relaxed);
            }
            if !turn.give(rows) || over.is_some() {
                progress.stop.set();
            }
            arena.reset();
            buffer = chunk.bytes.reuse();
        }
        let counts = |counters: &[std::cell::Cell<u64>]| counters.iter().map(std::cell::Cell::get).collect::<Vec<_>>();
        (counts(&tally.reached), counts(&tally.matched), tally.watched.take())
    };
    let counts = run_workers(options.threads, &work);
    let reached = |stage: usize| counts.iter().map(|(reached, ..)| reached[stage]).sum::<u64>();
    let matched = |stage: usize| counts.iter().any(|(_, matched, _)| matched[stage] > 0);
    let parses: Vec<_> = (1..=plan.stages.len())
        .map(|stage| (stage, reached(stage), matched(stage)))
        .filter(|(_, reached, _)| *reached > 0)
        .collect();
    let partial = match limit.into_inner() {
        0 => progress.stop.is_set().then_some(Partiality::Stopped),
        bytes => Some(Partiality::Memory(bytes)),
    };
    let texts = counts.iter().map(|(_, matched, _)| matched[0]).sum();
    let failed = reached(0);
    let mut watched = vec![WatchCount::default(); plan.watched.len()];
    for (_, _, seen) in counts {
        watched.iter_mut().zip(seen).for_each(|(all, seen)| all.merge(seen));
    }
    let empty = progress.rows.load(Ordering::Relaxed) == 0;
    let (null_fields, valued_fields) = null_fields(plan, &watched, &parses, empty);
    Outcome { failed, texts, parses, null_fields, valued_fields, partial, ..Outcome::default() }
}

/// The next chunk with its number. Claiming and numbering are one step, so numbers follow the input's own order.
fn claim(claims: &Mutex<u64>, input: &dyn Input, progress: &Progress, buffer: Vec<u8>) -> Option<(u64, Chunk)> {
    // A worker that panicked has poisoned the lock; its panic ends the run.
    let mut next = claims.lock().ok()?;
    if progress.stop.is_set() {
        return None;
    }
    let chunk = input.next(buffer)?;
    *next += 1;
    Some((*next - 1, chunk))
}

/// Whose turn it is to hand over rows.
struct Turns<'t, T> {
    /// The number of the chunk whose turn it is.
    next: Mutex<(u64, &'t mut (dyn FnMut(T) -> bool + Send))>,
    changed: Condvar,
    /// A worker has panicked: its turn will never end.
    broken: AtomicBool,
}

/// A chunk's place in the queue.
struct Turn<'q, 't, T> {
    turns: &'q Turns<'t, T>,
    number: u64,
}

impl<T> Turn<'_, '_, T> {
    /// Waits for the chunk's turn and hands its rows over.
    fn give(self, rows: T) -> bool {
        let Turns { next, changed, broken } = self.turns;
        let Ok(guard) = next.lock() else { return false };
        let waits = |(turn, _): &mut (u64, _)| *turn != self.number && !broken.load(Ordering::Relaxed);
        let Ok(mut guard) = changed.wait_while(guard, waits) else { return false };
        if guard.0 != self.number {
            return false;
        }
        let go_on = (guard.1)(rows);
        guard.0 += 1;
        changed.notify_all();
        go_on
    }
}

impl<T> Drop for Turn<'_, '_, T> {
    /// The others must not wait for a worker that panicked.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.turns.broken.store(true, Ordering::Relaxed);
            self.turns.changed.notify_all();
        }
    }
}
