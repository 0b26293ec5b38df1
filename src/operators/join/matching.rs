//! Which rows of the tables go together.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::context::RunContext;
use crate::run::interruptible_sort::sort_unstable;
use std::collections::HashMap;
use sumoql_data::table::Table;
use sumoql_data::table::row_size;
use sumoql_data::value::Owned;

/// A column of a table: the numbers of both.
pub(super) type Column = (usize, usize);

/// Two columns that must be equal.
pub(super) struct Equal {
    pub(super) a: Column,
    pub(super) b: Column,
}

/// How the tables go together.
pub(super) struct Matching {
    /// How many columns of each table are shown; they come first.
    pub(super) widths: Vec<usize>,
    /// How many columns of each table come next, which hold fields that only the data name.
    pub(super) bags: Vec<usize>,
    /// For each table its column of message times, if it is asked for and has one.
    pub(super) times: Vec<Option<usize>>,
    pub(super) equations: Vec<Equal>,
    /// How far apart the times may lie, in milliseconds.
    pub(super) window: Option<i64>,
    pub(super) span: Span,
}

/// The most rows of a table, and of the result: over more, Sumo Logic gives an error.
const MAX_TABLE_ROWS: usize = 25_000;
const MAX_RESULT_ROWS: usize = 10_000_000;
/// About what an entry among the partners takes beside its key.
const ENTRY: usize = 64;

/// A row of the result on its way: the row of each table; tables not yet joined have none.
type RowNumbers = Box<[u32]>;

const NONE: u32 = u32::MAX;

impl Matching {
    /// The rows, ordered by the rows of the first table, then those of the second and so on.
    pub(super) fn join(&self, mut tables: Vec<Table>, context: &RunContext<'_>) -> Table {
        if let Some(most) = tables.iter().map(|table| table.rows.len()).max().filter(|most| *most > MAX_TABLE_ROWS) {
            let message = format!("a table of `join` has {most} rows: Sumo Logic allows at most {MAX_TABLE_ROWS}");
            context.notice(Diagnostic::error(&codes::TOO_MANY, self.span, message).help(
                "only the first ones were \
                                                                                       joined",
            ));
            tables.iter_mut().for_each(|table| table.rows.truncate(MAX_TABLE_ROWS));
        }
        let mut joined: Vec<RowNumbers> = vec![vec![NONE; tables.len()].into()];
        if let Err(over) = context.budget.ask(bytes(&joined)) {
            context.ran_out(over);
        }
        let mut done = vec![false; tables.len()];
        while let Some(next) = self.next(&done) {
            let before = bytes(&joined);
            joined = self.add(joined, next, &done, &tables, context);
            context.budget.give_back(before);
            done[next] = true;
        }
        sort_unstable(&mut joined, context.budget, Ord::cmp);
        context.budget.give_back(bytes(&joined));
        let mut rows = Vec::with_capacity(joined.len());
        for row in joined {
            let own = |(table, at): (usize, &u32)| tables[table].rows[*at as usize].split_at(self.widths[table]);
            let named = row.iter().enumerate().flat_map(|place| own(place).0);
            let bags = row.iter().enumerate().flat_map(|place| &own(place).1[..self.bags[place.0]]);
            let cells: Box<[Owned]> = named.chain(bags).cloned().collect();
            if let Err(over) = context.budget.ask(row_size(&cells)) {
                context.ran_out(over);
                break;
            }
            rows.push(cells);
        }
        Table { columns: Vec::new(), rows }
    }

    /// The next table to join: the first that an equation links to those that are joined, else the first at all.
    fn next(&self, done: &[bool]) -> Option<usize> {
        let open = |table: &usize| !done[*table];
        let linked = |table: &usize| !self.links(*table, done).is_empty();
        (0..done.len()).filter(open).find(linked).or_else(|| (0..done.len()).find(open))
    }

