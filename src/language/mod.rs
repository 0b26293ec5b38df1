//! The language as a whole: its reference, completion and grammar, read from the definitions.

pub mod complete;
pub mod pest_grammar;
pub mod reference;
pub mod sample_tables;
