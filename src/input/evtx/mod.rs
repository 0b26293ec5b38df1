//! Event logs of Windows (EVTX): chunks of 64 KiB, each to be read on its own, whose records become messages.

mod bytes;
mod chunk;
mod damage;
mod instance;
mod json;
mod locate;
mod template;
mod value;
mod xml;

use super::byte_stream::Opener;
use super::reading::{OnError, Reading, Turn};
use bytes::Bytes;
use damage::Damage;
use locate::{Locator, Place};
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

pub use locate::is_log;

/// The most that is held in memory of a log that does not come from a file, in bytes.
pub const MOST_HELD: u64 = 1 << 30;

/// From this size on, a log held in memory is worth a word, in bytes.
const MUCH_HELD: usize = 64 << 20;

/// The most chunks that a worker takes at a time.
const MOST_CHUNKS: usize = 8;

/// How many bytes of messages the records of a quarter of a megabyte give, about: a worker takes one chunk at least.
const PER_CHUNK: usize = 256 << 10;

/// What becomes of the records of an event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EvtxAs {
    /// XML as Windows renders it.
    #[default]
    Xml,
    /// JSON as Sumo Logic's Windows event sources send it.
    Json,
}

impl fmt::Display for EvtxAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EvtxAs::Xml => "xml",
            EvtxAs::Json => "json",
        })
    }
}

impl FromStr for EvtxAs {
    type Err = String;

    /// The form of this name, letter case aside. The error lists the names.
    fn from_str(text: &str) -> Result<EvtxAs, String> {
        let known = [EvtxAs::Xml, EvtxAs::Json].into_iter().find(|form| form.to_string().eq_ignore_ascii_case(text));
        known.ok_or_else(|| format!("event logs can't be taken as `{text}`; they can as xml or json"))
    }
}

/// An event log on its way to the workers, who read its chunks side by side.
///
/// A message's offset is that of its record in the log. What can't be read is counted and told by
/// `Reading::losses`; it never ends the reading of the rest.
pub struct Evtx {
    form: EvtxAs,
    /// How many chunks a worker takes at a time.
    at_once: usize,
    again: Again,
    size: Option<u64>,
    /// Counts the bytes that are read, where somebody wants to know.
    count: Option<Arc<AtomicU64>>,
    state: Mutex<State>,
}

/// How the bytes are had once more.
enum Again {
    File(PathBuf),
    Opener(Opener),
    /// They are kept.
    Never,
}

#[derive(Default)]
struct State {
    /// What has to be read as a whole first.
    reader: Option<Box<dyn Read + Send>>,
    bytes: Option<Arc<Bytes>>,
    locator: Locator,
    ended: bool,
    damage: Damage,
    /// How many bytes were held in memory.
    held: usize,
}

impl Evtx {
    /// The log in a file of this size, opened when it is its turn. About `chunk` bytes of messages are given out at a
    /// time. `count` counts the bytes read.
    pub fn of_file(path: &Path, size: u64, (form, chunk): (EvtxAs, usize), count: Arc<AtomicU64>) -> Evtx {
        let again = Again::File(path.to_path_buf());
        Evtx { size: Some(size), count: Some(count), ..Evtx::new(again, State::default(), form, chunk) }
    }

    /// The log that a reader gives. It is held in memory, up to [`MOST_HELD`] bytes.
    pub fn of_reader(reader: Box<dyn Read + Send>, (form, chunk): (EvtxAs, usize)) -> Evtx {
        Evtx::new(Again::Never, State { reader: Some(reader), ..State::default() }, form, chunk)
    }

    /// The log that can be opened to be read from its beginning on, as what is compressed can. While it is read, it is
    /// held in memory, up to [`MOST_HELD`] bytes. `size` is how many bytes it has where it lies.
    pub fn later(again: Opener, size: u64, (form, chunk): (EvtxAs, usize)) -> Evtx {
        Evtx { size: Some(size), ..Evtx::new(Again::Opener(again), State::default(), form, chunk) }
    }

    /// The log that these bytes are.
    pub fn of_bytes(bytes: Vec<u8>, (form, chunk): (EvtxAs, usize)) -> Evtx {
        let size = Some(bytes.len() as u64);
        let state = State { bytes: Some(Arc::new(Bytes::Memory(bytes))), ..State::default() };
        Evtx { size, ..Evtx::new(Again::Never, state, form, chunk) }
    }

