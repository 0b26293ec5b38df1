//! Runs a query stage by stage: rows in and out of each, matches and misses, time; and watches single messages.

use super::find_messages::MessagePlace;
use super::message_trace::{End, MAX_TRACED_ROWS, MessageTrace};
use crate::plan::traced::{Node, NodeKind, StageTrace, Traced};
use crate::program::batch::{Batch, ColumnSource, Row, Slot, Tally};
use crate::program::budget::OverBudget;
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::PartialState;
use crate::program::plan::{Segment, Step};
use crate::run::execute::{Options, Outcome, Partiality, Progress, in_run_context};
use crate::run::segment::feed;
use crate::trace::coverage::Coverage;
use crate::trace::verdict::judge;
use crate::trace::watch::{Known, Watch, is_message, place};
use bumpalo::Bump;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use sumoql_data::message::{Input, Message};
use sumoql_data::table::Table;
use sumoql_data::value::Value;

/// What is wanted of a journey.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes<'w> {
    /// Messages to watch.
    pub watch: &'w [MessagePlace],
    /// Count the matches of every parse stage, and compute each field where it is made, so that time is counted there.
    pub counts: bool,
    /// See what the leaves of conditions are.
    pub coverage: bool,
}

/// What there is to say of a stage.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Rows that reached it.
    pub rows_in: u64,
    /// Rows that left it. Not known of a stage behind a place where nothing could be followed.
    pub rows_out: Option<u64>,
    /// For a parse stage: the rows that it matched.
    pub matched: Option<u64>,
    /// What it took.
    pub time: Duration,
    /// The fields of its conditions that were null in every row that reached it.
    pub nulls: Vec<String>,
    /// Why the first row that it did not match did not.
    pub missed: Option<String>,
}

/// What became of an input.
#[derive(Debug, Default)]
pub struct StageReport {
    /// Messages.
    pub messages: u64,
    /// Messages in the scope and in the time range: the row of counts before the stages.
    pub scope: Counts,
    /// The stages.
    pub stages: Vec<Counts>,
    /// The stories of the watched messages.
    pub message_traces: Vec<MessageTrace>,
    /// What the leaves of conditions were.
    pub coverage: Coverage,
    /// How the run went: what is only a part, what was refused, what the user should know. Without its table.
    pub outcome: Outcome,
    /// The stages from here on, counted from 1, were not run: they work on several time ranges.
    pub not_run: Option<usize>,
}

/// Runs a query over an input.
pub fn travel(
    traced: &Traced,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    wishes: &Wishes<'_>,
) -> StageReport {
    let mut travel = Travel::new(traced, wishes);
    let outcome = in_run_context(&traced.plan, input, options, progress, |env| {
        let tally = Tally::new(traced.plan.stages.len());
        let context = RunContext::new(env, &options.budget, options.batch.max(1), &tally);
        let over = travel.run(traced, input, options, progress, &context).err();
        travel.matches(traced, &tally);
        let (ran_out, notices) = context.into_notes();
        let failed = tally.reached.first().map_or(0, std::cell::Cell::get);
        let partial = over.or(ran_out).map(|over| Partiality::Memory(over.limit));
        Outcome { partial, notices, failed, ..Outcome::default() }
    });
    let mut stage_report = travel.end(traced);
    stage_report.outcome = Outcome { saved: Vec::new(), ..outcome };
    stage_report
}

struct Travel {
    counts: bool,
    stage_report: StageReport,
    watches: Vec<Watch>,
    coverage: Option<Coverage>,
}

/// A segment, with its number, and the rows of the watched messages in a batch of it.
struct Here<'m> {
    number: usize,
    segment: &'m Segment,
}

impl Travel {
    fn new(traced: &Traced, wishes: &Wishes<'_>) -> Travel {
        let watch = |found: &MessagePlace| Watch {
            found: *found,
            message_trace: None,
            known: Known::Message,
            next: None,
            rows: 0,
            grouped: false,
            lost: None,
        };
        let stages = vec![Counts::default(); traced.stages.len()];
        Travel {
            counts: wishes.counts,
            stage_report: StageReport { stages, ..StageReport::default() },
            watches: wishes.watch.iter().map(watch).collect(),
            coverage: wishes.coverage.then(|| Coverage::new(traced)),
        }
    }

