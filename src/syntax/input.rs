//! What the parsers read: the rest of a query, and what they all need besides.

use super::error::{Error, Expected, Furthest, Parsed};
use super::signatures::Signatures;
use crate::diagnostics::{Diagnostic, Span, codes};
use nom::error::{ErrorKind, ParseError};
use nom::{Compare, CompareResult, Needed, Offset, Parser};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Deref;
use std::str::{CharIndices, Chars};

/// How deep brackets, signs and operators may nest, and how tall an expression's tree may be. Keeps every query within
/// the stack of a small thread (2 MB), without optimisation too.
pub const MAX_NESTING: u32 = 100;

/// What ends a quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// A quote without a backslash.
    Plain,
    /// The same, or a quote with a backslash where a text may end: before white space, a `)` or the end of the query.
    Loose,
}

/// What every parser needs besides the text, and what it must know of the parsers around it.
pub struct ParseContext<'a> {
    /// The whole query.
    pub source: &'a str,
    /// The language on offer.
    pub catalogue: &'a Signatures,
    /// What ends a text.
    pub quotes: Quotes,
    /// How many brackets of enclosing queries or pipelines are open: inside one, a `)` or `]` ends a stage.
    pub nested: Cell<u32>,
    /// Where a stage inside brackets could not be read: nothing else that is tried there can read it either, and trying
    /// each way on each level takes forever.
    pub unreadable: RefCell<HashSet<usize>>,
    /// The furthest of all errors so far, those of given-up alternatives too: see [`Furthest`].
    furthest: RefCell<Furthest>,
    depth: Cell<u32>,
    /// The tallest tree read since it was last set to zero.
    height: Cell<u32>,
}

impl<'a> ParseContext<'a> {
    /// A fresh context for a query.
    pub fn new(source: &'a str, catalogue: &'a Signatures, quotes: Quotes) -> Self {
        ParseContext {
            source,
            catalogue,
            quotes,
            nested: Cell::new(0),
            unreadable: RefCell::default(),
            furthest: RefCell::default(),
            depth: Cell::new(0),
            height: Cell::new(0),
        }
    }

    /// The query as the parsers take it, from its beginning.
    pub fn input(&'a self) -> Input<'a> {
        Input { text: self.source, cx: self }
    }

    /// Begins to measure the height of the tree that is read from here on; gives the height of what was read before.
    pub fn start_tree(&self) -> u32 {
        self.height.replace(0)
    }

    /// Ends the measuring: this tree and what was read before it stand beside each other.
    pub fn end_tree(&self, beside: u32) {
        self.height.set(self.height.get().max(beside));
    }

    /// The furthest error of all; what follows is judged by itself.
    pub fn take_furthest(&self) -> Furthest {
        self.furthest.take()
    }
}

/// The rest of a query. It acts as a text; nom's parsers take it as they take one.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The rest.
    pub text: &'a str,
    /// What else there is to know.
    pub cx: &'a ParseContext<'a>,
}

impl Deref for Input<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}

impl<'a> Input<'a> {
    /// The same query from another place.
    pub fn with(self, text: &'a str) -> Input<'a> {
        Input { text, ..self }
    }

    /// Without leading blanks and comments.
    pub fn blank(self) -> Input<'a> {
        self.with(super::lexical::blank(self.text))
    }

    /// The position in the query.
    pub fn at(self) -> usize {
        self.cx.source.len() - self.text.len().min(self.cx.source.len())
    }

    /// The span from here to a later rest.
    pub fn span(self, rest: Input<'a>) -> Span {
        Span::new(self.at(), rest.at())
    }

