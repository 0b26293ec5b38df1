//! What `save` leaves beside a table that it wrote: `.seen.csv.sumoql` for `seen.csv`, with the digest of what the table
//! held. A file without such a mark, or that somebody has changed since, is not ours to overwrite. The mark is also what
//! several processes lock that save to one table.
//!
//! It holds two digests, that of the table's content before and that of its content after: whenever the program is killed
//! between the writing of the mark and the renaming of the table, one of them fits. It has always the same length and is
//! written in one piece.

use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long another process may take to save to the same table.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// How often it is checked whether it has finished.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// The digest of what a file holds.
pub type Content = [u8; 32];

/// The digest of nothing that was ever written.
const NO_CONTENT: Content = [0; 32];

/// The mark beside a table, locked: nobody else saves to the table as long as this lives.
pub struct LockedMark(File);

/// The file of the mark beside a table.
pub fn beside(table: &Path) -> PathBuf {
    hidden(table, ".sumoql")
}

/// A hidden file beside a table.
pub fn hidden(table: &Path, ending: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(table.file_name().unwrap_or_default());
    name.push(ending);
    table.with_file_name(name)
}

/// The digest of what a file holds, if that is what `save` has left there.
pub fn content_if_ours(table: &Path) -> io::Result<Option<Content>> {
    let left = match open(&beside(table), false) {
        Ok(mut mark) => noted(&mut mark)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if left.is_empty() {
        return Ok(None);
    }
    let content = content(&mut File::open(table)?)?;
    Ok(left.contains(&content).then_some(content))
}

/// The digest of a file, from where it is read on.
pub fn content(file: &mut File) -> io::Result<Content> {
    let mut hasher = Sha256::new();
    io::copy(file, &mut HashWriter(&mut hasher))?;
    Ok(hasher.finalize().into())
}

struct HashWriter<'h>(&'h mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl LockedMark {
    /// Waits until nobody else saves to the table.
    pub fn lock(table: &Path) -> Result<LockedMark, String> {
        let path = beside(table);
        let text = |error: io::Error| format!("{}: {error}", path.display());
        let file = open(&path, true).map_err(text)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // Some file systems can't. What one process writes is still written as a whole.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => break,
                Err(TryLockError::Error(error)) => return Err(text(error)),
                Err(TryLockError::WouldBlock) if started.elapsed() > LOCK_TIMEOUT => {
                    return Err("another process is saving to this table, and does not end".into());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_RETRY_INTERVAL),
            }
        }
        Ok(LockedMark(file))
    }

    /// Notes what the table holds now and what it is about to hold.
    pub fn note(&mut self, before: Option<Content>, after: Content) -> io::Result<()> {
        let line = |digest: &Content| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let text = format!("{}\n{}\n", line(&before.unwrap_or(NO_CONTENT)), line(&after));
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(text.as_bytes())?;
        self.0.sync_all()
    }
}

/// The digests in a mark; none in what is no mark.
fn noted(mark: &mut File) -> io::Result<Vec<Content>> {
    let mut text = String::new();
    mark.seek(SeekFrom::Start(0))?;
    match mark.take(1 << 10).read_to_string(&mut text) {
        Err(error) if error.kind() == ErrorKind::InvalidData => return Ok(Vec::new()),
        read => read?,
    };
    let digest = |line: &str| {
        let mut digest = [0; 32];
        for (at, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(line.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        (line.len() == 64 && digest != NO_CONTENT).then_some(digest)
    };
    Ok(text.lines().filter_map(digest).collect())
}

/// Opens a mark. It is never a link, nor anything but a file: whoever sends a folder with a query in it must not make us
/// write elsewhere.
fn open(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(create).create(create).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is not a file")),
    }
}
