//! What a condition that holds says of a value, and which two of these can't both be true.

use super::facts::ValueKind;
use super::pattern;
use crate::program::expression::Comparison;
use crate::program::matching::glob::Glob;
use sumoql_data::value::{Owned, Value, equal, same};

/// What is true of a value.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    /// It equals one of these.
    OneOf(Values),
    /// It equals none of these, or is null.
    NoneOf(Values),
    /// It is a number, or reads as one, of this order to another.
    Order(Comparison, f64),
    /// It is not so: null, no number, or of another order.
    NotOrder(Comparison, f64),
    /// It fits a pattern with stars.
    Like(String),
    /// It does not, or is null.
    NotLike(String),
    /// It is null.
    Null,
    /// It is not null.
    Present,
    /// It is null or the empty text.
    Empty,
    /// It is null or a text of nothing but white space.
    Blank,
}

/// Values that something is compared with; with `typed` as `in` does it, where no text equals a number.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub list: Vec<Owned>,
    pub typed: bool,
}

impl Values {
    fn equal(&self, a: Value<'_>, b: Value<'_>) -> bool {
        if self.typed { same(a, b) } else { equal(a, b) }
    }
}

impl Predicate {
    /// What is true when this is not; of a few, less than the whole opposite.
    pub fn opposite(self) -> Option<Predicate> {
        Some(match self {
            Predicate::OneOf(values) => Predicate::NoneOf(values),
            Predicate::NoneOf(values) => Predicate::OneOf(values),
            Predicate::Order(op, n) => Predicate::NotOrder(op, n),
            Predicate::NotOrder(op, n) => Predicate::Order(op, n),
            Predicate::Like(pattern) => Predicate::NotLike(pattern),
            Predicate::NotLike(pattern) => Predicate::Like(pattern),
            Predicate::Null | Predicate::Empty | Predicate::Blank => Predicate::Present,
            Predicate::Present => Predicate::Null,
        })
    }

    /// Whether no value of a kind can fulfil both.
    pub fn conflicts(&self, other: &Predicate, kind: ValueKind) -> bool {
        one_way(self, other, kind) || one_way(other, self, kind)
    }

    /// Whether every value but null fulfils one of the two. Numbers only for claims about order.
    pub fn covers_with(&self, other: &Predicate, kind: ValueKind) -> bool {
        match (self, other) {
            (Predicate::NoneOf(a), Predicate::NoneOf(b)) => {
                Predicate::OneOf(a.clone()).conflicts(&Predicate::OneOf(b.clone()), kind)
            }
            (Predicate::NotLike(a), Predicate::NotLike(b)) => pattern::apart(a, b),
            (Predicate::Order(a, n), Predicate::Order(b, m)) => disjoint((opposite(*a), *n), (opposite(*b), *m)),
            _ => false,
        }
    }
}

fn one_way(a: &Predicate, b: &Predicate, kind: ValueKind) -> bool {
    match (a, b) {
        (Predicate::OneOf(values), _) => values.list.iter().all(|value| refutes(value, values, b, kind)),
        (Predicate::Order(a, n), Predicate::Order(b, m)) => disjoint((*a, *n), (*b, *m)),
        // What is above 5 is above 3 too.
        (Predicate::Order(a, n), Predicate::NotOrder(b, m)) => disjoint((*a, *n), (opposite(*b), *m)),
        (Predicate::Order(..), Predicate::Null | Predicate::Empty | Predicate::Blank) => true,
        (Predicate::Like(a), Predicate::Like(b)) => pattern::apart(a, b),
        (Predicate::Like(a), Predicate::NotLike(b)) => pattern::inside(a, b),
        (Predicate::Like(_), Predicate::Null) => true,
        (Predicate::Like(pattern), Predicate::Empty) => pattern.contains(|c| c != '*'),
        (Predicate::Like(pattern), Predicate::Blank) => {
            pattern.contains(|c: char| c != '*' && !c.is_whitespace() && c > ' ')
        }
        (Predicate::Present, Predicate::Null) => true,
        _ => false,
    }
}

