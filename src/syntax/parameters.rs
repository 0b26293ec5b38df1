//! Search templates: `{{name}}` and `{{{name}}}` are replaced by their values before the query is read.
//!
//! Errors are found in the text with the values in place; [`Expansion::origin`] leads a span back to the text as
//! written. Manual page: `search-templates`.

use super::lexical::{blank, parameter_end};
use super::signatures::Signatures;
use super::tree::Query;
use super::{MAX_QUERY_BYTES, is_too_long};
use crate::diagnostics::{Diagnostic, Span, codes};
use std::cmp::Ordering;

/// A query with the values in place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The text to be read.
    pub text: String,
    /// For each replacement: where it lies in `text`, and where its parameter stood as written.
    replaced: Vec<(Span, Span)>,
}

/// Puts values in place of parameters; a parameter without a value stays. `value_of` gets the place as written, and the name.
pub fn expand(text: &str, value_of: impl Fn(Span, &str) -> Option<String>) -> Expansion {
    let mut out = Expansion::default();
    let mut rest = text;
    // What is too long to be read is refused as it is. As soon as it is too long with its values, no more of them come in.
    let full = |expanded: &str| expanded.len() > MAX_QUERY_BYTES * char::MAX.len_utf8();
    if is_too_long(text) {
        out.text.push_str(text);
        return out;
    }
    while let Some(at) = rest.find("{{").filter(|_| !full(&out.text)) {
        out.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(after) = parameter_end(rest) else {
            out.text.push('{');
            rest = &rest[1..];
            continue;
        };
        let written = &rest[..rest.len() - after.len()];
        let start = text.len() - rest.len();
        let origin = Span::new(start, start + written.len());
        match value_of(origin, name(written)) {
            Some(value) => {
                let place = Span::new(out.text.len(), out.text.len() + value.len());
                out.replaced.push((place, origin));
                out.text.push_str(&value);
            }
            None => out.text.push_str(written),
        }
        rest = after;
    }
    out.text.push_str(rest);
    out
}

/// Reads a query with its values in place. Where a parameter stands for whole stages, between the end of one and the next
/// pipe, and its value is none, the value is left out with a warning: dashboards begin with such values.
pub fn parse(expansion: &mut Expansion, catalogue: &Signatures) -> (Query, Vec<Diagnostic>) {
    // A value that is no stage looks like the scope of a second query.
    let (mut query, mut diagnostics) = super::parse_one(&expansion.text, catalogue);
    let mut warnings = Vec::new();
    let at_fault = |diagnostics: &[Diagnostic], expansion: &Expansion| {
        let at = errors(diagnostics).next()?.span.start;
        expansion.alone(at).or_else(|| expansion.before(at))
    };
    while let Some(place) = at_fault(&diagnostics, expansion) {
        let value = place.of(&expansion.text).to_string();
        let mut without = expansion.text.clone();
        without.replace_range(place.start..place.end, &" ".repeat(value.len()));
        let (next, found) = super::parse_one(&without, catalogue);
        // It was at fault if there are fewer errors without it, or the next one stands further on.
        let further = errors(&found).next().is_some_and(|error| error.span.start > place.start);
        match errors(&found).count().cmp(&errors(&diagnostics).count()) {
            Ordering::Less => {}
            Ordering::Equal if further => {}
            _ => break,
        }
        let message = format!("the value `{value}` is not a stage and is ignored");
        warnings.push(
            Diagnostic::warning(&codes::VALUE_LEFT_OUT, place, message)
                .help("the value of a parameter in this place begins with a pipe, as in `| where x = 1`, or is empty"),
        );
        (query, diagnostics) = (next, found);
        expansion.text = without;
    }
    if errors(&diagnostics).next().is_some() {
        (query, diagnostics) = super::parse(&expansion.text, catalogue);
    }
    diagnostics.extend(warnings);
    (query, diagnostics)
}

/// The name of a parameter, from what is written.
pub fn name(written: &str) -> &str {
    written.trim_matches(['{', '}']).trim()
}

fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.is_error())
}

impl Expansion {
    /// The same with other texts in some places, which must be in order; and these places in the new text. They count as
    /// replaced.
    pub fn fill(&self, values: &[(Span, &str)]) -> (Expansion, Vec<Span>) {
        let mut out = Expansion::default();
        let mut places = Vec::new();
        let mut at = 0;
        for (place, value) in values {
            out.text.push_str(&self.text[at..place.start]);
            let start = out.text.len();
            out.text.push_str(value);
            places.push(Span::new(start, out.text.len()));
            at = place.end;
        }
        out.text.push_str(&self.text[at..]);
        let moved = |at: usize| {
            let before = values.iter().zip(&places).rfind(|((place, _), _)| place.end <= at);
            before.map_or(at, |((place, _), new)| at - place.end + new.end)
        };
        let old =
            self.replaced.iter().map(|(place, written)| (Span::new(moved(place.start), moved(place.end)), *written));
        let new = values.iter().zip(&places).map(|((place, _), new)| (*new, self.origin(*place)));
        out.replaced = old.chain(new).collect();
        out.replaced.sort();
        (out, places)
    }

