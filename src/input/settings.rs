//! What was said of an input: on the command line, which wins, and by `sources.toml`.

use super::detected_format::Shape;
use super::evtx::EvtxAs;
use super::format::Format;
use super::framing::first_lines::{inferred, order};
use super::framing::long_messages::Pieces;
use super::framing::marks;
use super::reading::stream::Cutter;
use super::recognise::{Refused, guessed, recognise};
use super::request::Request;
use super::sources_toml::Rule;
use super::wrappers::Wish;
use crate::data::message::{Source, is_security};
use crate::data::time::stamp::Known;
use std::sync::Arc;

/// How it is to be taken.
pub fn wanted(rule: Option<&Rule>, request: &Request) -> Format {
    match (request.format, rule) {
        (Format::Auto, rule) if message_start(rule, request).is_some() => Format::Text,
        (Format::Auto, Some(rule)) => rule.format.unwrap_or_default(),
        (format, _) => format,
    }
}

/// What matters to the layers around it.
pub fn wish(rule: Option<&Rule>, request: &Request) -> Wish {
    let encoding = request.encoding.or(rule.and_then(|rule| rule.encoding));
    Wish { encoding, binary: wanted(rule, request) == Format::Evtx }
}

/// What becomes of the records of an event log.
pub fn evtx_as(rule: Option<&Rule>, request: &Request) -> EvtxAs {
    request.evtx_as.or(rule.and_then(|rule| rule.evtx_as)).unwrap_or_default()
}

/// What the first lines of messages begin with, if that is said.
pub fn message_start<'r>(rule: Option<&'r Rule>, request: &'r Request) -> Option<&'r regex::Regex> {
    request.message_start.as_ref().or(rule.and_then(|rule| rule.message_start.as_ref()))
}

/// What an input is taken for.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What its text is.
    pub shape: Shape,
    /// What tells the times of its messages beside their texts.
    pub known: Known,
    /// What is to be said of it, if that was a guess.
    pub hint: Option<String>,
}

impl Taken {
    /// An input of this shape, whose dates are of no known order.
    pub fn new(shape: Shape, (rule, request): (Option<&Rule>, &Request), receipt: i64) -> Taken {
        let zone = match shape {
            // Its columns say so.
            Shape::Csv { utc: true } => chrono_tz::UTC,
            _ => rule.and_then(|rule| rule.zone).unwrap_or(request.zone),
        };
        Taken { shape, known: Known::new(zone, receipt), hint: None }
    }

    /// How it is cut into chunks, if it is text.
    pub fn cutter(&self, rule: Option<&Rule>, request: &Request) -> Option<Cutter> {
        self.shape.cutter(message_start(rule, request), &self.known)
    }
}

/// What an input is taken for that begins with these bytes and was received then; `whole` says that there are no more. The
/// error says why it can't be read.
pub fn taken(
    head: &[u8],
    whole: bool,
    (rule, request): (Option<&Rule>, &Request),
    receipt: i64,
) -> Result<Taken, Refused> {
    let wanted = wanted(rule, request);
    let shape = recognise(head, whole, wanted)?;
    let mut taken = Taken::new(shape, (rule, request), receipt);
    taken.hint = if wanted == Format::Auto { guessed(head, whole, shape) } else { None };
    let head = &head[marks(head)..];
    if shape != Shape::Evtx {
        taken.known.order = order(head, &taken.known);
    }
    if shape == Shape::Text && message_start(rule, request).is_none() && inferred(head, whole, &taken.known) {
        taken.shape = Shape::Stamped;
    }
    Ok(taken)
}

/// The source of an input's messages, and how these are cut into pieces. `index`: its place among the inputs.
pub fn source(
    index: usize,
    name: &str,
    taken: &Taken,
    (rule, request): (Option<&Rule>, &Request),
) -> (Arc<Pieces>, Arc<Source>) {
    let Taken { shape, known, .. } = *taken;
    let framing = shape.framing(message_start(rule, request), &known);
    let pieces = Arc::new(match shape {
        Shape::Evtx | Shape::Csv { .. } => Pieces::packed(framing),
        _ => Pieces::new(framing),
    });
    let mut metadata = vec![("_sourceName".to_string(), name.to_string())];
    let ruled = rule.map(|rule| rule.metadata.as_slice()).unwrap_or_default();
    for (name, value) in ruled.iter().chain(&request.set) {
        metadata.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        metadata.push((name.clone(), value.clone()));
    }
    let partition = |(name, value): &(String, String)| {
        (name.eq_ignore_ascii_case("_view") || name.eq_ignore_ascii_case("_index")) && is_security(value)
    };
    let source = Arc::new(Source {
        index: index as u32,
        name: name.into(),
        security: metadata.iter().any(partition),
        metadata,
        receipt: known.receipt,
        zone: known.zone,
        untimed: Arc::default(),
        order: known.order,
        doubts: Arc::default(),
        replaced: Arc::default(),
        framing: pieces.clone(),
        stamps: rule.map(|rule| rule.stamps.clone()).unwrap_or_default(),
        extractions: rule.map(|rule| rule.extractions.clone()).unwrap_or_default(),
        auto_parse: request.auto_parse.then_some(true).or(rule.and_then(|rule| rule.auto_parse)),
        beyond: Arc::default(),
    });
    (pieces, source)
}
