//! Runs a plan: workers take chunks, each fills a partial state, the states merge, the rest runs over the table.
//!
//! The answer does not depend on the number of workers nor on how the input was cut: states merge in any order, and
//! whatever depends on the order of rows goes by their place in the input, not by the time of their arrival.

use super::lookup;
use super::null_fields;
use super::null_fields::NullField;
pub use super::null_fields::first_keys;
use super::numbers::Numbers;
use super::observe::{Observer, States};
use super::partial_result::merge;
use super::result_table::show;
use super::saved_tables::Saved;
use super::scan::literal_prefilter::LiteralPrefilter;
use super::scan::worker::Worker;
use super::segment::finish_segment;
use super::spill::row_queue::Spooled;
use super::subquery::{AnsweredSubqueries, ask};
use super::workers::run_workers;
use crate::diagnostics::{Diagnostic, Span};
use crate::program::batch::{Batch, EvalContext, Tally};
use crate::program::budget::Budget;
use crate::program::clock::Present;
use crate::program::context::RunContext;
use crate::program::permits::{Permit, Permits};
use crate::program::plan::Plan;
use crate::program::row_stream::Flow;
use crate::program::scratch::{Scratch, ScratchError};
use crate::program::subquery_results::SubqueryResults;
use bumpalo::Bump;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use sumoql_data::message::Input;
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{NoTables, Tables};
use sumoql_java::regex::effort::Watch;

pub use super::partial_result::PartialResult;
pub use super::progress::Progress;

/// How to run.
pub struct Options {
    /// Worker threads.
    pub threads: usize,
    /// Rows in a batch.
    pub batch: usize,
    /// What may be kept in memory.
    pub budget: Budget,
    /// Time range, start and exclusive end; messages outside are left out. Without one, the span of the data; a start
    /// of `i64::MIN` or an end of `i64::MAX` is left open, and the data's takes its place where the range is asked for.
    pub range: Option<(i64, i64)>,
    /// The present.
    pub now: Present,
    /// The zone of times without one.
    pub zone: chrono_tz::Tz,
    /// The tables there are.
    pub tables: Arc<dyn Tables>,
    /// What the query's subqueries answer over the whole input, where they have run before: see
    /// [`super::subquery::answers`].
    pub subqueries: Option<Arc<SubqueryResults>>,
    /// What its workers need for each chunk, where runs share threads.
    pub permits: Option<Arc<Permits>>,
    /// Who watches the run.
    pub observer: Option<Arc<Observer>>,
    /// Where [`execute`] may put what is too much for the memory; see [`Outcome::more`]. Without it a run ends at the
    /// limit. Subqueries and parts of runs always do.
    pub scratch: Option<Arc<dyn Scratch>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            threads: 1,
            batch: 1024,
            budget: Budget::default(),
            range: None,
            now: Present::default(),
            zone: chrono_tz::UTC,
            tables: Arc::new(NoTables),
            subqueries: None,
            scratch: None,
            permits: None,
            observer: None,
        }
    }
}

impl Options {
    /// The right to work, once it is there, where runs share threads.
    pub(super) fn permit(&self) -> Option<Permit> {
        self.permits.as_ref()?.take(|| self.budget.is_stopped())
    }

    /// The same with a budget of its own, of the same size.
    pub(super) fn with_fresh_budget(&self) -> Options {
        let budget = self.budget.fresh();
        let (now, tables, subqueries) = (self.now.clone(), Arc::clone(&self.tables), self.subqueries.clone());
        let permits = self.permits.clone();
        Options { budget, now, tables, subqueries, permits, scratch: None, observer: None, ..*self }
    }
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The rows, with a column for each of the plan's output columns.
    pub table: Table,
    /// The rows that follow those of the table, where they were too many for the memory: only where there was scratch
    /// space, and never for a query that saves its rows.
    pub more: Option<Spooled>,
    /// Why the scratch space could not be used to the end.
    pub scratch_error: Option<ScratchError>,
    /// For each stage with counted matches: its number, the rows that reached it, whether it matched any.
    pub parses: Vec<(usize, u64, bool)>,
    /// The fields that were null in every row that reached the first stage that reads them.
    pub null_fields: Vec<NullField>,
    /// Where the query mentions fields that had a value in some row.
    pub valued_fields: Vec<Span>,
    /// Rows that went because a function could not work with their values.
    pub failed: u64,
    /// How often arithmetic met a text that is no number, and gave null.
    pub texts: u64,
    /// How often a regular expression has given a text up, which then counts as one without a match.
    pub given_up: u64,
    /// Why the result is only a part, if it is.
    pub partial: Option<Partiality>,
    /// What else the user should know: limits of Sumo Logic that left rows out.
    pub notices: Vec<Diagnostic>,
    /// The rows that the query saves to tables. Nothing of a partial result is saved.
    pub saved: Vec<Saved>,
    /// Why the query was not run at all.
    pub refused: Option<Diagnostic>,
}

