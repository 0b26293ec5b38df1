//! JSON in fields.

pub mod array;
