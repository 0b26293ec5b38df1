//! What is said of a text that could not be read.

use super::error::Error;
use super::expression_words::WORDS;
use super::input::{Input, ParseContext};
use super::lexical::{blank, is_word_char};
use super::stage::first_word;
use crate::diagnostics::{Diagnostic, Fix, Span, codes};

/// Why a stage could not be read.
pub(super) fn stage_error(start: Input<'_>, error: nom::Err<Error>) -> Diagnostic {
    let cx = start.cx;
    let (at, expected) = match furthest(cx, error) {
        Ok(furthest) => furthest,
        Err(fatal) => return fatal,
    };
    let start = nested_stage(start, at).unwrap_or(start);
    if let Some(unknown) = unknown_word(start, at) {
        return unknown;
    }
    let word = first_word(&start);
    if first_word(&cx.source[at..]).eq_ignore_ascii_case("nodrop")
        && !cx.catalogue.operators_starting(word).any(|(_, form)| form.mentions("nodrop"))
    {
        let mut having: Vec<_> = cx.catalogue.forms().filter(|(_, form)| form.mentions("nodrop")).collect();
        having.sort_by_key(|(def, _)| def.name);
        let having: Vec<String> = having.iter().map(|(def, _)| format!("`{}`", def.name)).collect();
        let span = Span::new(at, at + "nodrop".len());
        return Diagnostic::error(&codes::NO_OPTION, span, format!("`{word}` has no `nodrop`"))
            .help(format!("only {} have it: they drop messages that they do not fit", all_of(&having, "and")));
    }
    unexpected(cx, at, expected)
}

/// Why the scope could not be read.
pub(super) fn scope_error(start: Input<'_>, error: nom::Err<Error>) -> Diagnostic {
    match furthest(start.cx, error) {
        Err(fatal) => fatal,
        Ok((at, expected)) => nested_stage(start, at)
            .and_then(|stage| unknown_word(stage, at))
            .unwrap_or_else(|| unexpected(start.cx, at.max(start.blank().at()), expected)),
    }
}

/// The furthest place that was reached and what was expected there, or the reason why nothing could help.
fn furthest(cx: &ParseContext<'_>, error: nom::Err<Error>) -> Result<(usize, Vec<&'static str>), Diagnostic> {
    let mut furthest = cx.take_furthest();
    match error {
        nom::Err::Error(Error::Fatal(diagnostic)) | nom::Err::Failure(Error::Fatal(diagnostic)) => Err(*diagnostic),
        nom::Err::Error(Error::Expected(expected)) | nom::Err::Failure(Error::Expected(expected)) => {
            furthest.add(expected);
            Ok((furthest.at, furthest.what))
        }
        // Only asked for by parsers that may get more of the text.
        nom::Err::Incomplete(_) => Ok((furthest.at, furthest.what)),
    }
}

/// The last stage in brackets, behind a place, that could not be read up to another one.
fn nested_stage<'a>(from: Input<'a>, at: usize) -> Option<Input<'a>> {
    let cx = from.cx;
    let unreadable = cx.unreadable.borrow();
    let last = unreadable.iter().copied().filter(|place| (from.at()..=at).contains(place)).max()?;
    Some(from.with(cx.source.get(last..)?))
}

/// A stage that could not be read because its first word is no operator.
fn unknown_word(start: Input<'_>, at: usize) -> Option<Diagnostic> {
    let catalogue = start.cx.catalogue;
    let word = first_word(&start);
    let known = catalogue.operators_starting(word).next().is_some()
        || catalogue.aggregate(word).is_some()
        || catalogue.function(word).is_some();
    let named = word.starts_with(|c: char| !c.is_numeric());
    let span = Span::new(start.at(), start.at() + word.len());
    let reached = start.with(&start.text[word.len()..]).blank().at();
    (named && !known && at <= reached).then(|| catalogue.unknown_operator(word, span))
}

