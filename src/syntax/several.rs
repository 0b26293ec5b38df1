//! Several queries in one text, one after the other: where the second begins. A text holds one query, and what is said of
//! two of them read as one helps nobody.

use super::input::{ParseContext, Quotes};
use super::lexical::{QUOTES, blank, is_word_char, string};
use super::scope::search;
use super::signatures::Signatures;
use crate::diagnostics::{Diagnostic, Span, codes};

/// Words after which a query goes on.
const JOINTS: &[&str] = &["and", "or", "not", "by", "as", "in", "matches", "contains", "on", "from", "group", "where"];

/// Where a second query seems to begin in a text that can't be read as one: on a line of its own, with a scope, behind a
/// query that has stages.
pub(super) fn second(text: &str, catalogue: &Signatures) -> Option<usize> {
    let cx = ParseContext::new(text, catalogue, Quotes::Plain);
    let (mut rest, mut end, mut depth, mut piped) = (text, 0, 0_usize, false);
    loop {
        let start = blank(rest);
        let at = text.len() - start.len();
        if start.starts_with("/*") {
            return None;
        }
        let gap = &text[end..at];
        if depth == 0 && piped && gap.contains('\n') && may_end(&text[..end]) && begins(gap, start, catalogue) {
            return Some(at);
        }
        let c = start.chars().next()?;
        rest = match c {
            '(' | '[' => {
                depth += 1;
                &start[1..]
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                &start[1..]
            }
            '|' => {
                piped = true;
                &start[1..]
            }
            c if QUOTES.contains(&c) => string(cx.input().with(start)).ok()?.0.text,
            // With all that is glued to it: `prod/*` begins no comment.
            _ => start.trim_start_matches(|c: char| !c.is_whitespace() && !"()[]|".contains(c) && !QUOTES.contains(&c)),
        };
        end = text.len() - rest.len();
    }
}

/// What is said of it.
pub(super) fn diagnostic(text: &str, at: usize) -> Diagnostic {
    let line = text[at..].lines().next().unwrap_or("").trim_end().len();
    Diagnostic::error(&codes::SEVERAL, Span::new(at, at + line), "a second query begins here")
        .help("a file holds one query: put this one in a file of its own; if it is a stage, put `|` before it")
}

/// Whether a query can end with this text.
fn may_end(text: &str) -> bool {
    let word = &text[text.trim_end_matches(is_word_char).len()..];
    !text.ends_with(['|', ',', '=', '<', '>', '+', '-', '/', '%', '!', '&', ':', '?'])
        && !JOINTS.iter().any(|joint| word.eq_ignore_ascii_case(joint))
}

/// Whether a scope begins here. `gap` is what lies before it: an empty line or a comment says that something new begins;
/// without one, only the metadata of a message or `*` does.
fn begins(gap: &str, start: &str, catalogue: &Signatures) -> bool {
    let apart = gap.chars().filter(|c| *c == '\n').count() > 1 || !gap.trim().is_empty();
    let first = start.trim_start_matches(['(', '!', ' ']);
    let name = &first[..first.find(|c: char| !is_word_char(c) && !"%.-@/".contains(c)).unwrap_or(first.len())];
    let after = first[name.len()..].trim_start();
    let pair = !name.is_empty() && after.starts_with('=') && !after.starts_with("=~");
    let everything = first.strip_prefix('*').is_some_and(|after| {
        let after = blank(after);
        after.is_empty() || after.starts_with('|')
    });
    let named = || {
        catalogue.operators_starting(name).next().is_some()
            || catalogue.aggregate(name).is_some()
            || catalogue.function(name).is_some()
    };
    if !everything && !(pair && (apart || name.starts_with('_'))) && !(apart && !pair && !named()) {
        return false;
    }
    let cx = ParseContext::new(start, catalogue, Quotes::Plain);
    search(cx.input()).is_ok_and(|(rest, _)| {
        let rest = rest.blank();
        // Words alone are a query only with stages.
        rest.starts_with('|') || (rest.is_empty() && (pair || everything))
    })
}
