//! Inputs ready to be read by many workers.

use super::format::Format;
use super::framing::bounds::Bounds;
use super::framing::pieces::Pieces;
use super::framing::{LONGEST, PIECE};
use super::places::{self, Place, modified, reason};
use super::range::{self, Range};
use super::recognise::{BOM, HEAD, recognise};
use super::shape::Shape;
use super::sources::{FILE, Rule, Sources};
use super::stream::{Cutter, Stream};
use super::{Problem, Request};
use crate::run::message::{Chunk, Input, Source};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// Inputs ready to be read.
pub struct Opened {
    entries: Vec<Entry>,
    sources: Vec<Arc<Source>>,
    cursor: Mutex<Cursor>,
    problems: Mutex<Vec<Problem>>,
    chunk: usize,
}

/// One input.
struct Entry {
    name: String,
    shape: Shape,
    pieces: Arc<Pieces>,
    way: Way,
}

/// How an input is read.
enum Way {
    /// In ranges, by all workers at once. `start` is the first byte.
    Ranges { path: PathBuf, start: u64, size: u64, bounds: Bounds },
    /// From its beginning on, by one worker at a time.
    Stream { path: Option<PathBuf>, cutter: Cutter, state: Box<Mutex<StreamState>> },
}

#[derive(Default)]
struct StreamState {
    /// None: not open yet, or at its end.
    stream: Option<Stream>,
    ended: bool,
    /// Chunks given out, if they are kept, and how many of them were given out again.
    kept: Option<Vec<(Vec<u8>, u64)>>,
    replayed: usize,
}

/// What is read next.
#[derive(Default)]
struct Cursor {
    entry: usize,
    /// The start of the next range.
    at: Option<u64>,
    file: Option<Arc<File>>,
    /// Where messages go on that are too long.
    more: Vec<(usize, Arc<File>, Range)>,
}

/// What a worker is to read.
enum Claim {
    Range(usize, Arc<File>, Range),
    Stream(usize),
}

/// Looks for the inputs and tells what they are. The error has all that is wrong when nothing at all can be read, or
/// when a `sources.toml` is wrong: without it, queries would look at the wrong messages.
pub fn open(request: &Request) -> Result<Opened, Vec<Problem>> {
    let mut opened = Opened {
        entries: Vec::new(),
        sources: Vec::new(),
        cursor: Mutex::default(),
        problems: Mutex::default(),
        chunk: if request.chunk == 0 { CHUNK } else { request.chunk.min(LONGEST / 2) },
    };
    let mut problems = Vec::new();
    let found = places::find(&request.paths, &mut |place, message| {
        problems.push(Problem { place: place.into(), message, offset: None });
    });
    let mut known = Known { given: None, beside: HashMap::new() };
    if let Some(path) = &request.sources {
        known.given = Some(Sources::read(path).map_err(|problem| vec![problem])?);
    }
    for place in found {
        let rule = known.rule(&place).map_err(|problem| vec![problem])?;
        if let Err(message) = opened.add(&place, rule, request) {
            problems.push(Problem { place: place.name, message, offset: None });
        }
    }
    if opened.entries.is_empty() {
        return Err(problems);
    }
    opened.problems = Mutex::new(problems);
    Ok(opened)
}

/// The `sources.toml` files seen so far.
struct Known {
    given: Option<Sources>,
    beside: HashMap<PathBuf, Option<Sources>>,
}

