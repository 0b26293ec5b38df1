//! Changes of a query's text that do what a hint says.

use super::Span;
use serde::Serialize;

/// A part of the text and what to write in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What is replaced; empty where something is only inserted.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change of a query's text after which a diagnostic is gone.
///
/// ```
/// let query = "* | wher status = 500";
/// let refused = sumoql::Engine::default().prepare(query).unwrap_err();
/// let fix = refused.iter().find_map(|diagnostic| diagnostic.fix.as_ref()).unwrap();
/// assert_eq!(fix.apply(query), "* | where status = 500");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// What it does, for people to choose by.
    pub title: String,
    /// The edits, in the order of the text. They do not overlap, and all speak of the text before the first of them.
    pub edits: Vec<Edit>,
    /// Whether the query gives the same rows afterwards. Otherwise it says what was probably meant.
    pub keeps_meaning: bool,
}

impl Fix {
    /// Several edits, in any order.
    pub fn new(title: impl Into<String>, mut edits: Vec<Edit>) -> Fix {
        edits.sort_by_key(|edit| edit.span);
        Fix { title: title.into(), edits, keeps_meaning: false }
    }

    /// One text in the place of another.
    pub fn replace(span: Span, text: impl Into<String>) -> Fix {
        let text = text.into();
        Fix::new(format!("write `{text}`"), vec![Edit { span, text }])
    }

    /// A text at a place.
    pub fn insert(at: usize, text: impl Into<String>) -> Fix {
        let text = text.into();
        let title = format!("insert `{}`", text.trim());
        Fix::new(title, vec![Edit { span: Span::new(at, at), text }])
    }

    /// The same fix, which gives the same rows.
    pub fn same_rows(self) -> Fix {
        Fix { keeps_meaning: true, ..self }
    }

    /// The text with all edits made. An edit that does not fit the text is left out.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for Edit { span, text: new } in &self.edits {
            let Some(before) = text.get(at..span.start).filter(|_| text.is_char_boundary(span.end)) else { continue };
            out.push_str(before);
            out.push_str(new);
            at = span.end.max(span.start);
        }
        out.push_str(text.get(at..).unwrap_or(""));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_together() {
        let edit = |start, end, text: &str| Edit { span: Span::new(start, end), text: text.into() };
        let fix = Fix::new("both", vec![edit(4, 4, ")"), edit(0, 1, "!(")]);
        assert_eq!(fix.apply("äxy"), "äxy)", "what cuts a character is left out");
        assert_eq!(fix.apply("nxyz!"), "!(xyz)!");
        assert_eq!(Fix::replace(Span::new(7, 9), "x").apply("abc"), "abc");
    }
}
