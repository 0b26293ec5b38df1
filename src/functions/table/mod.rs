//! Functions that look into tables.

mod lookup_contains;

pub use lookup_contains::LOOKUP_CONTAINS;
