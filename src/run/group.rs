//! Grouping: the keys of a row lead to a dense group number, and each aggregate keeps one state for each number.

use super::spill::group_runs::{GroupRows, GroupRuns, InMemoryGroups, in_order};
use crate::program::aggregate::{Aggregate, States};
use crate::program::batch::{Batch, Slot};
use crate::program::budget::{ASKED_EVERY, Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{PartialState, PipelineBreaker, same_kind};
use crate::program::row_stream::Flow;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::Arc;
use sumoql_data::key_bytes::encode_value;
use sumoql_data::table::Table;
use sumoql_data::value::{ALLOCATION, Owned, Value};

/// Groups rows by keys.
#[derive(Clone)]
pub struct Group {
    /// The slots of the group fields.
    pub keys: Vec<Slot>,
    /// The aggregates.
    pub aggregates: Vec<Arc<dyn Aggregate>>,
    /// Names of the result columns: keys, then the aggregates'.
    pub columns: Vec<String>,
}

impl PipelineBreaker for Group {
    fn start(&self, _carry: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Groups {
            spec: self.clone(),
            numbers: Numbers::default(),
            states: self.aggregates.iter().map(|aggregate| aggregate.start()).collect(),
            scratch: Vec::new(),
            assigned: Vec::new(),
            held: 0,
            spilled: GroupRuns::default(),
        })
    }

    fn mergeable(&self) -> bool {
        true
    }

    fn decode(&self, _carry: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        let mut numbers = Numbers::default();
        let count = bytes.count()?;
        for _ in 0..count {
            numbers.number(bytes.slice()?);
        }
        if numbers.len() != count {
            return Err(Corrupt);
        }
        for key in 0..count {
            decode_key(numbers.key(key), self.keys.len(), 0)?;
        }
        let states = self.aggregates.iter().map(|a| a.decode(count, bytes)).collect::<Result<_, _>>()?;
        let (scratch, assigned, spilled) = (Vec::new(), Vec::new(), GroupRuns::default());
        Ok(Box::new(Groups { spec: self.clone(), numbers, states, scratch, assigned, held: 0, spilled }))
    }
}

/// Group numbers by encoded key.
#[derive(Default)]
struct Numbers {
    hasher: DefaultHashBuilder,
    table: HashTable<Known>,
    /// All keys, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A group number, and half the hash of its key: only a key that is most probably the right one is looked at, and none
/// when the table grows.
struct Known {
    hash: u32,
    number: u32,
}

impl Known {
    /// The hash that the table gets: it takes the place from the low bits and a mark from the high ones.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl Numbers {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn key(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    /// The number of a key, a new one when it is new.
    fn number(&mut self, key: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(key) as u32;
        let same = |known: &Known| known.hash == hash && self.key(known.number as usize) == key;
        if let Some(found) = self.table.find(Known::spread(hash), same) {
            return found.number;
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.table.insert_unique(Known::spread(hash), Known { hash, number }, |known| Known::spread(known.hash));
        number
    }
}

struct Groups {
    spec: Group,
    numbers: Numbers,
    states: Vec<Box<dyn States>>,
    scratch: Vec<u8>,
    assigned: Vec<u32>,
    /// What was asked of the budget.
    held: usize,
    /// Groups seen before, out of memory.
    spilled: GroupRuns,
}

/// What a group takes beside its key and states: entry in a table of which a half is free at most, end mark.
const GROUP_OVERHEAD: usize = 2 * (size_of::<Known>() + 1) + size_of::<usize>();

impl Groups {
    /// What so many groups take whose keys have so many bytes, without their states: here, and as rows of the table that
    /// is made while all this is still there.
    fn bytes(&self, groups: usize, keys: usize) -> usize {
        let cells = size_of::<Owned>() * self.spec.columns.len();
        groups * (GROUP_OVERHEAD + size_of::<Box<[Owned]>>() + ALLOCATION + cells) + 2 * keys
    }
}

impl Groups {
    fn in_memory<'g>(&'g self) -> InMemoryGroups<'g, impl Fn(usize) -> &'g [u8]> {
        InMemoryGroups { count: self.numbers.len(), key: |n| self.numbers.key(n), states: &self.states }
    }

