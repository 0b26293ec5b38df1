//! What inputs are taken for, and what follows for reading them.

use super::format::Format;
use super::framing::bounds::Bounds;
use super::framing::csv::Csv;
use super::framing::event_log::Records;
use super::framing::job::Maps;
use super::framing::json::{JsonLines, Values};
use super::framing::lines::Lines;
use super::framing::messages::CountedMessages;
use super::framing::multiline::Multiline;
use super::framing::records::Array;
use super::framing::starts::Start;
use super::framing::xml::{Root, Xml};
use super::reading::stream::Cutter;
use crate::run::message::Framing;
use crate::time::stamp::Known;
use regex::Regex;
use std::sync::Arc;

/// What an input is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
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

impl Shape {
    /// The format that the shape is of.
    pub fn format(self) -> Format {
        match self {
            Shape::Text | Shape::Stamped => Format::Text,
            Shape::JsonLines | Shape::JsonArray | Shape::JsonObjects | Shape::JsonDocument(_) => Format::Json,
            Shape::Messages | Shape::MessageArray | Shape::MessageObjects | Shape::JobPages => Format::Messages,
            Shape::Csv { .. } => Format::Csv,
            Shape::Xml(_) => Format::Xml,
            Shape::Evtx => Format::Evtx,
        }
    }

    /// How an input is cut into chunks, if it is text. `start`: what the first line of a message of text begins with.
    pub fn cutter(self, start: Option<&Regex>, known: &Known) -> Option<Cutter> {
        let start = start.filter(|pattern| !fits_all(pattern));
        Some(match (self, start) {
            (Shape::Evtx, _) => return None,
            (Shape::Text, Some(pattern)) => Cutter::At(Bounds::Matching(Start::Pattern(pattern.clone()))),
            (Shape::Stamped, _) => Cutter::At(Bounds::Matching(Start::Stamp(*known))),
            (Shape::Text | Shape::JsonLines | Shape::Messages, _) => Cutter::At(Bounds::Lines),
            (Shape::Csv { .. }, _) => Cutter::Rows,
            (Shape::Xml(_), _) => Cutter::At(Bounds::Events),
            (Shape::JsonArray | Shape::MessageArray, _) => Cutter::Values { elements: true },
            (Shape::JsonDocument(array), _) => Cutter::Document(array),
            (Shape::JobPages, _) => Cutter::Pages,
            (Shape::JsonObjects | Shape::MessageObjects, _) => Cutter::Values { elements: false },
        })
    }

    /// How chunks are cut into messages. `start`: what the first line of a message of text begins with.
    pub fn framing(self, start: Option<&Regex>, known: &Known) -> Arc<dyn Framing> {
        let start = start.filter(|pattern| !fits_all(pattern));
        match (self, start) {
            (Shape::Text, Some(pattern)) => Arc::new(Multiline(Start::Pattern(pattern.clone()))),
            (Shape::Stamped, _) => Arc::new(Multiline(Start::Stamp(*known))),
            (Shape::Text, _) => Arc::new(Lines::default()),
            (Shape::JsonLines, _) => Arc::new(JsonLines::default()),
            (Shape::Messages, _) => Arc::new(CountedMessages::default()),
            (Shape::Csv { .. }, _) => Arc::new(Csv),
            (Shape::Xml(root), _) => Arc::new(Xml::new(root)),
            (Shape::Evtx, _) => Arc::new(Records),
            (Shape::JobPages, _) => Arc::new(Maps::default()),
            (Shape::JsonArray | Shape::JsonDocument(_), _) => Arc::new(Values { elements: true, ..Values::default() }),
            (Shape::JsonObjects, _) => Arc::new(Values::default()),
            (Shape::MessageArray, _) => Arc::new(Values { elements: true, messages: true, ..Values::default() }),
            (Shape::MessageObjects, _) => Arc::new(Values { messages: true, ..Values::default() }),
        }
    }
}

/// Whether every line begins with a match of the pattern, whatever is in it: then lines need not be looked at.
fn fits_all(pattern: &Regex) -> bool {
    pattern.as_str().is_empty()
}
