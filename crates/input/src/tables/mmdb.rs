//! Databases of IP addresses in MaxMind's format: places for `geo://location`, networks for `asn://default`.
//!
//! The columns are looked for where MaxMind's own databases have them, and then where databases of others do, which have
//! no levels. Sumo Logic's data comes from elsewhere; what MaxMind does not know (`connection_type` but in its Enterprise
//! edition, `area_code`) is null.

use super::regular_file;
use crate::io_error::reason;
use maxminddb::{LookupResult, PathElement, Reader};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::value::Value;

/// A database.
pub struct Database {
    reader: Reader<Vec<u8>>,
    kind: AddressField,
}

impl Database {
    /// Reads a file. The error is a text for the user.
    pub fn open(file: &Path, kind: AddressField) -> Result<Database, String> {
        let mut bytes = Vec::new();
        let read = regular_file::open(file).and_then(|(mut file, _)| file.read_to_end(&mut bytes));
        read.map_err(|error| reason(&error))?;
        Database::of_bytes(bytes, kind)
    }

    fn of_bytes(bytes: Vec<u8>, kind: AddressField) -> Result<Database, String> {
        let reader =
            Reader::from_source(bytes).map_err(|error| format!("it is not a database of IP addresses: {error}"))?;
        Ok(Database { reader, kind })
    }
}

/// Where a column is found: the first of these paths that leads to something. Digits are places in a list.
fn paths(column: &str) -> &'static [&'static [&'static str]] {
    match column {
        "latitude" => &[&["location", "latitude"], &["latitude"], &["lat"]],
        "longitude" => &[&["location", "longitude"], &["longitude"], &["lng"], &["lon"]],
        "country_code" => &[&["country", "iso_code"], &["country_code"]],
        "country_name" => &[&["country", "names", "en"], &["country_name"], &["country"]],
        "city" => &[&["city", "names", "en"], &["city"]],
        // Sumo Logic's regions are parts of a country of several states; no other database has those.
        "state" | "region" => {
            &[&["subdivisions", "0", "names", "en"], &["subdivisions", "0", "iso_code"], &["state1"], &["region"]]
        }
        "continent" => &[&["continent", "names", "en"], &["continent_name"], &["continent"]],
        "postal_code" => &[&["postal", "code"], &["postal_code"], &["postcode"]],
        "connection_type" => &[&["traits", "connection_type"], &["connection_type"]],
        "country_cf" => &[&["country", "confidence"]],
        "state_cf" => &[&["subdivisions", "0", "confidence"]],
        "city_cf" => &[&["city", "confidence"]],
        "metro_code" => &[&["location", "metro_code"]],
        "asn" => &[&["autonomous_system_number"], &["asn"]],
        "organization" | "carrier_organization" => {
            &[&["autonomous_system_organization"], &["as_name"], &["organization"], &["org"]]
        }
        "registering_organization" => &[&["organization"], &["autonomous_system_organization"], &["as_name"], &["org"]],
        _ => &[],
    }
}

impl Addresses for Database {
    fn find<'a>(&'a self, address: IpAddr, wanted: &[usize], found: &mut dyn FnMut(usize, Value<'a>)) -> bool {
        // A database of IPv4 addresses knows none of IPv6; a damaged part of it is as good as none.
        let Some(entry) = self.reader.lookup(address).ok().filter(LookupResult::has_data) else { return false };
        for (place, column) in wanted.iter().enumerate() {
            let column = self.kind.columns().get(*column).copied().unwrap_or_default();
            if let Some(fact) = paths(column).iter().find_map(|path| fact(&entry, path)) {
                found(place, shown(column, fact));
            }
        }
        true
    }
}

/// What a path leads to.
fn fact<'a>(entry: &LookupResult<'a, Vec<u8>>, path: &[&str]) -> Option<Fact<'a>> {
    let mut steps = [const { PathElement::Index(0) }; 4];
    for (step, part) in steps.iter_mut().zip(path) {
        *step = part.parse().map_or(PathElement::Key(part), PathElement::Index);
    }
    entry.decode_path(&steps[..path.len()]).ok().flatten()
}

/// A fact as Sumo Logic shows it: coordinates with five decimals, the number of a network without letters before it.
fn shown<'a>(column: &str, fact: Fact<'a>) -> Value<'a> {
    match (column, fact) {
        ("latitude" | "longitude", fact) => {
            let degrees = match fact {
                Fact::Number(degrees) => Some(degrees),
                Fact::Text(text) => text.trim().parse().ok(),
            };
            degrees.map_or(Value::Null, |degrees: f64| Value::from_number((degrees * 1e5).round() / 1e5))
        }
        ("asn", Fact::Text(text)) => {
            let number = text.trim().trim_start_matches(['A', 'S', 'a', 's']).parse();
            number.map_or(Value::Text(text), Value::Int)
        }
        (_, Fact::Number(number)) => Value::from_number(number),
        (_, Fact::Text(text)) => Value::Text(text),
    }
}

