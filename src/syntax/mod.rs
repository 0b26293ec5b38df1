//! Text to tree. [`parse`] never fails: it gives a tree and every error it found, each with its place.
//!
//! | file | reads |
//! |---|---|
//! | `lexical` | words, numbers, quoted texts, comments |
//! | `search` | the scope, before the first pipe |
//! | `expression` | expressions, one function per level of precedence |
//! | `form` | an operator's arguments, by the form its definition gives |
//! | `stage` | stages, aggregates, recovery at the next pipe |
//! | `template` | puts values for `{{parameters}}` before anything is read |

pub mod expression;
pub mod form;
pub mod lexical;
pub mod search;
pub mod stage;
pub mod template;
pub mod tree;

use crate::catalogue::Catalogue;
use crate::diagnostics::{Diagnostic, Span, codes};
use tree::Query;

/// The longest query Sumo Logic accepts, in characters (manual page `search-syntax-overview`).
pub const LONGEST_QUERY: usize = 15_000;

/// Reads a query. The tree holds whatever could be read; the diagnostics say what could not.
pub fn parse(text: &str, catalogue: &Catalogue) -> (Query, Vec<Diagnostic>) {
    let cx = lexical::Cx::new(text, catalogue);
    let mut diagnostics = Vec::new();
    if text.chars().count() > LONGEST_QUERY {
        let message = format!("the query is longer than {LONGEST_QUERY} characters");
        diagnostics.push(Diagnostic::error(&codes::TOO_LONG, Span::new(0, 0), message));
    }
    let query = stage::query(&cx, &mut diagnostics);
    (query, diagnostics)
}
