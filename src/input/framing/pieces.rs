//! Cuts messages that are too long into pieces.

use super::PIECE;
use super::bounds::character;
use crate::run::message::{Framing, Message, Source};
use bumpalo::Bump;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A framing whose messages of more than [`PIECE`] bytes become several of at most that many, as at Sumo.
#[derive(Debug)]
pub struct Pieces {
    framing: Arc<dyn Framing>,
    /// Whether a message takes fewer bytes in its input than it has itself.
    packed: bool,
    long: AtomicU64,
}

impl Pieces {
    /// The same framing, but for the pieces.
    pub fn new(framing: Arc<dyn Framing>) -> Pieces {
        Pieces { framing, packed: false, long: AtomicU64::new(0) }
    }

    /// The same for messages that take fewer bytes in their input than they have: the offsets of the pieces of one are
    /// counted up from where it starts, so that they lie before the next message.
    pub fn packed(framing: Arc<dyn Framing>) -> Pieces {
        Pieces { packed: true, ..Pieces::new(framing) }
    }

    /// How many messages were cut into pieces since the last [`Framing::forget`].
    pub fn long(&self) -> u64 {
        self.long.load(Ordering::Relaxed)
    }

    /// What is to be told of them, if there are any.
    pub fn told(&self) -> Option<String> {
        match self.long() {
            0 => None,
            1 => Some(format!("1 message of more than {PIECE} bytes was cut into pieces, as at Sumo")),
            n => Some(format!("{n} messages of more than {PIECE} bytes were cut into pieces, as at Sumo")),
        }
    }
}

impl Framing for Pieces {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let from = out.len();
        self.framing.cut(text, offset, source, arena, out);
        if out[from..].iter().all(|message| message.raw.len() <= PIECE) {
            return;
        }
        for message in out.split_off(from) {
            if message.raw.len() <= PIECE {
                out.push(message);
                continue;
            }
            self.long.fetch_add(1, Ordering::Relaxed);
            let mut rest = message.raw;
            let mut offset = message.offset;
            while !rest.is_empty() {
                let (piece, more) = rest.split_at(character(rest.as_bytes(), PIECE).min(rest.len()));
                out.push(Message { raw: piece, offset, ..message });
                offset += if self.packed { 1 } else { piece.len() as u64 };
                rest = more;
            }
        }
    }

    fn around(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        self.framing.around(bytes, at)
    }

    fn own_metadata(&self) -> bool {
        self.framing.own_metadata()
    }

    fn oddity(&self) -> Option<String> {
        self.framing.oddity()
    }

    fn forget(&self) {
        self.long.store(0, Ordering::Relaxed);
        self.framing.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;
    use super::*;
    use crate::input::memory::plain_source;
    use crate::run::message::cut;

    #[test]
    fn pieces_end_at_characters() {
        let pieces = Pieces::new(Arc::new(Lines));
        let source = plain_source(Arc::new(Lines), 0);
        let text = format!("short\nx{}\n{}", "ü".repeat(PIECE / 2), "y".repeat(PIECE));
        let arena = Bump::new();
        let found: Vec<_> = cut(&pieces, &text, 100, &source, &arena).iter().map(|m| (m.offset, m.raw.len())).collect();
        let second = 106 + PIECE as u64;
        assert_eq!(found, [(100, 5), (106, PIECE - 1), (second - 1, 2), (second + 2, PIECE)]);
        assert_eq!(pieces.long(), 1);
        let packed = Pieces::packed(Arc::new(Lines));
        let found: Vec<_> = cut(&packed, &text, 100, &source, &arena).iter().map(|m| m.offset).collect();
        assert_eq!(found[..3], [100, 106, 107]);
    }
}
