//! The reference, for people and for machines.

pub mod built_in_fields;
pub mod coming_from;
pub mod entry;
pub mod json;
pub mod pages;
pub mod text;
