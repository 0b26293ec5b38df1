//! Inputs ready to be read by many workers.

use super::format::Format;
use super::framing::LONGEST;
use super::framing::PIECE;
use super::framing::pieces::Pieces;
use super::places::{self, Place, modified, reason};
use super::reading::ranges::Ranges;
use super::reading::stream::{Cutter, Stream};
use super::reading::streamed::{Opener, Streamed};
use super::reading::{Reading, Turn};
use super::recognise::{BOM, HEAD, recognise};
use super::shape::Shape;
use super::sources::{FILE, Rule, Sources};
use super::{Problem, Request};
use crate::run::message::{Chunk, Input, Source};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// Inputs ready to be read.
pub struct Opened {
    entries: Vec<Entry>,
    sources: Vec<Arc<Source>>,
    /// The first entry that may have something left.
    first: AtomicUsize,
    problems: Mutex<Vec<Problem>>,
    chunk: usize,
}

/// One input.
struct Entry {
    name: String,
    shape: Shape,
    pieces: Arc<Pieces>,
    reading: Box<dyn Reading>,
}

/// Looks for the inputs and tells what they are. The error has all that is wrong when nothing at all can be read, or
/// when a `sources.toml` is wrong: without it, queries would look at the wrong messages.
pub fn open(request: &Request) -> Result<Opened, Vec<Problem>> {
    let mut opened = Opened::nothing(request);
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
        let mut opened = Opened::nothing(request);
        let problem = |message| Problem { place: name.into(), message, offset: None };
        opened.add_reader((name, None), reader, (rule, request), request.now).map_err(problem)?;
        Ok(opened)
    }

    /// No inputs at all.
    pub fn nothing(request: &Request) -> Opened {
        Opened {
            entries: Vec::new(),
            sources: Vec::new(),
            first: AtomicUsize::new(0),
            problems: Mutex::default(),
            chunk: if request.chunk == 0 { CHUNK } else { request.chunk.min(LONGEST / 2) },
        }
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
        let shape = recognise(&head, data.len() <= head.len() as u64, wanted(rule, request))?;
        let reading: Box<dyn Reading> = match shape.cutter(message_start(rule)) {
            Cutter::At(bounds) => {
                let start = if head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                Box::new(Ranges::new(path.clone(), (start, data.len()), bounds, self.chunk))
            }
            cutter => Box::new(Streamed::later(opener(path), cutter, Some(data.len()), self.chunk)),
        };
        self.push(&place.name, shape, reading, (rule, request), receipt);
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
        let mut stream = Stream::new(reader, head, shape.cutter(message_start(rule)));
        stream.error = error;
        let size = path.and_then(|path| Some(path.metadata().ok()?.len()));
        let reading = Box::new(Streamed::new(stream, path.map(|path| opener(path)), size, self.chunk));
        self.push(name, shape, reading, (rule, request), receipt);
        Ok(())
    }

    fn push(
        &mut self,
        name: &str,
        shape: Shape,
        reading: Box<dyn Reading>,
        (rule, request): (Option<&Rule>, &Request),
        receipt: i64,
    ) {
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
        self.entries.push(Entry { name: name.into(), shape, pieces, reading });
    }

    /// The bytes of all inputs together, if all have a known size.
    pub fn total_bytes(&self) -> Option<u64> {
        self.entries.iter().map(|entry| entry.reading.bytes()).sum()
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
        self.entries.iter().for_each(|entry| entry.reading.keep());
    }

    fn problem(&self, entry: usize, error: &io::Error, offset: Option<u64>) {
        let problem = Problem { place: self.entries[entry].name.clone(), message: reason(error), offset };
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
                        return Some(Chunk { bytes, offset, source: self.sources[entry].clone() });
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
                    return Some(Chunk { bytes, offset, source: self.sources[entry].clone() });
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
        self.first.store(0, Ordering::Relaxed);
        true
    }
}

/// Opens a file from its beginning on.
fn opener(path: &Path) -> Opener {
    let path = path.to_path_buf();
    Box::new(move || Ok(Box::new(File::open(&path)?)))
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
