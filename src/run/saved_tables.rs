//! `save`: the rows that a query gives away to a table, and what the table then holds.

use super::order::state_by_key::key;
use crate::program::plan::Save;
use std::collections::HashMap;
use std::sync::Arc;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};
use sumoql_data::value::Owned;

/// Rows that a query has saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// To which table.
    pub name: TableName,
    /// Whether they are added to the rows that are there.
    pub append: bool,
    /// The rows.
    pub table: Arc<Table>,
}

impl Saved {
    /// The rows, saved; `optional` are the columns that are left out when they hold nothing.
    pub fn of(save: &Save, table: &Table, optional: &[bool]) -> Saved {
        let empty = |at: &usize| {
            optional.get(*at).is_some_and(|optional| *optional)
                && table.rows.iter().all(|row| matches!(row[*at], Owned::Null))
        };
        let kept: Vec<usize> = (0..table.columns.len()).filter(|at| !empty(at)).collect();
        let columns = kept.iter().map(|at| table.columns[*at].clone()).collect();
        let rows = table.rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect()).collect();
        Saved { name: save.name.clone(), append: save.append, table: Arc::new(Table { columns, rows }) }
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

    fn table(&self, name: &TableName, memory: usize) -> Result<Arc<Table>, Absent> {
        let saved: Vec<&Saved> = self.saved.iter().filter(|saved| saved.name.same(name)).collect();
        // What was there before matters only where nothing has replaced it.
        let from = saved.iter().rposition(|saved| !saved.append).unwrap_or(0);
        let mut table = match saved.get(from) {
            Some(first) if !first.append => None,
            _ => match self.tables.table(name, memory) {
                Err(Absent::Missing) if !saved.is_empty() => None,
                found => Some(found?),
            },
        };
        let schema = self.tables.schema(name).ok();
        for saved in &saved[from..] {
            let after = after(saved, schema.as_ref(), table.as_deref()).map_err(Absent::Unreadable)?;
            table = Some(Arc::new(after));
        }
        table.ok_or(Absent::Missing)
    }

    fn addresses(&self, kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        self.tables.addresses(kind)
    }
}

/// What a table holds after rows were saved to it. `schema` and `before` are what was known of it and what it held.
///
/// A table of the library keeps its columns: others are dropped, a missing one is an error, and a row replaces the one
/// with its key (manual page `save`). A classic one takes over the columns, and rows can be added to it only if theirs are
/// the same (`save-classic`). The error is a text for the user.
pub fn after(saved: &Saved, schema: Option<&Schema>, before: Option<&Table>) -> Result<Table, String> {
    let kept = before.filter(|_| saved.append);
    let columns: &[String] = match (schema, kept) {
        (Some(schema), _) if saved.name.is_modern() && !schema.open => &schema.columns,
        (_, Some(before)) => &before.columns,
        _ => &saved.table.columns,
    };
    let places = places(saved, columns)?;
    let mut out = Table { columns: columns.to_vec(), rows: Vec::new() };
    if let Some(before) = kept {
        let from: Vec<_> = columns.iter().map(|column| before.column(column)).collect();
        out.rows.extend(before.rows.iter().map(|row| picked(row, &from)));
    }
    let keys: Vec<usize> = match schema {
        Some(schema) if saved.name.is_modern() => schema.key.iter().filter_map(|column| out.column(column)).collect(),
        _ => Vec::new(),
    };
    if keys.is_empty() {
        out.rows.extend(saved.table.rows.iter().map(|row| picked(row, &places)));
        return Ok(out);
    }
    let of = |row: &[Owned]| key(keys.iter().map(|at| row[*at].borrow()));
    let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
    let rows = std::mem::take(&mut out.rows).into_iter();
    for row in rows.chain(saved.table.rows.iter().map(|row| picked(row, &places))) {
        match known.entry(of(&row)) {
            std::collections::hash_map::Entry::Occupied(at) => out.rows[*at.get()] = row,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(out.rows.len());
                out.rows.push(row);
            }
        }
    }
    Ok(out)
}

/// Where the saved rows have the columns of the table.
fn places(saved: &Saved, columns: &[String]) -> Result<Vec<Option<usize>>, String> {
    let places: Vec<_> = columns.iter().map(|column| saved.table.column(column)).collect();
    let missing = columns.iter().zip(&places).find(|(_, place)| place.is_none());
    if let Some((column, _)) = missing {
        return Err(format!("the table has a column `{column}`, which the rows lack"));
    }
    let known = |name: &String| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    match saved.table.columns.iter().find(|name| !known(name)) {
        Some(name) if !saved.name.is_modern() => Err(format!("the rows have a column `{name}`, which the table lacks")),
        _ => Ok(places),
    }
}

fn picked(row: &[Owned], places: &[Option<usize>]) -> Box<[Owned]> {
    places.iter().map(|place| place.and_then(|at| row.get(at)).cloned().unwrap_or_default()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
        let row = |row: &&[&str]| row.iter().map(|cell| Owned::Text((*cell).into())).collect();
        Table { columns: columns.iter().map(|c| c.to_string()).collect(), rows: rows.iter().map(row).collect() }
    }

    fn saved(name: &str, append: bool, table: Table) -> Saved {
        Saved { name: TableName::read(name), append, table: Arc::new(table) }
    }

    fn texts(table: &Table) -> Vec<Vec<String>> {
        table.rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect()
    }

    #[test]
    fn a_library_table_keeps_its_columns_and_merges_by_key() {
        let schema = Schema { columns: vec!["id".into(), "v".into()], key: vec!["id".into()], open: false };
        let before = table(&["id", "v"], &[&["1", "a"], &["2", "b"]]);
        let rows = || table(&["V", "extra", "ID"], &[&["B", "x", "2"], &["c", "x", "3"], &["C", "x", "3"]]);
        let name = "path://\"t\"";
        let after_append = after(&saved(name, true, rows()), Some(&schema), Some(&before)).unwrap();
        assert_eq!(texts(&after_append), [["1", "a"], ["2", "B"], ["3", "C"]]);
        let replaced = after(&saved(name, false, rows()), Some(&schema), Some(&before)).unwrap();
        assert_eq!(texts(&replaced), [["2", "B"], ["3", "C"]]);
        let fewer = after(&saved(name, true, table(&["id"], &[])), Some(&schema), Some(&before));
        assert!(fewer.unwrap_err().contains("`v`"));
    }

    #[test]
    fn a_classic_table_takes_only_rows_with_its_columns() {
        let before = table(&["k", "v"], &[&["1", "a"]]);
        let more = after(&saved("x/y", true, table(&["v", "k"], &[&["a", "1"]])), None, Some(&before)).unwrap();
        assert_eq!(
            (more.columns.as_slice(), texts(&more)),
            (&["k".into(), "v".into()][..], vec![vec!["1".to_string(), "a".into()]; 2])
        );
        let other = table(&["k", "v", "w"], &[&["1", "a", "z"]]);
        assert!(after(&saved("x/y", true, other.clone()), None, Some(&before)).unwrap_err().contains("`w`"));
        assert!(after(&saved("x/y", true, table(&["k"], &[])), None, Some(&before)).is_err());
        assert_eq!(after(&saved("x/y", false, other), None, Some(&before)).unwrap().columns, ["k", "v", "w"]);
    }

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

        fn addresses(&self, _kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
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
}
