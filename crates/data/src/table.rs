//! Tables: rows that own their cells, after a stage that must see all of them.

use super::value::Owned;

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The rows; each has a cell for every column.
    pub rows: Vec<Box<[Owned]>>,
}

impl Table {
    /// About the bytes that it takes.
    pub fn size(&self) -> usize {
        self.rows.iter().map(|row| row_size(row)).sum()
    }

    /// The position of a column; letter case does not count.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}

/// About what a row takes.
pub fn row_size(row: &[Owned]) -> usize {
    let cells = std::mem::size_of_val(row) + row.iter().map(Owned::heap).sum::<usize>();
    size_of::<Box<[Owned]>>() + super::value::ALLOCATION + cells
}