    /// What stands before a later rest.
    pub fn until(self, rest: Input<'a>) -> &'a str {
        &self.text[..self.text.len() - rest.text.len()]
    }

    /// Fails because something else was expected here.
    pub fn expected<T>(self, what: &'static str) -> Parsed<'a, T> {
        Err(nom::Err::Error(Error::Expected(self.note(what))))
    }

    /// Notes that something else was expected here, behind the blanks.
    pub fn note(self, what: &'static str) -> Expected {
        let expected = Expected { at: self.blank().at(), what };
        self.cx.furthest.borrow_mut().add(expected);
        expected
    }

    /// Fails for good: no alternative can help.
    pub fn fatal<T>(self, diagnostic: Diagnostic) -> Parsed<'a, T> {
        Err(nom::Err::Failure(Error::Fatal(Box::new(diagnostic))))
    }

    /// Puts a level on top of the tree being measured; fails for good when that makes it too tall.
    pub fn grow_tree(self) -> Parsed<'a, ()> {
        let height = &self.cx.height;
        height.set(height.get() + 1);
        if height.get() > MAX_NESTING { self.too_deep() } else { Ok((self, ())) }
    }

    fn too_deep<T>(self) -> Parsed<'a, T> {
        let span = Span::new(self.at(), self.at() + 1);
        self.fatal(Diagnostic::error(&codes::TOO_DEEP, span, "this is nested too deeply"))
    }
}

/// A parser of the language: nom's, with our input and error.
pub trait Reads<'a, T>: Parser<Input<'a>, Output = T, Error = Error> {}

impl<'a, T, P: Parser<Input<'a>, Output = T, Error = Error>> Reads<'a, T> for P {}

/// What a parser reads behind blanks and comments, with its span.
///
/// The parser is always run by a function and so makes its error: nom leaves it out where it is not asked for, as inside
/// `opt`, and what was expected there would be lost. [`nom::error::context`] should stand in here or at the end of a
/// function.
pub fn spanned<'a, T>(mut parser: impl Reads<'a, T>) -> impl FnMut(Input<'a>) -> Parsed<'a, (T, Span)> {
    move |i| {
        let start = i.blank();
        let (rest, out) = parser.parse(start)?;
        Ok((rest, (out, start.span(rest))))
    }
}

/// What the first of several parsers reads that fits: nom's `alt` for parsers that are known only at run time.
pub fn first_of<'a, T, P>(parsers: impl Iterator<Item = P>, i: Input<'a>) -> Parsed<'a, T>
where
    P: Fn(Input<'a>) -> Parsed<'a, T>,
{
    let mut error = Error::from_error_kind(i, ErrorKind::Alt);
    for parser in parsers {
        match parser(i) {
            Err(nom::Err::Error(other)) => error = ParseError::<Input<'a>>::or(error, other),
            found => return found,
        }
    }
    Err(nom::Err::Error(error))
}

/// Runs a parser one level deeper; fails for good when the text nests too deeply.
pub fn deeper<'a, T>(parser: impl Fn(Input<'a>) -> Parsed<'a, T>) -> impl Fn(Input<'a>) -> Parsed<'a, T> {
    move |i| {
        let depth = &i.cx.depth;
        if depth.get() >= MAX_NESTING {
            return i.too_deep();
        }
        depth.set(depth.get() + 1);
        let beside = i.cx.start_tree();
        let out = parser(i);
        depth.set(depth.get() - 1);
        let grown = i.grow_tree();
        i.cx.end_tree(beside);
        grown.and(out)
    }
}

impl<'a> nom::Input for Input<'a> {
    type Item = char;
    type Iter = Chars<'a>;
    type IterIndices = CharIndices<'a>;

    fn input_len(&self) -> usize {
        self.text.len()
    }

    fn take(&self, index: usize) -> Self {
        self.with(&self.text[..index])
    }

    fn take_from(&self, index: usize) -> Self {
        self.with(&self.text[index..])
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(char) -> bool>(&self, predicate: P) -> Option<usize> {
        self.text.find(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        self.text.chars()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.text.char_indices()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        nom::Input::slice_index(&self.text, count)
    }
}

impl Compare<&str> for Input<'_> {
    fn compare(&self, other: &str) -> CompareResult {
        self.text.compare(other)
    }

    fn compare_no_case(&self, other: &str) -> CompareResult {
        self.text.compare_no_case(other)
    }
}

impl Offset for Input<'_> {
    fn offset(&self, second: &Self) -> usize {
        self.text.len() - second.text.len()
    }
}
