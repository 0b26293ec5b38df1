//! Inputs that grow: names are looked at again and again, and what is appended to files is read as it comes.
//!
//! A file is known by its device and number, not by its name: one that is renamed is read on, and a new one that has its
//! name is begun once the rest of the old one was read.

mod feed;
mod names;
mod notices;
mod tail;
mod watcher;

use self::feed::{FedChunk, Id, id_of};
use self::notices::Notices;
pub use self::notices::{Notice, Reporter};
use self::tail::Tail;
use self::watcher::{FolderWatcher, Sighting};
use super::candidate::Candidate;
use super::framing::long_messages::LongMessages;
use super::io_error::reason;
use super::lock::lock;
use super::magic::HEAD_BYTES;
use super::places::{Place, is_address, modified};
use super::problem::Problem;
use super::reading::stream::Cutter;
use super::request::InputRequest;
use super::settings::{Settings, recognised, source};
use super::source_rules::SourceRules;
use super::wrappers::is_wrapped;
use super::{charset_warnings, places};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use sumoql_data::message::{Chunk, Framing, Input, Source, Stop};

/// How long nothing is done when nothing is new.
const IDLE_PAUSE: Duration = Duration::from_millis(200);

/// How often names are looked at again.
const RESCAN_INTERVAL: Duration = Duration::from_millis(600);

/// How soon names are looked at again where something is known to have happened.
const MIN_RESCAN_INTERVAL: Duration = Duration::from_millis(20);

/// How long a file without a name may still get bytes.
const REMOVED_FILE_GRACE: Duration = Duration::from_secs(60);

/// The same where many files are open.
const SHORT_REMOVED_FILE_GRACE: Duration = Duration::from_secs(2);

/// How many files stay open while nothing happens to them.
const MAX_IDLE_OPEN_FILES: usize = 256;

/// How many full chunks of one input are read before it is another's turn.
const MAX_CHUNKS_IN_A_ROW: usize = 64;

/// Inputs that are read until the run is stopped, or, if all are streams, until these end.
pub struct Followed {
    state: Mutex<FollowState>,
    stop: Stop,
    consumed: Arc<AtomicU64>,
}

struct FollowState {
    request: InputRequest,
    rules: SourceRules,
    tails: Vec<Tail>,
    /// Files that can't be followed.
    refused: HashSet<Id>,
    /// Streams that were begun; none is standard input.
    streams: HashSet<Option<PathBuf>>,
    /// Hears what happens to names between two looks.
    watcher: FolderWatcher,
    /// When names were last looked at.
    looked: Option<Instant>,
    /// Who is asked next, and how often in a row it had a full chunk.
    turn: (usize, usize),
    sources: Vec<Arc<Source>>,
    pieces: Vec<Arc<LongMessages>>,
    /// Where messages go on that were cut as they are too long to be held, by their inputs.
    cuts: HashMap<usize, Vec<u64>>,
    problems: Vec<Problem>,
    /// What the last look at the names found wrong.
    missing: Vec<Problem>,
    notes: Vec<Problem>,
    notices: Notices,
}

impl Followed {
    /// Looks for the inputs. What is not there yet is waited for, and is among the [`Followed::problems`] until it is
    /// there. What goes wrong is reported when it happens. The error is what is wrong with a `sources.toml`. Where
    /// `stop` is set, the waiting ends.
    pub fn open(request: InputRequest, stop: Stop, reporter: Reporter) -> Result<Followed, Vec<Problem>> {
        let rules = SourceRules::of(&request)?;
        let watcher = FolderWatcher::new(&request.paths);
        let mut state = FollowState {
            request,
            rules,
            tails: Vec::new(),
            refused: HashSet::new(),
            streams: HashSet::new(),
            watcher,
            looked: None,
            turn: (0, 0),
            sources: Vec::new(),
            pieces: Vec::new(),
            cuts: HashMap::new(),
            problems: Vec::new(),
            missing: Vec::new(),
            notes: Vec::new(),
            notices: Notices::new(reporter),
        };
        state.look().map_err(|problem| vec![problem])?;
        state.report();
        Ok(Followed { state: Mutex::new(state), stop, consumed: Arc::default() })
    }

    /// How many bytes were read so far.
    pub fn consumed(&self) -> Arc<AtomicU64> {
        self.consumed.clone()
    }

