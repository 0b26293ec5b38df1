//! The settings of an input: those of the request, which win, and those of `sources.toml`.

use super::EvtxAs;
use super::detected_format::DetectedFormat;
use super::format::Format;
use super::framing::first_lines::{inferred, order};
use super::framing::long_messages::LongMessages;
use super::framing::marks;
use super::reading::stream::Cutter;
use super::recognise::{Refused, guessed, recognise};
use super::request::InputRequest;
use super::sources_toml::Rule;
use super::wrappers::UnwrapHints;
use std::sync::Arc;
use sumoql_data::message::{Source, is_security};
use sumoql_data::time::stamp::Known;

/// The settings of an input.
#[derive(Clone, Copy)]
pub struct Settings<'r> {
    /// Those of a `sources.toml`.
    pub rule: Option<&'r Rule>,
    /// Those of the caller, which win.
    pub request: &'r InputRequest,
}

impl<'r> Settings<'r> {
    /// The format that is set, or `auto`.
    pub fn format(self) -> Format {
        match (self.request.format, self.rule) {
            (Format::Auto, _) if self.message_start().is_some() => Format::Text,
            (Format::Auto, Some(rule)) => rule.format.unwrap_or_default(),
            (format, _) => format,
        }
    }

    /// What removing the wrappers depends on.
    pub fn unwrap_hints(self) -> UnwrapHints {
        let encoding = self.request.encoding.or(self.rule.and_then(|rule| rule.encoding));
        UnwrapHints { encoding, binary: self.format() == Format::Evtx }
    }

    /// What becomes of the records of an event log.
    pub fn evtx_as(self) -> EvtxAs {
        self.request.evtx_as.or(self.rule.and_then(|rule| rule.evtx_as)).unwrap_or_default()
    }

    /// What the first lines of messages begin with, if that is set.
    pub fn message_start(self) -> Option<&'r regex::Regex> {
        self.request.message_start.as_ref().or(self.rule.and_then(|rule| rule.message_start.as_ref()))
    }

    /// The zone of timestamps that name none.
    pub fn zone(self) -> chrono_tz::Tz {
        self.rule.and_then(|rule| rule.zone).unwrap_or(self.request.zone)
    }
}

/// What an input is taken for.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What its text is.
    pub detected: DetectedFormat,
    /// What the times of its messages depend on beside their texts.
    pub known: Known,
    /// A hint for the user, if the format was guessed.
    pub hint: Option<String>,
}

impl Recognised {
    /// An input of this format, whose dates are of no known order.
    pub fn new(detected: DetectedFormat, settings: Settings<'_>, receipt: i64) -> Recognised {
        let zone = match detected {
            // Its columns say so.
            DetectedFormat::Csv { utc: true } => chrono_tz::UTC,
            _ => settings.zone(),
        };
        Recognised { detected, known: Known::new(zone, receipt), hint: None }
    }

    /// How it is cut into chunks, if it is text.
    pub fn cutter(&self, settings: Settings<'_>) -> Option<Cutter> {
        self.detected.cutter(settings.message_start(), &self.known)
    }
}

/// What an input is taken for that begins with these bytes and was received then; `whole` says that there are no more. The
/// error says why it can't be read.
pub fn recognised(head: &[u8], whole: bool, settings: Settings<'_>, receipt: i64) -> Result<Recognised, Refused> {
    let wanted = settings.format();
    let detected = recognise(head, whole, wanted)?;
    let mut recognised = Recognised::new(detected, settings, receipt);
    recognised.hint = if wanted == Format::Auto { guessed(head, whole, detected) } else { None };
    let head = &head[marks(head)..];
    if detected != DetectedFormat::Evtx {
        recognised.known.order = order(head, &recognised.known);
    }
    if detected == DetectedFormat::Text
        && settings.message_start().is_none()
        && inferred(head, whole, &recognised.known)
    {
        recognised.detected = DetectedFormat::Stamped;
    }
    Ok(recognised)
}

/// The source of an input's messages, and how these are cut into pieces. `index`: its place among the inputs.
pub fn source(
    index: usize,
    name: &str,
    recognised: &Recognised,
    settings: Settings<'_>,
) -> (Arc<LongMessages>, Arc<Source>) {
    let Settings { rule, request } = settings;
    let Recognised { detected, known, .. } = *recognised;
    let framing = detected.framing(settings.message_start(), &known);
    let pieces = Arc::new(match detected {
        DetectedFormat::Evtx | DetectedFormat::Csv { .. } => LongMessages::packed(framing),
        _ => LongMessages::new(framing),
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
