//! Arguments of operators, functions and aggregates.

use super::super::lexical::is_word_char;
use super::super::stage::first_word;
use super::Place;
use crate::diagnostics::{Diagnostic, Span};

impl<'a> Place<'a> {
    /// `limit 10,5`.
    pub(super) fn number_list(&self) -> Option<Diagnostic> {
        let rest = self.rest().strip_prefix(',').filter(|_| self.is_stage("limit"))?;
        let number = rest.trim_start();
        let number = &number[..number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len())];
        let end = self.at + 1 + (rest.len() - rest.trim_start().len()) + number.len();
        let (start, _) = self.last_word();
        let error = Self::error(Span::new(self.at, end), "`limit` takes one number: rows can't be skipped");
        let change = Span::new(start, end);
        Some(error.help(format!("write `limit {number}`")).replace(change, number))
    }

    /// `timeslice 5`, `timeslice 5 minutes`.
    pub(super) fn slice_width(&self) -> Option<Diagnostic> {
        if !self.is_stage("timeslice") {
            return None;
        }
        let (start, number) = self.last_word();
        let width = self.rest().trim_start();
        if let Some(width) = width.strip_prefix('(') {
            let width = width.split(')').next().unwrap_or("").trim();
            let error = Self::error(Span::new(self.at, self.at + 1), "`timeslice` takes no parentheses");
            return Some(error.help(format!("write `timeslice {width}`")));
        }
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let word = first_word(self.rest());
        let unit = match word.to_lowercase().chars().next() {
            Some(unit) if !word.eq_ignore_ascii_case("as") && "smhdw".contains(unit) => unit,
            _ if word.is_empty() || word.eq_ignore_ascii_case("as") => {
                let span = Span::new(start, start + number.len());
                let error = Self::error(span, format!("`{number}` is a length of time without a unit"));
                return Some(
                    error
                        .help(format!("write a unit, as in `timeslice {number}m`, or `{number} buckets`"))
                        .replace(span, format!("{number}m")),
                );
            }
            _ => return None,
        };
        let span = Span::new(start, self.at + word.len());
        let error = Self::error(span, format!("`{word}` is not a unit of time here"));
        Some(error.help(format!("write `timeslice {number}{unit}`")).replace(span, format!("{number}{unit}")))
    }

    /// `sum by (x)`: in other languages the fields stand in parentheses.
    pub(super) fn group_parentheses(&self) -> Option<Diagnostic> {
        let inner = self.rest().strip_prefix('(')?;
        let (_, word) = self.last_word();
        let group = ["by", "group"].iter().any(|by| word.eq_ignore_ascii_case(by)) && self.expects("a field name");
        let inner = &inner[..inner.find(')').unwrap_or(inner.len())];
        let whole = Span::new(self.at, (self.at + inner.len() + 2).min(self.cx.source.len()));
        group.then(|| {
            let error =
                Self::error(Span::new(self.at, self.at + 1), format!("the fields after `{word}` have no parentheses"));
            error.help(format!("write `{word} {}`", inner.trim())).replace(whole, inner.trim())
        })
    }

    /// `sum bytes by x`, `count distinct x`, `replace x "a" "b"`.
    pub(super) fn missing_parentheses(&self) -> Option<Diagnostic> {
        let (start, word) = self.last_word();
        let rest = self.rest();
        let argument = first_word(rest);
        let blank = self.before().ends_with(char::is_whitespace);
        if word.eq_ignore_ascii_case("distinct") && !argument.is_empty() {
            let span = Span::new(start, self.at + argument.len());
            let help = format!("write `count_distinct({argument})`");
            return Some(Self::error(span, "`distinct` is not an aggregate").help(help));
        }
        if word.eq_ignore_ascii_case("count") && argument.eq_ignore_ascii_case("distinct") {
            let field = first_word(rest[argument.len()..].trim_start());
            let span = Span::new(start, self.at + argument.len());
            return Some(
                Self::error(span, "`distinct` is not an aggregate").help(format!("write `count_distinct({field})`")),
            );
        }
        let first = self.start == start;
        let aggregate = self.cx.catalogue.aggregate(word).is_some() && !argument.is_empty();
        if aggregate && blank && (first || self.before()[..start - self.start.min(start)].trim_end().ends_with(',')) {
            let span = Span::new(start, self.at + argument.len());
            let call = format!("{word}({argument})");
            let error = Self::error(span, format!("`{word}` needs its field in parentheses"));
            return Some(error.help(format!("write `{call}`")).replace(span, call));
        }
        let function = first
            && blank
            && self.cx.catalogue.function(word).is_some()
            && rest.starts_with(|c: char| c == '"' || is_word_char(c));
        let known = self.cx.catalogue.operators_starting(word).next().is_some();
        (function && !known).then(|| {
            let error = Self::error(
                Span::new(start, start + word.len()),
                format!("`{word}` needs its arguments in parentheses"),
            );
            error.help(format!("write `{word}(…) as name`"))
        })
    }
}
