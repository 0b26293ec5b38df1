//! `transpose`: values become columns.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::columns::Column;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Batch, Row, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::run::bag::Bags;
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::Name;
use std::collections::{BTreeMap, HashMap, HashSet};
use sumoql_data::table::Table;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "transpose",
    group: Group::Table,
    form: "'transpose' 'row' ('[' row:field,+ ']' | row:field,+) 'column' ('[' column:field,+ ']' | column:field,+) ('as' ('[' out:(name:field | '*'),+ ']' | out:(name:field | '*'),+))?",
    summary: "Turns each value of a field into a column.",
    doc: "The result has a row for each combination of the row fields, and a column for each value of the column \
          field, sorted by name. The cells contain the remaining field; missing cells are null. With `as`, only the \
          listed columns are kept, in this order; `*` stands for all others. There are at most 300 columns.\n\n\
          If several fields remain, a column has the name `value_field`; if there are several column fields, their \
          values are joined by `_`. If several rows have the same cell, the last one is used.",
    page: "search/search-query-language/search-operators/transpose",
    also: &["pivot", "crosstab", "columns", "spread", "matrix"],
    examples: &[
        Example {
            title: "A column for each status",
            query: "* | parse \"u=* s=*\" as u, s | count by u, s | transpose row u column s",
            messages: &["u=a s=404", "u=a s=200", "u=b s=200", "u=a s=200"],
            expect: Expect::Rows(&["u", "200", "404"], &[&["a", "2", "1"], &["b", "1", ""]]),
        },
        Example {
            title: "Only the listed columns, one of them without data",
            query: "* | parse \"u=* s=*\" as u, s | count by u, s | transpose row u column s as %\"404\", %\"500\" | fields u, %\"404\", %\"500\", %\"200\"",
            messages: &["u=a s=404", "u=a s=200"],
            expect: Expect::Rows(&["u", "404", "500", "200"], &[&["a", "1", "", ""]]),
        },
        Example {
            title: "Some columns first, then all others",
            query: "* | parse \"u=* s=*;\" as u, s nodrop | count by u, s | transpose row u column s as x, *",
            messages: &["u=a s=y;", "u=a s=x;", "none"],
            expect: Expect::Rows(&["u", "x", "y", "null"], &[&["", "", "", "1"], &["a", "1", "1", ""]]),
        },
        Example {
            title: "Later stages can use the columns",
            query: "* | parse \"u=* s=*\" as u, s | count by u, s | transpose row u column s | x + y as both | sum(both) as n",
            messages: &["u=a s=y", "u=a s=x", "u=b s=x"],
            expect: Expect::Rows(&["n"], &[&["2"]]),
        },
        Example {
            title: "Not before an aggregate",
            query: "* | parse \"u=* s=*\" as u, s | transpose row u column s",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    role: OperatorRole::Transpose,
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The most columns that values make.
const MAX_COLUMNS: usize = 300;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if planner.rows.messages {
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, "`transpose` needs an aggregate before it")
            .help("for example, `| count by a, b | transpose row a column b`"));
    }
    let (rows, columns) = (call.args.fields("row"), call.args.fields("column"));
    let mut breaker = planner.breaker();
    let row_slots = breaker.fields(&rows)?;
    let column_slots = breaker.fields(&columns)?;
    let taken: HashSet<String> = rows.iter().chain(&columns).map(|name| name.key()).collect();
    let there = breaker.columns();
    // The spelling with which the field was made.
    let spelling =
        |name: &&Name| there.named.iter().map(|column| &column.name).find(|n| n.to_lowercase() == name.key());
    let row_names: Vec<String> = rows.iter().map(|row| spelling(row).unwrap_or(&row.text).clone()).collect();
    let measures: Vec<Column> =
        there.named.into_iter().filter(|column| !taken.contains(&column.name.to_lowercase())).collect();
    let mut bags = there.bags;
    if measures.is_empty() && bags.is_empty() {
        let message = "no field is left for the cells of `transpose`";
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message)
            .help("the rows must have one more field than the row and column fields, such as `_count`"));
    }
    bags.known.extend(taken);
    let listed = call.args.groups("out");
    let names: Vec<String> = listed.iter().filter_map(|(out, _)| Some(out.field("name")?.text.clone())).collect();
    let open = listed.is_empty() || listed.iter().any(|(out, _)| out.has("*"));
    let mut fixed = row_names.clone();
    fixed.extend(names.iter().cloned());
    let transpose = Transpose {
        rows: row_slots,
        columns: column_slots,
        measures,
        bags,
        row_names: row_names.clone(),
        names,
        open,
        span: call.span,
    };
    match open {
        true => breaker.renew_open(transpose, &fixed),
        false => breaker.renew(transpose, &fixed),
    }
    planner.rows.transposed = true;
    planner.rows.set_group_keys(&row_names);
    Ok(())
}

#[derive(Clone)]
struct Transpose {
    rows: Vec<InputSlot>,
    columns: Vec<InputSlot>,
    /// The fields that the cells hold, and such as only the data name.
    measures: Vec<Column>,
    bags: Bags<InputSlot>,
    row_names: Vec<String>,
    /// The columns listed.
    names: Vec<String>,
    /// Whether others come after them.
    open: bool,
    span: Span,
}

