//! Conversions between text and numbers.

pub mod hex;
pub mod number;
pub mod text;