    fn run(
        &mut self,
        traced: &Traced,
        input: &dyn Input,
        options: &Options,
        progress: &Progress,
        context: &RunContext<'_>,
    ) -> Result<(), OverBudget> {
        let base = traced.plan.base();
        self.stage_report.not_run = traced.stages.iter().position(|stage| stage.end.ranged).map(|at| at + 1);
        // Also where no row ever arrives.
        let known = self.stage_report.not_run.map_or(self.stage_report.stages.len(), |stage| stage - 1);
        let counts = std::iter::once(&mut self.stage_report.scope).chain(&mut self.stage_report.stages[..known]);
        counts.for_each(|counts| counts.rows_out = Some(0));
        let Some(first) = base.segments.first() else { return Ok(()) };
        let here = Here { number: 0, segment: first };
        let mut state = first.gather.as_deref().map(|gather| gather.start(&first.carry));
        let (mut buffer, mut arena) = (Vec::new(), Bump::new());
        let mut scratch = Bump::new();
        // How many messages of each input were there.
        let mut numbers: HashMap<u32, u64> = HashMap::new();
        while base.reads_messages && !progress.stop.is_set() {
            let Some(chunk) = input.next(std::mem::take(&mut buffer)) else { break };
            let text = chunk.text();
            let messages = chunk.messages(&text, &arena);
            progress.messages.fetch_add(messages.len() as u64, Ordering::Relaxed);
            self.stage_report.messages += messages.len() as u64;
            let number = numbers.entry(chunk.source.index).or_insert(1);
            for messages in messages.chunks(context.batch) {
                let batch = self.scope(traced, (messages, *number), (options, progress), &scratch, context);
                *number += messages.len() as u64;
                self.segment(traced, &here, batch, state.as_deref_mut(), context)?;
                scratch.reset();
            }
            drop(messages);
            drop(text);
            arena.reset();
            progress.bytes.fetch_add(chunk.bytes.len() as u64, Ordering::Relaxed);
            buffer = chunk.bytes.reuse();
        }
        let mut table = self.gathered(traced, 0, state, context);
        for (number, segment) in base.segments.iter().enumerate().skip(1) {
            let here = Here { number, segment };
            let mut state = segment.gather.as_deref().map(|gather| gather.start(&segment.carry));
            for start in (0..table.rows.len()).step_by(context.batch) {
                let rows = context.batch.min(table.rows.len() - start);
                let batch =
                    Batch::of_table(&segment.program, (&table, start, rows), &scratch, context.env, context.tally);
                self.segment(traced, &here, batch, state.as_deref_mut(), context)?;
                scratch.reset();
            }
            table = self.gathered(traced, number, state, context);
        }
        Ok(())
    }

    /// The table that a segment's gather gives.
    fn gathered(
        &mut self,
        traced: &Traced,
        number: usize,
        state: Option<Box<dyn PartialState>>,
        context: &RunContext<'_>,
    ) -> Table {
        let started = Instant::now();
        let table = state.map(|state| state.finish(context)).unwrap_or_default();
        if let Some(stage) = gathering(traced, number) {
            self.stage_report.stages[stage].time += started.elapsed();
        }
        context.budget.settle(table.size());
        for watch in &mut self.watches {
            watch.known = watch.next.take().unwrap_or(Known::Places(Vec::new()));
        }
        table
    }

