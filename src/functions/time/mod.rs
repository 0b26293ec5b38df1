//! Functions that tell the time: the present, and the query's range.

pub mod clock;
