//! Runs a pipeline over each group by itself.

use crate::program::batch::{Batch, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::run::nested_pipeline::Child;
use crate::run::order::state_by_key::key;
use std::collections::HashMap;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::table::row_size;
use sumoql_data::value::Owned;

/// A pipeline for each group.
pub(super) struct EachGroup {
    /// The group's number, then what else is kept of a group.
    pub(super) kept: Vec<InputSlot>,
    /// How many columns of the pipeline's come before the others; bags follow them.
    pub(super) own: usize,
    /// Which of those become columns after those of the pipeline.
    pub(super) extra: Vec<usize>,
    pub(super) child: Arc<Child>,
}

impl PipelineBreaker for EachGroup {
    fn start(&self, _: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Groups {
            kept: self.kept.clone(),
            own: self.own,
            extra: self.extra.clone(),
            seen: Vec::new(),
            numbers: HashMap::new(),
            states: Router { by: self.kept[0], child: Arc::clone(&self.child), states: HashMap::new() },
        })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

struct Groups {
    kept: Vec<InputSlot>,
    own: usize,
    extra: Vec<usize>,
    /// For each group, in order of appearance, its key and what is kept of it.
    seen: Vec<(Vec<u8>, Box<[Owned]>)>,
    numbers: HashMap<Vec<u8>, usize>,
    states: Router,
}

impl PartialState for Groups {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let group = key([row.get(self.kept[0])]);
            let number = *self.numbers.entry(group.clone()).or_insert(self.seen.len());
            if number == self.seen.len() {
                let kept: Box<[Owned]> = vec![Owned::Null; self.kept.len()].into();
                budget.ask(2 * group.len() + row_size(&kept) + 64)?;
                self.seen.push((group, kept));
            }
            for (cell, slot) in self.seen[number].1.iter_mut().zip(&self.kept) {
                if matches!(cell, Owned::Null) {
                    *cell = row.get(*slot).owned();
                }
            }
        }
        Ok(())
    }

    fn child(&mut self, number: usize) -> Option<&mut dyn PartialState> {
        (number == 0).then_some(&mut self.states)
    }

    fn finish(mut self: Box<Self>, context: &RunContext<'_>) -> Table {
        let mut rows = Vec::new();
        for (group, kept) in self.seen {
            if context.ended() {
                break;
            }
            let Some(state) = self.states.states.remove(&group) else { continue };
            for row in self.states.child.finish(state, context).rows {
                let extra = self.extra.iter().map(|at| kept[*at].clone());
                let mut row = row.into_vec();
                row.splice(self.own..self.own, extra);
                rows.push(row.into_boxed_slice());
            }
        }
        Table { columns: Vec::new(), rows }
    }
}

/// A state of the pipeline for each group.
struct Router {
    by: InputSlot,
    child: Arc<Child>,
    states: HashMap<Vec<u8>, Box<dyn PartialState>>,
}

impl PartialState for Router {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        let mut selected: Vec<(Vec<u8>, Vec<u32>)> = Vec::new();
        let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
        for row in batch.iter() {
            let group = key([row.get(self.by)]);
            let number = *numbers.entry(group.clone()).or_insert(selected.len());
            if number == selected.len() {
                selected.push((group, Vec::new()));
            }
            selected[number].1.push(row.index());
        }
        let mut view = batch.view();
        for (group, rows) in selected {
            view.selected = rows;
            let state = self.states.entry(group).or_insert_with(|| self.child.start());
            state.update(&view, budget)?;
        }
        Ok(())
    }

    /// Never called: the groups' states become tables one by one.
    fn finish(self: Box<Self>, _: &RunContext<'_>) -> Table {
        Table::default()
    }
}
