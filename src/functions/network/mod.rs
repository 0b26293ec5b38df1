//! Addresses and places.

mod address;
pub mod cidr;
pub mod haversine;
pub mod number;
pub mod range;
pub mod valid;
