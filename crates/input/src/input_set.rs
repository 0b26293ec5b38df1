//! Inputs ready to be read by many workers.

mod add;
mod detect;

use super::candidate::Candidate;
use super::charset_warnings;
use super::detected_format::DetectedFormat;
use super::format::Format;
use super::framing::MAX_HELD_BYTES;
use super::framing::long_messages::LongMessages;
use super::input_info::InputInfo;
use super::io_error::reason;
use super::lock::lock;
use super::places::{self, Place};
use super::problem::Problem;
use super::reading::{Reading, Turn};
use super::recognise::Refused;
#[cfg(feature = "object-store")]
use super::remote;
use super::request::InputRequest;
use super::settings::Settings;
use super::source_rules::SourceRules;
use super::sources_toml::Rule;
use super::wrappers::MIXED_CHARSET;
use super::wrappers::archive::TempSpools;
use super::wrappers::charset::Undecoded;
use detect::OpenCandidate;
use std::io;
use std::io::Read;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use sumoql_data::message::{Chunk, ChunkBytes, Framing, Input, Source};

/// How much is read at a time.
const DEFAULT_CHUNK_BYTES: usize = 256 << 10;

/// Inputs ready to be read.
pub struct InputSet {
    entries: Vec<Entry>,
    sources: Vec<Arc<Source>>,
    /// The first entry that may have something left.
    first: AtomicUsize,
    problems: Mutex<Vec<Problem>>,
    /// What was found in folders and archives and holds no messages, and why it is not read.
    skipped: Vec<Problem>,
    chunk: usize,
    /// How many bytes were read where they lie.
    consumed: Arc<AtomicU64>,
    spools: TempSpools,
}

/// One input.
struct Entry {
    info: InputInfo,
    detected: DetectedFormat,
    pieces: Arc<LongMessages>,
    reading: Box<dyn Reading>,
    /// Its text is not as it lies there: it was decompressed or decoded.
    inside: Option<&'static str>,
    /// Bytes are counted as they are read, not as they are given out.
    counted: bool,
    /// Where bytes are that are not UTF-8, as far as its first bytes show.
    replaced: Option<u64>,
    /// What could not be decoded, and where the encoding changes.
    undecoded: Arc<Undecoded>,
}

/// Finds the inputs and detects what they are. The error has all that is wrong when nothing at all can be read, or
/// when a `sources.toml` is wrong: without it, queries would look at the wrong messages.
pub fn open(request: &InputRequest) -> Result<InputSet, Vec<Problem>> {
    let mut opened = InputSet::nothing(request);
    let found = places::find(&request.paths, &mut |place, message| opened.report(place, message));
    let rules = SourceRules::of(request)?;
    let candidates = found.into_iter().map(Candidate::new).collect();
    opened.with_items(candidates, rules, request)
}

/// The objects of a store that a key stands for: one, those below a folder, or those that fit a pattern.
#[cfg(feature = "object-store")]
pub fn open_store(store: remote::Store, key: &str, request: &InputRequest) -> Result<InputSet, Vec<Problem>> {
    let rules = SourceRules::of(request)?;
    let place = store.address(key);
    match Arc::new(store).candidates(key) {
        Ok(candidates) => InputSet::nothing(request).with_items(candidates, rules, request),
        Err(message) => Err(vec![Problem { place, message, offset: None }]),
    }
}

impl InputSet {
    /// Inputs from a reader, of which a request says the rest.
    pub fn of_reader(
        name: &str,
        reader: Box<dyn Read + Send>,
        request: &InputRequest,
        rule: Option<&Rule>,
    ) -> Result<InputSet, Problem> {
        let mut opened = InputSet::nothing(request);
        let problem = |message| Problem { place: name.into(), message, offset: None };
        let candidate = Candidate::new(Place::given(name, None));
        let added = opened.add_open(&candidate, OpenCandidate::reader(reader, request.now), Settings { rule, request });
        let mut candidates = added.map_err(|refused| problem(refused.to_string()))?;
        candidates.reverse();
        while let Some(candidate) = candidates.pop() {
            match opened.add(&candidate, Settings { rule, request }) {
                Ok(inside) => candidates.extend(inside.into_iter().rev()),
                Err(refused) => opened.refuse(&candidate, refused),
            }
        }
        match opened.entries.is_empty() {
            true => Err(opened.problems().into_iter().next().unwrap_or_else(|| problem("nothing is in it".into()))),
            false => Ok(opened),
        }
    }