    /// The equations between a table and those that are joined: the column there, and the column of the table.
    fn links(&self, table: usize, done: &[bool]) -> Vec<(Column, usize)> {
        let link = |equal: &Equal| match (equal.a, equal.b) {
            (a, b) if b.0 == table && done[a.0] => Some((a, b.1)),
            (a, b) if a.0 == table && done[b.0] => Some((b, a.1)),
            _ => None,
        };
        self.equations.iter().filter_map(link).collect()
    }

    /// Joins one more table.
    fn add(
        &self,
        joined: Vec<RowNumbers>,
        next: usize,
        done: &[bool],
        tables: &[Table],
        context: &RunContext<'_>,
    ) -> Vec<RowNumbers> {
        let links = self.links(next, done);
        let mut partners: HashMap<String, Vec<u32>> = HashMap::new();
        let mut taken = 0;
        for (at, row) in tables[next].rows.iter().enumerate() {
            if self.equal_inside(next, row)
                && let Some(key) = key(links.iter().map(|(_, column)| &row[*column]))
            {
                let bytes = key.len() + ENTRY;
                if let Err(over) = context.budget.ask(bytes) {
                    context.ran_out(over);
                    break;
                }
                taken += bytes;
                partners.entry(key).or_default().push(at as u32);
            }
        }
        let mut out: Vec<RowNumbers> = Vec::new();
        'rows: for (number, rows) in joined.into_iter().enumerate() {
            if context.ends_at(number) {
                break;
            }
            let cell = |(table, column): Column| &tables[table].rows[rows[table] as usize][column];
            let Some(key) = key(links.iter().map(|(column, _)| cell(*column))) else { continue };
            for partner in partners.get(&key).into_iter().flatten() {
                let mut more = rows.clone();
                more[next] = *partner;
                if self.near(&more, tables) {
                    if out.len() == MAX_RESULT_ROWS {
                        let message =
                            format!("`join` returns more than {MAX_RESULT_ROWS} rows, which Sumo Logic does not allow");
                        context.notice(Diagnostic::error(&codes::TOO_MANY, self.span, message).help(
                            "only the first ones are in \
                                                                                          the result",
                        ));
                        break 'rows;
                    }
                    if let Err(over) = context.budget.ask(bytes(std::slice::from_ref(&more))) {
                        context.ran_out(over);
                        break 'rows;
                    }
                    out.push(more);
                }
            }
        }
        context.budget.give_back(taken);
        out
    }

    /// Whether the equations within a table hold for a row of it.
    fn equal_inside(&self, table: usize, row: &[Owned]) -> bool {
        self.equations.iter().filter(|equal| equal.a.0 == table && equal.b.0 == table).all(|equal| {
            let pair = (key([&row[equal.a.1]]), key([&row[equal.b.1]]));
            matches!(pair, (Some(a), Some(b)) if a == b)
        })
    }

    /// Whether the times of the rows lie close enough together. Tables without times have no say.
    fn near(&self, rows: &RowNumbers, tables: &[Table]) -> bool {
        let Some(window) = self.window else { return true };
        let times = rows
            .iter()
            .enumerate()
            .filter(|(_, at)| **at != NONE)
            .filter_map(|(table, at)| tables[table].rows[*at as usize].get(self.times[table]?)?.borrow().integer());
        let (first, last) = times.fold((i64::MAX, i64::MIN), |(first, last), time| (first.min(time), last.max(time)));
        last.saturating_sub(first) <= window || first > last
    }
}

/// About what rows on their way take.
fn bytes(rows: &[RowNumbers]) -> usize {
    rows.iter().map(|row| size_of::<RowNumbers>() + size_of_val(&**row)).sum()
}

/// What values are compared by: their texts. With a null there is nothing to compare.
fn key<'v>(values: impl IntoIterator<Item = &'v Owned>) -> Option<String> {
    let mut out = String::new();
    for value in values {
        if matches!(value, Owned::Null) {
            return None;
        }
        let text = value.to_string();
        out.push_str(&format!("{}:", text.len()));
        out.push_str(&text);
    }
    Some(out)
}
