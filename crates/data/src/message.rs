//! Messages, and the chunks in which they arrive. Whoever has the bytes implements [`Input`]; nothing here reads files.

use super::invalid_text::Replaced;
use super::time::given_format::Custom;
use super::time::stamp::{Known, Order};
use super::value::Value;
use bumpalo::Bump;
use regex::bytes::Regex;
use std::borrow::Cow;
use std::ops::{Deref, Range};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use sumoql_java::regex::effort::Watch;

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

impl Message<'_> {
    /// Whether it is a record or signal of Cloud SIEM.
    #[inline]
    pub fn is_security(&self) -> bool {
        let named = |wanted: &str| self.own.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        match self.own {
            [] => self.source.security,
            _ => match named("_view").or_else(|| named("_index")) {
                Some((_, Value::Text(partition))) => is_security(partition),
                _ => self.source.security,
            },
        }
    }

    /// Whether it has fields from the JSON in it.
    pub fn is_auto_parsed(&self) -> bool {
        let rules = || self.source.extractions.iter().any(|rule| rule.auto_parses(self));
        self.source.auto_parse.unwrap_or_else(|| self.is_security() || rules())
    }
}

/// An input and what is known of all its messages.
#[derive(Clone, Debug)]
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
    /// How many of its messages have no time but that of receipt, of those whose time was asked for.
    pub untimed: Arc<AtomicU64>,
    /// The order of day, month and year in the dates of its messages, as far as its beginning tells.
    pub order: Order,
    /// What is not certain about the times of its messages, of those whose time was asked for, as bits of
    /// [`super::time::stamp::doubts`].
    pub doubts: Arc<AtomicU8>,
    /// What of its bytes is not UTF-8.
    pub replaced: Arc<Replaced>,
    /// How its bytes are cut into messages.
    pub framing: Arc<dyn Framing>,
    /// How timestamps are written, if that was said: the first that is found counts.
    pub stamps: Vec<Arc<Custom>>,
    /// What makes metadata of each message's own, in this order.
    pub extractions: Vec<Arc<dyn FieldExtraction>>,
    /// Whether messages have fields from the JSON in them, if that was said.
    pub auto_parse: Option<bool>,
    /// Whether the metadata say that messages are records of Cloud SIEM.
    pub security: bool,
    /// How many messages have more fields in their JSON than are parsed, and a query asked for one of these.
    pub beyond: Arc<AtomicU64>,
}

impl Source {
    /// Whether single messages can have metadata of their own.
    pub fn own_metadata(&self) -> bool {
        self.framing.own_metadata() || !self.extractions.is_empty()
    }

    /// Whether messages may have fields from the JSON in them.
    pub fn may_auto_parse(&self) -> bool {
        let rules = || self.extractions.iter().any(|rule| rule.is_auto_parse());
        self.auto_parse.unwrap_or_else(|| self.security || self.framing.own_metadata() || rules())
    }

    /// What tells the times of its messages beside their texts.
    pub fn known(&self) -> Known {
        Known { zone: self.zone, receipt: self.receipt, order: self.order }
    }

    /// Notes what is not certain about the time of a message.
    #[inline]
    pub fn doubt(&self, doubts: u8) {
        // Workers share the byte, and nearly always it is set already.
        if doubts != 0 && doubts & !self.doubts.load(Ordering::Relaxed) != 0 {
            self.doubts.fetch_or(doubts, Ordering::Relaxed);
        }
    }

    /// The time of a message by the timestamp in it, of a form that was given for it.
    pub fn stamp(&self, text: &str) -> Option<i64> {
        self.stamps.iter().find_map(|form| form.find(text, self.zone, self.receipt)).map(|(at, _)| at)
    }

    /// Its messages are read again from the beginning: what was counted is forgotten.
    pub fn forget(&self) {
        self.untimed.store(0, Ordering::Relaxed);
        self.doubts.store(0, Ordering::Relaxed);
        self.beyond.store(0, Ordering::Relaxed);
        self.replaced.forget();
    }

    /// A value of the metadata.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Gives messages fields before any query sees them.
pub trait FieldExtraction: Send + Sync + std::fmt::Debug {
    /// Adds the fields that are found in them to the messages' own metadata.
    fn add<'m>(&'m self, messages: &mut [Message<'m>], arena: &'m Bump);

    /// Whether, instead of adding fields, it says which messages have fields from the JSON in them.
    fn is_auto_parse(&self) -> bool {
        false
    }

