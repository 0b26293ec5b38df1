//! Groups of rows by the values of some keys. Keys with many values are wide: rows that differ in them alone are one
//! group.

use std::collections::{BTreeMap, BTreeSet};

/// A combination of values, in the order of the keys, and how many rows have it.
pub type Combination<'t> = (Vec<Option<&'t str>>, u64);

/// Different values that make a key wide.
pub const WIDE: usize = 13;
/// The most values of a key that a signature names.
const NAMED: usize = 3;

/// A group of combinations.
#[derive(Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The values of the keys that are not wide: what tells this group from the others.
    pub identity: String,
    /// The keys with their values, and with the number and the share of the rows that have each.
    pub signature: String,
    /// How many rows there are.
    pub count: u64,
    /// The combinations, by their number.
    pub members: Vec<usize>,
}

/// Groups combinations. If all keys are wide, the one with the fewest values tells groups apart.
pub fn clusters(keys: &[String], combinations: &[Combination<'_>]) -> Vec<Cluster> {
    let values = |key: usize| combinations.iter().map(|(values, _)| values[key]).collect::<BTreeSet<_>>().len();
    let widths: Vec<usize> = (0..keys.len()).map(values).collect();
    let narrowest = widths.iter().min().copied().unwrap_or(0);
    let mut telling: Vec<usize> = (0..keys.len()).filter(|key| widths[*key] < WIDE).collect();
    if telling.is_empty() {
        telling.extend(widths.iter().position(|width| *width == narrowest));
    }
    let mut groups: BTreeMap<Vec<Option<&str>>, Vec<usize>> = BTreeMap::new();
    for (number, (values, _)) in combinations.iter().enumerate() {
        groups.entry(telling.iter().map(|key| values[*key]).collect()).or_default().push(number);
    }
    let cluster = |(identity, members): (Vec<Option<&str>>, Vec<usize>)| Cluster {
        identity: telling.iter().zip(&identity).map(|(key, value)| format!("{}={value:?};", keys[*key])).collect(),
        signature: signature(keys, combinations, &members),
        count: members.iter().map(|member| combinations[*member].1).sum(),
        members,
    };
    groups.into_iter().map(cluster).collect()
}

fn signature(keys: &[String], combinations: &[Combination<'_>], members: &[usize]) -> String {
    let total: u64 = members.iter().map(|member| combinations[*member].1).sum();
    let parts = keys.iter().enumerate().map(|(at, key)| {
        let mut counts: BTreeMap<Option<&str>, u64> = BTreeMap::new();
        for (values, count) in members.iter().map(|member| &combinations[*member]) {
            *counts.entry(values[at]).or_default() += count;
        }
        let mut counts: Vec<(Option<&str>, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let share = |count: u64| (count as f64 * 100.0 / total.max(1) as f64).round();
        let mut named: Vec<String> = counts
            .iter()
            .take(NAMED)
            .map(|(value, count)| format!("{} ({count}, {}%)", value.unwrap_or("null"), share(*count)))
            .collect();
        if counts.len() > NAMED {
            named.push(format!("{} more", counts.len() - NAMED));
        }
        format!("{key}: {}", named.join(", "))
    });
    parts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_combinations_are_one_group_and_wide_keys_do_not_split() {
        let keys = ["ev".to_string(), "user".to_string()];
        let users: Vec<String> = (0..20).map(|n| format!("u{n}")).collect();
        let mut rows: Vec<Combination<'_>> = users.iter().map(|u| (vec![Some("get"), Some(u.as_str())], 1)).collect();
        rows.push((vec![Some("put"), None], 5));
        let found = clusters(&keys, &rows);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].count, found[0].members.len()), (20, 20));
        assert!(found[0].signature.starts_with("ev: get (20, 100%); user: u0 (1, 5%)"), "{}", found[0].signature);
        assert!(found[0].signature.ends_with("17 more"));
        assert_eq!(found[1].signature, "ev: put (5, 100%); user: null (5, 100%)");
        // A single key tells, however many values it has.
        let users: Vec<Combination<'_>> = users.iter().map(|u| (vec![Some(u.as_str())], 1)).collect();
        assert_eq!(clusters(&keys[1..], &users).len(), 20);
        assert!(clusters(&keys, &[]).is_empty());
    }
}