    /// What could not be read so far, or is not there now.
    pub fn problems(&self) -> Vec<Problem> {
        let state = lock(&self.state);
        [state.problems.clone(), state.missing.clone()].concat()
    }

    /// Notices; nothing is lost. Grows while reading.
    pub fn notes(&self) -> Vec<Problem> {
        let state = lock(&self.state);
        let odd = state.counted().into_iter().map(|(note, _)| note);
        odd.chain(state.notes.iter().cloned()).collect()
    }

    /// What of all that was reported already.
    pub fn reported(&self) -> Vec<Problem> {
        lock(&self.state).notices.all().to_vec()
    }

    /// The inputs so far: each file is one, and a truncated one is another from there on.
    pub fn sources(&self) -> Vec<Arc<Source>> {
        lock(&self.state).sources.clone()
    }
}

impl Input for Followed {
    fn next(&self, _: Vec<u8>) -> Option<Chunk> {
        let mut state = lock(&self.state);
        loop {
            if self.stop.is_set() {
                return None;
            }
            if state.is_time_to_look() {
                if let Err(problem) = state.look() {
                    report(&mut state.problems, problem);
                }
                state.report();
            }
            if let Some(chunk) = state.poll() {
                self.consumed.fetch_add(chunk.bytes.len() as u64, Ordering::Relaxed);
                return Some(chunk);
            }
            if state.is_over() {
                return None;
            }
            // The others wait for the lock meanwhile: there is nothing for them.
            std::thread::sleep(IDLE_PAUSE);
        }
    }

    fn restart(&self) -> bool {
        false
    }
}

impl FollowState {
    /// Notices about messages, which count up: of which input, and of which kind.
    fn counted(&self) -> Vec<(Problem, (usize, usize))> {
        let mut found = Vec::new();
        for (input, (pieces, source)) in self.pieces.iter().zip(&self.sources).enumerate() {
            let cuts = self.cuts.get(&input).map(Vec::as_slice).unwrap_or_default();
            let kinds = [pieces.warning(cuts), pieces.oddity(), charset_warnings::not_utf8(&source.replaced, None)];
            for (kind, message) in kinds.into_iter().enumerate() {
                let note = message.map(|message| Problem { place: source.name.clone(), message, offset: None });
                found.extend(note.map(|note| (note, (input, kind))));
            }
        }
        found
    }

    /// Tells what is new.
    fn report(&mut self) {
        self.notices.problems(self.problems.iter().chain(&self.missing));
        self.notes.iter().for_each(|note| self.notices.note(note, None));
        for (note, count) in self.counted() {
            self.notices.note(&note, Some(count));
        }
    }

    /// Whether nothing can come any more: all that was named are streams that have ended, and files that are refused.
    fn is_over(&self) -> bool {
        let over = |path: &String| match fs::metadata(path) {
            _ if path == places::STDIN || is_address(path) || self.streams.contains(&Some(path.into())) => true,
            Ok(data) if data.is_dir() => false,
            Ok(data) if data.is_file() => self.refused.contains(&id_of(&data, path.as_ref())),
            Ok(_) => true,
            Err(_) => false,
        };
        self.tails.is_empty() && self.request.paths.iter().all(over)
    }

    /// Whether names are to be looked at: from time to time, and soon after something has happened to one.
    fn is_time_to_look(&self) -> bool {
        let since = |interval| self.looked.is_none_or(|looked| looked.elapsed() >= interval);
        since(RESCAN_INTERVAL) || (since(MIN_RESCAN_INTERVAL) && self.watcher.has_changed())
    }

