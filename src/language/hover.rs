//! What there is to say of the word at a place.

use super::reference::entry::{Entry, EntryKind};
use super::tokens::{Known, TokenKind};
use crate::diagnostics::Span;
use crate::syntax::signatures::Signatures;
use serde::Serialize;

/// What there is to say of a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hover {
    /// The word.
    pub span: Span,
    /// What it is called in the reference.
    pub name: String,
    /// What it is: `operator`, `aggregate`, `function`, `expression`, `field` or `condition`.
    pub kind: &'static str,
    /// How it is written.
    pub usage: String,
    /// What it does, one line.
    pub summary: String,
    /// Rules and edge cases, in Markdown.
    pub doc: String,
    /// A query that uses it.
    pub example: Option<String>,
    /// The page of Sumo Logic's manual, if there is one.
    pub page: Option<String>,
}

/// What there is to say of the token at a place.
pub fn hover(catalogue: &Signatures, text: &str, tokens: &[Known], offset: usize) -> Option<Hover> {
    let at = |known: &&Known| known.token.span.start <= offset && offset < known.token.span.end;
    // Behind the last letter of a word, too.
    let before = |known: &&Known| known.token.span.end == offset;
    let known = tokens.iter().find(at).filter(|known| known.token.kind != TokenKind::Sign);
    let known = known.or_else(|| tokens.iter().find(before))?;
    let written = known.token.span.of(text);
    let is = |name: &&str| name.eq_ignore_ascii_case(known.entry.unwrap_or(written));
    let named = |entry: &Entry| is(&entry.name) || entry.aliases.iter().any(is);
    let fits = |entry: &Entry| match known.token.kind {
        TokenKind::Operator => entry.kind == EntryKind::Operator,
        TokenKind::Aggregate => entry.kind == EntryKind::Aggregate,
        // `if` is a word of the grammar.
        TokenKind::Function => matches!(entry.kind, EntryKind::Function | EntryKind::Word),
        TokenKind::Keyword => matches!(entry.kind, EntryKind::Word | EntryKind::Condition),
        TokenKind::Metadata => entry.kind == EntryKind::Field,
        TokenKind::Sign => entry.kind == EntryKind::Word,
        _ => false,
    };
    let entry = catalogue.entries().into_iter().find(|entry| fits(entry) && named(entry))?;
    Some(Hover {
        span: known.token.span,
        name: entry.name.to_string(),
        kind: entry.kind.name(),
        usage: entry.usage,
        summary: entry.summary.to_string(),
        doc: entry.doc.to_string(),
        example: entry.examples.first().map(|example| example.query.to_string()),
        page: (!entry.page.is_empty()).then(|| entry.page.to_string()),
    })
}