    /// Whether it says that this message has fields from the JSON in it.
    fn auto_parses(&self, _message: &Message<'_>) -> bool {
        false
    }

    /// From now on its work is for the run with this watch.
    fn follow(&self, _run: &Watch) {}
}

/// Whether a partition holds records or signals of Cloud SIEM.
pub fn is_security(partition: &str) -> bool {
    partition.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("sec_"))
}

/// Cuts text into messages.
pub trait Framing: Send + Sync + std::fmt::Debug {
    /// Appends the messages of a chunk to `out`. `offset` is where the chunk starts in its input.
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>);

    /// The bytes of whole messages around a place, where a look at what is near tells: cutting them gives what cutting
    /// all gives there, and nobody needs to see the others.
    fn around(&self, _bytes: &[u8], _at: usize) -> Option<Range<usize>> {
        None
    }

    /// How many bytes at the beginning of this chunk are at the beginning of all chunks.
    fn header(&self, _chunk: &[u8]) -> usize {
        0
    }

    /// Whether single messages can bring metadata of their own.
    fn own_metadata(&self) -> bool {
        false
    }

    /// What is odd about the messages cut since the last [`Framing::forget`], for the user.
    fn oddity(&self) -> Option<String> {
        None
    }

    /// The input is read again from its beginning: what was counted is forgotten.
    fn forget(&self) {}
}

/// The messages that a framing cuts a text into.
pub fn cut<'m>(
    framing: &dyn Framing,
    text: &'m str,
    offset: u64,
    source: &'m Source,
    arena: &'m Bump,
) -> Vec<Message<'m>> {
    let mut messages = Vec::new();
    framing.cut(text, offset, source, arena, &mut messages);
    messages
}

/// The bytes of a chunk.
pub enum ChunkBytes {
    /// Read into memory of its own.
    Own(Vec<u8>),
    /// Some of what others may look at, too.
    Shared(Box<dyn AsRef<[u8]> + Send + Sync>, Range<usize>),
}

impl ChunkBytes {
    /// The first so many bytes.
    pub fn up_to(self, end: usize) -> ChunkBytes {
        match self {
            ChunkBytes::Own(mut bytes) => {
                bytes.truncate(end);
                ChunkBytes::Own(bytes)
            }
            ChunkBytes::Shared(all, range) => {
                ChunkBytes::Shared(all, range.start..range.end.min(range.start.saturating_add(end)))
            }
        }
    }

    /// Memory to read the next chunk into.
    pub fn reuse(self) -> Vec<u8> {
        match self {
            ChunkBytes::Own(bytes) => bytes,
            ChunkBytes::Shared(..) => Vec::new(),
        }
    }
}

impl Deref for ChunkBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            ChunkBytes::Own(bytes) => bytes,
            ChunkBytes::Shared(all, range) => all.as_ref().as_ref().get(range.clone()).unwrap_or_default(),
        }
    }
}

impl From<Vec<u8>> for ChunkBytes {
    fn from(bytes: Vec<u8>) -> Self {
        ChunkBytes::Own(bytes)
    }
}

impl std::fmt::Debug for ChunkBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// A run of whole messages of one input.
#[derive(Debug)]
pub struct Chunk {
    /// The bytes; they start and end at the bounds of messages.
    pub bytes: ChunkBytes,
    /// Where they start in their input.
    pub offset: u64,
    /// The input.
    pub source: Arc<Source>,
}

