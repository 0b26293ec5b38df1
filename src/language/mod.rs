//! The language as a whole: its reference, completion and grammar, read from the definitions.

pub mod complete;
pub mod pest_grammar;
pub mod reference;
pub mod sample_tables;

use crate::plan::definitions::{Catalogue, OperatorDef};
use crate::{aggregates, functions, operators};

/// The whole language.
pub fn catalogue() -> Catalogue {
    catalogue_with(&[])
}

/// The whole language, with operators beside those of Sumo Logic.
pub fn catalogue_with(more: &[&'static OperatorDef]) -> Catalogue {
    Catalogue::new(&[operators::ALL, more].concat(), functions::ALL, aggregates::ALL)
        .with_heads(operators::HEADS)
        .with_subquery(&operators::subquery::DEF)
}
