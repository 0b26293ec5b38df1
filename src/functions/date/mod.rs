//! Dates: read, written, and as numbers.

pub mod epoch;
mod given;
pub mod parse_date;
pub mod write_date;
