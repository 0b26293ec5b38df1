//! The scope: what stands before the first `|`. Words, phrases, metadata pairs, AND, OR, NOT, brackets.

use super::error::Parsed;
use super::expression::{subquery, word_or_call};
use super::input::{Input, Reads, deeper, spanned};
use super::lexical::{QUOTES, blanks, field, in_any_case, is_word_char, parameter, quote, string, symbol};
use super::signature::{FunctionSignature, Type};
use super::tree::{Name, PairValue, Search, SearchKind, Text};
use crate::diagnostics::{Diagnostic, Span, codes};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char as one, satisfy};
use nom::combinator::{not, opt, peek, recognize, verify};
use nom::error::context;
use nom::multi::{many1_count, separated_list1};
use nom::sequence::{delimited, preceded, terminated};

/// The longest word Sumo Logic accepts (manual page `search-syntax-overview`).
pub const MAX_WORD_BYTES: usize = 2300;

/// A search expression: terms joined by OR, loosest.
pub fn search<'a>(i: Input<'a>) -> Parsed<'a, Search> {
    deeper(any_of)(i)
}

fn any_of<'a>(i: Input<'a>) -> Parsed<'a, Search> {
    let (i, terms) = separated_list1(joint("or"), all_of).parse(i)?;
    Ok((i, join(terms, SearchKind::Or)))
}

/// Terms that must all hold: joined by AND or by nothing.
fn all_of<'a>(i: Input<'a>) -> Parsed<'a, Search> {
    let (i, terms) = separated_list1(opt(joint("and")), negation).parse(i)?;
    Ok((i, join(terms, SearchKind::And)))
}

fn join(mut terms: Vec<Search>, node: fn(Vec<Search>) -> SearchKind) -> Search {
    if terms.len() == 1 {
        return terms.remove(0);
    }
    let span = terms.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
    Search { kind: node(terms), span }
}

fn negation<'a>(i: Input<'a>) -> Parsed<'a, Search> {
    match alt((symbol("!"), joint("not"))).parse(i) {
        Ok((rest, sign)) => {
            let (rest, inner) = deeper(negation)(rest)?;
            Ok((rest, Search { span: sign.to(inner.span), kind: SearchKind::Not(Box::new(inner)) }))
        }
        Err(_) => term(i),
    }
}

/// A bracket, a subquery, a pair, a phrase, a test or a word.
fn term<'a>(i: Input<'a>) -> Parsed<'a, Search> {
    let i = i.blank();
    let (rest, kind) = match symbol("(").parse(i) {
        Ok((rest, _)) => bracketed(rest)?,
        Err(_) => alt((nested, pair, phrase, test, word)).parse(i)?,
    };
    Ok((rest, Search { kind, span: i.span(rest) }))
}

/// A search in brackets, after the opening one.
fn bracketed<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    let (i, inner) = search(i)?;
    let (i, _) = symbol(")").parse(i)?;
    Ok((i, inner.kind))
}

/// A subquery.
fn nested<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    let (i, _) = peek(one('[')).parse(i)?;
    let (i, subquery) = subquery(i)?;
    Ok((i, SearchKind::Subquery(Box::new(subquery))))
}

/// `name=value` or `name!=value`.
fn pair<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    (pair_head, value).map(|((name, negated), value)| SearchKind::Pair { name, negated, value }).parse(i)
}

/// `name=` or `name!=`, and whether it is the second.
fn pair_head<'a>(i: Input<'a>) -> Parsed<'a, (Name, bool)> {
    let part = alt((parameter.map(|_| ()), satisfy(|c| is_word_char(c) || ".-%{}[]@/".contains(c)).map(|_| ())));
    let plain = spanned(recognize(many1_count(part))).map(|(text, span)| {
        let text = text.strip_prefix('%').unwrap_or(&text).to_string();
        Name { text, span }
    });
    let quoted = preceded(peek((one('%'), quote)), field);
    let name = alt((quoted, verify(plain, |name: &Name| !name.text.is_empty())));
    let negated = alt((tag("!=").map(|_| true), tag("==").map(|_| false), tag("=").map(|_| false)));
    (name, preceded(blanks, negated)).parse(i)
}

