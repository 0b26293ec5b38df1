//! Stages: each `| …` is handed to what its first word names, and reading goes on at the next `|` after an error.

use super::error::Parsed;
use super::explain::{scope_error, stage_error};
use super::expression::{arguments, expression, lone_parameter};
use super::form::Form;
use super::input::{Input, ParseContext, Quotes, deeper, first_of, spanned};
use super::lexical::{
    bare_name, blank, blanks, field, in_any_case, is_word_char, keyword, parameter, quote, string, symbol,
};
use super::scope::search;
use super::signature::OperatorSignature;
use super::signatures::Signatures;
use super::tree::{AggregateItem, Name, Query, Search, SearchKind, Stage, StageKind};
use crate::diagnostics::{Diagnostic, Span};
use nom::Parser;
use nom::branch::alt;
use nom::character::complete::{char as one, one_of, satisfy};
use nom::combinator::{eof, fail, not, opt, peek, verify};
use nom::error::context;
use nom::multi::{many, many0_count, separated_list1};
use nom::sequence::{delimited, preceded, terminated};

/// After so many errors reading stops: nobody reads more, and reading on behind each takes its time.
pub(super) const MAX_ERRORS: usize = 100;

/// A whole query. Never fails: what can't be read is a broken stage with a diagnostic.
pub fn query(text: Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> Query {
    let start = text.blank();
    let mut rest = start;
    let mut query = Query { search: everything(start), stages: Vec::new(), span: Span::new(0, text.len()) };
    if !start.is_empty() && !start.starts_with('|') {
        match terminated(beginning, stage_end).parse(text) {
            Ok((after, (search, head))) => {
                query.search = search;
                query.stages.extend(head);
                rest = after;
            }
            Err(error) => {
                diagnostics.push(scope_error(text, error));
                rest = next_pipe(text);
            }
        }
    }
    while let Ok((body, _)) = pipe(rest)
        && diagnostics.len() < MAX_ERRORS
    {
        text.cx.take_furthest();
        match whole_stage(body) {
            Ok((after, stages)) => {
                query.stages.extend(stages);
                rest = after;
            }
            Err(error) => {
                diagnostics.push(stage_error(body.blank(), error));
                rest = next_pipe(body);
                query.stages.push(Stage { kind: StageKind::Broken, span: body.blank().span(rest) });
            }
        }
    }
    // Parameters behind an operator in the place of the scope.
    if diagnostics.is_empty()
        && let Err(error) = context("`|` and the next stage", preceded(blanks, eof)).parse(rest)
    {
        diagnostics.push(scope_error(rest, error));
    }
    query
}

/// The scope that every message fits.
fn everything(i: Input<'_>) -> Search {
    Search { kind: SearchKind::All, span: i.span(i) }
}

/// What a query begins with: an operator in the place of the scope, or the scope. A text that is no operator may still
/// be a scope.
fn beginning<'a>(i: Input<'a>) -> Parsed<'a, (Search, Option<Stage>)> {
    let start = i.blank();
    alt((head.map(|stage| (everything(start), Some(stage))), search.map(|search| (search, None)))).parse(start)
}

/// An operator in the place of the scope.
fn head<'a>(i: Input<'a>) -> Parsed<'a, Stage> {
    let word = first_word(i.text);
    let heads = |i: Input<'a>| by_form(i, i.cx.catalogue.heads().filter(|(_, form)| form.starts_with(word)));
    let (rest, kind) = context("a search term", heads).parse(i)?;
    Ok((rest.blank(), Stage { kind, span: trimmed(i, rest) }))
}

/// What the first of several forms reads that fits up to the stage's end.
fn by_form<'a>(
    i: Input<'a>,
    operators: impl Iterator<Item = (&'static OperatorSignature, &'a Form)>,
) -> Parsed<'a, StageKind> {
    let operator = |(def, form): (&'static OperatorSignature, &'a Form)| {
        move |i| {
            let (rest, args) = form.arguments(i)?;
            stage_end(rest)?;
            Ok((rest, StageKind::Operator { def, args }))
        }
    };
    first_of(operators.map(operator), i)
}

/// The span of a stage, without the blanks at its end.
fn trimmed<'a>(start: Input<'a>, rest: Input<'a>) -> Span {
    Span::new(start.at(), start.at() + start.until(rest).trim_end().len())
}

/// A pipe (and not the sign `||`, which is read as a part of what is before it).
fn pipe<'a>(i: Input<'a>) -> Parsed<'a, char> {
    preceded(blanks, one('|')).parse(i)
}

