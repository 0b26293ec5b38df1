//! Names that can not be written plainly, and variables.

use super::super::lexical::{escaped_name, is_word_char};
use super::super::stage::first_word;
use super::{Place, name_with_sign};
use crate::diagnostics::{Diagnostic, Span, nearest};

impl<'a> Place<'a> {
    /// `count as "Number of Events"`.
    pub(super) fn quoted_name(&self) -> Option<Diagnostic> {
        let (text, span) = self.quoted()?;
        if !self.expects("a field name") || self.takes_value() || text.is_empty() || text.contains(['"', '\\']) {
            return None;
        }
        let name = escaped_name(text);
        let error = Self::error(span, "expected a field name, found a string");
        Some(error.help(format!("write the name as `{name}`")).replace(span, name))
    }

    /// `user name` where a name stands.
    pub(super) fn name_with_blank(&self) -> Option<Diagnostic> {
        let (start, first) = self.last_word();
        let second = first_word(self.rest());
        let names = ["fields", "sort", "order", "dedup", "top", "topk"].iter().any(|stage| self.is_stage(stage));
        let names = names || self.cx.catalogue.aggregate(self.stage_word()).is_some();
        let list = names && self.expects(",") && !self.takes_value() && !self.expects("an operator");
        let condition =
            self.is_stage("where") && self.expects("an operator") && !self.before().contains(['=', '<', '>', '"']);
        let known = |word: &str| {
            self.cx.catalogue.operators_starting(word).next().is_some()
                || ["and", "or", "asc", "desc", "nodrop", "as", "by"].contains(&word.to_lowercase().as_str())
        };
        let words =
            [first, second].iter().all(|word| !word.is_empty() && !word.starts_with(char::is_numeric) && !known(word));
        let quoted =
            self.cx.source[..start].ends_with(['%', '.', '{']) || !self.before().ends_with(char::is_whitespace);
        if !(list || condition)
            || !words
            || quoted
            || start == self.start
            || self.rest()[second.len()..].starts_with(['(', '.'])
        {
            return None;
        }
        // `count bye host`: right behind an aggregate, `by` is meant.
        let earlier = self.cx.source[..start].trim_end();
        let item = earlier.ends_with(')') || earlier.len() == self.start + self.stage_word().len();
        if let Some(near) = nearest(first, ["by", "as"]).filter(|near| list && item && first.len() >= near.len()) {
            let span = Span::new(start, start + first.len());
            let error = Self::error(span, format!("expected `by`, `as` or the next stage, found `{first}`"));
            return Some(error.help(format!("did you mean `{near}`?")).replace(span, near));
        }
        let span = Span::new(start, self.at + second.len());
        let name = format!("{first} {second}");
        let error = Self::error(span, format!("`{name}` is not a plain name"));
        let two = if list { format!(", or two names as `{first}, {second}`") } else { String::new() };
        Some(error.help(format!("write a name with a blank as `%\"{name}\"`{two}")))
    }

    /// `trace-id` where a name stands.
    pub(super) fn name_with_sign(&self) -> Option<Diagnostic> {
        let sign = self.rest().chars().next().filter(|c| "-:/@#".contains(*c))?;
        let next = self.rest()[sign.len_utf8()..].chars().next()?;
        let joined = self.before().ends_with(is_word_char) && is_word_char(next);
        let span = self.token("-:/@#");
        (joined && !self.cx.source[..span.start].ends_with('"')).then(|| name_with_sign(span, span.of(self.cx.source)))
    }

    /// `x[0]`, `tags["a"]`.
    pub(super) fn subscript(&self) -> Option<Diagnostic> {
        let inner = self.rest().strip_prefix('[').filter(|_| self.before().ends_with(is_word_char))?;
        let inner = &inner[..inner.find(']')?];
        let name = self.token("").of(self.cx.source);
        let span = Span::new(self.at - name.len(), self.at + inner.len() + 2);
        let error =
            Self::error(span, format!("`{name}` has no elements: a field is a string, a number or a condition"));
        Some(match inner.trim_matches(['"', '\'']) {
            index if index.bytes().all(|b| b.is_ascii_digit()) => {
                let help = format!(
                    "write a name with brackets as `%\"{name}[{index}]\"`; extract an element with `json field={name} \"[{index}]\" as element`"
                );
                error.help(help).replace(span, format!("%\"{name}[{index}]\""))
            }
            key => error.help(format!("extract the element first: `json field={name} \"{key}\" as {key}`")),
        })
    }

    /// `$__interval`, and a path of JSON without quotes.
    pub(super) fn variable(&self) -> Option<Diagnostic> {
        let rest = self.rest().strip_prefix('$')?;
        let length = rest.find(|c: char| !is_word_char(c) && !".:{}[]".contains(c)).unwrap_or(rest.len());
        let span = Span::new(self.at, self.at + 1 + length);
        let name = rest[..length].trim_matches(['{', '}']);
        if let Some(path) = rest[..length].strip_prefix('.') {
            return Some(
                Self::error(span, "a path stands in quotes")
                    .help(format!("write `\"{path}\"`"))
                    .replace(span, format!("\"{path}\"")),
            );
        }
        let error = Self::error(
            span,
            format!("`{}` is a variable of a dashboard in Grafana or Splunk", span.of(self.cx.source)),
        );
        Some(match self.is_stage("timeslice") {
            true => error.help("write a length of time, as in `timeslice 1m`").replace(span, "1m"),
            false => error.help(format!("write a value, or a parameter: `{{{{{name}}}}}`")),
        })
    }

    /// `json a.b`.
    pub(super) fn unquoted_path(&self) -> Option<Diagnostic> {
        let span = self.token("[]");
        let path = span.of(self.cx.source);
        let wanted =
            self.is_stage("json") && self.expects("a quoted text") && span.start == self.at && !path.is_empty();
        wanted.then(|| {
            let name = path.rsplit('.').next().unwrap_or(path);
            Self::error(span, "a path stands in quotes")
                .help(format!("write `json \"{path}\" as {name}`"))
                .replace(span, format!("\"{path}\""))
        })
    }
}
