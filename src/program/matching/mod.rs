//! How words, patterns and lists of words are found in texts.

pub mod glob;
pub mod keywords;
pub mod terms;
