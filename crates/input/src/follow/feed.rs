//! Where the bytes of an input that grows come from: a file, by its number, or a stream, by a thread that reads it.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::SystemTime;

/// How many of the bytes that were read last are kept, to know a file again.
const FINGERPRINT_BYTES: usize = 64;

/// A file whatever its name: device, number, and when it was made, as numbers are used again.
pub type Id = (u64, u64, Option<SystemTime>);

/// Which file it is.
#[cfg(unix)]
pub fn id_of(data: &Metadata, _: &Path) -> Id {
    use std::os::unix::fs::MetadataExt;
    (data.dev(), data.ino(), data.created().ok())
}

/// Which file it is: its name and creation time where files have no number.
#[cfg(not(unix))]
pub fn id_of(data: &Metadata, path: &Path) -> Id {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (path, data.created().ok()).hash(&mut hasher);
    (0, hasher.finish(), data.created().ok())
}

/// What a look for more bytes has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FedChunk {
    /// So many bytes, none for now if 0.
    Bytes(usize),
    /// A file is shorter than what was read of it, or has other bytes there: it was truncated, and has grown since.
    Truncated,
    /// A stream has ended.
    Ended,
}

/// Where bytes come from.
pub enum Feed {
    /// A file.
    File {
        /// Its name at present.
        path: PathBuf,
        /// Which file it is.
        id: Id,
        /// None: it is not open, as there are too many of them.
        file: Option<File>,
        /// How much of it was read.
        at: u64,
        /// The last bytes of that.
        last: Vec<u8>,
    },
    /// A stream.
    Stream(Receiver<io::Result<Vec<u8>>>),
}

impl Feed {
    /// Puts what is new behind `carry`, up to about `most` bytes. `close`: a file is not kept open once all of it was
    /// read.
    pub fn load(&mut self, carry: &mut Vec<u8>, most: usize, close: bool) -> io::Result<FedChunk> {
        match self {
            Feed::Stream(receiver) => {
                let mut n = 0;
                while n < most {
                    match receiver.try_recv() {
                        Ok(bytes) => {
                            let bytes = bytes?;
                            n += bytes.len();
                            carry.extend_from_slice(&bytes);
                        }
                        Err(TryRecvError::Disconnected) if n == 0 => return Ok(FedChunk::Ended),
                        Err(_) => break,
                    }
                }
                Ok(FedChunk::Bytes(n))
            }
            Feed::File { path, id, file, at, last } => {
                let open = match file {
                    Some(open) => open,
                    None => {
                        // A name that stands for another file by now, or for none, says nothing of this one.
                        match std::fs::metadata(&*path) {
                            // It is opened even if nothing is in it: it may lose its name before something is.
                            Ok(data) if id_of(&data, path) == *id && (data.len() != *at || !close) => {}
                            Ok(_) => return Ok(FedChunk::Bytes(0)),
                            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FedChunk::Bytes(0)),
                            Err(error) => return Err(error),
                        }
                        let mut open = File::open(&*path)?;
                        if id_of(&open.metadata()?, path) != *id {
                            return Ok(FedChunk::Bytes(0));
                        }
                        open.seek(SeekFrom::Start(*at))?;
                        file.insert(open)
                    }
                };
                let length = open.metadata()?.len();
                if length < *at || (length > *at && !goes_on(open, *at, last)?) {
                    return Ok(FedChunk::Truncated);
                }
                let before = carry.len();
                let n = open.take(most as u64).read_to_end(carry)?;
                last.extend_from_slice(&carry[before.max(carry.len().saturating_sub(FINGERPRINT_BYTES))..]);
                last.drain(..last.len().saturating_sub(FINGERPRINT_BYTES));
                *at += n as u64;
                if n < most && close {
                    *file = None;
                }
                Ok(FedChunk::Bytes(n))
            }
        }
    }
}

/// Whether a file still has these bytes before a place, where reading goes on.
fn goes_on(file: &mut File, at: u64, last: &[u8]) -> io::Result<bool> {
    let mut now = vec![0; last.len()];
    file.seek(SeekFrom::Start(at - last.len() as u64))?;
    file.read_exact(&mut now)?;
    Ok(now == last)
}
