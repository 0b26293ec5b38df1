//! A state for each combination of key values: what stages with `by` keep.

use super::batch::{Row, Slot};
use super::group::encode_value;
use super::value::Value;
use std::collections::HashMap;

/// States by key.
pub struct Keyed<S> {
    slots: Vec<Slot>,
    states: HashMap<Vec<u8>, S>,
    scratch: Vec<u8>,
}

impl<S: Default> Keyed<S> {
    /// No states yet. Without slots all rows share one.
    pub fn new(slots: &[Slot]) -> Self {
        Keyed { slots: slots.to_vec(), states: HashMap::new(), scratch: Vec::new() }
    }

    /// The state of a row's key; a fresh one when the key is new.
    pub fn of(&mut self, row: Row<'_, '_>) -> &mut S {
        self.scratch.clear();
        for slot in &self.slots {
            encode_value(row.get(*slot), &mut self.scratch);
        }
        self.states.entry(self.scratch.clone()).or_default()
    }
}

/// The bytes of a key: the same for equal values, and for no others. Null is a value like any other.
pub fn key<'v>(values: impl IntoIterator<Item = Value<'v>>) -> Vec<u8> {
    let mut key = Vec::new();
    values.into_iter().for_each(|value| encode_value(value, &mut key));
    key
}
