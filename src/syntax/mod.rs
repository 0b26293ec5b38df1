//! Text to tree. [`parse`] never fails: it gives a tree and every error it found, each with its place.
//!
//! | file | reads |
//! |---|---|
//! | `input` | (the text and what all parsers share) |
//! | `error` | (why a parser failed: what was expected, or what nothing can mend) |
//! | `lexical` | words, numbers, quoted texts, comments |
//! | `scope` | the scope, before the first pipe |
//! | `regex_literal` | `/regular expressions/` |
//! | `expression` | expressions, one function per level of precedence |
//! | `form` | the notation of an operator's arguments |
//! | `form_parser` | an operator's arguments, by its form |
//! | `stage` | stages, aggregates, recovery at the next pipe |
//! | `explain` | (what is said of a text that could not be read) |
//! | `other_languages` | (words of other query languages, with what to write instead) |
//! | `mistakes` | (mistakes that have a shape) |
//! | `several` | where a second query begins in a text |
//! | `format` | writes a query in its canonical layout |
//! | `parameters` | puts values for `{{parameters}}` before anything is read |

mod error;
mod explain;
pub mod expression;
pub mod expression_words;
pub mod form;
mod form_parser;
pub mod format;
pub mod input;
pub mod lexical;
pub mod metrics_operators;
pub(crate) mod mistakes;
pub mod other_languages;
pub mod parameters;
pub mod regex_literal;
pub mod scope;
mod several;
pub mod signature;
pub mod signatures;
pub mod stage;
pub mod tree;
pub mod unset_parameters;
mod walk;

use crate::diagnostics::{Diagnostic, Span, codes};
use input::ParseContext;
pub use input::Quotes;
use nom::Parser;
use nom::combinator::eof;
use nom::sequence::terminated;
use signatures::Signatures;
use tree::{Expr, Query, Search, SearchKind};

/// The longest query Sumo Logic accepts, in characters (manual page `search-syntax-overview`).
pub const MAX_QUERY_BYTES: usize = 15_000;

/// Whether a text is longer than any query: nothing of it is read, and no parameter in it gets a value.
pub fn is_too_long(text: &str) -> bool {
    text.len() > MAX_QUERY_BYTES && text.chars().count() > MAX_QUERY_BYTES
}

/// Reads a query. The tree holds whatever could be read; the diagnostics say what could not.
pub fn parse(text: &str, catalogue: &Signatures) -> (Query, Vec<Diagnostic>) {
    let (query, diagnostics) = parse_one(text, catalogue);
    if diagnostics.iter().any(Diagnostic::is_error)
        && let Some(at) = several::second(text, catalogue)
    {
        let (first, mut found) = parse(&text[..at], catalogue);
        found.push(several::diagnostic(text, at));
        return (first, found);
    }
    (query, diagnostics)
}

/// Reads a text as one query, whatever is wrong with it.
fn parse_one(text: &str, catalogue: &Signatures) -> (Query, Vec<Diagnostic>) {
    if is_too_long(text) {
        // Not read at all: generated queries of half a million characters take minutes to plan.
        let message = format!("the query is longer than {MAX_QUERY_BYTES} characters");
        let search = Search { kind: SearchKind::All, span: Span::default() };
        let query = Query { search, stages: Vec::new(), span: Span::new(0, text.len()) };
        return (query, vec![Diagnostic::error(&codes::TOO_LONG, Span::new(0, 0), message)]);
    }
    let (query, diagnostics) = read(text, catalogue, Quotes::Plain);
    if text.contains("\\\"") && diagnostics.iter().any(Diagnostic::is_error) {
        // Converted detections end texts with a backslash that was not doubled. Read so only if that mends everything.
        let (loose, found) = read(text, catalogue, Quotes::Loose);
        if !found.iter().any(Diagnostic::is_error) {
            return (loose, found);
        }
    }
    (query, diagnostics)
}

/// Reads a query in one way: what the grammar describes, if quotes are [`Quotes::Plain`].
pub fn read(text: &str, catalogue: &Signatures, quotes: Quotes) -> (Query, Vec<Diagnostic>) {
    let cx = ParseContext::new(text, catalogue, quotes);
    let mut diagnostics = Vec::new();
    let query = stage::query(cx.input(), &mut diagnostics);
    (query, diagnostics)
}

/// Reads a text that is, as a whole, an expression.
pub fn whole_expression(text: &str, catalogue: &Signatures) -> Option<Expr> {
    let cx = ParseContext::new(text, catalogue, Quotes::Plain);
    let whole = terminated(expression::expression, (lexical::blanks, eof)).parse(cx.input()).ok();
    whole.map(|(_, expr)| expr)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (usize, Vec<&'static str>) {
        let (query, diagnostics) = parse(text, &crate::catalogue());
        (query.stages.len(), diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect())
    }

    #[test]
    fn a_query_that_is_too_long_is_not_read() {
        let query = |length: usize| format!("* | count{}| oops (", " ".repeat(length - 17));
        assert_eq!(read(&query(MAX_QUERY_BYTES)), (2, vec!["E201"]));
        assert_eq!(read(&query(MAX_QUERY_BYTES + 1)), (0, vec!["E105"]));
    }

    #[test]
    fn reading_ends_after_many_errors() {
        let (stages, codes) = read(&format!("*{}", "| oops (".repeat(1_000)));
        assert_eq!((stages, codes.len()), (stage::MAX_ERRORS, stage::MAX_ERRORS));
    }
}
