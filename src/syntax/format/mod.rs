//! The canonical layout of a query: tree to text.
//!
//! ```text
//! _sourceCategory=prod/web error
//! | parse "user=*," as user nodrop
//! | where
//!     user = "ann"
//!     or (
//!       // Only servers.
//!       host matches "srv*"
//!       and not status in (200, 204)
//!     )
//! | count by user, host
//! ```
//!
//! One stage a line, begun with `| `. What does not fit into [`WIDTH`] characters is broken: conditions before each `and`
//! or `or` of the loosest kind, lists and calls after commas, arguments before keywords. Names, texts, numbers, patterns
//! and the names of functions stay as written, and so do comments, which keep their place; keywords get the letter case
//! of the language (`AND`, `OR`, `NOT` in a scope).
//!
//! | file | holds |
//! |---|---|
//! | `marks` | where the tree's leaves stand |
//! | `tokens` | the leaves and what is between them, with comments |
//! | `spacing` | blanks between tokens of a line |
//! | `layout` | where lines may break |
//! | `doc` | the printer that decides where they do |
//! | `outline` | a tree without its places, to compare two |

mod doc;
mod layout;
mod marks;
mod outline;
mod spacing;
mod tokens;

pub use marks::Role;
pub use outline::outline;

use super::{MAX_QUERY_BYTES, parse};
use crate::diagnostics::{Diagnostic, Span};
use crate::syntax::signatures::Signatures;
use crate::syntax::tree::Query;
use layout::{Layout, nodes};
use marks::Marks;
use tokens::Tokens;

/// How many characters a line should have at most.
pub const WIDTH: usize = 100;

/// Why a query is left as it is.
#[derive(Clone, Debug)]
pub enum Unchanged {
    /// It can't be read; this is what is wrong with it.
    Errors(Vec<Diagnostic>),
    /// Laid out it would be read otherwise.
    Different,
}

/// The leaves of a query, in the order of the text: where each stands and what it is.
pub fn leaves(text: &str, query: &Query, catalogue: &Signatures) -> Vec<(Span, Role)> {
    Marks::of(text, query, catalogue).atoms.into_iter().map(|mark| (mark.span, mark.role)).collect()
}

/// A query in its canonical layout, with a line end at its end. Formatting that again changes nothing.
///
/// # Errors
/// The query can't be read, or would not mean the same.
pub fn format(text: &str, catalogue: &Signatures) -> Result<String, Unchanged> {
    let (query, diagnostics) = parse(text, catalogue);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Unchanged::Errors(diagnostics));
    }
    let tokens = Tokens::of(text, &Marks::of(text, &query, catalogue));
    let nodes = nodes(&tokens.all).ok_or(Unchanged::Different)?;
    let doc = Layout { tokens: &tokens.all }.query(&nodes, &tokens);
    let mut out = doc::print(&doc, WIDTH);
    if out.chars().count() > MAX_QUERY_BYTES {
        // Indents can make a query longer than Sumo Logic takes.
        out = doc::print(&doc, usize::MAX);
    }
    let (again, diagnostics) = parse(&out, catalogue);
    match diagnostics.iter().any(Diagnostic::is_error) || outline(&again) != outline(&query) {
        true => Err(Unchanged::Different),
        false => Ok(out),
    }
}
