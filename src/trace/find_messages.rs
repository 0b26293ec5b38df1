//! Finds the messages whose trace is wanted, in the order of their arrival: input by input, and by their place in it.

use crate::run::execute::Progress;
use bumpalo::Bump;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use sumoql_data::message::{Input, Message};

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
pub struct MessagePlace {
    /// Its number in the order of arrival, from 1.
    pub number: u64,
    /// The number of its input.
    pub source: u32,
    /// Its offset there.
    pub offset: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageSelector {
    /// The first messages that are wanted.
    pub found: Vec<MessagePlace>,
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

/// Looks for messages, at most `limit`, over the whole input, or as far as it comes before it is stopped.
pub fn find(input: &dyn Input, wanted: &Wanted, limit: usize, progress: &Progress) -> MessageSelector {
    let mut sources: BTreeMap<u32, OfSource> = BTreeMap::new();
    each(input, progress, |source, message| sources.entry(source).or_default().take(message, wanted, limit));
    let mut search = MessageSelector::default();
    for (source, of_source) in sources {
        let found = of_source.found.iter().map(|(number, offset)| (search.messages + number, *offset));
        match wanted {
            // Of every input as many were kept as could be meant.
            Wanted::Number(number) => {
                let found = found.filter(|(at, _)| at == number);
                search.found.extend(found.map(|(number, offset)| MessagePlace { number, source, offset }));
            }
            Wanted::Containing(_) => {
                search.found.extend(found.map(|(number, offset)| MessagePlace { number, source, offset }));
                search.more += of_source.more;
            }
        }
        search.messages += of_source.messages;
    }
    search.more += search.found.len().saturating_sub(limit) as u64;
    search.found.truncate(limit);
    search
}

/// The messages that come nearest to each of some rows, best first: in their text stand most of the row's cells. Without
/// a cell there, a message is near to no row. At most `limit` for each row; and the first of all messages.
pub fn nearest(input: &dyn Input, rows: &[Vec<String>], limit: usize) -> (Vec<Vec<MessagePlace>>, Vec<MessagePlace>) {
    let mut sources: BTreeMap<u32, u64> = BTreeMap::new();
    let mut near: Vec<Vec<(usize, MessagePlace)>> = vec![Vec::new(); rows.len()];
    let mut all = Vec::new();
    each(input, &Progress::default(), |source, message| {
        let number = sources.entry(source).or_default();
        *number += 1;
        let found = MessagePlace { number: *number, source, offset: message.offset };
        if all.len() < limit {
            all.push(found);
        }
        for (row, near) in rows.iter().zip(&mut near) {
            let score = row.iter().filter(|cell| message.raw.contains(cell.as_str())).map(|cell| weight(cell)).sum();
            if score > 0 {
                near.push((score, found));
            }
            if near.len() > 4 * limit {
                best(near, limit);
            }
        }
    });
    // So many messages came before those of an input.
    let mut before = BTreeMap::new();
    let mut sum = 0;
    for (source, messages) in sources {
        before.insert(source, sum);
        sum += messages;
    }
    let placed =
        |found: MessagePlace| MessagePlace { number: found.number + before.get(&found.source).unwrap_or(&0), ..found };
    let near = near.into_iter().map(|mut near| {
        best(&mut near, limit);
        near.into_iter().map(|(_, found)| placed(found)).collect()
    });
    (near.collect(), all.into_iter().map(placed).collect())
}

/// How much a cell tells of where its row comes from: numbers are often computed, and alike.
pub fn weight(cell: &str) -> usize {
    match cell {
        "" => 0,
        number if number.parse::<f64>().is_ok() => 1,
        _ => 4,
    }
}

fn best(near: &mut Vec<(usize, MessagePlace)>, limit: usize) {
    near.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.source, found.number));
    near.truncate(limit);
}

/// Hands over each message with the number of its input, until the end or until it is stopped.
fn each(input: &dyn Input, progress: &Progress, mut take: impl FnMut(u32, &Message<'_>)) {
    let (mut buffer, mut arena) = (Vec::new(), Bump::new());
    while !progress.stop.is_set() {
        let Some(chunk) = input.next(std::mem::take(&mut buffer)) else { break };
        let text = chunk.text();
        let messages = chunk.messages(&text, &arena);
        progress.messages.fetch_add(messages.len() as u64, Ordering::Relaxed);
        messages.iter().for_each(|message| take(chunk.source.index, message));
        drop(messages);
        drop(text);
        arena.reset();
        progress.bytes.fetch_add(chunk.bytes.len() as u64, Ordering::Relaxed);
        buffer = chunk.bytes.reuse();
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::framing::lines::Lines;
    use sumoql_data::in_memory::{Memory, plain_source};

    fn input(lines: &str) -> Memory {
        Memory::lines(lines, plain_source(Arc::new(Lines::default()), 0), 1)
    }

    #[test]
    fn by_number_and_by_text() {
        let text = |text: &str| Wanted::Containing(text.into());
        for (wanted, limit, found, more) in [
            (Wanted::Number(1), 5, [(1_u64, 0_u64)].as_slice(), 0),
            (Wanted::Number(3), 5, &[(3, 6)], 0),
            (Wanted::Number(5), 5, &[], 0),
            (text("b"), 5, &[(2, 3), (4, 9)], 0),
            (text("b"), 1, &[(2, 3)], 1),
            (text("z"), 5, &[], 0),
            (text(""), 2, &[(1, 0), (2, 3)], 2),
        ] {
            let selected = find(&input("aa\nbb\ncc\nbc\n"), &wanted, limit, &Progress::default());
            let places: Vec<_> = selected.found.iter().map(|place| (place.number, place.offset)).collect();
            assert_eq!((places.as_slice(), selected.more, selected.messages), (found, more, 4), "{wanted:?}, {limit}");
        }
    }

    #[test]
    fn a_stop_ends_the_search() {
        let progress = Progress::default();
        progress.stop.set();
        assert_eq!(find(&input("a\n"), &Wanted::Number(1), 1, &progress), MessageSelector::default());
    }

    #[test]
    fn messages_near_to_rows() {
        let rows: Vec<Vec<String>> = [&["bob", "7"] as &[&str], &["7"], &["nobody"], &[""]]
            .iter()
            .map(|row| row.iter().map(|cell| cell.to_string()).collect())
            .collect();
        let (near, first) = nearest(&input("user=bob 1\nuser=amy 7\nuser=bob 7\n"), &rows, 2);
        let numbers = |places: &[MessagePlace]| places.iter().map(|place| place.number).collect::<Vec<_>>();
        // Words count more than numbers, and empty cells nothing.
        assert_eq!(near.iter().map(|row| numbers(row)).collect::<Vec<_>>(), [vec![3, 1], vec![2, 3], vec![], vec![]]);
        assert_eq!(numbers(&first), [1, 2]);
        assert_eq!(["", "12", "-1.5", "x"].map(weight), [0, 1, 1, 4]);
    }
}
