//! `transpose`: values become columns.

use crate::catalogue::{Example, Expect, Group, OperatorDef};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::{OperatorCall, Planner};
use crate::run::batch::{Batch, Slot};
use crate::run::codec::{Corrupt, Reader};
use crate::run::gather::{Gather, Partial, World};
use crate::run::keyed::key;
use crate::run::memory::{Budget, OverBudget};
use crate::run::table::Table;
use crate::run::value::{Owned, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

pub static DEF: OperatorDef = OperatorDef {
    name: "transpose",
    group: Group::Table,
    form: "'transpose' 'row' ('[' row:field,+ ']' | row:field,+) 'column' ('[' column:field,+ ']' | column:field,+) ('as' ('[' out:(name:field | '*'),+ ']' | out:(name:field | '*'),+))?",
    summary: "Makes a column of each value of a field.",
    doc: "One row for each combination of the row fields, and a column for each value of the column field, by name; the cells \
          hold the remaining field. What is missing is null. After `as` only the listed columns are kept, in this order; \
          `*` stands for all others. There are 300 columns at most.\n\n\
          With several remaining fields a column is called `value_field`; with several column fields their values are \
          joined by `_`. Of rows for the same cell the last counts.",
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
            title: "Some first, then all others",
            query: "* | parse \"u=* s=*;\" as u, s nodrop | count by u, s | transpose row u column s as x, *",
            messages: &["u=a s=y;", "u=a s=x;", "none"],
            expect: Expect::Rows(&["u", "x", "y", "null"], &[&["", "", "", "1"], &["a", "1", "1", ""]]),
        },
        Example {
            title: "Later stages know the columns too",
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
    dialect: None,
    plan,
};

/// The most columns that values make.
const MOST_COLUMNS: usize = 300;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if planner.has_messages() {
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, "`transpose` needs an aggregate before it")
            .help("for example `| count by a, b | transpose row a column b`"));
    }
    let (rows, columns) = (call.args.fields("row"), call.args.fields("column"));
    let row_slots = planner.all_fields(&rows)?;
    let column_slots = planner.all_fields(&columns)?;
    let taken: HashSet<String> = rows.iter().chain(&columns).map(|name| name.key()).collect();
    let mut row_names = Vec::new();
    let shown = planner.shown();
    for row in &rows {
        // The spelling with which the field was made.
        row_names.push(shown.iter().find(|name| name.to_lowercase() == row.key()).unwrap_or(&row.text).clone());
    }
    let mut measures: Vec<(String, Slot)> = Vec::new();
    for name in shown.iter().filter(|name| !taken.contains(&name.to_lowercase())) {
        measures.push((name.clone(), planner.field_slot(name)));
    }
    if measures.is_empty() {
        let message = "no field is left for the cells of `transpose`";
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message)
            .help("besides the row and column fields there must be one more, such as `_count`"));
    }
    let listed = call.args.groups("out");
    let names: Vec<String> = listed.iter().filter_map(|(out, _)| Some(out.field("name")?.text.clone())).collect();
    let open = listed.is_empty() || listed.iter().any(|(out, _)| out.has("*"));
    let mut fixed = row_names.clone();
    fixed.extend(names.iter().cloned());
    let transpose = Transpose {
        rows: row_slots,
        columns: column_slots,
        measures,
        row_names: row_names.clone(),
        names,
        open,
        span: call.span,
    };
    if !open {
        planner.gather(Box::new(transpose), &fixed);
        planner.set_transposed();
        planner.set_group_keys(&row_names);
        return Ok(());
    }
    planner.gather_open(Box::new(transpose), &fixed);
    planner.set_transposed();
    planner.set_group_keys(&row_names);
    Ok(())
}

#[derive(Clone)]
struct Transpose {
    rows: Vec<Slot>,
    columns: Vec<Slot>,
    measures: Vec<(String, Slot)>,
    row_names: Vec<String>,
    /// The columns listed.
    names: Vec<String>,
    /// Whether others come after them.
    open: bool,
    span: Span,
}

impl Gather for Transpose {
    fn start(&self, _: &[Slot]) -> Box<dyn Partial> {
        Box::new(Cells { spec: self.clone(), rows: Vec::new(), numbers: HashMap::new(), columns: BTreeMap::new() })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt> {
        Err(Corrupt)
    }
}

struct Cells {
    spec: Transpose,
    /// The row fields of each row, in order of appearance.
    rows: Vec<Box<[Owned]>>,
    numbers: HashMap<Vec<u8>, usize>,
    /// For each column its cells, by number of the row.
    columns: BTreeMap<String, HashMap<usize, Owned>>,
}

impl Partial for Cells {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let row_key = key(self.spec.rows.iter().map(|slot| row.get(*slot)));
            let new = self.rows.len();
            let mut bytes = 0;
            let number = *self.numbers.entry(row_key).or_insert(new);
            if number == new {
                let cells: Box<[Owned]> = self.spec.rows.iter().map(|slot| row.get(*slot).owned()).collect();
                bytes += 2 * crate::run::ordered::size(&cells) + 64;
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
            for (name, slot) in &self.spec.measures {
                let column = match self.spec.measures.len() {
                    1 => value.clone(),
                    _ => format!("{value}_{name}"),
                };
                let cell = row.get(*slot).owned();
                bytes += cell.heap() + 48;
                self.columns.entry(column).or_default().insert(number, cell);
            }
            budget.ask(bytes)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, world: &World<'_>) -> Table {
        let mut columns: Vec<(String, Option<HashMap<usize, Owned>>)> = Vec::new();
        for name in &self.spec.names {
            let found = self.columns.keys().find(|column| column.eq_ignore_ascii_case(name)).cloned();
            columns.push((name.clone(), found.and_then(|found| self.columns.remove(&found))));
        }
        if self.spec.open {
            if self.columns.len() > MOST_COLUMNS {
                let message = format!("`transpose` made the first {MOST_COLUMNS} of {} columns", self.columns.len());
                world.notice(Diagnostic::warning(&codes::LIMITED, self.spec.span, message));
            }
            let taken: HashSet<String> = self.spec.row_names.iter().map(|name| name.to_lowercase()).collect();
            let mut names = taken;
            names.extend(columns.iter().map(|(name, _)| name.to_lowercase()));
            for (name, cells) in std::mem::take(&mut self.columns).into_iter().take(MOST_COLUMNS) {
                columns.push((fresh(name, &mut names), Some(cells)));
            }
        }
        let mut rows = Vec::with_capacity(self.rows.len());
        for (number, row) in self.rows.into_iter().enumerate() {
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
