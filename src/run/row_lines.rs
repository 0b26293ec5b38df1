//! Rows that are written as lines where they are found, without being kept.

use crate::program::batch::{Batch, ColumnSource, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::PartialState;
use crate::program::plan::Plan;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::value::Value;

/// A format in which a row is a line.
pub trait Lines: Send + Sync {
    /// Prepares for rows with these columns.
    fn start(&self, columns: &[String]) -> Box<dyn Line>;
}

/// Writes rows of the same columns.
pub trait Line: Send {
    /// Appends a row; `cell` gives the value of the column at a place.
    fn write<'m>(&mut self, cell: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>);
}

/// Where the first segment has the columns of the result, if it has all of them: then its rows are those of the result.
pub(super) fn slots(plan: &Plan) -> Option<Vec<Slot>> {
    let [first, last] = plan.segments.as_slice() else { return None };
    if !last.steps.is_empty() || !plan.bags.is_empty() || first.own > 0 {
        return None;
    }
    let slot = |slot: Slot| match last.program.definition(slot).how {
        ColumnSource::Column(column) => first.carry.get(column).copied(),
        _ => None,
    };
    plan.output.iter().map(|column| slot(column.slot)).collect()
}

/// The lines of a chunk.
pub(super) struct Written {
    line: Box<dyn Line>,
    slots: Vec<Slot>,
    pub bytes: Vec<u8>,
}

impl Written {
    pub fn start(lines: &Arc<dyn Lines>, plan: &Plan, slots: &[Slot]) -> Box<dyn PartialState> {
        let line = lines.start(&plan.output.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
        Box::new(Written { line, slots: slots.to_vec(), bytes: Vec::new() })
    }
}

impl PartialState for Written {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let before = self.bytes.len();
            self.line.write(&|at| self.slots.get(at).map_or(Value::Null, |slot| row.get(*slot)), &mut self.bytes);
            if let Err(over) = budget.ask(self.bytes.len() - before) {
                self.bytes.truncate(before);
                return Err(over);
            }
        }
        Ok(())
    }

    /// Never called: the lines are taken as they are.
    fn finish(self: Box<Self>, _: &RunContext<'_>) -> Table {
        Table::default()
    }
}

/// The rows of a table as lines.
pub(super) fn of_table(lines: &dyn Lines, table: &Table) -> Vec<u8> {
    let mut line = lines.start(&table.columns);
    let mut out = Vec::new();
    for row in &table.rows {
        line.write(&|at| row.get(at).map_or(Value::Null, |cell| cell.borrow()), &mut out);
    }
    out
}
