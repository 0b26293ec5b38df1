//! Draws a diagnostic under the query text it speaks of.

use super::line_index::floor;
use super::{LocatedDiagnostic, Severity, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The diagnostic as text of several lines; `name` is what the query is called (a file, or `query`).
pub(super) fn render(diagnostic: &LocatedDiagnostic, name: &str, text: &str, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut snippet =
        Snippet::source(text).path(name).annotation(AnnotationKind::Primary.span(range(diagnostic.span, text)));
    for label in &diagnostic.labels {
        snippet = snippet.annotation(AnnotationKind::Context.span(range(label.span, text)).label(&label.text));
    }
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.id);
    let mut groups = vec![Group::with_title(title).element(snippet)];
    if let Some(help) = &diagnostic.help {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&groups).to_string()
}

/// The span as a range that lies inside the text and on character boundaries, whatever text it is.
fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let start = floor(text, span.start);
    start..floor(text, span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, codes};
    use super::*;

    fn drawn(diagnostic: Diagnostic, text: &str) -> String {
        LocatedDiagnostic::all([&diagnostic], text).iter().map(|located| located.draw("query", text, false)).collect()
    }

    #[test]
    fn draws_the_place_the_code_and_the_hint() {
        let text = "* | wher x = 1";
        let d = Diagnostic::error(&codes::UNKNOWN_OPERATOR, Span::new(4, 8), "unknown operator `wher`")
            .help("did you mean `where`?");
        let drawn = drawn(d, text);
        for part in ["error[E102]: unknown operator `wher`", "^^^^", "did you mean `where`?", "query:1:5"] {
            assert!(drawn.contains(part), "{part} is missing in\n{drawn}");
        }
    }

    #[test]
    fn a_span_outside_the_text_does_no_harm() {
        let d = Diagnostic::error(&codes::UNEXPECTED, Span::new(90, 95), "x");
        assert!(drawn(d, "é").contains("E101"));
        let d = Diagnostic::error(&codes::UNEXPECTED, Span::new(1, 1), "x");
        assert!(drawn(d, "é").contains("E101"));
    }
}
