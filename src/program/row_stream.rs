//! Rows on their way from one stage that must see all to the next: a table, and what of it is not in memory.

use super::context::RunContext;
use super::scratch::ScratchError;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

/// Rows that come in blocks.
pub trait Blocks {
    /// The next rows, about so many; none at the end.
    fn next(&mut self, most: usize, context: &RunContext<'_>) -> Result<Vec<Box<[Owned]>>, ScratchError>;

    /// What is asked of the budget for rows that did not come yet; they give it back when they come.
    fn held(&self) -> usize {
        0
    }
}

/// The rows of a stage.
pub struct Flow {
    /// The first rows, and the names of the columns.
    pub table: Table,
    rest: Option<Box<dyn Blocks>>,
}

impl From<Table> for Flow {
    fn from(table: Table) -> Flow {
        Flow { table, rest: None }
    }
}

impl Flow {
    /// A table, and the rows behind it.
    pub(crate) fn with_rest(table: Table, rest: Option<Box<dyn Blocks>>) -> Flow {
        Flow { table, rest }
    }

    /// About the bytes of memory that the rows take.
    pub(crate) fn size(&self) -> usize {
        self.table.size() + self.rest.as_ref().map_or(0, |rest| rest.held())
    }

    /// Rows that come in blocks.
    pub fn of(
        columns: Vec<String>,
        blocks: Result<impl Blocks + 'static, ScratchError>,
        context: &RunContext<'_>,
    ) -> Flow {
        let table = Table { columns, rows: Vec::new() };
        match blocks {
            Ok(blocks) => Flow { table, rest: Some(Box::new(blocks)) },
            Err(scratch_error) => {
                context.failed(scratch_error);
                Flow { table, rest: None }
            }
        }
    }

    /// The next rows that are not in the table; none at the end.
    pub(crate) fn next(&mut self, context: &RunContext<'_>) -> Vec<Box<[Owned]>> {
        let Some(rest) = &mut self.rest else { return Vec::new() };
        let rows = rest.next(context.batch, context).unwrap_or_else(|scratch_error| {
            context.failed(scratch_error);
            Vec::new()
        });
        if rows.is_empty() {
            self.rest = None;
        }
        rows
    }

    /// All rows, as far as the memory suffices.
    pub fn into_table(mut self, context: &RunContext<'_>) -> Table {
        let mut table = std::mem::take(&mut self.table);
        loop {
            let rows = self.next(context);
            if rows.is_empty() {
                return table;
            }
            for row in rows {
                if let Err(over) = context.budget.ask(row_size(&row)) {
                    context.budget.give_back(row_size(&row));
                    context.ran_out(over);
                    return table;
                }
                table.rows.push(row);
            }
        }
    }
}
