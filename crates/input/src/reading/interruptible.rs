//! Streams that somebody may write to later, or never: a thread waits for them, so that nobody else has to.

use super::super::io_error::reason;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use sumoql_data::message::Stop;

/// How many bytes the thread of a stream reads at a time.
const PIECE_BYTES: usize = 64 << 10;

/// How many of these pieces may wait to be taken.
const MAX_WAITING_PIECES: usize = 16;

/// How often it is checked whether the run is over.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Opens and reads a stream in a thread of its own.
pub fn by_thread(open: impl FnOnce() -> io::Result<Box<dyn Read>> + Send + 'static) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(MAX_WAITING_PIECES);
    let read = move || {
        let mut reader = match open() {
            Ok(reader) => reader,
            Err(error) => return drop(sender.send(Err(error))),
        };
        loop {
            let mut bytes = vec![0; PIECE_BYTES];
            let sent = match reader.read(&mut bytes) {
                Ok(0) => return,
                Ok(n) => {
                    bytes.truncate(n);
                    sender.send(Ok(bytes))
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return drop(sender.send(Err(error))),
            };
            // Nobody reads any more.
            if sent.is_err() {
                return;
            }
        }
    };
    // Without a thread the stream ends at once.
    let _ = std::thread::Builder::new().name("stream".into()).spawn(read);
    receiver
}

/// A stream. With a run, it ends when that is stopped.
pub fn stream(
    stop: &Option<Stop>,
    open: impl FnOnce() -> io::Result<Box<dyn Read + Send>> + Send + 'static,
) -> Result<Box<dyn Read + Send>, String> {
    match stop {
        Some(stop) => Ok(Box::new(Interruptible::new(stop.clone(), move || Ok(open()? as _)))),
        None => open().map_err(|error| reason(&error)),
    }
}

/// A stream that ends when the run is stopped, whoever may still write to it.
pub struct Interruptible {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    /// The run was stopped: nothing comes any more, whatever becomes of the run.
    ended: bool,
    stop: Stop,
}

impl Interruptible {
    /// The stream for this run.
    pub fn new(stop: Stop, open: impl FnOnce() -> io::Result<Box<dyn Read>> + Send + 'static) -> Interruptible {
        Interruptible { pieces: by_thread(open), piece: Vec::new(), at: 0, ended: false, stop }
    }
}

impl Read for Interruptible {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.ended {
            match self.pieces.recv_timeout(STOP_CHECK_INTERVAL) {
                Ok(piece) => (self.piece, self.at) = (piece?, 0),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => self.ended = self.stop.is_set(),
            }
        }
        let n = buf.len().min(self.piece.len() - self.at);
        buf[..n].copy_from_slice(&self.piece[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Never gives anything.
    struct Silent;

    impl Read for Silent {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            loop {
                std::thread::park();
            }
        }
    }

    #[test]
    fn all_of_a_stream_is_read_and_its_error_told() {
        let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let copy = bytes.clone();
        let mut read = Vec::new();
        let mut stream = Interruptible::new(Stop::default(), move || Ok(Box::new(io::Cursor::new(copy))));
        stream.read_to_end(&mut read).unwrap();
        assert!(read == bytes);
        let mut stream = Interruptible::new(Stop::default(), || Err(io::ErrorKind::NotFound.into()));
        assert_eq!(stream.read_to_end(&mut read).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_run_that_is_stopped_waits_for_nobody() {
        let stop = Stop::default();
        let first: &[u8] = b"first";
        let mut stream = Interruptible::new(stop.clone(), move || Ok(Box::new(first.chain(Silent))));
        let mut buf = [0; 5];
        stream.read_exact(&mut buf).unwrap();
        stop.set();
        assert_eq!(stream.read(&mut buf).unwrap(), 0);
    }
}