    /// Gives the memory back. When that can't be, the groups are still here.
    fn spill(&mut self, budget: &Budget) -> Result<(), OverBudget> {
        let mut spilled = std::mem::take(&mut self.spilled);
        let written = spilled.write(&self.in_memory(), budget);
        self.spilled = spilled;
        written?;
        self.numbers = Numbers::default();
        self.states = self.spec.aggregates.iter().map(|aggregate| aggregate.start()).collect();
        budget.give_back(std::mem::take(&mut self.held));
        Ok(())
    }
}

impl PartialState for Groups {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        let (groups, bytes) = (self.numbers.len(), self.numbers.bytes.len());
        self.assigned.clear();
        if self.spec.keys.is_empty() {
            if !batch.selected.is_empty() {
                let only = self.numbers.number(&[]);
                self.assigned.resize(batch.selected.len(), only);
            }
        } else {
            // Rows of the same group often follow each other.
            let mut last = (Value::Null, u32::MAX);
            for row in batch.iter() {
                if let [only] = self.spec.keys[..] {
                    let key = row.get(only);
                    if last.1 == u32::MAX || !identical(last.0, key) {
                        self.scratch.clear();
                        encode_value(key, &mut self.scratch);
                        last = (key, self.numbers.number(&self.scratch));
                    }
                } else {
                    self.scratch.clear();
                    self.spec.keys.iter().for_each(|slot| encode_value(row.get(*slot), &mut self.scratch));
                    if last.1 == u32::MAX || self.numbers.key(last.1 as usize) != self.scratch {
                        last.1 = self.numbers.number(&self.scratch);
                    }
                }
                self.assigned.push(last.1);
            }
        }
        let mut grown = self.bytes(self.numbers.len() - groups, self.numbers.bytes.len() - bytes) as isize;
        for states in &mut self.states {
            grown += states.update(batch, &self.assigned, self.numbers.len());
        }
        self.held = self.held.saturating_add_signed(grown);
        let asked = budget.change(grown);
        if budget.pressed(self.held) { self.spill(budget) } else { asked }
    }

    fn merge(&mut self, other: Box<dyn PartialState>, budget: &Budget) -> Result<(), OverBudget> {
        let Some(other) = same_kind::<Groups>(other) else { return Ok(()) };
        let (count, before) = (self.numbers.len(), self.numbers.bytes.len());
        let mut groups = Vec::with_capacity(other.numbers.len());
        for number in 0..other.numbers.len() {
            if number % ASKED_EVERY == 0 {
                budget.go_on()?;
            }
            groups.push(self.numbers.number(other.numbers.key(number)));
        }
        for (states, others) in self.states.iter_mut().zip(other.states) {
            states.merge(others, &groups, self.numbers.len(), budget)?;
        }
        // What both had, only one has now.
        let both = other.numbers.len() - (self.numbers.len() - count);
        let less = self.bytes(both, other.numbers.bytes.len() - (self.numbers.bytes.len() - before));
        budget.give_back(less);
        self.held = (self.held + other.held).saturating_sub(less);
        self.spilled.extend(other.spilled);
        Ok(())
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.numbers.len() as u64);
        (0..self.numbers.len()).for_each(|n| out.slice(self.numbers.key(n)));
        self.states.iter().for_each(|states| states.encode(out));
    }

    fn has_spilled(&self) -> bool {
        !self.spilled.is_empty()
    }

    /// The groups, in order of their keys: the order of first sight would depend on how the work was shared out.
    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        if !self.spilled.is_empty() {
            return self.flow(context).into_table(context);
        }
        let keys = self.spec.keys.len();
        let cells = self.spec.columns.len();
        let order = in_order(&self.in_memory(), context.budget);
        let mut rows = Vec::with_capacity(self.numbers.len());
        for number in 0..self.numbers.len() {
            if context.ends_at(number) {
                return Table { columns: self.spec.columns, rows: Vec::new() };
            }
            let row = decode_key(self.numbers.key(number), keys, cells);
            rows.push(row.unwrap_or_else(|Corrupt| vec![Owned::Null; keys]));
        }
        drop(self.numbers);
        for states in self.states {
            for (number, (row, cells)) in rows.iter_mut().zip(states.finish()).enumerate() {
                if context.ends_at(number) {
                    return Table { columns: self.spec.columns, rows: Vec::new() };
                }
                row.extend(cells);
            }
        }
        let row = |number: u32| std::mem::take(&mut rows[number as usize]).into_boxed_slice();
        Table { columns: self.spec.columns, rows: order.into_iter().map(row).collect() }
    }

    fn flow(mut self: Box<Self>, context: &RunContext<'_>) -> Flow {
        if self.spilled.is_empty() {
            return self.finish(context).into();
        }
        let mut spilled = std::mem::take(&mut self.spilled);
        spilled.finish(&self.in_memory(), context.budget);
        context.budget.give_back(self.held);
        let Group { keys, aggregates, columns } = self.spec;
        drop((self.numbers, self.states));
        let rows = GroupRows::new(spilled, (keys.len(), columns.len()), &aggregates, context.budget);
        Flow::of(columns, rows, context)
    }
}

