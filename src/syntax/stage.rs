//! Stages: each `| …` is handed to what its first word names, and reading goes on at the next `|` after an error.

use super::expression::{arguments, expression, list, lone_parameter};
use super::expression_words::WORDS;
use super::lexical::{
    Cx, Parsed, QUOTES, bare_name, blank, field, is_word_char, keyword, parameter_end, string, symbol,
};
use super::search::search;
use super::tree::{AggregateItem, Expr, Name, Query, Search, SearchKind, Stage, StageKind};
use crate::diagnostics::{Diagnostic, Span, codes};

/// After so many errors reading stops: nobody reads more, and reading on behind each takes its time.
pub(super) const MOST_ERRORS: usize = 100;

/// A whole query. Never fails: what can't be read is a broken stage with a diagnostic.
pub fn query(cx: &Cx<'_>, diagnostics: &mut Vec<Diagnostic>) -> Query {
    let text = cx.source;
    let mut rest = text;
    let start = blank(text);
    let mut scope = Search { kind: SearchKind::All, span: Span::new(cx.at(start), cx.at(start)) };
    let mut stages = Vec::new();
    if let Ok((after, found)) = head(cx, text) {
        stages.push(found);
        rest = after;
    } else if !start.is_empty() && !starts_pipe(start) {
        match search(cx, text).and_then(|(rest, found)| Ok((stage_end(cx, rest)?.0, found))) {
            Ok((after, found)) => {
                scope = found;
                rest = after;
            }
            Err(_) => {
                diagnostics.push(scope_error(cx, text));
                rest = next_pipe(text);
            }
        }
    }
    while let Some(body) = blank(rest).strip_prefix('|').filter(|_| diagnostics.len() < MOST_ERRORS) {
        cx.take_furthest();
        match stage(cx, body).and_then(|(rest, found)| Ok((stage_end(cx, rest)?.0, found))) {
            Ok((after, found)) => {
                stages.push(found);
                rest = left_over(cx, after, &mut stages);
            }
            Err(_) => {
                diagnostics.push(stage_error(cx, body));
                rest = next_pipe(body);
                let span = Span::new(cx.at(blank(body)), cx.at(rest));
                stages.push(Stage { kind: StageKind::Broken, span });
            }
        }
    }
    let left = blank(rest);
    if !left.is_empty() && diagnostics.is_empty() {
        diagnostics.push(scope_error(cx, rest));
    }
    Query { search: scope, stages, span: Span::new(0, text.len()) }
}

/// An operator in the place of the scope. A text that is none may still be a scope.
fn head<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Stage> {
    let start = blank(i);
    let word = first_word(start);
    for (def, form) in
        cx.catalogue.heads().filter(|(_, form)| form.first_words().iter().any(|w| w.eq_ignore_ascii_case(word)))
    {
        if let Ok((rest, args)) = form.parse(cx, start)
            && stage_end(cx, rest).is_ok()
        {
            let kind = StageKind::Operator { def, args };
            return Ok((blank(rest), Stage { kind, span: trimmed(cx, start, rest) }));
        }
    }
    cx.miss(i, "a search term")
}

/// Whether a pipe stands here (and not the sign `||`).
fn starts_pipe(i: &str) -> bool {
    i.starts_with('|')
}

/// The end of a stage: the next pipe, the end of the text, or the bracket of an enclosing pipeline. Parameters may stand
/// before it: their values are stages.
fn stage_end<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, ()> {
    let mut rest = blank(i);
    while let Some((_, after)) = lone_parameter(rest) {
        rest = blank(after);
    }
    if rest.is_empty() || rest.starts_with('|') || (cx.nested.get() > 0 && rest.starts_with([')', ']'])) {
        Ok((i, ()))
    } else {
        cx.miss(rest, "`|` and the next stage")
    }
}

/// Reads the parameters that stand between a stage and the end of it.
fn left_over<'a>(cx: &Cx<'a>, i: &'a str, stages: &mut Vec<Stage>) -> &'a str {
    let mut rest = i;
    while let Some((name, after)) = lone_parameter(rest) {
        stages.push(Stage { kind: StageKind::Parameter(name.to_string()), span: cx.span(blank(rest), after) });
        rest = after;
    }
    rest
}

