//! Regular expressions between slashes.

use super::lexical::{Cx, Parsed, blank, name_part};
use crate::diagnostics::{Span, codes};

/// `/regex/`, or `/regex/i` where letter case does not count. A slash inside is written `\/`; one that nothing can
/// follow which follows a regular expression, as in `/cmd/c/`, is taken for a part of it too if one further on in the
/// line closes it.
pub fn regex<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, String> {
    let start = blank(i);
    match start.strip_prefix('/').filter(|body| !body.starts_with(['/', '*'])) {
        Some(body) => between_slashes(cx, start, body),
        None => cx.miss(i, "/regex/"),
    }
}

/// `/*.exe/`, which anywhere else begins a comment: a regular expression that begins with a star, on one line.
pub fn starred_regex<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, String> {
    let Some(body) = i.strip_prefix('/').filter(|body| body.starts_with('*')) else {
        return cx.miss(i, "/regex/");
    };
    let (rest, pattern) = between_slashes(cx, i, body)?;
    if pattern.contains('\n') { cx.miss(i, "/regex/") } else { Ok((rest, pattern)) }
}

/// The pattern and the slash behind it.
fn between_slashes<'a>(cx: &Cx<'a>, start: &'a str, body: &'a str) -> Parsed<'a, String> {
    let plain = |at: usize| body[..at].replace("\\/", "/");
    let (mut first, mut escaped) = (None, false);
    for (at, c) in body.char_indices() {
        match c {
            '\n' if first.is_some() => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '/' => {
                let rest = &body[at + 1..];
                if regex_end(rest) {
                    return Ok((rest, plain(at)));
                }
                if let Some(rest) = rest.strip_prefix('i').filter(|rest| regex_end(blank(rest))) {
                    return Ok((rest, format!("(?i){}", plain(at))));
                }
                first.get_or_insert(at);
            }
            _ => {}
        }
    }
    if let Some(at) = first {
        return Ok((&body[at + 1..], plain(at)));
    }
    let at = cx.at(start);
    cx.fatal(&codes::OPEN_QUOTE, Span::new(at, at + 1), "this regular expression is never closed with `/`")
}

/// Whether what stands here can follow a regular expression.
fn regex_end(i: &str) -> bool {
    let joint = |word: &&str| {
        i.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)) && name_part(&i[word.len()..]).is_none()
    };
    i.is_empty()
        || i.starts_with(|c: char| c.is_whitespace() || ")]|,?:&".contains(c))
        || ["and", "or", "as"].iter().any(joint)
}
