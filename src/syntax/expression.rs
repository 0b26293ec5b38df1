//! Expressions: one function per level of precedence, loosest first.
//!
//! Brackets nest through these functions, so their stack must be small, without optimisation too. Where one reads another
//! level it calls it by itself, and what may follow the first operand is read by a function of its own; the combinators
//! are for what stands between.

use super::error::{Error, Parsed};
use super::input::{Input, Reads, deeper, spanned};
use super::lexical::{
    bare_name, blanks, field, is_word_char, keyword, number, operator_sign, parameter, path, string, subscript, symbol,
};
use super::regex_literal::{regex, starred_regex};
use super::tree::{BinaryOp, Expr, ExprKind, Name, Subquery};
use crate::diagnostics::Span;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char as one, satisfy};
use nom::combinator::{opt, peek};
use nom::error::context;
use nom::sequence::{delimited, preceded};

/// An expression: `c ? a : b`, or anything tighter.
pub fn expression<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    deeper(choice)(i)
}

fn choice<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let (i, condition) = or(i)?;
    let (i, branches) = branches(i)?;
    Ok((i, chosen(condition, branches)))
}

/// `? a : b`, if it stands here.
fn branches<'a>(i: Input<'a>) -> Parsed<'a, Option<(Expr, Expr)>> {
    opt(preceded(operator_sign(&[("?", ())]), two_branches)).parse(i)
}

fn two_branches<'a>(i: Input<'a>) -> Parsed<'a, (Expr, Expr)> {
    let (i, then) = expression(i)?;
    let (i, _) = symbol(":").parse(i)?;
    let (i, otherwise) = expression(i)?;
    Ok((i, (then, otherwise)))
}

fn chosen(condition: Expr, branches: Option<(Expr, Expr)>) -> Expr {
    let Some((then, otherwise)) = branches else { return condition };
    let span = condition.span.to(otherwise.span);
    let kind = ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
    Expr { kind, span }
}

fn or<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    chain(i, and, "or", &[("||", ())], ExprKind::Or)
}

fn and<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    chain(i, not, "and", &[("&&", ())], ExprKind::And)
}

/// A level of precedence: what it reads an operand with.
type Level = for<'a> fn(Input<'a>) -> Parsed<'a, Expr>;

/// The signs of a level, with what they mean.
type Signs<T> = &'static [(&'static str, T)];

/// `a word b word c`, or the same with a sign, as one flat node: hundreds of terms must not make a deep tree.
fn chain<'a>(
    i: Input<'a>,
    tighter: Level,
    word: &'static str,
    sign: Signs<()>,
    node: fn(Vec<Expr>) -> ExprKind,
) -> Parsed<'a, Expr> {
    let (i, first) = tighter(i)?;
    let (i, more) = more(i, alt((keyword(word).map(|_| ()), operator_sign(sign))), tighter)?;
    Ok((i, flat(first, more, node)))
}

/// The operands after the first, each with the joint before it. nom's `many` would leave a joint without an operand for
/// others to read: `||` is no end of a stage.
fn more<'a, J>(
    i: Input<'a>,
    mut joint: impl Reads<'a, J>,
    tighter: impl Fn(Input<'a>) -> Parsed<'a, Expr>,
) -> Parsed<'a, Vec<(J, Expr)>> {
    let (mut rest, mut more) = (i, Vec::new());
    while let Ok((after, joint)) = joint.parse(rest) {
        let operand;
        (rest, operand) = tighter(after)?;
        more.push((joint, operand));
    }
    Ok((rest, more))
}

/// One or more, separated by commas.
fn list<'a>(i: Input<'a>, item: Level) -> Parsed<'a, Vec<Expr>> {
    let (i, first) = item(i)?;
    let (i, more) = more(i, symbol(","), item)?;
    Ok((i, with_first(first, more)))
}

fn with_first<J>(first: Expr, more: Vec<(J, Expr)>) -> Vec<Expr> {
    std::iter::once(first).chain(more.into_iter().map(|(_, expr)| expr)).collect()
}

fn flat(first: Expr, more: Vec<((), Expr)>, node: fn(Vec<Expr>) -> ExprKind) -> Expr {
    let Some((_, last)) = more.last() else { return first };
    let span = first.span.to(last.span);
    Expr { kind: node(with_first(first, more)), span }
}

fn not<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    match alt((symbol("!"), keyword("not"))).parse(i) {
        Ok((i, sign)) => {
            let (i, inner) = deeper(not)(i)?;
            Ok((i, prefixed(sign, ExprKind::Not, inner)))
        }
        Err(_) => comparison(i),
    }
}

fn prefixed(sign: Span, node: fn(Box<Expr>) -> ExprKind, inner: Expr) -> Expr {
    Expr { span: sign.to(inner.span), kind: node(Box::new(inner)) }
}

fn comparison<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let (i, left) = sum(i)?;
    match comparison_joint(i) {
        Ok((after, comparison)) => compared(left, comparison, after),
        Err(_) => Ok((i, left)),
    }
}

