//! Finds out what a candidate is, before anything of it is read for a query.

use super::super::byte_stream::{Bytes, Opener};
use super::super::candidate::{Item, Object, Origin, again, of_file, of_member};
use super::super::detected_format::Shape;
use super::super::framing::marks;
use super::super::input_info::About;
use super::super::io_error::reason;
use super::super::magic::{HEAD, is_parquet};
use super::super::places::modified;
use super::super::positioned_read::read_at;
use super::super::reading::interruptible::stream;
use super::super::reading::stream::Cutter;
use super::super::recognise::{Refused, zipped};
use super::super::request::Request;
use super::super::settings::{Taken, taken, wish};
use super::super::sources_toml::Rule;
use super::super::wrappers::charset::{Undecoded, replaced};
use super::super::wrappers::{Bare, MIXED, Packing, Wish, bare, is_mixed, is_text, layered};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// What was said of a candidate, by a `sources.toml` and by the request.
pub type Said<'r> = (Option<&'r Rule>, &'r Request);

/// How much of the end of a file is looked at for another encoding than that of its beginning.
const TAIL: usize = 4 << 10;

/// What a candidate is.
pub struct Detected {
    /// What there is to say of it: its wrappers and its character set among it.
    pub info: About,
    /// What is in it.
    pub content: Content,
    /// Its bytes without the wrappers, from the beginning on.
    pub bare: Bare,
    /// How the bytes are had when it is read.
    pub access: Access,
    /// How its text came about, if it is not as it lies there.
    pub inside: Option<&'static str>,
    /// Where bytes are that are not UTF-8, as far as its beginning tells.
    pub replaced: Option<u64>,
    /// What could not be decoded, and where the encoding changes.
    pub undecoded: Arc<Undecoded>,
    /// When it was received, in milliseconds since 1970.
    pub receipt: i64,
}

/// What is in a candidate.
pub enum Content {
    /// Members, which are candidates themselves.
    Archive(Packing),
    /// The rows of a Parquet file.
    Parquet(Taken),
    /// The records of an event log of Windows.
    EventLog(Taken),
    /// Text, and how it is cut into chunks.
    Text(Taken, Cutter),
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
    Part(Bytes, Origin, u64),
    /// A file without a size, which may yet have something to read: those under /proc, say.
    Sizeless(File, PathBuf),
    /// What can be read only once.
    Once(Bytes),
}

impl OpenCandidate {
    /// What a reader gives.
    pub fn reader(bytes: Bytes, receipt: i64) -> OpenCandidate {
        OpenCandidate { bytes: Raw::Once(bytes), receipt }
    }

    /// Opens a candidate.
    pub fn new(item: &Item, request: &Request) -> Result<OpenCandidate, String> {
        let failed = |error: io::Error| reason(&error);
        let part = match (&item.member, &item.object) {
            (Some((lies, member)), _) => Some((of_member(lies.clone(), member.clone()), member.packed)),
            (None, Some(Object { size, origin })) => Some((origin.clone(), *size)),
            (None, None) => None,
        };
        if let Some((origin, size)) = part {
            let receipt = item.receipt.unwrap_or(request.now);
            return Ok(OpenCandidate { bytes: Raw::Part(origin(None).map_err(failed)?, origin, size), receipt });
        }
        let Some(path) = &item.place.path else {
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
    item: &Item,
    opened: OpenCandidate,
    (rule, request): Said<'_>,
    count: &Arc<AtomicU64>,
) -> Result<Detected, Refused> {
    let wish = wish(rule, request);
    let undecoded = Arc::default();
    let unwrapped = |bytes: Bytes| bare(bytes, item.depth, wish, &undecoded);
    let later = |origin: Origin, size: u64| {
        Access::Later(again(origin, Some(count.clone()), (item.depth, wish), &undecoded), size)
    };
    let mut mixed = false;
    let (bare, access) = match opened.bytes {
        Raw::File(file, path, size) => {
            let mut head = Vec::new();
            (&file).take(HEAD as u64).read_to_end(&mut head).map_err(|error| reason(&error))?;
            let whole = size <= head.len() as u64;
            let around = layered(&head, wish) || is_parquet(&head);
            mixed = !around && !whole && is_mixed_at_its_end(&head, (&file, size), wish);
            match around || mixed {
                true => (unwrapped(Box::new(Cursor::new(head).chain(file)))?, later(of_file(&path), size)),
                false => (Bare::plain(head, whole, Box::new(file)), Access::File(path, size)),
            }
        }
        Raw::Part(bytes, origin, size) => (unwrapped(bytes)?, later(origin, size)),
        Raw::Sizeless(file, path) => {
            let again = again(of_file(&path), None, (item.depth, wish), &undecoded);
            (unwrapped(Box::new(file))?, Access::Begun { again: Some(again), size: Some(0) })
        }
        Raw::Once(bytes) => (unwrapped(bytes)?, Access::Begun { again: None, size: None }),
    };
    let receipt = bare.modified.unwrap_or(opened.receipt);
    let content = match bare.archive {
        Some(kind) => match zipped(&bare.head) {
            Some(reason) => return Err(Refused::NoMessages(reason.into())),
            None => Content::Archive(kind),
        },
        None if is_parquet(&bare.head) => Content::Parquet(Taken::new(Shape::JsonLines, (rule, request), receipt)),
        None => match &bare.error {
            Some(error) if bare.head.is_empty() => return Err(reason(error).into()),
            _ => {
                let taken = taken(&bare.head, bare.whole, (rule, request), receipt)?;
                match taken.cutter(rule, request) {
                    Some(cutter) => Content::Text(taken, cutter),
                    None => Content::EventLog(taken),
                }
            }
        },
    };
    let is_text = matches!(content, Content::Text(..));
    let mut info = About::new(item, rule, request).under(&bare);
    info.empty = matches!(content, Content::Text(..) | Content::EventLog(_))
        && bare.error.is_none()
        && bare.whole
        && is_blank(&bare.head);
    let mut inside = bare.inside(item.depth).or(item.object.as_ref().map(|_| "fetched"));
    if mixed {
        (info.charset, inside) = (Some(MIXED), Some("decoded"));
    }
    let replaced = replaced(&bare.head, bare.whole).filter(|_| is_text);
    Ok(Detected { info, content, bare, access, inside, replaced, undecoded, receipt })
}

/// Whether text that begins like UTF-8 ends in another encoding.
fn is_mixed_at_its_end(head: &[u8], (file, size): (&File, u64), wish: Wish) -> bool {
    is_text(head, wish) && is_mixed(&tail(file, size), false, wish)
}

/// The end of a file of this size, as far as it can be read.
fn tail(file: &File, size: u64) -> Vec<u8> {
    let mut tail = vec![0; TAIL];
    let read = read_at(file, &mut tail, size.saturating_sub(TAIL as u64)).unwrap_or(0);
    tail.truncate(read);
    tail
}

/// Whether there is nothing but white space.
fn is_blank(bytes: &[u8]) -> bool {
    bytes[marks(bytes)..].trim_ascii().is_empty()
}
