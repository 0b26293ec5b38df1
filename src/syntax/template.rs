//! Search templates: `{{name}}` and `{{{name}}}` are replaced by their values before the query is read.
//!
//! Errors are found in the text with the values in place; [`Expansion::origin`] leads a span back to the text as
//! written. Manual page: `search-templates`.

use super::lexical::parameter_end;
use crate::diagnostics::Span;

/// A query with the values in place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The text to be read.
    pub text: String,
    /// For each replacement: where it lies in `text`, and where its parameter stood as written.
    replaced: Vec<(Span, Span)>,
}

/// Puts values in place of parameters; a parameter without a value stays.
pub fn expand(text: &str, value_of: impl Fn(&str) -> Option<String>) -> Expansion {
    let mut out = Expansion::default();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        out.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(after) = parameter_end(rest) else {
            out.text.push('{');
            rest = &rest[1..];
            continue;
        };
        let written = &rest[..rest.len() - after.len()];
        match value_of(written.trim_matches(['{', '}']).trim()) {
            Some(value) => {
                let start = text.len() - rest.len();
                let place = Span::new(out.text.len(), out.text.len() + value.len());
                out.replaced.push((place, Span::new(start, start + written.len())));
                out.text.push_str(&value);
            }
            None => out.text.push_str(written),
        }
        rest = after;
    }
    out.text.push_str(rest);
    out
}

impl Expansion {
    /// The place in the text as written that a place in the expanded text comes from.
    pub fn origin(&self, span: Span) -> Span {
        Span::new(self.position(span.start, false), self.position(span.end, true))
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

    fn value(name: &str) -> Option<String> {
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
