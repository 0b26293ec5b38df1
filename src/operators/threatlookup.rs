//! `threatlookup`: what lists of threats say of addresses, domains, hashes …

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Batch, Extractor, Row, Slot};
use crate::program::expression::{CompiledExpr, Computed};
use crate::program::lookup::results::{Matched, What};
use crate::program::plan::Expand;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::table_resolver::{Schema, TableName};
use sumoql_data::time::parse_moment::parse_moment;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "threatlookup",
    group: Group::Join,
    form: "'threatlookup' 'singleIndicator'? ('source' '=' source:text)? field:field,+",
    summary: "Adds threat intelligence about addresses, domains or hashes.",
    doc: "Adds `_threatlookup.actors`, `.confidence`, `.fields`, `.id`, `.imported`, `.indicator`, `.kill_chain`, \
          `.source`, `.threat_type`, `.type`, `.updated`, `.valid_from` and `.valid_until`; times are seconds since \
          1970. A row becomes one row for each matching entry. With `singleIndicator`, it is a single row with the \
          entry of the highest confidence, or the most recent of several such entries, and \
          `_threatlookup.num_matches`. A row without a match is kept, with nulls. `source` uses only the entries of \
          one source.\n\n\
          The list is the table `sumo://threat-intel`, which is your own file: `--lookup sumo://threat-intel=FILE`, \
          with the columns indicator, source, confidence and so on. Indicators are not case-sensitive.",
    page: "search/search-query-language/search-operators/threatlookup",
    also: &["threat intelligence", "indicator", "ioc", "malicious"],
    examples: &[
        Example {
            title: "The entry of the highest confidence",
            query: "* | parse \"ip=*;\" as ip | threatlookup singleIndicator ip \
                    | fields ip, _threatlookup.source, _threatlookup.confidence, _threatlookup.num_matches",
            messages: &["ip=198.51.100.7;", "ip=198.51.100.8;"],
            expect: Expect::Rows(
                &["ip", "_threatlookup.source", "_threatlookup.confidence", "_threatlookup.num_matches"],
                &[&["198.51.100.7", "list-b", "90", "2"], &["198.51.100.8", "", "", ""]],
            ),
        },
        Example {
            title: "A row for each entry",
            query: "* | parse \"ip=* d=*;\" as ip, d nodrop | count by ip, d | threatlookup ip, d \
                    | fields ip, _threatlookup.indicator, _threatlookup.source | limit 4",
            messages: &["ip=198.51.100.7 d=BAD.example.com;", "ip=198.51.100.8 d=x;", "none"],
            expect: Expect::Rows(
                &["ip", "_threatlookup.indicator", "_threatlookup.source"],
                &[
                    &["", "", ""],
                    &["198.51.100.7", "198.51.100.7", "list-a"],
                    &["198.51.100.7", "198.51.100.7", "list-b"],
                    &["198.51.100.7", "bad.example.com", "list-b"],
                ],
            ),
        },
        Example {
            title: "The entries of one source",
            query: "* | parse \"ip=*;\" as ip nodrop | threatlookup source=\"list-a\" ip \
                    | fields ip, _threatlookup.confidence, _threatlookup.valid_from",
            messages: &["ip=198.51.100.7;", "none"],
            expect: Expect::Rows(
                &["ip", "_threatlookup.confidence", "_threatlookup.valid_from"],
                &[&["198.51.100.7", "40", "1700000000"], &["", "", ""]],
            ),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The list.
const TABLE: &str = "sumo://threat-intel";
/// What the fields begin with.
const PREFIX: &str = "_threatlookup.";
/// The columns of an entry.
const COLUMNS: &[&str] = &[
    "actors",
    "confidence",
    "fields",
    "id",
    "imported",
    "indicator",
    "kill_chain",
    "source",
    "threat_type",
    "type",
    "updated",
    "valid_from",
    "valid_until",
];
const CONFIDENCE: usize = 1;
const IMPORTED: usize = 4;
const INDICATOR: usize = 5;
const SOURCE: usize = 7;
const UPDATED: usize = 10;
const VALID_FROM: usize = 11;
const VALID_UNTIL: usize = 12;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let keys = planner.all_fields(&call.args.fields("field"))?;
    let source = match call.args.text("source") {
        Some(text) => {
            parameter_free(&text.raw, text.span)?;
            Some(text.value())
        }
        None => None,
    };
    let table = TableName::read(TABLE);
    let schema = planner.tables.schema(&table);
    let columns: Vec<String> = COLUMNS.iter().map(|column| named(schema.as_ref(), column)).collect();
    let what = What::Match { keys: vec![columns[INDICATOR].clone()], columns, folded: true, lenient: true };
    let number = planner.tables.request(&table, what, call.span);
    let entries = Entries { number, keys, source };
    let first = match call.args.has("singleIndicator") {
        true => {
            let first = planner.define(Box::new(Best(entries)), COLUMNS.len() + 1, false);
            planner.bind(&format!("{PREFIX}num_matches"), first + COLUMNS.len());
            first
        }
        false => {
            let nothing = Box::new(Computed(CompiledExpr::Constant(Owned::Null)));
            let first = planner.define(nothing, COLUMNS.len(), false);
            planner.expand(Box::new(Each { entries, first }));
            first
        }
    };
    COLUMNS.iter().enumerate().for_each(|(at, column)| planner.bind(&format!("{PREFIX}{column}"), first + at));
    Ok(())
}

/// The column of a table that is meant: with or without the prefix, `valid_from` or `validFrom`.
fn named(schema: Option<&Schema>, column: &str) -> String {
    let plain = |name: &str| name.to_lowercase().trim_start_matches(PREFIX).replace('_', "");
    let columns = schema.map(|schema| schema.columns.as_slice()).unwrap_or_default();
    columns.iter().find(|name| plain(name) == plain(column)).map_or(column, String::as_str).to_string()
}

/// Finds the entries that fit a row.
struct Entries {
    number: usize,
    keys: Vec<Slot>,
    source: Option<String>,
}

impl Entries {
    /// The entries, each once: by the fields, then in the order of the list.
    fn of<'m>(&self, row: Row<'_, 'm>) -> Option<(&'m Matched, Vec<usize>)> {
        let matched = row.env().lookups.matched(self.number)?;
        let mut all = Vec::new();
        for key in &self.keys {
            let value = row.get(*key);
            let mut at = matched.index.find(|_| value);
            let from = all.len();
            while let Some(entry) = at {
                let fits =
                    |source: &String| matches!(matched.value(entry, SOURCE), Value::Text(text) if text == source);
                if self.source.as_ref().is_none_or(fits) && !all.contains(&entry) {
                    all.push(entry);
                }
                at = matched.index.before(entry);
            }
            all[from..].reverse();
        }
        (!all.is_empty()).then_some((matched, all))
    }
}