/// One stage, after its pipe.
pub fn stage<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Stage> {
    let start = blank(i);
    let place = (cx.nested.get() > 0).then(|| cx.at(start));
    if place.is_some_and(|place| cx.hopeless.borrow().contains(&place)) {
        return Err(nom::Err::Error(()));
    }
    let out = any_stage(cx, start);
    if let (Some(place), Err(nom::Err::Error(()))) = (place, &out) {
        cx.hopeless.borrow_mut().insert(place);
    }
    out
}

/// An operator, aggregates, or an expression: the first that reaches the stage's end.
fn any_stage<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Stage> {
    let ends = |(rest, kind): (&'a str, StageKind)| {
        stage_end(cx, rest)?;
        Ok((rest, Stage { kind, span: trimmed(cx, start, rest) }))
    };
    let word = first_word(start);
    for (def, form) in cx.catalogue.operators_starting(word) {
        match form.parse(cx, start).and_then(|(rest, args)| ends((rest, StageKind::Operator { def, args }))) {
            Err(nom::Err::Error(())) => {}
            other => return other,
        }
    }
    match aggregates(cx, start).and_then(ends) {
        Err(nom::Err::Error(())) => {}
        other => return other,
    }
    match expression_stage(cx, start).and_then(ends) {
        Err(nom::Err::Error(())) => {}
        other => return other,
    }
    opaque(cx, start).and_then(ends)
}

/// A stage that begins with a parameter and can be anything: up to its end.
fn opaque<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, StageKind> {
    let Some(rest) = parameter_end(i) else { return Err(nom::Err::Error(())) };
    let name = &i[..i.len() - rest.len()];
    let (rest, ()) = opaque_text(cx, rest, false)?;
    Ok((rest, StageKind::Parameter(name.to_string())))
}

/// Anything in which texts, comments and brackets are whole; pipes only inside brackets.
fn opaque_text<'a>(cx: &Cx<'a>, i: &'a str, inside: bool) -> Parsed<'a, ()> {
    let mut rest = i;
    loop {
        rest = match rest.chars().next() {
            Some(c) if c.is_whitespace() => blank(rest),
            Some(c) if QUOTES.contains(&c) => string(cx, rest)?.0,
            Some(open @ ('(' | '[')) => {
                let close = if open == '(' { ")" } else { "]" };
                let (after, ()) = cx.deeper(&rest[1..], |i| opaque_text(cx, i, true))?;
                match after.strip_prefix(close) {
                    Some(after) => after,
                    None => return cx.miss(after, close),
                }
            }
            Some('|') if inside => &rest[1..],
            None | Some('|' | ')' | ']') => return Ok((rest, ())),
            Some(c) => &rest[c.len_utf8()..],
        }
    }
}

/// The span from one rest to another, without the blanks before the second.
fn trimmed(cx: &Cx<'_>, from: &str, to: &str) -> Span {
    let span = cx.span(from, to);
    Span::new(span.start, span.start + span.of(cx.source).trim_end().len())
}

/// The letters a stage starts with.
fn first_word(i: &str) -> &str {
    &i[..i.find(|c: char| !is_word_char(c)).unwrap_or(i.len())]
}

/// `expression`, `expression as name`.
fn expression_stage<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, StageKind> {
    let (rest, value) = expression(cx, i)?;
    let (rest, alias) = alias(cx, rest)?;
    Ok((rest, StageKind::Expression { value, alias }))
}

/// Whether a word can begin a stage.
fn is_stage_word(cx: &Cx<'_>, word: &str) -> bool {
    cx.catalogue.operators_starting(word).next().is_some()
        || cx.catalogue.aggregate(word).is_some()
        || cx.catalogue.function(word).is_some()
}

/// `as name`, if it stands here.
fn alias<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Option<Name>> {
    match keyword(cx, i, "as") {
        Ok((rest, _)) => {
            let (rest, name) = field(cx, rest)?;
            Ok((rest, Some(name)))
        }
        Err(_) => Ok((i, None)),
    }
}