/// What stands between an operand and what it is compared with.
#[derive(Clone, Copy)]
enum Comparison {
    Sign(BinaryOp),
    Fits { negated: bool },
    Matches { negated: bool },
    In { negated: bool },
    Contains(Span),
}

/// The comparison signs, longest first.
const COMPARISONS: Signs<BinaryOp> = &[
    ("==", BinaryOp::Equal),
    ("!=", BinaryOp::NotEqual),
    ("<>", BinaryOp::NotEqual),
    ("<=", BinaryOp::LessEqual),
    (">=", BinaryOp::GreaterEqual),
    ("=", BinaryOp::Equal),
    ("<", BinaryOp::Less),
    (">", BinaryOp::Greater),
];

/// The signs before a regular expression, which published detections have from other languages; whether they negate.
const FITS: Signs<bool> = &[("=~", false), ("!~", true)];

/// The sign or words of a comparison.
fn comparison_joint<'a>(i: Input<'a>) -> Parsed<'a, Comparison> {
    alt((
        operator_sign(FITS).map(|negated| Comparison::Fits { negated }),
        operator_sign(COMPARISONS).map(Comparison::Sign),
        preceded(keyword("not"), in_or_matches(true)),
        in_or_matches(false),
        keyword("contains").map(Comparison::Contains),
    ))
    .parse(i)
}

fn in_or_matches<'a>(negated: bool) -> impl Reads<'a, Comparison> {
    alt((
        keyword("in").map(move |_| Comparison::In { negated }),
        keyword("matches").map(move |_| Comparison::Matches { negated }),
    ))
}

/// A comparison, after its left side and its joint.
fn compared<'a>(left: Expr, comparison: Comparison, i: Input<'a>) -> Parsed<'a, Expr> {
    let (i, right) = match comparison {
        Comparison::In { negated } => return membership(left, negated, i),
        Comparison::Fits { .. } => regex_or_text(i)?,
        Comparison::Matches { .. } => pattern(i)?,
        Comparison::Sign(_) | Comparison::Contains(_) => sum(i)?,
    };
    Ok((i, joined(left, comparison, right, i.cx.source)))
}

fn joined(left: Expr, comparison: Comparison, right: Expr, source: &str) -> Expr {
    let span = left.span.to(right.span);
    let kind = match comparison {
        Comparison::Sign(op) => return binary(op, left, right),
        Comparison::Contains(name) => {
            let name = Name { text: name.of(source).to_string(), span: name };
            ExprKind::Call { name, args: vec![left, right] }
        }
        Comparison::Fits { negated } | Comparison::Matches { negated } | Comparison::In { negated } => {
            ExprKind::Matches { value: Box::new(left), pattern: Box::new(right), negated }
        }
    };
    Expr { kind, span }
}

/// `(a, b)`, after `in`.
fn membership<'a>(left: Expr, negated: bool, i: Input<'a>) -> Parsed<'a, Expr> {
    let (i, _) = symbol("(").parse(i)?;
    let (i, list) = list(i, expression)?;
    let (i, close) = symbol(")").parse(i)?;
    let span = left.span.to(close);
    Ok((i, Expr { kind: ExprKind::In { value: Box::new(left), list, negated }, span }))
}

/// A node of what a parser reads.
fn node<'a, T>(parser: impl Reads<'a, T>, kind: impl Fn(T) -> ExprKind) -> impl Reads<'a, Expr> {
    spanned(parser).map(move |(read, span)| Expr { kind: kind(read), span })
}

/// A regular expression between slashes or quotes.
fn regex_or_text<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    alt((node(regex, ExprKind::Regex), node(string, |text| ExprKind::Regex(text.regex())))).parse(i)
}

/// What may follow `matches`: a regex literal or any value.
fn pattern<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    match node(regex, ExprKind::Regex).parse(i) {
        Err(nom::Err::Error(_)) => {}
        found => return found,
    }
    match sum(i) {
        Err(nom::Err::Error(_)) => starred_match(i),
        found => found,
    }
}

/// `matches /*.exe/`: a comment after which nothing can be matched is a regular expression.
fn starred_match<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let start = i.with(i.text.trim_start());
    let (rest, pattern) = starred_regex(start)?;
    Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: start.span(rest) }))
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

fn sum<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    left_to_right(i, product, &[("+", BinaryOp::Add), ("-", BinaryOp::Subtract)])
}

fn product<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    left_to_right(i, unary, &[("*", BinaryOp::Multiply), ("/", BinaryOp::Divide), ("%", BinaryOp::Remainder)])
}

fn left_to_right<'a>(i: Input<'a>, tighter: Level, signs: Signs<BinaryOp>) -> Parsed<'a, Expr> {
    let beside = i.cx.start_tree();
    let (rest, first) = tighter(i)?;
    // Each makes the tree taller by one.
    let more = more(rest, operator_sign(signs), |i| {
        let (rest, operand) = tighter(i)?;
        rest.grow_tree().map(|(rest, ())| (rest, operand))
    });
    i.cx.end_tree(beside);
    more.map(|(rest, more)| (rest, more.into_iter().fold(first, |left, (op, right)| binary(op, left, right))))
}

