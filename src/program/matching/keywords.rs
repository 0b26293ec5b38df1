//! Many rows of phrases, one of which must be in a message with all its phrases: what a subquery with `keywords` gives
//! the scope.
//!
//! A few are looked for one after the other. For many the message is gone through once: the phrases are a trie over
//! terms, and from each term of the message on it is followed as far as it leads. So a message costs the same whether ten
//! phrases are looked for or ten thousand.

use super::terms::{Piece, Term, is_space, is_word, pieces};
use crate::program::subquery_results::Texts;
use hashbrown::HashMap;

/// Up to so many phrases are looked for one by one: that is faster than to look at every term.
const FEW: usize = 4;

/// Rows of phrases.
#[derive(Debug)]
pub struct Keywords {
    /// For each row its phrases.
    rows: Vec<Vec<u32>>,
    phrases: Phrases,
    /// For each phrase, which rows need to be looked at when it is found.
    leads_to: Vec<PhraseRows>,
}

/// The same text for texts that are the same phrase.
fn same(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => out.push_str(&word),
            Piece::Sign(sign) => out.push(sign),
            _ => out.push(' '),
        }
    }
    out
}

#[derive(Debug)]
enum Phrases {
    Few(Vec<Term>),
    Many(Trie),
}

/// Rows that a phrase leads to.
#[derive(Clone, Debug, Default)]
struct PhraseRows {
    /// Some row is this phrase alone.
    alone: bool,
    /// Rows with others, of which this one is in the fewest rows.
    others: Vec<u32>,
}

impl Keywords {
    /// The phrases that these rows of texts are. Texts in which there is nothing to look for are to be left out before.
    pub fn new(rows: &[Texts]) -> Keywords {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut texts: Vec<&str> = Vec::new();
        let mut numbered = Vec::with_capacity(rows.len());
        for row in rows {
            let mut phrases: Vec<u32> = Vec::with_capacity(row.len());
            for text in row {
                let new = texts.len() as u32;
                let phrase = *numbers.entry(same(text)).or_insert(new);
                if phrase == new {
                    texts.push(text);
                }
                if !phrases.contains(&phrase) {
                    phrases.push(phrase);
                }
            }
            numbered.push(phrases);
        }
        let mut uses = vec![0u32; texts.len()];
        numbered.iter().flatten().for_each(|phrase| uses[*phrase as usize] += 1);
        let mut leads_to = vec![PhraseRows::default(); texts.len()];
        for (row, phrases) in numbered.iter().enumerate() {
            let Some(rarest) = phrases.iter().min_by_key(|phrase| uses[**phrase as usize]) else { continue };
            let rows = &mut leads_to[*rarest as usize];
            match phrases.len() {
                1 => rows.alone = true,
                _ => rows.others.push(row as u32),
            }
        }
        let phrases = match texts.len() <= FEW {
            true => Phrases::Few(texts.iter().map(|text| Term::phrase(text)).collect()),
            false => Phrases::Many(Trie::new(&texts)),
        };
        Keywords { rows: numbered, phrases, leads_to }
    }

    /// Whether a row is in a text with all its phrases.
    pub fn are_in(&self, text: &str) -> bool {
        let trie = match &self.phrases {
            Phrases::Few(terms) => {
                let is_in = |phrase: &u32| terms[*phrase as usize].is_in(text);
                return self.rows.iter().any(|row| row.iter().all(is_in));
            }
            Phrases::Many(trie) => trie,
        };
        let mut found: Vec<u32> = Vec::new();
        let alone = trie.find(text, &mut |phrase| {
            if self.leads_to[phrase as usize].alone {
                return true;
            }
            if !found.contains(&phrase) {
                found.push(phrase);
            }
            false
        });
        let complete = |row: &u32| self.rows[*row as usize].iter().all(|phrase| found.contains(phrase));
        alone || found.iter().any(|phrase| self.leads_to[*phrase as usize].others.iter().any(complete))
    }
}

/// White space, or an edge of the text, as a step of the trie. Words are numbered from 0, signs from [`SIGNS`].
const BLANK: u32 = u32::MAX;
const SIGNS: u32 = 1 << 31;

/// Phrases as a trie over their parts. Node 0 is where all begin.
#[derive(Debug, Default)]
struct Trie {
    /// The words of all phrases, lower case.
    words: HashMap<Box<str>, u32>,
    /// From a node, by a word, sign or blank, to the next node.
    next: HashMap<(u32, u32), u32>,
    /// For each node, the phrase that ends there.
    ends: Vec<Option<u32>>,
    /// What phrases begin with: signs, blanks, ASCII words of these lengths (as bits; the last for all that are longer).
    signs: bool,
    blanks: bool,
    lengths: u64,
}

impl Trie {
    fn new(phrases: &[&str]) -> Trie {
        let mut trie = Trie { ends: vec![None], ..Trie::default() };
        for (number, phrase) in phrases.iter().enumerate() {
            let mut node = 0;
            let mut first = true;
            for piece in pieces(phrase) {
                first &= node == 0 || trie.next.get(&(0, BLANK)) == Some(&node);
                let step = match piece {
                    Piece::Word(word) => {
                        if first && word.is_ascii() {
                            trie.lengths |= length(&word);
                        }
                        let new = trie.words.len() as u32;
                        *trie.words.entry(word.into()).or_insert(new)
                    }
                    Piece::Sign(sign) => {
                        trie.signs |= first;
                        SIGNS + u32::from(sign)
                    }
                    _ => {
                        trie.blanks |= first;
                        BLANK
                    }
                };
                node = trie.step(node, step);
            }
            trie.ends[node as usize] = Some(number as u32);
        }
        trie
    }