    /// Looks at all names: takes up what is new, and notes what has another name, or none.
    fn look(&mut self) -> Result<(), Problem> {
        let first = self.looked.is_none();
        self.looked = Some(Instant::now());
        let mut found = self.find();
        // What has happened in a folder before it was watched is found now.
        if self.watcher.watch(found.iter().filter_map(|place| place.path.as_deref())) {
            found = self.find();
        }
        for Sighting { place, path, id, file, .. } in self.watcher.sightings() {
            if self.tails.iter().all(|tail| tail.id() != Some(id)) && !self.refused.contains(&id) {
                self.file(place, (path, id), Some(file), false)?;
            }
        }
        let mut present = HashSet::new();
        for place in found {
            if is_address(&place.name) {
                let message = "an address can't be followed".into();
                report(&mut self.problems, Problem { place: place.name, message, offset: None });
                continue;
            }
            let path = place.path.clone();
            match path.as_ref().map(|path| (path, fs::metadata(path))) {
                Some((path, Ok(data))) if data.is_file() => {
                    let id = id_of(&data, path);
                    present.insert(id);
                    if let Some(tail) = self.tails.iter_mut().find(|tail| tail.id() == Some(id)) {
                        tail.renamed(path.clone());
                    } else if !self.refused.contains(&id) {
                        self.file(place, (path.clone(), id), None, first)?;
                    }
                }
                // Gone since it was found.
                Some((_, Err(_))) => {}
                _ => {
                    if self.streams.insert(path.clone()) {
                        self.tails.push(match path {
                            Some(path) => Tail::of_reader(place, move || Ok(Box::new(File::open(path)?))),
                            None => Tail::of_reader(place, || Ok(Box::new(std::io::stdin()))),
                        });
                    }
                }
            }
        }
        for tail in &mut self.tails {
            if let Some(id) = tail.id() {
                tail.gone = if present.contains(&id) { None } else { tail.gone.or(Some(Instant::now())) };
            }
        }
        Ok(())
    }

    /// What is there now; what is not is missing.
    fn find(&mut self) -> Vec<Place> {
        self.missing.clear();
        let missing = &mut self.missing;
        places::find(&self.request.paths, &mut |place, message| {
            missing.push(Problem { place: place.into(), message, offset: None });
        })
    }

    /// Takes up a file, behind the one that had its name before. What was there when the run began is looked into, so that
    /// what is wrong with it is known at once.
    fn file(
        &mut self,
        place: Place,
        (path, id): (PathBuf, Id),
        file: Option<File>,
        first: bool,
    ) -> Result<(), Problem> {
        if first {
            self.rules.rule_of(&Candidate::new(place.clone()))?;
        }
        let crowd = self.tails.len() >= MAX_IDLE_OPEN_FILES;
        let before = self.tails.iter().rfind(|tail| tail.place.name == place.name).and_then(Tail::id);
        // Opened now, it can be read even if it has lost its name by its turn.
        let file = file.or_else(|| {
            let file = File::open(&path).ok().filter(|_| !crowd)?;
            file.metadata().is_ok_and(|data| id_of(&data, &path) == id).then_some(file)
        });
        self.watcher.know(id);
        self.tails.push(Tail::of_file(place, (path, id), file, before, first));
        let at = self.tails.len() - 1;
        if first {
            let loaded = self.tails[at].load(crowd).map_err(|error| reason(&error));
            if let Err(message) = loaded.and_then(|_| self.recognise(at, false)) {
                self.refuse(at, message);
            }
        }
        Ok(())
    }

    /// Finds out what an input is, if enough of it is there. `last`: no more is coming. The error says why it can't be
    /// followed.
    fn recognise(&mut self, at: usize, last: bool) -> Result<(), String> {
        let FollowState { tails, rules, request, sources, pieces, .. } = self;
        let tail = &mut tails[at];
        let Some(head) = tail.head(last) else { return Ok(()) };
        let rule = rules.rule_of(&Candidate::new(tail.place.clone())).map_err(|problem| problem.to_string())?;
        let settings = Settings { rule, request };
        if is_wrapped(head, settings.unwrap_hints()) {
            return Err("it is compressed, or in another character set than UTF-8: it can't be followed".into());
        }
        let whole = last && head.len() < HEAD_BYTES;
        let receipt = tail.path().and_then(|path| modified(&fs::metadata(path).ok()?)).unwrap_or(request.now);
        let recognised = recognised(head, whole, settings, receipt).map_err(|refused| refused.to_string())?;
        let cutter = match recognised.cutter(settings) {
            Some(Cutter::Values { elements: true } | Cutter::Document(_) | Cutter::Pages) => {
                return Err("it is a JSON array, which has an end: it can't be followed".into());
            }
            Some(Cutter::Rows) => {
                return Err("it is CSV, whose rows mean nothing without the header: as text it can be followed".into());
            }
            Some(cutter) => cutter,
            None => return Err(format!("its format is {}: it can't be followed", recognised.detected.format())),
        };
        let (piece, source) = source(sources.len(), &tail.place.name, &recognised, settings);
        tail.read_as = Some((cutter, source.clone()));
        sources.push(source);
        pieces.push(piece);
        Ok(())
    }

