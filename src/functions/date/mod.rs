//! Dates: read, written, and as numbers.

pub mod epoch;
pub mod parse_date;
mod pattern_argument;
pub mod write_date;
