//! Plan and batches to a table. Nothing here knows the query's text, and nothing hashes a field name for a row.

pub mod aggregate;
pub mod batch;
pub mod child;
pub mod codec;
pub mod evaluator;
pub mod execute;
pub mod gather;
pub mod glob;
pub mod group;
pub mod json;
pub mod keyed;
pub mod memory;
pub mod message;
pub mod ordered;
pub mod ranges;
pub mod regex;
pub mod rows;
pub mod search;
pub mod segment;
pub mod stream;
pub mod table;
pub mod terms;
pub mod timed;
pub mod value;
mod worker;