impl Outcome {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.table.rows.len() + self.more.as_ref().map_or(0, Spooled::len)
    }
}

/// Why a result is only a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Partiality {
    /// The memory limit, in bytes, was reached.
    Memory(usize),
    /// Somebody stopped the run.
    Stopped,
    /// The input had to be read more than once, and can't be.
    NotRepeatable,
}

/// Runs a plan over an input.
pub fn execute(plan: &Plan, input: &dyn Input, options: &Options, progress: &Progress) -> Outcome {
    options.budget.end_at(&progress.stop);
    if let Some(scratch) = &options.scratch {
        options.budget.lend(Arc::clone(scratch), options.threads);
    }
    let mut outcome = in_run_context(plan, input, options, progress, |env| {
        let mut outcome = match map_in(plan, input, options, progress, env) {
            Some(part) => reduce_in(plan, vec![part], options, env),
            None => return Outcome::default(),
        };
        if progress.stop.is_set() {
            outcome.partial = Some(Partiality::Stopped);
        }
        outcome
    });
    outcome.scratch_error = options.budget.take_back();
    outcome
}

/// Runs something over an input in the world in which a plan would run over it: the time range, what its subqueries answer
/// and what it asks of tables is known.
pub fn in_run_context(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    run: impl FnOnce(&EvalContext) -> Outcome,
) -> Outcome {
    let mut partial = None;
    let open = |(from, to): (i64, i64)| from == i64::MIN || to == i64::MAX;
    let range = match options.range {
        Some(range) if !(plan.needs_range && open(range)) => range,
        given if plan.needs_range => {
            let (from, to) = data_range(plan, input, options, progress);
            if !input.restart() {
                partial = Some(Partiality::NotRepeatable);
            }
            match given {
                // An end that was left open is where the data ends.
                Some((start, end)) => (
                    if start == i64::MIN { from.min(end) } else { start },
                    if end == i64::MAX { to.max(start) } else { end },
                ),
                None => (from, to),
            }
        }
        _ => (0, 0),
    };
    let chosen = (plan.needs_range || options.range.is_some()).then_some(range);
    let asked = ask(plan, input, options, progress, (range, chosen));
    in_given_range((plan, options), progress.watch(), asked, range, |env| {
        let mut outcome = run(env);
        outcome.partial = outcome.partial.or(partial);
        outcome
    })
}

/// Runs something in the world of a plan: what its subqueries answer and what it asks of tables is known in it.
pub(super) fn in_given_range(
    (plan, options): (&Plan, &Options),
    watch: Watch,
    before: AnsweredSubqueries,
    (from, to): (i64, i64),
    run: impl FnOnce(&EvalContext) -> Outcome,
) -> Outcome {
    let tables = before.tables.unwrap_or_else(|| Arc::clone(&options.tables));
    let asked = lookup::ask(&plan.requests, tables.as_ref(), &options.budget);
    let mut outcome = match (before.refused.or(asked.refused), asked.over) {
        (None, None) => {
            let (now, zone) = (options.now.clone(), options.zone);
            let (subqueries, lookups) = (before.answers, Arc::new(asked.answers));
            let mut outcome = run(&EvalContext { from, to, now, zone, subqueries, lookups, watch: watch.clone() });
            outcome.given_up += watch.given_up();
            outcome
        }
        (refused, over) => {
            Outcome { refused, partial: over.map(|over| Partiality::Memory(over.limit)), ..Outcome::default() }
        }
    };
    options.budget.put_back(asked.bytes + before.bytes);
    outcome.partial = outcome.partial.or(before.partial);
    outcome.notices = [before.notices, asked.notices, outcome.notices].concat();
    let own = saved(plan, &outcome.table).into_iter();
    let whole = outcome.partial.is_none() && outcome.refused.is_none();
    let own = std::mem::take(&mut outcome.saved).into_iter().chain(own).filter(|_| whole);
    outcome.saved = before.saved.into_iter().chain(own).collect();
    outcome
}

