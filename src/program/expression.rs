//! Expressions, ready to run: names are slots, constants are folded, patterns are compiled.

use super::batch::{EvalContext, Extractor, Row, Slot};
use super::matching::glob::{Glob, GlobSet};
use bumpalo::Bump;
use std::cell::Cell;
use std::cmp::Ordering;
use sumoql_data::value::{Owned, Value, compare, equal, same};
use sumoql_java::regex::Pattern;

/// An expression.
pub enum CompiledExpr {
    /// Always the same.
    Constant(Owned),
    /// A field.
    Slot(Slot),
    /// All must hold.
    And(Vec<CompiledExpr>),
    /// One must hold.
    Or(Vec<CompiledExpr>),
    /// The opposite.
    Not(Box<CompiledExpr>),
    /// `a = b`, `a < b` …: the order of the sides must be one of these.
    Compare(Box<CompiledExpr>, Comparison, Box<CompiledExpr>),
    /// `a = null`.
    IsNull(Box<CompiledExpr>),
    /// `a + b` …
    Arithmetic(Box<CompiledExpr>, Arithmetic, Box<CompiledExpr>),
    /// `-a`.
    Negative(Box<CompiledExpr>),
    /// One of two values.
    If(Box<CompiledExpr>, Box<CompiledExpr>, Box<CompiledExpr>),
    /// `a in (…)`, all of the list constant texts.
    InTexts(Box<CompiledExpr>, Vec<Box<str>>),
    /// `a in (…)`.
    In(Box<CompiledExpr>, Vec<CompiledExpr>),
    /// `a matches "constant"`.
    Matches(Box<CompiledExpr>, Glob),
    /// Several `matches` on one value, joined by `or`.
    MatchesAny(Box<CompiledExpr>, GlobSet),
    /// `a matches b`.
    MatchesValue(Box<CompiledExpr>, Box<CompiledExpr>),
    /// `a matches /regex/`.
    Regex(Box<CompiledExpr>, Pattern),
    /// A function.
    Call(Box<dyn Function>, Vec<CompiledExpr>),
    /// One of the rows that a subquery answered has the values of these slots. First the subquery's number.
    Subquery(usize, Box<[Slot]>),
    /// A condition that does not hold, not even turned round, when a function in it fails.
    Strict(Box<CompiledExpr>),
}

/// A function, ready to run. Most are plain; some prepare themselves by their constant arguments.
pub trait Function: Send + Sync {
    /// The value for the arguments.
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m>;

    /// Whether it may call [`CallCx::fail`].
    fn may_fail(&self) -> bool {
        false
    }
}

/// What a function may use besides its arguments.
#[derive(Clone, Copy)]
pub struct CallCx<'m> {
    /// Memory for new texts.
    pub arena: &'m Bump,
    /// The world around the query.
    pub env: &'m EvalContext,
    /// Set when the row has to go.
    pub failed: &'m Cell<bool>,
}

impl<'m> CallCx<'m> {
    /// Says that the arguments are such that the row has to go, as Sumo Logic drops rows on which a function ends in an
    /// error. Only for functions that announce it by [`Function::may_fail`].
    pub fn fail(&self) -> Value<'m> {
        self.failed.set(true);
        Value::Null
    }

    /// A new text.
    pub fn text(&self, text: &str) -> Value<'m> {
        Value::Text(self.arena.alloc_str(text))
    }
}

/// A plain function: the form that most functions of the catalogue have.
pub type Plain = for<'m> fn(&[Value<'m>], &CallCx<'m>) -> Value<'m>;

impl Function for Plain {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        self(args, cx)
    }
}

