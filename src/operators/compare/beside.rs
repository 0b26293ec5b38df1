//! Puts the tables of earlier time ranges beside that of now.

use crate::run::gather::World;
use crate::run::keyed::key;
use crate::run::ordered::size;
use crate::run::table::Table;
use crate::run::value::{Owned, Value};
use std::collections::HashMap;

/// What an entry of a table of keys takes beside the key.
const ENTRY: usize = 64;

/// One shift, or several of the same length.
pub(super) struct Shift {
    /// Its length in milliseconds.
    pub(super) step: i64,
    /// The number and the unit as written.
    pub(super) number: i64,
    pub(super) unit: String,
    /// How many times.
    pub(super) count: i64,
    /// What makes one column of several.
    pub(super) fold: Option<Fold>,
    pub(super) alias: Option<String>,
}

/// What becomes of the values of several ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Average,
    Least,
    Greatest,
}

impl Shift {
    /// How far back its ranges lie.
    pub(super) fn back(&self) -> impl Iterator<Item = i64> + '_ {
        (1..=self.count).map(|times| self.step.saturating_mul(times))
    }

    /// The endings of its columns' names, each with the ranges that the column is made of.
    fn endings(&self) -> Vec<(String, Vec<i64>)> {
        let length = |times: i64| format!("{}{}", self.number.saturating_mul(times), self.unit);
        if let Some(fold) = self.fold {
            let name = match fold {
                Fold::Average => "avg",
                Fold::Least => "min",
                Fold::Greatest => "max",
            };
            let ending = self.alias.clone().unwrap_or_else(|| format!("{}_{name}", length(self.count)));
            return vec![(ending, self.back().collect())];
        }
        let ending = |times: i64| match &self.alias {
            Some(alias) if self.count == 1 => alias.clone(),
            Some(alias) => format!("{alias}_{}", length(times)),
            None => length(times),
        };
        (1..=self.count).zip(self.back()).map(|(times, back)| (ending(times), vec![back])).collect()
    }
}

/// How the tables go together.
pub(super) struct Beside {
    /// The fields that tell the rows apart, in lower case.
    pub(super) keys: Vec<String>,
    /// The columns that hold times, in lower case.
    pub(super) times: Vec<String>,
    pub(super) shifts: Vec<Shift>,
    /// How far back the tables after the first lie, in milliseconds.
    pub(super) back: Vec<i64>,
}

/// A column of all tables together.
struct Column {
    name: String,
    /// Where each table has it.
    places: Vec<Option<usize>>,
    key: bool,
}

