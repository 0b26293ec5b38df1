//! The operators, one file each. This list is all there is to registration.

use crate::catalogue::OperatorDef;

mod eval;
mod fields;
mod json;
mod limit;
mod parse;
mod parse_regex;
mod sort;
mod timeslice;
mod top;
mod r#where;

/// All operators, by file name.
pub static ALL: &[&OperatorDef] = &[
    &eval::DEF,
    &fields::DEF,
    &json::DEF,
    &limit::DEF,
    &parse::DEF,
    &parse_regex::DEF,
    &sort::DEF,
    &timeslice::DEF,
    &top::DEF,
    &r#where::DEF,
];
