//! `parse`: takes fields out of the text between literal anchors.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{check_name, parameter_free};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::run::scan::anchor_finder::Anchor;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::{Args, Name, Text};
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "parse",
    group: Group::Parse,
    form: "'parse' ('field' '=' source:field)? part:(pattern:text 'as' ('(' name:field,+ ')' | name:field,+)),+ 'nodrop'?",
    summary: "Extracts fields between literal anchors.",
    doc: "Each `*` in the pattern is a field. The rest of the pattern, the anchors, must occur in the text exactly, \
          including case. A field is the shortest text up to the next anchor. A `*` at the end takes the rest of the \
          text, and a `*` at the start begins at the start of the text. `\\*` is a literal star; `\\n\
          ` `\\t` `\\r` `\\\"` `\\\\` have their usual meaning.\n\n\
          A message that does not match is dropped. With `nodrop` it is kept, and its fields are null. In a chain of \
          parse stages with `nodrop`, a final stage without it keeps the messages that *any* of them matched. A parse \
          stage that does not match leaves an existing field unchanged. If there are several patterns with their own \
          names, one of them must match. `field=x` reads the field x instead of the message.",
    page: "search/search-query-language/parse-operators/parse-predictable-patterns-using-an-anchor",
    also: &["extract", "anchor", "capture", "between"],
    examples: &[
        Example {
            title: "Two fields between anchors",
            query: "* | parse \"user=* ip=* \" as user, ip | fields user, ip",
            messages: &["user=ann ip=10.0.0.1 ok"],
            expect: Expect::Rows(&["user", "ip"], &[&["ann", "10.0.0.1"]]),
        },
        Example {
            title: "A message that does not match is dropped; with `nodrop`, its field is null",
            query: "* | parse \"id=*;\" as id | parse \"u=*;\" as u nodrop | fields id, u",
            messages: &["id=1;u=kim;", "id=2;", "neither"],
            expect: Expect::Rows(&["id", "u"], &[&["1", "kim"], &["2", ""]]),
        },
        Example {
            title: "A chain with `nodrop` means OR",
            query: "* | parse \"GET * HTTP\" as url nodrop | parse \"POST * HTTP\" as url | fields url",
            messages: &["GET /a HTTP", "POST /b HTTP", "HEAD /c HTTP"],
            expect: Expect::Rows(&["url"], &[&["/a"], &["/b"]]),
        },
        Example {
            title: "One of several patterns must match",
            query: "* | parse \"a=*;\" as x, \"b=*;c=*;\" as y, z | fields x, y, z",
            messages: &["a=1;b=2;c=3;", "b=4;c=5;", "b=6;"],
            expect: Expect::Rows(&["x", "y", "z"], &[&["1", "2", "3"], &["", "4", "5"]]),
        },
        Example {
            title: "Too few names",
            query: "* | parse \"a=* b=*\" as a",
            messages: &[],
            expect: Expect::Error("E204"),
        },
    ],
    role: OperatorRole::AnchorParse,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let source = source(call.args, planner)?;
    let parts = call.args.groups("part");
    let mut any = Vec::new();
    for (part, _) in &parts {
        let Some(pattern) = part.text("pattern") else { continue };
        parameter_free(&pattern.raw, pattern.span)?;
        let names = part.fields("name");
        let anchors = anchors(pattern, names.len())?;
        let before = names.iter().map(|name| planner.known(name)).collect();
        for name in &names {
            check_name(name)?;
        }
        let parse = Parse { source, anchors, before };
        let define: Box<dyn Extractor> = if planner.simple { Box::new(Plain(parse)) } else { Box::new(parse) };
        any.push(planner.define_fields(define, &names, parts.len() == 1));
    }
    let matched = any_matched(planner, any);
    planner.parsed(matched, call.args.has("nodrop"));
    Ok(())
}

