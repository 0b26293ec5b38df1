//! What a plan asks of tables, and the answers, which are there when the run starts.
//!
//! A stage holds the number of its request; each row finds the answer by it in its [`EvalContext`](crate::program::context::EvalContext).

use super::table_index::Index;
use crate::diagnostics::Span;
use std::sync::Arc;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::TableName;
use sumoql_data::value::Value;

/// Something asked of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupRequest {
    /// The table.
    pub name: TableName,
    /// What is asked.
    pub what: What,
    /// Where the query names the table.
    pub span: Span,
}

/// What is asked of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Its rows, by the columns `keys`, and the values that they have in `columns`.
    Match {
        /// The columns that make the key.
        keys: Vec<String>,
        /// The columns that are wanted.
        columns: Vec<String>,
        /// Whether letter case does not count in keys.
        folded: bool,
        /// Whether a column that the table does not have is no mistake.
        lenient: bool,
    },
    /// All its rows. Without them the query can't run.
    Rows,
    /// What is known of IP addresses: the columns with these numbers.
    Addresses(AddressField),
    /// Nothing that could be here: only Sumo Logic's service knows it.
    Service,
    /// That it is there: rows will be saved to it.
    Exists,
}

/// The answer to a request.
pub enum LookupResult {
    /// There is nothing: null.
    Nothing,
    /// Rows by key.
    Match(Matched),
    /// All rows.
    Rows(Arc<Table>),
    /// IP addresses.
    Addresses(Arc<dyn Addresses>),
}

/// Rows by key, with the columns that are wanted.
pub struct Matched {
    /// The rows by key.
    pub index: Arc<Index>,
    /// Where the table has the columns.
    pub columns: Vec<Option<usize>>,
}

impl Matched {
    /// A wanted column of a row.
    pub fn value(&self, row: usize, column: usize) -> Value<'_> {
        let place = self.columns.get(column).copied().flatten();
        place.and_then(|at| self.index.table().rows[row].get(at)).map(|cell| cell.borrow()).unwrap_or_default()
    }
}

/// The answers of a run, by the numbers of the requests.
#[derive(Default)]
pub struct LookupResults(pub(crate) Vec<LookupResult>);

impl LookupResults {
    /// The answer to a request.
    pub fn get(&self, number: usize) -> &LookupResult {
        self.0.get(number).unwrap_or(&LookupResult::Nothing)
    }

    /// Rows by key.
    pub fn matched(&self, number: usize) -> Option<&Matched> {
        match self.get(number) {
            LookupResult::Match(matched) => Some(matched),
            _ => None,
        }
    }
}

impl std::fmt::Debug for LookupResults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} answers", self.0.len())
    }
}
