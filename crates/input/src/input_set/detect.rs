//! Finds out what a candidate is, before anything of it is read for a query.

use super::super::byte_stream::{ByteStream, Opener};
use super::super::candidate::{Candidate, Object, Origin, again, of_file, of_member};
use super::super::detected_format::DetectedFormat;
use super::super::framing::marks;
use super::super::input_info::InputInfo;
use super::super::io_error::reason;
use super::super::magic::{HEAD_BYTES, is_parquet};
use super::super::places::modified;
use super::super::positioned_read::read_at;
use super::super::reading::interruptible::stream;
use super::super::reading::stream::Cutter;
use super::super::recognise::{Refused, zipped};
use super::super::request::InputRequest;
use super::super::settings::{Recognised, Settings, recognised};
use super::super::wrappers::charset::{Undecoded, replaced};
use super::super::wrappers::{
    Compression, MIXED_CHARSET, UnwrapHints, Unwrapped, is_mixed, is_text, is_wrapped, unwrapped,
};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// How much of the end of a file is looked at for another encoding than that of its beginning.
const TAIL_BYTES: usize = 4 << 10;

/// What a candidate is.
pub struct Detected {
    /// What there is to say of it: its wrappers and its character set among it.
    pub info: InputInfo,
    /// What is in it.
    pub content: Content,
    /// Its bytes without the wrappers, from the beginning on.
    pub unwrapped: Unwrapped,
    /// How the bytes are had when it is read.
    pub access: Access,
    /// How its text came about, if it is not as it lies there.
    pub inside: Option<&'static str>,
    /// Where bytes are that are not UTF-8, as far as its first bytes show.
    pub replaced: Option<u64>,
    /// What could not be decoded, and where the encoding changes.
    pub undecoded: Arc<Undecoded>,
    /// When it was received, in milliseconds since 1970.
    pub receipt: i64,
}

/// What is in a candidate.
pub enum Content {
    /// Members, which are candidates themselves.
    Archive(Compression),
    /// The rows of a Parquet file.
    Parquet(Recognised),
    /// The records of an event log of Windows.
    EventLog(Recognised),
    /// Text, and how it is cut into chunks.
    Text(Recognised, Cutter),
}

/// How the bytes of a candidate are had when it is read.
pub enum Access {
    /// From any position on: it is a file of this size, and nothing is around the messages.
    File(PathBuf, u64),
    /// From the beginning on, when it is the candidate's turn. So many bytes lie there, and they are counted as they are
    /// read.
    Later(Opener, u64),
    /// From the beginning on, which was read already.
    Begun {
        /// Opens it once more, if that is possible.
        again: Option<Opener>,
        /// How many bytes there are, if that is known.
        size: Option<u64>,
    },
}

/// The bytes of a candidate as they lie there, open at their beginning.
pub struct OpenCandidate {
    bytes: Raw,
    receipt: i64,
}

enum Raw {
    /// A file of this size.
    File(File, PathBuf, u64),
    /// A part of an archive or an object of a store. It is opened again when it is read: nothing stays open until then.
    Part(ByteStream, Origin, u64),
    /// A file without a size, which may yet have something to read: those under /proc, say.
    Sizeless(File, PathBuf),
    /// What can be read only once.
    Once(ByteStream),
}

impl OpenCandidate {
    /// What a reader gives.
    pub fn reader(bytes: ByteStream, receipt: i64) -> OpenCandidate {
        OpenCandidate { bytes: Raw::Once(bytes), receipt }
    }

    /// Opens a candidate.
    pub fn new(candidate: &Candidate, request: &InputRequest) -> Result<OpenCandidate, String> {
        let failed = |error: io::Error| reason(&error);
        let part = match (&candidate.member, &candidate.object) {
            (Some((source, member)), _) => Some((of_member(source.clone(), member.clone()), member.packed)),
            (None, Some(Object { size, origin })) => Some((origin.clone(), *size)),
            (None, None) => None,
        };
        if let Some((origin, size)) = part {
            let receipt = candidate.receipt.unwrap_or(request.now);
            return Ok(OpenCandidate { bytes: Raw::Part(origin(None).map_err(failed)?, origin, size), receipt });
        }
        let Some(path) = &candidate.place.path else {
            let stdin = stream(&request.stop, || Ok(Box::new(io::stdin())))?;
            return Ok(OpenCandidate::reader(stdin, request.now));
        };
        // To open a named pipe is to wait for who writes to it.
        if path.metadata().is_ok_and(|data| !data.is_file()) {
            let path = path.clone();
            let pipe = stream(&request.stop, move || Ok(Box::new(File::open(path)?)))?;
            return Ok(OpenCandidate::reader(pipe, request.now));
        }
        let file = File::open(path).map_err(failed)?;
        let data = file.metadata().map_err(failed)?;
        let bytes = match data.len() {
            0 => Raw::Sizeless(file, path.clone()),
            size => Raw::File(file, path.clone(), size),
        };
        Ok(OpenCandidate { bytes, receipt: modified(&data).unwrap_or(request.now) })
    }
}

