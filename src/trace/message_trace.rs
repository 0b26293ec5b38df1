//! The trace of one message: what each stage made of it, and where it ended.

use crate::trace::verdict::Verdict;
use sumoql_data::value::Owned;

/// The trace of one message.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug, Default)]
pub struct MessageStage {
    /// The stage, counted from 1.
    pub stage: usize,
    /// Its rows: one, unless an earlier stage made several of the message. Not more than [`MAX_TRACED_ROWS`].
    pub rows: Vec<MessageRow>,
    /// How many rows there are before the stage and after it.
    pub count: (usize, usize),
    /// The group that each row falls in: the fields that make it, with their values.
    pub groups: Vec<Vec<(String, Owned)>>,
}

/// What one stage made of one row.
#[derive(Clone, Debug, Default)]
pub struct MessageRow {
    /// Its conditions and choices.
    pub verdicts: Vec<Verdict>,
    /// The fields that it made.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// So many rows of the result are its own.
    Result(usize),
    /// So many rows of the result are groups that it is in.
    InGroup(usize),
    /// The scope does not hold for it.
    OutOfScope,
    /// It lies outside the time range.
    OutOfRange,
    /// This stage, counted from 1, dropped it, or the last row of it.
    Dropped(usize),
    /// This stage, counted from 1, makes rows of which it can't be said which messages are in them.
    Lost(usize),
}

impl MessageTrace {
    /// The stage that dropped it.
    pub fn dropped_by(&self) -> Option<&MessageStage> {
        match self.end {
            End::Dropped(stage) => self.stages.iter().find(|message_stage| message_stage.stage == stage),
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