/// `count, sum(x) as s by y`: aggregates separated by commas, then the group fields, before which `by` may be missing.
/// Published detections begin with `stats`, as other languages have it.
fn aggregates<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, StageKind> {
    let start = blank(i);
    let word = first_word(start);
    let i = if word.eq_ignore_ascii_case("stats") { &start[word.len()..] } else { i };
    let (rest, mut items) = list(cx, i, aggregate)?;
    let Ok((rest, _)) = group_keyword(cx, rest) else {
        let (rest, by) = list(cx, rest, group_field).unwrap_or((rest, Vec::new()));
        return Ok((rest, StageKind::Aggregate { items, by }));
    };
    let (mut rest, by) = list(cx, rest, group_field)?;
    // The alias of a single aggregate may also stand at the very end: `values(x) by y as z`.
    if let [only] = items.as_mut_slice()
        && only.alias.is_none()
    {
        (rest, only.alias) = alias(cx, rest)?;
    }
    Ok((rest, StageKind::Aggregate { items, by }))
}

/// A field of the group clause.
fn group_field<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Name> {
    if keyword(cx, i, "as").is_ok() || keyword(cx, i, "nodrop").is_ok() {
        return cx.miss(i, "a field name");
    }
    field(cx, i)
}

fn group_keyword<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, ()> {
    let (rest, _) = match keyword(cx, i, "group") {
        Ok((rest, span)) => match keyword(cx, rest, "by") {
            Ok(found) => found,
            Err(_) => (rest, span),
        },
        Err(_) => keyword(cx, i, "by")?,
    };
    Ok((rest, ()))
}

fn aggregate<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, AggregateItem> {
    let start = blank(i);
    let (mut rest, word) = bare_name(cx, i)?;
    let Some(def) = cx.catalogue.aggregate(word) else { return cx.miss(i, "an aggregate such as count") };
    let name = Name { text: word.to_string(), span: cx.span(start, rest) };
    let mut args: Vec<Expr> = Vec::new();
    if let Ok((after, _)) = symbol(cx, rest, "(") {
        (rest, args) = match symbol(cx, after, "*").and_then(|(after, _)| symbol(cx, after, ")")) {
            Ok((after, _)) => (after, Vec::new()),
            Err(_) => arguments(cx, after)?,
        };
        if args.len() > def.most_arguments {
            return cx.miss(i, "fewer arguments");
        }
    } else if !def.shorthand {
        return cx.miss(rest, "(");
    }
    let (rest, alias) = alias(cx, rest)?;
    Ok((rest, AggregateItem { def, name, args, alias, span: cx.span(start, rest) }))
}

/// A pipeline inside brackets: stages separated by pipes, the first without one.
pub fn nested_pipeline<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Vec<Stage>> {
    cx.deeper(i, |i| {
        cx.nested.set(cx.nested.get() + 1);
        let out = pipeline(cx, i);
        cx.nested.set(cx.nested.get() - 1);
        out
    })
}

fn pipeline<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Vec<Stage>> {
    let (rest, first) = stage(cx, i)?;
    let mut stages = vec![first];
    let mut rest = left_over(cx, rest, &mut stages);
    while let Some(body) = blank(rest).strip_prefix('|') {
        let (after, next) = stage(cx, body)?;
        stages.push(next);
        rest = left_over(cx, after, &mut stages);
    }
    Ok((rest, stages))
}

/// A query inside brackets: a scope and stages.
pub fn nested_query<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Query> {
    cx.deeper(i, |i| {
        cx.nested.set(cx.nested.get() + 1);
        let out = (|| {
            let start = blank(i);
            let (mut rest, search, mut stages) = match head(cx, i) {
                Ok((rest, head)) => {
                    (rest, Search { kind: SearchKind::All, span: Span::new(cx.at(start), cx.at(start)) }, vec![head])
                }
                Err(_) => {
                    let (rest, search) = search(cx, i)?;
                    (rest, search, Vec::new())
                }
            };
            if let Some(body) = blank(rest).strip_prefix('|') {
                let more;
                (rest, more) = pipeline(cx, body)?;
                stages.extend(more);
            }
            Ok((rest, Query { search, stages, span: cx.span(start, rest) }))
        })();
        cx.nested.set(cx.nested.get() - 1);
        out
    })
}

