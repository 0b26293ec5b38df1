//! Plan and batches to a table. Nothing here knows the query's text, and nothing hashes a field name for a row.

pub mod auto;
pub mod bag;
pub mod execute;
pub mod group;
pub mod interruptible_sort;
pub mod json;
pub mod lookup;
pub mod nested_pipeline;
pub mod null_fields;
mod numbers;
pub mod observe;
pub mod order;
pub mod partial_result;
pub mod progress;
mod result_table;
pub mod row_lines;
pub mod saved_tables;
pub mod scan;
pub mod segment;
pub mod spill;
pub mod stream;
pub mod subquery;
mod workers;