    /// The node after a step, a new one if there is none yet.
    fn step(&mut self, node: u32, step: u32) -> u32 {
        let new = self.ends.len() as u32;
        let next = *self.next.entry((node, step)).or_insert(new);
        if next == new {
            self.ends.push(None);
        }
        next
    }

    /// Gives the phrases in a text, some perhaps more than once, until the answer is true.
    fn find(&self, text: &str, each: &mut impl FnMut(u32) -> bool) -> bool {
        let blank = if self.blanks { self.next.get(&(0, BLANK)).copied() } else { None };
        let mut lower = String::new();
        let mut edge = true;
        let mut start = 0;
        while let Some(c) = text[start..].chars().next() {
            let (step, end) = match is_word(c) {
                true => {
                    let end = term_end(text, start);
                    (
                        self.begins_with(&text[start..end]).then(|| self.word(&text[start..end], &mut lower)).flatten(),
                        end,
                    )
                }
                false => ((self.signs && !is_space(c)).then(|| SIGNS + u32::from(c)), start + c.len_utf8()),
            };
            if let Some(step) = step {
                let nodes = std::iter::once(0).chain(blank.filter(|_| edge));
                for node in nodes.filter_map(|node| self.next.get(&(node, step))) {
                    if self.follow(*node, text, end, &mut lower, each) {
                        return true;
                    }
                }
            }
            edge = is_space(c);
            start = end;
        }
        false
    }

    /// Goes on from a node with the text from here, as long as there is a way.
    fn follow(
        &self,
        mut node: u32,
        text: &str,
        mut at: usize,
        lower: &mut String,
        each: &mut impl FnMut(u32) -> bool,
    ) -> bool {
        loop {
            if self.ends[node as usize].is_some_and(&mut *each) {
                return true;
            }
            let (step, end) = match text[at..].chars().next() {
                Some(c) if is_word(c) => {
                    let end = term_end(text, at);
                    (self.word(&text[at..end], lower), end)
                }
                Some(c) if !is_space(c) => (Some(SIGNS + u32::from(c)), at + c.len_utf8()),
                _ => {
                    let rest = text[at..].trim_start_matches(is_space);
                    (Some(BLANK), text.len() - rest.len())
                }
            };
            match step.and_then(|step| self.next.get(&(node, step))) {
                // At the end of the text a blank leads on once, and there is nothing after it.
                Some(next) => (node, at) = (*next, end),
                None => return false,
            }
        }
    }

    /// Whether a phrase may begin with a word of this length. Lower case may make an ASCII word of one that is not.
    fn begins_with(&self, word: &str) -> bool {
        self.lengths & length(word) != 0 || !word.is_ascii()
    }

    fn word(&self, word: &str, lower: &mut String) -> Option<u32> {
        if !word.is_ascii() {
            return self.words.get(word.to_lowercase().as_str()).copied();
        }
        lower.clear();
        lower.push_str(word);
        lower.make_ascii_lowercase();
        self.words.get(lower.as_str()).copied()
    }
}

/// A word's length as a bit.
fn length(word: &str) -> u64 {
    1 << word.len().min(63)
}

/// Where the word ends that starts here.
fn term_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || *byte == b'_' {
            end += 1;
        } else if byte.is_ascii() {
            break;
        } else {
            match text[end..].chars().next().filter(|c| is_word(*c)) {
                Some(c) => end += c.len_utf8(),
                None => break,
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(rows: &[&[&str]]) -> Vec<Texts> {
        rows.iter().map(|row| row.iter().map(|text| Box::from(*text)).collect()).collect()
    }

    #[test]
    fn one_row_with_all_its_phrases() {
        for more in [&[][..], &["p", "q", "r", "s", "t"]] {
            // The same phrase in two spellings, alone and with another.
            let mut all = rows(&[&["eve", "10.1.1.7"], &["Amy Lee"], &["KIM"], &["kim", "x"], &["Kim", "y"]]);
            all.extend(more.iter().flat_map(|text| rows(&[&[text]])));
            let keywords = Keywords::new(&all);
            for (text, wanted) in [
                ("EVE from 10.1.1.7:443", true),
                ("eve from 10.1.1.77", false),
                ("steve from 10.1.1.7", false),
                ("10.1.1.7", false),
                ("amy\tlee", true),
                ("amylee", false),
                ("kim", true),
                ("", false),
            ] {
                assert_eq!(keywords.are_in(text), wanted, "{text}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn both_ways_find_the_same(
            phrases in prop::collection::vec(prop::collection::vec("[aAbB_1é./ *\u{212a}kΣσς-]{1,4}", 1..3), 1..12),
            text in "[aAbB_1é./ *\u{212a}kΣσς-]{0,24}",
        ) {
            let texts = |row: &Vec<String>| row.iter().map(|text| text.as_str().into()).collect();
            let all: Vec<Texts> =
                phrases.iter().filter(|row| row.iter().all(|text| !text.trim_matches(is_space).is_empty())).map(texts).collect();
            let wanted = all.iter().any(|row| row.iter().all(|phrase| Term::phrase(phrase).is_in(&text)));
            prop_assert_eq!(Keywords::new(&all).are_in(&text), wanted);
        }
    }
}
