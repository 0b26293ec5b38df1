//! Mistakes that have a shape: what stands where a stage could not be read any further tells what was meant.
//!
//! Each check looks at the text around the furthest place that was reached. It says what is wrong there and what to write
//! instead; where the change is plain it is a replacement too.

use super::error::Furthest;
use super::input::ParseContext;
use super::lexical::{QUOTES, escaped_name, is_word_char};
use super::other_languages::{Position, find};
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
        let checks: [fn(&Place<'a>) -> Option<Diagnostic>; 16] = [
            Self::empty_stage,
            Self::quoted_name,
            Self::name_with_sign,
            Self::subscript,
            Self::variable,
            Self::number_list,
            Self::slice_width,
            Self::missing_parentheses,
            Self::unquoted_path,
            Self::unquoted_pattern,
            Self::pattern_names,
            Self::without_field,
            Self::list,
            Self::infix_word,
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

    // ---- checks -------------------------------------------------------------------------------------------------

    /// Nothing between two pipes, or behind the last.
    fn empty_stage(&self) -> Option<Diagnostic> {
        let rest = self.rest().trim_start();
        let empty = self.before().trim().is_empty() && (rest.is_empty() || rest.starts_with('|'));
        if !empty {
            return None;
        }
        let pipe = self.cx.source[..self.at].trim_end().rfind('|')?;
        let error = Self::error(Span::new(pipe, pipe + 1), "no stage follows this `|`");
        Some(error.help("remove the `|`, or write a stage after it").replace(Span::new(pipe, pipe + 1), ""))
    }

    /// `count as "Number of Events"`.
    fn quoted_name(&self) -> Option<Diagnostic> {
        let (text, span) = self.quoted()?;
        if !self.expects("a field name") || self.takes_value() || text.is_empty() || text.contains(['"', '\\']) {
            return None;
        }
        let name = escaped_name(text);
        let error = Self::error(span, "expected a field name, found a string");
        Some(error.help(format!("write the name as `{name}`")).replace(span, name))
    }

    /// `trace-id` where a name stands.
    fn name_with_sign(&self) -> Option<Diagnostic> {
        let sign = self.rest().chars().next().filter(|c| "-:/@#".contains(*c))?;
        let next = self.rest()[sign.len_utf8()..].chars().next()?;
        let joined = self.before().ends_with(is_word_char) && is_word_char(next);
        let span = self.token("-:/@#");
        (joined && self.cx.source[..span.start].chars().next_back() != Some('"'))
            .then(|| name_with_sign(span, span.of(self.cx.source)))
    }

    /// `x[0]`, `tags["a"]`.
    fn subscript(&self) -> Option<Diagnostic> {
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
    fn variable(&self) -> Option<Diagnostic> {
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

    /// `limit 10,5`.
    fn number_list(&self) -> Option<Diagnostic> {
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
    fn slice_width(&self) -> Option<Diagnostic> {
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

    /// `sum bytes by x`, `count distinct x`, `replace x "a" "b"`.
    fn missing_parentheses(&self) -> Option<Diagnostic> {
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

    /// `json a.b`.
    fn unquoted_path(&self) -> Option<Diagnostic> {
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

    /// `parse user=* as user`, `where x = a*`.
    fn unquoted_pattern(&self) -> Option<Diagnostic> {
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
    fn pattern_names(&self) -> Option<Diagnostic> {
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
    fn without_field(&self) -> Option<Diagnostic> {
        let (start, word) = self.last_word();
        let lists = word.eq_ignore_ascii_case("extract") && ["csv", "split"].iter().any(|stage| self.is_stage(stage));
        lists.then(|| {
            let stage = self.stage_word();
            let span = Span::new(start, start + word.len());
            let error = Self::error(span, format!("`{stage}` needs the field to read before `extract`"));
            error.help(format!("write `{stage} _raw extract …`")).replace(Span::new(start, start), "_raw ")
        })
    }

    /// `x in [1, 2]`, `x in "a", "b"`.
    fn list(&self) -> Option<Diagnostic> {
        let (_, word) = self.last_word();
        let begins = self.rest().starts_with(['[', '{', '"']) || self.rest().starts_with(is_word_char);
        (word.eq_ignore_ascii_case("in") && self.expects("(") && begins).then(|| {
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            let error = Self::error(Span::new(self.at, self.at + length), "a list stands in parentheses");
            error.help("write `x in (\"a\", \"b\")`")
        })
    }

    /// A word or sign of another language between a value and what follows it.
    fn infix_word(&self) -> Option<Diagnostic> {
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
        let error = Self::error(span, format!("`{written}` is from {}", row.origin()));
        Some(row.explain(error, span, self.cx.source))
    }

    /// `x is null`, `x is not null`, `x not null`.
    fn null_test(&self, (left_start, left): (usize, &str)) -> Option<Diagnostic> {
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
    fn joint(&self) -> Option<Diagnostic> {
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

    /// The brackets that are open at the place, with where they stand.
    fn depth(&self) -> Vec<(char, usize)> {
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
    fn open_bracket(&self) -> Option<Diagnostic> {
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

/// What is said of a name that can't be written plainly: the same wherever it stands.
pub(crate) fn name_with_sign(span: Span, name: &str) -> Diagnostic {
    let escaped = escaped_name(name);
    let sign = name.chars().find(|c| !is_word_char(*c) && *c != '.').unwrap_or('-');
    Diagnostic::error(&codes::UNEXPECTED, span, format!("`{name}` is not a plain name"))
        .help(format!("write a name with `{sign}` as `{escaped}`"))
        .replace(span, escaped)
}

/// A regular expression with its first group named.
fn named_group(pattern: &str, name: &str) -> String {
    let name = if name.is_empty() { "name" } else { name };
    match pattern.find('(') {
        Some(at) => format!("{}(?<{name}>{}", &pattern[..at], &pattern[at + 1..]),
        None => format!("(?<{name}>{pattern})"),
    }
}
