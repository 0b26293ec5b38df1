//! One worker: takes chunks, runs the first steps over batches of their messages, fills partial states.

use super::literal_prefilter::LiteralPrefilter;
use crate::program::batch::{Batch, EvalContext, Row, Tally};
use crate::program::budget::OverBudget;
use crate::program::pipeline_breaker::PartialState;
use crate::program::plan::Plan;
use crate::run::execute::{Options, Progress};
use crate::run::numbers::{ChunkPosition, Numbers};
use crate::run::observe::{Observer, States, WorkerView};
use crate::run::segment::{feed, steps};
use bumpalo::Bump;
use std::sync::atomic::{AtomicBool, Ordering};
use sumoql_data::message::{Chunk, Input, Message};
use sumoql_data::value::Value;

/// What one worker needs.
pub(in crate::run) struct Worker<'r> {
    /// What runs over each time range.
    pub parts: &'r [&'r Plan],
    pub contexts: &'r [EvalContext],
    pub options: &'r Options,
    pub progress: &'r Progress,
    pub tally: &'r Tally,
    /// What to look for before messages are cut.
    pub needle: Option<&'r LiteralPrefilter>,
    /// Who counts the messages, if their numbers are asked for.
    pub numbers: Option<&'r Numbers>,
    /// Who watches, if somebody does, and what this worker shows.
    pub view: Option<(&'r Observer, &'r WorkerView)>,
}

