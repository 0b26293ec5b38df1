//! Messages, and the chunks in which they arrive. Whoever has the bytes implements [`Input`]; nothing here reads files.

use super::value::Value;
use bumpalo::Bump;
use std::sync::Arc;

/// One log message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    /// The text.
    pub raw: &'m str,
    /// Where it starts in its input, in bytes. Orders messages of one input.
    pub offset: u64,
    /// Distinguishes the copies that `parse … multi` makes of one message.
    pub copy: u32,
    /// The input it came from, with the metadata all its messages share.
    pub source: &'m Source,
    /// Metadata of this message alone: name and value; wins over the source's.
    pub own: &'m [(&'m str, Value<'m>)],
}

/// An input and what is known of all its messages.
#[derive(Debug)]
pub struct Source {
    /// Position among the inputs of a run. Orders messages of different inputs.
    pub index: u32,
    /// How it is called in progress and errors.
    pub name: String,
    /// Metadata: `_sourceCategory`, `_sourceHost`, custom fields …, names as written.
    pub metadata: Vec<(String, String)>,
    /// When its messages were received, in milliseconds since 1970.
    pub receipt: i64,
    /// The zone of timestamps that name none.
    pub zone: chrono_tz::Tz,
    /// How its bytes are cut into messages.
    pub framing: Arc<dyn Framing>,
}

impl Source {
    /// A value of the metadata.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Cuts text into messages.
pub trait Framing: Send + Sync + std::fmt::Debug {
    /// Hands over each message of a chunk. `offset` is where the chunk starts in its input.
    fn cut<'m>(
        &self,
        text: &'m str,
        offset: u64,
        source: &'m Source,
        arena: &'m Bump,
        each: &mut dyn FnMut(Message<'m>),
    );

    /// Whether single messages can bring metadata of their own.
    fn own_metadata(&self) -> bool {
        false
    }
}

/// A run of whole messages of one input.
#[derive(Debug)]
pub struct Chunk {
    /// The bytes; they start and end at the bounds of messages.
    pub bytes: Vec<u8>,
    /// Where they start in their input.
    pub offset: u64,
    /// The input.
    pub source: Arc<Source>,
}

/// Where chunks come from. Many workers ask at once; each chunk is given out once, in any order.
pub trait Input: Sync {
    /// The next chunk; `buffer` is a used one whose memory may be taken over. `None` when there is no more.
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk>;

    /// Starts again from the beginning, for queries that read the data twice. False when that is impossible.
    fn restart(&self) -> bool;
}
