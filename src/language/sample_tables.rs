//! The tables that examples use.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};
use sumoql_data::value::{Owned, Value};

/// A table that examples use.
#[derive(Debug)]
pub struct Sample {
    /// Its name.
    pub name: &'static str,
    /// How queries that use it without its name begin their stage.
    pub used_by: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Its rows; an empty cell is null.
    pub rows: &'static [&'static [&'static str]],
}

/// The tables.
pub static TABLES: &[Sample] = &[
    Sample {
        name: "samples/users",
        used_by: "",
        columns: &["id", "name", "team"],
        rows: &[&["1", "Ann", "red"], &["2", "Bob", "blue"]],
    },
    Sample {
        name: "shared/ports",
        used_by: "",
        columns: &["host", "port", "owner"],
        rows: &[&["web", "80", "ann"], &["db", "5432", "bob"], &["web", "80", "cleo"]],
    },
    Sample {
        name: "sumo://threat/cs",
        used_by: "threatip ",
        columns: &["threat", "type", "actor", "raw", "threatlevel"],
        rows: &[&["198.51.100.7", "ip_address", "SLY BADGER", "{\"seen\":3}", "high"]],
    },
    Sample {
        name: "benchmark://samples",
        used_by: "benchmarkcat samples",
        columns: &["threat", "severity", "percentage"],
        rows: &[&["ssh", "8", "12.5"], &["scan", "2", "60"]],
    },
    Sample {
        name: "sumo://threat-intel",
        used_by: "threatlookup ",
        columns: &["indicator", "type", "source", "confidence", "threat_type", "valid_from"],
        rows: &[
            &["198.51.100.7", "ipv4-addr", "list-a", "40", "malicious-activity", "1700000000"],
            &["198.51.100.7", "ipv4-addr", "list-b", "90", "malicious-activity", "1690000000"],
            &["bad.example.com", "domain-name", "list-b", "70", "anomalous-activity", "1710000000"],
        ],
    },
];

/// What the database of places knows: the address and its columns.
const PLACE: (Ipv4Addr, &[(&str, &str)]) = (
    Ipv4Addr::new(203, 0, 113, 9),
    &[
        ("latitude", "-36.85088"),
        ("longitude", "174.76449"),
        ("country_code", "NZ"),
        ("country_name", "New Zealand"),
        ("city", "Auckland"),
        ("state", "Auckland"),
        ("continent", "Oceania"),
    ],
);

/// What the database of networks knows.
const NETWORK: &[(&str, &str)] = &[
    ("asn", "64500"),
    ("organization", "Example Net"),
    ("registering_organization", "Example Registry"),
    ("carrier_organization", "Example Net"),
];

/// The sample tables that a query uses.
pub fn referenced(query: &str) -> impl Iterator<Item = &'static Sample> {
    let by_stage = move |word: &str| !word.is_empty() && query.split('|').any(|stage| stage.trim().starts_with(word));
    TABLES.iter().filter(move |sample| query.contains(sample.name) || by_stage(sample.used_by))
}

/// Tables for examples: [`TABLES`], and an address whose place and network are known.
#[derive(Debug)]
pub struct Samples;

impl Samples {
    fn find(name: &TableName) -> Result<&'static Sample, Absent> {
        let same = |sample: &&Sample| TableName::read(sample.name).same(name);
        TABLES.iter().find(same).ok_or(Absent::Missing)
    }
}

impl Tables for Samples {
    fn schema(&self, name: &TableName) -> Result<Schema, Absent> {
        let columns = Samples::find(name)?.columns.iter().map(|column| column.to_string()).collect();
        Ok(Schema { columns, ..Schema::default() })
    }

    fn table(&self, name: &TableName, _room: usize) -> Result<Arc<Table>, Absent> {
        let sample = Samples::find(name)?;
        let cell = |cell: &&str| if cell.is_empty() { Owned::Null } else { Owned::Text((*cell).into()) };
        let rows = sample.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        Ok(Arc::new(Table { columns: sample.columns.iter().map(|column| column.to_string()).collect(), rows }))
    }

    fn addresses(&self, kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        Ok(Arc::new(Known(kind)))
    }
}

struct Known(AddressField);

impl Addresses for Known {
    fn find<'a>(&'a self, address: IpAddr, wanted: &[usize], found: &mut dyn FnMut(usize, Value<'a>)) -> bool {
        let (known, place) = PLACE;
        if address != known {
            return false;
        }
        let facts = if self.0 == AddressField::Location { place } else { NETWORK };
        for (at, column) in wanted.iter().enumerate() {
            let name = self.0.columns().get(*column).copied().unwrap_or_default();
            if let Some((_, value)) = facts.iter().find(|(fact, _)| *fact == name) {
                found(at, value.parse().map_or(Value::Text(value), Value::Double));
            }
        }
        true
    }
}
