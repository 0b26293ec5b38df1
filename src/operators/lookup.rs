//! `lookup`: columns of a table, of a database of places or of networks, for the row with a key.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::{check_name, table_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::lookups::{Pair, address_columns, known_column};
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::program::lookup::results::{LookupResult, What};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{Args, Name};
use sumoql_data::ip_addresses::{AddressField, address};
use sumoql_data::table_resolver::{Schema, TableName};

pub static DEF: OperatorDef = OperatorSignature {
    name: "lookup",
    group: Group::Join,
    form: "'lookup' ('*' | column:(name:field ('as' alias:field)?),+) 'from' table:path 'on' \
           pair:(left:field ('=' right:field)?) ((',' | 'and') pair:(left:field ('=' right:field)?))*",
    summary: "Adds columns of the table row with a matching key.",
    doc: "If no row of the table matches, the new columns are null, even if they have the name of an existing field; \
          no row is dropped. `*` adds all columns of the table. A pair names a field and a column of the table, in \
          either order; a single name stands for both. Keys are compared as strings: a number matches its plain \
          decimal form.\n\n\
          | table | description |\n\
          |---|---|\n\
          | `path://\"/Library/…\"` | a table of the library; keys are not case-sensitive |\n\
          | `shared/dir/table`, `https://host/file.csv` | a classic table; keys are case-sensitive |\n\
          | `geo://location`, `geo://default` | the location of an IP address, `on ip=FIELD`; needs `--geoip \
          FILE.mmdb` |\n\
          | `asn://default` | the owner of an IP address, `on ip=FIELD`; needs `--asn FILE.mmdb` |\n\
          | `sumo://threat/…` | a threat list, `on threat=FIELD` |\n\n\
          A table is the file that you name with `--lookup NAME=FILE`, or the file of its name beside the query: CSV \
          with a header line, or JSON. If several rows have the same key, the last one is used. If there is no file, \
          the columns are null, with a warning.",
    page: "search/search-query-language/search-operators/lookup",
    also: &["enrich", "geo", "asn", "vlookup", "csv", "table", "threat intelligence", "location", "country"],
    examples: &[
        Example {
            title: "The name of a user, from a table of the library",
            query: "* | parse \"uid=*;\" as uid | lookup name, team as t from path://\"samples/users\" on uid=id \
                    | fields uid, name, t",
            messages: &["uid=1;", "uid=2;"],
            expect: Expect::Rows(&["uid", "name", "t"], &[&["1", "Ann", "red"], &["2", "Bob", "blue"]]),
        },
        Example {
            title: "No match: the columns are null",
            query: "* | parse \"uid=*;\" as uid nodrop | lookup name from path://\"samples/users\" on uid=id \
                    | if (isNull(name), \"nobody\", name) as name | fields uid, name",
            messages: &["uid=9;", "none"],
            expect: Expect::Rows(&["uid", "name"], &[&["9", "nobody"], &["", "nobody"]]),
        },
        Example {
            title: "All columns",
            query: "* | parse \"uid=*;\" as uid | lookup * from path://\"samples/users\" on uid=id | fields - _raw",
            messages: &["uid=2;"],
            expect: Expect::Rows(&["id", "name", "team"], &[&["2", "Bob", "blue"]]),
        },
        Example {
            title: "Two keys in a classic table, which is case-sensitive; the last of several rows is used",
            query: "* | parse \"h=* p=*;\" as h, p | lookup owner from shared/ports on h=host, p=port | fields h, p, owner",
            messages: &["h=web p=80;", "h=WEB p=80;"],
            expect: Expect::Rows(&["h", "p", "owner"], &[&["web", "80", "cleo"], &["WEB", "80", ""]]),
        },
        Example {
            title: "The location of an address; internal addresses have none",
            query: "* | parse \"ip=*;\" as src | lookup country_code, city from geo://location on ip=src \
                    | fields src, country_code, city",
            messages: &["ip=203.0.113.9;", "ip=10.0.0.1;"],
            expect: Expect::Rows(
                &["src", "country_code", "city"],
                &[&["203.0.113.9", "NZ", "Auckland"], &["10.0.0.1", "", ""]],
            ),
        },
        Example {
            title: "The owner of an address",
            query: "* | parse \"ip=*;\" as ip | lookup * from asn://default on ip=ip | fields asn, organization",
            messages: &["ip=203.0.113.9;", "ip=no address;"],
            expect: Expect::Rows(&["asn", "organization"], &[&["64500", "Example Net"], &["", ""]]),
        },
        Example {
            title: "A column that the table does not have",
            query: "* | parse \"uid=*;\" as uid | lookup nmae from path://\"samples/users\" on uid=id",
            messages: &[],
            expect: Expect::Error("E216"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let (table, span) = table_argument(call, "table")?;
    plan_from(call, planner, &table, span)
}

/// Plans a lookup in a table.
pub fn plan_from(
    call: &OperatorCall<'_>,
    planner: &mut Planner<'_>,
    table: &TableName,
    span: Span,
) -> Result<(), Diagnostic> {
    let groups = call.args.groups("pair");
    let pairs: Vec<Pair<'_>> = groups.iter().filter_map(|(pair, _)| read_pair(pair)).collect();
    let groups = call.args.groups("column");
    // Each wanted column, and the name that it gets.
    let mut wanted: Vec<(&Name, &Name)> = Vec::new();
    for (column, _) in &groups {
        if let Some(name) = column.field("name") {
            let alias = column.field("alias").unwrap_or(name);
            check_name(name)?;
            check_name(alias)?;
            wanted.push((name, alias));
        }
    }
    match AddressField::of_scheme(&table.scheme()) {
        Some(kind) => addresses(planner, table, kind, (&pairs, &wanted), span),
        None => rows(planner, table, (&pairs, &wanted), span),
    }
}

/// A pair of a lookup's `on`.
pub fn read_pair(pair: &Args) -> Option<Pair<'_>> {
    Some(Pair { left: pair.field("left")?, right: pair.field("right") })
}

fn rows(
    planner: &mut Planner<'_>,
    table: &TableName,
    (pairs, wanted): (&[Pair<'_>], &[(&Name, &Name)]),
    span: Span,
) -> Result<(), Diagnostic> {
    let schema = planner.tables.schema(table);
    // Feeds differ in what they hold; a query for one of them asks for more than others have.
    let lenient = table.scheme() == "sumo";
    let keys = planner.keys(pairs, schema.as_ref())?;
    if let Some(schema) = schema.as_ref().filter(|_| table.is_modern()) {
        whole_key(schema, &keys.columns, span)?;
    }
    let (columns, names): (Vec<String>, Vec<String>) = match (wanted, &schema) {
        ([], Some(schema)) => (schema.columns.clone(), schema.columns.clone()),
        ([], None) => (Vec::new(), Vec::new()),
        (wanted, schema) => {
            if let Some(schema) = schema.as_ref().filter(|_| !lenient) {
                wanted.iter().try_for_each(|(name, _)| known_column(schema, name))?;
            }
            wanted.iter().map(|(name, alias)| (name.text.clone(), alias.text.clone())).unzip()
        }
    };
    let what = What::Match { keys: keys.columns, columns, folded: table.is_modern(), lenient };
    let number = planner.tables.request(table, what, span);
    let first = planner.define(Box::new(Matching { number, keys: keys.slots, count: names.len() }), names.len(), false);
    names.iter().enumerate().for_each(|(at, name)| planner.bind(name, first + at));
    Ok(())
}

/// Where somebody has said what the key of a table is, rows are looked up by all of it (manual page `lookup`).
fn whole_key(schema: &Schema, columns: &[String], span: Span) -> Result<(), Diagnostic> {
    let given = |key: &String| columns.iter().any(|column| column.eq_ignore_ascii_case(key));
    let asked = |column: &String| schema.key.iter().any(|key| key.eq_ignore_ascii_case(column));
    if schema.key.is_empty() || (schema.key.iter().all(given) && columns.iter().all(asked)) {
        return Ok(());
    }
    let message = "this table can be looked up only by its whole key";
    Err(Diagnostic::error(&codes::KEY_COLUMNS, span, message).help(format!("its key is {}", schema.key.join(", "))))
}

fn addresses(
    planner: &mut Planner<'_>,
    table: &TableName,
    kind: AddressField,
    (pairs, wanted): (&[Pair<'_>], &[(&Name, &Name)]),
    span: Span,
) -> Result<(), Diagnostic> {
    let key = planner.address_key(pairs, table, span)?;
    let (columns, names): (Vec<usize>, Vec<String>) = match wanted {
        [] => kind.columns().iter().enumerate().map(|(number, name)| (number, name.to_string())).unzip(),
        wanted => {
            let columns: Vec<&Name> = wanted.iter().map(|(name, _)| *name).collect();
            (address_columns(kind, &columns)?, wanted.iter().map(|(_, alias)| alias.text.clone()).collect())
        }
    };
    let number = planner.tables.request(table, What::Addresses(kind), span);
    let first = planner.define(Box::new(AtAddress { number, key, columns }), names.len(), false);
    names.iter().enumerate().for_each(|(at, name)| planner.bind(name, first + at));
    Ok(())
}

/// Columns of the row with a key.
struct Matching {
    number: usize,
    keys: Vec<Slot>,
    count: usize,
}

impl Extractor for Matching {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(matched) = row.env().lookups.matched(self.number) else { return false };
        let Some(at) = matched.index.find(|part| row.get(self.keys[part])) else { return false };
        (0..self.count).for_each(|column| row.set(first + column, matched.value(at, column)));
        true
    }
}

/// Columns of an address.
pub struct AtAddress {
    /// The number of the request.
    pub number: usize,
    /// The slot that holds the address.
    pub key: Slot,
    /// The numbers of the columns.
    pub columns: Vec<usize>,
}

impl Extractor for AtAddress {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let LookupResult::Addresses(known) = row.env().lookups.get(self.number) else { return false };
        let Some(address) = address(row.get(self.key)) else { return false };
        known.find(address, &self.columns, &mut |place, value| row.set(first + place, value))
    }
}
