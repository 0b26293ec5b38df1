//! The aggregates, one file each.

use crate::plan::definitions::AggregateDef;

mod avg;
mod by_message_time;
mod count;
mod count_distinct;
mod count_frequent;
mod first;
mod first_last;
mod last;
mod least_recent;
mod max;
mod min;
mod min_max;
mod most_recent;
mod number;
mod pct;
mod pct_sampling;
mod percentile;
#[cfg(test)]
mod state_laws;
mod stddev;
mod sum;
mod values;

/// All aggregates, by file name.
pub static ALL: &[&AggregateDef] = &[
    &avg::DEF,
    &count::DEF,
    &count_distinct::DEF,
    &count_frequent::DEF,
    &first::DEF,
    &last::DEF,
    &least_recent::DEF,
    &max::DEF,
    &min::DEF,
    &most_recent::DEF,
    &pct::DEF,
    &pct_sampling::DEF,
    &stddev::DEF,
    &sum::DEF,
    &values::DEF,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_aggregate_has_documents_and_examples() {
        for def in ALL.iter().map(|def| &def.signature) {
            assert!(!def.summary.is_empty() && !def.doc.is_empty() && !def.form.is_empty(), "{}", def.name);
            assert!(def.examples.len() >= 2, "{}: a normal example and one of null or bad input", def.name);
        }
        assert!(ALL.iter().map(|def| def.signature.name).is_sorted());
    }
}
