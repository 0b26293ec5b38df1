//! Tables that a query looks things up in, reads and saves. Whoever has them implements [`Tables`]; nothing here reads
//! files.
//!
//! Planning asks for a table's columns only. Its rows are asked for when the run starts: until then another part of the
//! same query may have saved them.

use super::ip_addresses::{AddressField, Addresses};
use super::table::Table;
use std::sync::Arc;

/// The name of a table, as a query writes it: `path://"/Library/…"`, `shared/dir/table`, `https://host/file.csv`,
/// `geo://location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    path: String,
    modern: bool,
}

/// How names of tables in Sumo Logic's library begin.
const LIBRARY: &str = "path://";

impl TableName {
    /// A name as written, with or without quotes after `path://`.
    pub fn read(written: &str) -> TableName {
        let quotes = ['"', '“', '”'];
        match written.get(..LIBRARY.len()).filter(|head| head.eq_ignore_ascii_case(LIBRARY)) {
            Some(_) => TableName { path: written[LIBRARY.len()..].trim_matches(quotes).trim().into(), modern: true },
            None => TableName { path: written.into(), modern: false },
        }
    }

    /// The name without `path://` and quotes.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is a table of the library (manual page `lookup`), not one of the classic kind (`lookup-classic`).
    pub fn is_modern(&self) -> bool {
        self.modern
    }

    /// What stands before `://`, in lower case; empty for paths.
    pub fn scheme(&self) -> String {
        self.path.split_once("://").map_or(String::new(), |(scheme, _)| scheme.to_lowercase())
    }

    /// Whether both name the same table. Neither letter case nor a slash at the beginning counts: published queries save
    /// to `/Shared/x` and look up in `shared/x`.
    pub fn same(&self, other: &TableName) -> bool {
        self.path.trim_start_matches('/').eq_ignore_ascii_case(other.path.trim_start_matches('/'))
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.modern {
            true => write!(f, "{LIBRARY}\"{}\"", self.path),
            false => f.write_str(&self.path),
        }
    }
}

/// What is known of a table before its rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The names of its columns, in order.
    pub columns: Vec<String>,
    /// The columns that tell its rows apart; empty when nobody has said so.
    pub key: Vec<String>,
    /// Whether it may have more columns, which only the data name.
    pub open: bool,
}

impl Schema {
    /// Whether there is a column, letter case aside.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.eq_ignore_ascii_case(name))
    }
}

/// Why a table can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// There is none of this name.
    Missing,
    /// It is there, but can't be read, or must not be.
    Unreadable(String),
    /// It takes more memory than there is.
    TooLarge,
}

/// The tables there are.
pub trait Tables: Send + Sync {
    /// The columns of a table.
    fn schema(&self, name: &TableName) -> Result<Schema, Absent>;

    /// A table with its rows. `memory` is how many bytes of memory it may take.
    fn table(&self, name: &TableName, memory: usize) -> Result<Arc<Table>, Absent>;

    /// What is known of IP addresses.
    fn addresses(&self, kind: AddressField) -> Result<Arc<dyn Addresses>, Absent>;
}

/// No tables at all.
#[derive(Debug)]
pub struct NoTables;

impl Tables for NoTables {
    fn schema(&self, _name: &TableName) -> Result<Schema, Absent> {
        Err(Absent::Missing)
    }

    fn table(&self, _name: &TableName, _room: usize) -> Result<Arc<Table>, Absent> {
        Err(Absent::Missing)
    }

    fn addresses(&self, _kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        Err(Absent::Missing)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables() {
        let name = TableName::read("PATH://\"/Library/A b\"");
        assert_eq!((name.path(), name.is_modern(), name.scheme().as_str()), ("/Library/A b", true, ""));
        assert_eq!(name.to_string(), "path://\"/Library/A b\"");
        let name = TableName::read("GEO://location");
        assert_eq!((name.is_modern(), name.scheme().as_str()), (false, "geo"));
        assert!(TableName::read("/Shared/x").same(&TableName::read("shared/X")));
    }
}
