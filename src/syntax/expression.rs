//! Expressions: one function per level of precedence, loosest first.

use super::lexical::{
    Cx, Parsed, bare_name, blank, field, is_word_char, keyword, number, operator_sign, parameter_end, regex, string,
    symbol,
};
use super::tree::{BinaryOp, Expr, ExprKind, Name};
use crate::diagnostics::{Span, codes};

/// An expression: `c ? a : b`, or anything tighter.
pub fn expression<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    cx.deeper(i, |i| {
        let (rest, condition) = or(cx, i)?;
        let Ok((rest, _)) = operator_sign(cx, rest, "?") else { return Ok((rest, condition)) };
        let (rest, then) = expression(cx, rest)?;
        let (rest, _) = symbol(cx, rest, ":")?;
        let (rest, otherwise) = expression(cx, rest)?;
        let span = condition.span.to(otherwise.span);
        let kind =
            ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
        Ok((rest, Expr { kind, span }))
    })
}

fn or<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    chain(cx, i, and, "or", "||", ExprKind::Or)
}

fn and<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    chain(cx, i, not, "and", "&&", ExprKind::And)
}

/// `a word b word c` as one flat node: hundreds of terms must not make a deep tree.
fn chain<'a>(
    cx: &Cx<'a>,
    i: &'a str,
    tighter: fn(&Cx<'a>, &'a str) -> Parsed<'a, Expr>,
    word: &'static str,
    sign: &'static str,
    node: fn(Vec<Expr>) -> ExprKind,
) -> Parsed<'a, Expr> {
    let (mut rest, first) = tighter(cx, i)?;
    let mut terms = vec![first];
    while let Ok((after, _)) = keyword(cx, rest, word).or_else(|_| operator_sign(cx, rest, sign)) {
        let (after, term) = tighter(cx, after)?;
        terms.push(term);
        rest = after;
    }
    Ok((rest, join(terms, node)))
}

fn join(mut terms: Vec<Expr>, node: fn(Vec<Expr>) -> ExprKind) -> Expr {
    if terms.len() == 1 {
        return terms.remove(0);
    }
    let span = terms.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
    Expr { kind: node(terms), span }
}

fn not<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    let sign = symbol(cx, i, "!").ok().filter(|(rest, _)| !rest.starts_with('='));
    let Some((rest, _)) = sign.or_else(|| keyword(cx, i, "not").ok()) else { return comparison(cx, i) };
    cx.deeper(rest, |rest| {
        let (rest, inner) = not(cx, rest)?;
        Ok((rest, Expr { span: cx.span(start, rest), kind: ExprKind::Not(Box::new(inner)) }))
    })
}

/// The comparison signs, longest first.
const COMPARISONS: &[(&str, BinaryOp)] = &[
    ("==", BinaryOp::Equal),
    ("!=", BinaryOp::NotEqual),
    ("<>", BinaryOp::NotEqual),
    ("<=", BinaryOp::LessEqual),
    (">=", BinaryOp::GreaterEqual),
    ("=", BinaryOp::Equal),
    ("<", BinaryOp::Less),
    (">", BinaryOp::Greater),
];

fn comparison<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let (rest, left) = sum(cx, i)?;
    for (sign, op) in COMPARISONS {
        if let Ok((after, _)) = operator_sign(cx, rest, sign) {
            let (after, right) = sum(cx, after)?;
            return Ok((after, binary(*op, left, right)));
        }
    }
    let (negated, after) = match keyword(cx, rest, "not") {
        Ok((after, _)) => (true, after),
        Err(_) => (false, rest),
    };
    if let Ok((after, _)) = keyword(cx, after, "in") {
        let (after, _) = symbol(cx, after, "(")?;
        let (after, list) = list(cx, after, expression)?;
        let (after, close) = symbol(cx, after, ")")?;
        let span = left.span.to(close);
        return Ok((after, Expr { kind: ExprKind::In { value: Box::new(left), list, negated }, span }));
    }
    if let Ok((after, _)) = keyword(cx, after, "matches") {
        let (after, pattern) = pattern(cx, after)?;
        let span = left.span.to(pattern.span);
        let kind = ExprKind::Matches { value: Box::new(left), pattern: Box::new(pattern), negated };
        return Ok((after, Expr { kind, span }));
    }
    if let (false, Ok((after, word))) = (negated, keyword(cx, rest, "contains")) {
        let name = Name { text: word.of(cx.source).to_string(), span: word };
        let (after, part) = sum(cx, after)?;
        let span = left.span.to(part.span);
        return Ok((after, Expr { kind: ExprKind::Call { name, args: vec![left, part] }, span }));
    }
    Ok((rest, left))
}

/// What may follow `matches`: a regex literal or any value.
fn pattern<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    match regex(cx, i) {
        Ok((rest, pattern)) => Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: cx.span(start, rest) })),
        Err(nom::Err::Error(())) => sum(cx, i),
        Err(failure) => Err(failure),
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

