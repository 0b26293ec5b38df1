//! What is around the text of an input: compression, archives, character sets. Found by the bytes, never by the name,
//! and taken off while reading, so that nothing is held but a few buffers, whatever comes out.
//!
//! Places in an input are places in what is inside: in the decompressed, decoded text.

pub mod archive;
pub mod charset;
mod compression;
mod counting_reader;
mod decoders;
mod decompress_reader;
mod gzip;
mod inflate;
mod lz4;
mod mixed;
mod recorded_time;
mod xz;
mod zstd;

pub use compression::{Compression, compression_of};
pub use counting_reader::CountingReader;

use super::byte_stream::ByteStream;
use super::magic::{HEAD_BYTES, is_parquet};
use super::recognise::named;
use charset::{Decoded, Undecoded, charset};
use encoding_rs::Encoding;
use mixed::Mixed;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use sumoql_evtx::is_log;

/// How many layers of compression are removed.
pub const MAX_COMPRESSION_DEPTH: usize = 8;

/// How an input is to be taken, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnwrapHints {
    /// The character set, if it is set.
    pub encoding: Option<&'static Encoding>,
    /// Whether it is no text.
    pub binary: bool,
}

/// An input without its wrappers.
pub struct Unwrapped {
    /// What it begins with, as much as is looked at.
    pub head: Vec<u8>,
    /// Whether that is all there is.
    pub whole: bool,
    /// What follows.
    pub rest: ByteStream,
    /// Why nothing follows, if that is not the end.
    pub error: Option<io::Error>,
    /// How many layers of compression there were.
    pub depth: usize,
    /// The compressions that were taken off, the outermost first.
    pub compressions: Vec<Compression>,
    /// The character set of the text, if it is another than UTF-8, as far as the head shows.
    pub decoded: Option<&'static str>,
    /// When what is inside was last changed, in milliseconds since 1970, if a layer says so.
    pub modified: Option<i64>,
    /// The archive that it is, whose members lie a layer deeper.
    pub archive: Option<Compression>,
}

impl Unwrapped {
    /// An input that nothing is around, whose head was read.
    pub fn plain(head: Vec<u8>, whole: bool, rest: ByteStream) -> Unwrapped {
        Unwrapped {
            head,
            whole,
            rest,
            error: None,
            depth: 0,
            compressions: Vec::new(),
            decoded: None,
            modified: None,
            archive: None,
        }
    }

    /// How its text came about, if it is not as it lies there, under `depth` layers.
    pub fn inside(&self, depth: usize) -> Option<&'static str> {
        match self.depth > depth || depth > 0 {
            true => Some("decompressed"),
            false => self.decoded.and(Some("decoded")),
        }
    }

    /// All of it, from the beginning on.
    pub fn into_bytes(self) -> ByteStream {
        let rest = match self.error {
            Some(error) => Box::new(Fails(Some(error))),
            None => self.rest,
        };
        Box::new(Cursor::new(self.head).chain(rest))
    }
}

/// The character set of text whose parts are in several.
pub const MIXED_CHARSET: &str = "UTF-8 and UTF-16";

/// Whether there are layers around an input that begins like this.
pub fn is_wrapped(head: &[u8], hints: UnwrapHints) -> bool {
    compression_of(head).is_some()
        || is_utf32(head)
        || (is_text(head, hints) && charset(head, hints.encoding).is_some())
        || is_mixed(head, true, hints)
}

/// Whether text without compression that has these bytes is in several encodings. `fresh`: they begin with a line.
pub fn is_mixed(bytes: &[u8], fresh: bool, hints: UnwrapHints) -> bool {
    hints.encoding.is_none() && is_text(bytes, hints) && mixed::is_mixed(bytes, fresh)
}

/// Whether an input without compression may be text.
pub fn is_text(head: &[u8], hints: UnwrapHints) -> bool {
    !(hints.binary || is_log(head) || is_parquet(head) || named(head).is_some())
}

fn is_utf32(head: &[u8]) -> bool {
    head.starts_with(b"\xFF\xFE\0\0") || head.starts_with(b"\0\0\xFE\xFF")
}

/// Removes the wrappers. `depth` is how many were removed already; `undecoded` records what can't be decoded. The error
/// says why that can't be.
pub fn unwrapped(
    bytes: ByteStream,
    depth: usize,
    hints: UnwrapHints,
    undecoded: &Arc<Undecoded>,
) -> Result<Unwrapped, String> {
    let mut unwrapped = as_read(bytes, depth);
    while let Some(compression) = compression_of(&unwrapped.head) {
        if unwrapped.depth >= MAX_COMPRESSION_DEPTH {
            return Err(format!("it is compressed more than {MAX_COMPRESSION_DEPTH} times over, which is not read"));
        }
        if compression.is_archive() {
            unwrapped.archive = Some(compression);
            return Ok(unwrapped);
        }
        let depth = unwrapped.depth + 1;
        let mut compressions = std::mem::take(&mut unwrapped.compressions);
        compressions.push(compression);
        let modified = (compression == Compression::Gzip)
            .then(|| gzip::modified(&unwrapped.head))
            .flatten()
            .or(unwrapped.modified);
        let bytes = decoders::open(compression, unwrapped.into_bytes()).map_err(|error| error.to_string())?;
        unwrapped = Unwrapped { compressions, modified, ..as_read(bytes, depth) };
    }
    if is_utf32(&unwrapped.head) {
        return Err("the text is UTF-32, which is not read; make it UTF-8 first".into());
    }
    // A character set that is set holds for all of the text.
    let declared = hints.encoding.is_some();
    let encoding = charset(&unwrapped.head, hints.encoding);
    if is_text(&unwrapped.head, hints) && (encoding.is_some() || !declared) {
        let (depth, modified) = (unwrapped.depth, unwrapped.modified);
        let compressions = std::mem::take(&mut unwrapped.compressions);
        let bytes: ByteStream = match encoding.filter(|_| declared) {
            Some(encoding) => Box::new(Decoded::new(unwrapped.into_bytes(), encoding, undecoded.clone())),
            None => Box::new(Mixed::new(unwrapped.into_bytes(), encoding, undecoded.clone())),
        };
        unwrapped = Unwrapped { compressions, modified, ..as_read(bytes, depth) };
        unwrapped.decoded = match undecoded.changed() {
            Some(_) => Some(MIXED_CHARSET),
            None => encoding.map(|encoding| encoding.name()),
        };
    }
    Ok(unwrapped)
}

/// Reads the head.
fn as_read(mut rest: ByteStream, depth: usize) -> Unwrapped {
    let mut head = Vec::new();
    let error = (&mut rest).take(HEAD_BYTES as u64).read_to_end(&mut head).err();
    let whole = error.is_some() || head.len() < HEAD_BYTES;
    Unwrapped { error, depth, ..Unwrapped::plain(head, whole, rest) }
}

/// Fails once, and then has nothing.
struct Fails(Option<io::Error>);

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