impl Chunk {
    /// The text. Bytes that are not UTF-8 are replaced, as everybody shows them, and counted.
    pub fn text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let header = self.source.framing.header(&self.bytes);
                self.source.replaced.look(&self.bytes, self.offset, header);
                String::from_utf8_lossy(&self.bytes)
            }
        }
    }

    /// The messages of the chunk, whose text is `text`.
    pub fn messages<'m>(&'m self, text: &'m str, arena: &'m Bump) -> Vec<Message<'m>> {
        // Most messages are longer than this, so it is rarely too little.
        let mut messages = Vec::with_capacity(text.len() / 128 + 1);
        self.source.framing.cut(text, self.offset, &self.source, arena, &mut messages);
        if text.len() != self.bytes.len() {
            self.correct_offsets(&mut messages);
        }
        self.extract(messages, arena)
    }

    /// The messages that this text may be in, and perhaps some others. `None` where only cutting all of the chunk tells.
    pub fn messages_with<'m>(&'m self, needle: &Regex, arena: &'m Bump) -> Option<Vec<Message<'m>>> {
        let bytes: &'m [u8] = &self.bytes;
        let mut messages = Vec::new();
        let mut at = 0;
        while let Some(hit) = needle.find_at(bytes, at) {
            let range = self.source.framing.around(bytes, hit.start())?;
            let text = std::str::from_utf8(bytes.get(range.clone())?).ok()?;
            let offset = self.offset + range.start as u64;
            self.source.framing.cut(text, offset, &self.source, arena, &mut messages);
            at = range.end.max(hit.end());
        }
        self.source.replaced.pass_over();
        Some(self.extract(messages, arena))
    }

    fn extract<'m>(&'m self, mut messages: Vec<Message<'m>>, arena: &'m Bump) -> Vec<Message<'m>> {
        for extraction in &self.source.extractions {
            extraction.add(&mut messages, arena);
        }
        messages
    }

    /// Makes offsets in the text, where bytes were replaced, offsets in the bytes, which do not depend on where the
    /// chunk starts.
    fn correct_offsets(&self, messages: &mut [Message<'_>]) {
        let mut parts = self.bytes.utf8_chunks();
        // The end of what was gone over, in the text and in the bytes.
        let (mut text, mut bytes) = (self.offset, self.offset);
        let mut part = parts.next();
        for message in messages {
            while let Some(now) = &part {
                let (valid, invalid) = (now.valid().len() as u64, now.invalid().len() as u64);
                let replacement = if invalid > 0 { '\u{fffd}'.len_utf8() as u64 } else { 0 };
                if message.offset < text + valid + replacement {
                    message.offset = bytes + valid.min(message.offset - text);
                    break;
                }
                text += valid + replacement;
                bytes += valid + invalid;
                part = parts.next();
            }
        }
    }
}

/// Ends a run early, and the reading for it. All clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    /// When what is made of the messages that were read must be done too.
    deadline: Arc<Mutex<Option<Instant>>>,
}

impl Stop {
    /// Ends the run: no more messages are read, and the answer is made of those that were. Returns whether it was set
    /// before.
    pub fn set(&self) -> bool {
        self.flag.swap(true, Ordering::Relaxed)
    }

    /// The same, but what is made of the messages must be done within a time too; what is not done then is left out of the
    /// answer.
    pub fn set_within(&self, time: Duration) -> bool {
        *self.deadline() = Some(Instant::now() + time);
        self.set()
    }

    /// Lets the run go on. Returns whether it was set before.
    pub fn clear(&self) -> bool {
        *self.deadline() = None;
        self.flag.swap(false, Ordering::Relaxed)
    }

    /// Whether the run is to end.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// Whether the run is to end and its time is over.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.is_set() && self.deadline().is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// The flag itself.
    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.flag
    }

    fn deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        // Nothing that holds the lock can panic.
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where chunks come from. Many workers ask at once; each chunk is given out once, in any order.
pub trait Input: Sync {
    /// The next chunk; `buffer` is a used one whose memory may be taken over. `None` when there is no more.
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk>;

    /// Starts again from the beginning, for queries that read the data twice. False when that is impossible.
    fn restart(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::lines::Lines;
    use crate::in_memory::plain_source;

    #[test]
    fn offsets_are_those_of_the_bytes() {
        let bytes = b"\xFFa\n\xE2\x82b\xFE\xFE\n\xFF\n\xC3\xA4\nz".to_vec();
        let chunk = Chunk { bytes: bytes.into(), offset: 10, source: plain_source(Arc::new(Lines::default()), 0) };
        let (text, arena) = (chunk.text(), Bump::new());
        let found: Vec<_> = chunk.messages(&text, &arena).iter().map(|m| (m.offset, m.raw)).collect();
        let r = '\u{fffd}';
        let expected =
            [(10, format!("{r}a")), (13, format!("{r}b{r}{r}")), (19, r.into()), (21, "ä".into()), (24, "z".into())];
        assert_eq!(found, expected.iter().map(|(at, raw)| (*at, raw.as_str())).collect::<Vec<_>>());
    }

    #[test]
    fn partitions_of_cloud_siem() {
        assert!(is_security("sec_record_network") && is_security("SEC_signal"));
        assert!(!is_security("security") && !is_security("x_sec_") && !is_security("sec"));
    }
}
