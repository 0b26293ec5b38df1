//! Numbers as aggregates take them: whole ones exactly, in an order without gaps.

use std::cmp::Ordering;
use sumoql_data::value::{Owned, Value};

/// A number; one that is whole and fits is always `Whole`, so equal numbers are the same.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other; never NaN.
    Other(f64),
}

/// Beyond this no double fits a 64-bit whole number.
const WHOLE: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    /// The number in a value: a text that reads as one counts, null, other texts and NaN give nothing.
    pub fn of(value: Value<'_>) -> Option<Number> {
        match value {
            Value::Int(n) => Some(Number::Whole(n)),
            value => match value.number()? {
                n if n.is_nan() => None,
                n if n.fract() == 0.0 && (-WHOLE..WHOLE).contains(&n) => Some(Number::Whole(n as i64)),
                n => Some(Number::Other(n)),
            },
        }
    }

    /// As a cell.
    pub fn cell(self) -> Owned {
        match self {
            Number::Whole(n) => Owned::Int(n),
            Number::Other(n) => Owned::Double(n),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.cmp(b),
            (Number::Other(a), Number::Other(b)) => a.total_cmp(b),
            (Number::Whole(a), Number::Other(b)) => whole_and_other(*a, *b),
            (Number::Other(a), Number::Whole(b)) => whole_and_other(*b, *a).reverse(),
        }
    }
}

/// Compares without rounding the whole number to a double.
fn whole_and_other(whole: i64, other: f64) -> Ordering {
    if !(-WHOLE..WHOLE).contains(&other) {
        return 0f64.total_cmp(&other);
    }
    let floor = other.floor();
    whole.cmp(&(floor as i64)).then(if other > floor { Ordering::Less } else { Ordering::Equal })
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

#[cfg(test)]
mod tests {
    use super::Number::{Other, Whole};
    use super::*;

    #[test]
    fn whole_numbers_and_others_have_one_order() {
        let ascending = [
            Other(f64::NEG_INFINITY),
            Whole(i64::MIN),
            Other(-1.5),
            Whole(-1),
            Other(-0.5),
            Whole(0),
            Other(0.5),
            Whole(9_007_199_254_740_993),
            Whole(i64::MAX),
            Other(1e19),
        ];
        for (at, a) in ascending.iter().enumerate() {
            for (other, b) in ascending.iter().enumerate() {
                assert_eq!(a.cmp(b), at.cmp(&other), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn values_that_are_numbers() {
        assert_eq!(Number::of(Value::Text("1e3")), Some(Whole(1000)));
        assert_eq!(Number::of(Value::Double(-0.0)), Some(Whole(0)));
        assert_eq!(Number::of(Value::Double(f64::NAN)), None);
        assert_eq!(Number::of(Value::Text("x")), None);
        assert_eq!(Number::of(Value::Null), None);
    }
}
