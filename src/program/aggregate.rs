//! Aggregates: one state for each group and aggregate. An aggregate's file gives the simple [`AggregateState`]; [`PerGroup`]
//! makes of it the states of all groups at once.

use super::batch::{Batch, Row, Slot};
use super::budget::{ASKED_EVERY, Budget, OverBudget};
use super::codec::{Corrupt, Reader, Writer};
use std::any::Any;
use sumoql_data::value::{Owned, Value};

/// What one group knows so far for one aggregate.
pub trait AggregateState: Default + Send + 'static {
    /// What the aggregate was told in the query: percentiles, a limit …
    type Params: Clone + Send + Sync + 'static;

    /// Whether the result depends on the order of the rows.
    const IN_ORDER: bool = false;

    /// Takes in a row's value. Nulls come too; most aggregates skip them.
    fn update(&mut self, value: Value<'_>, row: Row<'_, '_>, params: &Self::Params);

    /// Takes in another state. The result must not depend on the order of merging.
    fn merge(&mut self, other: Self);

    /// The result columns.
    fn finish(self, params: &Self::Params) -> Vec<Owned>;

    /// Writes the state.
    fn encode(&self, out: &mut Writer);

    /// Reads a state.
    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt>;

    /// The bytes it takes beside its own size.
    fn heap(&self) -> usize {
        0
    }
}

/// An aggregate as the plan has it.
pub trait Aggregate: Send + Sync {
    /// States for no groups yet.
    fn start(&self) -> Box<dyn States>;

    /// States read from bytes, for so many groups.
    fn decode(&self, groups: usize, bytes: &mut Reader<'_>) -> Result<Box<dyn States>, Corrupt>;

    /// Whether the result depends on the order of the rows.
    fn in_order(&self) -> bool;
}

/// The states of one aggregate for all groups.
pub trait States: Send + Any {
    /// Takes in the selected rows of a batch; `groups` has the group of each. `count` is how many groups there are.
    /// The answer is how many bytes the states have grown; less than none when they have shrunk.
    fn update(&mut self, batch: &Batch<'_>, groups: &[u32], count: usize) -> isize;

    /// Takes in other states; `groups` has for each of theirs the group here.
    ///
    /// # Errors
    /// The run must end before all are taken in.
    fn merge(
        &mut self,
        other: Box<dyn States>,
        groups: &[u32],
        count: usize,
        budget: &Budget,
    ) -> Result<(), OverBudget>;

    /// Writes the states.
    fn encode(&self, out: &mut Writer);

    /// Writes the state of one group.
    fn encode_one(&self, group: usize, out: &mut Writer);

    /// The result columns of each group, in order of the groups, one group after the other: the states of all and the
    /// columns of all would be too much at once.
    fn finish(self: Box<Self>) -> Box<dyn Iterator<Item = Vec<Owned>>>;
}

/// An aggregate over a slot whose states are all [`AggregateState`]s of one kind.
pub struct PerGroup<S: AggregateState> {
    slot: Option<Slot>,
    params: S::Params,
}

impl<S: AggregateState> PerGroup<S> {
    /// The aggregate over a slot; without one, over rows.
    pub fn new(slot: Option<Slot>, params: S::Params) -> Self {
        PerGroup { slot, params }
    }
}

impl<S: AggregateState> Aggregate for PerGroup<S> {
    fn start(&self) -> Box<dyn States> {
        Box::new(Each::<S> { slot: self.slot, params: self.params.clone(), states: Vec::new() })
    }

    fn decode(&self, groups: usize, bytes: &mut Reader<'_>) -> Result<Box<dyn States>, Corrupt> {
        let states = (0..groups).map(|_| S::decode(bytes)).collect::<Result<_, _>>()?;
        Ok(Box::new(Each::<S> { slot: self.slot, params: self.params.clone(), states }))
    }

    fn in_order(&self) -> bool {
        S::IN_ORDER
    }
}

struct Each<S: AggregateState> {
    slot: Option<Slot>,
    params: S::Params,
    states: Vec<S>,
}

impl<S: AggregateState> States for Each<S> {
    fn update(&mut self, batch: &Batch<'_>, groups: &[u32], count: usize) -> isize {
        let mut grown = (count.saturating_sub(self.states.len()) * size_of::<S>()) as isize;
        self.states.resize_with(count.max(self.states.len()), S::default);
        for (row, group) in batch.iter().zip(groups) {
            // Rows are counted through a value that is never null.
            let value = self.slot.map_or(Value::Int(1), |slot| row.get(slot));
            let state = &mut self.states[*group as usize];
            let before = state.heap();
            state.update(value, row, &self.params);
            grown += state.heap() as isize - before as isize;
        }
        grown
    }

    fn merge(
        &mut self,
        other: Box<dyn States>,
        groups: &[u32],
        count: usize,
        budget: &Budget,
    ) -> Result<(), OverBudget> {
        let other: Box<dyn Any> = other;
        let Ok(other) = other.downcast::<Each<S>>() else { return Ok(()) };
        self.states.resize_with(count.max(self.states.len()), S::default);
        for (number, (state, group)) in other.states.into_iter().zip(groups).enumerate() {
            if number % ASKED_EVERY == 0 {
                budget.go_on()?;
            }
            self.states[*group as usize].merge(state);
        }
        Ok(())
    }

    fn encode(&self, out: &mut Writer) {
        self.states.iter().for_each(|state| state.encode(out));
    }

    fn encode_one(&self, group: usize, out: &mut Writer) {
        match self.states.get(group) {
            Some(state) => state.encode(out),
            None => S::default().encode(out),
        }
    }

    fn finish(self: Box<Self>) -> Box<dyn Iterator<Item = Vec<Owned>>> {
        let Each { params, states, .. } = *self;
        Box::new(states.into_iter().map(move |state| state.finish(&params)))
    }
}
