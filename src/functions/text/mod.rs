//! Functions of texts. Numbers are taken by their text.

pub mod case;
pub mod concat;
pub mod contains;
pub mod length;
pub mod replace;
pub mod substring;
pub mod trim;
