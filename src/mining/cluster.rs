//! Groups layouts into signatures.
//!
//! Layouts with the same words in the same order are one template from the start. Then templates are compared: where
//! they differ in one word only, that word varies, if
//!
//! - some messages have a value by its looks in just that place (`synchronized to 10.0.0.1`, `… to LOCAL(0)`), or
//! - so many different words stand there that they can't all be part of a fixed sentence.
//!
//! How many are needed depends on the words: after `user` two are enough, names in capitals are often states, words that
//! tell what happened are no values at all, and a message with one fixed word needs more evidence than one with many. Words that vary are taken
//! out, all that a round finds at once, until a round finds none; then `super::sparse_words` looks for several at once.
//! So the result does not depend on any order.

use super::mask::WORDS;
use super::shape::{Gap, Shape};
use super::word_kinds::Looks;
use super::{signature, sparse_words};
use std::collections::HashMap;

/// Different words in one place that make it vary.
const WORDS_VARY: usize = 4;
/// The same for words that look like identifiers.
const IDENTIFIERS_VARY: usize = 3;
/// The same for names in capitals.
const CAPITALS_VARY: usize = 6;
/// The same after a word that says that a name follows.
const NAMES_VARY: usize = 2;
/// The same where only one word is fixed.
const LONELY_VARY: usize = 10;
/// Fixed words with which a message is not lonely.
const COMPANY: usize = 2;
/// Fixed words around a value with which a word in its place is taken for a value as well.
const CONTEXT: usize = 3;

/// Layouts, grouped.
#[derive(Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The group of each layout.
    pub of: Vec<usize>,
    /// The signature of each group.
    pub signatures: Vec<String>,
}

/// A set of positions in a template.
pub(super) type Positions = u128;

/// Words that some layouts have in common.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// The words' numbers.
    pub words: Vec<u32>,
    /// What varies before each word, and after the last, in every one of the layouts.
    least: Vec<Gap>,
    /// The same, in any of them.
    most: Vec<Gap>,
}

impl Template {
    fn join(&mut self, other: &Template) {
        self.least.iter_mut().zip(&other.least).for_each(|(a, b)| *a = (*a).min(*b));
        self.most.iter_mut().zip(&other.most).for_each(|(a, b)| *a = (*a).max(*b));
    }

    /// The template without some words.
    fn without(&self, positions: Positions) -> Template {
        let mut left = Template {
            words: Vec::with_capacity(self.words.len()),
            least: vec![self.least[0]],
            most: vec![self.most[0]],
        };
        for (at, word) in self.words.iter().enumerate() {
            let (least, most) = (self.least[at + 1], self.most[at + 1]);
            if positions & (1 << at) == 0 {
                left.words.push(*word);
                left.least.push(least);
                left.most.push(most);
            } else {
                // The word is a value now, and takes its neighbours in.
                for gap in [left.least.last_mut(), left.most.last_mut()].into_iter().flatten() {
                    *gap = Gap::Alone;
                }
            }
        }
        left
    }
}

/// Groups layouts, each with the number of its messages. Their order does not matter.
pub fn cluster(layouts: &[(&str, u64)]) -> Clusters {
    let mut order: Vec<usize> = (0..layouts.len()).collect();
    order.sort_unstable_by_key(|at| layouts[*at].0);
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut looks: Vec<Looks> = Vec::new();
    let mut templates: Vec<Template> = Vec::new();
    let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
    // For each layout the number of its first template.
    let mut first = vec![0; layouts.len()];
    for at in order.iter().copied() {
        let shape = Shape::of(layouts[at].0);
        let number = |word| {
            *numbers.entry(word).or_insert_with(|| {
                looks.push(Looks::of(word));
                looks.len() as u32 - 1
            })
        };
        let words: Vec<u32> = shape.words.into_iter().map(number).collect();
        let new = Template { words, least: shape.gaps.clone(), most: shape.gaps };
        first[at] = add(&mut templates, &mut known, new);
    }
    let fates = settle(templates, &looks);

    let mut signatures: Vec<String> = Vec::new();
    let mut best: Vec<Option<usize>> = vec![None; layouts.len()];
    let mut of = vec![0; layouts.len()];
    let mut renumbered: HashMap<usize, usize> = HashMap::new();
    for at in order {
        let next = renumbered.len();
        let group = *renumbered.entry(fates.last[first[at]]).or_insert(next);
        of[at] = group;
        // The most frequent layout stands for the group, of equals the first.
        if best[group].is_none_or(|best| layouts[best].1 < layouts[at].1) {
            best[group] = Some(at);
        }
    }
    for at in best.into_iter().flatten() {
        signatures.push(signature::text(layouts[at].0, fates.removed[first[at]]));
    }
    Clusters { of, signatures }
}

