//! The texts that a record can become.

use std::fmt;
use std::str::FromStr;

/// The text that a record becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rendering {
    /// XML as Windows renders it, in the style of Windows Server 2019, on one line but for line breaks in values.
    #[default]
    Xml,
    /// One line of JSON, as Sumo Logic's Windows event sources send it.
    Json,
}

impl fmt::Display for Rendering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rendering::Xml => "xml",
            Rendering::Json => "json",
        })
    }
}

impl FromStr for Rendering {
    type Err = UnknownRendering;

    /// The rendering of this name, letter case aside.
    fn from_str(text: &str) -> Result<Rendering, UnknownRendering> {
        let known = [Rendering::Xml, Rendering::Json].into_iter();
        let mut named = known.filter(|rendering| rendering.to_string().eq_ignore_ascii_case(text));
        named.next().ok_or_else(|| UnknownRendering(text.into()))
    }
}

/// The error for a name that no [`Rendering`] has. Its text lists the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRendering(String);

impl fmt::Display for UnknownRendering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event logs can't be taken as `{}`; they can as xml or json", self.0)
    }
}

impl std::error::Error for UnknownRendering {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        for form in [Rendering::Xml, Rendering::Json] {
            assert_eq!(form.to_string().to_uppercase().parse(), Ok(form));
        }
        assert!("csv".parse::<Rendering>().is_err());
    }
}