    /// The messages in the scope and the time range.
    fn scope<'m>(
        &mut self,
        traced: &'m Traced,
        (messages, number): (&'m [Message<'m>], u64),
        (options, progress): (&Options, &Progress),
        arena: &'m Bump,
        context: &RunContext<'m>,
    ) -> Batch<'m> {
        let base = traced.plan.base();
        let program = &base.segments[0].program;
        let mut batch = Batch::of_messages(program, messages, arena, context.env, context.tally).numbered(Some(number));
        let env = context.env;
        let ranged = options.range.is_some() || traced.plan.ranges.is_some();
        let within =
            |row: Row<'_, 'm>| !ranged || time(row, program.time).is_some_and(|at| (env.from..env.to).contains(&at));
        for watch in self.watches.iter_mut().filter(|watch| watch.message_trace.is_none()) {
            if let Some(row) = batch.iter().find(|row| is_message(*row, &watch.found)) {
                watch.message_trace = Some(MessageTrace {
                    number: watch.found.number,
                    source: row.source().map(|source| source.name.clone()).unwrap_or_default(),
                    offset: watch.found.offset,
                    time: time(row, program.time),
                    raw: row.message().map(|message| message.raw.to_string()).unwrap_or_default(),
                    scope: judge(traced, &traced.scope, row),
                    in_range: within(row),
                    stages: Vec::new(),
                    end: End::OutOfScope,
                });
            }
        }
        let started = Instant::now();
        batch.keep(|row| base.search.test(row));
        if ranged {
            batch.keep(within);
        }
        let scope = &mut self.stage_report.scope;
        scope.time += started.elapsed();
        scope.rows_in += messages.len() as u64;
        *scope.rows_out.get_or_insert_default() += batch.selected.len() as u64;
        progress.in_scope.fetch_add(batch.selected.len() as u64, Ordering::Relaxed);
        batch
    }

    /// Runs the stages of a segment over a batch, and hands what is left to the gather.
    fn segment<'m>(
        &mut self,
        traced: &'m Traced,
        here: &Here<'m>,
        mut batch: Batch<'m>,
        state: Option<&mut dyn PartialState>,
        context: &RunContext<'_>,
    ) -> Result<(), OverBudget> {
        for (number, stage) in traced.stages.iter().enumerate() {
            if let Some(range) = steps_of(stage, here) {
                batch = self.stage(number, stage, (here, &here.segment.steps[range]), batch, traced);
            }
        }
        let gathering = gathering(traced, here.number);
        self.leave(traced, here, gathering, &batch);
        let Some(state) = state else { return Ok(()) };
        let started = Instant::now();
        let fed = feed(&here.segment.branches, &batch, state, context.budget);
        if let Some(stage) = gathering {
            self.stage_report.stages[stage].time += started.elapsed();
        }
        fed
    }

    /// Runs the part of a stage that lies in a segment.
    fn stage<'m>(
        &mut self,
        number: usize,
        stage: &'m StageTrace,
        (here, steps): (&Here<'m>, &'m [Step]),
        mut batch: Batch<'m>,
        traced: &Traced,
    ) -> Batch<'m> {
        let begins = stage.begin.segment == here.number;
        let ends = !stage.end.ranged && stage.end.segment == here.number;
        let nodes = || stage.expressions.iter().filter(|(point, _)| !point.ranged && point.segment == here.number);
        if let Some(coverage) = &mut self.coverage {
            for row in batch.iter() {
                nodes().for_each(|(_, node)| coverage.take(node, row));
            }
        }
        let before: Vec<Vec<u32>> =
            self.watches.iter().map(|watch| watch.rows_in(traced, here.number, &batch)).collect();
        for (watch, rows) in self.watches.iter_mut().zip(&before) {
            let verdicts =
                |row: &u32| nodes().map(|(_, node)| judge(traced, node, batch.row(*row))).collect::<Vec<_>>();
            let traced = rows.iter().take(MAX_TRACED_ROWS).map(verdicts).collect();
            watch.enter(number + 1, begins, rows.len(), traced);
        }
        if self.counts {
            self.nulls(number, nodes().map(|(_, node)| node), &batch);
        }
        let counts = &mut self.stage_report.stages[number];
        let first = batch.iter().next().map(|row| row.index());
        if begins {
            counts.rows_in += batch.selected.len() as u64;
        }
        let started = Instant::now();
        let expands = steps.iter().any(|step| matches!(step, Step::Expand(_)));
        for step in steps {
            match step {
                Step::Reach(definition) => {
                    if self.counts {
                        let first = here.segment.program.definitions[*definition].first;
                        compute(&batch, first);
                    }
                }
                Step::Watch(..) => {}
                Step::Keep(condition) => batch.keep(|row| condition.test(row)),
                Step::Expand(expand) => batch = expand.expand(batch),
            }
        }
        if ends && self.counts {
            for (_, slot) in &stage.made {
                compute(&batch, *slot);
            }
        }
        counts.time += started.elapsed();
        if let (true, false, None, Some(row)) = (self.counts, expands, &counts.missed, first) {
            counts.missed = missed(stage, here, batch.row(row));
        }
        if ends {
            *counts.rows_out.get_or_insert_default() += batch.selected.len() as u64;
        }
        for (watch, rows) in self.watches.iter_mut().zip(before) {
            let rows = if expands { watch.rows_in(traced, here.number, &batch) } else { rows };
            watch.pass((number + 1, ends), &rows, &batch, |row| {
                let made =
                    stage.made.iter().filter(|_| ends).map(|(name, slot)| (name.clone(), row.get(*slot).owned()));
                (made.collect(), missed(stage, here, row))
            });
        }
        batch
    }

    /// Notes the fields of a stage's conditions that are null in all rows so far.
    fn nulls<'m>(&mut self, number: usize, nodes: impl Iterator<Item = &'m Node>, batch: &Batch<'m>) {
        if batch.selected.is_empty() {
            return;
        }
        let counts = &mut self.stage_report.stages[number];
        let fresh = counts.rows_in == 0;
        let mut null: Vec<String> = Vec::new();
        let fields = nodes.flat_map(Node::leaves).filter_map(|node| match &node.kind {
            NodeKind::Leaf(leaf) => Some(&leaf.fields),
            _ => None,
        });
        for (name, slot) in fields.flatten() {
            let open = if fresh { !null.contains(name) } else { counts.nulls.contains(name) && !null.contains(name) };
            if open && batch.iter().all(|row| row.get(*slot).is_null()) {
                null.push(name.clone());
            }
        }
        counts.nulls = null;
    }

    /// Notes by what the rows of watched messages will be known behind the gather, or that they are in the result.
    fn leave(&mut self, traced: &Traced, here: &Here<'_>, gathering: Option<usize>, batch: &Batch<'_>) {
        for watch in &mut self.watches {
            let rows = watch.rows_in(traced, here.number, batch);
            if rows.is_empty() {
                continue;
            }
            let stage = match gathering {
                // Nothing but the order of messages follows.
                None => {
                    watch.rows += rows.len();
                    continue;
                }
                Some(stage) => stage,
            };
            let of = &traced.stages[stage];
            match &of.keys {
                Some((point, keys)) if !point.ranged && point.segment == here.number => {
                    let group = |row: &u32| {
                        let value = |(name, slot): &(String, Slot)| (name.clone(), batch.row(*row).get(*slot).owned());
                        keys.iter().map(value).collect::<Vec<_>>()
                    };
                    watch.in_groups(stage + 1, rows.iter().map(group).collect());
                }
                _ if of.end.ranged || of.renews => watch.lost = watch.lost.or(Some(stage + 1)),
                _ => {
                    let slot = place(traced, here.number);
                    let names = rows.iter().map(|row| batch.row(*row).get(slot).owned().to_string());
                    match &mut watch.next {
                        Some(Known::Places(places)) => places.extend(names),
                        _ => watch.next = Some(Known::Places(names.collect())),
                    }
                }
            }
        }
    }

    /// How many rows the parse stages matched.
    fn matches(&mut self, traced: &Traced, tally: &Tally) {
        if !self.counts {
            return;
        }
        let segments = &traced.plan.base().segments;
        let counted = segments.iter().flat_map(|segment| &segment.program.definitions).filter_map(|d| d.stage);
        for stage in counted {
            if let (Some(counts), Some(matched)) =
                (self.stage_report.stages.get_mut(stage - 1), tally.matched.get(stage))
            {
                counts.matched = Some(matched.get());
            }
        }
    }

    fn end(mut self, traced: &Traced) -> StageReport {
        self.stage_report.message_traces = self.watches.into_iter().filter_map(Watch::end).collect();
        self.stage_report.message_traces.iter_mut().for_each(|of| of.name_stages(traced));
        self.stage_report.coverage = self.coverage.unwrap_or_default();
        self.stage_report
    }
}

