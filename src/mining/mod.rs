//! Finding patterns in many messages: signatures of texts, groups of key values, explanations of a difference.
//!
//! Everything here is pure and counts before it decides: what goes in is a set of distinct things with their numbers,
//! in any order, and the answer depends on nothing else. So states can be merged in any order before they come here.
//!
//! ```text
//! text ──mask──▶ layout ──shape──▶ words and gaps ──cluster──▶ which words vary ──signature──▶ text with wildcards
//! ```
//!
//! | file | does |
//! |---|---|
//! | `mask` | replaces what varies by its looks: numbers, addresses, paths, dates |
//! | `dates` | finds where a date or a time ends |
//! | `shape` | the words of a layout, and where between them something varies |
//! | `words` | what kinds of words there are |
//! | `cluster` | groups layouts; finds the words that vary by comparing them |
//! | `sparse` | finds words that vary several at once |
//! | `signature` | the text of a group |
//! | `values` | groups of rows by the values of some keys |
//! | `explain` | values that tell one set of rows from another |

pub mod cluster;
mod dates;
pub mod difference;
pub mod mask;
mod shape;
pub mod signature;
mod sparse_words;
pub mod value_groups;
mod word_kinds;
