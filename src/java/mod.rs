//! What Java does in its own way, on engines of Rust: regular expressions, and the patterns of `SimpleDateFormat`.

pub mod date_format;
pub mod regex;
