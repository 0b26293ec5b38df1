//! What lies around the text of an input: compression, archives, character sets. Found by the bytes, never by the name,
//! and taken off while reading, so that nothing is held but a few buffers, whatever comes out.
//!
//! Places in an input are places in what is inside: in the decompressed, decoded text.

pub mod archive;
pub mod charset;
mod compressed;
mod gzip;
mod inflate;
mod lz4;
mod mixed;
mod packing;
mod tally;
mod unpacker;
mod xz;

pub use packing::{Packing, packing};
pub use tally::Tally;

use super::parquet::is_parquet;
use super::recognise::HEAD;
use super::recognise::named;
use charset::{Decoded, Undecoded, charset};
use encoding_rs::Encoding;
use mixed::Mixed;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use sumoql_evtx::is_log;

/// How many layers of compression are taken off.
pub const DEEPEST: usize = 8;

/// The bytes of an input, read from the beginning on.
pub type Bytes = Box<dyn Read + Send>;

/// How an input is to be taken, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// The character set, if it was said.
    pub encoding: Option<&'static Encoding>,
    /// Whether it is no text.
    pub binary: bool,
}

/// An input without its layers.
pub struct Bare {
    /// What it begins with, as much as is looked at.
    pub head: Vec<u8>,
    /// What follows.
    pub rest: Bytes,
    /// Why nothing follows, if that is not the end.
    pub error: Option<io::Error>,
    /// How many layers of compression there were.
    pub depth: usize,
    /// The compressions that were taken off, the outermost first.
    pub packings: Vec<Packing>,
    /// The character set of the text, if it is another than UTF-8, as far as the head tells.
    pub decoded: Option<&'static str>,
    /// When what is inside was last changed, in milliseconds since 1970, if a layer says so.
    pub modified: Option<i64>,
    /// The archive that it is, whose members lie a layer deeper.
    pub archive: Option<Packing>,
}

impl Bare {
    /// Whether the head is all there is.
    pub fn whole(&self) -> bool {
        self.error.is_some() || self.head.len() < HEAD
    }

    /// How its text came about, if it is not as it lies there, under `depth` layers.
    pub fn inside(&self, depth: usize) -> Option<&'static str> {
        match self.depth > depth || depth > 0 {
            true => Some("decompressed"),
            false => self.decoded.and(Some("decoded")),
        }
    }

    /// All of it, from the beginning on.
    pub fn into_bytes(self) -> Bytes {
        let rest = match self.error {
            Some(error) => Box::new(Fails(Some(error))),
            None => self.rest,
        };
        Box::new(Cursor::new(self.head).chain(rest))
    }
}

/// The character set of text whose parts are in several.
pub const MIXED: &str = "UTF-8 and UTF-16";

/// Whether there are layers around an input that begins like this.
pub fn layered(head: &[u8], wish: Wish) -> bool {
    packing(head).is_some()
        || is_utf32(head)
        || (is_text(head, wish) && charset(head, wish.encoding).is_some())
        || is_mixed(head, true, wish)
}

/// Whether text without compression that has these bytes is in several encodings. `fresh`: they begin with a line.
pub fn is_mixed(bytes: &[u8], fresh: bool, wish: Wish) -> bool {
    wish.encoding.is_none() && is_text(bytes, wish) && mixed::is_mixed(bytes, fresh)
}

/// Whether an input without compression may be text.
pub fn is_text(head: &[u8], wish: Wish) -> bool {
    !(wish.binary || is_log(head) || is_parquet(head) || named(head).is_some())
}

fn is_utf32(head: &[u8]) -> bool {
    head.starts_with(b"\xFF\xFE\0\0") || head.starts_with(b"\0\0\xFE\xFF")
}

/// Takes the layers off. `depth` is how many lie around it already; `undecoded` is told of what can't be decoded. The error
/// says why that can't be.
pub fn bare(bytes: Bytes, depth: usize, wish: Wish, undecoded: &Arc<Undecoded>) -> Result<Bare, String> {
    let mut bare = begun(bytes, depth);
    while let Some(packing) = packing(&bare.head) {
        if bare.depth >= DEEPEST {
            return Err(format!("it is compressed more than {DEEPEST} times over, which is not read"));
        }
        if packing.is_archive() {
            bare.archive = Some(packing);
            return Ok(bare);
        }
        let depth = bare.depth + 1;
        let mut packings = std::mem::take(&mut bare.packings);
        packings.push(packing);
        let modified = (packing == Packing::Gzip).then(|| gzip::modified(&bare.head)).flatten().or(bare.modified);
        let bytes = compressed::open(packing, bare.into_bytes()).map_err(|error| error.to_string())?;
        bare = Bare { packings, modified, ..begun(bytes, depth) };
    }
    if is_utf32(&bare.head) {
        return Err("the text is UTF-32, which is not read; make it UTF-8 first".into());
    }
    // Where it was said, it is that all through.
    let said = wish.encoding.is_some();
    let encoding = charset(&bare.head, wish.encoding);
    if is_text(&bare.head, wish) && (encoding.is_some() || !said) {
        let (depth, modified) = (bare.depth, bare.modified);
        let packings = std::mem::take(&mut bare.packings);
        let bytes: Bytes = match encoding.filter(|_| said) {
            Some(encoding) => Box::new(Decoded::new(bare.into_bytes(), encoding, undecoded.clone())),
            None => Box::new(Mixed::new(bare.into_bytes(), encoding, undecoded.clone())),
        };
        bare = Bare { packings, modified, ..begun(bytes, depth) };
        bare.decoded = match undecoded.changed() {
            Some(_) => Some(MIXED),
            None => encoding.map(|encoding| encoding.name()),
        };
    }
    Ok(bare)
}

/// A time that an archive says, in milliseconds since 1970, unless it is one of those that stand for none: archives that
/// shall not depend on when they were made have the first moments of 1970 or 1980, or one of 1985.
pub fn known(time: i64) -> Option<i64> {
    const NO_LOG_IS_OLDER: i64 = 631_152_000_000;
    (time >= NO_LOG_IS_OLDER).then_some(time)
}

/// Reads the head.
fn begun(mut rest: Bytes, depth: usize) -> Bare {
    let mut head = Vec::new();
    let error = (&mut rest).take(HEAD as u64).read_to_end(&mut head).err();
    Bare { head, rest, error, depth, packings: Vec::new(), decoded: None, modified: None, archive: None }
}

/// Fails once, and then has nothing.
struct Fails(Option<io::Error>);

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
