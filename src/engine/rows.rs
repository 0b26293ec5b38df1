//! The rows of an answer.

use crate::program::scratch::ScratchError;
use crate::run::spill::row_queue::{Spooled, SpooledRows};
use std::borrow::Cow;
use std::ops::Index;
use std::sync::Arc;
use sumoql_data::value::Owned;

/// The rows of an answer, in its order. Rows that did not fit into memory are read from scratch space: where that can't be
/// read any more, no row follows and [`Rows::error`] says why. [`Rows::checked`] gives the error in the place of a row.
#[derive(Debug)]
pub struct Rows<'a> {
    columns: Arc<Vec<(String, usize)>>,
    table: std::slice::Iter<'a, Box<[Owned]>>,
    spooled: Option<SpooledRows<'a>>,
    error: Option<ScratchError>,
}

/// Rows, or why there are no more: see [`Rows::checked`].
#[derive(Debug)]
pub struct CheckedRows<'a>(Rows<'a>);

impl<'a> Rows<'a> {
    pub(super) fn new(
        columns: Arc<Vec<(String, usize)>>,
        table: &'a [Box<[Owned]>],
        spooled: Option<&'a Spooled>,
    ) -> Rows<'a> {
        Rows { columns, table: table.iter(), spooled: spooled.map(Spooled::iter), error: None }
    }

    /// Why rows are missing at the end, if there are.
    pub fn error(&self) -> Option<&ScratchError> {
        self.error.as_ref()
    }

    /// The same rows with the error, if there is one, as the last item.
    pub fn checked(self) -> CheckedRows<'a> {
        CheckedRows(self)
    }
}

impl<'a> Iterator for CheckedRows<'a> {
    type Item = Result<Row<'a>, ScratchError>;

    fn next(&mut self) -> Option<Result<Row<'a>, ScratchError>> {
        self.0.next().map(Ok).or_else(|| self.0.error.take().map(Err))
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let cells = match self.table.next() {
            Some(cells) => Cow::Borrowed(&**cells),
            None => match self.spooled.as_mut()?.next()? {
                Ok(cells) => Cow::Owned(cells.into_vec()),
                Err(error) => {
                    self.error = Some(error);
                    return None;
                }
            },
        };
        Some(Row { columns: Arc::clone(&self.columns), cells })
    }
}

/// A row of an answer.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input, OwnedValue};
///
/// let query = Engine::default().prepare("* | parse \"n=*,\" as n | sum(n) as total")?;
/// let answer = query.run(Input::lines("n=1,\nn=2,\n"))?;
/// let row = answer.rows().next().unwrap();
/// assert!(matches!(row.get("TOTAL"), Some(OwnedValue::Int(3))));
/// assert!(row.get("other").is_none());
/// assert!(matches!(row["other"], OwnedValue::Null));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Row<'a> {
    columns: Arc<Vec<(String, usize)>>,
    cells: Cow<'a, [Owned]>,
}

impl Row<'_> {
    /// The value of a column, letter case aside. `None` when the answer has no such column.
    pub fn get(&self, column: &str) -> Option<&Owned> {
        let (_, at) = self.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(column))?;
        self.cells.get(*at)
    }

    /// The columns and their values, in the order of the answer.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Owned)> {
        self.columns.iter().filter_map(|(name, at)| Some((name.as_str(), self.cells.get(*at)?)))
    }
}

impl Index<&str> for Row<'_> {
    type Output = Owned;

    /// The value of a column; null when the answer has no such column, as [`Row::get`] tells.
    fn index(&self, column: &str) -> &Owned {
        self.get(column).unwrap_or(&Owned::Null)
    }
}
