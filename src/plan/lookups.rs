//! What stages ask of tables: the columns they have, and a request for each of them that the run will answer.

use super::Planner;
use super::arguments::check_name;
use super::built_in_fields::BUILT_IN;
use crate::diagnostics::{Diagnostic, Span, codes, nearest};
use crate::program::batch::Slot;
use crate::program::context::RunContext;
use crate::program::lookup::results::{LookupRequest, LookupResult, What};
use crate::program::plan::{Ranges, Save};
use crate::syntax::tree::Name;
use sumoql_data::ip_addresses::{AddressField, KEY};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Schema, TableName, Tables};

/// A pair of a lookup's `on`: a field, and a column of the table; in either order, or one name for both.
pub struct Pair<'a> {
    /// The left side.
    pub left: &'a Name,
    /// The right side.
    pub right: Option<&'a Name>,
}

/// What rows are looked up by.
pub struct Keys {
    /// The slots of the fields.
    pub slots: Vec<Slot>,
    /// The columns of the table, in the same order.
    pub columns: Vec<String>,
}

/// What a plan knows of tables, and what it asks of them.
pub struct TableRequests<'c> {
    pub(super) tables: &'c dyn Tables,
    /// A request's number is the same in the whole query.
    pub(super) requests: Vec<LookupRequest>,
    /// The columns of tables that the query has saved so far.
    pub(super) saved: Vec<(TableName, Schema)>,
}

impl<'c> TableRequests<'c> {
    pub(super) fn new(tables: &'c dyn Tables) -> Self {
        TableRequests { tables, requests: Vec::new(), saved: Vec::new() }
    }

    /// What is known of a table, if anything: an earlier part of the query may have saved it.
    pub fn schema(&self, name: &TableName) -> Option<Schema> {
        let below = self.tables.schema(name).ok();
        match self.saved.iter().rfind(|(saved, _)| saved.same(name)) {
            // Saving does not change the columns of a table of the library.
            Some((_, schema)) if !name.is_modern() => Some(schema.clone()),
            _ => below,
        }
    }

    /// Asks something of a table; the answer is the request's number.
    pub fn request(&mut self, name: &TableName, what: What, span: Span) -> usize {
        let same = |request: &LookupRequest| request.name == *name && request.what == what;
        self.requests.iter().position(same).unwrap_or_else(|| {
            self.requests.push(LookupRequest { name: name.clone(), what, span });
            self.requests.len() - 1
        })
    }
}

