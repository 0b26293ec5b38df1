//! The last segment of a plan, and the columns of the result: those that the plan names, and those that only the data
//! name.

use super::bag::fields;
use super::segment::over_table;
use super::spill::row_queue::{Queue, Spooled};
use crate::program::batch::Row;
use crate::program::context::RunContext;
use crate::program::plan::Plan;
use crate::program::row_stream::Flow;
use serde_json::Map;
use std::collections::{HashMap, HashSet};
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

/// Runs the last segment and picks the output columns. When memory runs out, the rows that fitted are there. The second
/// answer are the rows that follow where they are not in memory; with `whole` all must be.
pub(super) fn show(plan: &Plan, rows: Flow, whole: bool, context: &RunContext<'_>) -> (Table, Option<Spooled>) {
    let mut out = Table { columns: plan.output.iter().map(|column| column.name.clone()).collect(), rows: Vec::new() };
    let mut found = DataColumns::new(plan, &out.columns);
    let mut queue = if whole { Queue::in_memory() } else { Queue::default() };
    let Some(segment) = plan.segments.last() else { return (out, None) };
    over_table(segment, rows, context, |_, batch| {
        for row in batch.iter() {
            let mut cells: Vec<Owned> = Vec::with_capacity(plan.output.len() + plan.bags.len());
            cells.extend(plan.output.iter().map(|column| row.get(column.slot).owned()));
            // The bags wait behind the columns until all names are known.
            cells.extend(plan.bags.iter().map(|slot| row.get(*slot).owned()));
            // A row that is not kept adds no names.
            if let Err(over) = queue.push(cells.into_boxed_slice(), context.budget) {
                context.ran_out(over);
                return false;
            }
            found.note(row, plan);
        }
        true
    });
    let rest;
    (out.rows, rest) = queue.end(context);
    match plan.bags.is_empty() {
        true => (out, rest),
        false => found.unpack(plan, (out, rest), context),
    }
}

/// The names of fields that only the data name.
struct DataColumns {
    /// Names that are there already, in lower case.
    known: HashSet<String>,
    /// The others, as they are written where they come first.
    names: Vec<String>,
}

impl DataColumns {
    fn new(plan: &Plan, columns: &[String]) -> DataColumns {
        let mut known: HashSet<String> = plan.hidden.iter().cloned().collect();
        known.extend(columns.iter().map(|name| name.to_lowercase()));
        DataColumns { known, names: Vec::new() }
    }

    fn note(&mut self, row: Row<'_, '_>, plan: &Plan) {
        // All of a row's names in the order in which they stand in its bags.
        let mut of_row = Map::new();
        plan.bags.iter().for_each(|slot| of_row.extend(fields(row.get(*slot))));
        for (name, _) in of_row {
            if self.known.insert(name.to_lowercase()) {
                self.names.push(name);
            }
        }
    }

    /// Makes columns of the fields: messages show them by name, tables in the order of their first row. Of a field that
    /// is in several bags the last counts.
    fn unpack(
        mut self,
        plan: &Plan,
        (mut out, rest): (Table, Option<Spooled>),
        context: &RunContext<'_>,
    ) -> (Table, Option<Spooled>) {
        if plan.raw {
            self.names.sort_by_key(|name| name.to_lowercase());
        }
        let keys: Vec<String> = self.names.iter().map(|name| name.to_lowercase()).collect();
        let (columns, bags_at) = (plan.output.len(), plan.bags_at);
        let unpacked = move |row: Box<[Owned]>| {
            let mut all = row.into_vec();
            // Messages may spell one name differently.
            let mut values: HashMap<String, serde_json::Value> = HashMap::new();
            for bag in all.drain(columns..) {
                values.extend(fields(bag.borrow()).into_iter().map(|(name, value)| (name.to_lowercase(), value)));
            }
            let cells = keys.iter().map(|key| values.get(key).map_or(Owned::Null, Owned::from_json));
            all.splice(bags_at..bags_at, cells);
            all.into_boxed_slice()
        };
        let mut done = 0;
        for row in &mut out.rows {
            context.budget.give_back(row_size(row));
            let all = unpacked(std::mem::take(row));
            if let Err(over) = context.budget.ask(row_size(&all)) {
                context.ran_out(over);
                break;
            }
            *row = all;
            done += 1;
        }
        let whole = done == out.rows.len();
        out.rows.truncate(done);
        out.columns.splice(plan.bags_at..plan.bags_at, self.names);
        // Where rows are missing, those that follow are none that follow.
        (out, rest.filter(|_| whole).map(|rest| rest.changed(unpacked)))
    }
}
