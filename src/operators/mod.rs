//! The operators, one file each. This list is all there is to registration.

use crate::catalogue::OperatorDef;

mod csv;
mod discover;
mod eval;
mod fields;
pub(crate) mod json;
mod json_auto;
mod keyvalue;
mod limit;
mod parse;
mod parse_regex;
mod parse_xml;
mod sort;
mod split;
mod timeslice;
mod top;
mod r#where;
pub mod withtime;

/// All operators, by file name.
pub static ALL: &[&OperatorDef] = &[
    &csv::DEF,
    &eval::DEF,
    &fields::DEF,
    &json::DEF,
    &json_auto::DEF,
    &keyvalue::DEF,
    &limit::DEF,
    &parse::DEF,
    &parse_regex::DEF,
    &parse_xml::DEF,
    &sort::DEF,
    &split::DEF,
    &timeslice::DEF,
    &top::DEF,
    &r#where::DEF,
    &withtime::DEF,
];