/// The rows that a plan saves of its result.
fn saved(plan: &Plan, table: &Table) -> Option<Saved> {
    let optional: Vec<bool> = table.columns.iter().map(|name| plan.is_optional(name)).collect();
    Some(Saved::of(plan.save.as_ref()?, table, &optional))
}

/// Runs the stateless and mergeable parts of a plan over a part of the input. `None` when that is impossible: the
/// first stage that must see all rows can't be merged, the query asks for the time range or has subqueries and the range
/// or their answers are not given, a table is missing without which it can't run, or the query asks for the numbers of
/// messages, which a part of the input does not tell.
pub fn map(plan: &Plan, input: &dyn Input, options: &Options, progress: &Progress) -> Option<PartialResult> {
    plan.split().filter(|_| !plan.parts().iter().any(|part| part.is_numbered()))?;
    let range = given_range(plan, options)?;
    let mut part = None;
    in_given_range((plan, options), progress.watch(), AnsweredSubqueries::before(plan, options)?, range, |env| {
        part = map_in(plan, input, options, progress, env);
        Outcome::default()
    });
    part.iter_mut().for_each(|part| part.given_up = progress.watch().given_up());
    part
}

/// Merges parts, in any order, and runs the rest of the plan. `None` where [`map`] gives none.
pub fn reduce(plan: &Plan, mut parts: Vec<PartialResult>, options: &Options) -> Option<Outcome> {
    plan.split()?;
    for part in &mut parts {
        let charged = options.budget.ask(std::mem::take(&mut part.uncharged));
        part.over = part.over.or(charged.err());
    }
    let range = given_range(plan, options)?;
    let asked = AnsweredSubqueries::before(plan, options)?;
    Some(in_given_range((plan, options), Watch::default(), asked, range, |env| reduce_in(plan, parts, options, env)))
}

/// The time range of a run that can't look for it in the data.
pub(super) fn given_range(plan: &Plan, options: &Options) -> Option<(i64, i64)> {
    match options.range {
        Some(range) => Some(range),
        None if plan.needs_range => None,
        None => Some((0, 0)),
    }
}

fn map_in(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    env: &EvalContext,
) -> Option<PartialResult> {
    let (parts, contexts) = (plan.parts(), plan.contexts(env));
    let firsts = parts.iter().map(|part| part.segments.first()).collect::<Option<Vec<_>>>()?;
    let gathers = firsts.iter().map(|first| first.gather.as_deref()).collect::<Option<Vec<_>>>()?;
    let (needle, numbers) = (LiteralPrefilter::of(&parts), Numbers::of(&parts));
    options.observer.iter().for_each(|observer| observer.begin(env));
    // Workers end when one of them has run out of memory.
    let full = AtomicBool::new(false);
    let work = || {
        let tally = Tally::new(plan.stages.len()).watching(plan.watched.len());
        let states: Vec<_> = gathers.iter().zip(&firsts).map(|(gather, first)| gather.start(&first.carry)).collect();
        let states = States::new(states);
        let view = options.observer.as_ref().map(|observer| (observer.as_ref(), observer.worker(plan.base(), &states)));
        let worker = Worker {
            parts: &parts,
            contexts: &contexts,
            options,
            progress,
            tally: &tally,
            needle: needle.as_ref(),
            numbers: numbers.as_ref(),
            view: view.as_ref().map(|(observer, view)| (*observer, view.as_ref())),
        };
        let over = if plan.reads_messages { worker.run(input, &states, &full).err() } else { None };
        if over.is_some() {
            full.store(true, Ordering::Relaxed);
        }
        let counts = |counters: &[std::cell::Cell<u64>]| counters.iter().map(std::cell::Cell::get).collect();
        let (reached, matched) = (counts(&tally.reached), counts(&tally.matched));
        let watched = tally.watched.take();
        let states = std::mem::take(&mut *states.work());
        PartialResult { states, reached, matched, watched, over, given_up: 0, uncharged: 0 }
    };
    merge(run_workers(options.threads, &work), options)
}

