//! What JSON messages of one kind have in common: their keys, in the same order. A message with the keys of one seen
//! before needs no look at each of them: only its values are gone over.

use super::many_paths::Wanted;
use crate::run::json::fast_skip;
use crate::run::json::scan::{Scanner, Walk};
use crate::run::scan::anchor_finder::starts_with;

/// The text between the values of an object, and what the values are wanted for.
#[derive(Debug)]
pub struct Skeleton {
    parts: Vec<SkeletonPiece>,
    /// What stands behind the last value.
    end: Box<str>,
}

/// A value, and the text before it, from the value before on.
#[derive(Debug)]
struct SkeletonPiece {
    before: Box<str>,
    /// The place that paths lead to, if any does.
    node: Option<usize>,
    depth: usize,
}

/// More members than this are not worth remembering.
const MAX_SKELETON_KEYS: usize = 256;

/// What is being learnt.
struct Learnt<'t> {
    text: &'t str,
    parts: Vec<SkeletonPiece>,
    /// Where the last value ended.
    at: usize,
    /// Whether the message is of no use: a key that is wanted occurs twice, say.
    irregular: bool,
}

impl Skeleton {
    /// The skeleton of a message, which must be JSON. `None` where it is no object, or not worth remembering.
    pub fn of(text: &str, wanted: &Wanted) -> Option<Skeleton> {
        let mut scanner = Scanner::new(text);
        scanner.blanks();
        if scanner.peek() != Some(b'{') || wanted.is_whole(0) {
            return None;
        }
        let mut learnt = Learnt { text, parts: Vec::new(), at: 0, irregular: false };
        learnt.object(&mut scanner, wanted, Some(0), 1).ok()?;
        scanner.end().ok()?;
        let end = text[learnt.at..].into();
        (!learnt.irregular && !learnt.parts.is_empty()).then_some(Skeleton { parts: learnt.parts, end })
    }

    /// The same as [`Wanted::find`] for a text with this skeleton; `false` for another one, and for what is broken.
    pub fn find<'t>(&self, text: &'t str, wanted: &Wanted, found: &mut [Option<&'t str>]) -> bool {
        let bytes = text.as_bytes();
        let mut at = 0;
        for part in &self.parts {
            if !starts_with(&bytes[at..], part.before.as_bytes()) {
                return false;
            }
            let start = at + part.before.len();
            if let Some(end) = fast_skip::end(bytes, start) {
                if let Some(node) = part.node {
                    wanted.take(node, &text[start..end], found);
                }
                at = end;
                continue;
            }
            let mut scanner = Scanner::within(text, start, part.depth);
            let walked = match part.node {
                Some(node) => wanted.walk(node, &mut scanner, found),
                None => scanner.skip(),
            };
            if walked.is_err() {
                return false;
            }
            at = scanner.at();
        }
        bytes[at..] == *self.end.as_bytes()
    }
}

impl<'t> Learnt<'t> {
    fn object(&mut self, scanner: &mut Scanner<'t>, wanted: &Wanted, node: Option<usize>, depth: usize) -> Walk {
        let mut seen = Vec::new();
        scanner.members(|scanner, key| {
            let child = node.and_then(|node| wanted.named(node, key));
            if let Some(child) = child {
                self.irregular |= seen.contains(&child);
                seen.push(child);
            }
            if scanner.peek() == Some(b'{') && !child.is_some_and(|child| wanted.is_whole(child)) {
                return self.object(scanner, wanted, child, depth + 1);
            }
            self.irregular |= self.parts.len() == MAX_SKELETON_KEYS;
            self.parts.push(SkeletonPiece { before: self.text[self.at..scanner.at()].into(), node: child, depth });
            scanner.skip()?;
            self.at = scanner.at();
            Ok(())
        })
    }
}
