//! Rows that have their order already: in memory as long as there is room, the others behind them in scratch space.

use super::external_sort::row;
use super::sorted_runs::{Cursor, Run, RunWriter};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::Writer;
use crate::program::context::RunContext;
use crate::program::row_stream::{Blocks, Flow};
use crate::program::scratch::ScratchError;
use std::fmt::{Debug, Formatter};
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

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
    pub fn each<E: From<ScratchError>>(&self, mut each: impl FnMut(&[Owned]) -> Result<(), E>) -> Result<(), E> {
        let mut cursor = self.cursor();
        for _ in 0..self.rows {
            each(&self.row(&mut cursor)?)?;
        }
        Ok(())
    }

    /// The rows, one after the other.
    pub fn iter(&self) -> SpooledRows<'_> {
        SpooledRows { rows: self, cursor: self.cursor(), left: self.rows }
    }

    /// Changes each row when it is read.
    pub(crate) fn changed(self, change: impl Fn(Box<[Owned]>) -> Box<[Owned]> + Send + Sync + 'static) -> Spooled {
        Spooled { change: Some(Box::new(change)), ..self }
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor::new(self.run.clone(), 1 << 18)
    }

    /// The next row.
    pub(super) fn row(&self, cursor: &mut Cursor) -> Result<Box<[Owned]>, ScratchError> {
        if !cursor.advance()? {
            return Err(ScratchError::damaged());
        }
        let row = row(cursor.payload(), self.cells)?;
        Ok(match &self.change {
            Some(change) => change(row),
            None => row,
        })
    }
}

/// Rows that are read from scratch space. An error is the last item.
pub struct SpooledRows<'s> {
    rows: &'s Spooled,
    cursor: Cursor,
    left: usize,
}

impl Debug for SpooledRows<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpooledRows").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Iterator for SpooledRows<'_> {
    type Item = Result<Box<[Owned]>, ScratchError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let row = self.rows.row(&mut self.cursor);
        if row.is_err() {
            self.left = 0;
        }
        Some(row)
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
            return rest.push(&row).map_err(|scratch_error| {
                budget.fail(scratch_error);
                OverBudget { limit: budget.limit() }
            });
        }
        let bytes = row_size(&row);
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
                Err(scratch_error) => budget.fail(scratch_error),
            }
        }
        Ok(())
    }

    /// The rows in memory and those that are not.
    pub fn end(self, context: &RunContext<'_>) -> (Vec<Box<[Owned]>>, Option<Spooled>) {
        let rest = self.rest.map(|rest| {
            let (run, rows, scratch_error) = rest.writer.end_early();
            if let Some(scratch_error) = scratch_error {
                context.failed(scratch_error);
            }
            Spooled { run, rows, cells: rest.cells, change: None }
        });
        (self.rows, rest.filter(|rest| !rest.is_empty()))
    }
}

impl Writing {
    fn push(&mut self, row: &[Owned]) -> Result<(), ScratchError> {
        self.row.bytes.clear();
        row.iter().for_each(|cell| self.row.value(cell));
        self.writer.record(&[], &self.row.bytes)
    }
}

impl Flow {
    /// The rows of a queue.
    pub(crate) fn of_queue(columns: Vec<String>, queue: Queue, context: &RunContext<'_>) -> Flow {
        let (rows, rest) = queue.end(context);
        let rest = rest.map(|rest| Box::new(Rest { left: rest.len(), cursor: rest.cursor(), rest }) as Box<dyn Blocks>);
        Flow::with_rest(Table { columns, rows }, rest)
    }
}

/// What of a queue is not in memory.
struct Rest {
    rest: Spooled,
    cursor: Cursor,
    left: usize,
}

impl Blocks for Rest {
    fn next(&mut self, most: usize, _: &RunContext<'_>) -> Result<Vec<Box<[Owned]>>, ScratchError> {
        let most = most.min(self.left);
        self.left -= most;
        (0..most).map(|_| self.rest.row(&mut self.cursor)).collect()
    }
}
