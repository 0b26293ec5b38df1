//! Messages that are watched on their way through a query: their rows are found again behind every gather.

use super::verdict::Verdict;
use crate::plan::traced::Traced;
use crate::program::batch::{Batch, Row, Slot};
use crate::trace::find_messages::MessagePlace;
use crate::trace::message_trace::{End, MAX_TRACED_ROWS, Made, MessageRow, MessageStage, MessageTrace, StageNumber};
use sumoql_data::value::Owned;

/// By what the rows of a watched message are known in a segment.
#[derive(Debug)]
pub(super) enum Known {
    /// They are the message.
    Message,
    /// By their names.
    Places(Vec<String>),
    /// By the fields of a group and their values.
    Groups(Vec<Vec<(String, Owned)>>),
}

/// A watched message.
pub(super) struct Watch {
    pub found: MessagePlace,
    pub message_trace: Option<MessageTrace>,
    pub known: Known,
    /// By what they will be known in the next segment.
    pub next: Option<Known>,
    /// Rows in the result.
    pub rows: usize,
    pub grouped: bool,
    pub lost: Option<usize>,
}

/// The stage behind whose gather a segment begins.
pub(super) fn arriving(traced: &Traced, number: usize) -> Option<usize> {
    traced.stages.iter().position(|stage| {
        let (begin, end) = (&stage.begin, &stage.end);
        !begin.ranged && !end.ranged && begin.segment < number && end.segment == number
    })
}

/// The slot that names the rows of a segment.
pub(super) fn place(traced: &Traced, number: usize) -> Slot {
    let last = traced.stages.iter().rev().find(|stage| !stage.end.ranged && stage.end.segment == number);
    last.map_or(traced.place, |stage| stage.place)
}

pub(super) fn is_message(row: Row<'_, '_>, found: &MessagePlace) -> bool {
    row.message().is_some_and(|m| m.source.index == found.source && m.offset == found.offset)
}

impl Watch {
    /// The rows of a batch that are the message's.
    pub fn rows_in(&self, traced: &Traced, number: usize, batch: &Batch<'_>) -> Vec<u32> {
        if self.message_trace.is_none() || self.lost.is_some() {
            return Vec::new();
        }
        let mine = |row: &Row<'_, '_>| match &self.known {
            Known::Message => is_message(*row, &self.found),
            Known::Places(places) if places.is_empty() => false,
            Known::Places(places) => {
                let name = row.get(place(traced, number)).owned().to_string();
                places.contains(&name)
            }
            Known::Groups(groups) => {
                let Some(stage) = arriving(traced, number) else { return false };
                let made = &traced.stages[stage].made;
                groups.iter().any(|keys| {
                    keys.iter().all(|(name, value)| {
                        let slot = made.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
                        slot.is_some_and(|(_, slot)| row.get(*slot).to_json() == value.borrow().to_json())
                    })
                })
            }
        };
        batch.iter().filter(mine).map(|row| row.index()).collect()
    }

    pub fn message_stage(&mut self, stage: usize) -> Option<&mut MessageStage> {
        self.message_trace.as_mut()?.stages.iter_mut().rev().find(|message_stage| message_stage.stage == stage)
    }

    /// Rows reach a stage, or its part behind a gather.
    pub fn enter(&mut self, stage: usize, begins: bool, rows: usize, verdicts: Vec<Vec<Verdict>>) {
        let Some(message_trace) = self.message_trace.as_mut().filter(|_| rows > 0) else { return };
        if message_trace.stages.last().is_none_or(|message_stage| message_stage.stage < stage) {
            message_trace.stages.push(MessageStage { stage, ..MessageStage::default() });
        }
        let Some(message_stage) = message_trace.stages.iter_mut().find(|message_stage| message_stage.stage == stage)
        else {
            return;
        };
        if begins {
            message_stage.count.0 += rows;
        }
        if !begins || message_stage.count.0 == rows {
            // Behind a gather, what is there now takes the place of what was before.
            let mut traced: Vec<MessageRow> = verdicts
                .into_iter()
                .map(|verdicts| MessageRow { verdicts, kept: true, ..MessageRow::default() })
                .collect();
            for (new, old) in traced.iter_mut().zip(std::mem::take(&mut message_stage.rows)) {
                new.verdicts.splice(0..0, old.verdicts);
            }
            message_stage.rows = traced;
        }
    }

    /// Rows have gone through the steps of a stage.
    pub fn pass<'b, 'm>(
        &mut self,
        (stage, ends): (usize, bool),
        rows: &[u32],
        batch: &'b Batch<'m>,
        look: impl Fn(Row<'b, 'm>) -> (Vec<Made>, Option<String>),
    ) {
        if rows.is_empty() {
            return;
        }
        let Some(message_stage) = self.message_stage(stage) else { return };
        message_stage.rows.resize_with(rows.len().min(MAX_TRACED_ROWS), MessageRow::default);
        for (traced, row) in message_stage.rows.iter_mut().zip(rows) {
            (traced.made, traced.missed) = look(batch.row(*row));
            traced.kept = batch.selected.binary_search(row).is_ok();
        }
        if ends {
            message_stage.count.1 += rows.iter().filter(|row| batch.selected.binary_search(row).is_ok()).count();
        }
    }

    /// Rows fall in groups.
    pub fn in_groups(&mut self, stage: usize, groups: Vec<Vec<(String, Owned)>>) {
        self.grouped = true;
        if let Some(message_stage) = self.message_stage(stage) {
            message_stage.groups.extend(groups.iter().take(MAX_TRACED_ROWS).cloned());
        }
        match &mut self.next {
            Some(Known::Groups(known)) => known.extend(groups),
            _ => self.next = Some(Known::Groups(groups)),
        }
    }

    pub fn end(self, traced: &Traced) -> Option<MessageTrace> {
        let mut message_trace = self.message_trace?;
        message_trace.end = match (self.rows, self.lost, message_trace.stages.last()) {
            _ if !message_trace.scope.holds() => End::OutOfScope,
            _ if !message_trace.in_range => End::OutOfRange,
            (0, Some(stage), _) => End::Lost(StageNumber { stage, line: 0 }),
            (0, None, Some(last)) => End::Dropped(StageNumber { stage: last.stage, line: 0 }),
            (rows, _, _) if self.grouped => End::InGroup(rows),
            (rows, _, _) => End::Result(rows),
        };
        // A gather that leaves rows out does not say which.
        if let (End::Dropped(_), Some(last)) = (&message_trace.end, message_trace.stages.last_mut()) {
            last.rows.iter_mut().for_each(|row| row.kept = false);
        }
        message_trace.name_stages(traced);
        Some(message_trace)
    }
}
