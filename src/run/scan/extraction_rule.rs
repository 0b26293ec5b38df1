//! Field extraction rules: stages that run over each message before the query, and whose fields are then metadata of the
//! message. Manual page: `manage/field-extractions/create-field-extraction-rule`.

use crate::program::batch::{Batch, ColumnSource, EvalContext, Slot, Tally};
use crate::program::plan::{Plan, Step};
use crate::run::segment::steps;
use bumpalo::Bump;
use std::fmt;
use sumoql_data::message::FieldExtraction;
use sumoql_data::message::Message;
use sumoql_data::value::Value;
use sumoql_java::regex::effort::Watch;

/// How many messages are worked on at a time.
const BATCH: usize = 1024;

/// A rule, ready to run.
pub struct Extraction {
    plan: Plan,
    /// The fields it makes: name and slot. None: those of auto parse mode.
    fields: Vec<(String, Slot)>,
    env: EvalContext,
}

impl fmt::Debug for Extraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extraction").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl Extraction {
    /// A rule of a query: its scope says which messages it is about, its stages make the fields. The error says what such
    /// a rule can't have.
    pub fn new(plan: Plan) -> Result<Extraction, String> {
        let refused = |what: &str| Err(format!("a field extraction rule can't contain {what}"));
        let [first, last] = plan.segments.as_slice() else {
            return refused("a stage that needs all messages");
        };
        if !plan.raw || plan.ranges.is_some() || plan.needs_range {
            return refused("a stage that needs all messages");
        }
        if first.program.numbered {
            return refused("`_messageCount`: messages are counted later");
        }
        if first.steps.iter().any(|step| matches!(step, Step::Expand(_))) {
            return refused("`multi`, which turns one message into several");
        }
        if !plan.bags.is_empty() {
            return refused("`auto`, except as the single stage `json auto`: name the fields instead");
        }
        if !plan.requests.is_empty() || !plan.subqueries.is_empty() || !plan.reads_messages {
            return refused("lookups and subqueries");
        }
        let slot = |slot: Slot| match last.program.definition(slot).how {
            ColumnSource::Column(column) => first.carry.get(column.checked_sub(first.own)?).copied(),
            _ => None,
        };
        let made = plan.output.iter().filter(|column| !column.name.starts_with('_'));
        let fields: Vec<_> = made.filter_map(|column| Some((column.name.clone(), slot(column.slot)?))).collect();
        match fields.is_empty() {
            true => Err("a field extraction rule must extract at least one field".into()),
            false => Ok(Extraction { plan, fields, env: EvalContext::default() }),
        }
    }

    /// The rule `json auto`: messages in its scope have fields from the JSON in them. As of Sumo Logic's rules that are
    /// applied at run time, the scope may ask for metadata and words, no more.
    pub fn auto(plan: Plan) -> Result<Extraction, String> {
        match plan.search.is_plain() {
            true => Ok(Extraction { plan, fields: Vec::new(), env: EvalContext::default() }),
            false => Err("the scope of the rule `json auto` can only contain metadata and words".into()),
        }
    }
}

impl FieldExtraction for Extraction {
    /// Gives messages the fields that the rule finds in them. All or none: a message that a stage drops gets nothing.
    fn add<'m>(&'m self, messages: &mut [Message<'m>], arena: &'m Bump) {
        if self.is_auto_parse() {
            return;
        }
        for messages in messages.chunks_mut(BATCH) {
            let seen: &'m [Message<'m>] = arena.alloc_slice_copy(messages);
            let segment = &self.plan.segments[0];
            // Nothing is counted, and the counters need no memory.
            let tally: &'m Tally = arena.alloc(Tally::default());
            let mut batch = Batch::of_messages(&segment.program, seen, arena, &self.env, tally);
            batch.keep(|row| self.plan.search.test(row));
            let batch = steps(&segment.steps, batch);
            for row in batch.iter() {
                let found = self.fields.iter().map(|(name, slot)| (name.as_str(), row.get(*slot)));
                let message = &mut messages[row.index() as usize];
                let mut own: Vec<(&'m str, Value<'m>)> = message.own.to_vec();
                for (name, value) in found.filter(|(_, value)| !value.is_null()) {
                    own.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    own.push((name, value));
                }
                message.own = arena.alloc_slice_copy(&own);
            }
        }
    }
    fn is_auto_parse(&self) -> bool {
        self.fields.is_empty()
    }

    fn auto_parses(&self, message: &Message<'_>) -> bool {
        self.is_auto_parse() && self.plan.search.holds(message, &Bump::new()).unwrap_or(false)
    }

    fn follow(&self, run: &Watch) {
        self.env.watch.follow(run);
    }
}
