//! Where messages come from: places (files, folders, standard input), how their bytes are cut into messages, and what
//! `sources.toml` says of them.

mod about;
mod files;
mod follow;
pub mod format;
pub mod framing;
mod item;
mod known;
mod layers;
pub mod memory;
mod odd;
pub mod opened;
mod parquet;
mod places;
mod reading;
mod recognise;
mod remote;
mod said;
mod shape;
pub mod sources;

pub use self::about::About;
pub use encoding_rs::Encoding;
pub use files::files;
pub use follow::{Followed, News, Teller};
pub use format::Format;
pub use layers::charset::named as encoding;
#[cfg(feature = "object-store")]
pub use opened::open_store;
pub use opened::{Opened, open};
#[cfg(feature = "object-store")]
pub use remote::Store;
pub use sumoql_evtx::Rendering as EvtxAs;

use crate::run::execute::Progress;
use sources::Compile;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What to read, and what is known of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, folders, patterns, `-` for standard input. None: standard input.
    pub paths: Vec<String>,
    /// How they are to be taken.
    pub format: Format,
    /// What becomes of the records of event logs. None: what `sources.toml` says, XML if it says nothing.
    pub evtx_as: Option<EvtxAs>,
    /// The character set of text that has no mark at its beginning, if it is not to be told from the text: UTF-8, or
    /// UTF-16. Wins over `sources.toml`.
    pub encoding: Option<&'static Encoding>,
    /// What the first line of a message of text begins with; a pattern that fits everything makes each line a message.
    /// None: a timestamp, if the first lines have them. Wins over `sources.toml`.
    pub message_start: Option<regex::Regex>,
    /// Metadata for every message: name and value. Wins over `sources.toml`.
    pub set: Vec<(String, String)>,
    /// Auto parse mode for all messages. Without it `sources.toml` decides.
    pub auto_parse: bool,
    /// The `sources.toml` to use, instead of those beside the inputs.
    pub sources: Option<PathBuf>,
    /// The zone of timestamps that name none.
    pub zone: chrono_tz::Tz,
    /// The present, in milliseconds since 1970: when standard input is received.
    pub now: i64,
    /// The run that the inputs are for: when it is stopped, streams end. None: they are read to their ends.
    pub progress: Option<Arc<Progress>>,
    /// About how many bytes are worked on at a time, at most 8 MiB; 0: as is good.
    pub chunk: usize,
    /// Makes the field extraction rules of `sources.toml`.
    pub compile: Compile,
}

impl Default for Request {
    fn default() -> Self {
        Request {
            paths: Vec::new(),
            format: Format::Auto,
            evtx_as: None,
            encoding: None,
            message_start: None,
            set: Vec::new(),
            auto_parse: false,
            sources: None,
            zone: chrono_tz::UTC,
            now: 0,
            progress: None,
            chunk: 0,
            compile: |_| Err("field extraction rules can't be read here".into()),
        }
    }
}

/// Something that can't be read, or is odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The input, or a file and line.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// Where in the input, in bytes of its decompressed, decoded text.
    pub offset: Option<u64>,
}

impl fmt::Display for Problem {
    /// One line: place, offset if there is one, message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{}: at byte {offset}: {}", self.place, self.message),
            None => write!(f, "{}: {}", self.place, self.message),
        }
    }
}
