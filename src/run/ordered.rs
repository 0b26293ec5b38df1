//! Stages that go over rows in their order: running totals, differences, the table as a whole.
//!
//! [`InOrder`] sees one row after the other; [`Whole`] sees the values of all rows at once. Both keep rows whole and
//! put columns of their own before what is carried. They run once, after the parts are merged.

use super::batch::{Batch, Row, Slot};
use super::codec::{Corrupt, Reader, Writer};
use super::gather::{Gather, Partial};
use super::memory::{Budget, OverBudget};
use super::table::Table;
use super::value::Owned;

/// What an [`InOrder`] stage does with a row: pushes its own columns and says whether the row stays.
pub type Visit = Box<dyn FnMut(Row<'_, '_>, &mut Vec<Owned>) -> bool + Send>;

/// A stage that sees one row after the other. `start` makes a fresh visitor for a run.
pub struct InOrder<F: Fn() -> Visit + Send + Sync>(pub F);

/// A stage that sees the values of some slots of all rows, and gives for each row its own columns, or nothing when
/// the row goes.
pub struct Whole<F: Fn(&[Box<[Owned]>]) -> Vec<Option<Vec<Owned>>> + Send + Sync + Clone + 'static> {
    /// The slots it wants to see.
    pub inputs: Vec<Slot>,
    /// The work: one answer for each row, in order.
    pub apply: F,
}

impl<F: Fn() -> Visit + Send + Sync> Gather for InOrder<F> {
    fn start(&self, carry: &[Slot]) -> Box<dyn Partial> {
        Box::new(Visited { visit: (self.0)(), carry: carry.to_vec(), rows: Vec::new() })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt> {
        Err(Corrupt)
    }
}

struct Visited {
    visit: Visit,
    carry: Vec<Slot>,
    rows: Vec<Box<[Owned]>>,
}

fn size(row: &[Owned]) -> usize {
    std::mem::size_of_val(row) + row.iter().map(Owned::heap).sum::<usize>()
}

impl Partial for Visited {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let mut cells = Vec::with_capacity(self.carry.len() + 1);
            if (self.visit)(row, &mut cells) {
                cells.extend(self.carry.iter().map(|slot| row.get(*slot).owned()));
                budget.ask(size(&cells))?;
                self.rows.push(cells.into_boxed_slice());
            }
        }
        Ok(())
    }

    /// Never called: the stage is not mergeable.
    fn merge(&mut self, _: Box<dyn Partial>, _: &Budget) -> Result<(), OverBudget> {
        Ok(())
    }

    /// Never called: the stage is not mergeable.
    fn encode(&self, _: &mut Writer) {}

    fn finish(self: Box<Self>) -> Table {
        Table { columns: Vec::new(), rows: self.rows }
    }
}

impl<F: Fn(&[Box<[Owned]>]) -> Vec<Option<Vec<Owned>>> + Send + Sync + Clone + 'static> Gather for Whole<F> {
    fn start(&self, carry: &[Slot]) -> Box<dyn Partial> {
        Box::new(Seen {
            inputs: self.inputs.clone(),
            apply: self.apply.clone(),
            carry: carry.to_vec(),
            seen: Vec::new(),
            carried: Vec::new(),
        })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt> {
        Err(Corrupt)
    }
}

struct Seen<F> {
    inputs: Vec<Slot>,
    apply: F,
    carry: Vec<Slot>,
    seen: Vec<Box<[Owned]>>,
    carried: Vec<Vec<Owned>>,
}

impl<F: Fn(&[Box<[Owned]>]) -> Vec<Option<Vec<Owned>>> + Send + 'static> Partial for Seen<F> {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let seen: Box<[Owned]> = self.inputs.iter().map(|slot| row.get(*slot).owned()).collect();
            let carried: Vec<Owned> = self.carry.iter().map(|slot| row.get(*slot).owned()).collect();
            budget.ask(size(&seen) + size(&carried))?;
            self.seen.push(seen);
            self.carried.push(carried);
        }
        Ok(())
    }

    /// Never called: the stage is not mergeable.
    fn merge(&mut self, _: Box<dyn Partial>, _: &Budget) -> Result<(), OverBudget> {
        Ok(())
    }

    /// Never called: the stage is not mergeable.
    fn encode(&self, _: &mut Writer) {}

    fn finish(self: Box<Self>) -> Table {
        let own = (self.apply)(&self.seen);
        let rows = own
            .into_iter()
            .zip(self.carried)
            .filter_map(|(own, carried)| own.map(|own| own.into_iter().chain(carried).collect::<Box<[Owned]>>()));
        Table { columns: Vec::new(), rows: rows.collect() }
    }
}