    /// No inputs at all.
    pub fn nothing(request: &InputRequest) -> InputSet {
        InputSet {
            entries: Vec::new(),
            sources: Vec::new(),
            first: AtomicUsize::new(0),
            problems: Mutex::default(),
            skipped: Vec::new(),
            chunk: if request.chunk == 0 { DEFAULT_CHUNK_BYTES } else { request.chunk.min(MAX_HELD_BYTES / 2) },
            consumed: Arc::default(),
            spools: TempSpools::default(),
        }
    }

    /// Adds candidates and what is in them.
    fn with_items(
        mut self,
        mut candidates: Vec<Candidate>,
        mut rules: SourceRules,
        request: &InputRequest,
    ) -> Result<InputSet, Vec<Problem>> {
        // What comes next is at the end.
        candidates.reverse();
        while let Some(candidate) = candidates.pop() {
            let rule = rules.rule_of(&candidate).map_err(|problem| vec![problem])?;
            match self.add(&candidate, Settings { rule, request }) {
                Ok(inside) => candidates.extend(inside.into_iter().rev()),
                Err(refused) => self.refuse(&candidate, refused),
            }
        }
        if self.entries.is_empty() { Err([self.problems(), self.skipped].concat()) } else { Ok(self) }
    }

    /// Reports why a candidate is not read. What was found in a folder and holds no messages is passed over.
    fn refuse(&mut self, candidate: &Candidate, refused: Refused) {
        match refused {
            Refused::NoMessages(message) if !candidate.place.given => {
                let message = format!("skipped: {message}");
                self.skipped.push(Problem { place: candidate.place.name.clone(), message, offset: None });
            }
            Refused::NoMessages(message) | Refused::Wrong(message) => self.report(&candidate.place.name, message),
        }
    }

    fn report(&mut self, place: &str, message: String) {
        lock(&self.problems).push(Problem { place: place.into(), message, offset: None });
    }

    /// How many bytes were read so far, where they lie: of compressed files, compressed ones. Goes up to
    /// [`InputSet::total_bytes`], and begins anew with each restart.
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
            Some(Problem { place: entry.info.name.clone(), message, offset: None })
        };
        let mut problems = lock(&self.problems).clone();
        problems.extend(self.entries.iter().filter_map(lost));
        problems
    }

    /// Notices; nothing is lost: messages that were cut into pieces because they are too long, bytes that are not UTF-8,
    /// inputs with nothing in them. Grows while reading.
    pub fn notes(&self) -> Vec<Problem> {
        let notes = |(entry, source): (&Entry, &Arc<Source>)| {
            let long = entry.pieces.warning(&entry.reading.cuts());
            let not_utf8 = charset_warnings::not_utf8(&source.replaced, entry.replaced);
            let charset = entry.info.charset.unwrap_or(MIXED_CHARSET);
            let undecoded = charset_warnings::undecoded(entry.undecoded.replaced(), charset);
            let note = |message| Problem { place: entry.info.name.clone(), message, offset: None };
            long.into_iter()
                .chain(entry.pieces.oddity())
                .chain(not_utf8)
                .chain(undecoded)
                .chain(entry.undecoded.changed().map(charset_warnings::changed))
                .chain(entry.info.warning())
                .chain(entry.reading.oddities())
                .map(note)
                .collect::<Vec<_>>()
        };
        let empty: Vec<Problem> = (self.entries.iter().filter(|entry| entry.info.empty))
            .map(|entry| Problem {
                place: entry.info.name.clone(),
                message: charset_warnings::EMPTY_INPUT.into(),
                offset: None,
            })
            .collect();
        let read = self.entries.iter().zip(&self.sources).flat_map(notes);
        read.chain(charset_warnings::few(&self.skipped, "were skipped as well"))
            .chain(charset_warnings::few(&empty, "are empty as well"))
            .collect()
    }

    /// The inputs, in the order of their numbers.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// What the inputs were taken for, in the order of their numbers.
    pub fn formats(&self) -> Vec<Format> {
        self.entries.iter().map(|entry| entry.detected.format()).collect()
    }

    /// What is known of each input, in the order of their numbers.
    pub fn info(&self) -> impl Iterator<Item = &InputInfo> {
        self.entries.iter().map(|entry| &entry.info)
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
        let problem = Problem { place: entry.info.name.clone(), message, offset };
        let mut problems = lock(&self.problems);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// What one entry has for a worker.
    fn turn(&self, entry: usize, buffer: Vec<u8>, wait: bool) -> Turn {
        let mut on_error = |error: io::Error, offset| self.problem(entry, &error, offset);
        self.entries[entry].reading.next(buffer, wait, &mut on_error)
    }
}

impl InputSet {
    fn chunk(&self, entry: usize, bytes: ChunkBytes, offset: u64) -> Chunk {
        if !self.entries[entry].counted {
            self.consumed.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        Chunk { bytes, offset, source: self.sources[entry].clone() }
    }
}

impl Input for InputSet {
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
