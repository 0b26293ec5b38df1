//! What is known of IP addresses: where they are and whose they are. Whoever has a database implements [`Addresses`].

use super::value::Value;
use std::net::IpAddr;

/// What about an address is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressField {
    /// Where it is: `geo://location`.
    Location,
    /// Whose it is: `asn://default`.
    Network,
}

/// Columns of `geo://location` (manual page `geo-lookup-map`), and those that only its predecessor `geo://default` had.
pub const LOCATION: &[&str] = &[
    "latitude",
    "longitude",
    "country_code",
    "country_name",
    "city",
    "state",
    "region",
    "continent",
    "postal_code",
    "connection_type",
    "country_cf",
    "state_cf",
    "city_cf",
    "area_code",
    "metro_code",
];

/// Columns of `asn://default` (manual page `asn-lookup`).
pub const NETWORK: &[&str] = &["asn", "organization", "registering_organization", "carrier_organization"];

/// The column that holds the address.
pub const KEY: &str = "ip";

impl AddressField {
    /// The columns there are besides the address.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            AddressField::Location => LOCATION,
            AddressField::Network => NETWORK,
        }
    }

    /// The kind that a scheme of table names stands for.
    pub fn of_scheme(scheme: &str) -> Option<AddressField> {
        match scheme {
            "geo" => Some(AddressField::Location),
            "asn" => Some(AddressField::Network),
            _ => None,
        }
    }
}

/// A database of IP addresses.
pub trait Addresses: Send + Sync {
    /// Hands over what is known of an address: for each column of [`AddressField::columns`] that is wanted, by its number, the
    /// place in `wanted` and the value. The answer says whether the address is known at all.
    fn find<'a>(&'a self, address: IpAddr, wanted: &[usize], found: &mut dyn FnMut(usize, Value<'a>)) -> bool;
}

/// The address that a value holds, if it holds one.
pub fn address(value: Value<'_>) -> Option<IpAddr> {
    match value {
        Value::Text(text) => text.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical()),
        _ => None,
    }
}