/// The end of a stage: the next pipe, the end of the text, or the bracket of an enclosing pipeline. Parameters may stand
/// before it: their values are stages.
fn stage_end<'a>(i: Input<'a>) -> Parsed<'a, ()> {
    let bracket = verify(one_of(")]"), |_| i.cx.nested.get() > 0);
    let end = context("`|` and the next stage", alt((eof.map(|_| ()), one('|').map(|_| ()), bracket.map(|_| ()))));
    peek((many0_count(lone_parameter), blanks, end)).map(|_| ()).parse(i)
}

/// A text that is, as a whole, one stage.
pub fn lone_stage(text: &str, catalogue: &Signatures) -> Option<Stage> {
    let cx = ParseContext::new(text, catalogue, Quotes::Plain);
    let whole = terminated(stage, (blanks, eof)).parse(cx.input()).ok();
    whole.map(|(_, stage)| stage)
}

/// One stage, with the parameters that stand between it and its end.
fn whole_stage<'a>(i: Input<'a>) -> Parsed<'a, Vec<Stage>> {
    let (i, stage) = stage(i)?;
    let (i, parameters) = left_over(i)?;
    Ok((i, [stage].into_iter().chain(parameters).collect()))
}

/// The parameters that stand between a stage and its end.
fn left_over<'a>(i: Input<'a>) -> Parsed<'a, Vec<Stage>> {
    let parameter =
        spanned(lone_parameter).map(|(name, span)| Stage { kind: StageKind::Parameter(name.to_string()), span });
    many(0.., parameter).parse(i)
}

/// One stage, after its pipe.
fn stage<'a>(i: Input<'a>) -> Parsed<'a, Stage> {
    let i = i.blank();
    let unreadable = &i.cx.unreadable;
    let nested = i.cx.nested.get() > 0;
    if nested && unreadable.borrow().contains(&i.at()) {
        return fail().parse(i);
    }
    let out = any_stage(i);
    if nested && matches!(out, Err(nom::Err::Error(_))) {
        unreadable.borrow_mut().insert(i.at());
    }
    out
}

/// An operator, aggregates, or an expression: the first that reaches the stage's end.
fn any_stage<'a>(i: Input<'a>) -> Parsed<'a, Stage> {
    let kinds: [for<'b> fn(Input<'b>) -> Parsed<'b, StageKind>; 4] = [operator, aggregates, expression_stage, opaque];
    let (rest, kind) = first_of(kinds.into_iter().map(to_end), i)?;
    Ok((rest, Stage { kind, span: trimmed(i, rest) }))
}

/// A parser that must reach the end of the stage.
fn to_end<'a, T>(parser: impl Fn(Input<'a>) -> Parsed<'a, T>) -> impl Fn(Input<'a>) -> Parsed<'a, T> {
    move |i| {
        let (rest, out) = parser(i)?;
        stage_end(rest)?;
        Ok((rest, out))
    }
}

/// An operator of the catalogue with its arguments.
fn operator<'a>(i: Input<'a>) -> Parsed<'a, StageKind> {
    by_form(i, i.cx.catalogue.operators_starting(first_word(i.text)))
}

/// A stage that begins with a parameter and can be anything: up to its end.
fn opaque<'a>(i: Input<'a>) -> Parsed<'a, StageKind> {
    terminated(parameter, |i| opaque_text(i, false)).map(|name| StageKind::Parameter(name.to_string())).parse(i)
}

/// Anything in which texts, comments and brackets are whole; pipes only inside brackets.
fn opaque_text<'a>(i: Input<'a>, inside: bool) -> Parsed<'a, ()> {
    let space = preceded(satisfy(char::is_whitespace), blanks);
    let text = preceded(quote, string).map(|_| ());
    let within = || deeper(|i| opaque_text(i, true));
    let round = delimited(one('('), within(), symbol(")"));
    let square = delimited(one('['), within(), symbol("]"));
    let other = satisfy(|c| (inside && c == '|') || !"|()[]".contains(c)).map(|_| ());
    many0_count(alt((space, text, round, square, other))).map(|_| ()).parse(i)
}

/// The letters a stage starts with.
pub(crate) fn first_word(i: &str) -> &str {
    &i[..i.find(|c: char| !is_word_char(c)).unwrap_or(i.len())]
}

/// `expression`, `expression as name`.
fn expression_stage<'a>(i: Input<'a>) -> Parsed<'a, StageKind> {
    (expression, alias).map(|(value, alias)| StageKind::Expression { value, alias }).parse(i)
}

