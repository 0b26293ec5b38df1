//! Diagnostics as everyone outside gets them.

use super::render::render;
use super::{Code, Diagnostic, Fix, LineIndex, Position, Severity, Span};
use serde::{Serialize, Serializer};

/// Something to say about a query, with its place. All that is ever written of a diagnostic is made from this value.
///
/// ```
/// let refused = sumoql::Engine::default().prepare("*\n| wher x = 1").unwrap_err();
/// let error = &refused.as_slice()[0];
/// assert_eq!((error.code.id, error.start.line, error.start.column), ("E102", 2, 3));
/// assert_eq!(error.help.as_deref(), Some("did you mean `where`?"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LocatedDiagnostic {
    /// The stable code.
    #[serde(serialize_with = "id")]
    pub code: &'static Code,
    /// The page that explains the code: a path in this repository.
    pub page: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the query, in bytes.
    pub span: Span,
    /// Where that begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// What is wrong, one line, no full stop.
    pub message: String,
    /// Other places that matter.
    pub labels: Vec<LocatedLabel>,
    /// What to do about it.
    pub help: Option<String>,
    /// The same as a change of the text, where it is certain.
    pub fix: Option<Fix>,
}

/// A second place in the query that helps to understand the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LocatedLabel {
    /// Where, in bytes.
    pub span: Span,
    /// Where that begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// What is there.
    pub text: String,
}

fn id<S: Serializer>(code: &&'static Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.id)
}

impl LocatedDiagnostic {
    /// Finds the places of a diagnostic in its text. A place that does not fit the text is moved to the nearest that does.
    pub fn new(diagnostic: &Diagnostic, index: &LineIndex<'_>) -> LocatedDiagnostic {
        let (span, start, end) = located(diagnostic.span, index);
        let label = |label: &super::Label| {
            let (span, start, end) = located(label.span, index);
            LocatedLabel { span, start, end, text: label.text.clone() }
        };
        LocatedDiagnostic {
            code: diagnostic.code,
            page: diagnostic.code.page(),
            severity: diagnostic.severity,
            span,
            start,
            end,
            message: diagnostic.message.clone(),
            labels: diagnostic.labels.iter().map(label).collect(),
            help: diagnostic.help.clone(),
            fix: diagnostic.fix.as_deref().cloned(),
        }
    }

    /// The places of several diagnostics in their text.
    pub fn all<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>, text: &str) -> Vec<LocatedDiagnostic> {
        let index = LineIndex::new(text);
        diagnostics.into_iter().map(|diagnostic| LocatedDiagnostic::new(diagnostic, &index)).collect()
    }

    /// Whether it stops the query.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// As several lines, under the text it speaks of; `name` is what the query is called (a file, or `query`).
    pub fn draw(&self, name: &str, text: &str, colour: bool) -> String {
        render(self, name, text, colour)
    }
}

fn located(span: Span, index: &LineIndex<'_>) -> (Span, Position, Position) {
    let (start, end) = (index.position(span.start), index.position(span.end.max(span.start)));
    (Span::new(start.byte, end.byte), start, end)
}
