//! Words and signs inside conditions.

use super::super::lexical::is_word_char;
use super::super::other_languages::{Language, Position, find};
use super::super::stage::first_word;
use super::Place;
use crate::diagnostics::{Diagnostic, Span};

impl<'a> Place<'a> {
    /// `x in [1, 2]`, `x in "a", "b"`.
    pub(super) fn list(&self) -> Option<Diagnostic> {
        let (_, word) = self.last_word();
        let begins = self.rest().starts_with(['[', '{', '"']) || self.rest().starts_with(is_word_char);
        (word.eq_ignore_ascii_case("in") && self.expects("(") && begins).then(|| {
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            let error = Self::error(Span::new(self.at, self.at + length), "a list stands in parentheses");
            error.help("write `x in (\"a\", \"b\")`")
        })
    }

    /// A word or sign of another language between a value and what follows it.
    pub(super) fn infix_word(&self) -> Option<Diagnostic> {
        let rest = self.rest();
        let sign_length: usize = rest.chars().take_while(|c| "=<>~&*".contains(*c)).map(char::len_utf8).sum();
        let word = first_word(rest);
        let back: usize = self.before().chars().rev().take_while(|c| "=<>~".contains(*c)).map(char::len_utf8).sum();
        let (start, end) = match word.is_empty() {
            true => (self.at - back, self.at + sign_length),
            false if rest[word.len()..].starts_with('~') => (self.at, self.at + word.len() + 1),
            false => (self.at, self.at + word.len()),
        };
        let span = Span::new(start, end);
        let written = span.of(self.cx.source);
        let (left_start, left) = self.last_word();
        if (written.eq_ignore_ascii_case("is") || written.eq_ignore_ascii_case("null")) && !left.is_empty() {
            return self.null_test((left_start, left));
        }
        let row = find(written, Position::Inside)?;
        let message = match row.languages {
            [Language::Published] => format!("`{written}` is not an operator"),
            _ => format!("`{written}` is from {}", row.origin()),
        };
        let error = Self::error(span, message);
        Some(row.explain(error, span, self.cx.source))
    }

    /// `x is null`, `x is not null`, `x not null`.
    pub(super) fn null_test(&self, (left_start, left): (usize, &str)) -> Option<Diagnostic> {
        let mut words = Vec::new();
        let mut end = self.at;
        let from = if left.eq_ignore_ascii_case("not") { left_start } else { self.at };
        let mut rest = self.cx.source.get(from..)?;
        while words.len() < 3 {
            let trimmed = rest.trim_start();
            let word = first_word(trimmed).to_lowercase();
            if !["is", "not", "null"].contains(&word.as_str()) {
                break;
            }
            end = self.cx.source.len() - trimmed.len() + word.len();
            rest = &trimmed[word.len()..];
            words.push(word);
        }
        let negated = words.iter().any(|word| word == "not");
        if words.last().is_none_or(|word| word != "null") {
            return None;
        }
        let before = self.cx.source[..from].trim_end();
        let name_length: usize =
            before.chars().rev().take_while(|c| is_word_char(*c) || *c == '.').map(char::len_utf8).sum();
        let span = Span::new(before.len() - name_length, end);
        let name = if name_length == 0 { "x" } else { &before[before.len() - name_length..] };
        let call = if negated { format!("!isNull({name})") } else { format!("isNull({name})") };
        let error = Self::error(Span::new(from, end), format!("`{}` is from SQL", words.join(" ")));
        let error = error.help(format!("write `{call}`"));
        Some(if name_length == 0 { error } else { error.replace(span, call) })
    }

    /// `where x = 1, y = 2`.
    pub(super) fn joint(&self) -> Option<Diagnostic> {
        let joins =
            self.is_stage("where") && self.expects("an operator") && self.expects("and") && self.depth().is_empty();
        let comma = self.rest().starts_with(',');
        let word = !first_word(self.rest()).is_empty()
            && self.cx.catalogue.operators_starting(first_word(self.rest())).next().is_none();
        (joins && (comma || word) && self.before().contains(['=', '<', '>', '"', ')'])).then(|| {
            let length = if comma { 1 } else { first_word(self.rest()).len() };
            let found = &self.rest()[..length];
            let span = Span::new(self.at, self.at + length);
            let error = Self::error(span, format!("expected `and`, `or` or the next stage, found `{found}`"));
            error.help("join conditions with `and` or `or`")
        })
    }
}
