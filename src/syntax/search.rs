//! The scope: what stands before the first `|`. Words, phrases, metadata pairs, AND, OR, NOT, brackets.

use super::expression::word_or_call;
use super::lexical::{Cx, Parsed, blank, field, is_word_char, parameter_end, string, symbol};
use super::tree::{Expr, Name, PairValue, Search, SearchKind};
use crate::catalogue::{FunctionDef, Type};
use crate::diagnostics::{Span, codes};

/// The longest word Sumo Logic accepts (manual page `search-syntax-overview`).
pub const LONGEST_WORD: usize = 2300;

/// A search expression: terms joined by OR, loosest.
pub fn search<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    cx.deeper(i, |i| {
        let (mut rest, first) = all_of(cx, i)?;
        let mut terms = vec![first];
        while let Ok((after, _)) = operator(cx, rest, "or") {
            let (after, term) = all_of(cx, after)?;
            terms.push(term);
            rest = after;
        }
        Ok((rest, join(terms, SearchKind::Or)))
    })
}

/// Terms that must all hold: joined by AND or by nothing.
fn all_of<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let (mut rest, first) = not(cx, i)?;
    let mut terms = vec![first];
    loop {
        if operator(cx, rest, "or").is_ok() {
            break;
        }
        match operator(cx, rest, "and") {
            Ok((after, _)) => {
                let (after, term) = not(cx, after)?;
                terms.push(term);
                rest = after;
            }
            Err(_) => match not(cx, rest) {
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

fn not<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let start = blank_in_scope(i);
    let Ok((rest, _)) = symbol_in_scope(cx, i, "!").or_else(|_| operator(cx, i, "not")) else { return primary(cx, i) };
    cx.deeper(rest, |rest| {
        let (rest, inner) = not(cx, rest)?;
        Ok((rest, Search { span: cx.span(start, rest), kind: SearchKind::Not(Box::new(inner)) }))
    })
}

fn primary<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Search> {
    let start = blank_in_scope(i);
    let done = |rest: &'a str, kind| Ok((rest, Search { kind, span: cx.span(start, rest) }));
    if let Ok((rest, _)) = symbol_in_scope(cx, start, "(") {
        let (rest, inner) = search(cx, rest)?;
        let (rest, _) = symbol_in_scope(cx, rest, ")")?;
        return done(rest, inner.kind);
    }
    if let Some((rest, name, negated)) = pair_head(cx, start) {
        let value_at = blank_in_scope(rest);
        if value_at.starts_with(['"', '“', '”']) {
            let (rest, text) = string(cx, value_at)?;
            return done(rest, SearchKind::Pair { name, negated, value: PairValue::Text(text) });
        }
        let (rest, word) = word(cx, value_at)?;
        return done(rest, SearchKind::Pair { name, negated, value: PairValue::Word(word.to_string()) });
    }
    if start.starts_with(['"', '“', '”']) {
        let (rest, text) = string(cx, start)?;
        return done(rest, SearchKind::Phrase(text));
    }
    match test(cx, start) {
        Ok((rest, call)) => return done(rest, SearchKind::Test(Box::new(call))),
        Err(nom::Err::Error(())) => {}
        Err(failure) => return Err(failure),
    }
    let (rest, word) = word(cx, start)?;
    let kind = if word == "*" { SearchKind::All } else { SearchKind::Word(word.to_string()) };
    done(rest, kind)
}

/// `isEmpty(field)`: a call of a function that is true or false. Any other word before a bracket is a search term, and
/// the bracket begins the next: `cloudtrail (Create* or Run*)`.
fn test<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Expr> {
    let end = start.find(|c: char| !is_word_char(c)).unwrap_or(start.len());
    let predicate = |def: &FunctionDef| def.returns == Type::Bool;
    match blank(&start[end..]).starts_with('(') && cx.catalogue.function(&start[..end]).is_some_and(predicate) {
        true => word_or_call(cx, start),
        false => cx.miss(start, "a search term"),
    }
}

/// `name =` or `name !=`, when that is what stands here.
fn pair_head<'a>(cx: &Cx<'a>, start: &'a str) -> Option<(&'a str, Name, bool)> {
    let (rest, name) = match start.starts_with("%\"") {
        true => field(cx, start).ok()?,
        false => {
            let end = start.find(|c: char| !(c.is_alphanumeric() || "_.-%{}[]@/".contains(c)))?;
            let mut text = &start[..end];
            text = text.strip_prefix('%').unwrap_or(text);
            if text.is_empty() {
                return None;
            }
            (&start[end..], Name { text: text.to_string(), span: cx.span(start, &start[end..]) })
        }
    };
    let rest = blank_in_scope(rest);
    match rest.strip_prefix("!=") {
        Some(rest) => Some((rest, name, true)),
        None => rest.strip_prefix('=').map(|rest| (rest.strip_prefix('=').unwrap_or(rest), name, false)),
    }
}

/// A bare word: up to white space or a sign that has a meaning of its own.
fn word<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    let start = blank_in_scope(i);
    let mut rest = start;
    loop {
        if let Some(after) = parameter_end(rest) {
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
    if word.is_empty() {
        return cx.miss(i, "a search term");
    }
    if word.chars().count() > LONGEST_WORD {
        let message = format!("a word of more than {LONGEST_WORD} characters");
        return cx.fatal(&codes::TOO_LONG, cx.span(start, rest), message);
    }
    Ok((rest, word))
}

fn is_word_part(c: char) -> bool {
    !c.is_whitespace() && !"|()[]\"“”=!<>".contains(c)
}

/// A word operator of the scope. It must stand alone: `or-1` and `not_me` are search terms.
fn operator<'a>(cx: &Cx<'a>, i: &'a str, name: &'static str) -> Parsed<'a, Span> {
    let start = blank_in_scope(i);
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

fn symbol_in_scope<'a>(cx: &Cx<'a>, i: &'a str, sign: &'static str) -> Parsed<'a, Span> {
    symbol(cx, blank_in_scope(i), sign)
}

/// Blanks and comments before a search term. `//` and `/*` open a comment only at the start of a word, which is
/// where this is called; inside one they are part of it (`prod/*`, `http://host`).
fn blank_in_scope(i: &str) -> &str {
    blank(i)
}
