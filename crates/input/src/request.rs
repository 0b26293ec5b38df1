//! What a caller asks for.

use super::EvtxAs;
use super::format::Format;
use super::sources_toml::Compile;
use encoding_rs::Encoding;
use std::path::PathBuf;
use std::sync::Arc;
use sumoql_data::message::Stop;

/// What to read, and what is known of it.
#[derive(Clone)]
pub struct InputRequest {
    /// Files, folders, patterns, `-` for standard input. None: standard input.
    pub paths: Vec<String>,
    /// How they are to be taken.
    pub format: Format,
    /// What becomes of the records of event logs. None: what `sources.toml` says, XML if it says nothing.
    pub evtx_as: Option<EvtxAs>,
    /// The character set of text that has no mark at its beginning, if it is not to be detected: UTF-8, or
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
    /// Of the run that the inputs are for: where it is set, streams end. None: they are read to their ends.
    pub stop: Option<Stop>,
    /// Somebody may be writing to the files: half a line, row or value at the end of a file is no message yet.
    pub growing: bool,
    /// About how many bytes are worked on at a time, at most 8 MiB; 0: as is good.
    pub chunk: usize,
    /// Makes the field extraction rules of `sources.toml`.
    pub compile: Compile,
}

impl Default for InputRequest {
    fn default() -> Self {
        InputRequest {
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
            stop: None,
            growing: false,
            chunk: 0,
            compile: Arc::new(|_| Err("field extraction rules can't be read here".into())),
        }
    }
}
