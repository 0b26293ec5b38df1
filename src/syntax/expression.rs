//! Expressions: one function per level of precedence, loosest first.

use super::lexical::{
    Cx, Parsed, bare_name, blank, field, is_word_char, keyword, number, operator_sign, parameter_end, path, string,
    subscript, symbol,
};
use super::regex::{regex, starred_regex};
use super::tree::{BinaryOp, Expr, ExprKind, Name, Subquery};
use crate::diagnostics::Span;

/// An expression: `c ? a : b`, or anything tighter.
pub fn expression<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    // Here and below, what may follow the first operand is read by a function of its own: most operands stand alone,
    // and brackets nest through these functions, so their stack must be small.
    cx.deeper(i, |i| {
        let (rest, condition) = or(cx, i)?;
        match operator_sign(cx, rest, "?") {
            Ok((rest, _)) => branches(cx, rest, condition),
            Err(_) => Ok((rest, condition)),
        }
    })
}

/// `a : b`, after the condition and its `?`.
fn branches<'a>(cx: &Cx<'a>, i: &'a str, condition: Expr) -> Parsed<'a, Expr> {
    let (rest, then) = expression(cx, i)?;
    let (rest, _) = symbol(cx, rest, ":")?;
    let (rest, otherwise) = expression(cx, rest)?;
    let span = condition.span.to(otherwise.span);
    let kind = ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
    Ok((rest, Expr { kind, span }))
}

fn or<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    chain(cx, i, and, ("or", "||", ExprKind::Or))
}

fn and<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    chain(cx, i, not, ("and", "&&", ExprKind::And))
}

/// A level of precedence: what it reads an operand with.
type Level = for<'a> fn(&Cx<'a>, &'a str) -> Parsed<'a, Expr>;

/// A joint of terms: its word, its sign, and the node it makes of them.
type Joint = (&'static str, &'static str, fn(Vec<Expr>) -> ExprKind);

/// `a word b word c` as one flat node: hundreds of terms must not make a deep tree.
fn chain<'a>(cx: &Cx<'a>, i: &'a str, tighter: Level, joint: Joint) -> Parsed<'a, Expr> {
    let (rest, first) = tighter(cx, i)?;
    match joined(cx, rest, joint) {
        Ok(_) => terms(cx, rest, first, tighter, joint),
        Err(_) => Ok((rest, first)),
    }
}

fn joined<'a>(cx: &Cx<'a>, i: &'a str, (word, sign, _): Joint) -> Parsed<'a, Span> {
    keyword(cx, i, word).or_else(|_| operator_sign(cx, i, sign))
}

/// The terms after the first.
fn terms<'a>(cx: &Cx<'a>, i: &'a str, first: Expr, tighter: Level, joint: Joint) -> Parsed<'a, Expr> {
    let (mut rest, mut span) = (i, first.span);
    let mut terms = vec![first];
    while let Ok((after, _)) = joined(cx, rest, joint) {
        let term;
        (rest, term) = tighter(cx, after)?;
        span = span.to(term.span);
        terms.push(term);
    }
    Ok((rest, Expr { kind: joint.2(terms), span }))
}

fn not<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    let Ok((rest, _)) = symbol(cx, i, "!").or_else(|_| keyword(cx, i, "not")) else { return comparison(cx, i) };
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
    for (sign, negated) in [("=~", false), ("!~", true)] {
        if let Ok((after, _)) = operator_sign(cx, rest, sign) {
            return fits(cx, after, left, negated);
        }
    }
    for (sign, op) in COMPARISONS {
        if let Ok((after, _)) = operator_sign(cx, rest, sign) {
            return compared(cx, after, *op, left);
        }
    }
    let (negated, after) = match keyword(cx, rest, "not") {
        Ok((after, _)) => (true, after),
        Err(_) => (false, rest),
    };
    if let Ok((after, _)) = keyword(cx, after, "in") {
        return membership(cx, after, left, negated);
    }
    if let Ok((after, _)) = keyword(cx, after, "matches") {
        return matches(cx, after, left, negated);
    }
    if let (false, Ok((after, word))) = (negated, keyword(cx, rest, "contains")) {
        let name = Name { text: word.of(cx.source).to_string(), span: word };
        let (after, part) = sum(cx, after)?;
        let span = left.span.to(part.span);
        return Ok((after, Expr { kind: ExprKind::Call { name, args: vec![left, part] }, span }));
    }
    Ok((rest, left))
}

