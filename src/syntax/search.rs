//! The scope: what stands before the first `|`. Words, phrases, metadata pairs, AND, OR, NOT, brackets.

use super::expression::{subquery, word_or_call};
use super::lexical::{Cx, Parsed, QUOTES, blank, field, is_word_char, parameter_end, string, symbol};
use super::signature::Type;
use super::tree::{Expr, Name, PairValue, Search, SearchKind, Text};
use crate::diagnostics::{Span, codes};
use crate::syntax::signature::FunctionSignature;

/// The longest word Sumo Logic accepts (manual page `search-syntax-overview`).
pub const LONGEST_WORD: usize = 2300;

/// A search expression: terms joined by OR, loosest.
pub fn search<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    cx.deeper(i, |i| {
        let (mut rest, first) = all_of(cx, i)?;
        let mut terms = vec![first];
        while let Ok((after, _)) = joint(cx, rest, "or") {
            let (after, term) = all_of(cx, after)?;
            terms.push(term);
            rest = after;
        }
        Ok((rest, join(terms, SearchKind::Or)))
    })
}

/// Terms that must all hold: joined by AND or by nothing.
fn all_of<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let (mut rest, first) = negation(cx, i)?;
    let mut terms = vec![first];
    loop {
        match joint(cx, rest, "and") {
            Ok((after, _)) => {
                let (after, term) = negation(cx, after)?;
                terms.push(term);
                rest = after;
            }
            Err(_) => match negation(cx, rest) {
                Ok((after, term)) => {
                    terms.push(term);
                    rest = after;
                }
                Err(nom::Err::Error(())) => break,
                Err(failure) => return Err(failure),
            },
        }
    }
    Ok((rest, join(terms, SearchKind::And)))
}

fn join(mut terms: Vec<Search>, node: fn(Vec<Search>) -> SearchKind) -> Search {
    if terms.len() == 1 {
        return terms.remove(0);
    }
    let span = terms.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
    Search { kind: node(terms), span }
}

fn negation<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let start = blank(i);
    let Ok((rest, _)) = symbol(cx, i, "!").or_else(|_| joint(cx, i, "not")) else { return term(cx, i) };
    cx.deeper(rest, |rest| {
        let (rest, inner) = negation(cx, rest)?;
        Ok((rest, Search { span: cx.span(start, rest), kind: SearchKind::Not(Box::new(inner)) }))
    })
}

/// A bracket, a subquery, a pair, a phrase, a test or a word.
fn term<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let start = blank(i);
    let done = |rest: &'a str, kind| Ok((rest, Search { kind, span: cx.span(start, rest) }));
    if let Ok((rest, _)) = symbol(cx, start, "(") {
        let (rest, inner) = search(cx, rest)?;
        let (rest, _) = symbol(cx, rest, ")")?;
        return done(rest, inner.kind);
    }
    if start.starts_with('[') {
        match subquery(cx, start) {
            Ok((rest, subquery)) => return done(rest, SearchKind::Subquery(Box::new(subquery))),
            Err(nom::Err::Error(())) => {}
            Err(failure) => return Err(failure),
        }
    }
    if let Some((rest, name, negated)) = pair_head(cx, start) {
        let (rest, value) = value(cx, rest)?;
        return done(rest, SearchKind::Pair { name, negated, value });
    }
    if start.starts_with(QUOTES) {
        let (rest, text) = string(cx, start)?;
        if let Some(span) = too_long(&start[..start.len() - rest.len()], cx.at(start)) {
            return cx.fatal(&codes::TOO_LONG, span, too_long_message());
        }
        return done(rest, SearchKind::Phrase(text));
    }
    match test(cx, start) {
        Ok((rest, call)) => return done(rest, SearchKind::Test(Box::new(call))),
        Err(nom::Err::Error(())) => {}
        Err(failure) => return Err(failure),
    }
    // `and` and `or` join terms; as terms they must be quoted.
    if joint(cx, start, "and").or_else(|_| joint(cx, start, "or")).is_ok() {
        return cx.miss(start, "a search term");
    }
    let (rest, word) = word(cx, start)?;
    let kind = if word == "*" { SearchKind::All } else { SearchKind::Word(word.to_string()) };
    done(rest, kind)
}

/// The right side of a pair. Right before a closing bracket it may be missing: that is the empty text.
fn value<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, PairValue> {
    let start = blank(i);
    if start.starts_with(QUOTES) {
        return string(cx, start).map(|(rest, text)| (rest, PairValue::Text(text)));
    }
    if start.starts_with(')') {
        return Ok((start, PairValue::Text(Text { raw: String::new(), span: cx.span(start, start) })));
    }
    let (rest, word) = word_of(cx, start, |i| parameter_end(i).or_else(|| placeholder_end(i)))?;
    Ok((rest, PairValue::Word(word.to_string())))
}

