//! The trace of one message: what each stage made of it, and where it ended.

use super::serialised;
use crate::diagnostics::Span;
use crate::plan::traced::Traced;
use crate::trace::verdict::Verdict;
use serde::Serialize;
use sumoql_data::value::Owned;

/// The trace of one message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageTrace {
    /// Its number in the order of arrival, from 1.
    pub number: u64,
    /// The name of its input.
    pub source: String,
    /// Its offset there, in bytes.
    pub offset: u64,
    /// Its time, in milliseconds since 1970.
    pub time: Option<i64>,
    /// Its text.
    pub raw: String,
    /// The verdict of the scope.
    pub scope: Verdict,
    /// Whether it lies in the time range.
    pub in_range: bool,
    /// What the stages made of it, as far as it came.
    pub stages: Vec<MessageStage>,
    /// Where it ended.
    pub end: End,
}

/// What one stage made of a message.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageStage {
    /// The stage, counted from 1.
    pub stage: usize,
    /// Where it stands.
    pub span: Span,
    /// The line in which it begins, counted from 1.
    pub line: usize,
    /// The text that was read: as written, with the values of parameters.
    pub text: String,
    /// It may drop rows.
    pub drops: bool,
    /// It sees all rows before it gives any.
    pub gathers: bool,
    /// Its rows: one, unless an earlier stage made several of the message. Not more than [`MAX_TRACED_ROWS`].
    pub rows: Vec<MessageRow>,
    /// How many rows there are before the stage and after it.
    pub count: (usize, usize),
    /// The group that each row falls in: the fields that make it, with their values.
    #[serde(serialize_with = "serialised::groups")]
    pub groups: Vec<Vec<(String, Owned)>>,
}

/// What one stage made of one row.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageRow {
    /// Its conditions and choices.
    pub verdicts: Vec<Verdict>,
    /// The fields that it made.
    #[serde(serialize_with = "serialised::fields")]
    pub made: Vec<Made>,
    /// Why it did not match, for a parse stage that did not.
    pub missed: Option<String>,
    /// Whether the row is still there afterwards.
    pub kept: bool,
}

/// A field that a stage made, with its value.
pub type Made = (String, Owned);

/// The most rows of one message whose passage is told.
pub const MAX_TRACED_ROWS: usize = 3;

/// Where a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum End {
    /// So many rows of the result are its own.
    Result(usize),
    /// So many rows of the result are groups that it is in.
    InGroup(usize),
    /// The scope does not hold for it.
    OutOfScope,
    /// It lies outside the time range.
    OutOfRange,
    /// This stage dropped it, or the last row of it.
    Dropped(StageNumber),
    /// This stage makes rows of which it can't be said which messages are in them.
    Lost(StageNumber),
}

/// A stage of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StageNumber {
    /// Its number, counted from 1.
    pub stage: usize,
    /// The line in which it begins, counted from 1.
    pub line: usize,
}

impl MessageTrace {
    /// Adds what is known of the stages.
    pub(super) fn name_stages(&mut self, traced: &Traced) {
        for of in &mut self.stages {
            let Some(stage) = of.stage.checked_sub(1).and_then(|at| traced.stages.get(at)) else { continue };
            (of.span, of.line) = traced.place_of(stage.span);
            of.text = stage.span.of(&traced.text).to_string();
            of.drops = traced.plan.facts.iter().any(|facts| facts.span == stage.span && facts.drops);
            of.gathers = stage.begin.segment != stage.end.segment;
        }
        if let End::Dropped(StageNumber { stage, line }) | End::Lost(StageNumber { stage, line }) = &mut self.end {
            let span = stage.checked_sub(1).and_then(|at| traced.stages.get(at)).map(|stage| stage.span);
            *line = span.map_or(0, |span| traced.place_of(span).1);
        }
    }

    /// The leaves of filters that let the message through, in the order of the query.
    pub fn let_through(&self) -> Vec<&Verdict> {
        let rows = self.stages.iter().filter(|stage| stage.drops).filter_map(|stage| stage.rows.first());
        rows.flat_map(|row| &row.verdicts).flat_map(Verdict::holding).collect()
    }

    /// Why the parse that should have made a field did not match. `None` if it matched, or no stage makes the field.
    pub fn why_null(&self, field: &str) -> Option<&str> {
        let rows = self.stages.iter().rev().filter_map(|stage| stage.rows.first());
        let mut makers = rows.filter(|row| row.made.iter().any(|(name, _)| name.eq_ignore_ascii_case(field)));
        makers.next()?.missed.as_deref()
    }

    /// The stage that dropped it.
    pub fn dropped_by(&self) -> Option<&MessageStage> {
        match self.end {
            End::Dropped(by) => self.stages.iter().find(|message_stage| message_stage.stage == by.stage),
            _ => None,
        }
    }

    /// The verdict that decided that it is not in the result.
    pub fn decision(&self) -> Option<&Verdict> {
        match self.end {
            End::OutOfScope => Some(&self.scope),
            _ => {
                let rows = &self.dropped_by()?.rows;
                rows.iter().rev().find(|row| !row.kept)?.verdicts.iter().find(|verdict| !verdict.holds())
            }
        }
    }
}