/// Finds out what a candidate is. `count` is where bytes are counted that are read when it is its turn.
pub fn detect(
    candidate: &Candidate,
    opened: OpenCandidate,
    settings: Settings<'_>,
    count: &Arc<AtomicU64>,
) -> Result<Detected, Refused> {
    let hints = settings.unwrap_hints();
    let undecoded = Arc::default();
    let without_wrappers = |bytes: ByteStream| unwrapped(bytes, candidate.depth, hints, &undecoded);
    let later = |origin: Origin, size: u64| {
        Access::Later(again(origin, Some(count.clone()), (candidate.depth, hints), &undecoded), size)
    };
    let mut mixed = false;
    let (unwrapped, access) = match opened.bytes {
        Raw::File(file, path, size) => {
            let mut head = Vec::new();
            (&file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(|error| reason(&error))?;
            let whole = size <= head.len() as u64;
            let around = is_wrapped(&head, hints) || is_parquet(&head);
            mixed = !around && !whole && is_mixed_at_its_end(&head, (&file, size), hints);
            match around || mixed {
                true => (without_wrappers(Box::new(Cursor::new(head).chain(file)))?, later(of_file(&path), size)),
                false => (Unwrapped::plain(head, whole, Box::new(file)), Access::File(path, size)),
            }
        }
        Raw::Part(bytes, origin, size) => (without_wrappers(bytes)?, later(origin, size)),
        Raw::Sizeless(file, path) => {
            let again = again(of_file(&path), None, (candidate.depth, hints), &undecoded);
            (without_wrappers(Box::new(file))?, Access::Begun { again: Some(again), size: Some(0) })
        }
        Raw::Once(bytes) => (without_wrappers(bytes)?, Access::Begun { again: None, size: None }),
    };
    let receipt = unwrapped.modified.unwrap_or(opened.receipt);
    let content = match unwrapped.archive {
        Some(kind) => match zipped(&unwrapped.head) {
            Some(reason) => return Err(Refused::NoMessages(reason.into())),
            None => Content::Archive(kind),
        },
        None if is_parquet(&unwrapped.head) => {
            Content::Parquet(Recognised::new(DetectedFormat::JsonLines, settings, receipt))
        }
        None => match &unwrapped.error {
            Some(error) if unwrapped.head.is_empty() => return Err(reason(error).into()),
            _ => {
                let recognised = recognised(&unwrapped.head, unwrapped.whole, settings, receipt)?;
                match recognised.cutter(settings) {
                    Some(cutter) => Content::Text(recognised, cutter),
                    None => Content::EventLog(recognised),
                }
            }
        },
    };
    let is_text = matches!(content, Content::Text(..));
    let mut info = InputInfo::new(candidate, settings).under(&unwrapped);
    info.empty = matches!(content, Content::Text(..) | Content::EventLog(_))
        && unwrapped.error.is_none()
        && unwrapped.whole
        && is_blank(&unwrapped.head);
    let mut inside = unwrapped.inside(candidate.depth).or(candidate.object.as_ref().map(|_| "fetched"));
    if mixed {
        (info.charset, inside) = (Some(MIXED_CHARSET), Some("decoded"));
    }
    let replaced = replaced(&unwrapped.head, unwrapped.whole).filter(|_| is_text);
    Ok(Detected { info, content, unwrapped, access, inside, replaced, undecoded, receipt })
}

/// Whether text that begins like UTF-8 ends in another encoding.
fn is_mixed_at_its_end(head: &[u8], (file, size): (&File, u64), hints: UnwrapHints) -> bool {
    is_text(head, hints) && is_mixed(&tail(file, size), false, hints)
}

/// The end of a file of this size, as far as it can be read.
fn tail(file: &File, size: u64) -> Vec<u8> {
    let mut tail = vec![0; TAIL_BYTES];
    let read = read_at(file, &mut tail, size.saturating_sub(TAIL_BYTES as u64)).unwrap_or(0);
    tail.truncate(read);
    tail
}

/// Whether there is nothing but white space.
fn is_blank(bytes: &[u8]) -> bool {
    bytes[marks(bytes)..].trim_ascii().is_empty()
}
