//! Parts of a query that run over several time ranges, and rows that take the place of others.

use super::Planner;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::batch::ColumnSource;
use crate::program::context::RunContext;
use crate::program::plan::{Combine, Plan, Range, Ranges, Save};
use sumoql_data::table::Table;

/// A column of the table that the ranges become.
#[derive(Clone, Debug)]
pub struct Combined {
    /// Its name.
    pub name: String,
    /// Its values are times.
    pub time: bool,
    /// It counts only if some row has a value.
    pub maybe: bool,
}

impl Planner<'_> {
    /// Ends a part of the query that runs over several time ranges: its own, and others. `combine` makes one table of the
    /// results, with these columns; without any, those that are shown now come first, and others follow that only the data
    /// name. Only after an aggregate, once, and not in brackets. The operator is called `name`.
    pub fn over_ranges(
        &mut self,
        others: Vec<Range>,
        combine: Box<Combine>,
        columns: Option<Vec<Combined>>,
        (name, span): (&str, Span),
    ) -> Result<(), Diagnostic> {
        let refuse = |message: String| Diagnostic::error(&codes::MISPLACED, span, message);
        if self.nested > 0 {
            return Err(refuse(format!("`{name}` can't be nested in another stage")));
        }
        if self.ranges.is_some() && !self.reads_messages {
            let message = format!("`{name}` needs messages, and this query reads a table");
            return Err(refuse(message).help("begin the query with a scope instead of a table"));
        }
        if self.ranges.as_ref().is_some_and(|ranges| ranges.others.is_empty()) {
            return Err(refuse(format!("`{name}` can't follow `save`")).help("put `save` after it"));
        }
        if self.ranges.is_some() {
            return Err(refuse("only one stage of a query can look at other time ranges".into()));
        }
        if self.rows.messages {
            return Err(refuse(format!("`{name}` needs an aggregate before it")));
        }
        self.goes_by_order();
        self.needs_range();
        let first = self.combined();
        let (transposed, keys) = (self.rows.transposed, self.rows.group_keys.take());
        let labels = std::mem::take(&mut self.rows.labels);
        let plan = self.take();
        self.ranges = Some(Box::new(Ranges { plan, others, combine }));
        self.lose_names();
        self.forget_rows();
        let names = |columns: &[Combined]| columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        match &columns {
            Some(columns) => self.columns_by_name(names(columns)),
            None => self.open(&names(&first)),
        }
        for column in columns.as_ref().unwrap_or(&first) {
            self.rows.mark(&column.name, column.time, column.maybe);
        }
        (self.rows.transposed, self.rows.group_keys, self.rows.labels) = (transposed, keys, labels);
        Ok(())
    }

    /// Ends a part of the query whose rows are saved; the stages after it see what was saved.
    pub(super) fn over_saved(&mut self, save: Save) {
        let open = self.rows.open_table.is_some() || !self.rows.bags.is_empty();
        let columns: Vec<String> = self.output_names().into_iter().map(|(name, _)| name).collect();
        let times: Vec<bool> = columns.iter().map(|name| self.rows.is_time(name)).collect();
        let plan = Plan { save: Some(save), ..self.take() };
        let first = |tables: Vec<Table>, _: &RunContext<'_>| tables.into_iter().next().unwrap_or_default();
        self.ranges = Some(Box::new(Ranges { plan, others: Vec::new(), combine: Box::new(first) }));
        self.lose_names();
        self.new_rows((!open).then(|| columns.clone()));
        for (name, _) in columns.iter().zip(times).filter(|(_, time)| *time) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
    }

    /// The columns that are shown here, as those of a table.
    pub fn combined(&self) -> Vec<Combined> {
        let shown = self.rows.names.iter().filter(|binding| binding.shown);
        shown.map(|b| Combined { name: b.name.clone(), time: b.time, maybe: b.maybe }).collect()
    }

    /// Rows with these columns take the place of those that were here; without columns, what the data name.
    pub(super) fn new_rows(&mut self, columns: Option<Vec<String>>) {
        self.rows.names.clear();
        self.forget_rows();
        match columns {
            Some(columns) => self.columns_by_name(columns),
            None => self.open(&[]),
        }
    }

    fn columns_by_name(&mut self, columns: Vec<String>) {
        for column in columns {
            let slot = self.current().define(ColumnSource::Named(column.clone()), 1, None);
            self.bind(&column, slot);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn plan(text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
        let catalogue = crate::catalogue();
        let (query, errors) = crate::syntax::parse(text, &catalogue);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        crate::plan::plan(text, &query, &catalogue)
    }

    #[test]
    fn where_other_ranges_can_not_be_looked_at() {
        for (text, why) in [
            ("* | compare timeshift 1d", "`compare` needs an aggregate before it"),
            ("cat /t | count | compare timeshift 1d", "`compare` needs messages, and this query reads a table"),
            (
                "* | count | compare timeshift 1d | compare timeshift 2d",
                "only one stage of a query can look at other time ranges",
            ),
            (
                "* | count by a | join (compare timeshift 1d) as x, (where true) as y on x.a = y.a",
                "`compare` can't be nested in another stage",
            ),
        ] {
            let errors: Vec<_> = plan(text).1.into_iter().filter(Diagnostic::is_error).map(|d| d.message).collect();
            assert_eq!(errors, [why], "{text}");
        }
    }

    #[test]
    fn the_rows_of_ranges_keep_their_columns() {
        let found =
            plan("* | timeslice 1h | count as n by _timeslice, _sourceHost | compare timeshift 1d 2").0.unwrap();
        let columns: Vec<_> = found.output.iter().map(|column| (column.name.as_str(), column.time)).collect();
        let wanted = [("_timeslice", true), ("_sourceHost", false), ("n", false), ("n_1d", false), ("n_2d", false)];
        assert_eq!(columns, wanted);
        let ranges = found.ranges.unwrap();
        assert_eq!(ranges.others.len(), 2);
        assert_eq!(
            ranges.plan.output.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
            ["_timeslice", "_sourceHost", "n"]
        );
    }
}
