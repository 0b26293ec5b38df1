//! What can be read only from its beginning on, by one worker at a time.

use super::super::byte_stream::Opener;
use super::stream::{Cutter, Stream};
use super::{OnError, Reading, Turn};
use std::sync::{Mutex, PoisonError, TryLockError};

/// An input read from its beginning on.
pub struct Sequential {
    /// None: it can be read only once.
    again: Option<Opener>,
    cutter: Cutter,
    /// About how many bytes are given out at a time.
    chunk: usize,
    size: Option<u64>,
    growing: bool,
    state: Mutex<ReaderState>,
}

#[derive(Default)]
struct ReaderState {
    /// None: not open yet, or at its end.
    stream: Option<Stream>,
    ended: bool,
    /// What was odd, once it has ended.
    warning: Option<String>,
    /// Where messages went on that were too long.
    cuts: Vec<u64>,
    /// Chunks given out, if they are kept, and how many of them were given out again.
    kept: Option<Vec<(Vec<u8>, u64)>>,
    replayed: usize,
}

impl Sequential {
    /// The input that `stream` has begun to read. `size` is how many bytes the input has where it lies, if that is known.
    pub fn new(stream: Stream, again: Option<Opener>, size: Option<u64>, chunk: usize) -> Sequential {
        let cutter = stream.cutter().clone();
        let state = ReaderState { stream: Some(stream), ..ReaderState::default() };
        Sequential { again, cutter, chunk, size, growing: false, state: Mutex::new(state) }
    }

    /// An input that is opened when it is its turn.
    pub fn later(again: Opener, cutter: Cutter, size: Option<u64>, chunk: usize) -> Sequential {
        Sequential { again: Some(again), cutter, chunk, size, growing: false, state: Mutex::default() }
    }

    /// The same, where somebody may be writing to it if that is so.
    pub fn growing(self, growing: bool) -> Sequential {
        Sequential { growing, ..self }
    }

    fn read(&self, state: &mut ReaderState, mut buffer: Vec<u8>, on_error: &mut OnError<'_>) -> Turn {
        let ReaderState { stream, ended, warning, cuts, kept, replayed } = state;
        if let Some((bytes, offset)) = kept.as_ref().and_then(|kept| kept.get(*replayed)) {
            *replayed += 1;
            buffer.clear();
            buffer.extend_from_slice(bytes);
            return Turn::Chunk(buffer.into(), *offset);
        }
        if stream.is_none()
            && !*ended
            && let Some(again) = &self.again
        {
            match again() {
                Ok(reader) => {
                    let stream = stream.insert(Stream::new(reader, Vec::new(), self.cutter.clone()));
                    stream.growing = self.growing;
                }
                Err(error) => on_error(error, None),
            }
        }
        let next = stream.as_mut().and_then(|stream| stream.next(std::mem::take(&mut buffer), self.chunk));
        cuts.extend(stream.as_mut().into_iter().flat_map(|stream| stream.cuts.drain(..)));
        if let Some((error, offset)) = stream.as_mut().and_then(|stream| stream.error.take()) {
            on_error(error, Some(offset));
        }
        match next {
            Some((bytes, offset)) => {
                if let Some(kept) = kept {
                    kept.push((bytes.clone(), offset));
                    *replayed = kept.len();
                }
                Turn::Chunk(bytes.into(), offset)
            }
            None => {
                if let Some(stream) = stream.take() {
                    *warning = stream.rows.warning();
                }
                *ended = true;
                Turn::Ended(buffer)
            }
        }
    }
}

impl Reading for Sequential {
    fn next(&self, buffer: Vec<u8>, wait: bool, on_error: &mut OnError<'_>) -> Turn {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if !wait => return Turn::Busy(buffer),
            Err(TryLockError::WouldBlock) => self.state.lock().unwrap_or_else(PoisonError::into_inner),
        };
        self.read(&mut state, buffer, on_error)
    }

    fn can_restart(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let started = state.ended || state.stream.as_ref().is_some_and(|stream| stream.started);
        self.again.is_some() || !started || state.kept.is_some()
    }

    fn restart(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.replayed = 0;
        if self.again.is_some() {
            state.stream = None;
            state.ended = false;
            state.warning = None;
            state.cuts.clear();
        }
    }

    fn keep(&self) {
        if self.again.is_none() {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).kept.get_or_insert_default();
        }
    }

    fn bytes(&self) -> Option<u64> {
        self.size
    }

    fn cuts(&self) -> Vec<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).cuts.clone()
    }

    fn oddities(&self) -> Vec<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.warning.clone().or(state.stream.as_ref().and_then(|stream| stream.rows.warning())).into_iter().collect()
    }
}