impl Beside {
    /// One table of that of now and those of earlier ranges.
    pub(super) fn combine(&self, mut tables: Vec<Table>, world: &World<'_>) -> Table {
        let columns = self.columns(&tables);
        for (table, back) in tables.iter_mut().skip(1).zip(&self.back) {
            self.forward(table, *back);
        }
        let keys: Vec<&Column> = columns.iter().filter(|column| column.key).collect();
        let values: Vec<&Column> = columns.iter().filter(|column| !column.key).collect();
        let key_of = |row: &[Owned], number: usize| {
            key(keys.iter().map(|column| cell(row, column.places[number])).map(Owned::borrow))
        };
        // Where each earlier table has the row of a key; of several the first.
        let mut rows_of: Vec<HashMap<Vec<u8>, usize>> = vec![HashMap::new()];
        for (number, table) in tables.iter().enumerate().skip(1) {
            let mut rows = HashMap::with_capacity(table.rows.len());
            for (at, row) in table.rows.iter().enumerate() {
                let row_key = key_of(row, number);
                if let Err(over) = world.budget.ask(row_key.len() + ENTRY) {
                    world.ran_out(over);
                    break;
                }
                rows.entry(row_key).or_insert(at);
            }
            rows_of.push(rows);
        }
        let endings: Vec<(Option<Fold>, String, Vec<usize>)> = self
            .shifts
            .iter()
            .flat_map(|shift| shift.endings().into_iter().map(|(name, back)| (shift.fold, name, back)))
            .map(|(fold, name, back)| (fold, name, back.iter().filter_map(|back| self.table(*back)).collect()))
            .collect();
        let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let mut twins: Vec<(&Column, Option<Fold>, &[usize])> = Vec::new();
        for (fold, ending, from) in &endings {
            for column in &values {
                let name = format!("{}_{ending}", column.name);
                if !names.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
                    names.push(name);
                    twins.push((column, *fold, from));
                }
            }
        }
        // All rows of now stay; of earlier ones those with a key that no table before has.
        let mut rows = Vec::new();
        let mut known: Vec<Vec<bool>> = tables.iter().map(|table| vec![false; table.rows.len()]).collect();
        'tables: for number in 0..tables.len() {
            for at in 0..tables[number].rows.len() {
                let row_key = key_of(&tables[number].rows[at], number);
                let places: Vec<Option<usize>> = rows_of.iter().map(|rows| rows.get(&row_key).copied()).collect();
                if number > 0 && (known[number][at] || places[number] != Some(at)) {
                    continue;
                }
                for (known, place) in known.iter_mut().zip(&places) {
                    place.iter().for_each(|place| known[*place] = true);
                }
                let row = &tables[number].rows[at];
                let own = columns.iter().map(|column| match column.key || number == 0 {
                    true => cell(row, column.places[number]).clone(),
                    false => Owned::Null,
                });
                let more = twins.iter().map(|(column, fold, from)| {
                    let earlier =
                        |table: &usize| Some(cell(&tables[*table].rows[places[*table]?], column.places[*table]));
                    self::fold(*fold, &from.iter().filter_map(earlier).collect::<Vec<_>>())
                });
                let row: Box<[Owned]> = own.chain(more).collect();
                if let Err(over) = world.budget.ask(size(&row)) {
                    world.ran_out(over);
                    break 'tables;
                }
                rows.push(row);
                if number == 0 {
                    // Nobody looks at a row of now again.
                    let done = std::mem::take(&mut tables[0].rows[at]);
                    world.budget.give_back(size(&done));
                }
            }
        }
        Table { columns: names, rows }
    }

    /// The number of the table that lies so far back.
    fn table(&self, back: i64) -> Option<usize> {
        self.back.iter().position(|known| *known == back).map(|at| at + 1)
    }

    /// The columns of now, then those that only earlier tables have. Columns without a number are keys too: labels that
    /// were made of keys.
    fn columns(&self, tables: &[Table]) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for name in tables.iter().flat_map(|table| &table.columns) {
            if columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let places: Vec<Option<usize>> = tables.iter().map(|table| table.column(name)).collect();
            let mut cells =
                tables.iter().zip(&places).flat_map(|(table, place)| table.rows.iter().map(|row| cell(row, *place)));
            let numbers = cells.all(|cell| matches!(cell, Owned::Null | Owned::Int(_) | Owned::Double(_)));
            let named = self.keys.contains(&name.to_lowercase());
            columns.push(Column { name: name.clone(), places, key: named || !numbers });
        }
        columns
    }

    /// Moves the times among the keys of an earlier table to where they belong now.
    fn forward(&self, table: &mut Table, back: i64) {
        for (at, name) in table.columns.iter().enumerate() {
            let name = name.to_lowercase();
            if self.times.contains(&name) && self.keys.contains(&name) {
                for row in &mut table.rows {
                    if let Owned::Int(time) = &mut row[at] {
                        *time = time.saturating_add(back);
                    }
                }
            }
        }
    }
}

/// The cell of a row; a column that the table does not have holds nulls.
fn cell(row: &[Owned], place: Option<usize>) -> &Owned {
    place.and_then(|place| row.get(place)).unwrap_or(&Owned::Null)
}

/// The value of one range, or of several together; those without one do not count.
fn fold(fold: Option<Fold>, found: &[&Owned]) -> Owned {
    let numbers = || found.iter().filter_map(|value| value.borrow().number());
    let folded = match fold {
        None => return found.first().map_or(Owned::Null, |value| (*value).clone()),
        Some(Fold::Least) => numbers().reduce(f64::min),
        Some(Fold::Greatest) => numbers().reduce(f64::max),
        Some(Fold::Average) => numbers().reduce(|a, b| a + b).map(|sum| sum / numbers().count() as f64),
    };
    folded.map_or(Owned::Null, |n| Value::from_number(n).owned())
}