    fn new(again: Again, state: State, form: EvtxAs, chunk: usize) -> Evtx {
        let at_once = (chunk / PER_CHUNK).clamp(1, MOST_CHUNKS);
        Evtx { form, at_once, again, size: None, count: None, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next places for a worker to look at. None at the end.
    fn claim(&self, state: &mut State, trouble: &mut OnError<'_>) -> Option<(Arc<Bytes>, Vec<Place>)> {
        let mut places: Vec<Place> = Vec::new();
        if !state.ended {
            let bytes = self.open(state, trouble)?;
            while places.len() < self.at_once && !state.ended {
                // What one worker takes lies close together: its offsets are counted from the first.
                if places.first().is_some_and(|first| state.locator.at() - first.at > (MOST_CHUNKS as u64) << 20) {
                    break;
                }
                match state.locator.next(&bytes) {
                    Ok(Some(place)) => places.push(place),
                    Ok(None) => state.ended = true,
                    Err(error) => {
                        state.ended = true;
                        trouble(error, Some(state.locator.at()));
                    }
                }
            }
            if !places.is_empty() {
                return Some((bytes, places));
            }
        }
        if !matches!(self.again, Again::Never) {
            state.bytes = None;
        }
        None
    }

    fn open(&self, state: &mut State, trouble: &mut OnError<'_>) -> Option<Arc<Bytes>> {
        if let Some(bytes) = &state.bytes {
            return Some(bytes.clone());
        }
        let opened = match (state.reader.take(), &self.again) {
            (Some(reader), _) => Ok(Bytes::Memory(hold(reader, MOST_HELD, trouble))),
            (None, Again::File(path)) => Bytes::of_file(path),
            (None, Again::Opener(opener)) => opener().map(|reader| Bytes::Memory(hold(reader, MOST_HELD, trouble))),
            (None, Again::Never) => Ok(Bytes::Memory(Vec::new())),
        };
        match opened {
            Ok(bytes) => {
                state.held = bytes.held();
                state.bytes = Some(Arc::new(bytes));
                state.bytes.clone()
            }
            Err(error) => {
                state.ended = true;
                trouble(error, None);
                None
            }
        }
    }
}

/// All bytes of a reader, up to so many.
fn hold(reader: impl Read, most: u64, trouble: &mut OnError<'_>) -> Vec<u8> {
    let mut held = Vec::new();
    let read = reader.take(most.saturating_add(1)).read_to_end(&mut held);
    let at = held.len() as u64;
    match read {
        Err(error) => trouble(error, Some(at)),
        Ok(_) if at > most => {
            held.truncate(most as usize);
            let message = format!(
                "an event log that is no plain file is held in memory, and of this one no more than {} MiB: save it as \
                 a file to have the rest read",
                most >> 20
            );
            trouble(io::Error::other(message), Some(most));
        }
        Ok(_) => {}
    }
    held
}

impl Reading for Evtx {
    fn next(&self, mut out: Vec<u8>, wait: bool, trouble: &mut OnError<'_>) -> Turn {
        let mut block = Vec::new();
        loop {
            let mut state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if !wait => return Turn::Busy(out),
                Err(TryLockError::WouldBlock) => self.lock(),
            };
            let Some((bytes, places)) = self.claim(&mut state, trouble) else { return Turn::Ended(out) };
            drop(state);
            out.clear();
            let base = places.first().map_or(0, |place| place.at);
            let mut damage = Damage::default();
            let mut failed = None;
            for place in places {
                match bytes.read(&mut block, place.at, place.length) {
                    Ok(()) => {
                        if let Some(count) = &self.count {
                            count.fetch_add(block.len() as u64, Ordering::Relaxed);
                        }
                        chunk::render(self.form, &block, &place, base, &mut out, &mut damage);
                    }
                    Err(error) => failed = Some((error, place.at)),
                }
            }
            let mut state = self.lock();
            state.damage.merge(damage);
            if let Some((error, at)) = failed {
                state.ended = true;
                trouble(error, Some(at));
            }
            if !out.is_empty() {
                return Turn::Chunk(out.into(), base);
            }
        }
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn restart(&self) {
        let mut state = self.lock();
        state.locator = Locator::default();
        state.damage = Damage::default();
        state.ended = false;
    }

    fn bytes(&self) -> Option<u64> {
        self.size
    }

    fn losses(&self) -> Option<String> {
        self.lock().damage.losses()
    }

    fn oddities(&self) -> Vec<String> {
        let state = self.lock();
        let held = (state.held >= MUCH_HELD)
            .then(|| format!("the event log is no plain file: its {} MiB were held in memory", state.held >> 20));
        state.damage.oddities().into_iter().chain(held).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        for form in [EvtxAs::Xml, EvtxAs::Json] {
            assert_eq!(form.to_string().to_uppercase().parse(), Ok(form));
        }
        assert!("csv".parse::<EvtxAs>().is_err());
    }

    #[test]
    fn no_more_is_held_than_allowed() {
        let mut told = Vec::new();
        let mut trouble = |error: io::Error, at| told.push((error.to_string(), at));
        assert_eq!(hold(&b"12345678"[..], 8, &mut trouble), b"12345678");
        assert_eq!(hold(&b"123456789"[..], 8, &mut trouble), b"12345678");
        assert!(matches!(&told[..], [(text, Some(8))] if text.contains("save it as a file")), "{told:?}");
    }

    #[test]
    fn bytes_that_are_there_are_a_log() {
        let log = Evtx::of_bytes(b"ElfFile\0".to_vec(), (EvtxAs::Xml, 0));
        assert_eq!(log.bytes(), Some(8));
        assert!(matches!(log.next(Vec::new(), true, &mut |_, _| {}), Turn::Ended(_)));
        let losses = "1 chunk could not be read, at byte 8: the log ends in its header; all others are given";
        assert_eq!((log.losses().as_deref(), log.oddities()), (Some(losses), Vec::new()));
    }
}
