//! A form as a parser: what follows an operator's name is read by the operator's form.

use super::error::{Error, Parsed};
use super::expression::{expression, lone_parameter};
use super::form::{Form, is_keyword};
use super::input::{Input, first_of};
use super::lexical::{
    field, integer, interval, keyword, label, moment, parameter_end, path, quoted_char, signed_number, string, symbol,
    table,
};
use super::regex_literal::regex;
use super::stage::{nested_pipeline, nested_query};
use super::tree::{Arg, ArgValue, Args};
use crate::diagnostics::Span;
use nom::branch::alt;
use nom::combinator::{consumed, verify};
use nom::multi::{fold_many_m_n, separated_list1};
use nom::{OutputMode, PResult, Parser};

impl<'a> Parser<Input<'a>> for &Form {
    type Output = Args;
    type Error = Error;

    fn process<OM: OutputMode>(&mut self, i: Input<'a>) -> PResult<OM, Input<'a>, Args, Error> {
        // A function always makes its error, which nom leaves out where it is not asked for.
        (|i| self.arguments(i)).process::<OM>(i)
    }
}

impl Form {
    /// Reads what the form stands for. Queries nest through here: each kind is read by a function of its own, so that
    /// the stack is small without optimisation too.
    pub fn arguments<'a>(&self, i: Input<'a>) -> Parsed<'a, Args> {
        match self {
            Form::All(items) => all(items, i),
            Form::First(options) => first_of(options.iter().map(|option| |i| option.arguments(i)), i),
            Form::Optional(inner) => optional(inner, i),
            Form::Many(least, inner) => many(*least, inner, i),
            Form::List(inner) => list(inner, i),
            Form::Word(word) => written(word, i),
            Form::Piece(label, name) => labelled(label, |i| piece(name, i), i),
            Form::Group(label, inner) => labelled(label, |i| group(inner, i), i),
        }
    }
}

/// All, in order.
fn all<'a>(items: &[Form], i: Input<'a>) -> Parsed<'a, Args> {
    let (mut rest, mut args) = (i, Args::default());
    for item in items {
        let more;
        (rest, more) = item.arguments(rest)?;
        args = together(args, more);
    }
    Ok((rest, args))
}

/// One or none.
fn optional<'a>(form: &Form, i: Input<'a>) -> Parsed<'a, Args> {
    match form.arguments(i) {
        Err(nom::Err::Error(_)) => Ok((i, Args::default())),
        found => found,
    }
}

/// One argument with its label.
fn labelled<'a>(
    label: &'static str,
    value: impl Fn(Input<'a>) -> Parsed<'a, ArgValue>,
    i: Input<'a>,
) -> Parsed<'a, Args> {
    let start = i.blank();
    let (rest, value) = value(start)?;
    Ok((rest, one(label, value, start.span(rest))))
}

/// At least so many.
fn many<'a>(least: usize, form: &Form, i: Input<'a>) -> Parsed<'a, Args> {
    let some = verify(consumed(form), |(text, _): &(Input<'a>, Args)| !text.is_empty());
    fold_many_m_n(least, usize::MAX, some.map(|(_, args)| args), Args::default, together).parse(i)
}

/// One or more with commas between. A comma that nothing of this list follows may belong to an outer one.
fn list<'a>(form: &Form, i: Input<'a>) -> Parsed<'a, Args> {
    let together = |items: Vec<Args>| items.into_iter().reduce(together).unwrap_or_default();
    separated_list1(symbol(","), form).map(together).parse(i)
}

/// A keyword or a sign.
fn written<'a>(word: &'static str, i: Input<'a>) -> Parsed<'a, Args> {
    let (rest, span) = match is_keyword(word) {
        true => keyword(word).parse(i)?,
        false => symbol(word).parse(i)?,
    };
    Ok((rest, one("", ArgValue::Word(word), span)))
}

fn one(label: &'static str, value: ArgValue, span: Span) -> Args {
    Args(vec![Arg { label, value, span }])
}

fn together(mut first: Args, second: Args) -> Args {
    match first.0.is_empty() {
        true => second,
        false => {
            first.0.extend(second.0);
            first
        }
    }
}

/// The arguments of a labelled bracket.
fn group<'a>(form: &Form, i: Input<'a>) -> Parsed<'a, ArgValue> {
    let (rest, args) = form.arguments(i)?;
    Ok((rest, ArgValue::Group(args)))
}

/// A piece, by its name in the notation. What nests is apart from the others: its stack must be small.
fn piece<'a>(name: &str, i: Input<'a>) -> Parsed<'a, ArgValue> {
    match name {
        "expr" | "query" | "pipeline" => nested(name, i),
        _ => plain(name, i),
    }
}

fn nested<'a>(name: &str, i: Input<'a>) -> Parsed<'a, ArgValue> {
    match name {
        "expr" => expression(i).map(|(rest, expr)| (rest, ArgValue::Expr(expr))),
        "query" => nested_query(i).map(|(rest, query)| (rest, ArgValue::Query(Box::new(query)))),
        _ => nested_pipeline(i).map(|(rest, stages)| (rest, ArgValue::Pipeline(stages))),
    }
}

fn plain<'a>(name: &str, i: Input<'a>) -> Parsed<'a, ArgValue> {
    match name {
        "field" => field.map(ArgValue::Field).parse(i),
        "label" => label.map(ArgValue::Field).parse(i),
        "text" => string.map(ArgValue::Text).parse(i),
        "regex" => regex.map(ArgValue::Regex).parse(i),
        "char" => quoted_char.map(ArgValue::Char).parse(i),
        // Names, texts, expressions and paths read parameters of their own.
        "integer" => alt((parameter, integer.map(ArgValue::Integer))).parse(i),
        "number" => alt((parameter, signed_number.map(ArgValue::Number))).parse(i),
        "interval" => alt((parameter, interval.map(ArgValue::Interval))).parse(i),
        "path" => path.map(|path| parameter_or(ArgValue::Path, path)).parse(i),
        "table" => table.map(|path| ArgValue::Path(path.to_string())).parse(i),
        "moment" => moment.map(|moment| parameter_or(ArgValue::Moment, moment)).parse(i),
        _ => i.expected("a piece that the form's reader knows"),
    }
}

/// A template parameter in the place of a number or a length of time.
fn parameter<'a>(i: Input<'a>) -> Parsed<'a, ArgValue> {
    lone_parameter.map(|text| ArgValue::Parameter(text.to_string())).parse(i)
}

/// What is written, as a parameter if it is nothing else.
fn parameter_or(value: fn(String) -> ArgValue, written: &str) -> ArgValue {
    match parameter_end(written) {
        Some("") => ArgValue::Parameter(written.to_string()),
        _ => value(written.to_string()),
    }
}
