//! The formats of inputs.

use std::fmt;
use std::str::FromStr;

/// How the bytes of an input are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// By what they look like.
    #[default]
    Auto,
    /// One message a line.
    Text,
    /// JSON: one object a line, or an array of them, or objects of several lines.
    Json,
    /// Comma-separated values with a header: a row a message, as a JSON object.
    Csv,
    /// Windows events: one `<Event …>…</Event>` a message.
    Xml,
    /// The binary event log of Windows: a message a record.
    Evtx,
    /// JSON with `_raw`, times and metadata.
    Messages,
}

/// Formats and their names.
const NAMES: [(&str, Format); 7] = [
    ("auto", Format::Auto),
    ("text", Format::Text),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("xml", Format::Xml),
    ("evtx", Format::Evtx),
    ("messages", Format::Messages),
];

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, format)| format == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl FromStr for Format {
    type Err = String;

    /// The format of this name, letter case aside. The error lists the names.
    fn from_str(text: &str) -> Result<Format, String> {
        match NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            Some((_, format)) => Ok(*format),
            None => {
                let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
                Err(format!("no format `{text}`; formats are {}", names.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        for (name, format) in NAMES {
            assert_eq!(name.parse(), Ok(format));
            assert_eq!(format.to_string(), name);
        }
        assert_eq!("XML".parse(), Ok(Format::Xml));
        let error = "yaml".parse::<Format>().err();
        assert!(error.is_some_and(|error| error.starts_with("no format `yaml`; formats are auto, text")));
    }
}
