//! Literal texts that are looked for one after the other: mostly the next one is only a few bytes away.

use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};
use std::sync::OnceLock;
use wide::u8x16;

/// How many blocks of 16 bytes are looked at here; beyond them a search that takes longer to start is faster.
const NEAR: usize = 4;

/// How much of the first text that is searched is looked at to learn which bytes are frequent.
const SAMPLE: std::ops::Range<usize> = 256..4096;

/// A text to look for.
#[derive(Clone, Debug)]
pub struct Anchor {
    text: Box<[u8]>,
    /// Its first byte, and its second, if there is one.
    first: u8x16,
    second: Option<u8x16>,
    /// Searches what is not near. It looks for the two bytes that are rarest in a text like those that it searches: in
    /// markup, the brackets and quotes of an anchor are everywhere.
    far: OnceLock<Finder<'static>>,
}

/// How often each byte occurs in a sample.
struct Frequencies([u8; 256]);

impl Frequencies {
    fn of(sample: &[u8]) -> Frequencies {
        let mut counts = [0_u8; 256];
        sample.iter().for_each(|byte| counts[usize::from(*byte)] = counts[usize::from(*byte)].saturating_add(1));
        Frequencies(counts)
    }
}

impl HeuristicFrequencyRank for &Frequencies {
    fn rank(&self, byte: u8) -> u8 {
        self.0[usize::from(byte)]
    }
}

impl Anchor {
    /// Prepares the search for a text.
    pub fn new(text: &str) -> Anchor {
        let text: Box<[u8]> = text.as_bytes().into();
        let first = u8x16::splat(text.first().copied().unwrap_or_default());
        let second = text.get(1).copied().map(u8x16::splat);
        Anchor { text, first, second, far: OnceLock::new() }
    }

    fn far(&self, bytes: &[u8]) -> &Finder<'static> {
        self.far.get_or_init(|| match bytes.get(..SAMPLE.start) {
            None => Finder::new(&*self.text).into_owned(),
            Some(_) => {
                let sample = Frequencies::of(&bytes[..bytes.len().min(SAMPLE.end)]);
                FinderBuilder::new().build_forward_with_ranker(&sample, &*self.text).into_owned()
            }
        })
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where it is found first.
    #[inline]
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        let text = &*self.text;
        if text.is_empty() {
            return Some(0);
        }
        let mut at = 0;
        for _ in 0..NEAR {
            // With the byte after the block.
            let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<17>()) else { break };
            let [start @ .., _] = block;
            let [_, next @ ..] = block;
            let mut found = u8x16::new(*start).simd_eq(self.first);
            if let Some(second) = self.second {
                found &= u8x16::new(*next).simd_eq(second);
            }
            let mut found = found.to_bitmask();
            while found != 0 {
                let candidate = at + found.trailing_zeros() as usize;
                if text.len() <= 2 || starts_with(&bytes[candidate..], text) {
                    return Some(candidate);
                }
                found &= found - 1;
            }
            at += 16;
        }
        let rest = &bytes[at..];
        Some(at + self.far(rest).find(rest)?)
    }
}

/// The same as the method of slices, without a call: the texts are short.
#[inline]
pub fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..start.len()) else { return false };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    match (bytes.last_chunk(), start.last_chunk()) {
        (Some(last), Some(wanted)) => {
            let (chunks, wanted_chunks) = (bytes.as_chunks().0, start.as_chunks().0);
            word(last) == word(wanted) && chunks.iter().zip(wanted_chunks).all(|(one, two)| word(one) == word(two))
        }
        _ => bytes.iter().zip(start).all(|(one, two)| one == two),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn starts_with_is_that_of_slices(text in "[ab]{0,30}", start in "[ab]{0,30}", cut in 0usize..30) {
            prop_assert_eq!(starts_with(text.as_bytes(), start.as_bytes()), text.starts_with(&start));
            let start = &text[..cut.min(text.len())];
            prop_assert!(starts_with(text.as_bytes(), start.as_bytes()));
        }

        #[test]
        fn finds_what_a_plain_search_finds(needle in "[ab]{0,4}", text in "[abc]{0,100}", far in "[bc]{0,80}") {
            let anchor = Anchor::new(&needle);
            for text in [&text, &format!("{far}{text}"), &format!("{}{text}", far.repeat(10)), &text] {
                prop_assert_eq!(anchor.find(text.as_bytes()), text.find(&needle), "{} in {}", needle, text);
            }
        }
    }
}