impl PipelineBreaker for Transpose {
    fn start(&self, _: &[Slot]) -> Box<dyn PartialState> {
        let measures = self.measures.iter().map(|column| (column.name.clone(), !column.maybe)).collect();
        Box::new(Cells {
            spec: self.clone(),
            rows: Vec::new(),
            numbers: HashMap::new(),
            measures,
            found: HashMap::new(),
            cells: HashMap::new(),
        })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

/// The cells of a column, by number of the row.
type ColumnCells = HashMap<usize, Owned>;

struct Cells {
    spec: Transpose,
    /// The row fields of each row, in order of appearance.
    rows: Vec<Box<[Owned]>>,
    numbers: HashMap<Vec<u8>, usize>,
    /// The fields that the cells hold, and whether they count: one that may have no value does once it has one.
    measures: Vec<(String, bool)>,
    /// Where those are that only the data name, by their names in lower case.
    found: HashMap<String, usize>,
    /// For each value of the column fields and each measure its cells.
    cells: HashMap<String, Vec<ColumnCells>>,
}

impl Cells {
    /// The values of a row for its cells, by number of the measure.
    fn values(&mut self, row: Row<'_, '_>) -> Vec<(usize, Owned)> {
        let mut values = Vec::with_capacity(self.measures.len());
        for (number, column) in self.spec.measures.iter().enumerate() {
            let value = row.get(column.slot).owned();
            self.measures[number].1 |= !matches!(value, Owned::Null);
            values.push((number, value));
        }
        if !self.spec.bags.is_empty() {
            for (name, value) in self.spec.bags.of(row) {
                let new = self.measures.len();
                let number = *self.found.entry(name.to_lowercase()).or_insert(new);
                if number == new {
                    self.measures.push((name, true));
                }
                values.push((number, value));
            }
        }
        values
    }

    /// The columns by name. With several measures, each name has the measure's behind the value.
    fn columns(&mut self) -> BTreeMap<String, ColumnCells> {
        let single = self.measures.iter().filter(|(_, counts)| *counts).count() == 1;
        let mut columns: BTreeMap<String, ColumnCells> = BTreeMap::new();
        let mut values: Vec<_> = std::mem::take(&mut self.cells).into_iter().collect();
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (value, cells) in values {
            for ((measure, counts), cells) in self.measures.iter().zip(cells) {
                if *counts && !cells.is_empty() {
                    let name = if single { value.clone() } else { format!("{value}_{measure}") };
                    columns.entry(name).or_default().extend(cells);
                }
            }
        }
        columns
    }
}

impl PartialState for Cells {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let row_key = key(self.spec.rows.iter().map(|slot| row.get(*slot)));
            let new = self.rows.len();
            let mut bytes = 0;
            let number = *self.numbers.entry(row_key).or_insert(new);
            if number == new {
                let cells: Box<[Owned]> = self.spec.rows.iter().map(|slot| row.get(*slot).owned()).collect();
                bytes += 2 * sumoql_data::table::row_size(&cells) + 64;
                self.rows.push(cells);
            }
            let mut value = String::new();
            for (at, slot) in self.spec.columns.iter().enumerate() {
                if at > 0 {
                    value.push('_');
                }
                match row.get(*slot) {
                    Value::Null => value.push_str("null"),
                    other => other.write(&mut value),
                }
            }
            let values = self.values(row);
            let columns = self.cells.entry(value).or_default();
            columns.resize_with(self.measures.len().max(columns.len()), ColumnCells::new);
            for (measure, cell) in values {
                bytes += cell.heap() + 48;
                columns[measure].insert(number, cell);
            }
            budget.ask(bytes)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, context: &RunContext<'_>) -> Table {
        let mut found = self.columns();
        if context.ended() {
            return Table::default();
        }
        let mut columns: Vec<(String, Option<ColumnCells>)> = Vec::new();
        for name in &self.spec.names {
            let column = found.keys().find(|column| column.eq_ignore_ascii_case(name)).cloned();
            columns.push((name.clone(), column.and_then(|column| found.remove(&column))));
        }
        if self.spec.open {
            if found.len() > MAX_COLUMNS {
                let message = format!("`transpose` returned only the first {MAX_COLUMNS} of {} columns", found.len());
                context.notice(Diagnostic::warning(&codes::LIMITED, self.spec.span, message));
            }
            let taken: HashSet<String> = self.spec.row_names.iter().map(|name| name.to_lowercase()).collect();
            let mut names = taken;
            names.extend(columns.iter().map(|(name, _)| name.to_lowercase()));
            for (name, cells) in found.into_iter().take(MAX_COLUMNS) {
                columns.push((fresh(name, &mut names), Some(cells)));
            }
        }
        let mut rows = Vec::with_capacity(self.rows.len());
        for (number, row) in self.rows.into_iter().enumerate() {
            if context.ends_at(number) {
                break;
            }
            let cells = columns
                .iter_mut()
                .map(|(_, cells)| cells.as_mut().and_then(|cells| cells.remove(&number)).unwrap_or_default());
            rows.push(row.into_vec().into_iter().chain(cells).collect());
        }
        let mut names = self.spec.row_names;
        names.extend(columns.into_iter().map(|(name, _)| name));
        Table { columns: names, rows }
    }
}

/// A name that no other column has: the letter case of names does not count, that of values does.
fn fresh(name: String, taken: &mut HashSet<String>) -> String {
    if taken.insert(name.to_lowercase()) {
        return name;
    }
    let mut number = 2;
    loop {
        let other = format!("{name}_{number}");
        if taken.insert(other.to_lowercase()) {
            return other;
        }
        number += 1;
    }
}
