//! JSON as it stands in a text: found in one walk that checks and skips, without a tree.

pub mod blob;
pub mod fast_skip;
pub mod flatten;
pub mod scan;
pub mod text;
