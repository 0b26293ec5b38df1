//! Brackets that are never closed, and stages that are not there.

use super::super::stage::first_word;
use super::Place;
use crate::diagnostics::{Diagnostic, Span};

impl<'a> Place<'a> {
    /// Nothing between two pipes, or behind the last.
    pub(super) fn empty_stage(&self) -> Option<Diagnostic> {
        let rest = self.rest().trim_start();
        let empty = self.before().trim().is_empty() && (rest.is_empty() || rest.starts_with('|'));
        if !empty {
            return None;
        }
        let pipe = self.cx.source[..self.at].trim_end().rfind('|')?;
        let error = Self::error(Span::new(pipe, pipe + 1), "no stage follows this `|`");
        Some(error.help("remove the `|`, or write a stage after it").replace(Span::new(pipe, pipe + 1), ""))
    }

    /// The brackets that are open at the place, with where they stand.
    pub(super) fn depth(&self) -> Vec<(char, usize)> {
        let mut open = Vec::new();
        let mut rest = self.before();
        while let Some(c) = rest.chars().next() {
            let at = self.at - rest.len();
            rest = &rest[c.len_utf8()..];
            match c {
                '"' => {
                    let mut escaped = false;
                    let close = rest.find(|c: char| {
                        let ends = !escaped && c == '"';
                        escaped = !escaped && c == '\\';
                        ends
                    });
                    rest = close.map_or("", |close| &rest[close + 1..]);
                }
                '(' | '[' => open.push((c, at)),
                ')' | ']' => drop(open.pop()),
                _ => {}
            }
        }
        open
    }

    /// A bracket that is still open where only its end could follow.
    pub(super) fn open_bracket(&self) -> Option<Diagnostic> {
        let (bracket, opened) = self.depth().pop()?;
        let close = if bracket == '(' { ")" } else { "]" };
        let word = first_word(self.rest()).to_lowercase();
        let ends = self.rest().trim().is_empty()
            || self.rest().starts_with(['|', ']', ')'])
            || ["as", "by"].contains(&word.as_str());
        (ends && self.expects(close) || (ends && self.rest().trim().is_empty() && !self.expects("an expression"))).then(
            || {
                let error = Self::error(Span::new(opened, opened + 1), format!("this `{bracket}` is never closed"));
                error
                    .label(Span::new(self.at, self.at), format!("expected `{close}` here"))
                    .help(format!("add `{close}`"))
                    .replace(Span::new(self.at, self.at), close)
            },
        )
    }
}
