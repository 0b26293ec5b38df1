//! The tables of a join: the pipelines' states, and the rows that they become.

use super::matching::Matching;
use crate::program::batch::{Batch, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{PartialState, PipelineBreaker, same_kind};
use crate::run::nested_pipeline::Child;
use std::sync::Arc;
use sumoql_data::table::Table;

/// The stage as planned.
pub(super) struct Tables {
    pub(super) children: Arc<Vec<Child>>,
    pub(super) matching: Arc<Matching>,
}

impl Tables {
    fn with(&self, states: Vec<Box<dyn PartialState>>) -> Box<dyn PartialState> {
        Box::new(States { children: Arc::clone(&self.children), matching: Arc::clone(&self.matching), states })
    }
}

impl PipelineBreaker for Tables {
    fn start(&self, _: &[Slot]) -> Box<dyn PartialState> {
        self.with(self.children.iter().map(Child::start).collect())
    }

    fn mergeable(&self) -> bool {
        self.children.iter().all(|child| child.gather.mergeable())
    }

    fn decode(&self, _: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Ok(self.with(self.children.iter().map(|child| child.decode(bytes)).collect::<Result<_, _>>()?))
    }
}

struct States {
    children: Arc<Vec<Child>>,
    matching: Arc<Matching>,
    states: Vec<Box<dyn PartialState>>,
}

impl PartialState for States {
    /// The rows themselves do not matter: each pipeline has its own.
    fn update(&mut self, _: &Batch<'_>, _: &Budget) -> Result<(), OverBudget> {
        Ok(())
    }

    fn child(&mut self, number: usize) -> Option<&mut dyn PartialState> {
        match self.states.get_mut(number) {
            Some(state) => Some(state.as_mut()),
            None => None,
        }
    }

    fn merge(&mut self, other: Box<dyn PartialState>, budget: &Budget) -> Result<(), OverBudget> {
        let Some(other) = same_kind::<States>(other) else { return Ok(()) };
        self.states.iter_mut().zip(other.states).try_for_each(|(state, other)| state.merge(other, budget))
    }

    fn encode(&self, out: &mut Writer) {
        self.states.iter().for_each(|state| state.encode(out));
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        let tables = self.children.iter().zip(self.states).map(|(child, state)| child.finish(state, context)).collect();
        self.matching.join(tables, context)
    }
}