/// The right side of a comparison.
fn compared<'a>(cx: &Cx<'a>, i: &'a str, op: BinaryOp, left: Expr) -> Parsed<'a, Expr> {
    let (rest, right) = sum(cx, i)?;
    Ok((rest, binary(op, left, right)))
}

/// `(a, b)`, after `in`.
fn membership<'a>(cx: &Cx<'a>, i: &'a str, left: Expr, negated: bool) -> Parsed<'a, Expr> {
    let (rest, _) = symbol(cx, i, "(")?;
    let (rest, list) = list(cx, rest, expression)?;
    let (rest, close) = symbol(cx, rest, ")")?;
    let span = left.span.to(close);
    Ok((rest, Expr { kind: ExprKind::In { value: Box::new(left), list, negated }, span }))
}

/// The regular expression after `=~` or `!~`, which published detections have from other languages.
fn fits<'a>(cx: &Cx<'a>, i: &'a str, left: Expr, negated: bool) -> Parsed<'a, Expr> {
    let (rest, pattern) = regex_or_text(cx, i)?;
    let span = left.span.to(pattern.span);
    let kind = ExprKind::Matches { value: Box::new(left), pattern: Box::new(pattern), negated };
    Ok((rest, Expr { kind, span }))
}

/// `matches(value, "regex")`, as other languages have it: published detections do too. After the opening bracket.
fn matches_call<'a>(cx: &Cx<'a>, start: &'a str, i: &'a str) -> Parsed<'a, Expr> {
    let (rest, value) = expression(cx, i)?;
    let (rest, _) = symbol(cx, rest, ",")?;
    let (rest, pattern) = regex_or_text(cx, rest)?;
    let (rest, _) = symbol(cx, rest, ")")?;
    let kind = ExprKind::Matches { value: Box::new(value), pattern: Box::new(pattern), negated: false };
    Ok((rest, Expr { kind, span: cx.span(start, rest) }))
}

/// A regular expression between slashes or quotes.
fn regex_or_text<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    match regex(cx, i) {
        Ok((rest, pattern)) => Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: cx.span(start, rest) })),
        Err(nom::Err::Error(())) => {
            let (rest, text) = string(cx, i)?;
            Ok((rest, Expr { kind: ExprKind::Regex(text.regex()), span: text.span }))
        }
        Err(failure) => Err(failure),
    }
}

/// The pattern after `matches`.
fn matches<'a>(cx: &Cx<'a>, i: &'a str, left: Expr, negated: bool) -> Parsed<'a, Expr> {
    let (rest, pattern) = pattern(cx, i)?;
    let span = left.span.to(pattern.span);
    let kind = ExprKind::Matches { value: Box::new(left), pattern: Box::new(pattern), negated };
    Ok((rest, Expr { kind, span }))
}

/// What may follow `matches`: a regex literal or any value.
fn pattern<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    match regex(cx, i) {
        Ok((rest, pattern)) => Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: cx.span(start, rest) })),
        Err(nom::Err::Error(())) => match sum(cx, i) {
            Err(nom::Err::Error(())) if i.trim_start().starts_with("/*") => starred_match(cx, i.trim_start()),
            found => found,
        },
        Err(failure) => Err(failure),
    }
}

/// `matches /*.exe/`: a comment after which nothing can be matched is a regular expression.
fn starred_match<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let (rest, pattern) = starred_regex(cx, i)?;
    Ok((rest, Expr { kind: ExprKind::Regex(pattern), span: cx.span(i, rest) }))
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

fn sum<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    const SIGNS: Signs = &[("+", BinaryOp::Add), ("-", BinaryOp::Subtract)];
    left_to_right(cx, i, product, SIGNS)
}

fn product<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    const SIGNS: Signs = &[("*", BinaryOp::Multiply), ("/", BinaryOp::Divide), ("%", BinaryOp::Remainder)];
    left_to_right(cx, i, unary, SIGNS)
}

/// The signs of a level, with what they mean.
type Signs = &'static [(&'static str, BinaryOp)];

fn left_to_right<'a>(cx: &Cx<'a>, i: &'a str, tighter: Level, signs: Signs) -> Parsed<'a, Expr> {
    let beside = cx.start_tree();
    let (rest, first) = tighter(cx, i)?;
    let out = match sign(cx, rest, signs) {
        Some(_) => operands(cx, rest, first, tighter, signs),
        None => Ok((rest, first)),
    };
    cx.end_tree(beside);
    out
}

