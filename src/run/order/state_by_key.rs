//! A state for each combination of key values: what stages with `by` keep.

use super::in_order::Own;
use crate::program::batch::Row;
use crate::program::pipeline_breaker::InputSlot;
use std::collections::HashMap;
use sumoql_data::key_bytes::encode_value;
use sumoql_data::value::{ALLOCATION, Value};

/// States by key.
pub struct Keyed<S> {
    slots: Vec<InputSlot>,
    states: HashMap<Vec<u8>, S>,
    scratch: Vec<u8>,
}

impl<S: Default> Keyed<S> {
    /// No states yet. Without slots all rows share one.
    pub fn new(slots: &[InputSlot]) -> Self {
        Keyed { slots: slots.to_vec(), states: HashMap::new(), scratch: Vec::new() }
    }

    /// The state of a row's key; a fresh one, which is told, when the key is new.
    pub fn of(&mut self, row: Row<'_, '_>, own: &mut Own) -> &mut S {
        self.scratch.clear();
        for slot in &self.slots {
            encode_value(row.get(*slot), &mut self.scratch);
        }
        self.states.entry(self.scratch.clone()).or_insert_with(|| {
            own.keep(self.scratch.len() + size_of::<(Vec<u8>, S)>() + 2 * ALLOCATION);
            S::default()
        })
    }
}

/// The bytes of a key: the same for equal values, and for no others. Null is a value like any other.
pub fn key<'v>(values: impl IntoIterator<Item = Value<'v>>) -> Vec<u8> {
    let mut key = Vec::new();
    values.into_iter().for_each(|value| encode_value(value, &mut key));
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::program::batch::{Batch, ColumnSource, EvalContext, Program, Tally};
    use crate::program::budget::Budget;
    use crate::program::pipeline_breaker::PipelineBreaker;
    use crate::run::order::in_order::{InOrder, Visit};
    use sumoql_data::table::Table;
    use sumoql_data::value::Owned;

    #[test]
    fn each_key_is_charged_once() {
        let mut program = Program::default();
        let slot = InputSlot::new(program.define(ColumnSource::Column(0), 1, None));
        let row = |n: usize| Box::from([Owned::Text("k".repeat(n).into())]);
        let table = Table { columns: vec!["k".into()], rows: [1, 2, 2, 3, 1].map(row).to_vec() };
        let (arena, env, tally) = (bumpalo::Bump::new(), EvalContext::default(), Tally::new(0));
        let batch = Batch::of_table(&program, (&table, 0, 5), &arena, &env, &tally);
        let stage = InOrder(move || -> Visit {
            let mut counts: Keyed<u32> = Keyed::new(&[slot]);
            Box::new(move |row, own| {
                *counts.of(row, own) += 1;
                false
            })
        });
        let budget = Budget::default();
        let mut state = stage.start(&[]);
        state.update(&batch, &budget).unwrap();
        let used = budget.used();
        assert!(used > 3 * size_of::<(Vec<u8>, u32)>(), "{used} bytes");
        state.update(&batch, &budget).unwrap();
        assert_eq!(budget.used(), used, "no key is new");
        assert!(stage.start(&[]).update(&batch, &Budget::new(used - 1)).is_err());
    }
}
