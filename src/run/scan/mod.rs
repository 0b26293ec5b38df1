//! Messages to rows: what each worker does with a chunk of the input.

pub mod anchor_finder;
pub mod extraction_rule;
pub mod literal_prefilter;
pub mod log_level;
pub mod worker;
