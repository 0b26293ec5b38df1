//! Stages that go over rows in their order: running totals, differences, the table as a whole.
//!
//! [`InOrder`] sees one row after the other; [`Whole`] sees the values of all rows at once. Both put columns of their
//! own before what is carried of the rows they keep. They run once, after the parts are merged.

use crate::program::batch::{Batch, Row, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::program::row_stream::Flow;
use crate::run::bag;
use crate::run::spill::row_queue::Queue;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::table::row_size;
use sumoql_data::value::Owned;

/// What an [`InOrder`] stage does with a row: pushes its own columns and says whether the row stays.
pub type Visit = Box<dyn FnMut(Row<'_, '_>, &mut Own) -> bool + Send>;

/// What an [`InOrder`] stage makes of a row.
#[derive(Default)]
pub struct Own {
    cells: Vec<Owned>,
    kept: usize,
}

impl Own {
    /// Adds the value of the stage's next column.
    pub fn push(&mut self, value: Owned) {
        self.cells.push(value);
    }

    /// Says that the stage remembers so many bytes more from now on.
    pub fn keep(&mut self, bytes: usize) {
        self.kept += bytes;
    }
}

/// A stage that sees one row after the other. `start` makes a fresh visitor for a run.
pub struct InOrder<F: Fn() -> Visit + Send + Sync>(pub F);

/// The rows that a [`Whole`] stage sees: the values of its inputs.
pub type Seen = [Box<[Owned]>];

/// The work of a [`Whole`] stage: from the rows it saw the rows that come out, in order.
pub type Apply = dyn Fn(&Seen, &RunContext<'_>) -> Vec<Made> + Send + Sync;

/// A stage that sees the values of some slots of all rows, and says which rows come out and in what order.
#[derive(Clone)]
pub struct Whole {
    /// The slots it wants to see.
    inputs: Vec<InputSlot>,
    /// The work.
    apply: Arc<Apply>,
    /// Slots of bags: what stands for nothing in one is told by its fields.
    bags: Vec<InputSlot>,
}

impl Whole {
    /// A stage that does this work with the values of these slots.
    pub fn new(
        inputs: Vec<InputSlot>,
        apply: impl Fn(&Seen, &RunContext<'_>) -> Vec<Made> + Send + Sync + 'static,
    ) -> Whole {
        Whole { inputs, apply: Arc::new(apply), bags: Vec::new() }
    }

    /// The same, where rows that are made up have bags: [`Rest::Zero`] is told field by field in these slots.
    pub fn with_bags(self, bags: Vec<InputSlot>) -> Whole {
        Whole { bags, ..self }
    }
}

/// A row that a [`Whole`] stage lets out.
#[derive(Debug, Clone)]
pub struct Made {
    /// The stage's own columns.
    pub own: Vec<Owned>,
    /// What the other columns hold.
    pub rest: Rest,
}

/// What the columns hold that a stage does not make itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// What the row with this number has.
    Of(usize),
    /// Null.
    Null,
    /// Zero in a column of numbers, false in one of conditions, else null.
    Zero,
}

impl<F: Fn() -> Visit + Send + Sync> PipelineBreaker for InOrder<F> {
    fn start(&self, carry: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Visited { visit: (self.0)(), carry: carry.to_vec(), rows: Queue::default() })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

struct Visited {
    visit: Visit,
    carry: Vec<Slot>,
    rows: Queue,
}

impl PartialState for Visited {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let mut own = Own { cells: Vec::with_capacity(self.carry.len() + 1), kept: 0 };
            let stays = (self.visit)(row, &mut own);
            let Own { mut cells, kept } = own;
            let asked = if kept > 0 { budget.ask(kept) } else { Ok(()) };
            if stays {
                cells.extend(self.carry.iter().map(|slot| row.get(*slot).owned()));
                self.rows.push(cells.into_boxed_slice(), budget)?;
            }
            asked?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        self.flow(context).into_table(context)
    }

    fn flow(self: Box<Self>, context: &RunContext<'_>) -> Flow {
        Flow::of_queue(Vec::new(), self.rows, context)
    }
}

impl PipelineBreaker for Whole {
    fn start(&self, carry: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Kept { spec: self.clone(), carry: carry.to_vec(), seen: Vec::new(), carried: Vec::new() })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

struct Kept {
    spec: Whole,
    carry: Vec<Slot>,
    seen: Vec<Box<[Owned]>>,
    carried: Vec<Box<[Owned]>>,
}

/// What the values that a [`Whole`] stage sees of a row cost: themselves, and what its work makes of them, which is
/// mostly as much again.
fn charge(seen: &[Owned]) -> usize {
    2 * row_size(seen) + size_of::<Made>()
}

impl PartialState for Kept {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let seen: Box<[Owned]> = self.spec.inputs.iter().map(|slot| row.get(*slot).owned()).collect();
            let carried: Box<[Owned]> = self.carry.iter().map(|slot| row.get(*slot).owned()).collect();
            budget.ask(charge(&seen) + row_size(&carried))?;
            self.seen.push(seen);
            self.carried.push(carried);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        let made = if context.ended() { Vec::new() } else { (self.spec.apply)(&self.seen, context) };
        let before: usize = self.seen.iter().map(|row| charge(row)).sum();
        drop(self.seen);
        context.budget.give_back(before);
        let mut carried = self.carried;
        context.budget.give_back(carried.iter().map(|row| row_size(row)).sum());
        let zero: Vec<Owned> = match made.iter().any(|made| made.rest == Rest::Zero) {
            true => (0..self.carry.len())
                .map(|column| match self.spec.bags.iter().any(|bag| Slot::from(*bag) == self.carry[column]) {
                    true => bag::zero(&carried, column),
                    false => zero_of(&carried, column),
                })
                .collect(),
            false => Vec::new(),
        };
        let mut uses = vec![0u32; carried.len()];
        for made in &made {
            if let Rest::Of(row) = made.rest {
                uses[row] += 1;
            }
        }
        let mut rows = Vec::with_capacity(made.len());
        for Made { own, rest } in made {
            let more = match rest {
                Rest::Of(row) => {
                    uses[row] -= 1;
                    let cells = if uses[row] == 0 { std::mem::take(&mut carried[row]) } else { carried[row].clone() };
                    cells.into_vec()
                }
                Rest::Null => vec![Owned::Null; self.carry.len()],
                Rest::Zero => zero.clone(),
            };
            let row: Box<[Owned]> = own.into_iter().chain(more).collect();
            if let Err(over) = context.budget.ask(row_size(&row)) {
                context.ran_out(over);
                break;
            }
            rows.push(row);
        }
        Table { columns: Vec::new(), rows }
    }
}

/// The numbers of the rows, oldest first by the times in a column. Rows of the same time, and all rows when there are no
/// times, keep their order: messages come in the order of their arrival within the same millisecond.
pub(crate) fn oldest_first(rows: &Seen, column: usize) -> Vec<usize> {
    let time = |at: &usize| rows[*at][column].borrow().integer();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(time);
    order
}

/// What stands for nothing in a column, by the kind of its values. Without any rows a column counts as one of numbers:
/// what the rows hold besides their keys mostly is.
pub(crate) fn zero_of(rows: &Seen, column: usize) -> Owned {
    let mut kind = if rows.is_empty() { Owned::Int(0) } else { Owned::Null };
    for cell in rows.iter().filter_map(|row| row.get(column)) {
        match cell {
            Owned::Null => {}
            Owned::Bool(_) => return Owned::Bool(false),
            Owned::Int(_) => kind = Owned::Int(0),
            Owned::Double(_) => return Owned::Double(0.0),
            Owned::Text(_) => return Owned::Null,
        }
    }
    kind
}
