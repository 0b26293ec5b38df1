//! What makes a query ready to run.

pub mod placeholders;