fn sum<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    left_to_right(cx, i, product, &[("+", BinaryOp::Add), ("-", BinaryOp::Subtract)])
}

fn product<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let signs = &[("*", BinaryOp::Multiply), ("/", BinaryOp::Divide), ("%", BinaryOp::Remainder)];
    left_to_right(cx, i, unary, signs)
}

fn left_to_right<'a>(
    cx: &Cx<'a>,
    i: &'a str,
    tighter: fn(&Cx<'a>, &'a str) -> Parsed<'a, Expr>,
    signs: &[(&'static str, BinaryOp)],
) -> Parsed<'a, Expr> {
    let (mut rest, mut left) = tighter(cx, i)?;
    let mut length = 0;
    'next: loop {
        for (sign, op) in signs {
            if let Ok((after, place)) = operator_sign(cx, rest, sign) {
                length += 1;
                if length > super::lexical::DEEPEST {
                    return cx.fatal(&codes::TOO_DEEP, place, "too many operators in a row");
                }
                let (after, right) = tighter(cx, after)?;
                left = binary(*op, left, right);
                rest = after;
                continue 'next;
            }
        }
        return Ok((rest, left));
    }
}

fn unary<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    let Ok((rest, _)) = symbol(cx, i, "-") else { return primary(cx, i) };
    cx.deeper(rest, |rest| {
        let (rest, inner) = unary(cx, rest)?;
        Ok((rest, Expr { span: cx.span(start, rest), kind: ExprKind::Negative(Box::new(inner)) }))
    })
}

/// Words that end an expression, and so can't be a field in one without `%"…"`.
pub const RESERVED: &[&str] = &["and", "or", "as", "matches", "in", "not"];

fn primary<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    let kind = |rest: &'a str, kind| Ok((rest, Expr { span: cx.span(start, rest), kind }));
    if let Ok((rest, _)) = symbol(cx, i, "(") {
        let (rest, inner) = expression(cx, rest)?;
        let (rest, _) = symbol(cx, rest, ")")?;
        return kind(rest, inner.kind);
    }
    match start.chars().next() {
        Some('"' | '“' | '”') => {
            let (rest, text) = string(cx, i)?;
            return kind(rest, ExprKind::Text(text));
        }
        Some(c) if c.is_ascii_digit() => {
            let (rest, value) = number(cx, i)?;
            return kind(rest, ExprKind::Number(value));
        }
        Some('%') => {
            let (rest, name) = field(cx, i)?;
            return kind(rest, ExprKind::Field(name));
        }
        _ => {}
    }
    let Ok((rest, word)) = bare_name(cx, i) else {
        return cx.miss(i, "an expression");
    };
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) {
        return cx.miss(i, "an expression");
    }
    let name = Name { text: word.to_string(), span: cx.span(start, rest) };
    if let Some(after) = blank(rest).strip_prefix('(') {
        let (rest, args) = arguments(cx, after)?;
        return kind(rest, ExprKind::Call { name, args });
    }
    match word {
        _ if word.eq_ignore_ascii_case("true") => kind(rest, ExprKind::Bool(true)),
        _ if word.eq_ignore_ascii_case("false") => kind(rest, ExprKind::Bool(false)),
        _ if word.eq_ignore_ascii_case("null") => kind(rest, ExprKind::Null),
        _ => kind(rest, ExprKind::Field(name)),
    }
}

/// The arguments of a call, after the opening bracket, up to and with the closing one.
pub fn arguments<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Vec<Expr>> {
    if let Ok((rest, _)) = symbol(cx, i, ")") {
        return Ok((rest, Vec::new()));
    }
    let (rest, args) = list(cx, i, argument)?;
    let (rest, _) = symbol(cx, rest, ")")?;
    Ok((rest, args))
}

/// A call's argument: an expression, or a regex literal.
fn argument<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    match regex(cx, i) {
        Ok((rest, pattern)) => Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: cx.span(start, rest) })),
        Err(nom::Err::Error(())) => expression(cx, i),
        Err(failure) => Err(failure),
    }
}

/// One or more, separated by commas.
pub fn list<'a, T>(cx: &Cx<'a>, i: &'a str, item: impl Fn(&Cx<'a>, &'a str) -> Parsed<'a, T>) -> Parsed<'a, Vec<T>> {
    let (mut rest, first) = item(cx, i)?;
    let mut items = vec![first];
    while let Ok((after, _)) = symbol(cx, rest, ",") {
        let (after, next) = item(cx, after)?;
        items.push(next);
        rest = after;
    }
    Ok((rest, items))
}

/// Whether the text starts with a template parameter that stands alone, not as part of a longer name.
pub fn lone_parameter(i: &str) -> Option<(&str, &str)> {
    let start = blank(i);
    let rest = parameter_end(start)?;
    (!rest.starts_with(|c: char| is_word_char(c) || c == '.')).then(|| (&start[..start.len() - rest.len()], rest))
}
