//! Inputs ready to be read by many workers.

use super::about::About;
use super::evtx::Evtx;
use super::format::Format;
use super::framing::LONGEST;
use super::framing::pieces::Pieces;
use super::item::{Item, Object, Origin, again, of_file, of_member, opener};
use super::known::Known;
use super::layers::archive::{self, Lies, Spools};
use super::layers::charset::replaced;
use super::layers::{Bare, Bytes, bare, layered};
use super::odd;
use super::parquet::{self, is_parquet};
use super::places::{self, Place, modified, reason};
use super::reading::interruptible::stream;
use super::reading::ranges::Ranges;
use super::reading::stream::{Cutter, Stream};
use super::reading::streamed::Streamed;
use super::reading::{Reading, Turn};
use super::recognise::{BOM, HEAD};
use super::remote;
use super::said::{Taken, evtx_as, source, taken, wish};
use super::shape::Shape;
use super::sources::Rule;
use super::{Problem, Request};
use crate::run::message::{Chunk, ChunkBytes, Framing, Input, Source};
use crate::run::replaced::Replaced;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is read at a time.
const CHUNK: usize = 256 << 10;

/// Inputs ready to be read.
pub struct Opened {
    entries: Vec<Entry>,
    sources: Vec<Arc<Source>>,
    /// The first entry that may have something left.
    first: AtomicUsize,
    problems: Mutex<Vec<Problem>>,
    chunk: usize,
    /// How many bytes were read where they lie.
    consumed: Arc<AtomicU64>,
    spools: Spools,
}

/// One input.
struct Entry {
    about: About,
    shape: Shape,
    pieces: Arc<Pieces>,
    reading: Box<dyn Reading>,
    /// Its text is not as it lies there: it was decompressed or decoded.
    inside: Option<&'static str>,
    /// Bytes are counted as they are read, not as they are given out.
    counted: bool,
    /// Where bytes are that are not UTF-8, as far as its beginning tells.
    replaced: Option<u64>,
    /// What could not be decoded.
    undecoded: Arc<Replaced>,
}

/// Looks for the inputs and tells what they are. The error has all that is wrong when nothing at all can be read, or
/// when a `sources.toml` is wrong: without it, queries would look at the wrong messages.
pub fn open(request: &Request) -> Result<Opened, Vec<Problem>> {
    let mut opened = Opened::nothing(request);
    let found = places::find(&request.paths, &mut |place, message| opened.tell(place, message));
    let known = Known::of(request)?;
    let items = found.into_iter().map(Item::new).collect();
    opened.with_items(items, known, request)
}

/// The objects of a store that a key stands for: one, those below a folder, or those that fit a pattern.
#[cfg(feature = "object-store")]
pub fn open_store(store: remote::Store, key: &str, request: &Request) -> Result<Opened, Vec<Problem>> {
    let known = Known::of(request)?;
    let place = store.address(key);
    match Arc::new(store).items(key) {
        Ok(items) => Opened::nothing(request).with_items(items, known, request),
        Err(message) => Err(vec![Problem { place, message, offset: None }]),
    }
}

impl Opened {
    /// Inputs from a reader, of which a request says the rest.
    pub fn of_reader(
        name: &str,
        reader: Box<dyn Read + Send>,
        request: &Request,
        rule: Option<&Rule>,
    ) -> Result<Opened, Problem> {
        let mut opened = Opened::nothing(request);
        let problem = |message| Problem { place: name.into(), message, offset: None };
        let item = Item::new(Place { name: name.into(), path: None, depth: 0 });
        let mut items = opened.add_reader(&item, None, reader, (rule, request), request.now).map_err(problem)?;
        items.reverse();
        while let Some(item) = items.pop() {
            match opened.add(&item, rule, request) {
                Ok(inside) => items.extend(inside.into_iter().rev()),
                Err(message) => opened.tell(&item.place.name, message),
            }
        }
        match opened.entries.is_empty() {
            true => Err(opened.problems().into_iter().next().unwrap_or_else(|| problem("nothing is in it".into()))),
            false => Ok(opened),
        }
    }