impl Known {
    /// What is said of a file: by the `sources.toml` given, else by the nearest one in its folder or above, as far up
    /// as what was given for input, that has something to say.
    fn rule(&mut self, place: &Place) -> Result<Option<&Rule>, Problem> {
        if let Some(given) = &self.given {
            return Ok(given.rule(&place.name, place.path.as_deref()));
        }
        let Some(path) = place.path.as_deref() else { return Ok(None) };
        let folders: Vec<&Path> = path.ancestors().skip(1).take(place.depth + 1).collect();
        for folder in &folders {
            if !self.beside.contains_key(*folder) {
                let file = folder.join(FILE);
                let sources = if file.is_file() { Some(Sources::read(&file)?) } else { None };
                self.beside.insert(folder.to_path_buf(), sources);
            }
        }
        let near = |folder: &&Path| self.beside.get(*folder)?.as_ref()?.rule(&place.name, Some(path));
        Ok(folders.iter().find_map(near))
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
        let mut opened = Opened {
            entries: Vec::new(),
            sources: Vec::new(),
            cursor: Mutex::default(),
            problems: Mutex::default(),
            chunk: if request.chunk == 0 { CHUNK } else { request.chunk.min(LONGEST / 2) },
        };
        let problem = |message| Problem { place: name.into(), message, offset: None };
        opened.add_reader((name, None), reader, (rule, request), request.now).map_err(problem)?;
        Ok(opened)
    }

