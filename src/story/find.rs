//! Finds the messages whose story is wanted, in the order of their arrival: input by input, and by their place in it.

use crate::run::message::{Input, Message};
use bumpalo::Bump;
use std::collections::BTreeMap;

/// Which messages are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The one with this number, counted from 1 in the order of arrival.
    Number(u64),
    /// Those that contain a text.
    Containing(String),
}

/// A message that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number in the order of arrival, from 1.
    pub number: u64,
    /// The number of its input.
    pub source: u32,
    /// Its offset there.
    pub offset: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The first messages that are wanted.
    pub found: Vec<Found>,
    /// How many more there are.
    pub more: u64,
    /// How many messages there are in all.
    pub messages: u64,
}

/// What is known of one input.
#[derive(Default)]
struct OfSource {
    messages: u64,
    /// Number within the input, and offset.
    found: Vec<(u64, u64)>,
    more: u64,
}

/// Looks for messages, at most `limit`, over the whole input.
pub fn find(input: &dyn Input, wanted: &Wanted, limit: usize) -> Search {
    let mut sources: BTreeMap<u32, OfSource> = BTreeMap::new();
    let (mut buffer, mut arena) = (Vec::new(), Bump::new());
    while let Some(chunk) = input.next(std::mem::take(&mut buffer)) {
        let text = chunk.text();
        let of_source = sources.entry(chunk.source.index).or_default();
        for message in chunk.messages(&text, &arena) {
            of_source.take(&message, wanted, limit);
        }
        drop(text);
        arena.reset();
        buffer = chunk.bytes.reuse();
    }
    let mut search = Search::default();
    for (source, of_source) in sources {
        let found = of_source.found.iter().map(|(number, offset)| (search.messages + number, *offset));
        match wanted {
            // Of every input as many were kept as could be meant.
            Wanted::Number(number) => {
                let found = found.filter(|(at, _)| at == number);
                search.found.extend(found.map(|(number, offset)| Found { number, source, offset }));
            }
            Wanted::Containing(_) => {
                search.found.extend(found.map(|(number, offset)| Found { number, source, offset }));
                search.more += of_source.more;
            }
        }
        search.messages += of_source.messages;
    }
    search.more += search.found.len().saturating_sub(limit) as u64;
    search.found.truncate(limit);
    search
}

impl OfSource {
    fn take(&mut self, message: &Message<'_>, wanted: &Wanted, limit: usize) {
        self.messages += 1;
        match wanted {
            Wanted::Number(number) if self.messages <= *number => self.found.push((self.messages, message.offset)),
            Wanted::Number(_) => {}
            Wanted::Containing(text) if message.raw.contains(text.as_str()) => match self.found.len() < limit {
                true => self.found.push((self.messages, message.offset)),
                false => self.more += 1,
            },
            Wanted::Containing(_) => {}
        }
    }
}