/// Whether two values are the same key for sure: seen at a glance.
fn identical(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        _ => false,
    }
}

/// The values of an encoded key, up to the first that can't be read.
pub(crate) fn key_values(mut key: &[u8]) -> impl Iterator<Item = Result<Value<'_>, Corrupt>> {
    std::iter::from_fn(move || {
        let value = (!key.is_empty()).then(|| key_value(&mut key))?;
        if value.is_err() {
            key = &[];
        }
        Some(value)
    })
}

fn key_value<'k>(key: &mut &'k [u8]) -> Result<Value<'k>, Corrupt> {
    fn take<'k, const N: usize>(key: &mut &'k [u8]) -> Result<&'k [u8; N], Corrupt> {
        let (head, rest) = key.split_first_chunk::<N>().ok_or(Corrupt)?;
        *key = rest;
        Ok(head)
    }
    let [tag] = *take::<1>(key)?;
    Ok(match tag {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Int(i64::from_le_bytes(*take(key)?)),
        4 => Value::Double(f64::from_bits(u64::from_le_bytes(*take(key)?))),
        5 => {
            let length = u32::from_le_bytes(*take(key)?) as usize;
            let (text, rest) = key.split_at_checked(length).ok_or(Corrupt)?;
            *key = rest;
            Value::Text(std::str::from_utf8(text).map_err(|_| Corrupt)?)
        }
        _ => return Err(Corrupt),
    })
}

/// The values of a key, as the start of a row of so many cells.
pub(crate) fn decode_key(mut key: &[u8], values: usize, cells: usize) -> Result<Vec<Owned>, Corrupt> {
    let mut out = Vec::with_capacity(cells.max(values));
    for _ in 0..values {
        out.push(key_value(&mut key)?.owned());
    }
    if key.is_empty() { Ok(out) } else { Err(Corrupt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_length_have_one_number_each() {
        let mut numbers = Numbers::default();
        // A key is the start of the next, and those of one length differ in the last byte only.
        let keys: Vec<Vec<u8>> =
            (0..60).flat_map(|length| (0..9u8).map(move |last| [vec![0; length], vec![last + 1]].concat())).collect();
        for _ in 0..2 {
            for (number, key) in keys.iter().enumerate() {
                assert_eq!(numbers.number(key) as usize, number);
                assert_eq!(numbers.key(number), key);
            }
        }
        assert_eq!(numbers.len(), keys.len());
    }

    #[test]
    fn doubles_that_are_whole_numbers_are_their_keys() {
        let key = |value| {
            let mut key = Vec::new();
            encode_value(value, &mut key);
            key
        };
        for n in [0, 1, -7, 1 << 53, 1 << 62, i64::MIN] {
            assert_eq!(key(Value::Double(n as f64)), key(Value::Int(n)));
        }
        assert_eq!(key(Value::Double(f64::NAN)), key(Value::Double(-f64::NAN)));
        assert_ne!(key(Value::Double(i64::MAX as f64)), key(Value::Int(i64::MAX)));
        assert_ne!(key(Value::Double(0.5)), key(Value::Double(-0.5)));
    }
}