impl Worker<'_> {
    /// Takes chunks until there are no more, or until `full` says that another worker has run out of memory.
    pub fn run(&self, input: &dyn Input, states: &States, full: &AtomicBool) -> Result<(), OverBudget> {
        let mut buffer = Vec::new();
        let mut arena = Bump::new();
        while !self.progress.stop.is_set() && !full.load(Ordering::Relaxed) {
            let taken = std::mem::take(&mut buffer);
            let permit = || self.options.permit();
            let next = match self.numbers {
                None => input.next(taken).map(|chunk| (chunk, None, permit())),
                Some(numbers) => {
                    numbers.claim(input, taken, permit).map(|(chunk, at, permit)| (chunk, Some(at), permit))
                }
            };
            let Some((chunk, place, _permit)) = next else { break };
            self.chunk(&chunk, place, &arena, &mut states.work())?;
            arena.reset();
            buffer = chunk.bytes.reuse();
        }
        Ok(())
    }

    /// Takes in one chunk.
    pub fn chunk(
        &self,
        chunk: &Chunk,
        place: Option<ChunkPosition<'_>>,
        arena: &Bump,
        states: &mut [Box<dyn PartialState>],
    ) -> Result<(), OverBudget> {
        let verdicts: Vec<_> = self
            .parts
            .iter()
            .zip(self.contexts)
            .map(|(part, env)| part.search.verdict(&chunk.source, &env.subqueries).filter(|_| !part.simple))
            .collect();
        if let Some(env) = self.contexts.first() {
            chunk.source.extractions.iter().for_each(|extraction| extraction.follow(&env.watch));
        }
        let few = match (self.needle, &verdicts[..]) {
            // Numbers need all messages.
            (Some(needle), [None]) if place.is_none() => needle.messages(chunk, arena),
            _ => None,
        };
        let text;
        let messages = match few {
            Some(messages) => {
                self.progress.passed_over.store(true, Ordering::Relaxed);
                messages
            }
            None => {
                text = chunk.text();
                chunk.messages(&text, arena)
            }
        };
        self.progress.messages.fetch_add(messages.len() as u64, Ordering::Relaxed);
        let mut first = place.map(|place| place.first(chunk.source.index, messages.len()));
        if verdicts.iter().any(|verdict| *verdict != Some(false)) {
            let mut scratch = Bump::new();
            for messages in messages.chunks(self.options.batch.max(1)) {
                self.options.budget.go_on()?;
                self.batch((messages, first), &verdicts, &scratch, states)?;
                first = first.map(|first| first + messages.len() as u64);
                scratch.reset();
            }
        }
        self.progress.bytes.fetch_add(chunk.bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn batch<'m>(
        &self,
        (messages, first): (&'m [Message<'m>], Option<u64>),
        verdicts: &[Option<bool>],
        arena: &'m Bump,
        states: &mut [Box<dyn PartialState>],
    ) -> Result<(), OverBudget>
    where
        Self: 'm,
    {
        let ([part, parts @ ..], [env, contexts @ ..]) = (self.parts, self.contexts) else { return Ok(()) };
        let ([verdict, verdicts @ ..], Some((state, states))) = (verdicts, states.split_first_mut()) else {
            return Ok(());
        };
        let time = |part: &Plan, row: Row<'_, 'm>| part.segments[0].program.time.map(|time| row.get(time));
        let within = |part: &Plan, env: &EvalContext, row: Row<'_, 'm>| {
            let time = time(part, row).and_then(Value::integer);
            time.is_some_and(|at| (env.from..env.to).contains(&at))
        };
        let mut batch = self.in_scope(part, *verdict, env, (messages, first), arena);
        for (((other, env), verdict), state) in parts.iter().zip(contexts).zip(verdicts).zip(states) {
            if !std::ptr::eq(*other, *part) {
                let mut rows = self.in_scope(other, *verdict, env, (messages, first), arena);
                rows.keep(|row| within(other, env, row));
                self.feed(other, rows, state.as_mut(), None)?;
                continue;
            }
            // What a message holds may depend on the range: its cells are found anew, but for its time.
            let mut rows =
                Batch::of_messages(&part.segments[0].program, messages, arena, env, self.tally).numbered(first);
            rows.selected = batch.iter().filter(|row| within(part, env, *row)).map(Row::index).collect();
            if let Some(slot) = part.segments[0].program.time {
                rows.iter().for_each(|row| row.set(slot, batch.row(row.index()).get(slot)));
            }
            self.feed(part, rows, state.as_mut(), None)?;
        }
        if self.options.range.is_some() || !parts.is_empty() {
            let (mut outside, mut first, mut last) = (0, i64::MAX, i64::MIN);
            batch.keep(|row| match time(part, row).and_then(Value::integer) {
                Some(at) if (env.from..env.to).contains(&at) => true,
                Some(at) => {
                    (outside, first, last) = (outside + 1, first.min(at), last.max(at));
                    false
                }
                None => false,
            });
            self.progress.out_of_range.add(outside, first, last);
        }
        // Of several time ranges the query's own is shown.
        self.feed(part, batch, state.as_mut(), self.view)
    }

    /// The messages that are in a part's scope.
    fn in_scope<'m>(
        &self,
        part: &'m Plan,
        verdict: Option<bool>,
        env: &'m EvalContext,
        (messages, first): (&'m [Message<'m>], Option<u64>),
        arena: &'m Bump,
    ) -> Batch<'m>
    where
        Self: 'm,
    {
        let mut batch = Batch::of_messages(&part.segments[0].program, messages, arena, env, self.tally).numbered(first);
        match verdict {
            Some(true) => {}
            Some(false) => batch.selected.clear(),
            None => batch.keep(|row| part.search.test(row)),
        }
        batch
    }

    /// Runs a part's first segment over a batch of what is in its scope.
    fn feed<'m>(
        &self,
        part: &'m Plan,
        batch: Batch<'m>,
        state: &mut dyn PartialState,
        view: Option<(&Observer, &WorkerView)>,
    ) -> Result<(), OverBudget>
    where
        Self: 'm,
    {
        let segment = &part.segments[0];
        if let Some((observer, view)) = view {
            observer.messages(view, &batch, part);
        }
        self.progress.in_scope.fetch_add(batch.selected.len() as u64, Ordering::Relaxed);
        let batch = steps(&segment.steps, batch);
        self.progress.rows.fetch_add(batch.selected.len() as u64, Ordering::Relaxed);
        if let Some((observer, view)) = view {
            observer.rows(view, &batch)?;
        }
        feed(&segment.branches, &batch, state, &self.options.budget)
    }
}