    /// The same text from a place on; what lies before it is blanks, so that places stay.
    pub fn from(&self, at: usize) -> Expansion {
        let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
        let text = self.text[..at].bytes().map(blank).chain(self.text[at..].chars()).collect();
        Expansion { text, replaced: self.replaced.clone() }
    }

    /// The places of values that are not blank: those that were left out are, so that none is left out twice.
    fn stated(&self) -> impl Iterator<Item = Span> {
        let places = self.replaced.iter().map(|(place, _)| *place);
        places.filter(|place| !place.of(&self.text).trim().is_empty())
    }

    /// The place of the value that begins here, if it stands alone between a blank and the end of a stage.
    fn alone(&self, start: usize) -> Option<Span> {
        let place = self.stated().find(|place| place.start == start)?;
        let after = blank(&self.text[place.end..]);
        let ends = after.is_empty() || after.starts_with('|');
        (ends && self.text[..start].ends_with(char::is_whitespace)).then_some(place)
    }

    /// The place of the value that stands right before here, as the first of its line and the last of its stage: one such as
    /// `*` is read as a sign, and what follows is missed.
    fn before(&self, start: usize) -> Option<Span> {
        let behind = |place: Span| self.text.len() - blank(&self.text[place.end..]).len();
        let place = self.stated().filter(|place| place.start < start && behind(*place) == start).last()?;
        let line = self.text[..place.start].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
        self.alone(place.start).filter(|_| line)
    }

    /// The place in the text as written that a place in the expanded text comes from.
    pub fn origin(&self, span: Span) -> Span {
        Span::new(self.position(span.start, false), self.position(span.end, true))
    }

    /// Whether any of a place in the expanded text is the value of a parameter; an empty value counts too.
    pub fn has_value(&self, span: Span) -> bool {
        self.replaced.iter().any(|(place, _)| place.start <= span.end && span.start <= place.end)
    }

    /// The places in the expanded text that are values of parameters.
    pub fn values(&self) -> impl Iterator<Item = Span> + '_ {
        self.replaced.iter().map(|(place, _)| *place)
    }

    fn position(&self, at: usize, end: bool) -> usize {
        let mut shift = 0isize;
        for (place, written) in &self.replaced {
            if at < place.start || (end && at == place.start) {
                break;
            }
            if at < place.end || (end && at == place.end) {
                return if end { written.end } else { written.start };
            }
            shift = written.end as isize - place.end as isize;
        }
        (at as isize + shift).max(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(_: Span, name: &str) -> Option<String> {
        match name {
            "a" => Some("xyz".into()),
            "b" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn values_are_put_in_place_and_unknown_names_stay() {
        let out = expand("{{a}} | x={{ b }}{{c}} {{{a}}} {{", value);
        assert_eq!(out.text, "xyz | x={{c}} xyz {{");
    }

    #[test]
    fn places_know_whether_they_come_from_a_parameter() {
        let out = expand("p {{a}} q {{b}} r", value);
        assert_eq!(out.text, "p xyz q  r");
        let from = |start, end| out.has_value(Span::new(start, end));
        assert!(from(2, 5) && from(3, 4) && from(1, 7) && from(7, 9));
        assert!(!from(0, 1) && !from(6, 7) && !from(9, 10));
        assert_eq!(out.values().count(), 2);
    }

    #[test]
    fn spans_lead_back_to_the_text_as_written() {
        let written = "p {{a}} q {{a}} r";
        let out = expand(written, value);
        assert_eq!(out.text, "p xyz q xyz r");
        let place = |part: &str, nth: usize| {
            let start = out.text.match_indices(part).nth(nth).map(|(at, _)| at).unwrap_or_default();
            out.origin(Span::new(start, start + part.len())).of(written).to_string()
        };
        assert_eq!(place("q", 0), "q");
        assert_eq!(place("xyz", 0), "{{a}}");
        assert_eq!(place("xyz", 1), "{{a}}");
        assert_eq!(place("r", 0), "r");
        assert_eq!(out.origin(Span::new(3, 4)).of(written), "{{a}}", "inside a value");
    }
}
