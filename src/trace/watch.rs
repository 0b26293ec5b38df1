//! Messages that are watched on their way through a query: their rows are found again behind every gather.

use super::verdict::Verdict;
use crate::plan::traced::Traced;
use crate::program::batch::{Batch, Row, Slot};
use crate::trace::find_messages::Found;
use crate::trace::message_trace::{End, MOST_ROWS, Made, Passage, RowPassage, Tale};
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
    pub found: Found,
    pub tale: Option<Tale>,
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

pub(super) fn is_message(row: Row<'_, '_>, found: &Found) -> bool {
    row.message().is_some_and(|m| m.source.index == found.source && m.offset == found.offset)
}

impl Watch {
    /// The rows of a batch that are the message's.
    pub fn rows_in(&self, traced: &Traced, number: usize, batch: &Batch<'_>) -> Vec<u32> {
        if self.tale.is_none() || self.lost.is_some() {
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

    pub fn passage(&mut self, stage: usize) -> Option<&mut Passage> {
        self.tale.as_mut()?.stages.iter_mut().rev().find(|passage| passage.stage == stage)
    }

    /// Rows reach a stage, or its part behind a gather.
    pub fn enter(&mut self, stage: usize, begins: bool, rows: usize, verdicts: Vec<Vec<Verdict>>) {
        let Some(tale) = self.tale.as_mut().filter(|_| rows > 0) else { return };
        if tale.stages.last().is_none_or(|passage| passage.stage < stage) {
            tale.stages.push(Passage { stage, ..Passage::default() });
        }
        let Some(passage) = tale.stages.iter_mut().find(|passage| passage.stage == stage) else { return };
        if begins {
            passage.count.0 += rows;
        }
        if !begins || passage.count.0 == rows {
            // Behind a gather, what is there now takes the place of what was before.
            let mut told: Vec<RowPassage> = verdicts
                .into_iter()
                .map(|verdicts| RowPassage { verdicts, kept: true, ..RowPassage::default() })
                .collect();
            for (new, old) in told.iter_mut().zip(std::mem::take(&mut passage.rows)) {
                new.verdicts.splice(0..0, old.verdicts);
            }
            passage.rows = told;
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
        let Some(passage) = self.passage(stage) else { return };
        passage.rows.resize_with(rows.len().min(MOST_ROWS), RowPassage::default);
        for (told, row) in passage.rows.iter_mut().zip(rows) {
            (told.made, told.missed) = look(batch.row(*row));
            told.kept = batch.selected.binary_search(row).is_ok();
        }
        if ends {
            passage.count.1 += rows.iter().filter(|row| batch.selected.binary_search(row).is_ok()).count();
        }
    }

    /// Rows fall in groups.
    pub fn in_groups(&mut self, stage: usize, groups: Vec<Vec<(String, Owned)>>) {
        self.grouped = true;
        if let Some(passage) = self.passage(stage) {
            passage.groups.extend(groups.iter().take(MOST_ROWS).cloned());
        }
        match &mut self.next {
            Some(Known::Groups(known)) => known.extend(groups),
            _ => self.next = Some(Known::Groups(groups)),
        }
    }

    pub fn end(self) -> Option<Tale> {
        let mut tale = self.tale?;
        tale.end = match (self.rows, self.lost, tale.stages.last()) {
            _ if !tale.scope.holds() => End::OutOfScope,
            _ if !tale.in_range => End::OutOfRange,
            (0, Some(stage), _) => End::Lost(stage),
            (0, None, Some(last)) => End::Dropped(last.stage),
            (rows, _, _) if self.grouped => End::InGroup(rows),
            (rows, _, _) => End::Result(rows),
        };
        // A gather that leaves rows out does not say which.
        if let (End::Dropped(_), Some(last)) = (&tale.end, tale.stages.last_mut()) {
            last.rows.iter_mut().for_each(|row| row.kept = false);
        }
        Some(tale)
    }
}
