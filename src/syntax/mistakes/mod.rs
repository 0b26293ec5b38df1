//! Mistakes that have a shape: what stands where a stage could not be read any further tells what was meant.
//!
//! | file | has |
//! |---|---|
//! | `names` | names that need `%"…"`, variables |
//! | `patterns` | patterns without quotes or names |
//! | `conditions` | words and signs in conditions |
//! | `calls` | arguments of operators, functions and aggregates |
//! | `brackets` | brackets and missing stages |
//!
//! Each check looks at the text around the furthest place that was reached. It says what is wrong there and what to write
//! instead; where the change is plain it is a replacement too.

mod brackets;
mod calls;
mod conditions;
mod names;
mod patterns;

use super::error::Furthest;
use super::input::ParseContext;
use super::lexical::{QUOTES, escaped_name, is_word_char};
use super::stage::first_word;
use crate::diagnostics::{Diagnostic, Span, codes};

/// The place where a stage could not be read.
pub(super) struct Place<'a> {
    cx: &'a ParseContext<'a>,
    /// Where the stage begins.
    start: usize,
    /// How far it could be read.
    at: usize,
    /// What was expected there.
    expected: &'a [&'static str],
}

impl<'a> Place<'a> {
    pub fn new(cx: &'a ParseContext<'a>, start: usize, furthest: &'a Furthest) -> Place<'a> {
        Place { cx, start, at: furthest.at, expected: &furthest.what }
    }

    /// The first mistake that has this shape.
    pub fn mistake(&self) -> Option<Diagnostic> {
        let checks: [fn(&Place<'a>) -> Option<Diagnostic>; 18] = [
            Self::empty_stage,
            Self::quoted_name,
            Self::name_with_sign,
            Self::subscript,
            Self::variable,
            Self::number_list,
            Self::slice_width,
            Self::group_parentheses,
            Self::missing_parentheses,
            Self::unquoted_path,
            Self::unquoted_pattern,
            Self::pattern_names,
            Self::without_field,
            Self::list,
            Self::infix_word,
            Self::name_with_blank,
            Self::joint,
            Self::open_bracket,
        ];
        checks.into_iter().find_map(|check| check(self))
    }

    // ---- what is where ------------------------------------------------------------------------------------------

    fn before(&self) -> &'a str {
        self.cx.source.get(self.start.min(self.at)..self.at).unwrap_or("")
    }

    fn rest(&self) -> &'a str {
        self.cx.source.get(self.at..).unwrap_or("")
    }

    fn stage_word(&self) -> &'a str {
        first_word(self.cx.source.get(self.start..).unwrap_or(""))
    }

    fn is_stage(&self, word: &str) -> bool {
        self.stage_word().eq_ignore_ascii_case(word)
    }

    /// The word right before the place, blanks aside, with where it begins.
    fn last_word(&self) -> (usize, &'a str) {
        let before = self.before().trim_end();
        let length: usize = before.chars().rev().take_while(|c| is_word_char(*c)).map(char::len_utf8).sum();
        let word = &before[before.len() - length..];
        (self.start.min(self.at) + before.len() - length, word)
    }

    fn expects(&self, what: &str) -> bool {
        self.expected.contains(&what)
    }

    fn takes_value(&self) -> bool {
        self.expects("an expression") || self.expects("a quoted text")
    }

    fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&codes::UNEXPECTED, span, message)
    }

    /// The token that a place is in: a name with the given signs in it.
    fn token(&self, signs: &str) -> Span {
        let inside = |c: &char| is_word_char(*c) || *c == '.' || signs.contains(*c);
        let back: usize = self.before().chars().rev().take_while(inside).map(char::len_utf8).sum();
        let ahead: usize = self.rest().chars().take_while(inside).map(char::len_utf8).sum();
        Span::new(self.at - back, self.at + ahead)
    }

    /// Quoted text that begins at the place, without its quotes.
    fn quoted(&self) -> Option<(&'a str, Span)> {
        let quote = self.rest().chars().next().filter(|c| QUOTES.contains(c) || *c == '\'')?;
        let body = &self.rest()[quote.len_utf8()..];
        let end = body.find(|c| c == quote || (quote == '“' && c == '”'))?;
        let close = body[end..].chars().next().map_or(0, char::len_utf8);
        Some((&body[..end], Span::new(self.at, self.at + quote.len_utf8() + end + close)))
    }
}

/// What is said of a name that can't be written plainly: the same wherever it stands.
pub(crate) fn name_with_sign(span: Span, name: &str) -> Diagnostic {
    let escaped = escaped_name(name);
    let sign = name.chars().find(|c| !is_word_char(*c) && *c != '.').unwrap_or('-');
    Diagnostic::error(&codes::UNEXPECTED, span, format!("`{name}` is not a plain name"))
        .help(format!("write a name with `{sign}` as `{escaped}`"))
        .replace(span, escaped)
}