/// Adds a template to those that are there; the answer is its number.
fn add(templates: &mut Vec<Template>, known: &mut HashMap<Vec<u32>, usize>, new: Template) -> usize {
    match known.get(&new.words) {
        Some(at) => {
            templates[*at].join(&new);
            *at
        }
        None => {
            known.insert(new.words.clone(), templates.len());
            templates.push(new);
            templates.len() - 1
        }
    }
}

/// What became of templates.
struct Fates {
    /// For each, the template that took it in.
    last: Vec<usize>,
    /// For each, which of its words vary.
    removed: Vec<Positions>,
}

/// Takes out words that vary until there are none.
fn settle(mut templates: Vec<Template>, looks: &[Looks]) -> Fates {
    let mut last: Vec<usize> = (0..templates.len()).collect();
    let mut removed: Vec<Positions> = vec![0; templates.len()];
    loop {
        let mut found = single(&templates, looks);
        if found.iter().all(|positions| *positions == 0) {
            found = sparse_words::several(&templates, looks);
        }
        if found.iter().all(|positions| *positions == 0) {
            return Fates { last, removed };
        }
        let (mut left, mut known) = (Vec::new(), HashMap::new());
        let next: Vec<usize> = templates
            .iter()
            .zip(&found)
            .map(|(template, positions)| add(&mut left, &mut known, template.without(*positions)))
            .collect();
        for (last, removed) in last.iter_mut().zip(&mut removed) {
            *removed = spread(*removed, found[*last]);
            *last = next[*last];
        }
        templates = left;
    }
}

/// Adds positions, counted among the words that are left, to those that are removed, counted among all.
fn spread(removed: Positions, among_left: Positions) -> Positions {
    let mut out = removed;
    for (left, at) in (0..WORDS).filter(|at| removed & (1 << at) == 0).enumerate() {
        out |= (among_left >> left & 1) << at;
    }
    out
}

