//! What inputs are taken for, and what follows for reading them.

use super::format::Format;
use super::framing::csv::Csv;
use super::framing::event_log::Records;
use super::framing::first_lines::Start;
use super::framing::job::Maps;
use super::framing::json::{JsonLines, Values};
use super::framing::json_records::Array;
use super::framing::message_bounds::Bounds;
use super::framing::multiline::Multiline;
use super::framing::xml::{Root, Xml};
use super::reading::stream::Cutter;
use regex::Regex;
use std::sync::Arc;
use sumoql_data::framing::json_messages::CountedMessages;
use sumoql_data::framing::lines::Lines;
use sumoql_data::message::Framing;
use sumoql_data::time::stamp::Known;

/// What an input is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetectedFormat {
    /// One message a line, or what is said of it.
    Text,
    /// Text whose messages start at lines with a timestamp.
    Stamped,
    /// One JSON value a line.
    JsonLines,
    /// Arrays of JSON values.
    JsonArray,
    /// JSON values of several lines.
    JsonObjects,
    /// JSON objects with an array of values, such as `{"Records": […]}`.
    JsonDocument(Array),
    /// One JSON object with `_raw` a line.
    Messages,
    /// Arrays of JSON objects with `_raw`.
    MessageArray,
    /// JSON objects of several lines with `_raw`.
    MessageObjects,
    /// Pages of the results of search jobs, or the maps in them.
    JobPages,
    /// Rows below a header. `utc`: a column of times says that they are UTC.
    Csv {
        /// See there.
        utc: bool,
    },
    /// Windows events, and what is around all of them.
    Xml(Root),
    /// An event log of Windows.
    Evtx,
}

impl DetectedFormat {
    /// The format that it belongs to.
    pub fn format(self) -> Format {
        match self {
            DetectedFormat::Text | DetectedFormat::Stamped => Format::Text,
            DetectedFormat::JsonLines
            | DetectedFormat::JsonArray
            | DetectedFormat::JsonObjects
            | DetectedFormat::JsonDocument(_) => Format::Json,
            DetectedFormat::Messages
            | DetectedFormat::MessageArray
            | DetectedFormat::MessageObjects
            | DetectedFormat::JobPages => Format::Messages,
            DetectedFormat::Csv { .. } => Format::Csv,
            DetectedFormat::Xml(_) => Format::Xml,
            DetectedFormat::Evtx => Format::Evtx,
        }
    }

    /// How an input is cut into chunks, if it is text. `start`: what the first line of a message of text begins with.
    pub fn cutter(self, start: Option<&Regex>, known: &Known) -> Option<Cutter> {
        let start = start.filter(|pattern| !fits_all(pattern));
        Some(match (self, start) {
            (DetectedFormat::Evtx, _) => return None,
            (DetectedFormat::Text, Some(pattern)) => Cutter::At(Bounds::Matching(Start::Pattern(pattern.clone()))),
            (DetectedFormat::Stamped, _) => Cutter::At(Bounds::Matching(Start::Stamp(*known))),
            (DetectedFormat::Text | DetectedFormat::JsonLines | DetectedFormat::Messages, _) => {
                Cutter::At(Bounds::Lines)
            }
            (DetectedFormat::Csv { .. }, _) => Cutter::Rows,
            (DetectedFormat::Xml(_), _) => Cutter::At(Bounds::Events),
            (DetectedFormat::JsonArray | DetectedFormat::MessageArray, _) => Cutter::Values { elements: true },
            (DetectedFormat::JsonDocument(array), _) => Cutter::Document(array),
            (DetectedFormat::JobPages, _) => Cutter::Pages,
            (DetectedFormat::JsonObjects | DetectedFormat::MessageObjects, _) => Cutter::Values { elements: false },
        })
    }

    /// How chunks are cut into messages. `start`: what the first line of a message of text begins with.
    pub fn framing(self, start: Option<&Regex>, known: &Known) -> Arc<dyn Framing> {
        let start = start.filter(|pattern| !fits_all(pattern));
        match (self, start) {
            (DetectedFormat::Text, Some(pattern)) => Arc::new(Multiline(Start::Pattern(pattern.clone()))),
            (DetectedFormat::Stamped, _) => Arc::new(Multiline(Start::Stamp(*known))),
            (DetectedFormat::Text, _) => Arc::new(Lines::default()),
            (DetectedFormat::JsonLines, _) => Arc::new(JsonLines::default()),
            (DetectedFormat::Messages, _) => Arc::new(CountedMessages::default()),
            (DetectedFormat::Csv { .. }, _) => Arc::new(Csv),
            (DetectedFormat::Xml(root), _) => Arc::new(Xml::new(root)),
            (DetectedFormat::Evtx, _) => Arc::new(Records),
            (DetectedFormat::JobPages, _) => Arc::new(Maps::default()),
            (DetectedFormat::JsonArray | DetectedFormat::JsonDocument(_), _) => {
                Arc::new(Values { elements: true, ..Values::default() })
            }
            (DetectedFormat::JsonObjects, _) => Arc::new(Values::default()),
            (DetectedFormat::MessageArray, _) => {
                Arc::new(Values { elements: true, messages: true, ..Values::default() })
            }
            (DetectedFormat::MessageObjects, _) => Arc::new(Values { messages: true, ..Values::default() }),
        }
    }
}

/// Whether every line begins with a match of the pattern, whatever is in it: then lines need not be looked at.
fn fits_all(pattern: &Regex) -> bool {
    pattern.as_str().is_empty()
}
