//! Errors, warnings and notes as values: a span in the query text, a stable code, a message, a hint.
//!
//! A [`Diagnostic`] is what the rooms of the language report. [`LocatedDiagnostic`] is the same as everyone outside gets it:
//! with lines and columns, serialisable, ready to be drawn. Nothing here prints.

pub mod codes;
pub mod fix;
pub mod line_index;
pub mod located;
mod render;

pub use codes::Code;
pub use fix::{Edit, Fix};
pub use line_index::{Columns, LineIndex, Position};
pub use located::{LocatedDiagnostic, LocatedLabel};

use serde::Serialize;

/// A range of bytes in the query text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text the span covers, empty when it does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// The query runs, but probably not as meant, or not in Sumo Logic itself.
    Warning,
    /// The query can't run.
    Error,
}

impl Severity {
    /// Its name: `note`, `warning`, `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A second place in the query that helps to understand the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One thing to say about a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, with its page in `docs/errors/`.
    pub code: &'static Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the query.
    pub span: Span,
    /// What is wrong, one line, no full stop.
    pub message: String,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// The same as a change of the text, where it is certain.
    pub fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// An error at a place in the query.
    pub fn error(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning at a place in the query.
    pub fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// Adds the hint.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the hint when there is one.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds a change of the text that does what the hint says: a text in the place of another.
    pub fn replace(self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        match text.is_empty() {
            true => self.fix(Fix::new("remove it", vec![Edit { span, text }])),
            false => self.fix(Fix::replace(span, text)),
        }
    }

    /// Says what was perhaps meant by a name, if anything is near, and what to write for it.
    pub fn maybe_meant(self, name: Span, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")).fix(Fix::replace(name, near)),
            None => self,
        }
    }

    /// Adds a change of the text that does what the hint says.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(Box::new(fix));
        self
    }

    /// Adds a second place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Whether it stops the query.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The known name nearest to a mistyped one, if any is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (distance(&word, &name.to_lowercase()), name))
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, name)| (*far, name.len()))
        .map(|(_, name)| name)
}

/// Number of insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["where", "parse", "count", "timeslice"];
        assert_eq!(nearest("wher", names), Some("where"));
        assert_eq!(nearest("WHREE", names), Some("where"));
        assert_eq!(nearest("timslice", names), Some("timeslice"));
        assert_eq!(nearest("transaction", names), None);
    }
}