/// The comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl CompiledExpr {
    /// The value for a row.
    pub fn value<'m>(&'m self, row: Row<'_, 'm>) -> Value<'m> {
        match self {
            CompiledExpr::Slot(slot) => row.get(*slot),
            CompiledExpr::Constant(value) => value.borrow(),
            CompiledExpr::Arithmetic(a, op, b) => {
                let (a, b) = (a.value(row), b.value(row));
                match (a.number(), b.number()) {
                    (Some(a), Some(b)) => Value::from_number(op.apply(a, b)),
                    _ => row.not_computed([a, b]),
                }
            }
            CompiledExpr::Negative(a) => {
                let a = a.value(row);
                a.number().map_or_else(|| row.not_computed([a, Value::Null]), |n| Value::from_number(-n))
            }
            CompiledExpr::If(condition, then, otherwise) => {
                if condition.test(row) {
                    then.value(row)
                } else {
                    otherwise.value(row)
                }
            }
            CompiledExpr::Call(function, args) => {
                let cx = CallCx { arena: row.arena(), env: row.env(), failed: row.failed() };
                match args.as_slice() {
                    [] => function.call(&[], &cx),
                    [a] => function.call(&[a.value(row)], &cx),
                    [a, b] => function.call(&[a.value(row), b.value(row)], &cx),
                    [a, b, c] => function.call(&[a.value(row), b.value(row), c.value(row)], &cx),
                    many => function.call(&many.iter().map(|a| a.value(row)).collect::<Vec<_>>(), &cx),
                }
            }
            condition => condition.truth(row).map_or(Value::Null, Value::Bool),
        }
    }

    /// Whether it holds for a row. Null and anything but true does not.
    pub fn test<'m>(&'m self, row: Row<'_, 'm>) -> bool {
        match self {
            CompiledExpr::And(terms) => terms.iter().all(|term| term.test(row)),
            CompiledExpr::Or(terms) => terms.iter().any(|term| term.test(row)),
            CompiledExpr::Not(inner) => inner.truth(row) == Some(false),
            CompiledExpr::Compare(a, op, b) => op.holds(a.value(row), b.value(row)),
            CompiledExpr::IsNull(a) => a.value(row).is_null(),
            CompiledExpr::InTexts(value, list) => match value.value(row) {
                Value::Text(text) => list.iter().any(|item| **item == *text),
                _ => false,
            },
            CompiledExpr::In(value, list) => {
                let value = value.value(row);
                list.iter().any(|item| same(value, item.value(row)))
            }
            CompiledExpr::Matches(value, glob) => text_of(value, row).is_some_and(|text| glob.matches(text)),
            CompiledExpr::MatchesAny(value, globs) => text_of(value, row).is_some_and(|text| globs.matches(text)),
            CompiledExpr::MatchesValue(value, pattern) => match (text_of(value, row), text_of(pattern, row)) {
                (Some(text), Some(pattern)) => Glob::new(pattern).matches(text),
                _ => false,
            },
            CompiledExpr::Regex(value, pattern) => {
                text_of(value, row).is_some_and(|text| pattern.is_match(text, &row.env().watch))
            }
            CompiledExpr::Subquery(number, slots) => row.env().subqueries.fits(*number, |at| row.get(slots[at])),
            CompiledExpr::Strict(condition) => condition.unless_failed(row).is_some_and(Value::is_true),
            value => value.value(row).is_true(),
        }
    }

    /// Whether it holds for a row, or its opposite does, or neither. A comparison is true or false, with null as well; a value
    /// that is null, such as what `isNaN` gives for null, is neither, and what is made of it by `not`, `and` and `or` is so
    /// unless the other terms decide.
    fn truth<'m>(&'m self, row: Row<'_, 'm>) -> Option<bool> {
        match self {
            CompiledExpr::And(terms) => joined(terms.iter().map(|term| term.truth(row)), false),
            CompiledExpr::Or(terms) => joined(terms.iter().map(|term| term.truth(row)), true),
            CompiledExpr::Not(inner) => inner.truth(row).map(|holds| !holds),
            CompiledExpr::Compare(..)
            | CompiledExpr::IsNull(_)
            | CompiledExpr::InTexts(..)
            | CompiledExpr::In(..)
            | CompiledExpr::Matches(..)
            | CompiledExpr::MatchesAny(..)
            | CompiledExpr::MatchesValue(..)
            | CompiledExpr::Regex(..)
            | CompiledExpr::Subquery(..) => Some(self.test(row)),
            CompiledExpr::Strict(condition) => condition.unless_failed(row).and_then(Value::truth),
            CompiledExpr::Constant(_)
            | CompiledExpr::Slot(_)
            | CompiledExpr::Arithmetic(..)
            | CompiledExpr::Negative(_)
            | CompiledExpr::If(..)
            | CompiledExpr::Call(..) => self.value(row).truth(),
        }
    }

    /// The value for a row, unless a function in it fails.
    fn unless_failed<'m>(&'m self, row: Row<'_, 'm>) -> Option<Value<'m>> {
        // The value may be asked for while that of another expression is on its way: its mark must not get lost.
        let before = row.failed().replace(false);
        let value = self.value(row);
        let failed = row.failed().replace(before);
        if failed {
            row.count_failure();
        }
        (!failed).then_some(value)
    }

    /// Whether a function in it may fail.
    pub fn may_fail(&self) -> bool {
        match self {
            CompiledExpr::Slot(_) | CompiledExpr::Constant(_) | CompiledExpr::Subquery(..) => false,
            CompiledExpr::And(list) | CompiledExpr::Or(list) => list.iter().any(CompiledExpr::may_fail),
            CompiledExpr::Not(a)
            | CompiledExpr::Negative(a)
            | CompiledExpr::IsNull(a)
            | CompiledExpr::InTexts(a, _) => a.may_fail(),
            CompiledExpr::Matches(a, _)
            | CompiledExpr::MatchesAny(a, _)
            | CompiledExpr::Regex(a, _)
            | CompiledExpr::Strict(a) => a.may_fail(),
            CompiledExpr::Compare(a, _, b) | CompiledExpr::Arithmetic(a, _, b) | CompiledExpr::MatchesValue(a, b) => {
                a.may_fail() || b.may_fail()
            }
            CompiledExpr::If(a, b, c) => [a, b, c].into_iter().any(|eval| eval.may_fail()),
            CompiledExpr::In(a, list) => a.may_fail() || list.iter().any(CompiledExpr::may_fail),
            CompiledExpr::Call(function, args) => function.may_fail() || args.iter().any(CompiledExpr::may_fail),
        }
    }

    /// Whether it computes with numbers, which counts texts that are none.
    pub fn computes(&self) -> bool {
        match self {
            CompiledExpr::Arithmetic(..) | CompiledExpr::Negative(_) => true,
            CompiledExpr::Slot(_) | CompiledExpr::Constant(_) | CompiledExpr::Subquery(..) => false,
            CompiledExpr::And(list) | CompiledExpr::Or(list) => list.iter().any(CompiledExpr::computes),
            CompiledExpr::Not(a)
            | CompiledExpr::IsNull(a)
            | CompiledExpr::InTexts(a, _)
            | CompiledExpr::Matches(a, _)
            | CompiledExpr::MatchesAny(a, _)
            | CompiledExpr::Regex(a, _)
            | CompiledExpr::Strict(a) => a.computes(),
            CompiledExpr::Compare(a, _, b) | CompiledExpr::MatchesValue(a, b) => a.computes() || b.computes(),
            CompiledExpr::If(a, b, c) => [a, b, c].into_iter().any(|part| part.computes()),
            CompiledExpr::In(a, list) => a.computes() || list.iter().any(CompiledExpr::computes),
            CompiledExpr::Call(_, args) => args.iter().any(CompiledExpr::computes),
        }
    }

    /// The constant it is, if it is one.
    pub fn constant(&self) -> Option<&Owned> {
        match self {
            CompiledExpr::Constant(value) => Some(value),
            _ => None,
        }
    }
}