/// A hash of a word's number.
fn scattered(word: u32) -> u64 {
    let mut x = (u64::from(word) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const BASE: u64 = 0xd6e8_feb8_6659_fd93;

/// A template without one of its words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Without {
    /// Hash of the words that are left.
    hash: u64,
    position: u32,
    template: u32,
}

/// The hash of a template's words, and of what is left without each of them.
fn hashes(words: &[u32], mut each: impl FnMut(usize, u64)) -> u64 {
    // Powers of the base for what stands after a word.
    let mut after = vec![(0u64, 1u64); words.len() + 1];
    for at in (0..words.len()).rev() {
        let (hash, power) = after[at + 1];
        after[at] = (scattered(words[at]).wrapping_mul(power).wrapping_add(hash), power.wrapping_mul(BASE));
    }
    let mut before = 0u64;
    for (at, word) in words.iter().enumerate() {
        let (hash, power) = after[at + 1];
        each(at, before.wrapping_mul(power).wrapping_add(hash));
        before = before.wrapping_mul(BASE).wrapping_add(scattered(*word));
    }
    before
}

/// For each template the words that vary, found by what it has in common with others but for one word.
fn single(templates: &[Template], looks: &[Looks]) -> Vec<Positions> {
    let mut found = vec![0; templates.len()];
    let mut whole: HashMap<u64, usize> = HashMap::with_capacity(templates.len());
    let mut without: Vec<Without> = Vec::with_capacity(templates.iter().map(|t| t.words.len()).sum());
    for (number, template) in templates.iter().enumerate() {
        let hash = hashes(&template.words, |position, hash| {
            without.push(Without { hash, position: position as u32, template: number as u32 });
        });
        whole.entry(hash).or_insert(number);
    }
    without.sort_unstable();
    for alike in without.chunk_by(|a, b| (a.hash, a.position) == (b.hash, b.position)) {
        let Some(Without { hash, position, template }) = alike.first() else { continue };
        let position = *position as usize;
        let pattern = &templates[*template as usize].words;
        let rest = || pattern[..position].iter().chain(&pattern[position + 1..]);
        let same = |words: &[u32]| words[..position].iter().chain(&words[position + 1..]).eq(rest());
        // Equal hashes of different words are next to impossible, but must not group what does not belong together.
        let members: Vec<usize> =
            alike.iter().map(|w| w.template as usize).filter(|t| same(&templates[*t].words)).collect();
        let fixed = pattern.len() - 1;
        if fixed >= CONTEXT
            && let Some(valued) = whole.get(hash).map(|number| &templates[*number])
            && valued.words.iter().eq(rest())
            && valued.least[position] > Gap::None
        {
            for member in &members {
                let Template { words, most, .. } = &templates[*member];
                let takes_its_place = most[position] < Gap::Alone && most[position + 1] < Gap::Alone;
                if takes_its_place && !looks[words[position] as usize].tells {
                    found[*member] |= 1 << position;
                }
            }
        }
        let words = members.iter().map(|member| looks[templates[*member].words[position] as usize]);
        let named = position > 0 && looks[pattern[position - 1] as usize].introduces;
        if members.len() > 1 && members.len() >= needed(words, named, fixed) {
            members.iter().for_each(|member| found[*member] |= 1 << position);
        }
    }
    found
}

/// How many different words in one place make it vary, where so many others are fixed. `named` says whether the word
/// before says that a name follows.
pub(super) fn needed(words: impl Iterator<Item = Looks>, named: bool, fixed: usize) -> usize {
    let (mut count, mut tell, mut capitals, mut letters) = (0usize, 0, 0, 0);
    for looks in words {
        count += 1;
        tell += usize::from(looks.tells);
        capitals += usize::from(looks.capitals);
        letters += usize::from(looks.letters);
    }
    if fixed == 0 || tell * 2 >= count {
        return usize::MAX;
    }
    let needed = match () {
        () if named => NAMES_VARY,
        () if capitals * 2 > count => CAPITALS_VARY,
        () if letters * 2 <= count => IDENTIFIERS_VARY,
        () => WORDS_VARY,
    };
    if fixed < COMPANY { needed.max(LONELY_VARY) } else { needed }
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::*;

    /// The signatures with the numbers of their messages, by text.
    fn signatures(messages: &[&str]) -> Vec<(String, usize)> {
        let layouts: Vec<String> = messages
            .iter()
            .map(|message| {
                let mut layout = String::new();
                mask(message, &mut layout);
                layout
            })
            .collect();
        let mut distinct: HashMap<&str, u64> = HashMap::new();
        layouts.iter().for_each(|layout| *distinct.entry(layout).or_default() += 1);
        let mut distinct: Vec<(&str, u64)> = distinct.into_iter().collect();
        let clusters = cluster(&distinct);
        let mut found: Vec<(String, usize)> =
            clusters.signatures.iter().map(|text| (text.replace(signature::WILDCARD, "*"), 0)).collect();
        let position = |layout: &str| distinct.iter().position(|(other, _)| *other == layout);
        layouts.iter().filter_map(|layout| position(layout)).for_each(|at| found[clusters.of[at]].1 += 1);
        found.sort();
        // The same whatever the order.
        let of = |distinct: &[(&str, u64)]| {
            let clusters = cluster(distinct);
            let mut of: Vec<(String, String)> = distinct
                .iter()
                .zip(&clusters.of)
                .map(|((layout, _), group)| (layout.to_string(), clusters.signatures[*group].clone()))
                .collect();
            of.sort();
            of
        };
        let before = of(&distinct);
        distinct.reverse();
        assert_eq!(of(&distinct), before);
        found
    }

    fn of(found: &[(&str, usize)]) -> Vec<(String, usize)> {
        found.iter().map(|(text, count)| (text.to_string(), *count)).collect()
    }

    #[test]
    fn many_words_in_one_place_vary_and_few_do_not() {
        let files: Vec<String> = ["ann", "bob", "eve", "joe"].map(|u| format!("File {u} has come in")).to_vec();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        assert_eq!(signatures(&files), of(&[("File * has come in", 4)]));
        assert_eq!(signatures(&files[..3]).len(), 3);
        assert_eq!(signatures(&["User ann logged out", "User bob logged out"]), of(&[("User * logged out", 2)]));
        // What happened is no value, however many things happen.
        let happened =
            ["session opened for it", "session closed for it", "session resumed for it", "session ended for it"];
        assert_eq!(signatures(&happened).len(), 4);
    }

    #[test]
    fn a_word_where_others_have_a_value_is_one() {
        assert_eq!(
            signatures(&["synchronized to 10.0.0.1, stratum good", "synchronized to LOCAL(0), stratum good"]),
            of(&[("synchronized to *, stratum good", 2)]).clone()
        );
        assert_eq!(signatures(&["got 5 of it all", "got rejected of it all"]).len(), 2);
    }

    #[test]
    fn several_words_can_vary_at_once() {
        let messages: Vec<String> =
            ('a'..='l').map(|c| format!("user {0}{0} came from {0}x over {0}y today", c)).collect();
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        assert_eq!(signatures(&messages), of(&[("user * came from * over * today", 12)]));
    }

    #[test]
    fn texts_without_words_have_groups_too() {
        assert_eq!(signatures(&["1, 2", "3", "----", "====", ""]), of(&[("", 1), ("*", 2), ("----", 1), ("====", 1)]));
    }

    #[test]
    fn very_long_messages_are_compared_by_their_beginning() {
        let long = |end: &str| format!("{}{end}", "w ".repeat(WORDS));
        let found = signatures(&[&long("a b c"), &long("d"), &long("")]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn positions_are_counted_among_what_is_left() {
        assert_eq!(spread(0b0101, 0b11), 0b1111);
        assert_eq!(spread(0b0110, 0b10), 0b1110);
        assert_eq!(spread(0, 1 << 127), 1 << 127);
        assert_eq!(spread(1 << 127, 1), 1 | 1 << 127);
    }
}
