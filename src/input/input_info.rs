//! What is known of an input before it is read, for those who ask what it was taken for.

use super::candidate::Item;
use super::detected_format::Shape;
use super::format::Format;
use super::request::Request;
use super::settings::{Taken, message_start, wanted};
use super::sources_toml::Rule;
use super::wrappers::Bare;

/// What is known of an input.
#[derive(Clone, Debug, Default)]
pub struct About {
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
    /// Whether nobody said what the format is.
    pub guessed: bool,
    /// Whether messages start at lines with a timestamp, as the first lines tell.
    pub stamped: bool,
    /// The `sources.toml`, and the line in it, that has something to say of it.
    pub rule: Option<String>,
    /// Whether that says the zone of timestamps.
    pub zone_ruled: bool,
    /// Whether its columns say the zone of timestamps.
    pub zone_named: bool,
    /// What is to be said of it, if what it was taken for is a guess.
    pub hint: Option<String>,
    /// Whether there is nothing in it but white space.
    pub empty: bool,
}

impl About {
    /// What an item and what is said of it tell.
    pub fn new(item: &Item, rule: Option<&Rule>, request: &Request) -> About {
        About {
            name: item.place.name.clone(),
            format: Format::Auto,
            layers: item.packings.iter().map(|packing| packing.name()).collect(),
            charset: None,
            archive: item.archive.clone(),
            message_start: message_start(rule, request).map(ToString::to_string),
            guessed: wanted(rule, request) == Format::Auto,
            stamped: false,
            rule: rule.map(|rule| rule.place.clone()),
            zone_ruled: rule.is_some_and(|rule| rule.zone.is_some()),
            zone_named: false,
            hint: None,
            empty: false,
        }
    }

    /// With what it was taken for.
    pub fn taken_for(self, taken: &Taken) -> About {
        About {
            format: taken.shape.format(),
            stamped: taken.shape == Shape::Stamped,
            zone_named: taken.shape == (Shape::Csv { utc: true }),
            hint: taken.hint.clone(),
            ..self
        }
    }

    /// What is odd of it, if something is.
    pub fn odd(&self) -> Option<String> {
        let words =
            "taken as CSV: each row below the header is a JSON object of columns; --format text keeps the lines";
        (self.guessed && self.format == Format::Csv).then(|| words.to_string()).or(self.hint.clone())
    }

    /// With what lies around the text.
    pub fn under(mut self, bare: &Bare) -> About {
        self.layers.extend(bare.packings.iter().map(|packing| packing.name()));
        self.charset = bare.decoded;
        self
    }
}
