//! An input of which only the messages that contain a text are left.

use bumpalo::Bump;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use sumoql_data::message::{Chunk, Framing, Input, Message, Source};

/// The messages of an input that contain a text.
pub struct Only<'i> {
    inner: &'i dyn Input,
    text: Arc<str>,
    found: Arc<AtomicU64>,
}

impl<'i> Only<'i> {
    /// The messages of `inner` that contain `text`.
    pub fn new(inner: &'i dyn Input, text: &str) -> Only<'i> {
        Only { inner, text: text.into(), found: Arc::default() }
    }

    /// How many there were so far.
    pub fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }
}

impl Input for Only<'_> {
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk> {
        let chunk = self.inner.next(buffer)?;
        let source = &chunk.source;
        let framing = Filtered { inner: source.framing.clone(), text: self.text.clone(), found: self.found.clone() };
        let source = Source { framing: Arc::new(framing), ..Source::clone(source) };
        Some(Chunk { source: Arc::new(source), ..chunk })
    }

    fn restart(&self) -> bool {
        self.inner.restart()
    }
}

#[derive(Debug)]
struct Filtered {
    inner: Arc<dyn Framing>,
    text: Arc<str>,
    found: Arc<AtomicU64>,
}

impl Framing for Filtered {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let from = out.len();
        self.inner.cut(text, offset, source, arena, out);
        for message in out.split_off(from) {
            if message.raw.contains(&*self.text) {
                self.found.fetch_add(1, Ordering::Relaxed);
                out.push(message);
            }
        }
    }

    fn own_metadata(&self) -> bool {
        self.inner.own_metadata()
    }
}
