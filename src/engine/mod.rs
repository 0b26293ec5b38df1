//! What makes a query ready to run.

pub mod extraction_rule;
pub mod placeholders;
