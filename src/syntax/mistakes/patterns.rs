//! Patterns without quotes or names.

use super::super::lexical::is_word_char;
use super::super::stage::first_word;
use super::Place;
use crate::diagnostics::{Diagnostic, Span};

impl<'a> Place<'a> {
    /// `parse user=* as user`, `where x = a*`.
    pub(super) fn unquoted_pattern(&self) -> Option<Diagnostic> {
        if self.is_stage("parse") && self.expects("a quoted text") {
            let pattern = self.rest();
            let lower = pattern.to_ascii_lowercase();
            let end = lower.find(" as ").unwrap_or(pattern.len()).min(pattern.find('|').unwrap_or(pattern.len()));
            let pattern = pattern[..end].trim_end().trim_matches('\'');
            let span = Span::new(self.at, self.at + self.rest()[..end].trim_end().len());
            let plain = !pattern.is_empty() && !pattern.contains('"');
            return plain.then(|| {
                let error = Self::error(span, "a pattern stands in double quotes");
                error.help(format!("write `parse \"{pattern}\" as name`")).replace(span, format!("\"{pattern}\""))
            });
        }
        let before = self.before().trim_end();
        let starred = before.strip_suffix('*')?;
        let length: usize =
            starred.chars().rev().take_while(|c| is_word_char(*c) || "./-*".contains(*c)).map(char::len_utf8).sum();
        let word = &before[before.len() - 1 - length..];
        let joint = starred[..starred.len() - length].trim_end();
        let compared = joint.ends_with('=') || joint.to_ascii_lowercase().ends_with("matches");
        (compared && self.expects("an expression")).then(|| {
            let start = self.start + before.len() - word.len();
            let span = Span::new(start, start + word.len());
            Self::error(span, "a pattern stands in quotes")
                .help(format!("write `matches \"{word}\"`"))
                .replace(span, format!("\"{word}\""))
        })
    }

    /// `parse "x=(?<u>\w+)"`, `parse "x=*"`, `parse regex "(\w+)" as u`.
    pub(super) fn pattern_names(&self) -> Option<Diagnostic> {
        if !self.is_stage("parse") && !self.is_stage("extract") {
            return None;
        }
        let before = self.before().trim_end();
        let regex = before.to_ascii_lowercase().contains("regex") || self.is_stage("extract");
        let (open, close) = (before.find('"')?, before.rfind('"')?);
        let pattern = before.get(open + 1..close)?;
        let span = Span::new(self.start + open, self.start + close + 1);
        let word = first_word(self.rest());
        if regex && word.eq_ignore_ascii_case("as") {
            let name = first_word(self.rest()[word.len()..].trim_start());
            let whole = Span::new(self.at, self.at + word.len());
            let help = match pattern.contains("(?<") {
                true => "remove `as …`: each group `(?<name>…)` names its field".to_string(),
                false => format!("name the group in the pattern: `{}`", named_group(pattern, name)),
            };
            return Some(Self::error(whole, "`parse regex` names its fields in the pattern, not with `as`").help(help));
        }
        if !self.expects("as") || !before.ends_with('"') {
            return None;
        }
        Some(match pattern.contains("(?<") {
            true => {
                let at = Span::new(self.start, self.start + "parse".len());
                let error = Self::error(span, "a pattern with groups is a regular expression");
                error.help(format!("write `parse regex \"{pattern}\"`")).replace(at, "parse regex")
            }
            false => {
                let stars = pattern.matches('*').count();
                let names = ["a", "b", "c", "d"][..stars.clamp(1, 4)].join(", ");
                let what = if stars == 1 { "the field" } else { "the fields" };
                let error = Self::error(Span::new(self.at, self.at), format!("{what} that `*` extracts must be named"));
                error.help(format!("add `as {names}`"))
            }
        })
    }

    /// `csv extract a, b`: the word that was meant to begin the list was read as the field.
    pub(super) fn without_field(&self) -> Option<Diagnostic> {
        let (start, word) = self.last_word();
        let lists = word.eq_ignore_ascii_case("extract") && ["csv", "split"].iter().any(|stage| self.is_stage(stage));
        lists.then(|| {
            let stage = self.stage_word();
            let span = Span::new(start, start + word.len());
            let error = Self::error(span, format!("`{stage}` needs the field to read before `extract`"));
            error.help(format!("write `{stage} _raw extract …`")).replace(Span::new(start, start), "_raw ")
        })
    }
}

/// A regular expression with its first group named.
fn named_group(pattern: &str, name: &str) -> String {
    let name = if name.is_empty() { "name" } else { name };
    match pattern.find('(') {
        Some(at) => format!("{}(?<{name}>{}", &pattern[..at], &pattern[at + 1..]),
        None => format!("(?<{name}>{pattern})"),
    }
}