/// Sets the columns of an entry.
fn set<'m>(row: Row<'_, 'm>, first: Slot, matched: &'m Matched, entry: usize) {
    for column in 0..COLUMNS.len() {
        let value = matched.value(entry, column);
        let value = match (column, value) {
            (IMPORTED | UPDATED | VALID_FROM | VALID_UNTIL, Value::Text(text)) if value.number().is_none() => {
                let moment = parse_moment(text, row.env().now.get(), row.env().zone);
                moment.map_or(value, |moment| Value::Int(moment.div_euclid(1000)))
            }
            _ => value,
        };
        row.set(first + column, value);
    }
}

/// The one entry of the highest confidence, of those the most recent.
struct Best(Entries);

impl Extractor for Best {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some((matched, entries)) = self.0.of(row) else { return false };
        let number = |entry: usize, column: usize| matched.value(entry, column).number();
        let confidence = |entry: usize| number(entry, CONFIDENCE).unwrap_or(f64::NEG_INFINITY);
        let recent = |entry: usize| {
            let time = [UPDATED, IMPORTED, VALID_FROM].into_iter().find_map(|column| number(entry, column));
            time.unwrap_or(f64::NEG_INFINITY)
        };
        let better = |a: usize, b: usize| {
            let order = confidence(b).total_cmp(&confidence(a)).then(recent(b).total_cmp(&recent(a)));
            if order.is_gt() { b } else { a }
        };
        let count = entries.len();
        let Some(best) = entries.into_iter().reduce(better) else { return false };
        set(row, first, matched, best);
        row.set(first + COLUMNS.len(), Value::Int(count as i64));
        true
    }
}

/// A row for each entry.
struct Each {
    entries: Entries,
    first: Slot,
}

impl Expand for Each {
    fn expand<'m>(&'m self, batch: Batch<'m>) -> Batch<'m> {
        let (mut origin, mut found) = (Vec::new(), Vec::new());
        for row in batch.iter() {
            match self.entries.of(row) {
                Some((matched, entries)) => found.extend(entries.into_iter().map(|entry| Some((matched, entry)))),
                None => found.push(None),
            }
            origin.resize(found.len(), row.index());
        }
        let copies = batch.copies(&origin);
        for (row, entry) in copies.iter().zip(found) {
            if let Some((matched, entry)) = entry {
                set(row, self.first, matched, entry);
            }
        }
        copies
    }
}