    fn add(&mut self, place: &Place, rule: Option<&Rule>, request: &Request) -> Result<(), String> {
        let Some(path) = &place.path else {
            return self.add_reader((&place.name, None), Box::new(io::stdin()), (rule, request), request.now);
        };
        let mut file = File::open(path).map_err(|error| reason(&error))?;
        let data = file.metadata().map_err(|error| reason(&error))?;
        let receipt = modified(&data).unwrap_or(request.now);
        // Files without a size may yet have something to read: those under /proc, say.
        if !data.is_file() || data.len() == 0 {
            let again = data.is_file().then_some(path);
            return self.add_reader((&place.name, again), Box::new(file), (rule, request), receipt);
        }
        let mut head = Vec::new();
        (&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(|error| reason(&error))?;
        let wanted = wanted(rule, request);
        let shape = recognise(&head, data.len() <= head.len() as u64, wanted)?;
        let way = match shape.cutter(message_start(rule)) {
            Cutter::At(bounds) => {
                let start = if head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                Way::Ranges { path: path.clone(), start, size: data.len(), bounds }
            }
            cutter => Way::Stream { path: Some(path.clone()), cutter, state: Box::default() },
        };
        self.push(&place.name, shape, way, (rule, request), receipt);
        Ok(())
    }

    /// Adds what is read from its beginning on; `path` is the file to read again, if that is possible.
    fn add_reader(
        &mut self,
        (name, path): (&str, Option<&PathBuf>),
        mut reader: Box<dyn Read + Send>,
        (rule, request): (Option<&Rule>, &Request),
        receipt: i64,
    ) -> Result<(), String> {
        let mut head = Vec::new();
        let mut error = None;
        if let Err(reading) = (&mut reader).take(HEAD as u64).read_to_end(&mut head) {
            if head.is_empty() {
                return Err(reason(&reading));
            }
            error = Some((reading, head.len() as u64));
        }
        let whole = error.is_some() || head.len() < HEAD;
        let shape = recognise(&head, whole, wanted(rule, request))?;
        let cutter = shape.cutter(message_start(rule));
        let mut stream = Stream::new(reader, head, cutter.clone());
        stream.error = error;
        let state = StreamState { stream: Some(stream), ..StreamState::default() };
        let way = Way::Stream { path: path.cloned(), cutter, state: Box::new(Mutex::new(state)) };
        self.push(name, shape, way, (rule, request), receipt);
        Ok(())
    }

    fn push(&mut self, name: &str, shape: Shape, way: Way, (rule, request): (Option<&Rule>, &Request), receipt: i64) {
        let pieces = Arc::new(Pieces::new(shape.framing(message_start(rule))));
        let mut metadata = vec![("_sourceName".to_string(), name.to_string())];
        let known = rule.map(|rule| rule.metadata.as_slice()).unwrap_or_default();
        for (name, value) in known.iter().chain(&request.set) {
            metadata.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            metadata.push((name.clone(), value.clone()));
        }
        self.sources.push(Arc::new(Source {
            index: self.entries.len() as u32,
            name: name.into(),
            metadata,
            receipt,
            zone: rule.and_then(|rule| rule.zone).unwrap_or(request.zone),
            framing: pieces.clone(),
        }));
        self.entries.push(Entry { name: name.into(), shape, pieces, way });
    }

    /// The bytes of all inputs together, if all have a known size.
    pub fn total_bytes(&self) -> Option<u64> {
        let size = |entry: &Entry| match &entry.way {
            Way::Ranges { size, .. } => Some(*size),
            Way::Stream { path, .. } => path.as_ref().and_then(|path| Some(path.metadata().ok()?.len())),
        };
        self.entries.iter().map(size).sum()
    }

    /// What could not be read. Grows while reading.
    pub fn problems(&self) -> Vec<Problem> {
        lock(&self.problems).clone()
    }

    /// What is odd, but no loss: messages that were cut into pieces because they are too long. Grows while reading.
    pub fn notes(&self) -> Vec<Problem> {
        let note = |entry: &Entry| {
            let message = match entry.pieces.long() {
                0 => return None,
                1 => format!("1 message of more than {PIECE} bytes was cut into pieces, as at Sumo"),
                n => format!("{n} messages of more than {PIECE} bytes were cut into pieces, as at Sumo"),
            };
            Some(Problem { place: entry.name.clone(), message, offset: None })
        };
        self.entries.iter().filter_map(note).collect()
    }

    /// The inputs, in the order of their numbers.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// What the inputs were taken for, in the order of their numbers.
    pub fn formats(&self) -> Vec<Format> {
        self.entries.iter().map(|entry| entry.shape.format()).collect()
    }

    /// Keeps what is read of inputs that can be read only once, so that [`Input::restart`] works with them. To be
    /// called before anything is read.
    pub fn keep_in_memory(&self) {
        for entry in &self.entries {
            if let Way::Stream { path: None, state, .. } = &entry.way {
                lock(state).kept.get_or_insert_default();
            }
        }
    }

    fn problem(&self, entry: usize, error: &io::Error, offset: Option<u64>) {
        let problem = Problem { place: self.entries[entry].name.clone(), message: reason(error), offset };
        let mut problems = lock(&self.problems);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// What the worker who asks is to read next.
    fn claim(&self) -> Option<Claim> {
        let mut cursor = lock(&self.cursor);
        if let Some((entry, file, range)) = cursor.more.pop() {
            return Some(Claim::Range(entry, file, range));
        }
        loop {
            let entry = cursor.entry;
            let Way::Ranges { path, start, size, .. } = &self.entries.get(entry)?.way else {
                return Some(Claim::Stream(entry));
            };
            let from = cursor.at.unwrap_or(*start);
            if from >= *size {
                cursor.skip(entry);
                continue;
            }
            let file = match &cursor.file {
                Some(file) => file.clone(),
                None => match File::open(path) {
                    Ok(file) => Arc::new(file),
                    Err(error) => {
                        self.problem(entry, &error, None);
                        cursor.skip(entry);
                        continue;
                    }
                },
            };
            let to = from.saturating_add(self.chunk as u64).min(*size);
            cursor.at = Some(to);
            cursor.file = Some(file.clone());
            return Some(Claim::Range(entry, file, Range { from, to, sure: from == *start }));
        }
    }

    fn read_range(&self, entry: usize, file: Arc<File>, range: Range, buffer: Vec<u8>) -> Result<Chunk, Vec<u8>> {
        let Way::Ranges { size, bounds, .. } = &self.entries[entry].way else { return Err(buffer) };
        let piece = range::read(&file, *size, range, bounds, buffer);
        if let Some((error, offset)) = piece.error {
            self.problem(entry, &error, Some(offset));
            lock(&self.cursor).skip(entry);
        } else if let Some(more) = piece.more {
            lock(&self.cursor).more.push((entry, file, Range { from: more, to: more, sure: true }));
        }
        match piece.bytes.is_empty() {
            true => Err(piece.bytes),
            false => Ok(Chunk { bytes: piece.bytes, offset: piece.offset, source: self.sources[entry].clone() }),
        }
    }

    fn read_stream(&self, entry: usize, buffer: Vec<u8>) -> Result<Chunk, Vec<u8>> {
        let Way::Stream { path, cutter, state } = &self.entries[entry].way else { return Err(buffer) };
        let mut state = lock(state);
        let chunk = |bytes, offset| Chunk { bytes, offset, source: self.sources[entry].clone() };
        let StreamState { stream, ended, kept, replayed } = &mut *state;
        if let Some((bytes, offset)) = kept.as_ref().and_then(|kept| kept.get(*replayed)) {
            *replayed += 1;
            let mut buffer = buffer;
            buffer.clear();
            buffer.extend_from_slice(bytes);
            return Ok(chunk(buffer, *offset));
        }
        if stream.is_none()
            && !*ended
            && let Some(path) = path
        {
            match File::open(path) {
                Ok(file) => *stream = Some(Stream::new(Box::new(file), Vec::new(), cutter.clone())),
                Err(error) => self.problem(entry, &error, None),
            }
        }
        let next = stream.as_mut().and_then(|stream| stream.next(buffer, self.chunk));
        if let Some((error, offset)) = stream.as_mut().and_then(|stream| stream.error.take()) {
            self.problem(entry, &error, Some(offset));
        }
        match next {
            Some((bytes, offset)) => {
                if let Some(kept) = kept {
                    kept.push((bytes.clone(), offset));
                    *replayed = kept.len();
                }
                Ok(chunk(bytes, offset))
            }
            None => {
                *stream = None;
                *ended = true;
                lock(&self.cursor).skip(entry);
                Err(Vec::new())
            }
        }
    }
}

impl Cursor {
    /// Goes on to the input after this one, if it is at it.
    fn skip(&mut self, entry: usize) {
        if self.entry == entry {
            self.entry += 1;
            self.at = None;
            self.file = None;
        }
    }
}

impl Input for Opened {
    fn next(&self, mut buffer: Vec<u8>) -> Option<Chunk> {
        loop {
            let read = match self.claim()? {
                Claim::Range(entry, file, range) => self.read_range(entry, file, range, buffer),
                Claim::Stream(entry) => self.read_stream(entry, buffer),
            };
            match read {
                Ok(chunk) => return Some(chunk),
                Err(unused) => buffer = unused,
            }
        }
    }

    fn restart(&self) -> bool {
        let once = |entry: &Entry| match &entry.way {
            Way::Stream { path: None, state, .. } => {
                let state = lock(state);
                let begun = state.ended || state.stream.as_ref().is_some_and(|stream| stream.begun);
                begun && state.kept.is_none()
            }
            _ => false,
        };
        if self.entries.iter().any(once) {
            return false;
        }
        for entry in &self.entries {
            entry.pieces.forget();
            if let Way::Stream { path, state, .. } = &entry.way {
                let mut state = lock(state);
                state.replayed = 0;
                if path.is_some() {
                    state.stream = None;
                    state.ended = false;
                }
            }
        }
        *lock(&self.cursor) = Cursor::default();
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wanted(rule: Option<&Rule>, request: &Request) -> Format {
    match (request.format, rule) {
        (Format::Auto, Some(rule)) if rule.message_start.is_some() => Format::Text,
        (Format::Auto, Some(rule)) => rule.format.unwrap_or_default(),
        (format, _) => format,
    }
}

/// What the first lines of messages begin with, if that is known.
fn message_start(rule: Option<&Rule>) -> Option<&regex::Regex> {
    rule.and_then(|rule| rule.message_start.as_ref())
}
