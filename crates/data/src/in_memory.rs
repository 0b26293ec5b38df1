//! Messages that are already in memory: examples, golden tests, embedders.

use super::message::{Chunk, Framing, Input, Source};
use super::time::stamp::Order;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Chunks in memory.
pub struct Memory {
    chunks: Vec<(Vec<u8>, u64, Arc<Source>)>,
    next: AtomicUsize,
}

/// A source with no metadata, for bytes that come from nowhere in particular.
pub fn plain_source(framing: Arc<dyn Framing>, receipt: i64) -> Arc<Source> {
    let (metadata, extractions) = (Vec::new(), Vec::new());
    Arc::new(Source {
        index: 0,
        name: "memory".into(),
        metadata,
        receipt,
        zone: chrono_tz::UTC,
        untimed: Arc::default(),
        order: Order::Unknown,
        doubts: Arc::default(),
        replaced: Arc::default(),
        framing,
        stamps: Vec::new(),
        extractions,
        auto_parse: None,
        security: false,
        beyond: Arc::default(),
    })
}

impl Memory {
    /// An input of one source whose text is cut into chunks of about `size` bytes, at line ends.
    pub fn lines(text: &str, source: Arc<Source>, size: usize) -> Memory {
        let mut chunks: Vec<(Vec<u8>, u64, Arc<Source>)> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            match chunks.last_mut() {
                Some((bytes, ..)) if bytes.len() < size => bytes.extend_from_slice(line.as_bytes()),
                _ => chunks.push((line.as_bytes().to_vec(), at, source.clone())),
            }
            at += line.len() as u64;
        }
        Memory { chunks, next: AtomicUsize::new(0) }
    }

    /// Only the chunks, counted from 0, for which the answer is true. They keep their places in the input.
    pub fn only(mut self, keep: impl Fn(usize) -> bool) -> Memory {
        let mut number = 0;
        self.chunks.retain(|_| {
            number += 1;
            keep(number - 1)
        });
        self
    }
}

impl Input for Memory {
    fn next(&self, mut buffer: Vec<u8>) -> Option<Chunk> {
        let (bytes, offset, source) = self.chunks.get(self.next.fetch_add(1, Ordering::Relaxed))?;
        buffer.clear();
        buffer.extend_from_slice(bytes);
        Some(Chunk { bytes: buffer.into(), offset: *offset, source: source.clone() })
    }

    fn restart(&self) -> bool {
        self.next.store(0, Ordering::Relaxed);
        true
    }
}