/// The text from the next pipe that stands outside texts, comments and subqueries, empty when there is none.
fn next_pipe(i: &str) -> &str {
    next_sign(i, '|')
}

/// The same for another sign.
fn next_sign(i: &str, wanted: char) -> &str {
    let mut rest = i;
    loop {
        rest = blank(rest);
        match rest.chars().next() {
            None => return "",
            Some('|') if rest.starts_with("||") => rest = &rest[2..],
            Some(c) if c == wanted => return rest,
            // What follows the pipes of a subquery is not part of the query around it.
            Some('[') if first_word(blank(&rest[1..])).eq_ignore_ascii_case("subquery") => {
                rest = next_sign(&rest[1..], ']').get(1..).unwrap_or("");
            }
            Some(quote @ ('"' | '“')) => {
                let body = &rest[quote.len_utf8()..];
                let mut escaped = false;
                let close = body.find(|c: char| {
                    let ends = !escaped && (c == '"' || c == '”');
                    escaped = !escaped && c == '\\';
                    ends
                });
                let Some(close) = close else { return "" };
                rest = &body[close..];
                rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
            }
            Some(_) if rest.starts_with("/*") => return "",
            Some(c) => rest = &rest[c.len_utf8()..],
        }
    }
}

/// Why a stage could not be read.
fn stage_error(cx: &Cx<'_>, body: &str) -> Diagnostic {
    if let Some(fatal) = cx.take_fatal() {
        return fatal;
    }
    let start = blank(body);
    let (at, expected) = cx.take_furthest();
    let start = nested_stage(cx, start, at).unwrap_or(start);
    if let Some(unknown) = unknown_word(cx, start, at) {
        return unknown;
    }
    let word = first_word(start);
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

/// The last stage in brackets, behind a place, that could not be read up to another one.
fn nested_stage<'a>(cx: &Cx<'a>, from: &str, at: usize) -> Option<&'a str> {
    let hopeless = cx.hopeless.borrow();
    let last = hopeless.iter().copied().filter(|place| (cx.at(from)..=at).contains(place)).max()?;
    cx.source.get(last..)
}

/// A stage that could not be read because its first word is no operator.
fn unknown_word(cx: &Cx<'_>, start: &str, at: usize) -> Option<Diagnostic> {
    let word = first_word(start);
    let named = word.starts_with(|c: char| !c.is_numeric());
    if is_stage_word(cx, word) || !named || at > cx.at(blank(&start[word.len()..])) {
        return None;
    }
    let span = Span::new(cx.at(start), cx.at(start) + word.len());
    Some(cx.catalogue.unknown_operator(word, span))
}

/// Why the scope could not be read.
fn scope_error(cx: &Cx<'_>, text: &str) -> Diagnostic {
    if let Some(fatal) = cx.take_fatal() {
        return fatal;
    }
    let (at, expected) = cx.take_furthest();
    let nested = nested_stage(cx, text, at).and_then(|start| unknown_word(cx, start, at));
    nested.unwrap_or_else(|| unexpected(cx, at.max(cx.at(blank(text))), expected))
}

fn unexpected(cx: &Cx<'_>, at: usize, expected: Vec<&'static str>) -> Diagnostic {
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
                .help(format!("`{word}` is a stage of its own: put `|` before it"));
        }
    }
    let mut wanted: Vec<String> = expected.iter().map(|what| quoted(what)).collect();
    wanted.truncate(8);
    let message = match wanted.len() {
        0 => format!("{found} is not expected here"),
        _ => format!("expected {}, found {found}", all_of(&wanted, "or")),
    };
    Diagnostic::error(&codes::UNEXPECTED, span, message).maybe_help(meant(cx, at))
}

/// The operator's name that was taken for a field, right before a place: `sum(x) sort by y`.
fn stray_before(cx: &Cx<'_>, at: usize) -> Option<Span> {
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
fn meant(cx: &Cx<'_>, at: usize) -> Option<String> {
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