/// The right side of a pair. Right before a closing bracket it may be missing: that is the empty text.
fn value<'a>(i: Input<'a>) -> Parsed<'a, PairValue> {
    let text = preceded((blanks, quote), string).map(PairValue::Text);
    let missing = spanned(peek(one(')'))).map(|(_, span)| PairValue::Text(Text { raw: String::new(), span }));
    let word = word_of(alt((parameter, placeholder))).map(|word| PairValue::Word(word.to_string()));
    alt((text, missing, word)).parse(i)
}

/// A place holder such as `<your source category>`, which published queries have for the reader to fill in.
fn placeholder<'a>(i: Input<'a>) -> Parsed<'a, Input<'a>> {
    recognize(delimited(one('<'), take_while1(|c| !"<>|\"=\n".contains(c)), one('>'))).parse(i)
}

/// A phrase between quotes.
fn phrase<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    let (rest, text) = preceded(quote, string).parse(i)?;
    match too_long(i.until(rest), i.at()) {
        Some(span) => i.fatal(word_too_long(span)),
        None => Ok((rest, SearchKind::Phrase(text))),
    }
}

/// `isEmpty(field)`: a call of a function that is true or false. Any other word before a bracket is a search term, and
/// the bracket begins the next: `cloudtrail (Create* or Run*)`.
fn test<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    let predicate = |def: &FunctionSignature| def.returns == Type::Bool;
    let call = verify(terminated(take_while(is_word_char), (blanks, one('('))), |name: &Input<'a>| {
        i.cx.catalogue.function(name).is_some_and(predicate)
    });
    let (i, _) = context("a search term", peek(call)).parse(i)?;
    let (i, call) = word_or_call(i)?;
    Ok((i, SearchKind::Test(Box::new(call))))
}

/// A bare word. `and` and `or` join terms; as terms they must be quoted.
fn word<'a>(i: Input<'a>) -> Parsed<'a, SearchKind> {
    let joints = alt((joint("and"), joint("or")));
    let word = preceded(not(joints), word_of(parameter)).map(|word| match word {
        "*" => SearchKind::All,
        word => SearchKind::Word(word.to_string()),
    });
    context("a search term", word).parse(i)
}

/// A bare word: up to white space or a sign that has a meaning of its own. Inside one, `//` and `/*` are part of it
/// (`prod/*`, `http://host`); at its start they open a comment. What `special` reads may hold any characters.
fn word_of<'a>(special: impl Reads<'a, Input<'a>>) -> impl FnMut(Input<'a>) -> Parsed<'a, &'a str> {
    // A mark of exclamation negates the term before which it stands.
    let inside = terminated(one('!'), not(one('=')));
    let part = alt((special.map(|_| ()), satisfy(is_word_part).map(|_| ()), inside.map(|_| ())));
    let mut word =
        context("a search term", preceded((blanks, not(tag("/*")), not(one('!'))), recognize(many1_count(part))));
    move |i| {
        let (rest, word) = word.parse(i)?;
        match word.chars().count() > MAX_WORD_BYTES {
            true => i.fatal(word_too_long(i.blank().span(rest))),
            false => Ok((rest, word.text)),
        }
    }
}

/// The first word of a phrase that is too long.
fn too_long(text: &str, at: usize) -> Option<Span> {
    let long = |word: &&str| word.trim_matches(QUOTES).chars().count() > MAX_WORD_BYTES;
    let word = text.split(char::is_whitespace).find(long)?;
    let start = at + text.find(word)?;
    Some(Span::new(start, start + word.len()))
}

fn word_too_long(span: Span) -> Diagnostic {
    Diagnostic::error(&codes::TOO_LONG, span, format!("a word of more than {MAX_WORD_BYTES} characters"))
}

fn is_word_part(c: char) -> bool {
    !c.is_whitespace() && !"|()[]\"“”=!<>".contains(c)
}

/// A word that joins or negates terms. It must stand alone: `or-1` and `not_me` are search terms.
fn joint<'a>(name: &'static str) -> impl Reads<'a, Span> {
    let longer = alt((satisfy(is_word_part), preceded(blanks, one('='))));
    spanned(context(name, terminated(in_any_case(name), not(longer)))).map(|(_, span)| span)
}
