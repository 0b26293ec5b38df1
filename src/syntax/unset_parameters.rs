//! The template parameters of a text that have no value.

use super::lexical::parameter_end;
use super::{is_too_long, parameters};
use crate::diagnostics::Span;

/// A parameter without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unset {
    /// Its name.
    pub name: String,
    /// Where it stands, in the expanded text.
    pub place: Span,
}

/// The parameters of a text that have no value, in order.
pub fn unset(text: &str) -> Vec<Unset> {
    let mut found = Vec::new();
    if is_too_long(text) {
        return found;
    }
    let mut at = 0;
    while let Some(next) = text[at..].find("{{") {
        at += next;
        let Some(after) = parameter_end(&text[at..]) else {
            at += 1;
            continue;
        };
        let place = Span::new(at, text.len() - after.len());
        at = place.end;
        if commented(text, place.start) {
            continue;
        }
        found.push(Unset { name: parameters::name(place.of(text)).to_string(), place });
    }
    found
}

/// Whether a comment to the end of the line begins before a place, as far as the line alone tells.
fn commented(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    let opens = |(at, _): (usize, &str)| {
        let before = &line[..at];
        let quotes = before.matches('"').count() - before.matches("\\\"").count();
        quotes.is_multiple_of(2) && (before.is_empty() || before.ends_with(char::is_whitespace))
    };
    line.match_indices("//").any(opens)
}