fn unexpected(cx: &ParseContext<'_>, at: usize, expected: Vec<&'static str>) -> Diagnostic {
    let rest = &cx.source[at..];
    if rest.starts_with("/*") {
        return Diagnostic::error(
            &codes::OPEN_COMMENT,
            Span::new(at, at + 2),
            "this comment is never closed with `*/`",
        );
    }
    let found = match (first_word(rest), rest.chars().next()) {
        ("", None) => "the end of the query".to_string(),
        ("", Some(c)) => format!("`{c}`"),
        (word, _) => format!("`{word}`"),
    };
    let length = first_word(rest).len().max(rest.chars().next().map_or(0, char::len_utf8));
    let span = Span::new(at, at + length);
    let word = first_word(rest);
    if expected.contains(&"`|` and the next stage") {
        let stray =
            if cx.catalogue.operators_starting(word).next().is_some() { Some(span) } else { stray_before(cx, at) };
        if let Some(span) = stray {
            let word = span.of(cx.source);
            let message = format!("`{word}` can't stand inside another stage");
            return Diagnostic::error(&codes::STRAY_STAGE, span, message)
                .help(format!("`{word}` is a stage of its own: put `|` before it"))
                .fix(Fix::insert(span.start, "| "));
        }
    }
    let mut wanted: Vec<String> = expected.iter().map(|what| quoted(what)).collect();
    wanted.truncate(8);
    let message = match wanted.len() {
        0 => format!("{found} is not expected here"),
        _ => format!("expected {}, found {found}", all_of(&wanted, "or")),
    };
    let error = Diagnostic::error(&codes::UNEXPECTED, span, message).maybe_help(meant(cx, at));
    match quoted_otherwise(rest) {
        Some((length, text)) => error.fix(Fix::replace(Span::new(at, at + length), text)),
        None => error,
    }
}

/// What begins here in the quotes of other languages, as it is written in this one, and its length.
fn quoted_otherwise(text: &str) -> Option<(usize, String)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '`'))?;
    let (inner, _) = text[1..].split_once(quote)?;
    let sign = if quote == '`' { "%" } else { "" };
    (!inner.is_empty() && !inner.contains(['"', '\\', '\n'])).then(|| (inner.len() + 2, format!("{sign}\"{inner}\"")))
}

/// The operator's name that was taken for a field, right before a place: `sum(x) sort by y`.
fn stray_before(cx: &ParseContext<'_>, at: usize) -> Option<Span> {
    let last_word = |text: &str| {
        text.len() - text.chars().rev().take_while(|c| is_word_char(*c)).map(char::len_utf8).sum::<usize>()
    };
    let before = cx.source[..at].trim_end();
    let start = last_word(before);
    let earlier = before[..start].trim_end();
    let joint = &earlier[last_word(earlier)..];
    let named = earlier.is_empty()
        || earlier.ends_with([',', '|', '.', '%', '-', '+'])
        // What is no word can't go on a stage: it may be a parameter's value, which has rules of its own.
        || !cx.source[at..].starts_with(|c: char| c.is_alphabetic() || c == '_')
        || ["as", "by", "group", "on", "in"].iter().any(|word| joint.eq_ignore_ascii_case(word));
    (!named && cx.catalogue.operators_starting(&before[start..]).next().is_some())
        .then(|| Span::new(start, before.len()))
}

/// What was perhaps meant by something that other languages have.
fn meant(cx: &ParseContext<'_>, at: usize) -> Option<String> {
    let (before, rest) = cx.source.split_at(at);
    let word = first_word(rest).to_lowercase();
    let known = WORDS.iter().find(|def| def.also.contains(&word.as_str()));
    Some(match rest.chars().next()? {
        '\'' => "a text stands between double quotes: `\"text\"`".into(),
        '`' => "a name with other characters than letters, digits, `_` and `.` is written `%\"a name\"`".into(),
        '[' if first_word(blank(&rest[1..])).eq_ignore_ascii_case("subquery") => {
            "a subquery is a condition of its own: `where [subquery: … | compose FIELD]` compares the field of that name".into()
        }
        '^' => "the power function is `pow(x, y)`".into(),
        '<' | '>' if !before.contains('|') => "the scope has only `=`: compare in a stage, `| where FIELD > 5`".into(),
        _ => format!("did you mean `{}`, as in `{}`?", known?.name, known?.usage),
    })
}

/// Keywords and signs in back quotes, descriptions as they are.
fn quoted(what: &str) -> String {
    match what.contains([' ', '`']) || what == "/regex/" {
        true => what.to_string(),
        false => format!("`{what}`"),
    }
}

/// The items with commas between them, and a word before the last.
fn all_of(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}
