//! Which transaction and which states each message belongs to.

use super::results::{Followed, Results, Showing, Step};
use crate::diagnostics::Span;
use crate::program::aggregate::States;
use crate::program::batch::{Batch, Row, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::matching::glob::Glob;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::run::order::state_by_key::key;
use std::collections::HashMap;
use std::sync::Arc;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::{Owned, Value};

/// A state.
pub(super) struct DeclaredState {
    pub(super) name: String,
    /// Which of the sources it looks at.
    pub(super) source: usize,
    pub(super) test: Test,
}

/// What makes a message be in a state.
pub(super) enum Test {
    /// The pattern fits the whole value.
    Matches(Glob),
    /// The value is this.
    Is(String),
}

impl DeclaredState {
    fn holds(&self, value: Option<&str>) -> bool {
        match (&self.test, value) {
            (_, None) => false,
            (Test::Matches(glob), Some(text)) => glob.matches(text),
            (Test::Is(wanted), Some(text)) => text == wanted,
        }
    }
}

/// The stage as planned.
#[derive(Clone)]
pub(super) struct Transactions {
    pub(super) keys: Vec<InputSlot>,
    pub(super) time: InputSlot,
    pub(super) sources: Vec<InputSlot>,
    pub(super) states: Arc<Vec<DeclaredState>>,
    /// How near the ends of the time range a transaction may not come, in milliseconds.
    pub(super) fringe: i64,
    pub(super) results: Results,
    pub(super) showing: Vec<Showing>,
    pub(super) span: Span,
}

/// The most transactions that are followed.
pub(super) const MAX_TRANSACTIONS: usize = 10_000;

impl PipelineBreaker for Transactions {
    fn start(&self, _: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Following {
            aggregates: self.showing.iter().map(|showing| showing.aggregate.start()).collect(),
            spec: self.clone(),
            numbers: HashMap::new(),
            followed: Vec::new(),
            left_out: false,
        })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

struct Following {
    spec: Transactions,
    numbers: HashMap<Vec<u8>, u32>,
    followed: Vec<Followed>,
    aggregates: Vec<Box<dyn States>>,
    left_out: bool,
}

impl Following {
    /// The number of a row's transaction; none when there are too many.
    fn number(&mut self, row: Row<'_, '_>, budget: &Budget) -> Result<Option<u32>, OverBudget> {
        let row_key = key(self.spec.keys.iter().map(|slot| row.get(*slot)));
        if let Some(number) = self.numbers.get(&row_key) {
            return Ok(Some(*number));
        }
        if self.followed.len() >= MAX_TRANSACTIONS {
            self.left_out = true;
            return Ok(None);
        }
        let ids: Box<[Owned]> = self.spec.keys.iter().map(|slot| row.get(*slot).owned()).collect();
        budget.ask(row_key.len() + row_size(&ids) + 96)?;
        let number = self.followed.len() as u32;
        self.numbers.insert(row_key, number);
        self.followed.push(Followed { ids, steps: Vec::new(), counts: vec![0; self.spec.states.len()] });
        Ok(Some(number))
    }
}

impl PartialState for Following {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        let mut groups = Vec::new();
        let mut view = batch.view();
        view.selected.clear();
        // For each aggregate that looks at one state, the rows in it and their transactions.
        let mut of_state: Vec<(Vec<u32>, Vec<u32>)> = vec![Default::default(); self.spec.showing.len()];
        let states = Arc::clone(&self.spec.states);
        for row in batch.iter() {
            let values: Vec<Option<&str>> =
                self.spec.sources.iter().map(|slot| row.get(*slot).text(row.arena())).collect();
            let holds: Vec<usize> =
                (0..states.len()).filter(|state| states[*state].holds(values[states[*state].source])).collect();
            let Some(first) = holds.first().copied() else { continue };
            let Some(number) = self.number(row, budget)? else { continue };
            let followed = &mut self.followed[number as usize];
            holds.iter().for_each(|state| followed.counts[*state] += 1);
            let time = match row.get(self.spec.time) {
                Value::Null => 0,
                value => value.integer().unwrap_or_default(),
            };
            followed.steps.push(Step { time, state: first });
            budget.ask(size_of::<Step>())?;
            view.selected.push(row.index());
            groups.push(number);
            for (showing, (rows, groups)) in self.spec.showing.iter().zip(&mut of_state) {
                if showing.state.is_some_and(|state| holds.contains(&state)) {
                    rows.push(row.index());
                    groups.push(number);
                }
            }
        }
        let count = self.followed.len();
        for ((showing, aggregate), (rows, of_state)) in self.spec.showing.iter().zip(&mut self.aggregates).zip(of_state)
        {
            let grown = match showing.state {
                None => aggregate.update(&view, &groups, count),
                Some(_) => {
                    let mut view = batch.view();
                    view.selected = rows;
                    aggregate.update(&view, &of_state, count)
                }
            };
            budget.change(grown)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        let columns: Vec<Vec<Vec<Owned>>> =
            self.aggregates.into_iter().map(|states| states.finish().collect()).collect();
        super::results::table(&self.spec, self.followed, columns, self.left_out, context)
    }
}
