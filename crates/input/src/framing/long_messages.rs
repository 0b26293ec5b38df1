//! Cuts messages that are too long into pieces.

use super::MAX_MESSAGE_BYTES;
use super::message_bounds::character;
use crate::lock::lock;
use bumpalo::Bump;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use sumoql_data::message::{Framing, Message, Source};

/// A framing whose messages of more than [`MAX_MESSAGE_BYTES`] bytes become several of at most that many, as at Sumo.
#[derive(Debug)]
pub struct LongMessages {
    framing: Arc<dyn Framing>,
    /// Whether a message takes fewer bytes in its input than it has itself.
    packed: bool,
    long: Mutex<Long>,
}

impl LongMessages {
    /// The same framing, but for the pieces.
    pub fn new(framing: Arc<dyn Framing>) -> LongMessages {
        LongMessages { framing, packed: false, long: Mutex::default() }
    }

    /// The same for messages that take fewer bytes in their input than they have: the offsets of the pieces of one are
    /// counted up from where it starts, so that they lie before the next message.
    pub fn packed(framing: Arc<dyn Framing>) -> LongMessages {
        LongMessages { packed: true, ..LongMessages::new(framing) }
    }

    fn count(&self, offset: u64, leading: bool) {
        let mut long = lock(&self.long);
        long.number += 1;
        long.first = Some(long.first.map_or(offset, |first| first.min(offset)));
        if leading {
            long.leading.push(offset);
        }
    }

    /// The notice about messages that were cut into pieces since the last [`Framing::forget`], if there are any.
    /// `cuts`: where in the input messages go on that were too long to come here as a whole.
    pub fn warning(&self, cuts: &[u64]) -> Option<String> {
        let long = lock(&self.long);
        let going_on = long.leading.iter().filter(|at| cuts.contains(at)).count() as u64;
        let first = long.first?;
        match long.number - going_on {
            0 | 1 => Some(format!(
                "the message near byte {first} has more than {MAX_MESSAGE_BYTES} bytes and was cut into pieces, as at Sumo"
            )),
            n => Some(format!(
                "{n} messages of more than {MAX_MESSAGE_BYTES} bytes, the first near byte {first}, were cut into pieces, as at Sumo"
            )),
        }
    }
}

/// Messages that are too long.
#[derive(Debug, Default)]
struct Long {
    /// How many came, those that only go on too.
    number: u64,
    /// Where the first of them starts.
    first: Option<u64>,
    /// Where those start that were the first of a chunk: they may only go on.
    leading: Vec<u64>,
}

impl Framing for LongMessages {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let from = out.len();
        self.framing.cut(text, offset, source, arena, out);
        if out[from..].iter().all(|message| message.raw.len() <= MAX_MESSAGE_BYTES) {
            return;
        }
        for (index, message) in out.split_off(from).into_iter().enumerate() {
            if message.raw.len() <= MAX_MESSAGE_BYTES {
                out.push(message);
                continue;
            }
            self.count(message.offset, index == 0);
            let mut rest = message.raw;
            let mut offset = message.offset;
            while !rest.is_empty() {
                let (piece, more) = rest.split_at(character(rest.as_bytes(), MAX_MESSAGE_BYTES).min(rest.len()));
                out.push(Message { raw: piece, offset, ..message });
                offset += if self.packed { 1 } else { piece.len() as u64 };
                rest = more;
            }
        }
    }

    fn around(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        self.framing.around(bytes, at)
    }

    fn header(&self, chunk: &[u8]) -> usize {
        self.framing.header(chunk)
    }

    fn own_metadata(&self) -> bool {
        self.framing.own_metadata()
    }

    fn oddity(&self) -> Option<String> {
        self.framing.oddity()
    }

    fn forget(&self) {
        *lock(&self.long) = Long::default();
        self.framing.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sumoql_data::framing::lines::Lines;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message::cut;

    #[test]
    fn pieces_end_at_characters() {
        let pieces = LongMessages::new(Arc::new(Lines::default()));
        let source = plain_source(Arc::new(Lines::default()), 0);
        let text = format!("short\nx{}\n{}", "ü".repeat(MAX_MESSAGE_BYTES / 2), "y".repeat(MAX_MESSAGE_BYTES));
        let arena = Bump::new();
        let found: Vec<_> = cut(&pieces, &text, 100, &source, &arena).iter().map(|m| (m.offset, m.raw.len())).collect();
        let second = 106 + MAX_MESSAGE_BYTES as u64;
        assert_eq!(found, [(100, 5), (106, MAX_MESSAGE_BYTES - 1), (second - 1, 2), (second + 2, MAX_MESSAGE_BYTES)]);
        assert!(
            pieces
                .warning(&[])
                .is_some_and(|warning| warning.starts_with("the message near byte 106 has more than 65536 bytes"))
        );
        assert_eq!(cut(&pieces, &text[6..], 1000, &source, &arena).len(), 3);
        let warning = |cuts: &[u64]| pieces.warning(cuts).unwrap_or_default();
        assert!(warning(&[]).starts_with("2 messages of more than 65536 bytes, the first near byte 106,"));
        assert!(warning(&[1000]).starts_with("the message near byte 106"), "the other one only goes on");
        let packed = LongMessages::packed(Arc::new(Lines::default()));
        let found: Vec<_> = cut(&packed, &text, 100, &source, &arena).iter().map(|m| m.offset).collect();
        assert_eq!(found[..3], [100, 106, 107]);
    }
}
