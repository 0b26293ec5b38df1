//! One input that grows, and what of it waits for its end.

use super::super::magic::HEAD_BYTES;
use super::super::places::Place;
use super::super::reading::complete_messages::whole;
use super::super::reading::interruptible::by_thread;
use super::super::reading::stream::Cutter;
use super::feed::{FedChunk, Feed, Id};
use crate::framing::message_bounds::forced;
use crate::framing::{BOM, MAX_HELD_BYTES};
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sumoql_data::message::Source;

/// About how much is read at a time.
pub const CHUNK_BYTES: usize = 1 << 20;

/// How long half a message waits for its rest.
const INCOMPLETE_MESSAGE_WAIT: Duration = Duration::from_secs(2);

/// One input that grows.
pub struct Tail {
    /// What it is called.
    pub place: Place,
    /// The file whose rest is to be read before, as it had the same name.
    pub before: Option<Id>,
    /// Since when its file has no name that is looked at.
    pub gone: Option<Instant>,
    /// It was there when the run began.
    pub first: bool,
    /// All that was there was read once.
    pub caught_up: bool,
    /// How it is cut, and the source of its messages; none: too little of it is there to be recognised.
    pub read_as: Option<(Cutter, Arc<Source>)>,
    feed: Feed,
    /// Read, but not given out, and where that starts.
    carry: Vec<u8>,
    offset: u64,
    /// When bytes last came.
    changed: Instant,
    /// Where messages go on that were cut as they are too long to be held.
    pub cuts: Vec<u64>,
}

impl Tail {
    /// A file, which may be open at its beginning. `first`: it was there when the run began.
    pub fn of_file(
        place: Place,
        (path, id): (PathBuf, Id),
        file: Option<File>,
        before: Option<Id>,
        first: bool,
    ) -> Tail {
        Tail { before, first, ..Tail::new(place, Feed::File { path, id, file, at: 0, last: Vec::new() }) }
    }

    /// A stream.
    pub fn of_reader(place: Place, open: impl FnOnce() -> io::Result<Box<dyn Read>> + Send + 'static) -> Tail {
        Tail { first: true, ..Tail::new(place, Feed::Stream(by_thread(open))) }
    }

    fn new(place: Place, feed: Feed) -> Tail {
        Tail {
            place,
            before: None,
            gone: None,
            first: false,
            caught_up: false,
            read_as: None,
            feed,
            carry: Vec::new(),
            offset: 0,
            changed: Instant::now(),
            cuts: Vec::new(),
        }
    }

    /// Which file it is, if it is one.
    pub fn id(&self) -> Option<Id> {
        match &self.feed {
            Feed::File { id, .. } => Some(*id),
            Feed::Stream(_) => None,
        }
    }

    /// The file's name at present.
    pub fn path(&self) -> Option<&Path> {
        match &self.feed {
            Feed::File { path, .. } => Some(path),
            Feed::Stream(_) => None,
        }
    }

    /// The file has another name now.
    pub fn renamed(&mut self, to: PathBuf) {
        if let Feed::File { path, .. } = &mut self.feed {
            *path = to;
        }
    }

    /// Begins at the beginning again, as another input.
    pub fn restart(&mut self) {
        if let Feed::File { file, at, last, .. } = &mut self.feed {
            (*file, *at) = (None, 0);
            last.clear();
        }
        (self.read_as, self.offset, self.caught_up, self.changed) = (None, 0, true, Instant::now());
    }

    /// Whether nothing has come for so long.
    pub fn is_quiet(&self, time: Duration) -> bool {
        self.changed.elapsed() >= time
    }

    /// Whether there is anything in it.
    pub fn has_bytes(&self) -> bool {
        let data = match &self.feed {
            // Its name may be that of another file by now.
            Feed::File { file: Some(file), .. } => file.metadata().ok(),
            Feed::File { path, .. } => path.metadata().ok(),
            Feed::Stream(_) => None,
        };
        !self.carry.is_empty() || data.is_some_and(|data| data.len() > 0)
    }

    /// Reads what is new. `close`: a file is not kept open once all of it was read.
    pub fn load(&mut self, close: bool) -> io::Result<FedChunk> {
        let found = self.feed.load(&mut self.carry, CHUNK_BYTES, close)?;
        match found {
            FedChunk::Bytes(0) => self.caught_up = true,
            FedChunk::Bytes(_) => self.changed = Instant::now(),
            _ => {}
        }
        Ok(found)
    }

    /// What the input begins with, once that is enough to recognise it: a line, or, if no more is coming (`last`),
    /// anything.
    pub fn head(&self, last: bool) -> Option<&[u8]> {
        let head = &self.carry[..self.carry.len().min(HEAD_BYTES)];
        let enough = head.len() == HEAD_BYTES || memchr::memchr(b'\n', head).is_some() || self.waits_too_long(last);
        (enough && !head.is_empty()).then_some(head)
    }

    fn waits_too_long(&self, last: bool) -> bool {
        last || self.is_quiet(INCOMPLETE_MESSAGE_WAIT)
    }

    /// The whole messages among what was read, and where they start; half of one, too, if its rest does not come.
    pub fn take(&mut self, last: bool) -> Option<(Vec<u8>, u64)> {
        let (cutter, _) = self.read_as.as_ref()?;
        if self.offset == 0 && self.carry.starts_with(BOM) {
            self.carry.drain(..BOM.len());
            self.offset = BOM.len() as u64;
        }
        let end = if self.waits_too_long(last) { self.carry.len() } else { whole(&self.carry, cutter) };
        if end == 0 {
            return None;
        }
        let cut = end > MAX_HELD_BYTES / 2 && end < self.carry.len() && end == forced(&self.carry, 0);
        let rest = self.carry.split_off(end);
        let bytes = std::mem::replace(&mut self.carry, rest);
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        self.cuts.extend(cut.then_some(self.offset));
        Some((bytes, offset))
    }
}