/// The steps of a stage in a segment; `None` when it has no part there.
fn steps_of(stage: &StageTrace, here: &Here<'_>) -> Option<std::ops::Range<usize>> {
    let (begin, end) = (&stage.begin, &stage.end);
    if begin.ranged || begin.segment > here.number || (!end.ranged && end.segment < here.number) {
        return None;
    }
    let all = here.segment.steps.len();
    let from = if begin.segment == here.number { begin.steps } else { 0 };
    let to = if !end.ranged && end.segment == here.number { end.steps } else { all };
    Some(from.min(all)..to.min(all).max(from.min(all)))
}

/// The stage whose gather ends a segment.
fn gathering(traced: &Traced, number: usize) -> Option<usize> {
    traced.stages.iter().position(|stage| {
        let (begin, end) = (&stage.begin, &stage.end);
        !begin.ranged && begin.segment <= number && (end.ranged || end.segment > number)
    })
}

/// Computes a slot for all rows.
fn compute(batch: &Batch<'_>, slot: Slot) {
    for row in batch.iter() {
        row.get(slot);
    }
}

fn time(row: Row<'_, '_>, slot: Option<Slot>) -> Option<i64> {
    slot.and_then(|slot| row.get(slot).integer())
}

/// Why the definitions of a stage did not match a row.
fn missed(stage: &StageTrace, here: &Here<'_>, row: Row<'_, '_>) -> Option<String> {
    let definitions = &here.segment.program.definitions;
    let from = if stage.begin.segment == here.number { stage.begin.definitions } else { 0 };
    let to =
        if !stage.end.ranged && stage.end.segment == here.number { stage.end.definitions } else { definitions.len() };
    let why: Vec<String> = definitions
        .get(from..to.min(definitions.len()))?
        .iter()
        .filter(|definition| matches!(row.get(definition.first), Value::Bool(false)))
        .filter_map(|definition| match &definition.how {
            ColumnSource::Computed(computed) => computed.missed(row),
            _ => None,
        })
        .collect();
    (!why.is_empty()).then(|| why.join("; "))
}
