//! What a plan asks of tables, and what it is answered.

pub mod results;
pub mod table_index;