pub(super) fn reduce_in(plan: &Plan, parts: Vec<PartialResult>, options: &Options, env: &EvalContext) -> Outcome {
    let Some(merged) = merge(parts, options) else { return Outcome::default() };
    let PartialResult { states, mut reached, mut matched, mut watched, mut over, given_up, .. } = merged;
    let tally = Tally::new(plan.stages.len()).watching(plan.watched.len());
    let context = |env| RunContext::new(env, &options.budget, options.batch.max(1), &tally).working(options.permit());
    let (base, contexts) = (plan.base(), plan.contexts(env));
    let mut notices = Vec::new();
    let (mut shown, mut more) = (Vec::new(), None);
    let alone = states.len() == 1;
    for (state, env) in states.into_iter().zip(&contexts) {
        let context = context(env);
        // What is combined or saved must be in memory.
        let whole = plan.ranges.is_some() || plan.save.is_some();
        let mut rows = if context.ended() { Flow::from(Table::default()) } else { state.flow(&context) };
        if alone {
            options.budget.settle(rows.size());
        } else {
            options.budget.pass_on(rows.size());
        }
        for segment in base.segments.iter().skip(1) {
            rows = finish_segment(segment, rows, &context);
        }
        let (table, rest) = show(base, rows, whole, &context);
        shown.push(table);
        more = rest;
        let (ran_out, more) = context.into_notes();
        over = over.or(ran_out);
        notices.extend(more);
    }
    options.budget.settle(shown.iter().map(Table::size).sum());
    let mut kept = Vec::new();
    let table = match &plan.ranges {
        None => shown.pop().unwrap_or_default(),
        Some(ranges) => {
            kept.extend(shown.first().and_then(|table| saved(base, table)));
            let context = context(env);
            let table = (ranges.combine)(shown, &context);
            options.budget.settle(table.size());
            let mut rows = Flow::from(table);
            for segment in &plan.segments {
                rows = finish_segment(segment, rows, &context);
            }
            let table;
            (table, more) = show(plan, rows, plan.save.is_some(), &context);
            let (ran_out, more) = context.into_notes();
            over = over.or(ran_out);
            notices.extend(more);
            table
        }
    };
    for (stage, (r, m)) in tally.reached.iter().zip(&tally.matched).enumerate() {
        reached[stage] += r.get();
        matched[stage] += m.get();
    }
    watched.iter_mut().zip(tally.watched.take()).for_each(|(all, seen)| all.merge(seen));
    let parses: Vec<_> =
        (1..reached.len()).filter(|n| reached[*n] > 0).map(|n| (n, reached[n], matched[n] > 0)).collect();
    let empty = table.rows.is_empty() && more.is_none();
    let (null_fields, valued_fields) = null_fields::null_fields(plan, &watched, &parses, empty);
    Outcome {
        table,
        more,
        failed: reached[0],
        texts: matched[0],
        parses,
        null_fields,
        valued_fields,
        given_up,
        partial: over.map(|over| Partiality::Memory(over.limit)),
        notices,
        saved: kept,
        ..Outcome::default()
    }
}

/// First and last message time of the whole input; the end is exclusive.
fn data_range(plan: &Plan, input: &dyn Input, options: &Options, progress: &Progress) -> (i64, i64) {
    let work = || {
        let (env, tally) = (EvalContext::default(), Tally::new(0));
        let (mut from, mut to) = (i64::MAX, i64::MIN);
        let program = &plan.base().segments[0].program;
        while !progress.stop.is_set()
            && let Some(chunk) = input.next(Vec::new())
        {
            let _permit = options.permit();
            let text = chunk.text();
            let (arena, scratch) = (Bump::new(), Bump::new());
            let messages = chunk.messages(&text, &arena);
            let batch = Batch::of_messages(program, &messages, &scratch, &env, &tally);
            for row in batch.iter() {
                if let Some(at) = program.time.and_then(|time| row.get(time).integer()) {
                    from = from.min(at);
                    to = to.max(at);
                }
            }
        }
        (from, to)
    };
    let ranges = run_workers(options.threads, &work);
    let (from, to) = ranges.into_iter().fold((i64::MAX, i64::MIN), |(a, b), (from, to)| (a.min(from), b.max(to)));
    if from > to { (options.now.get(), options.now.get()) } else { (from, to.saturating_add(1)) }
}