fn unary<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    match symbol("-").parse(i) {
        Ok((i, sign)) => {
            let (i, inner) = deeper(unary)(i)?;
            Ok((i, prefixed(sign, ExprKind::Negative, inner)))
        }
        Err(_) => primary(i.blank()),
    }
}

/// Words that end an expression, and so can't be a field in one without `%"…"`.
pub const RESERVED: &[&str] = &["and", "or", "as", "matches", "in", "not"];

fn primary<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    match i.chars().next() {
        Some('(') => bracketed(i),
        Some('[') => nested(i),
        Some('"' | '“' | '”') => node(string, ExprKind::Text).parse(i),
        Some('.' | '0'..='9') => node(number, ExprKind::Number).parse(i),
        Some('%') => node(field, ExprKind::Field).parse(i),
        _ => word_or_call(i),
    }
}

fn nested<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let (rest, subquery) = subquery(i)?;
    Ok((rest, Expr { span: subquery.span, kind: ExprKind::Subquery(Box::new(subquery)) }))
}

fn bracketed<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let (rest, _) = symbol("(").parse(i)?;
    let (rest, inner) = expression(rest)?;
    let (rest, _) = symbol(")").parse(rest)?;
    Ok((rest, Expr { kind: inner.kind, span: i.span(rest) }))
}

/// A subquery in its brackets, by the form that the catalogue gives it.
pub fn subquery<'a>(i: Input<'a>) -> Parsed<'a, Subquery> {
    let Some((_, form)) = i.cx.catalogue.subquery() else { return i.expected("an expression") };
    let start = i.blank();
    let (rest, args) = form.arguments(start)?;
    Ok((rest, Subquery { args, span: start.span(rest) }))
}

/// A field, a call, `true`, `false` or `null`.
pub fn word_or_call<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    let start = i.blank();
    let name = |rest, text: &str| Name { text: text.to_string(), span: start.span(rest) };
    if let Ok((rest, text)) = subscript(start) {
        let name = name(rest, text);
        return Ok((rest, Expr { span: name.span, kind: ExprKind::Field(name) }));
    }
    let (rest, word) = context("an expression", bare_name).parse(start)?;
    match preceded(blanks, one('(')).parse(rest) {
        Ok((args, _)) if word.eq_ignore_ascii_case("matches") => matches_call(start, args),
        _ if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) => start.expected("an expression"),
        Ok((args, _)) => call(start, name(rest, word), args),
        Err::<_, nom::Err<Error>>(_) => {
            let name = name(rest, word);
            let span = name.span;
            let kind = match word {
                _ if word.eq_ignore_ascii_case("true") => ExprKind::Bool(true),
                _ if word.eq_ignore_ascii_case("false") => ExprKind::Bool(false),
                _ if word.eq_ignore_ascii_case("null") => ExprKind::Null,
                _ => ExprKind::Field(name),
            };
            Ok((rest, Expr { kind, span }))
        }
    }
}

/// A call, after the opening bracket.
fn call<'a>(start: Input<'a>, name: Name, i: Input<'a>) -> Parsed<'a, Expr> {
    let (rest, args) = arguments(i)?;
    Ok((rest, Expr { kind: ExprKind::Call { name, args }, span: start.span(rest) }))
}

/// `matches(value, "regex")`, as other languages have it: published detections do too. After the opening bracket.
fn matches_call<'a>(start: Input<'a>, i: Input<'a>) -> Parsed<'a, Expr> {
    let (rest, value) = expression(i)?;
    let (rest, pattern) = delimited(symbol(","), regex_or_text, symbol(")")).parse(rest)?;
    let kind = ExprKind::Matches { value: Box::new(value), pattern: Box::new(pattern), negated: false };
    Ok((rest, Expr { kind, span: start.span(rest) }))
}

/// The arguments of a call, after the opening bracket, up to and with the closing one.
pub fn arguments<'a>(i: Input<'a>) -> Parsed<'a, Vec<Expr>> {
    if let Ok((rest, _)) = symbol(")").parse(i) {
        return Ok((rest, Vec::new()));
    }
    let (i, args) = list(i, argument)?;
    let (i, _) = symbol(")").parse(i)?;
    Ok((i, args))
}

/// A call's argument: the name of a table, a regex literal, or an expression.
fn argument<'a>(i: Input<'a>) -> Parsed<'a, Expr> {
    match alt((node(located_path, ExprKind::Path), node(regex, ExprKind::Regex))).parse(i) {
        Err(nom::Err::Error(_)) => expression(i),
        found => found,
    }
}

/// The name of a table with what it is before it: `path://"table"`, `geo://location`.
fn located_path<'a>(i: Input<'a>) -> Parsed<'a, String> {
    let scheme = (take_while1(|c: char| c.is_ascii_alphabetic()), tag("://"));
    context("an expression", preceded(peek(scheme), path)).map(str::to_string).parse(i)
}

/// A template parameter that stands alone, not as part of a longer name.
pub fn lone_parameter<'a>(i: Input<'a>) -> Parsed<'a, Input<'a>> {
    let longer = satisfy(|c| is_word_char(c) || c == '.');
    delimited(blanks, parameter, nom::combinator::not(longer)).parse(i)
}
