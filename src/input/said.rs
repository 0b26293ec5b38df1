//! What was said of an input: on the command line, which wins, and by `sources.toml`.

use super::format::Format;
use super::layers::Wish;
use super::sources::Rule;
use super::{EvtxAs, Request};

/// How it is to be taken.
pub fn wanted(rule: Option<&Rule>, request: &Request) -> Format {
    match (request.format, rule) {
        (Format::Auto, Some(rule)) if rule.message_start.is_some() => Format::Text,
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

/// What the first lines of messages begin with, if that is known.
pub fn message_start(rule: Option<&Rule>) -> Option<&regex::Regex> {
    rule.and_then(|rule| rule.message_start.as_ref())
}
