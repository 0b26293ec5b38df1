//! Looks for text that every message in the scope has in whole chunks, before messages are cut: those without it need not be
//! looked at.

use crate::program::plan::Plan;
use bumpalo::Bump;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::atomic::{AtomicBool, Ordering};
use sumoql_data::message::{Chunk, Message};

/// Smaller chunks are cut: it costs nothing, and all their messages are counted.
const LEAST: usize = 64 << 10;

/// The search for such a text.
pub struct LiteralPrefilter {
    regex: Regex,
    /// Whether the pattern is ASCII.
    ascii: bool,
    /// Whether so many messages have it that the search is no gain.
    common: AtomicBool,
}

impl LiteralPrefilter {
    /// The search for what runs over each time range, if there is one range, and something to look for.
    pub fn of(parts: &[&Plan]) -> Option<LiteralPrefilter> {
        let [only] = parts else { return None };
        if only.simple {
            return None;
        }
        // What is not UTF-8 is in the text as U+FFFD, but not in the bytes.
        let pattern = only.search.needle().filter(|pattern| !pattern.contains(char::REPLACEMENT_CHARACTER))?;
        let regex = RegexBuilder::new(&pattern).case_insensitive(true).build().ok()?;
        Some(LiteralPrefilter { regex, ascii: pattern.is_ascii(), common: AtomicBool::new(false) })
    }

    /// Whether what is looked for is in the bytes as it is in the messages: JSON around messages may write letters as
    /// escapes, and words are looked for in all fields of some records.
    fn is_as_written(&self, chunk: &Chunk) -> bool {
        !chunk.source.security && (self.ascii || !chunk.source.framing.own_metadata())
    }

    /// All messages of a chunk that may be in the scope, and perhaps some others. `None` where all must be looked at.
    pub fn messages<'m>(&self, chunk: &'m Chunk, arena: &'m Bump) -> Option<Vec<Message<'m>>> {
        if chunk.bytes.len() < LEAST || self.common.load(Ordering::Relaxed) || !self.is_as_written(chunk) {
            return None;
        }
        let messages = chunk.messages_with(&self.regex, arena)?;
        if messages.iter().map(|message| message.raw.len()).sum::<usize>() > chunk.bytes.len() / 4 {
            self.common.store(true, Ordering::Relaxed);
        }
        Some(messages)
    }
}