/// The slot that says whether any of a stage's patterns matched: one will do (manual page `parse-nodrop-option`). A
/// single one is counted where it is defined.
pub(super) fn any_matched(planner: &mut Planner<'_>, matched: Vec<Slot>) -> Slot {
    match matched.as_slice() {
        [only] => *only,
        _ => planner.define(Box::new(AnyOf(matched)), 1, true),
    }
}

struct AnyOf(Vec<Slot>);

impl Extractor for AnyOf {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let matched = self.0.iter().any(|slot| row.get(*slot).is_true());
        row.set(first, Value::Bool(matched));
        matched
    }
}

/// The slot that a parse stage reads: the message, or what `field=` names.
pub(super) fn source(args: &Args, planner: &mut Planner<'_>) -> Result<Slot, Diagnostic> {
    match args.field("source") {
        Some(name) => planner.field(name),
        None => planner.field(&Name { text: "_raw".into(), span: Default::default() }),
    }
}

/// The names that a stage fills: those after `as`, which must be as many as there are patterns, else default ones.
pub(super) fn names(call: &OperatorCall<'_>, default: Vec<Name>, patterns: &str) -> Result<Vec<Name>, Diagnostic> {
    let names: Vec<Name> = call.args.fields("name").into_iter().cloned().collect();
    if names.is_empty() {
        return Ok(default);
    }
    names.iter().try_for_each(check_name)?;
    if names.len() == default.len() {
        return Ok(names);
    }
    let message = format!("expected {} after `as`, found {}", counted(default.len()), names.len());
    let span = names.iter().skip(1).fold(names[0].span, |span, name| span.to(name.span));
    Err(Diagnostic::error(&codes::PATTERN_NAMES, span, message)
        .help(format!("name each of the {patterns}, or none of them")))
}

/// How many names there are, in words.
pub(super) fn counted(names: usize) -> String {
    if names == 1 { "1 name".to_string() } else { format!("{names} names") }
}

/// What the names mean before the stage: kept where it finds nothing.
pub(super) fn before(names: &[Name], planner: &mut Planner<'_>) -> Vec<Option<Slot>> {
    names.iter().map(|name| planner.known(name)).collect()
}

/// The literal texts around the stars of a pattern.
fn anchors(pattern: &Text, names: usize) -> Result<Vec<Anchor>, Diagnostic> {
    let mut anchors = vec![String::new()];
    let mut chars = pattern.raw.chars();
    let push = |anchors: &mut Vec<String>, c: char| {
        if let Some(last) = anchors.last_mut() {
            last.push(c);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '*' => {
                if anchors.len() > 1 && anchors.last().is_some_and(String::is_empty) {
                    let message = "two stars have nothing between them";
                    return Err(Diagnostic::error(&codes::BAD_PATTERN, pattern.span, message)
                        .help("write the text that separates the two fields between the stars"));
                }
                anchors.push(String::new());
            }
            '\\' => match chars.next() {
                Some('n') => push(&mut anchors, '\n'),
                Some('t') => push(&mut anchors, '\t'),
                Some('r') => push(&mut anchors, '\r'),
                Some(c @ ('*' | '"' | '\\')) => push(&mut anchors, c),
                Some(c) => {
                    push(&mut anchors, '\\');
                    push(&mut anchors, c);
                }
                None => push(&mut anchors, '\\'),
            },
            c => push(&mut anchors, c),
        }
    }
    let stars = anchors.len() - 1;
    if stars != names {
        let message = format!("the pattern has {stars} `*` and {}", counted(names));
        return Err(Diagnostic::error(&codes::PATTERN_NAMES, pattern.span, message)
            .help("name each `*` after `as`; for a literal star, write `\\*`"));
    }
    Ok(anchors.iter().map(|anchor| Anchor::new(anchor)).collect())
}

struct Parse {
    source: Slot,
    /// One more than there are fields: the text before the first, between them, after the last.
    anchors: Vec<Anchor>,
    /// What the names meant before: kept where the pattern does not fit.
    before: Vec<Option<Slot>>,
}

