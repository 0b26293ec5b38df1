//! What Java does in its own way, on engines of Rust, tested against the JDK: regular expressions, the patterns of
//! `SimpleDateFormat`, and `Formatter`.

pub mod date_format;
pub mod formatter;
pub mod regex;