impl Planner<'_> {
    /// Begins the query with the rows of a table, which take the place of messages.
    pub fn begin_with_table(&mut self, name: &TableName, span: Span) -> Result<(), Diagnostic> {
        if self.nested > 0 {
            let message = "a query nested in another stage can't begin with a table";
            return Err(Diagnostic::error(&codes::MISPLACED, span, message));
        }
        let schema = self.tables.schema(name);
        let number = self.tables.request(name, What::Rows, span);
        let combine = move |_: Vec<Table>, context: &RunContext<'_>| rows(number, context);
        let plan = self.take();
        self.ranges = Some(Box::new(Ranges { plan, others: Vec::new(), combine: Box::new(combine) }));
        self.reads_messages = false;
        self.new_rows(schema.filter(|schema| !schema.open).map(|schema| schema.columns));
        Ok(())
    }

    /// Ends the query by saving its rows. What is left out of the result is not saved.
    pub fn save(&mut self, name: TableName, append: bool, span: Span) -> Result<(), Diagnostic> {
        if self.nested > 0 {
            let message = "`save` can't be nested in another stage";
            return Err(Diagnostic::error(&codes::MISPLACED, span, message));
        }
        let shown = self.output_names();
        let open =
            self.rows.open_table.is_some() || !self.rows.bags.is_empty() || shown.iter().any(|(_, optional)| *optional);
        let columns = shown.into_iter().filter(|(_, optional)| !optional).map(|(name, _)| name).collect();
        let rows = Schema { columns, key: Vec::new(), open };
        if name.is_modern() {
            if let Some(table) = self.tables.schema(&name)
                && let Some(missing) = table.columns.iter().find(|column| !rows.open && !rows.has(column))
            {
                let message = format!("the table has a column `{missing}`, which the rows lack");
                return Err(Diagnostic::error(&codes::SAVED_COLUMNS, span, message)
                    .help(format!("columns of the table: {}", table.columns.join(", "))));
            }
            self.tables.request(&name, What::Exists, span);
        }
        self.tables.saved.push((name.clone(), rows));
        self.save = Some((Save { name, append }, span));
        Ok(())
    }

    /// Whether there are rows for a stage after `save`: only in a subquery, which hands them on (manual page
    /// `save-classic`).
    pub(super) fn goes_on(&mut self, span: Span) -> Result<bool, Diagnostic> {
        let Some((save, place)) = self.save.clone() else { return Ok(true) };
        if self.depth == 0 {
            if self.diagnostics.iter().all(|reported| reported.code != &codes::AFTER_SAVE) {
                let message = "stages after `save` are ignored";
                self.report(Diagnostic::warning(&codes::AFTER_SAVE, span, message).label(place, "the query ends here"));
            }
            return Ok(false);
        }
        if self.ranges.is_some() || self.nested > 0 {
            let message = "only `compose` can follow this `save`";
            return Err(Diagnostic::error(&codes::MISPLACED, place, message)
                .help("in a subquery with `compare` or another `save`, put this `save` last"));
        }
        self.save = None;
        self.over_saved(save);
        Ok(true)
    }

    /// What rows are looked up by in a table with this schema. Both orders of a pair occur, in the manual as well.
    pub fn keys(&mut self, pairs: &[Pair<'_>], schema: Option<&Schema>) -> Result<Keys, Diagnostic> {
        let mut keys = Keys { slots: Vec::new(), columns: Vec::new() };
        for pair in pairs {
            let right = pair.right.unwrap_or(pair.left);
            let turned = match schema {
                Some(schema) if schema.has(&pair.left.text) != schema.has(&right.text) => schema.has(&pair.left.text),
                _ => !self.is_field(pair.left) && self.is_field(right),
            };
            let (field, column) = if turned { (right, pair.left) } else { (pair.left, right) };
            check_name(column)?;
            if let Some(schema) = schema {
                known_column(schema, column)?;
            }
            keys.slots.push(self.field(field)?);
            keys.columns.push(column.text.clone());
        }
        Ok(keys)
    }

    /// The field that addresses are looked up by.
    pub fn address_key(&mut self, pairs: &[Pair<'_>], name: &TableName, span: Span) -> Result<Slot, Diagnostic> {
        let is_key = |name: &Name| name.text.eq_ignore_ascii_case(KEY);
        if let [Pair { left, right }] = pairs {
            let right = right.unwrap_or(left);
            let field = if is_key(right) { left } else { right };
            if is_key(left) || is_key(right) {
                return self.field(field);
            }
        }
        let message = format!("`{name}` can be looked up only by the column `{KEY}`");
        Err(Diagnostic::error(&codes::KEY_COLUMNS, span, message).help(format!("write `on {KEY}=FIELD`")))
    }

    /// Whether a name is that of a field, as far as one can know.
    fn is_field(&self, name: &Name) -> bool {
        self.rows.has(&name.text) || BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(&name.text))
    }
}

/// The rows of a table, as far as memory goes.
fn rows(request: usize, context: &RunContext<'_>) -> Table {
    let LookupResult::Rows(table) = context.env.lookups.get(request) else { return Table::default() };
    match context.budget.ask(table.size()) {
        Ok(()) => Table::clone(table),
        Err(over) => {
            context.ran_out(over);
            Table { columns: table.columns.clone(), rows: Vec::new() }
        }
    }
}

/// Refuses a column that a table does not have.
pub fn known_column(schema: &Schema, name: &Name) -> Result<(), Diagnostic> {
    if schema.open || schema.has(&name.text) {
        return Ok(());
    }
    let columns: Vec<&str> = schema.columns.iter().map(String::as_str).collect();
    let message = format!("the table has no column `{}`", name.text);
    Err(Diagnostic::error(&codes::UNKNOWN_COLUMN, name.span, message)
        .help(format!("available columns: {}", columns.join(", ")))
        .maybe_meant(name.span, nearest(&name.text, columns.iter().copied())))
}

/// The numbers of the columns of a database of addresses that have these names.
pub fn address_columns(kind: AddressField, names: &[&Name]) -> Result<Vec<usize>, Diagnostic> {
    let number = |name: &&Name| {
        let same = |column: &&str| column.eq_ignore_ascii_case(&name.text);
        kind.columns().iter().position(same).ok_or_else(|| {
            let columns = kind.columns().iter().map(|column| column.to_string()).collect();
            let schema = Schema { columns, ..Schema::default() };
            known_column(&schema, name).err().unwrap_or_else(|| {
                Diagnostic::error(&codes::UNKNOWN_COLUMN, name.span, format!("there is no column `{}`", name.text))
            })
        })
    };
    names.iter().map(number).collect()
}
