//! Aggregates: one state for each group and aggregate. An aggregate's file gives the simple [`State`]; [`PerGroup`]
//! makes of it the states of all groups at once.

use super::batch::{Batch, Row, Slot};
use super::codec::{Corrupt, Reader, Writer};
use super::value::{Owned, Value};
use std::any::Any;

/// What one group knows so far for one aggregate.
pub trait State: Default + Send + 'static {
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
    fn merge(&mut self, other: Box<dyn States>, groups: &[u32], count: usize);

    /// Writes the states.
    fn encode(&self, out: &mut Writer);

    /// Writes the state of one group.
    fn encode_one(&self, group: usize, out: &mut Writer);

    /// The result columns of each group, in order of the groups, one group after the other: the states of all and the
    /// columns of all would be too much at once.
    fn finish(self: Box<Self>) -> Box<dyn Iterator<Item = Vec<Owned>>>;
}

/// An aggregate over a slot whose states are all [`State`]s of one kind.
pub struct PerGroup<S: State> {
    slot: Option<Slot>,
    params: S::Params,
}

impl<S: State> PerGroup<S> {
    /// The aggregate over a slot; without one, over rows.
    pub fn new(slot: Option<Slot>, params: S::Params) -> Self {
        PerGroup { slot, params }
    }
}

impl<S: State> Aggregate for PerGroup<S> {
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

struct Each<S: State> {
    slot: Option<Slot>,
    params: S::Params,
    states: Vec<S>,
}

impl<S: State> States for Each<S> {
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

    fn merge(&mut self, other: Box<dyn States>, groups: &[u32], count: usize) {
        let other: Box<dyn Any> = other;
        let Ok(other) = other.downcast::<Each<S>>() else { return };
        self.states.resize_with(count.max(self.states.len()), S::default);
        for (state, group) in other.states.into_iter().zip(groups) {
            self.states[*group as usize].merge(state);
        }
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

/// A sum of numbers that is exact, and so the same in whatever order the numbers come (Shewchuk's expansions): workers
/// may add up their parts and merge them without changing a digit.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct ExactSum {
    whole: i128,
    /// Numbers that don't overlap, smallest first, whose exact sum is the sum of all fractions seen.
    parts: Vec<f64>,
    /// Infinities and NaN, which no expansion can hold.
    special: Option<f64>,
}

impl ExactSum {
    /// Adds a number.
    pub fn add(&mut self, n: f64) {
        if n.fract() == 0.0 && n.abs() < 1e15 {
            self.whole += n as i128;
        } else {
            self.add_part(n);
        }
    }

    /// Adds a whole number.
    pub fn add_whole(&mut self, n: i64) {
        self.whole += i128::from(n);
    }

    fn add_part(&mut self, n: f64) {
        if !n.is_finite() {
            self.special = Some(self.special.unwrap_or(0.0) + n);
            return;
        }
        let mut n = n;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let mut part = self.parts[at];
            if n.abs() < part.abs() {
                std::mem::swap(&mut n, &mut part);
            }
            let high = n + part;
            let low = part - (high - n);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            n = high;
        }
        self.parts.truncate(kept);
        if n.is_finite() {
            self.parts.push(n);
        } else {
            self.special = Some(self.special.unwrap_or(0.0) + n);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &ExactSum) {
        self.whole += other.whole;
        other.parts.iter().for_each(|part| self.add_part(*part));
        if let Some(special) = other.special {
            self.special = Some(self.special.unwrap_or(0.0) + special);
        }
    }

    /// Numbers whose exact sum is the sum, as long as no infinity or NaN was added.
    pub fn components(&self) -> Vec<f64> {
        let mut out = self.parts.clone();
        // The whole part in pieces that a double holds exactly.
        for shift in [0u32, 50, 100] {
            let piece = (self.whole.unsigned_abs() >> shift) & ((1 << 50) - 1);
            let piece = piece as f64 * 2f64.powi(shift as i32);
            if piece != 0.0 {
                out.push(if self.whole < 0 { -piece } else { piece });
            }
        }
        out
    }

    /// The sum, rounded once.
    pub fn value(&self) -> f64 {
        if let Some(special) = self.special {
            return special;
        }
        let mut all = ExactSum::default();
        self.components().into_iter().for_each(|part| all.add_part(part));
        let mut parts = all.parts.iter().rev();
        let mut high = *parts.next().unwrap_or(&0.0);
        let mut low = 0.0;
        let mut rest = parts.peekable();
        for part in rest.by_ref() {
            let sum = high + part;
            low = part - (sum - high);
            high = sum;
            if low != 0.0 {
                break;
            }
        }
        // Half-way cases round by the sign of what is left, as one exact rounding would.
        if let Some(next) = rest.next()
            && ((low < 0.0 && *next < 0.0) || (low > 0.0 && *next > 0.0))
        {
            let twice = low * 2.0;
            let sum = high + twice;
            if twice == sum - high {
                high = sum;
            }
        }
        high
    }

    /// Writes the sum.
    pub fn encode(&self, out: &mut Writer) {
        out.slice(&self.whole.to_le_bytes());
        out.unsigned(self.parts.len() as u64);
        self.parts.iter().for_each(|part| out.double(*part));
        out.bytes.push(u8::from(self.special.is_some()));
        if let Some(special) = self.special {
            out.double(special);
        }
    }

    /// Reads a sum.
    pub fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let whole = i128::from_le_bytes(bytes.slice()?.try_into().map_err(|_| Corrupt)?);
        let parts = (0..bytes.count()?).map(|_| bytes.double()).collect::<Result<_, _>>()?;
        let special = if bytes.unsigned()? == 1 { Some(bytes.double()?) } else { None };
        Ok(ExactSum { whole, parts, special })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_are_rounded_once() {
        let mut sum = ExactSum::default();
        (0..10).for_each(|_| sum.add(0.1));
        assert_eq!(sum.value(), 1.0);
        let mut sum = ExactSum::default();
        [1e100, 1.0, -1e100, 0.5].into_iter().for_each(|n| sum.add(n));
        assert_eq!(sum.value(), 1.5);
        let mut sum = ExactSum::default();
        [f64::INFINITY, 1.0].into_iter().for_each(|n| sum.add(n));
        assert_eq!(sum.value(), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn order_and_grouping_change_nothing(numbers in proptest::collection::vec(-1e12..1e12f64, 0..40), cut in 0usize..40) {
            let mut forward = ExactSum::default();
            numbers.iter().for_each(|n| forward.add(*n));
            let (a, b) = numbers.split_at(cut.min(numbers.len()));
            let (mut left, mut right) = (ExactSum::default(), ExactSum::default());
            a.iter().rev().for_each(|n| left.add(*n));
            b.iter().rev().for_each(|n| right.add(*n));
            right.merge(&left);
            prop_assert_eq!(forward.value().to_bits(), right.value().to_bits());
        }
    }
}