/// What follows a place holder such as `<your source category>`, which published queries have for the reader to fill in.
fn placeholder_end(i: &str) -> Option<&str> {
    let (name, rest) = i.strip_prefix('<')?.split_once('>')?;
    (!name.is_empty() && !name.contains(['<', '|', '"', '=', '\n'])).then_some(rest)
}

/// `isEmpty(field)`: a call of a function that is true or false. Any other word before a bracket is a search term, and
/// the bracket begins the next: `cloudtrail (Create* or Run*)`.
fn test<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Expr> {
    let end = start.find(|c: char| !is_word_char(c)).unwrap_or(start.len());
    let predicate = |def: &FunctionSignature| def.returns == Type::Bool;
    match blank(&start[end..]).starts_with('(') && cx.catalogue.function(&start[..end]).is_some_and(predicate) {
        true => word_or_call(cx, start),
        false => cx.miss(start, "a search term"),
    }
}

/// `name =` or `name !=`, when that is what stands here.
fn pair_head<'a>(cx: &Cx<'a>, start: &'a str) -> Option<(&'a str, Name, bool)> {
    let (rest, name) = match start.strip_prefix('%').is_some_and(|name| name.starts_with(QUOTES)) {
        true => field(cx, start).ok()?,
        false => {
            let mut rest = start;
            loop {
                match (parameter_end(rest), rest.chars().next()) {
                    (Some(after), _) => rest = after,
                    (None, Some(c)) if is_word_char(c) || ".-%{}[]@/".contains(c) => rest = &rest[c.len_utf8()..],
                    _ => break,
                }
            }
            let text = &start[..start.len() - rest.len()];
            let text = text.strip_prefix('%').unwrap_or(text);
            if text.is_empty() {
                return None;
            }
            (rest, Name { text: text.to_string(), span: cx.span(start, rest) })
        }
    };
    let rest = blank(rest);
    match rest.strip_prefix("!=") {
        Some(rest) => Some((rest, name, true)),
        None => rest.strip_prefix('=').map(|rest| (rest.strip_prefix('=').unwrap_or(rest), name, false)),
    }
}

/// A bare word: up to white space or a sign that has a meaning of its own. Inside one, `//` and `/*` are part of it
/// (`prod/*`, `http://host`); at its start they open a comment.
fn word<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    word_of(cx, i, parameter_end)
}

/// A bare word in which `part` reads what may hold other characters too.
fn word_of<'a>(cx: &Cx<'a>, i: &'a str, part: impl Fn(&'a str) -> Option<&'a str>) -> Parsed<'a, &'a str> {
    let start = blank(i);
    let mut rest = start;
    loop {
        if let Some(after) = part(rest) {
            rest = after;
            continue;
        }
        match rest.chars().next() {
            Some(c) if is_word_part(c) || (c == '!' && rest.len() < start.len() && !rest.starts_with("!=")) => {
                rest = &rest[c.len_utf8()..]
            }
            _ => break,
        }
    }
    let word = &start[..start.len() - rest.len()];
    if word.is_empty() || word.starts_with("/*") {
        return cx.miss(i, "a search term");
    }
    if word.chars().count() > LONGEST_WORD {
        return cx.fatal(&codes::TOO_LONG, cx.span(start, rest), too_long_message());
    }
    Ok((rest, word))
}

/// The first word of a phrase that is too long.
fn too_long(text: &str, at: usize) -> Option<Span> {
    let long = |word: &&str| word.trim_matches(QUOTES).chars().count() > LONGEST_WORD;
    let word = text.split(char::is_whitespace).find(long)?;
    let start = at + text.find(word)?;
    Some(Span::new(start, start + word.len()))
}

fn too_long_message() -> String {
    format!("a word of more than {LONGEST_WORD} characters")
}

fn is_word_part(c: char) -> bool {
    !c.is_whitespace() && !"|()[]\"“”=!<>".contains(c)
}

/// A word that joins or negates terms. It must stand alone: `or-1` and `not_me` are search terms.
fn joint<'a>(cx: &Cx<'a>, i: &'a str, name: &'static str) -> Parsed<'a, Span> {
    let start = blank(i);
    match start.get(..name.len()) {
        Some(head)
            if head.eq_ignore_ascii_case(name)
                && !start[name.len()..].starts_with(is_word_part)
                && !blank(&start[name.len()..]).starts_with(['=']) =>
        {
            let rest = &start[name.len()..];
            Ok((rest, cx.span(start, rest)))
        }
        _ => cx.miss(i, name),
    }
}
