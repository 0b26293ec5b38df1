//! Why a parser failed.

use super::input::Input;
use crate::diagnostics::Diagnostic;
use nom::IResult;
use nom::error::{ContextError, ErrorKind, ParseError};

/// A parser's answer: the rest of the text, and what was read.
pub type Parsed<'a, T> = IResult<Input<'a>, T, Error>;

/// Why a parser failed.
#[derive(Debug)]
pub enum Error {
    /// Something else was expected; another alternative may fit. Of several such errors the furthest counts.
    Expected(Expected),
    /// What no alternative can mend, such as a quote that is never closed: always a [`nom::Err::Failure`].
    Fatal(Box<Diagnostic>),
}

/// What was expected, and where.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The position in the query, behind blanks.
    pub at: usize,
    /// What; empty when a parser of nom failed that nobody has given a name.
    pub what: &'static str,
}

impl Expected {
    /// Whether it says more than another: it stands further on, or the other has no name.
    fn is_further(&self, other: &Expected) -> bool {
        !self.what.is_empty() && (self.at > other.at || other.what.is_empty())
    }
}

impl<'a> ParseError<Input<'a>> for Error {
    fn from_error_kind(i: Input<'a>, _: ErrorKind) -> Self {
        Error::Expected(Expected { at: i.at(), what: "" })
    }

    fn append(_: Input<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }

    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Error::Expected(one), Error::Expected(two)) if !two.is_further(one) => self,
            (Error::Fatal(_), _) => self,
            _ => other,
        }
    }
}

impl<'a> ContextError<Input<'a>> for Error {
    /// Gives the error a name, unless it already has one that is further on.
    fn add_context(i: Input<'a>, what: &'static str, other: Self) -> Self {
        other.or(Error::Expected(i.note(what)))
    }
}

/// The furthest place that any parser has failed at, and all that was expected there.
///
/// A parser that succeeds has no error to give, but what its last alternatives expected is part of what a reader wants
/// to know: after `where x`, a sign or `and` could have followed as well as the next `|`. nom drops these errors, in
/// `alt`, `opt`, `many0` and wherever else something may be missing, so each is added here when it is made.
#[derive(Debug, Default)]
pub struct Furthest {
    /// The place.
    pub at: usize,
    /// What was expected there, in the order in which it was tried.
    pub what: Vec<&'static str>,
}

impl Furthest {
    /// Adds an error, if none was further on.
    pub fn add(&mut self, Expected { at, what }: Expected) {
        if at < self.at || what.is_empty() || (at == self.at && self.what.contains(&what)) {
            return;
        }
        if at > self.at {
            self.at = at;
            self.what.clear();
        }
        self.what.push(what);
    }
}