impl Parse {
    /// Finds the anchors one after the other. Each is taken where it comes first: if the rest does not follow from
    /// there, it follows from no later place either.
    fn find<'m>(&self, text: &'m str, mut found: impl FnMut(usize, &'m str)) -> bool {
        let [first, rest @ ..] = self.anchors.as_slice() else { return false };
        let Some(at) = first.find(text.as_bytes()) else { return false };
        let mut at = if first.text().is_empty() { 0 } else { at + first.text().len() };
        for (number, anchor) in rest.iter().enumerate() {
            let left = &text[at..];
            let length = match anchor.text().is_empty() {
                true => left.len(),
                false => match anchor.find(left.as_bytes()) {
                    Some(length) => length,
                    None => return false,
                },
            };
            found(number, &left[..length]);
            at += length + anchor.text().len();
        }
        true
    }
}

impl Extractor for Parse {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let text = row.get(self.source).text(row.arena());
        let cells = row.cells(first);
        let matched =
            text.is_some_and(|text| self.find(text, |number, value| cells[1 + number].set(Some(Value::Text(value)))));
        cells[0].set(Some(Value::Bool(matched)));
        if !matched {
            for (cell, before) in cells[1..].iter().zip(&self.before) {
                cell.set(Some(before.map_or(Value::Null, |slot| row.get(slot))));
            }
        }
        matched
    }

    fn missed(&self, row: Row<'_, '_>) -> Option<String> {
        let value = row.get(self.source).owned();
        if value.borrow().is_null() {
            return Some("the field that it reads is null".into());
        }
        let text = value.to_string();
        let mut at = 0;
        let mut found: Option<&str> = None;
        for anchor in &self.anchors {
            let anchor = std::str::from_utf8(anchor.text()).unwrap_or_default();
            match text[at..].find(anchor) {
                Some(place) => at += place + anchor.len(),
                None => {
                    let place = found.map(|before| format!(" after `{before}`")).unwrap_or_default();
                    return Some(format!("the text does not contain `{anchor}`{place}{}", nearly(&text[at..], anchor)));
                }
            }
            if !anchor.is_empty() {
                found = Some(anchor);
            }
        }
        None
    }
}

/// The same by a plain search for one anchor after the other.
struct Plain(Parse);

impl Plain {
    fn values<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let mut anchors = self.0.anchors.iter().map(|anchor| std::str::from_utf8(anchor.text()).unwrap_or_default());
        let (_, mut left) = text.split_once(anchors.next()?)?;
        let mut values = Vec::new();
        for anchor in anchors {
            let (value, rest) = if anchor.is_empty() { (left, "") } else { left.split_once(anchor)? };
            values.push(value);
            left = rest;
        }
        Some(values)
    }
}

impl Extractor for Plain {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let values = row.get(self.0.source).text(row.arena()).and_then(|text| self.values(text));
        row.set(first, Value::Bool(values.is_some()));
        for (number, before) in self.0.before.iter().enumerate() {
            let kept = || before.map_or(Value::Null, |slot| row.get(slot));
            row.set(first + 1 + number, values.as_ref().map_or_else(kept, |values| Value::Text(values[number])));
        }
        values.is_some()
    }

    fn missed(&self, row: Row<'_, '_>) -> Option<String> {
        self.0.missed(row)
    }
}

/// What is there in the place of an anchor that differs from it only by quotes or letter case.
fn nearly(text: &str, anchor: &str) -> String {
    let alike = |a: char, b: char| {
        a == b || (matches!(a, '"' | '\'') && matches!(b, '"' | '\'')) || a.to_lowercase().eq(b.to_lowercase())
    };
    let length = anchor.chars().count();
    let near = text.char_indices().map(|(at, _)| &text[at..]).find(|rest| {
        let mut chars = rest.chars();
        anchor.chars().all(|a| chars.next().is_some_and(|b| alike(a, b)))
    });
    match near {
        Some(rest) => {
            let near: String = rest.chars().take(length).collect();
            let how = if near.to_lowercase() == anchor.to_lowercase() { "different case" } else { "different quotes" };
            format!("; it contains `{near}`, with {how}")
        }
        None => String::new(),
    }
}
