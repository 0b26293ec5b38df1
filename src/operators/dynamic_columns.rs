//! Fields that only the data name: what the query mentions becomes fields, the rest goes to the result if it is shown.

use crate::diagnostics::Diagnostic;
use crate::plan::Planner;
use crate::plan::arguments::check_name;
use crate::program::batch::{Extractor, Row, Slot};
use crate::run::json::flatten::{begins, is};
use crate::syntax::tree::Name;
use bumpalo::Bump;
use std::cell::Cell;
use std::sync::Arc;
use sumoql_data::value::Value;

/// How many fields that the query does not mention are found in a message (manual page `parse-json-formatted-logs`).
const MAX_COLUMNS: usize = 100;

/// Finds fields in a text.
pub trait Discover: Send + Sync {
    /// Hands over each field's name and its value as written, in the order of the text. A part whose names all begin
    /// with a text that `enter` refuses may be left out.
    fn each<'m>(&self, text: &'m str, enter: &dyn Fn(&str) -> bool, found: &mut dyn FnMut(&str, &'m str));

    /// The value that is written so.
    fn value<'m>(&self, raw: &'m str, arena: &'m Bump) -> Value<'m>;
}

/// Plans a stage that finds fields. `keys` are those it names itself, each with the field it fills; with `only`, the
/// stage finds no others.
pub fn plan(
    planner: &mut Planner<'_>,
    source: Slot,
    discover: impl Discover + 'static,
    keys: &[(String, Name)],
    only: bool,
) -> Result<(), Diagnostic> {
    let discover = Arc::new(discover);
    let mut wanted: Vec<String> = keys.iter().map(|(key, _)| key.to_lowercase()).collect();
    let mut before: Vec<Option<Slot>> = keys.iter().map(|(_, name)| planner.known(name)).collect();
    let mut referenced: Vec<String> = Vec::new();
    if !only {
        referenced = planner.referenced_as_written();
        referenced.retain(|name| {
            !wanted.contains(&name.to_lowercase()) && keys.iter().all(|(_, n)| n.key() != name.to_lowercase())
        });
        before.extend(referenced.iter().map(|name| Some(planner.field_slot(name))));
        wanted.extend(referenced.iter().map(|name| name.to_lowercase()));
        let bag = DynamicColumns { source, discover: discover.clone(), known: wanted.clone() };
        let bag = planner.define(Box::new(bag), 1, false);
        planner.bag(bag);
    }
    let count = wanted.len();
    let first = planner.define(Box::new(Fields { source, discover, wanted, before }), count.max(1), true);
    for (number, (_, name)) in keys.iter().enumerate() {
        check_name(name)?;
        planner.bind(&name.text, first + number);
    }
    for (number, name) in referenced.iter().enumerate() {
        planner.bind_maybe(name, first + keys.len() + number);
    }
    Ok(())
}

/// The fields that are wanted by name.
struct Fields<D> {
    source: Slot,
    discover: Arc<D>,
    /// In lower case, one for each slot.
    wanted: Vec<String>,
    /// What the names meant before: kept where the data has no such field.
    before: Vec<Option<Slot>>,
}

impl<D: Discover> Extractor for Fields<D> {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let mut found: Vec<Option<&'m str>> = vec![None; self.wanted.len()];
        // The stage fits a text that has any fields, not only those that the query names.
        let any = Cell::new(false);
        if let Some(text) = row.get(self.source).text(row.arena()) {
            let enter = |beginning: &str| {
                any.set(true);
                self.wanted.iter().any(|wanted| begins(wanted, beginning))
            };
            self.discover.each(text, &enter, &mut |name, raw| {
                any.set(true);
                for (cell, _) in found.iter_mut().zip(&self.wanted).filter(|(_, wanted)| is(name, wanted)) {
                    *cell = Some(raw);
                }
            });
        }
        for (number, (raw, before)) in found.into_iter().zip(&self.before).enumerate() {
            let value = match raw {
                Some(raw) => self.discover.value(raw, row.arena()),
                None => before.map_or(Value::Null, |slot| row.get(slot)),
            };
            row.set(first + number, value);
        }
        any.get()
    }
}

/// The fields that are not wanted by name, as a JSON object.
struct DynamicColumns<D> {
    source: Slot,
    discover: Arc<D>,
    /// Names that are no part of it, in lower case.
    known: Vec<String>,
}

impl<D: Discover> Extractor for DynamicColumns<D> {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(text) = row.get(self.source).text(row.arena()) else { return false };
        let mut fields = serde_json::Map::new();
        self.discover.each(text, &|_| true, &mut |name, raw| {
            if !self.known.iter().any(|known| is(name, known))
                && (fields.len() < MAX_COLUMNS || fields.contains_key(name))
            {
                // A field's value is text, also where the data has a number: it is shown as written.
                let value = self.discover.value(raw, row.arena()).text(row.arena());
                fields.insert(name.to_string(), value.into());
            }
        });
        if !fields.is_empty() {
            row.set(first, Value::Text(row.arena().alloc_str(&serde_json::Value::Object(fields).to_string())));
        }
        true
    }
}
