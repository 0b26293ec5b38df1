//! What tells one set of rows from another: values that are frequent in the one and rare in the other.

use std::collections::BTreeMap;

/// A combination of values, in the order of the fields, and how many rows of each set have it.
pub struct Combination<'t> {
    /// The values.
    pub values: Vec<Option<&'t str>>,
    /// Rows of the set to be explained.
    pub test: u64,
    /// Rows of the set it is compared with.
    pub control: u64,
}

/// Values that rows of the test set have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation<'t> {
    /// The number of a field, and its value.
    pub pairs: Vec<(usize, &'t str)>,
    /// How far having these values points to the test set, 0 to 1.
    pub relevance: f64,
    /// The share of the test set that has them, 0 to 1.
    pub test: f64,
    /// The share of the control set that has them, 0 to 1.
    pub control: f64,
}

/// The least share of the test set, in percent; what is shown has more.
const LEAST_COVERAGE: u64 = 5;
/// The least relevance; what is shown has more.
const LEAST_RELEVANCE: f64 = 0.1;
/// The most values in one explanation.
const MAX_PAIRS: usize = 4;

/// The explanations, the most relevant first. One that says nothing that a more relevant one does not say is left out.
pub fn explain<'t>(combinations: &[Combination<'t>]) -> Vec<Explanation<'t>> {
    let mut search = DifferenceSearch {
        combinations,
        test: combinations.iter().map(|combination| combination.test).sum(),
        control: combinations.iter().map(|combination| combination.control).sum(),
        found: Vec::new(),
    };
    let all: Vec<usize> = (0..combinations.len()).collect();
    search.deeper(&all, 0, &mut Vec::new());
    let mut found = search.found;
    found.sort_by(|a, b| {
        let shorter = a.pairs.len().cmp(&b.pairs.len());
        b.relevance.total_cmp(&a.relevance).then(b.test.total_cmp(&a.test)).then(shorter).then(a.pairs.cmp(&b.pairs))
    });
    let mut explained: Vec<(usize, &str)> = Vec::new();
    found.retain(|explanation| {
        let new: Vec<_> = explanation.pairs.iter().filter(|pair| !explained.contains(pair)).copied().collect();
        explained.extend(&new);
        !new.is_empty()
    });
    found
}

struct DifferenceSearch<'s, 't> {
    combinations: &'s [Combination<'t>],
    test: u64,
    control: u64,
    found: Vec<Explanation<'t>>,
}

impl<'t> DifferenceSearch<'_, 't> {
    /// Adds values of the fields from `from` on to the pairs that the members have.
    fn deeper(&mut self, members: &[usize], from: usize, pairs: &mut Vec<(usize, &'t str)>) {
        let fields = self.combinations.first().map_or(0, |combination| combination.values.len());
        for field in from..fields {
            let mut by_value: BTreeMap<&'t str, Vec<usize>> = BTreeMap::new();
            for member in members {
                if let Some(value) = self.combinations[*member].values[field] {
                    by_value.entry(value).or_default().push(*member);
                }
            }
            for (value, members) in by_value {
                let test: u64 = members.iter().map(|member| self.combinations[*member].test).sum();
                if test * 100 < self.test * LEAST_COVERAGE || test == 0 {
                    continue;
                }
                pairs.push((field, value));
                let control: u64 = members.iter().map(|member| self.combinations[*member].control).sum();
                self.judge(pairs, test, control);
                if pairs.len() < MAX_PAIRS {
                    self.deeper(&members, field + 1, pairs);
                }
                pairs.pop();
            }
        }
    }

    fn judge(&mut self, pairs: &[(usize, &'t str)], test: u64, control: u64) {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let shares = (share(test, self.test), share(control, self.control));
        // What all rows have says nothing.
        let constant = test == self.test && control == self.control && control > 0;
        let relevance = if constant { 0.0 } else { shares.0 / (shares.0 + shares.1) };
        if test * 100 > self.test * LEAST_COVERAGE && relevance > LEAST_RELEVANCE {
            let (test, control) = shares;
            self.found.push(Explanation { pairs: pairs.to_vec(), relevance, test, control });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combination(values: &[&'static str], test: u64, control: u64) -> Combination<'static> {
        let values = values.iter().map(|value| Some(*value).filter(|value| !value.is_empty())).collect();
        Combination { values, test, control }
    }

    #[test]
    fn what_only_the_test_set_has_explains_it() {
        let found = explain(&[combination(&["ap"], 6, 0), combination(&["eu"], 0, 10)]);
        assert_eq!(found, [Explanation { pairs: vec![(0, "ap")], relevance: 1.0, test: 1.0, control: 0.0 }]);
    }

    #[test]
    fn what_all_rows_have_explains_nothing() {
        assert!(explain(&[combination(&["eu"], 1, 2)]).is_empty());
        assert!(explain(&[combination(&[""], 1, 0)]).is_empty());
        assert!(explain(&[]).is_empty());
        // Unless there is nothing to compare with.
        assert_eq!(explain(&[combination(&["eu"], 1, 0)]).len(), 1);
    }

    #[test]
    fn values_can_explain_together() {
        // Neither `a` nor `b` alone is special, both together are.
        let found = explain(&[
            combination(&["a", "b"], 10, 0),
            combination(&["a", "x"], 0, 10),
            combination(&["y", "b"], 0, 10),
        ]);
        assert_eq!(found[0].pairs, [(0, "a"), (1, "b")]);
        assert_eq!(found.len(), 1, "the single values say nothing new: {found:?}");
    }

    #[test]
    fn rare_values_are_left_out() {
        let found = explain(&[combination(&["rare"], 1, 0), combination(&["eu"], 19, 1)]);
        assert!(found.iter().all(|explanation| explanation.pairs != [(0, "rare")]), "{found:?}");
    }
}
