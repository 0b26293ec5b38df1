//! Functions that say whether a value is of some kind.

pub mod empty;
pub mod luhn;
pub mod numeric;
