//! Tables that a query looks things up in, reads and saves. Whoever has them implements [`Tables`]; nothing here reads
//! files.
//!
//! Planning asks for a table's columns only. Its rows are asked for when the run starts: until then another part of the
//! same query may have saved them.

use super::ip_addresses::{Addresses, Kind};
use super::table::Table;
use crate::run::save;
use crate::run::save::Saved;
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

    /// A table with its rows. `room` is how many bytes of memory it may take.
    fn table(&self, name: &TableName, room: usize) -> Result<Arc<Table>, Absent>;

    /// What is known of IP addresses.
    fn addresses(&self, kind: Kind) -> Result<Arc<dyn Addresses>, Absent>;
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

    fn addresses(&self, _kind: Kind) -> Result<Arc<dyn Addresses>, Absent> {
        Err(Absent::Missing)
    }
}

/// Tables, with some rows saved since. A later part of the query sees what an earlier one has saved.
pub struct WithSaved {
    tables: Arc<dyn Tables>,
    saved: Vec<Saved>,
}

impl WithSaved {
    /// These tables, changed by what was saved, in order.
    pub fn new(tables: Arc<dyn Tables>, saved: Vec<Saved>) -> WithSaved {
        WithSaved { tables, saved }
    }
}

impl Tables for WithSaved {
    fn schema(&self, name: &TableName) -> Result<Schema, Absent> {
        let below = self.tables.schema(name);
        match self.saved.iter().rfind(|saved| saved.name.same(name)) {
            // Saving does not change the columns of a table that is there.
            Some(_) if below.as_ref().is_ok_and(|_| name.is_modern()) => below,
            Some(saved) => Ok(Schema { columns: saved.table.columns.clone(), ..Schema::default() }),
            None => below,
        }
    }

    fn table(&self, name: &TableName, room: usize) -> Result<Arc<Table>, Absent> {
        let saved: Vec<&Saved> = self.saved.iter().filter(|saved| saved.name.same(name)).collect();
        // What was there before matters only where nothing has replaced it.
        let from = saved.iter().rposition(|saved| !saved.append).unwrap_or(0);
        let mut table = match saved.get(from) {
            Some(first) if !first.append => None,
            _ => match self.tables.table(name, room) {
                Err(Absent::Missing) if !saved.is_empty() => None,
                found => Some(found?),
            },
        };
        let schema = self.tables.schema(name).ok();
        for saved in &saved[from..] {
            let after = save::after(saved, schema.as_ref(), table.as_deref()).map_err(Absent::Unreadable)?;
            table = Some(Arc::new(after));
        }
        table.ok_or(Absent::Missing)
    }

    fn addresses(&self, kind: Kind) -> Result<Arc<dyn Addresses>, Absent> {
        self.tables.addresses(kind)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::data::value::Owned;

    /// One table, `t`, with a column and a row.
    struct One;

    fn rows(texts: &[&str]) -> Table {
        let row = |text: &&str| Box::from([Owned::Text((*text).into())]);
        Table { columns: vec!["c".into()], rows: texts.iter().map(row).collect() }
    }

    impl Tables for One {
        fn schema(&self, name: &TableName) -> Result<Schema, Absent> {
            match name.path() {
                "t" => Ok(Schema { columns: vec!["c".into()], key: vec!["c".into()], open: false }),
                _ => Err(Absent::Missing),
            }
        }

        fn table(&self, name: &TableName, _room: usize) -> Result<Arc<Table>, Absent> {
            self.schema(name).map(|_| Arc::new(rows(&["0"])))
        }

        fn addresses(&self, _kind: Kind) -> Result<Arc<dyn Addresses>, Absent> {
            Err(Absent::Missing)
        }
    }

    #[test]
    fn what_was_saved_is_seen_in_order() {
        let saved = |name: &str, append: bool, texts: &[&str]| Saved {
            name: TableName::read(name),
            append,
            table: Arc::new(rows(texts)),
        };
        let after = |name: &str, saved: Vec<Saved>| {
            let table = WithSaved::new(Arc::new(One), saved).table(&TableName::read(name), usize::MAX)?;
            Ok(table.rows.iter().map(|row| row[0].to_string()).collect::<Vec<_>>().join(","))
        };
        let both = || vec![saved("t", true, &["0", "1"]), saved("/new/x", false, &["a"])];
        assert_eq!(after("t", both()), Ok("0,0,1".to_string()));
        assert_eq!(after("NEW/x", both()), Ok("a".to_string()));
        assert_eq!(after("y", both()), Err(Absent::Missing));
        let replaced = vec![saved("t", true, &["1"]), saved("t", false, &["2"]), saved("t", true, &["3"])];
        assert_eq!(after("t", replaced), Ok("2,3".to_string()));
        // In the library the key counts.
        assert_eq!(after("t", vec![saved("path://\"t\"", true, &["0", "1"])]), Ok("0,1".to_string()));
    }

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