/// Whether a value that equals `value`, as one of `values`, can't fulfil the other claim.
fn refutes(value: &Owned, values: &Values, other: &Predicate, kind: ValueKind) -> bool {
    let value = value.borrow();
    if value.is_null() {
        // Nothing equals null.
        return true;
    }
    let exact = exact(value, values.typed, kind);
    let number = value.number();
    match other {
        Predicate::Null => true,
        Predicate::Present => false,
        Predicate::OneOf(others) => others.list.iter().all(|other| apart(value, values, other.borrow(), others, kind)),
        Predicate::NoneOf(others) => others.list.iter().any(|other| match exact {
            Some(text) => others.equal(Value::Text(text), other.borrow()),
            None => {
                let both = value.is_number() && other.borrow().is_number();
                both && (values.typed || !others.typed) && equal(value, other.borrow())
            }
        }),
        // A value that equals a number reads as that number; one that equals `true` as none.
        Predicate::Order(..) if matches!(value, Value::Text(text) if is_special(text)) => false,
        Predicate::Order(op, n) => !op.holds(number.map_or(Value::Null, Value::Double), Value::Double(*n)),
        Predicate::NotOrder(op, n) => number.is_some_and(|number| op.holds(Value::Double(number), Value::Double(*n))),
        Predicate::Like(pattern) => exact.is_some_and(|text| !Glob::new(pattern).matches(text)),
        Predicate::NotLike(pattern) => exact.is_some_and(|text| Glob::new(pattern).matches(text)),
        Predicate::Empty => exact.is_none_or(|text| !text.is_empty()),
        Predicate::Blank => exact.is_none_or(|text| text.contains(|c: char| !c.is_whitespace() && c > ' ')),
    }
}

/// Whether nothing equals both values, each as its list has it.
fn apart(a: Value<'_>, a_of: &Values, b: Value<'_>, b_of: &Values, kind: ValueKind) -> bool {
    if let Some(text) = exact(a, a_of.typed, kind) {
        return !b_of.equal(Value::Text(text), b);
    }
    if let Some(text) = exact(b, b_of.typed, kind) {
        return !a_of.equal(Value::Text(text), a);
    }
    match (as_number(a), as_number(b)) {
        (Some(a), Some(b)) => a != b,
        (None, None) => false,
        _ => true,
    }
}

/// The number that a value is where it meets one: true is 1, false is 0.
fn as_number(value: Value<'_>) -> Option<f64> {
    truth(value).map(f64::from).or_else(|| value.number())
}

/// The text that a value must be to equal another. A text that reads as a number, or as true or false, may also be equalled
/// by these.
fn exact(value: Value<'_>, typed: bool, kind: ValueKind) -> Option<&str> {
    let Value::Text(text) = value else { return None };
    let other = truth(value).is_some() || (!typed && (value.number().is_some() || is_special(text)));
    (kind == ValueKind::Text || !other).then_some(text)
}

/// Whether a text is how a number without digits is shown.
pub(super) fn is_special(text: &str) -> bool {
    matches!(text, "Infinity" | "-Infinity" | "NaN")
}

fn truth(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(value),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The order of numbers that are not of this order.
fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterEqual,
        Comparison::LessEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessEqual,
        Comparison::GreaterEqual => Comparison::Less,
    }
}

/// Whether no number lies in both ranges.
fn disjoint(a: (Comparison, f64), b: (Comparison, f64)) -> bool {
    use Comparison::{Greater, GreaterEqual, Less, LessEqual};
    match (a, b) {
        ((Less | LessEqual, high), (Greater | GreaterEqual, low))
        | ((Greater | GreaterEqual, low), (Less | LessEqual, high)) => {
            let touching = matches!((a.0, b.0), (LessEqual, GreaterEqual) | (GreaterEqual, LessEqual));
            high < low || (high == low && !touching)
        }
        _ => false,
    }
}
