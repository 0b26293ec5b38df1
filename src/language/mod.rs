//! The language as a whole: its reference, completion and grammar, read from the definitions.

pub mod complete;
pub mod hover;
pub mod pest_grammar;
pub mod reference;
pub mod sample_tables;
pub mod signature_help;
pub mod symbols;
pub mod tokens;

use crate::plan::definitions::{Catalogue, OperatorDef};
use crate::{aggregates, functions, operators};

/// The whole language.
pub fn catalogue() -> Catalogue {
    catalogue_with(&[])
}

/// The whole language, with operators beside those of Sumo Logic. One with the form of an operator of Sumo Logic takes its
/// place.
pub fn catalogue_with(more: &[&'static OperatorDef]) -> Catalogue {
    Catalogue::new(&[more, operators::ALL].concat(), functions::ALL, aggregates::ALL)
        .with_heads(operators::HEADS)
        .with_subquery(&operators::subquery::DEF)
}
