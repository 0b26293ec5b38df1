//! Event logs of Windows (EVTX): workers read their chunks side by side.

use super::super::byte_stream::Opener;
use super::super::framing::event_log::{begin, end};
use super::{OnError, Reading, Turn};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use sumoql_evtx::{ChunkLocator, ChunkReader, Damage, Log, Region, Rendering};

/// The most that is held in memory of a log that does not come from a file, in bytes.
pub const MAX_HELD: u64 = 1 << 30;

/// From this size on, a log held in memory is worth a word, in bytes.
const MUCH_HELD: usize = 64 << 20;

/// The most chunks that a worker takes at a time.
const MAX_CHUNKS: usize = 8;

/// How many bytes of messages the records of a quarter of a megabyte give, about: a worker takes one chunk at least.
const PER_CHUNK: usize = 256 << 10;

/// An event log on its way to the workers, who read its chunks side by side.
///
/// A message's offset is that of its record in the log. What can't be read is counted and told by
/// `Reading::losses`; it never ends the reading of the rest.
pub struct EventLog {
    form: Rendering,
    /// How many chunks a worker takes at a time.
    at_once: usize,
    again: Again,
    size: Option<u64>,
    /// Counts the bytes that are read, where somebody wants to know.
    count: Option<Arc<AtomicU64>>,
    state: Mutex<LogState>,
}

/// How the bytes are had once more.
enum Again {
    File(PathBuf),
    Opener(Opener),
    /// They are kept.
    Never,
}

#[derive(Default)]
struct LogState {
    /// What has to be read as a whole first.
    reader: Option<Box<dyn Read + Send>>,
    log: Option<Arc<Log>>,
    locator: ChunkLocator,
    ended: bool,
    damage: Damage,
    /// How many bytes were held in memory.
    held: usize,
}

impl EventLog {
    /// The log in a file of this size, opened when it is its turn. About `chunk` bytes of messages are given out at a
    /// time. `count` counts the bytes read.
    pub fn of_file(path: &Path, size: u64, (form, chunk): (Rendering, usize), count: Arc<AtomicU64>) -> EventLog {
        let again = Again::File(path.to_path_buf());
        EventLog { size: Some(size), count: Some(count), ..EventLog::new(again, LogState::default(), form, chunk) }
    }

    /// The log that a reader gives. It is held in memory, up to [`MAX_HELD`] bytes.
    pub fn of_reader(reader: Box<dyn Read + Send>, (form, chunk): (Rendering, usize)) -> EventLog {
        EventLog::new(Again::Never, LogState { reader: Some(reader), ..LogState::default() }, form, chunk)
    }

    /// The log that can be opened to be read from its beginning on, as what is compressed can. While it is read, it is
    /// held in memory, up to [`MAX_HELD`] bytes. `size` is how many bytes it has where it lies.
    pub fn later(again: Opener, size: u64, (form, chunk): (Rendering, usize)) -> EventLog {
        EventLog { size: Some(size), ..EventLog::new(Again::Opener(again), LogState::default(), form, chunk) }
    }