/// The first of the signs that stands here.
fn sign<'a>(cx: &Cx<'a>, i: &'a str, signs: Signs) -> Option<(&'a str, BinaryOp)> {
    signs.iter().find_map(|(sign, op)| operator_sign(cx, i, sign).ok().map(|(rest, _)| (rest, *op)))
}

/// The operands after the first. Each makes the tree taller by one.
fn operands<'a>(cx: &Cx<'a>, i: &'a str, first: Expr, tighter: Level, signs: Signs) -> Parsed<'a, Expr> {
    let (mut rest, mut left) = (i, first);
    while let Some((after, op)) = sign(cx, rest, signs) {
        let right;
        (rest, right) = tighter(cx, after)?;
        cx.grow_tree(rest)?;
        left = binary(op, left, right);
    }
    Ok((rest, left))
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
    match start.chars().next() {
        Some('(') => bracketed(cx, start),
        Some('[') => subquery(cx, start)
            .map(|(rest, subquery)| (rest, Expr { span: subquery.span, kind: ExprKind::Subquery(Box::new(subquery)) })),
        Some('"' | '“' | '”') => {
            string(cx, i).map(|(rest, text)| (rest, Expr { span: text.span, kind: ExprKind::Text(text) }))
        }
        Some('.' | '0'..='9') => number(cx, i)
            .map(|(rest, value)| (rest, Expr { span: cx.span(start, rest), kind: ExprKind::Number(value) })),
        Some('%') => field(cx, i).map(|(rest, name)| (rest, Expr { span: name.span, kind: ExprKind::Field(name) })),
        _ => word_or_call(cx, start),
    }
}

fn bracketed<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Expr> {
    let (rest, _) = symbol(cx, start, "(")?;
    let (rest, inner) = expression(cx, rest)?;
    let (rest, _) = symbol(cx, rest, ")")?;
    Ok((rest, Expr { kind: inner.kind, span: cx.span(start, rest) }))
}

/// A subquery in its brackets, by the form that the catalogue gives it.
pub fn subquery<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Subquery> {
    let Some((_, form)) = cx.catalogue.subquery() else { return cx.miss(start, "an expression") };
    let (rest, args) = form.parse(cx, start)?;
    Ok((rest, Subquery { args, span: cx.span(start, rest) }))
}

/// A field, a call, `true`, `false` or `null`.
pub fn word_or_call<'a>(cx: &Cx<'a>, start: &'a str) -> Parsed<'a, Expr> {
    if let Some((rest, name)) = subscript(start) {
        let span = cx.span(start, rest);
        return Ok((rest, Expr { kind: ExprKind::Field(Name { text: name, span }), span }));
    }
    let Ok((rest, word)) = bare_name(cx, start) else {
        return cx.miss(start, "an expression");
    };
    if word.eq_ignore_ascii_case("matches")
        && let Some(after) = blank(rest).strip_prefix('(')
    {
        return matches_call(cx, start, after);
    }
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) {
        return cx.miss(start, "an expression");
    }
    let name = Name { text: word.to_string(), span: cx.span(start, rest) };
    if let Some(after) = blank(rest).strip_prefix('(') {
        let (rest, args) = arguments(cx, after)?;
        return Ok((rest, Expr { kind: ExprKind::Call { name, args }, span: cx.span(start, rest) }));
    }
    let kind = match word {
        _ if word.eq_ignore_ascii_case("true") => ExprKind::Bool(true),
        _ if word.eq_ignore_ascii_case("false") => ExprKind::Bool(false),
        _ if word.eq_ignore_ascii_case("null") => ExprKind::Null,
        _ => ExprKind::Field(name),
    };
    Ok((rest, Expr { kind, span: cx.span(start, rest) }))
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

/// The name of a table with what it is before it: `path://"table"`, `geo://location`.
fn located_path<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    let scheme = start.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(start.len());
    if scheme == 0 || !start[scheme..].starts_with("://") {
        return cx.miss(i, "an expression");
    }
    let (rest, written) = path(cx, start)?;
    Ok((rest, Expr { kind: ExprKind::Path(written.to_string()), span: cx.span(start, rest) }))
}

/// A call's argument: an expression, a regex literal, or the name of a table.
fn argument<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Expr> {
    let start = blank(i);
    match located_path(cx, i) {
        Err(nom::Err::Error(())) => {}
        found => return found,
    }
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
