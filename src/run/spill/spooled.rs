//! Rows that have their order already: in memory as long as there is room, the others behind them in scratch space.

use super::Trouble;
use super::record::{Cursor, Run, RunWriter};
use super::sorter::row;
use crate::data::value::Owned;
use crate::run::codec::Writer;
use crate::run::gather::World;
use crate::run::memory::{Budget, OverBudget};
use crate::run::ordered::size;
use std::fmt::{Debug, Formatter};

/// What becomes of a row when it is read.
type Change = dyn Fn(Box<[Owned]>) -> Box<[Owned]> + Send + Sync;

/// Rows in scratch space.
pub struct Spooled {
    run: Run,
    rows: usize,
    cells: usize,
    change: Option<Box<Change>>,
}

impl Debug for Spooled {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spooled").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Spooled {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Reads the rows, one after the other, as long as there is no error.
    pub fn each<E: From<Trouble>>(&self, mut each: impl FnMut(&[Owned]) -> Result<(), E>) -> Result<(), E> {
        let mut cursor = self.cursor();
        for _ in 0..self.rows {
            each(&self.row(&mut cursor)?)?;
        }
        Ok(())
    }

    /// Changes each row when it is read.
    pub(crate) fn changed(self, change: impl Fn(Box<[Owned]>) -> Box<[Owned]> + Send + Sync + 'static) -> Spooled {
        Spooled { change: Some(Box::new(change)), ..self }
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor::new(self.run.clone(), 1 << 18)
    }

    /// The next row.
    pub(super) fn row(&self, cursor: &mut Cursor) -> Result<Box<[Owned]>, Trouble> {
        if !cursor.advance()? {
            return Err(Trouble::damaged());
        }
        let row = row(cursor.payload(), self.cells)?;
        Ok(match &self.change {
            Some(change) => change(row),
            None => row,
        })
    }
}

/// Takes rows in their order.
#[derive(Default)]
pub(crate) struct Queue {
    rows: Vec<Box<[Owned]>>,
    /// What they take.
    held: usize,
    rest: Option<Writing>,
    /// No row may leave the memory.
    stays: bool,
}

struct Writing {
    writer: RunWriter,
    cells: usize,
    row: Writer,
}

impl Queue {
    /// A queue that keeps all rows in memory.
    pub fn in_memory() -> Queue {
        Queue { stays: true, ..Queue::default() }
    }

    /// Takes a row; the memory for it is asked for, unless it goes elsewhere. Without scratch space for it the row is not
    /// kept.
    pub fn push(&mut self, row: Box<[Owned]>, budget: &Budget) -> Result<(), OverBudget> {
        if let Some(rest) = &mut self.rest {
            return rest.push(&row).map_err(|trouble| {
                budget.fail(trouble);
                OverBudget { limit: budget.limit() }
            });
        }
        let bytes = size(&row);
        if let Err(over) = budget.ask(bytes) {
            budget.give_back(bytes);
            return Err(over);
        }
        self.held += bytes;
        let cells = row.len();
        self.rows.push(row);
        if !self.stays
            && budget.pressed(self.held)
            && let Some(scratch) = budget.scratch()
        {
            match RunWriter::alone(scratch.as_ref()) {
                Ok(writer) => self.rest = Some(Writing { writer, cells, row: Writer::default() }),
                Err(trouble) => budget.fail(trouble),
            }
        }
        Ok(())
    }

    /// The rows in memory and those that are not.
    pub fn end(self, world: &World<'_>) -> (Vec<Box<[Owned]>>, Option<Spooled>) {
        let rest = self.rest.map(|rest| {
            let (run, rows, trouble) = rest.writer.end_early();
            if let Some(trouble) = trouble {
                world.failed(trouble);
            }
            Spooled { run, rows, cells: rest.cells, change: None }
        });
        (self.rows, rest.filter(|rest| !rest.is_empty()))
    }
}

impl Writing {
    fn push(&mut self, row: &[Owned]) -> Result<(), Trouble> {
        self.row.bytes.clear();
        row.iter().for_each(|cell| self.row.value(cell));
        self.writer.record(&[], &self.row.bytes)
    }
}
