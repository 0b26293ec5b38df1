//! The operators, one file each. This list is all there is to registration.

use crate::plan::definitions::OperatorDef;

mod accum;
mod backshift;
mod benchmark;
mod benchmarkcat;
mod bin;
mod cat;
mod compare;
mod compose;
mod csv;
mod dedup;
mod diff;
mod distinct_combinations;
mod dynamic_columns;
mod eval;
mod fields;
mod fillmissing;
mod filter;
mod geoip;
mod infer;
mod join;
mod json;
mod json_auto;
mod keyvalue;
mod limit;
mod logcompare;
mod logexplain;
mod logreduce;
mod logreduce_keys;
mod logreduce_values;
mod lookup;
mod merge;
mod moving_window;
mod outlier;
mod parse;
mod parse_regex;
mod parse_xml;
mod predict;
mod rollingstd;
mod save;
mod sessionize;
mod smooth;
mod sort;
mod split;
pub mod subquery;
mod threatip;
mod threatlookup;
mod timeslice;
mod top;
mod topk;
mod total;
mod trace;
mod transaction;
mod transactionize;
mod transpose;
mod undocumented_spelling;
mod r#where;
pub mod withtime;

/// The operators that stand at the beginning of a query, in the place of its scope.
pub static HEADS: &[&OperatorDef] = &[&benchmarkcat::DEF, &cat::DEF];

/// All operators that are stages, by file name.
pub static ALL: &[&OperatorDef] = &[
    &accum::DEF,
    &backshift::DEF,
    &benchmark::DEF,
    &bin::DEF,
    &compare::DEF,
    &compose::DEF,
    &csv::DEF,
    &dedup::DEF,
    &diff::DEF,
    &eval::DEF,
    &fields::DEF,
    &fillmissing::DEF,
    &filter::DEF,
    &geoip::DEF,
    &infer::DEF,
    &join::DEF,
    &json::DEF,
    &json_auto::DEF,
    &keyvalue::DEF,
    &limit::DEF,
    &logcompare::DEF,
    &logexplain::DEF,
    &logreduce::DEF,
    &logreduce_keys::DEF,
    &logreduce_values::DEF,
    &lookup::DEF,
    &merge::DEF,
    &outlier::DEF,
    &parse::DEF,
    &parse_regex::DEF,
    &parse_xml::DEF,
    &predict::DEF,
    &rollingstd::DEF,
    &save::DEF,
    &sessionize::DEF,
    &smooth::DEF,
    &sort::DEF,
    &split::DEF,
    &threatip::DEF,
    &threatlookup::DEF,
    &timeslice::DEF,
    &top::DEF,
    &topk::DEF,
    &total::DEF,
    &trace::DEF,
    &transaction::DEF,
    &transactionize::DEF,
    &transpose::DEF,
    &r#where::DEF,
    &withtime::DEF,
];