    /// Gives up on an input.
    fn refuse(&mut self, at: usize, message: String) {
        let tail = self.tails.remove(at);
        self.refused.extend(tail.id());
        // What was there when the run began was meant; what comes later may be an old file, compressed by now.
        let list = if tail.first { &mut self.problems } else { &mut self.notes };
        report(list, Problem { place: tail.place.name, message, offset: None });
    }

    /// What one of the inputs has.
    fn poll(&mut self) -> Option<Chunk> {
        let mut asked = 0;
        while asked < self.tails.len() {
            let (turn, row) = self.turn;
            let at = turn % self.tails.len();
            let count = self.tails.len();
            let chunk = self.ask(at);
            let full = chunk.as_ref().is_some_and(|chunk| chunk.bytes.len() >= tail::CHUNK_BYTES / 2);
            self.turn = match full && row < MAX_CHUNKS_IN_A_ROW {
                true => (at, row + 1),
                // One that was taken away has made room for the next.
                false if self.tails.len() < count => (at, 0),
                false => (at + 1, 0),
            };
            if chunk.is_some() {
                return chunk;
            }
            asked += 1;
        }
        None
    }

    /// What an input has, or else the one that comes before it.
    fn ask(&mut self, at: usize) -> Option<Chunk> {
        let Some(before) = self.tails[at].before else { return self.read(at, false) };
        // As long as nothing is in the new file, the old one may still be written to.
        if !self.tails[at].has_bytes() {
            return None;
        }
        let new = self.tails[at].id();
        let old = |tails: &[Tail]| tails.iter().position(|tail| tail.id() == Some(before));
        if let Some(chunk) = old(&self.tails).and_then(|old| self.read(old, true)) {
            return Some(chunk);
        }
        let at = self.tails.iter().position(|tail| tail.id() == new)?;
        self.tails[at].before = None;
        self.read(at, false)
    }

    /// Reads on. `last`: when there is nothing new, half a message is all that comes of it.
    fn read(&mut self, at: usize, last: bool) -> Option<Chunk> {
        let crowd = self.tails.len() > MAX_IDLE_OPEN_FILES;
        loop {
            let tail = &mut self.tails[at];
            let found = match tail.load(crowd && tail.gone.is_none()) {
                Ok(found) => found,
                Err(error) => {
                    self.refuse(at, reason(&error));
                    return None;
                }
            };
            let last = match found {
                FedChunk::Bytes(0) => last,
                FedChunk::Bytes(_) => false,
                FedChunk::Truncated | FedChunk::Ended => true,
            };
            if tail.read_as.is_none()
                && let Err(message) = self.recognise(at, last)
            {
                self.refuse(at, message);
                return None;
            }
            let tail = &mut self.tails[at];
            let chunk = tail.take(last);
            if let Some((_, source)) = &tail.read_as {
                self.cuts.entry(source.index as usize).or_default().append(&mut tail.cuts);
            }
            if let (Some((bytes, offset)), Some((_, source))) = (chunk, &tail.read_as) {
                let source = if tail.caught_up { received_now(source) } else { source.clone() };
                return Some(Chunk { bytes: bytes.into(), offset, source });
            }
            match found {
                FedChunk::Bytes(0) => {
                    // Whoever had it open may still write to it, though there is a new one of its name.
                    let grace = if crowd { SHORT_REMOVED_FILE_GRACE } else { REMOVED_FILE_GRACE };
                    if tail.gone.is_some_and(|since| since.elapsed() > grace) && tail.is_quiet(grace) {
                        self.tails.remove(at);
                    }
                    return None;
                }
                FedChunk::Bytes(_) => {}
                FedChunk::Truncated => {
                    tail.restart();
                    let place = tail.place.name.clone();
                    let message = "it was truncated, and read from its beginning again".into();
                    report(&mut self.notes, Problem { place, message, offset: None });
                }
                FedChunk::Ended => {
                    self.tails.remove(at);
                    return None;
                }
            }
        }
    }
}

fn report(list: &mut Vec<Problem>, problem: Problem) {
    if !list.contains(&problem) {
        list.push(problem);
    }
}

/// The source of what is received now.
fn received_now(source: &Source) -> Arc<Source> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(source.receipt, |since| since.as_millis() as i64);
    Arc::new(Source { receipt: now, ..source.clone() })
}