/// `as name`, if it stands here.
fn alias<'a>(i: Input<'a>) -> Parsed<'a, Option<Name>> {
    opt(preceded(keyword("as"), field)).parse(i)
}

/// `count, sum(x) as s by y`: aggregates separated by commas, then the group fields, before which `by` may be missing.
/// Published detections begin with `stats`, as other languages have it.
fn aggregates<'a>(i: Input<'a>) -> Parsed<'a, StageKind> {
    let stats = terminated(in_any_case("stats"), not(satisfy(is_word_char)));
    let (i, mut items) = preceded(opt(stats), separated_list1(symbol(","), aggregate)).parse(i)?;
    let (i, by) = opt(group_keyword).parse(i)?;
    let mut fields = separated_list1(symbol(","), group_field);
    if by.is_none() {
        let (i, by) = opt(fields).parse(i)?;
        return Ok((i, StageKind::Aggregate { items, by: by.unwrap_or_default() }));
    }
    let (mut i, by) = fields.parse(i)?;
    // The alias of a single aggregate may also stand at the very end: `values(x) by y as z`.
    if let [AggregateItem { alias: name @ None, .. }] = items.as_mut_slice() {
        (i, *name) = alias(i)?;
    }
    Ok((i, StageKind::Aggregate { items, by }))
}

/// A field of the group clause.
fn group_field<'a>(i: Input<'a>) -> Parsed<'a, Name> {
    let other = alt((keyword("as"), keyword("nodrop")));
    context("a field name", preceded(not(other), field)).parse(i)
}

fn group_keyword<'a>(i: Input<'a>) -> Parsed<'a, ()> {
    let group = terminated(keyword("group"), opt(keyword("by")));
    alt((group, keyword("by"))).map(|_| ()).parse(i)
}

fn aggregate<'a>(i: Input<'a>) -> Parsed<'a, AggregateItem> {
    let (rest, (word, span)) = spanned(bare_name).parse(i)?;
    let Some(def) = i.cx.catalogue.aggregate(word) else { return i.expected("an aggregate such as count") };
    let name = Name { text: word.to_string(), span };
    let all = (symbol("*"), symbol(")")).map(|_| Vec::new());
    let (rest, args) = match opt(preceded(symbol("("), alt((all, arguments)))).parse(rest)? {
        (_, Some(args)) if args.len() > def.max_args => return i.expected("fewer arguments"),
        (rest, None) if !def.shorthand => return rest.expected("("),
        (rest, args) => (rest, args.unwrap_or_default()),
    };
    let (rest, alias) = alias(rest)?;
    Ok((rest, AggregateItem { def, name, args, alias, span: i.blank().span(rest) }))
}

/// Runs a parser of what stands inside brackets, where a closing one ends a stage.
fn in_brackets<'a, T>(parser: impl Fn(Input<'a>) -> Parsed<'a, T>) -> impl Fn(Input<'a>) -> Parsed<'a, T> {
    deeper(move |i| {
        let nested = &i.cx.nested;
        nested.set(nested.get() + 1);
        let out = parser(i);
        nested.set(nested.get() - 1);
        out
    })
}

/// A pipeline inside brackets: stages separated by pipes, the first without one.
pub fn nested_pipeline<'a>(i: Input<'a>) -> Parsed<'a, Vec<Stage>> {
    in_brackets(pipeline)(i)
}

fn pipeline<'a>(i: Input<'a>) -> Parsed<'a, Vec<Stage>> {
    let (mut rest, mut stages) = whole_stage(i)?;
    while let Ok((body, _)) = pipe(rest) {
        let more;
        (rest, more) = whole_stage(body)?;
        stages.extend(more);
    }
    Ok((rest, stages))
}

/// A query inside brackets: a scope and stages.
pub fn nested_query<'a>(i: Input<'a>) -> Parsed<'a, Query> {
    in_brackets(|i| {
        let start = i.blank();
        let (i, (search, head)) = beginning(start)?;
        let (i, more) = pipe(i).map_or_else(|_| Ok((i, Vec::new())), |(body, _)| pipeline(body))?;
        let stages = head.into_iter().chain(more).collect();
        Ok((i, Query { search, stages, span: start.span(i) }))
    })(i)
}

/// The text from the next pipe that stands outside texts, comments and subqueries, empty when there is none.
fn next_pipe(i: Input<'_>) -> Input<'_> {
    i.with(next_sign(i.text, '|'))
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