    fn new(again: Again, state: LogState, form: Rendering, chunk: usize) -> EventLog {
        let at_once = (chunk / PER_CHUNK).clamp(1, MAX_CHUNKS);
        EventLog { form, at_once, again, size: None, count: None, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next places for a worker to look at. None at the end.
    fn claim(&self, state: &mut LogState, on_error: &mut OnError<'_>) -> Option<(Arc<Log>, Vec<Region>)> {
        let mut places: Vec<Region> = Vec::new();
        if !state.ended {
            let log = self.open(state, on_error)?;
            while places.len() < self.at_once && !state.ended {
                // What one worker takes lies close together: its offsets are counted from the first.
                if places
                    .first()
                    .is_some_and(|first| state.locator.offset() - first.offset() > (MAX_CHUNKS as u64) << 20)
                {
                    break;
                }
                match state.locator.next(&log) {
                    Ok(Some(place)) => places.push(place),
                    Ok(None) => state.ended = true,
                    Err(error) => {
                        state.ended = true;
                        on_error(error.cause, Some(error.offset));
                    }
                }
            }
            if !places.is_empty() {
                return Some((log, places));
            }
        }
        if !matches!(self.again, Again::Never) {
            state.log = None;
        }
        None
    }

    fn open(&self, state: &mut LogState, on_error: &mut OnError<'_>) -> Option<Arc<Log>> {
        if let Some(log) = &state.log {
            return Some(log.clone());
        }
        let mut held = |reader| {
            let bytes = hold(reader, MAX_HELD, on_error);
            state.held = bytes.len();
            Log::from_bytes(bytes)
        };
        let opened = match (state.reader.take(), &self.again) {
            (Some(reader), _) => Ok(held(reader)),
            (None, Again::File(path)) => Log::open(path),
            (None, Again::Opener(opener)) => opener().map(held),
            (None, Again::Never) => Ok(Log::from_bytes(Vec::new())),
        };
        match opened {
            Ok(log) => {
                state.log = Some(Arc::new(log));
                state.log.clone()
            }
            Err(error) => {
                state.ended = true;
                on_error(error, None);
                None
            }
        }
    }
}

/// All bytes of a reader, up to so many.
fn hold(reader: impl Read, most: u64, on_error: &mut OnError<'_>) -> Vec<u8> {
    let mut held = Vec::new();
    let read = reader.take(most.saturating_add(1)).read_to_end(&mut held);
    let at = held.len() as u64;
    match read {
        Err(error) => on_error(error, Some(at)),
        Ok(_) if at > most => {
            held.truncate(most as usize);
            let message = format!(
                "an event log that is no plain file is held in memory, and of this one no more than {} MiB: save it as \
                 a file to have the rest read",
                most >> 20
            );
            on_error(io::Error::other(message), Some(most));
        }
        Ok(_) => {}
    }
    held
}

impl Reading for EventLog {
    fn next(&self, mut out: Vec<u8>, wait: bool, on_error: &mut OnError<'_>) -> Turn {
        loop {
            let mut state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if !wait => return Turn::Busy(out),
                Err(TryLockError::WouldBlock) => self.lock(),
            };
            let Some((log, places)) = self.claim(&mut state, on_error) else { return Turn::Ended(out) };
            drop(state);
            out.clear();
            let base = places.first().map_or(0, Region::offset);
            let mut reader = ChunkReader::new(&log, self.form);
            let mut failed = None;
            for place in places {
                let mut start = begin(&mut out);
                let read = reader.read(&place, &mut out, |out, record| {
                    end(out, start, u32::try_from(record.offset - base).unwrap_or(u32::MAX));
                    start = begin(out);
                });
                out.truncate(start);
                match read {
                    Ok(bytes) => {
                        if let Some(count) = &self.count {
                            count.fetch_add(bytes as u64, Ordering::Relaxed);
                        }
                    }
                    Err(error) => failed = Some(error),
                }
            }
            let mut state = self.lock();
            state.damage.merge(reader.into_damage());
            if let Some(error) = failed {
                state.ended = true;
                on_error(error.cause, Some(error.offset));
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
        state.locator = ChunkLocator::default();
        state.damage = Damage::default();
        state.ended = false;
    }

    fn bytes(&self) -> Option<u64> {
        self.size
    }

    fn losses(&self) -> Option<String> {
        self.lock().damage.summary()
    }

    fn oddities(&self) -> Vec<String> {
        let state = self.lock();
        let held = (state.held >= MUCH_HELD)
            .then(|| format!("the event log is no plain file: its {} MiB were held in memory", state.held >> 20));
        state.damage.notes().into_iter().chain(held).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_held_than_allowed() {
        let mut errors = Vec::new();
        let mut on_error = |error: io::Error, at| errors.push((error.to_string(), at));
        assert_eq!(hold(&b"12345678"[..], 8, &mut on_error), b"12345678");
        assert_eq!(hold(&b"123456789"[..], 8, &mut on_error), b"12345678");
        assert!(matches!(&errors[..], [(text, Some(8))] if text.contains("save it as a file")), "{errors:?}");
    }

    #[test]
    fn a_log_that_ends_in_its_header() {
        let log = EventLog::of_reader(Box::new(&b"ElfFile\0"[..]), (Rendering::Xml, 0));
        assert!(matches!(log.next(Vec::new(), true, &mut |_, _| {}), Turn::Ended(_)));
        let losses = "1 chunk could not be read, at byte 8: the log ends in its header; all others are given";
        assert_eq!((log.losses().as_deref(), log.oddities()), (Some(losses), Vec::new()));
    }
}
