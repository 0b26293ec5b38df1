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

    pub fn end(self) -> Option<MessageTrace> {
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
        Some(message_trace)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::Span;
    use crate::trace::verdict::{Leaf, Parts};

    fn verdict(holds: bool) -> Verdict {
        let leaf = Leaf { text: String::new(), fields: Vec::new(), differs_in_case: false };
        let (span, value, parts) = (Span::default(), Owned::Bool(holds), Parts::Leaf(leaf));
        Verdict { span, line: 1, value, parts, decided: true }
    }

    /// A message that is in the scope and the range, or not.
    fn watch(in_scope: bool, in_range: bool) -> Watch {
        let message_trace = MessageTrace {
            number: 1,
            source: "a".into(),
            offset: 0,
            time: None,
            raw: "x".into(),
            scope: verdict(in_scope),
            in_range,
            stages: Vec::new(),
            end: End::Result(0),
        };
        let found = MessagePlace { number: 1, source: 0, offset: 0 };
        let message_trace = Some(message_trace);
        Watch { found, message_trace, known: Known::Message, next: None, rows: 0, grouped: false, lost: None }
    }

    #[test]
    fn where_a_message_ends() {
        let dropped = |stages: &[usize]| {
            let mut watch = watch(true, true);
            stages.iter().for_each(|stage| watch.enter(*stage, true, 1, Vec::new()));
            watch
        };
        for (what, watch, end) in [
            ("not in the scope", watch(false, true), End::OutOfScope),
            ("not in the scope nor in the range", watch(false, false), End::OutOfScope),
            ("not in the range", watch(true, false), End::OutOfRange),
            ("no stages", Watch { rows: 1, ..watch(true, true) }, End::Result(1)),
            ("several rows", Watch { rows: 3, ..dropped(&[1, 2]) }, End::Result(3)),
            ("in a group", Watch { rows: 1, grouped: true, ..dropped(&[1]) }, End::InGroup(1)),
            (
                "dropped by the last stage that it reached",
                dropped(&[1, 2]),
                End::Dropped(StageNumber { stage: 2, line: 0 }),
            ),
            ("nobody knows", Watch { lost: Some(2), ..dropped(&[1, 2]) }, End::Lost(StageNumber { stage: 2, line: 0 })),
            (
                "grouped and then dropped",
                Watch { grouped: true, ..dropped(&[1]) },
                End::Dropped(StageNumber { stage: 1, line: 0 }),
            ),
        ] {
            assert_eq!(watch.end().map(|trace| trace.end), Some(end), "{what}");
        }
        assert!(Watch { message_trace: None, ..watch(true, true) }.end().is_none());
    }

    #[test]
    fn rows_that_reach_a_stage() {
        let mut watch = watch(true, true);
        watch.enter(1, true, 0, Vec::new());
        assert!(watch.message_stage(1).is_none(), "no row, no stage");
        // Two batches, and then the part of the stage behind its gather.
        watch.enter(1, true, 2, vec![vec![verdict(true)], vec![verdict(false)]]);
        watch.enter(1, true, 1, vec![vec![verdict(true)]]);
        let stage = watch.message_stage(1).unwrap();
        assert_eq!((stage.count, stage.rows.len()), ((3, 0), 2));
        watch.enter(1, false, 1, vec![vec![verdict(true)]]);
        let stage = watch.message_stage(1).unwrap();
        assert_eq!((stage.count, stage.rows.len()), ((3, 0), 1), "what is there now takes its place");
        assert_eq!(stage.rows[0].verdicts.len(), 2, "with what was said before");
    }

    #[test]
    fn groups_are_remembered() {
        let group = |value: &str| vec![("k".to_string(), Owned::Text(value.into()))];
        let mut watch = watch(true, true);
        watch.enter(1, true, 1, Vec::new());
        watch.in_groups(1, vec![group("a")]);
        watch.in_groups(1, vec![group("b"), group("c"), group("d")]);
        assert!(watch.grouped && matches!(&watch.next, Some(Known::Groups(groups)) if groups.len() == 4));
        assert!(watch.message_stage(1).unwrap().groups.len() >= MAX_TRACED_ROWS);
    }
}
