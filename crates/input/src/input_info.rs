//! What is known of an input before it is read, for those who ask what it was taken for.

use super::candidate::Candidate;
use super::detected_format::DetectedFormat;
use super::format::Format;
use super::settings::{Recognised, Settings};
use super::wrappers::Unwrapped;

/// What is known of an input.
#[derive(Clone, Debug, Default)]
pub struct InputInfo {
    /// Its name.
    pub name: String,
    /// What it was taken for.
    pub format: Format,
    /// The compressions and archives around it, the outermost first.
    pub layers: Vec<&'static str>,
    /// The character set of its text, if it is another than UTF-8.
    pub charset: Option<&'static str>,
    /// The archive that it lies in.
    pub archive: Option<String>,
    /// What the first line of a message begins with.
    pub message_start: Option<String>,
    /// Whether the format was not set, but detected.
    pub guessed: bool,
    /// Whether messages start at lines with a timestamp, as the first lines show.
    pub stamped: bool,
    /// The `sources.toml`, and the line in it, that has something to say of it.
    pub rule: Option<String>,
    /// Whether that says the zone of timestamps.
    pub zone_ruled: bool,
    /// Whether its columns say the zone of timestamps.
    pub zone_named: bool,
    /// A hint for the user, if the format was guessed.
    pub hint: Option<String>,
    /// Whether there is nothing in it but white space.
    pub empty: bool,
}

impl InputInfo {
    /// What is known of a candidate and its settings.
    pub fn new(candidate: &Candidate, settings: Settings<'_>) -> InputInfo {
        let rule = settings.rule;
        InputInfo {
            name: candidate.place.name.clone(),
            format: Format::Auto,
            layers: candidate.compressions.iter().map(|compression| compression.name()).collect(),
            charset: None,
            archive: candidate.archive.clone(),
            message_start: settings.message_start().map(ToString::to_string),
            guessed: settings.format() == Format::Auto,
            stamped: false,
            rule: rule.map(|rule| rule.place.clone()),
            zone_ruled: rule.is_some_and(|rule| rule.zone.is_some()),
            zone_named: false,
            hint: None,
            empty: false,
        }
    }

    /// With what it was taken for.
    pub fn recognised_as(self, recognised: &Recognised) -> InputInfo {
        InputInfo {
            format: recognised.detected.format(),
            stamped: recognised.detected == DetectedFormat::Stamped,
            zone_named: recognised.detected == (DetectedFormat::Csv { utc: true }),
            hint: recognised.hint.clone(),
            ..self
        }
    }

    /// A notice about how it was taken, if there is one to give.
    pub fn warning(&self) -> Option<String> {
        let words =
            "taken as CSV: each row below the header is a JSON object of columns; --format text keeps the lines";
        (self.guessed && self.format == Format::Csv).then(|| words.to_string()).or(self.hint.clone())
    }

    /// With what lies around the text.
    pub fn under(mut self, unwrapped: &Unwrapped) -> InputInfo {
        self.layers.extend(unwrapped.compressions.iter().map(|compression| compression.name()));
        self.charset = unwrapped.decoded;
        self
    }
}
