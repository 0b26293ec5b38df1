//! Puts the tables of earlier time ranges beside that of now.

use crate::plan::ranges::Combined;
use crate::program::context::RunContext;
use crate::run::order::state_by_key::key;
use std::collections::HashMap;
use sumoql_data::table::Table;
use sumoql_data::table::row_size;
use sumoql_data::value::{Owned, Value};

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

/// A column for the values of earlier ranges.
struct Twin {
    /// The number of the value's column.
    value: usize,
    fold: Option<Fold>,
    /// How far back the ranges lie.
    back: Vec<i64>,
}

/// How the tables go together.
pub(super) struct Beside {
    /// What the columns are, where a stage has grouped the rows.
    pub(super) known: Option<Known>,
    /// The columns that the query names.
    pub(super) shown: Vec<Combined>,
    pub(super) shifts: Vec<Shift>,
    /// How far back the tables after the first lie, in milliseconds.
    pub(super) back: Vec<i64>,
}

/// Columns that are no values, in lower case.
pub(super) struct Known {
    /// The fields that tell the rows apart.
    pub(super) keys: Vec<String>,
    /// Fields that were made of those.
    pub(super) labels: Vec<String>,
}

/// What a column is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ColumnRole {
    /// It tells the rows apart.
    Key,
    /// It says the same in all rows of a key.
    Label,
    /// Each range has its own, and the result a column for each.
    Value,
}

/// A column of all tables together.
struct Column {
    name: String,
    /// Where each table has it.
    places: Vec<Option<usize>>,
    kind: ColumnRole,
}

impl Beside {
    /// One table of that of now and those of earlier ranges.
    pub(super) fn combine(&self, mut tables: Vec<Table>, context: &RunContext<'_>) -> Table {
        let columns = self.columns(&tables);
        for (table, back) in tables.iter_mut().skip(1).zip(&self.back) {
            self.forward(table, *back);
        }
        let of_kind = |kind: ColumnRole| columns.iter().filter(move |column| column.kind == kind).collect::<Vec<_>>();
        let (keys, values) = (of_kind(ColumnRole::Key), of_kind(ColumnRole::Value));
        let key_of = |row: &[Owned], number: usize| {
            key(keys.iter().map(|column| cell(row, column.places[number])).map(Owned::borrow))
        };
        // Where each earlier table has the row of a key; of several the first.
        let mut rows_of: Vec<HashMap<Vec<u8>, usize>> = vec![HashMap::new()];
        for (number, table) in tables.iter().enumerate().skip(1) {
            let mut rows = HashMap::with_capacity(table.rows.len());
            for (at, row) in table.rows.iter().enumerate() {
                let row_key = key_of(row, number);
                if let Err(over) = context.budget.ask(row_key.len() + ENTRY) {
                    context.ran_out(over);
                    break;
                }
                rows.entry(row_key).or_insert(at);
            }
            rows_of.push(rows);
        }
        let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let twins: Vec<(&Column, Option<Fold>, Vec<usize>)> = self
            .twins(&mut names, values.len(), |value| &values[value].name)
            .into_iter()
            .map(|twin| {
                (values[twin.value], twin.fold, twin.back.iter().filter_map(|back| self.table(*back)).collect())
            })
            .collect();
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
                let own = columns.iter().map(|column| match column.kind != ColumnRole::Value || number == 0 {
                    true => cell(row, column.places[number]).clone(),
                    false => Owned::Null,
                });
                let more = twins.iter().map(|(column, fold, from)| {
                    let earlier =
                        |table: &usize| Some(cell(&tables[*table].rows[places[*table]?], column.places[*table]));
                    self::fold(*fold, &from.iter().filter_map(earlier).collect::<Vec<_>>())
                });
                let row: Box<[Owned]> = own.chain(more).collect();
                if let Err(over) = context.budget.ask(row_size(&row)) {
                    context.ran_out(over);
                    break 'tables;
                }
                rows.push(row);
                if number == 0 {
                    // Nobody looks at a row of now again.
                    let done = std::mem::take(&mut tables[0].rows[at]);
                    context.budget.give_back(row_size(&done));
                }
            }
        }
        Table { columns: names, rows }
    }

    /// The number of the table that lies so far back.
    fn table(&self, back: i64) -> Option<usize> {
        self.back.iter().position(|known| *known == back).map(|at| at + 1)
    }

    /// The columns of the result, where the query names all of them.
    pub(super) fn result(&self) -> Vec<Combined> {
        let values: Vec<&Combined> =
            self.shown.iter().filter(|column| self.kind(&column.name) == Some(ColumnRole::Value)).collect();
        let mut names: Vec<String> = self.shown.iter().map(|column| column.name.clone()).collect();
        let twins = self.twins(&mut names, values.len(), |value| &values[value].name);
        let new = names.into_iter().skip(self.shown.len()).zip(twins);
        let twin = |(name, twin): (String, Twin)| Combined { name, ..values[twin.value].clone() };
        self.shown.iter().cloned().chain(new.map(twin)).collect()
    }

    /// What the query says of a column that it names.
    fn named(&self, name: &str) -> Option<&Combined> {
        self.shown.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The columns that the values of earlier ranges get, each with the value's number; their names are added to `names`.
    /// A name that is there already is left out.
    fn twins<'n>(&self, names: &mut Vec<String>, values: usize, name: impl Fn(usize) -> &'n String) -> Vec<Twin> {
        let mut twins = Vec::new();
        for shift in &self.shifts {
            for (ending, back) in shift.endings() {
                for value in 0..values {
                    let twin = format!("{}_{ending}", name(value));
                    if !names.iter().any(|other| other.eq_ignore_ascii_case(&twin)) {
                        names.push(twin);
                        twins.push(Twin { value, fold: shift.fold, back: back.clone() });
                    }
                }
            }
        }
        twins
    }

    /// What a column is, if that is known without its values.
    fn kind(&self, name: &str) -> Option<ColumnRole> {
        let (known, name) = (self.known.as_ref()?, name.to_lowercase());
        Some(match () {
            () if known.keys.contains(&name) => ColumnRole::Key,
            () if known.labels.contains(&name) => ColumnRole::Label,
            () => ColumnRole::Value,
        })
    }

    /// The columns of now, then those that only earlier tables have. Where no stage has grouped the rows, columns that hold
    /// something else than numbers tell them apart. A column that counts only if it has a value must have one.
    fn columns(&self, tables: &[Table]) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for name in tables.iter().flat_map(|table| &table.columns) {
            if columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let places: Vec<Option<usize>> = tables.iter().map(|table| table.column(name)).collect();
            let all = |test: fn(&Owned) -> bool| {
                let of_table =
                    |(table, place): (&Table, &Option<usize>)| table.rows.iter().all(|row| test(cell(row, *place)));
                tables.iter().zip(&places).all(of_table)
            };
            if self.named(name).is_some_and(|column| column.maybe) && all(|cell| matches!(cell, Owned::Null)) {
                continue;
            }
            let numbers = |cell: &Owned| matches!(cell, Owned::Null | Owned::Int(_) | Owned::Double(_));
            let kind =
                self.kind(name).unwrap_or_else(|| if all(numbers) { ColumnRole::Value } else { ColumnRole::Key });
            columns.push(Column { name: name.clone(), places, kind });
        }
        columns
    }

    /// Moves the times that say which row it is in an earlier table to where they belong now.
    fn forward(&self, table: &mut Table, back: i64) {
        for (at, name) in table.columns.iter().enumerate() {
            if self.named(name).is_some_and(|column| column.time)
                && self.kind(name).is_some_and(|kind| kind != ColumnRole::Value)
            {
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