    /// No inputs at all.
    pub fn nothing(request: &Request) -> Opened {
        Opened {
            entries: Vec::new(),
            sources: Vec::new(),
            first: AtomicUsize::new(0),
            problems: Mutex::default(),
            chunk: if request.chunk == 0 { CHUNK } else { request.chunk.min(LONGEST / 2) },
            consumed: Arc::default(),
            spools: Spools::default(),
        }
    }

    /// Adds items and what is in them.
    fn with_items(mut self, mut items: Vec<Item>, mut known: Known, request: &Request) -> Result<Opened, Vec<Problem>> {
        // What comes next is at the end.
        items.reverse();
        while let Some(item) = items.pop() {
            let rule = known.rule_of(&item).map_err(|problem| vec![problem])?;
            match self.add(&item, rule, request) {
                Ok(inside) => items.extend(inside.into_iter().rev()),
                Err(message) => self.tell(&item.place.name, message),
            }
        }
        if self.entries.is_empty() { Err(self.problems()) } else { Ok(self) }
    }

    fn tell(&mut self, place: &str, message: String) {
        lock(&self.problems).push(Problem { place: place.into(), message, offset: None });
    }

    /// Adds an item, or gives those that are in it.
    fn add(&mut self, item: &Item, rule: Option<&Rule>, request: &Request) -> Result<Vec<Item>, String> {
        if let Some((lies, member)) = &item.member {
            let origin = of_member(lies.clone(), member.clone());
            let bytes = origin(None).map_err(|error| reason(&error))?;
            let receipt = item.receipt.unwrap_or(request.now);
            return self.add_layered(item, (bytes, origin), member.packed, (rule, request), receipt);
        }
        if let Some(Object { size, origin }) = &item.object {
            let bytes = origin(None).map_err(|error| reason(&error))?;
            let receipt = item.receipt.unwrap_or(request.now);
            let inside = self.add_layered(item, (bytes, origin.clone()), *size, (rule, request), receipt)?;
            self.last(|entry| entry.inside = entry.inside.or(Some("fetched")));
            return Ok(inside);
        }
        if item.place.path.is_none() && remote::is_address(&item.place.name) {
            return remote::items(item);
        }
        let Some(path) = &item.place.path else {
            let stdin = stream(&request.progress, || Ok(Box::new(io::stdin())))?;
            return self.add_reader(item, None, stdin, (rule, request), request.now);
        };
        // To open a named pipe is to wait for who writes to it.
        if path.metadata().is_ok_and(|data| !data.is_file()) {
            let path = path.clone();
            let pipe = stream(&request.progress, move || Ok(Box::new(File::open(path)?)))?;
            return self.add_reader(item, None, pipe, (rule, request), request.now);
        }
        let mut file = File::open(path).map_err(|error| reason(&error))?;
        let data = file.metadata().map_err(|error| reason(&error))?;
        let receipt = modified(&data).unwrap_or(request.now);
        // Files without a size may yet have something to read: those under /proc, say.
        if data.len() == 0 {
            return self.add_reader(item, Some(path), Box::new(file), (rule, request), receipt);
        }
        let mut head = Vec::new();
        (&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(|error| reason(&error))?;
        if layered(&head, wish(rule, request)) || is_parquet(&head) {
            let bytes = Box::new(Cursor::new(head).chain(file));
            return self.add_layered(item, (bytes, of_file(path)), data.len(), (rule, request), receipt);
        }
        let whole = data.len() <= head.len() as u64;
        let taken = taken(&head, whole, (rule, request), receipt)?;
        let reading: Box<dyn Reading> = match taken.cutter(rule, request) {
            None => Box::new(Evtx::of_file(path, data.len(), (evtx_as(rule, request), self.chunk), self.consumed())),
            Some(Cutter::At(bounds)) => {
                let start = if head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                Box::new(Ranges::new(path.clone(), (start, data.len()), bounds, self.chunk))
            }
            Some(cutter) => Box::new(Streamed::later(opener(path), cutter, Some(data.len()), self.chunk)),
        };
        self.push(About::new(item, rule, request), taken, reading, (rule, request));
        self.last(|entry| match entry.shape {
            Shape::Evtx => entry.counted = true,
            _ => entry.replaced = replaced(&head, whole),
        });
        Ok(Vec::new())
    }

    /// Adds what is read from its beginning on; `path` is the file to read again, if that is possible.
    fn add_reader(
        &mut self,
        item: &Item,
        path: Option<&PathBuf>,
        reader: Bytes,
        (rule, request): (Option<&Rule>, &Request),
        receipt: i64,
    ) -> Result<Vec<Item>, String> {
        let undecoded = Arc::default();
        let bare = bare(reader, item.depth, wish(rule, request), &undecoded)?;
        if bare.archive.is_some() || is_parquet(&bare.head) {
            return self.inside(item, bare, (rule, request), receipt);
        }
        let taken = under(&bare, (rule, request), receipt)?;
        let inside = bare.inside(item.depth);
        let about = About::new(item, rule, request).under(&bare);
        let Some(cutter) = taken.cutter(rule, request) else {
            let reading = Evtx::of_reader(bare.into_bytes(), (evtx_as(rule, request), self.chunk));
            self.push(about, taken, Box::new(reading), (rule, request));
            self.last(|entry| entry.inside = inside);
            return Ok(Vec::new());
        };
        let replaced = replaced(&bare.head, bare.whole());
        let length = bare.head.len() as u64;
        let mut stream = Stream::new(bare.rest, bare.head, cutter);
        stream.error = bare.error.map(|error| (error, length));
        let size = path.and_then(|path| Some(path.metadata().ok()?.len()));
        let again = path.map(|path| again(of_file(path), None, (item.depth, wish(rule, request)), &undecoded));
        let reading = Box::new(Streamed::new(stream, again, size, self.chunk));
        self.push(about, taken, reading, (rule, request));
        self.last(|entry| (entry.inside, entry.replaced, entry.undecoded) = (inside, replaced, undecoded));
        Ok(Vec::new())
    }

    /// Adds what lies under layers, in so many bytes; `bytes` are those of `origin`.
    fn add_layered(
        &mut self,
        item: &Item,
        (bytes, origin): (Bytes, Origin),
        size: u64,
        (rule, request): (Option<&Rule>, &Request),
        receipt: i64,
    ) -> Result<Vec<Item>, String> {
        let wish = wish(rule, request);
        let bare = bare(bytes, item.depth, wish, &Arc::default())?;
        if bare.archive.is_some() || is_parquet(&bare.head) {
            return self.inside(item, bare, (rule, request), receipt);
        }
        let taken = under(&bare, (rule, request), receipt)?;
        let undecoded = Arc::default();
        let again = again(origin, Some(self.consumed.clone()), (item.depth, wish), &undecoded);
        let reading: Box<dyn Reading> = match taken.cutter(rule, request) {
            None => Box::new(Evtx::later(again, size, (evtx_as(rule, request), self.chunk))),
            Some(cutter) => Box::new(Streamed::later(again, cutter, Some(size), self.chunk)),
        };
        let about = About::new(item, rule, request).under(&bare);
        self.push(about, taken, reading, (rule, request));
        self.last(|entry| {
            entry.inside = bare.inside(item.depth);
            entry.counted = true;
            entry.replaced = replaced(&bare.head, bare.whole()).filter(|_| taken.shape != Shape::Evtx);
            entry.undecoded = undecoded;
        });
        Ok(Vec::new())
    }

    /// What is read from any place on: the members of an archive, which are given, or the rows of a Parquet file.
    fn inside(
        &mut self,
        item: &Item,
        bare: Bare,
        known: (Option<&Rule>, &Request),
        receipt: i64,
    ) -> Result<Vec<Item>, String> {
        let (depth, kind, packings) = (bare.depth, bare.archive, bare.packings.clone());
        let mut about = About::new(item, known.0, known.1).under(&bare);
        let lies = match &item.place.path {
            Some(path) if item.member.is_none() && depth == item.depth && path.is_file() => Lies::File(path.clone()),
            _ => {
                let (lies, error) = self.spools.keep(bare.into_bytes())?;
                if let Some(error) = error {
                    self.tell(&item.place.name, reason(&error));
                }
                lies
            }
        };
        let Some(kind) = kind else {
            let rows = parquet::reading(lies, self.chunk, self.consumed())?;
            about.layers.push("parquet");
            self.push(about, Taken::new(Shape::JsonLines, known, receipt), rows, known);
            self.last(|entry| entry.counted = true);
            return Ok(Vec::new());
        };
        let mut archive = archive::read(&lies, kind)?;
        match archive.problem.take() {
            Some(problem) => self.tell(&item.place.name, problem),
            None if archive.members.is_empty() => return Err("no files in this archive".into()),
            None => {}
        }
        Ok(item.members((&lies, archive), (depth, &packings), receipt))
    }

    fn last(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.last_mut() {
            change(entry);
        }
    }

    fn push(
        &mut self,
        about: About,
        taken: Taken,
        reading: Box<dyn Reading>,
        (rule, request): (Option<&Rule>, &Request),
    ) {
        let (pieces, source) = source(self.entries.len(), &about.name, taken, (rule, request));
        let shape = taken.shape;
        self.sources.push(source);
        self.entries.push(Entry {
            about: About { format: shape.format(), stamped: shape == Shape::Stamped, ..about },
            shape,
            pieces,
            reading,
            inside: None,
            counted: false,
            replaced: None,
            undecoded: Arc::default(),
        });
    }

    /// How many bytes were read so far, where they lie: of compressed files, compressed ones. Goes up to
    /// [`Opened::total_bytes`], and begins anew with each restart.
    pub fn consumed(&self) -> Arc<AtomicU64> {
        self.consumed.clone()
    }

    /// The bytes of all inputs together where they lie, if all have a known size.
    pub fn total_bytes(&self) -> Option<u64> {
        self.entries.iter().map(|entry| entry.reading.bytes()).sum()
    }

    /// What could not be read. Grows while reading.
    pub fn problems(&self) -> Vec<Problem> {
        let lost = |entry: &Entry| {
            let message = entry.reading.losses()?;
            Some(Problem { place: entry.about.name.clone(), message, offset: None })
        };
        let mut problems = lock(&self.problems).clone();
        problems.extend(self.entries.iter().filter_map(lost));
        problems
    }

    /// What is odd, but no loss: messages that were cut into pieces because they are too long, bytes that are no UTF-8.
    /// Grows while reading.
    pub fn notes(&self) -> Vec<Problem> {
        let notes = |(entry, source): (&Entry, &Arc<Source>)| {
            let long = entry.pieces.told(&entry.reading.cuts());
            let not_utf8 = odd::not_utf8(&source.replaced, entry.replaced);
            let undecoded = odd::undecoded(&entry.undecoded, entry.about.charset.unwrap_or_default());
            let note = |message| Problem { place: entry.about.name.clone(), message, offset: None };
            long.into_iter()
                .chain(entry.pieces.oddity())
                .chain(not_utf8)
                .chain(undecoded)
                .chain(entry.about.odd())
                .chain(entry.reading.oddities())
                .map(note)
                .collect::<Vec<_>>()
        };
        self.entries.iter().zip(&self.sources).flat_map(notes).collect()
    }

    /// The inputs, in the order of their numbers.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// What the inputs were taken for, in the order of their numbers.
    pub fn formats(&self) -> Vec<Format> {
        self.entries.iter().map(|entry| entry.shape.format()).collect()
    }

    /// What is known of each input, in the order of their numbers.
    pub fn about(&self) -> impl Iterator<Item = &About> {
        self.entries.iter().map(|entry| &entry.about)
    }

    /// The next chunk of one input, which nobody else gets.
    pub fn next_of(&self, input: usize) -> Option<Chunk> {
        match self.turn(input, Vec::new(), true) {
            Turn::Chunk(bytes, offset) => Some(self.chunk(input, bytes, offset)),
            Turn::Busy(_) | Turn::Ended(_) => None,
        }
    }

    /// Keeps what is read of inputs that can be read only once, so that [`Input::restart`] works with them. To be
    /// called before anything is read.
    pub fn keep_in_memory(&self) {
        self.entries.iter().for_each(|entry| entry.reading.keep());
    }

    fn problem(&self, entry: usize, error: &io::Error, offset: Option<u64>) {
        let entry = &self.entries[entry];
        let mut message = reason(error);
        if let Some(offset) = offset {
            let inside = entry.inside.map(|inside| format!("{inside} ")).unwrap_or_default();
            message.push_str(&format!("; the {offset} {inside}bytes before that were read"));
        }
        let problem = Problem { place: entry.about.name.clone(), message, offset };
        let mut problems = lock(&self.problems);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// What one entry has for a worker.
    fn turn(&self, entry: usize, buffer: Vec<u8>, wait: bool) -> Turn {
        let mut trouble = |error: io::Error, offset| self.problem(entry, &error, offset);
        self.entries[entry].reading.next(buffer, wait, &mut trouble)
    }
}

impl Opened {
    fn chunk(&self, entry: usize, bytes: ChunkBytes, offset: u64) -> Chunk {
        if !self.entries[entry].counted {
            self.consumed.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        Chunk { bytes, offset, source: self.sources[entry].clone() }
    }
}

impl Input for Opened {
    fn next(&self, mut buffer: Vec<u8>) -> Option<Chunk> {
        loop {
            let first = self.first.load(Ordering::Relaxed);
            let mut busy = None;
            // A message that is too long goes on after others have found its file at its end: in the end, all are asked
            // once more.
            for entry in (first..self.entries.len()).chain(0..first.min(self.entries.len())) {
                match self.turn(entry, std::mem::take(&mut buffer), false) {
                    Turn::Chunk(bytes, offset) => {
                        return Some(self.chunk(entry, bytes, offset));
                    }
                    Turn::Busy(unused) => {
                        busy.get_or_insert(entry);
                        buffer = unused;
                    }
                    Turn::Ended(unused) => {
                        buffer = unused;
                        if busy.is_none() {
                            self.first.fetch_max(entry + 1, Ordering::Relaxed);
                        }
                    }
                }
            }
            let entry = busy?;
            match self.turn(entry, buffer, true) {
                Turn::Chunk(bytes, offset) => {
                    return Some(self.chunk(entry, bytes, offset));
                }
                Turn::Busy(unused) | Turn::Ended(unused) => buffer = unused,
            }
        }
    }

    fn restart(&self) -> bool {
        if !self.entries.iter().all(|entry| entry.reading.can_restart()) {
            return false;
        }
        for entry in &self.entries {
            entry.pieces.forget();
            entry.reading.restart();
        }
        self.sources.iter().for_each(|source| source.forget());
        self.first.store(0, Ordering::Relaxed);
        self.consumed.store(0, Ordering::Relaxed);
        true
    }
}

/// What is under the layers.
fn under(bare: &Bare, known: (Option<&Rule>, &Request), receipt: i64) -> Result<Taken, String> {
    match &bare.error {
        Some(error) if bare.head.is_empty() => Err(reason(error)),
        _ => taken(&bare.head, bare.whole(), known, receipt),
    }
}

/// The value behind a lock, also when somebody panicked while holding it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
