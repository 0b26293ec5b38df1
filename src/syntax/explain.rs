//! What is said of a text that could not be read.

use super::error::{Error, Furthest};
use super::expression_words::WORDS;
use super::input::{Input, ParseContext};
use super::lexical::{blank, is_word_char};
use super::mistakes::Place;
use super::other_languages::{self, Position};
use super::stage::first_word;
use crate::diagnostics::{Diagnostic, Fix, Span, codes};

/// Why a stage could not be read.
pub(super) fn stage_error(start: Input<'_>, error: nom::Err<Error>) -> Diagnostic {
    let cx = start.cx;
    let furthest = match furthest(cx, error) {
        Ok(furthest) => furthest,
        Err(fatal) => return fatal,
    };
    let at = furthest.at;
    let start = nested_stage(start, at).unwrap_or(start);
    if let Some(unknown) = unknown_word(start, at) {
        return unknown;
    }
    if let Some(mistake) = Place::new(cx, start.at(), &furthest).mistake() {
        return mistake;
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
    let unexpected = unexpected(cx, furthest);
    match other_languages::find(word, Position::Stage) {
        Some(row) if unexpected.help.is_none() => {
            let span = Span::new(start.at(), start.at() + word.len());
            row.explain(unexpected, span, cx.source)
        }
        _ => unexpected,
    }
}

/// Why the scope could not be read.
pub(super) fn scope_error(start: Input<'_>, error: nom::Err<Error>) -> Diagnostic {
    match furthest(start.cx, error) {
        Err(fatal) => fatal,
        Ok(furthest) => nested_stage(start, furthest.at)
            .and_then(|stage| {
                unknown_word(stage, furthest.at).or_else(|| Place::new(start.cx, stage.at(), &furthest).mistake())
            })
            .or_else(|| list_of_values(start.cx, furthest.at))
            .unwrap_or_else(|| unexpected(start.cx, Furthest { at: furthest.at.max(start.blank().at()), ..furthest })),
    }
}

/// The furthest place that was reached and what was expected there, or the reason why nothing could help.
fn furthest(cx: &ParseContext<'_>, error: nom::Err<Error>) -> Result<Furthest, Diagnostic> {
    let mut furthest = cx.take_furthest();
    match error {
        nom::Err::Error(Error::Fatal(diagnostic)) | nom::Err::Failure(Error::Fatal(diagnostic)) => Err(*diagnostic),
        nom::Err::Error(Error::Expected(expected)) | nom::Err::Failure(Error::Expected(expected)) => {
            furthest.add(expected);
            Ok(furthest)
        }
        // Only asked for by parsers that may get more of the text.
        nom::Err::Incomplete(_) => Ok(furthest),
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
    // `project-away` is one word of another language.
    let longer = longer_word(&start);
    if longer.len() > word.len() && other_languages::find(longer, Position::Stage).is_some() {
        return Some(catalogue.unknown_operator(longer, Span::new(start.at(), start.at() + longer.len())));
    }
    let known = catalogue.operators_starting(word).next().is_some()
        || catalogue.aggregate(word).is_some()
        || catalogue.function(word).is_some();
    let named = word.starts_with(|c: char| !c.is_numeric());
    let span = Span::new(start.at(), start.at() + word.len());
    let after = start.with(&start.text[word.len()..]).blank();
    let sign = matches!(start.text.chars().next(), Some('=' | '~'));
    if word.eq_ignore_ascii_case("if") && !after.starts_with('(') {
        let message = "`if` needs its arguments in parentheses";
        let help = "write `if(CONDITION, VALUE, OTHERWISE) as NAME`";
        return Some(Diagnostic::error(&codes::UNEXPECTED, span, message).help(help));
    }
    if sign && let Some(row) = other_languages::find(&start.text[..1], Position::Stage) {
        let span = Span::new(start.at(), start.at() + 1);
        let message = format!("`|{}` is from {}", &start.text[..1], row.origin());
        return Some(Diagnostic::error(&codes::UNEXPECTED, span, message).help(row.help));
    }
    if !named || known || word.is_empty() {
        return None;
    }
    match after.starts_with('(') && !word.eq_ignore_ascii_case("if") {
        // A call of something that is not there, whatever follows it: `median(x) by y`.
        true => Some(catalogue.unknown_function(word, span)),
        false => (at <= after.at()).then(|| catalogue.unknown_operator(word, span)),
    }
}

/// The first word with what a dash joins to it.
fn longer_word(text: &str) -> &str {
    &text[..text.find(|c: char| !is_word_char(c) && c != '-').unwrap_or(text.len())]
}

fn unexpected(cx: &ParseContext<'_>, Furthest { at, what: expected }: Furthest) -> Diagnostic {
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
    let wanted: Vec<String> = likeliest(&expected).iter().map(|what| quoted(what)).collect();
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

/// How many expectations a reader can take in.
const MAX_EXPECTED: usize = 3;

/// The likeliest of what was expected, likeliest first. What is part of something else that is named is left out.
fn likeliest(expected: &[&'static str]) -> Vec<&'static str> {
    let has = |what: &str| expected.contains(&what);
    let part = |what: &str| match what {
        "not" | "in" | "matches" | "contains" | "and" | "or" => has("an operator"),
        "!" | "-" | "a field name" => has("an expression"),
        _ => false,
    };
    let rank = |what: &str| match what {
        ")" | "]" => 0,
        "`|` and the next stage" => 1,
        "as" | "by" | "," | "(" => 2,
        "an operator" => 4,
        "not" => 6,
        _ if what.contains(' ') => 1,
        _ => 3,
    };
    let mut likeliest: Vec<&str> = expected.iter().copied().filter(|what| !part(what)).collect();
    // Stable: what was tried first comes first.
    likeliest.sort_by_key(|what| rank(what));
    likeliest.truncate(MAX_EXPECTED);
    likeliest
}

/// `name=(a OR b)`: the values of a pair can't stand in parentheses.
fn list_of_values(cx: &ParseContext<'_>, at: usize) -> Option<Diagnostic> {
    let (before, rest) = cx.source.split_at_checked(at)?;
    let list = &rest.strip_prefix('(')?[..rest.find(')')?.checked_sub(1)?];
    let name = before.trim_end().strip_suffix('=')?.trim_end_matches(['!', '=']).trim_end();
    let end = name.len();
    let name = name.rsplit(|c: char| c.is_whitespace() || c == '(').next()?;
    let start = end - name.len();
    let words = list.split(|c: char| c.is_whitespace() || c == ',');
    let values = words.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("or"));
    let pairs: Vec<String> = values.map(|value| format!("{name}={value}")).collect();
    let plain = !pairs.is_empty() && !name.is_empty() && !list.contains(['"', '(']);
    let form = if plain { pairs.join(" OR ") } else { format!("{name}=a OR {name}=b") };
    let (whole, negated) = (Span::new(start, at + list.len() + 2), before.contains("!="));
    let error = Diagnostic::error(&codes::UNEXPECTED, Span::new(at, whole.end), "a value can't be a list")
        .help(format!("write `({form})`"));
    Some(if plain && !negated { error.replace(whole, format!("({form})")) } else { error })
}

/// What was perhaps meant by something that other languages have.
fn meant(cx: &ParseContext<'_>, at: usize) -> Option<String> {
    let (before, rest) = cx.source.split_at(at);
    let word = first_word(rest).to_lowercase();
    let known = WORDS.iter().find(|def| def.also.contains(&word.as_str()));
    Some(match rest.chars().next()? {
        '\'' => "write a string in double quotes: `\"text\"`".into(),
        '`' => "write a name with other characters than letters, digits, `_` and `.` as `%\"a name\"`".into(),
        '[' if first_word(blank(&rest[1..])).eq_ignore_ascii_case("subquery") => {
            "write `where [subquery: … | compose FIELD]`, which compares the field of that name".into()
        }
        '^' => "write `pow(x, y)`".into(),
        '<' | '>' if !before.contains('|') => "compare in a stage, `| where FIELD > 5`: the scope has only `=`".into(),
        _ => format!("write `{}`", known?.usage),
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
