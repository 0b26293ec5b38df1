//! Stages that see all rows: how they end a segment, and what of the names is left after them.

use super::facts::Gone;
use super::fields::Binding;
use super::{AggregatePlan, Plan, Planner, Segment};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::run::batch::{How, Slot};
use crate::run::gather::{Gather, World};
use crate::run::group::Group;
use crate::run::ranges::{Combine, Range, Ranges};
use crate::run::rows::Rows;
use crate::run::save::Save;
use crate::run::table::Table;
use crate::syntax::tree::Name;

impl Planner<'_> {
    /// Ends the segment with a stage that keeps rows whole. Names stay; their values are carried on demand.
    pub(super) fn gather_rows(&mut self, rows: Rows) {
        self.settle();
        self.ordering = Some(rows);
        self.segments.push(Segment::default());
    }

    /// Puts the ordering stage that a limit could still have joined into its place.
    pub(super) fn settle(&mut self) {
        if let Some(rows) = self.ordering.take() {
            let before = self.here() - 1;
            self.segments[before].gather = Some(Box::new(rows));
        }
    }

    /// Orders the rows; the second of a key says whether ascending. Equal rows keep their order.
    pub fn order(&mut self, keys: Vec<(Slot, bool)>) {
        self.facts.note(|stage| stage.sorts |= !stage.renews);
        self.gather_rows(Rows::all(keys));
    }

    /// Keeps the first rows.
    pub fn limit(&mut self, count: usize) {
        self.goes_by_order();
        self.facts.note(|stage| stage.drops = true);
        match &mut self.ordering {
            Some(rows) if !self.simple && self.segments.last().is_some_and(|s| s.steps.is_empty()) => {
                rows.limit = Some(rows.limit.map_or(count, |limit| limit.min(count)));
            }
            _ => self.gather_rows(Rows { limit: Some(count), ..Rows::all(Vec::new()) }),
        }
    }

    /// Ends the segment with a stage that makes new rows with these columns; nothing else is left.
    pub fn gather(&mut self, gather: Box<dyn Gather>, columns: &[String]) {
        self.goes_by_order();
        self.renew(gather, columns);
    }

    /// What the stage does depends on the order of the rows that reach it.
    fn goes_by_order(&mut self) {
        self.facts.note(|stage| stage.ordered |= !stage.renews);
    }

    fn renew(&mut self, gather: Box<dyn Gather>, columns: &[String]) {
        self.close(gather, columns.len());
        let before = self.lose_names();
        self.forget_rows();
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(How::Column(number), 1, None);
            let time = before.iter().any(|b| b.time && b.key == column.to_lowercase());
            self.bind_kind(column, slot, time);
        }
    }

    /// Ends the segment with a stage that makes new rows whose columns only the data name, but for the first ones.
    pub fn gather_open(&mut self, gather: Box<dyn Gather>, first: &[String]) {
        self.goes_by_order();
        self.close(gather, 0);
        let before = self.lose_names();
        self.forget_rows();
        self.open(first);
        for name in first.iter().filter(|name| before.iter().any(|b| b.time && b.key == name.to_lowercase())) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
    }

    /// The rows that are here now have columns that only the data name, but for the first ones.
    fn open(&mut self, first: &[String]) {
        self.open_table = Some(self.here());
        let bag = self.current().define(How::Bag, 1, None);
        self.bags.push((self.here(), bag));
        for name in first {
            let slot = self.field_slot(name);
            self.bind(name, slot);
        }
        self.bags_after = first.iter().map(|name| name.to_lowercase()).collect();
    }

    /// Puts messages in their order, newest first, unless they are in one already. To be called before a stage that goes
    /// over rows in their order asks for its fields.
    pub fn in_order(&mut self) {
        self.goes_by_order();
        if self.here() == 0 {
            self.gather_rows(Rows::all(Vec::new()));
        }
    }

    /// Keeps the first rows because Sumo Logic handles no more, and says so when there are more.
    pub fn cap(&mut self, count: usize, notice: Diagnostic) {
        self.goes_by_order();
        self.facts.note(|stage| stage.drops = true);
        self.gather_rows(Rows { limit: Some(count), notice: Some(notice), ..Rows::all(Vec::new()) });
    }

    /// Ends the segment with a stage that goes over the rows in their order, keeps (some of) them whole and adds
    /// columns of its own. [`Planner::in_order`] comes first.
    pub fn gather_in_order(&mut self, gather: Box<dyn Gather>, columns: &[String]) {
        self.in_order();
        self.facts.note(|stage| stage.gathers = true);
        self.close(gather, columns.len());
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(How::Column(number), 1, None);
            self.bind(column, slot);
        }
    }

    fn close(&mut self, gather: Box<dyn Gather>, own: usize) {
        self.settle();
        self.current().gather = Some(gather);
        self.current().own = own;
        self.segments.push(Segment::default());
    }

    /// Takes away all names, and says so.
    fn lose_names(&mut self) -> Vec<Binding> {
        let stage = self.facts.here();
        let names = std::mem::take(&mut self.names);
        self.gone = names.iter().map(|binding| (binding.key.clone(), Gone::Renewed(stage))).collect();
        names
    }

    /// The rows from here on are new ones.
    fn forget_rows(&mut self) {
        self.facts.note(|stage| stage.renews = true);
        self.messages = false;
        self.listed = false;
        self.transposed = false;
        self.signatures = false;
        self.incomparable = None;
        self.open_table = None;
        self.bags.clear();
        self.bags_after.clear();
        self.hidden.clear();
        self.optional_parses.clear();
        self.group_keys.clear();
    }

    /// Groups rows by fields.
    pub fn group(&mut self, by: &[&Name], aggregates: Vec<AggregatePlan>) -> Result<(), Diagnostic> {
        let mut keys = Vec::new();
        let mut columns = Vec::new();
        for name in by {
            keys.push(self.field(name)?);
            let binding = self.names.iter().find(|binding| binding.key == name.key());
            columns.push(binding.map_or(name.text.clone(), |binding| binding.name.clone()));
        }
        self.trace_keys(&columns, &keys);
        columns.extend(aggregates.iter().flat_map(|aggregate| aggregate.columns.iter().cloned()));
        if aggregates.iter().any(|aggregate| aggregate.aggregate.in_order()) {
            self.goes_by_order();
        }
        let aggregates = aggregates.into_iter().map(|aggregate| aggregate.aggregate).collect();
        let group = Group { keys, aggregates, columns: columns.clone() };
        self.renew(Box::new(group), &columns);
        self.set_group_keys(&columns[..by.len()]);
        Ok(())
    }

    /// Ends a part of the query that runs over several time ranges: its own, and others. `combine` makes one table of the
    /// results; what stages see of it are its columns by name, those that are shown now first. Only after an aggregate,
    /// once, and not in brackets.
    pub fn over_ranges(&mut self, others: Vec<Range>, combine: Box<Combine>, span: Span) -> Result<(), Diagnostic> {
        let refuse = |message: &str| Err(Diagnostic::error(&codes::MISPLACED, span, message));
        if self.nested > 0 {
            return refuse("this can't stand inside brackets");
        }
        if self.ranges.is_some() {
            return refuse("a query can look at other time ranges only once");
        }
        if self.messages {
            return refuse("this needs an aggregate before it");
        }
        self.goes_by_order();
        self.needs_range();
        let first = self.shown();
        let times: Vec<bool> = first.iter().map(|name| self.is_time(name)).collect();
        let (transposed, keys) = (self.transposed, std::mem::take(&mut self.group_keys));
        let plan = self.take();
        self.ranges = Some(Box::new(Ranges { plan, others, combine }));
        self.lose_names();
        self.forget_rows();
        self.open(&first);
        for (name, _) in first.iter().zip(times).filter(|(_, time)| *time) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
        self.transposed = transposed;
        self.group_keys = keys;
        Ok(())
    }

    /// Ends a part of the query whose rows are saved; the stages after it see what was saved.
    pub(super) fn over_saved(&mut self, save: Save) {
        let open = self.open_table.is_some() || !self.bags.is_empty();
        let columns: Vec<String> = self.output_names().into_iter().map(|(name, _)| name).collect();
        let times: Vec<bool> = columns.iter().map(|name| self.is_time(name)).collect();
        let plan = Plan { save: Some(save), ..self.take() };
        let first = |tables: Vec<Table>, _: &World<'_>| tables.into_iter().next().unwrap_or_default();
        self.ranges = Some(Box::new(Ranges { plan, others: Vec::new(), combine: Box::new(first) }));
        self.lose_names();
        self.new_rows((!open).then(|| columns.clone()));
        for (name, _) in columns.iter().zip(times).filter(|(_, time)| *time) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
    }

    /// Rows with these columns take the place of those that were here; without columns, what the data name.
    pub(super) fn new_rows(&mut self, columns: Option<Vec<String>>) {
        self.names.clear();
        self.forget_rows();
        let Some(columns) = columns else { return self.open(&[]) };
        for column in columns {
            let slot = self.current().define(How::Named(column.clone()), 1, None);
            self.bind(&column, slot);
        }
    }

    /// The fields, in lower case, that tell the rows of the last aggregate apart.
    pub fn group_keys(&self) -> &[String] {
        &self.group_keys
    }

    /// Says which fields tell the rows apart, for stages that group by themselves.
    pub fn set_group_keys(&mut self, names: &[String]) {
        self.group_keys = names.iter().map(|name| name.to_lowercase()).collect();
    }
}
