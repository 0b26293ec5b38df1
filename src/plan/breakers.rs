//! Stages that see all rows: how they end a segment, and what of the names is left after them.

use super::built_in_fields::Binding;
use super::effects::Gone;
use super::rows_now::RowsNow;
use super::{AggregatePlan, Planner};
use crate::diagnostics::Diagnostic;
use crate::program::batch::{ColumnSource, Slot};
use crate::program::pipeline_breaker::PipelineBreaker;
use crate::program::plan::Segment;
use crate::run::bag::{Passed, Renamed};
use crate::run::group::Group;
use crate::run::order::sort::SortSpec;
use crate::syntax::tree::Name;

impl Planner<'_> {
    /// Ends the segment with a stage that keeps rows whole. Names stay; their values are carried on demand.
    pub(super) fn gather_rows(&mut self, rows: SortSpec) {
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
        self.gather_rows(SortSpec::all(keys));
    }

    /// Keeps the first rows.
    pub fn limit(&mut self, count: usize) {
        self.goes_by_order();
        self.facts.note(|stage| stage.drops = true);
        match &mut self.ordering {
            Some(rows) if !self.simple && self.segments.last().is_some_and(|s| s.steps.is_empty()) => {
                rows.limit = Some(rows.limit.map_or(count, |limit| limit.min(count)));
            }
            _ => self.gather_rows(SortSpec { limit: Some(count), ..SortSpec::all(Vec::new()) }),
        }
    }

    /// Ends the segment with a stage that makes new rows with these columns; nothing else is left.
    /// Behind them are bags that are handed on.
    pub(super) fn gather(&mut self, gather: Box<dyn PipelineBreaker>, columns: &[String], passed: Vec<Passed>) {
        self.goes_by_order();
        self.renew(gather, columns, passed);
    }

    /// What the stage does depends on the order of the rows that reach it.
    pub(super) fn goes_by_order(&mut self) {
        self.facts.note(|stage| stage.ordered |= !stage.renews);
    }

    fn renew(&mut self, gather: Box<dyn PipelineBreaker>, columns: &[String], passed: Vec<Passed>) {
        self.close(gather, columns.len() + passed.len());
        let before = self.lose_names();
        self.forget_rows();
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(ColumnSource::Column(number), 1, None);
            let time = before.iter().any(|b| b.time && b.key == column.to_lowercase());
            self.bind_kind(column, slot, time);
        }
        for (number, passed) in passed.into_iter().enumerate() {
            let bag = self.current().define(ColumnSource::Column(columns.len() + number), 1, None);
            let slot = self.current().define(ColumnSource::Computed(Box::new(Renamed { bag, passed })), 1, None);
            self.bag(slot);
        }
    }

    /// Ends the segment with a stage that makes new rows whose columns only the data name, but for the first ones.
    pub(super) fn gather_open(&mut self, gather: Box<dyn PipelineBreaker>, first: &[String]) {
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
    pub(super) fn open(&mut self, first: &[String]) {
        self.rows.open_table = Some(self.here());
        let bag = self.current().define(ColumnSource::Bag, 1, None);
        self.rows.bags.push((self.here(), bag));
        for name in first {
            let slot = self.field_slot(name);
            self.bind(name, slot);
        }
        self.rows.bags_after = first.iter().map(|name| name.to_lowercase()).collect();
    }

    /// Puts messages in their order, newest first, unless they are in one already; rows of a table always are.
    pub(super) fn in_order(&mut self) {
        self.goes_by_order();
        if self.here() == 0 && self.ranges.is_none() {
            self.gather_rows(SortSpec::all(Vec::new()));
        }
    }

    /// Keeps the first rows because Sumo Logic handles no more, and says so when there are more.
    pub(super) fn cap(&mut self, count: usize, notice: Diagnostic) {
        self.goes_by_order();
        self.facts.note(|stage| stage.drops = true);
        self.gather_rows(SortSpec { limit: Some(count), notice: Some(notice), ..SortSpec::all(Vec::new()) });
    }

    /// Ends the segment with a stage that goes over the rows in their order, keeps (some of) them whole and adds
    /// columns of its own. [`Planner::in_order`] comes first.
    pub(super) fn gather_in_order(&mut self, gather: Box<dyn PipelineBreaker>, columns: &[String]) {
        self.facts.note(|stage| stage.gathers = true);
        self.close(gather, columns.len());
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(ColumnSource::Column(number), 1, None);
            self.bind(column, slot);
        }
    }

    fn close(&mut self, gather: Box<dyn PipelineBreaker>, own: usize) {
        self.settle();
        self.current().gather = Some(gather);
        self.current().own = own;
        self.segments.push(Segment::default());
    }

    /// Takes away all names, and says so.
    pub(super) fn lose_names(&mut self) -> Vec<Binding> {
        let stage = self.facts.here();
        let names = std::mem::take(&mut self.rows.names);
        self.gone = names.iter().map(|binding| (binding.key.clone(), Gone::Renewed(stage))).collect();
        names
    }

    /// The rows from here on are new ones.
    pub(super) fn forget_rows(&mut self) {
        self.facts.note(|stage| stage.renews = true);
        let names = std::mem::take(&mut self.rows.names);
        self.rows = RowsNow { names, ..RowsNow::default() };
    }

    /// Groups rows by fields.
    pub fn group(&mut self, by: &[&Name], aggregates: Vec<AggregatePlan>) -> Result<(), Diagnostic> {
        let mut keys = Vec::new();
        let mut columns = Vec::new();
        for name in by {
            keys.push(self.field(name)?);
            let binding = self.rows.names.iter().find(|binding| binding.key == name.key());
            columns.push(binding.map_or(name.text.clone(), |binding| binding.name.clone()));
        }
        self.trace_keys(&columns, &keys);
        columns.extend(aggregates.iter().flat_map(|aggregate| aggregate.columns.iter().cloned()));
        if aggregates.iter().any(|aggregate| aggregate.aggregate.in_order()) {
            self.goes_by_order();
        }
        let aggregates = aggregates.into_iter().map(|aggregate| aggregate.aggregate).collect();
        let group = Group { keys, aggregates, columns: columns.clone() };
        self.renew(Box::new(group), &columns, Vec::new());
        self.rows.set_group_keys(&columns[..by.len()]);
        Ok(())
    }
}