/// A value of a database that is no list and no map.
enum Fact<'a> {
    Text(&'a str),
    Number(f64),
}

impl<'de> Deserialize<'de> for Fact<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Fact<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Fact<'de>, E> {
        Ok(Fact::Text(text))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Fact<'de>, E> {
        Ok(Fact::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Fact<'de>, E> {
        Ok(Fact::Number(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Fact<'de>, E> {
        Ok(Fact::Number(number as f64))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use maxminddb_writer::paths::IpAddrWithMask;
    use maxminddb_writer::{Database as Made, metadata::IpVersion};
    use serde_json::json;

    fn database(kind: AddressField, version: IpVersion, entries: &[(&str, serde_json::Value)]) -> Database {
        let mut made = Made::default();
        made.metadata.ip_version = version;
        made.metadata.binary_format_major_version = 2;
        for (network, entry) in entries {
            let data = made.insert_value(entry.clone()).unwrap();
            made.insert_node(network.parse::<IpAddrWithMask>().unwrap(), data);
        }
        Database::of_bytes(made.write_to(Vec::new()).unwrap(), kind).unwrap()
    }

    /// What a database knows of an address: the columns that are not null.
    fn known(database: &Database, address: &str) -> Vec<String> {
        let columns = database.kind.columns();
        let wanted: Vec<usize> = (0..columns.len()).collect();
        let mut out = Vec::new();
        database.find(address.parse().unwrap(), &wanted, &mut |place, value| {
            out.push(format!("{}={}", columns[place], value.owned()));
        });
        out
    }

    #[test]
    fn places_of_databases_with_levels() {
        let city = json!({
            "city": {"names": {"de": "Neustadt", "en": "Newtown"}, "confidence": 40},
            "continent": {"names": {"en": "Oceania"}},
            "country": {"iso_code": "NZ", "names": {"en": "New Zealand"}},
            "location": {"latitude": -36.850_884_9, "longitude": 174.0, "metro_code": 5},
            "postal": {"code": "0610"},
            "subdivisions": [{"iso_code": "AUK", "names": {"en": "Auckland"}}],
        });
        let database = database(AddressField::Location, IpVersion::V4, &[("203.0.113.0/24", city)]);
        let expected = [
            "latitude=-36.85088",
            "longitude=174",
            "country_code=NZ",
            "country_name=New Zealand",
            "city=Newtown",
            "state=Auckland",
            "region=Auckland",
            "continent=Oceania",
            "postal_code=0610",
            "city_cf=40",
            "metro_code=5",
        ];
        assert_eq!(known(&database, "203.0.113.9"), expected);
        assert!(known(&database, "203.0.114.9").is_empty());
        assert!(known(&database, "2001:db8::7").is_empty(), "IPv6 in a database of IPv4");
    }

    #[test]
    fn places_of_databases_without_levels() {
        let flat =
            json!({"city": "Oslo", "country_code": "NO", "latitude": "59.9", "longitude": 10.75, "state1": null});
        let database = database(AddressField::Location, IpVersion::V6, &[("2001:db8::/32", flat)]);
        let expected = ["latitude=59.9", "longitude=10.75", "country_code=NO", "city=Oslo"];
        assert_eq!(known(&database, "2001:db8::7"), expected);
    }

    #[test]
    fn networks() {
        let entries = [
            (
                "198.51.100.0/25",
                json!({"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"}),
            ),
            ("198.51.100.128/25", json!({"asn": "AS64501", "as_name": "Other", "organization": "Registry"})),
        ];
        let database = database(AddressField::Network, IpVersion::V4, &entries);
        let expected = [
            "asn=64500",
            "organization=Example Net",
            "registering_organization=Example Net",
            "carrier_organization=Example Net",
        ];
        assert_eq!(known(&database, "198.51.100.1"), expected);
        let expected =
            ["asn=64501", "organization=Other", "registering_organization=Registry", "carrier_organization=Other"];
        assert_eq!(known(&database, "198.51.100.200"), expected);
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let refused = Database::of_bytes(b"id,name\n".to_vec(), AddressField::Location).err().unwrap();
        assert!(refused.starts_with("it is not a database"), "{refused}");
    }
}
