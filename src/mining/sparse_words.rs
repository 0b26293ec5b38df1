//! Finds words that vary several at once: in `user ann came from lake` no two messages need have all but one word in
//! common. The fixed words of such a template are those that are frequent at their place.

use super::cluster::{Positions, Template, needed};
use super::word_kinds::Looks;
use std::collections::{HashMap, HashSet};

/// How many templates, and how many different words in each place, are needed.
const VARY: usize = 8;
/// How much more frequent than the others the fixed words must be.
const DROP: u32 = 2;
/// Fixed words that are needed.
const FIXED: usize = 3;

/// For each template the words that vary. A template's words are sorted by how many templates of the same length have
/// them in that place; where the number drops most, the fixed ones end. At least half must be fixed.
pub(super) fn several(templates: &[Template], looks: &[Looks]) -> Vec<Positions> {
    let mut found = vec![0; templates.len()];
    let mut counts: HashMap<(usize, usize, u32), u32> = HashMap::new();
    for template in templates.iter().filter(|template| template.words.len() > FIXED) {
        for (at, word) in template.words.iter().enumerate() {
            *counts.entry((template.words.len(), at, *word)).or_default() += 1;
        }
    }
    // By the fixed words, and none where a word may vary.
    let mut groups: HashMap<Vec<Option<u32>>, Vec<usize>> = HashMap::new();
    for (number, template) in templates.iter().enumerate().filter(|(_, template)| template.words.len() > FIXED) {
        let words = &template.words;
        let count = |at: usize| counts.get(&(words.len(), at, words[at])).copied().unwrap_or(0);
        if let Some(least) = least_fixed((0..words.len()).map(count).collect()) {
            let pattern = words.iter().enumerate().map(|(at, word)| (count(at) >= least).then_some(*word));
            groups.entry(pattern.collect()).or_default().push(number);
        }
    }
    for (pattern, members) in groups.into_iter().filter(|(_, members)| members.len() >= VARY) {
        let fixed = pattern.iter().flatten().count();
        let mut places = (0..pattern.len()).filter(|at| pattern[*at].is_none());
        let all_vary = places.all(|at| {
            let different: HashSet<u32> = members.iter().map(|member| templates[*member].words[at]).collect();
            let needed = needed(different.iter().map(|word| looks[*word as usize]), false, fixed);
            different.len() >= needed.max(VARY)
        });
        if all_vary {
            let vary = (0..pattern.len()).filter(|at| pattern[*at].is_none());
            let positions = vary.fold(0, |positions: Positions, at| positions | 1 << at);
            members.iter().for_each(|member| found[*member] |= positions);
        }
    }
    found
}

/// The count from which on words are fixed.
fn least_fixed(mut counts: Vec<u32>) -> Option<u32> {
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let fewest = FIXED.max(counts.len().div_ceil(2));
    let mut best: Option<(u32, u32)> = None;
    for fixed in fewest..counts.len() {
        let (above, below) = (counts[fixed - 1], counts[fixed]);
        // a/b > c/d without fractions.
        let steeper = |(a, b): (u32, u32)| u64::from(above) * u64::from(b) > u64::from(a) * u64::from(below);
        if below > 0 && best.is_none_or(steeper) {
            best = Some((above, below));
        }
    }
    best.filter(|(above, below)| *above >= below * DROP).map(|(above, _)| above)
}
