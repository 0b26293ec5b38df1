//! Regular expressions between slashes.

use super::error::Parsed;
use super::input::Input;
use super::lexical::{blanks, in_any_case, name_part};
use crate::diagnostics::{Diagnostic, Span, codes};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::satisfy;
use nom::combinator::{eof, not, peek};
use nom::sequence::terminated;

/// `/regex/`, or `/regex/i` where letter case does not count. A slash inside is written `\/`; one that nothing can
/// follow which follows a regular expression, as in `/cmd/c/`, is taken for a part of it too if one further on in the
/// line closes it.
pub fn regex<'a>(i: Input<'a>) -> Parsed<'a, String> {
    let start = i.blank();
    match start.text.strip_prefix('/').filter(|body| !body.starts_with(['/', '*'])) {
        Some(body) => between_slashes(start, body),
        None => i.expected("/regex/"),
    }
}

/// `/*.exe/`, which anywhere else begins a comment: a regular expression that begins with a star, on one line.
pub fn starred_regex<'a>(i: Input<'a>) -> Parsed<'a, String> {
    let start = i.with(i.text.trim_start());
    let Some(body) = start.text.strip_prefix('/').filter(|body| body.starts_with('*')) else {
        return i.expected("/regex/");
    };
    match between_slashes(start, body)? {
        (_, pattern) if pattern.contains('\n') => i.expected("/regex/"),
        found => Ok(found),
    }
}

/// The pattern and the slash behind it.
fn between_slashes<'a>(start: Input<'a>, body: &'a str) -> Parsed<'a, String> {
    let plain = |at: usize| body[..at].replace("\\/", "/");
    let (mut first, mut escaped) = (None, false);
    for (at, c) in body.char_indices() {
        match c {
            '\n' if first.is_some() => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '/' => {
                let rest = start.with(&body[at + 1..]);
                if regex_end(rest).is_ok() {
                    return Ok((rest, plain(at)));
                }
                if let Ok((rest, _)) = terminated(tag("i"), peek((blanks, regex_end))).parse(rest) {
                    return Ok((rest, format!("(?i){}", plain(at))));
                }
                first.get_or_insert(at);
            }
            _ => {}
        }
    }
    if let Some(at) = first {
        return Ok((start.with(&body[at + 1..]), plain(at)));
    }
    let span = Span::new(start.at(), start.at() + 1);
    start.fatal(Diagnostic::error(&codes::OPEN_QUOTE, span, "this regular expression is never closed with `/`"))
}

/// What can follow a regular expression.
fn regex_end<'a>(i: Input<'a>) -> Parsed<'a, ()> {
    let joint = terminated(alt((in_any_case("and"), in_any_case("or"), in_any_case("as"))), not(name_part));
    let sign = satisfy(|c| c.is_whitespace() || ")]|,?:&".contains(c));
    alt((eof.map(|_| ()), sign.map(|_| ()), joint.map(|_| ()))).parse(i)
}
