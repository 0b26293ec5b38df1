//! `threatip`: what a list of threats says of an IP address.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::field_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::program::lookup::results::What;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::ip_addresses::address;
use sumoql_data::table_resolver::{Schema, TableName};

pub static DEF: OperatorDef = OperatorSignature {
    name: "threatip",
    group: Group::Join,
    form: "'threatip' field:field",
    summary: "Adds threat intelligence about an IP address.",
    doc: "Adds actor, malicious_confidence, raw_threat and type. They are null for an address that is not in the \
          list, and for a value that is not an address. The list is the table `sumo://threat/cs`, which is your own \
          file: `--lookup sumo://threat/cs=FILE`, with the addresses in the column threat, and the columns actor, \
          threatlevel, raw and type.",
    page: "search/search-query-language/search-operators/threatip",
    also: &["threat intelligence", "malicious", "indicator", "crowdstrike", "ioc"],
    examples: &[
        Example {
            title: "Addresses in the list",
            query: "* | parse \"ip=*;\" as ip | threatip ip | where !(isNull(malicious_confidence)) \
                    | fields ip, actor, malicious_confidence, type",
            messages: &["ip=198.51.100.7;", "ip=198.51.100.8;"],
            expect: Expect::Rows(
                &["ip", "actor", "malicious_confidence", "type"],
                &[&["198.51.100.7", "SLY BADGER", "high", "ip_address"]],
            ),
        },
        Example {
            title: "Other addresses get nulls",
            query: "* | parse \"ip=*;\" as ip nodrop | threatip ip | fields ip, actor, raw_threat",
            messages: &["ip=198.51.100.8;", "ip=none;", "x"],
            expect: Expect::Rows(
                &["ip", "actor", "raw_threat"],
                &[&["198.51.100.8", "", ""], &["none", "", ""], &["", "", ""]],
            ),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The list.
const TABLE: &str = "sumo://threat/cs";
/// The names that the column with the address may have.
const KEYS: &[&str] = &["threat", "ip", "indicator"];
/// The columns that are made, and the names that they may have in the list.
const COLUMNS: &[(&str, &[&str])] = &[
    ("actor", &["actor", "actors"]),
    ("malicious_confidence", &["malicious_confidence", "threatlevel", "confidence"]),
    ("raw_threat", &["raw_threat", "raw"]),
    ("type", &["type"]),
];

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let name = field_argument(call, "field")?;
    let key = planner.field(name)?;
    let table = TableName::read(TABLE);
    let schema = planner.tables.schema(&table);
    let there = |names: &[&str]| named(schema.as_ref(), names);
    let columns = COLUMNS.iter().map(|(_, names)| there(names)).collect();
    let what = What::Match { keys: vec![there(KEYS)], columns, folded: true, lenient: true };
    let number = planner.tables.request(&table, what, call.span);
    let first = planner.define(Box::new(Threat { number, key }), COLUMNS.len(), false);
    COLUMNS.iter().enumerate().for_each(|(at, (column, _))| planner.bind(column, first + at));
    Ok(())
}

/// The first of some names that a table has; the first of all when nothing is known of it.
fn named(schema: Option<&Schema>, names: &[&str]) -> String {
    let known = names.iter().find(|name| schema.is_some_and(|schema| schema.has(name)));
    known.or(names.first()).map(|name| name.to_string()).unwrap_or_default()
}

struct Threat {
    number: usize,
    key: Slot,
}

impl Extractor for Threat {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let value = row.get(self.key);
        let Some(matched) = row.env().lookups.matched(self.number) else { return false };
        let found = address(value).and_then(|_| matched.index.find(|_| value));
        let Some(at) = found else { return false };
        (0..COLUMNS.len()).for_each(|column| row.set(first + column, matched.value(at, column)));
        true
    }
}