/// Conditions joined by `and` (`decisive` is false) or `or` (it is true): decisive as soon as one is; else the opposite, if all
/// are known.
pub fn joined(mut terms: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut known = true;
    let found = terms.any(|term| {
        known &= term.is_some();
        term == Some(decisive)
    });
    if found { Some(decisive) } else { known.then_some(!decisive) }
}

fn text_of<'m>(value: &'m CompiledExpr, row: Row<'_, 'm>) -> Option<&'m str> {
    value.value(row).text(row.arena())
}

impl Comparison {
    /// Whether the comparison holds. Null equals nothing, differs from everything, and is neither less nor more.
    pub fn holds(self, a: Value<'_>, b: Value<'_>) -> bool {
        match self {
            Comparison::Equal => equal(a, b),
            Comparison::NotEqual => !equal(a, b),
            Comparison::Less => compare(a, b) == Some(Ordering::Less),
            Comparison::LessEqual => compare(a, b).is_some_and(Ordering::is_le),
            Comparison::Greater => compare(a, b) == Some(Ordering::Greater),
            Comparison::GreaterEqual => compare(a, b).is_some_and(Ordering::is_ge),
        }
    }
}

impl Arithmetic {
    /// The result, in 64-bit floating point; dividing by zero gives an infinity.
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Remainder => a % b,
        }
    }
}

/// A field computed by an expression.
pub struct Computed(pub CompiledExpr);

impl Extractor for Computed {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        row.set(first, self.0.value(row));
        true
    }
}

/// A field computed by an expression with a function that may fail. The second slot says whether it did not.
pub struct Checked(pub CompiledExpr);

impl Extractor for Checked {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let value = self.0.unless_failed(row);
        row.set(first, value.unwrap_or_default());
        row.set(first + 1, Value::Bool(value.is_some()));
        value.is_some()
    }
}
