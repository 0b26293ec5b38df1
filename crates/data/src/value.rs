//! Values: what a cell holds, and how values compare, add up and print.
//!
//! Fields parsed from a message are text that points into the message. A number is made of a text only where a number
//! is needed (manual page `manually-cast-data-string-number`).

use bumpalo::Bump;
use std::cmp::Ordering;
use std::fmt::Write;

/// A value that borrows its text from the message, the table or the batch's arena.
#[derive(Clone, Copy, Debug, Default)]
pub enum Value<'m> {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number: counts, times in milliseconds.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text.
    Text(&'m str),
}

/// About what an allocation costs beside the bytes asked for.
pub const ALLOCATION: usize = 16;

/// A value that owns its text: a cell of a table, what a sort or a group keeps.
#[derive(Clone, Debug, Default)]
pub enum Owned {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text.
    Text(Box<str>),
}

impl<'m> Value<'m> {
    /// Whether there is no value.
    pub fn is_null(self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether it is a number, not merely a text that looks like one.
    pub fn is_number(self) -> bool {
        matches!(self, Value::Int(_) | Value::Double(_))
    }

    /// The value as a number; a text that is none gives nothing.
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(n as f64),
            Value::Double(n) => Some(n),
            Value::Text(text) => parse_number(text),
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// The value as a whole number, when it is one exactly.
    pub fn integer(self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(n),
            Value::Text(text) if text.len() < 18 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok()
            }
            other => other.number().filter(|n| n.fract() == 0.0 && n.abs() < EXACT).map(|n| n as i64),
        }
    }

    /// The value as text; null gives nothing.
    pub fn text(self, arena: &'m Bump) -> Option<&'m str> {
        match self {
            Value::Null => None,
            Value::Text(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            number => {
                let mut out = bumpalo::collections::String::new_in(arena);
                number.write(&mut out);
                Some(out.into_bump_str())
            }
        }
    }

    /// Whether a condition holds: only `true` does.
    pub fn is_true(self) -> bool {
        match self {
            Value::Bool(value) => value,
            Value::Text(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// What it says as a condition: null says nothing, and what is not true is false.
    pub fn truth(self) -> Option<bool> {
        (!self.is_null()).then(|| self.is_true())
    }

    /// Writes the value as Sumo Logic shows it; null writes nothing.
    pub fn write(self, out: &mut impl Write) {
        // Writing into memory can't fail; a writer that does fail loses no more than its own text.
        let _ = match self {
            Value::Null => Ok(()),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Int(n) => write!(out, "{n}"),
            Value::Double(n) => write_double(n, out),
            Value::Text(text) => out.write_str(text),
        };
    }

    /// A copy that owns its text.
    pub fn owned(self) -> Owned {
        match self {
            Value::Null => Owned::Null,
            Value::Bool(value) => Owned::Bool(value),
            Value::Int(n) => Owned::Int(n),
            Value::Double(n) => Owned::Double(n),
            Value::Text(text) => Owned::Text(text.into()),
        }
    }

    /// The value as JSON. What JSON can't say (infinities, NaN) becomes its text.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => value.into(),
            Value::Int(n) => n.into(),
            Value::Double(n) if n.is_finite() => n.into(),
            Value::Double(_) => self.owned().to_string().into(),
            Value::Text(text) => text.into(),
        }
    }

    /// A number value, whole when it is exactly whole.
    pub fn from_number(n: f64) -> Value<'static> {
        if n.fract() == 0.0 && n.abs() < EXACT { Value::Int(n as i64) } else { Value::Double(n) }
    }
}

/// Up to here a double holds every whole number exactly.
pub const EXACT: f64 = 9_007_199_254_740_992.0;

impl Owned {
    /// The value, borrowing the text.
    pub fn borrow(&self) -> Value<'_> {
        match self {
            Owned::Null => Value::Null,
            Owned::Bool(value) => Value::Bool(*value),
            Owned::Int(n) => Value::Int(*n),
            Owned::Double(n) => Value::Double(*n),
            Owned::Text(text) => Value::Text(text),
        }
    }

    /// The value of a JSON value: objects and arrays stay JSON text.
    pub fn from_json(json: &serde_json::Value) -> Owned {
        match json {
            serde_json::Value::Null => Owned::Null,
            serde_json::Value::Bool(value) => Owned::Bool(*value),
            serde_json::Value::Number(n) => match n.as_i64() {
                Some(n) => Owned::Int(n),
                None => Owned::Double(n.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Owned::Text(text.as_str().into()),
            other => Owned::Text(other.to_string().into()),
        }
    }

    /// The bytes it takes beside its own cell.
    pub fn heap(&self) -> usize {
        match self {
            Owned::Text(text) => text.len() + ALLOCATION,
            _ => 0,
        }
    }
}

impl std::fmt::Display for Owned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.borrow().write(f);
        Ok(())
    }
}

/// A number as text: whole numbers without a point, others as short as they can be and still be read back;
/// exponents only beyond 1e21 and below 1e-6.
fn write_double(n: f64, out: &mut impl Write) -> std::fmt::Result {
    match n {
        _ if n.is_nan() => out.write_str("NaN"),
        _ if n.is_infinite() => out.write_str(if n > 0.0 { "Infinity" } else { "-Infinity" }),
        0.0 => out.write_str("0"),
        _ if n.abs() >= 1e21 || n.abs() < 1e-6 => write!(out, "{n:E}"),
        _ => write!(out, "{n}"),
    }
}

/// A number written in decimal: optional sign, digits with an optional point, optional exponent, blanks around.
pub fn parse_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if let 1..=15 = bytes.len()
        && bytes.iter().all(u8::is_ascii_digit)
    {
        return Some(bytes.iter().fold(0i64, |n, b| n * 10 + i64::from(b - b'0')) as f64);
    }
    let text = text.trim();
    // `inf` and `nan` are numbers to Rust but words to a log.
    match text.bytes().find(|b| !matches!(b, b'+' | b'-')) {
        Some(b'0'..=b'9' | b'.') => text.parse().ok(),
        _ => None,
    }
}

/// `=` between two values: numerically when one of them is a number, else as exact text. Null equals nothing.
pub fn equal(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bool(a), Value::Text(b)) | (Value::Text(b), Value::Bool(a)) => {
            b.eq_ignore_ascii_case(if a { "true" } else { "false" })
        }
        // A Boolean is 1 or 0 where it meets a number: so the manual (page `logcompare`) compares `_isNew`.
        (Value::Bool(a), Value::Int(b)) | (Value::Int(b), Value::Bool(a)) => i64::from(a) == b,
        // `!= "Infinity"` is how the manual (page `haversine`) sorts out divisions by zero.
        (Value::Double(n), Value::Text(text)) | (Value::Text(text), Value::Double(n)) if !n.is_finite() => {
            text == if n.is_nan() {
                "NaN"
            } else if n > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            }
        }
        (a, b) => matches!((a.number(), b.number()), (Some(a), Some(b)) if a == b),
    }
}

/// Equality as `in` has it: a text never equals a number.
pub fn same(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Text(_), other) | (other, Value::Text(_)) if other.is_number() => false,
        (a, b) => equal(a, b),
    }
}

/// `<` and its kin: numerically when both sides are numbers or read as such, else as text. Null compares with nothing.
pub fn compare(a: Value<'_>, b: Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(&b)),
        (a, b) => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => match (a, b) {
                (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
                (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
                // A number and a text that is none: neither smaller nor greater.
                _ => None,
            },
        },
    }
}

/// The order of a sort, ascending: null, then false and true, then numbers, then texts by code point. A text is not
/// cast, so `"9"` comes after `"100"` (manual page `sort`). Numbers compare exactly, whole ones beyond 2^53 as well;
/// `-0` is zero, and NaN comes after all other numbers. The order is total, and values are equal in it if and only if
/// they are the same group key.
pub fn order(a: Value<'_>, b: Value<'_>) -> Ordering {
    fn class(v: Value<'_>) -> u8 {
        match v {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Int(_) | Value::Double(_) => 2,
            Value::Text(_) => 3,
        }
    }
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(&b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(&b),
        (Value::Double(a), Value::Double(b)) => order_doubles(a, b),
        (Value::Int(a), Value::Double(b)) => order_mixed(a, b),
        (Value::Double(a), Value::Int(b)) => order_mixed(b, a).reverse(),
        (a, b) => class(a).cmp(&class(b)),
    }
}

fn order_doubles(a: f64, b: f64) -> Ordering {
    // Only NaN has no order: it is the greatest, whatever its bits.
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Compares without rounding the whole number. Rounding keeps the order but may make different numbers equal; what equals
/// a rounded 64-bit number is whole and fits 128 bits.
fn order_mixed(a: i64, b: f64) -> Ordering {
    order_doubles(a as f64, b).then_with(|| i128::from(a).cmp(&(b as i128)))
}

/// A double that is a 64-bit whole number.
pub(crate) fn whole(n: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    (n.fract() == 0.0 && (-BEYOND..BEYOND).contains(&n)).then_some(n as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_bytes::encode_value;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value<'static>> {
        let texts = ["", "9", "100", "1e2", "NaN", "Infinity", "true", "-0", "9007199254740993", "a"];
        let edges = [0.0, -0.0, 0.5, -0.5, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, 1e300];
        // Where doubles can't tell whole numbers apart, and where these end.
        let large = [1i64 << 53, 1 << 54, 1 << 60, i64::MAX, i64::MIN, -(1 << 53), 0];
        let near = (prop::sample::select(large.to_vec()), -3i64..4).prop_map(|(n, more)| n.saturating_add(more));
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            near.clone().prop_map(Value::Int),
            near.prop_map(|n| Value::Double(n as f64)),
            prop::sample::select(edges.to_vec()).prop_map(Value::Double),
            any::<f64>().prop_map(Value::Double),
            prop::sample::select(texts.to_vec()).prop_map(Value::Text),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

        #[test]
        fn the_order_is_total(a in any_value(), b in any_value(), c in any_value()) {
            prop_assert_eq!(order(a, a), Ordering::Equal);
            prop_assert_eq!(order(a, b), order(b, a).reverse());
            let mut sorted = [a, b, c];
            sorted.sort_by(|a, b| order(*a, *b));
            let [a, b, c] = sorted;
            prop_assert!(order(a, b).is_le() && order(b, c).is_le() && order(a, c).is_le());
            prop_assert_eq!(order(a, c).is_eq(), order(a, b).is_eq() && order(b, c).is_eq());
        }

        #[test]
        fn equal_in_order_is_the_same_key(a in any_value(), b in any_value()) {
            let key = |value| {
                let mut key = Vec::new();
                encode_value(value, &mut key);
                key
            };
            prop_assert_eq!(order(a, b).is_eq(), key(a) == key(b));
        }

        #[test]
        fn order_and_comparison_agree(a in any_value(), b in any_value()) {
            // A comparison rounds and casts texts; where neither matters, it is the order.
            if let (false, Some(found)) = (matches!((a, b), (Value::Text(_), Value::Text(_))), compare(a, b)) {
                let same_class = a.is_number() == b.is_number();
                prop_assert!(!same_class || found.is_eq() || found == order(a, b));
            }
        }
    }

    #[test]
    fn large_whole_numbers_and_doubles_compare_exactly() {
        let (even, odd) = (1i64 << 53, (1i64 << 53) + 1);
        assert_eq!(order(Value::Int(odd), Value::Double(even as f64)), Ordering::Greater);
        assert_eq!(order(Value::Int(even), Value::Double(even as f64)), Ordering::Equal);
        assert_eq!(order(Value::Int(i64::MAX), Value::Double(i64::MAX as f64)), Ordering::Less);
        assert_eq!(order(Value::Int(i64::MIN), Value::Double(i64::MIN as f64)), Ordering::Equal);
        assert_eq!(order(Value::Int(i64::MAX), Value::Double(f64::NAN)), Ordering::Less);
        assert_eq!(order(Value::Double(f64::INFINITY), Value::Double(-f64::NAN)), Ordering::Less);
        assert_eq!(order(Value::Int(0), Value::Double(-0.0)), Ordering::Equal);
        // `=` and `<` take a whole number beside a double as a double, as Java does.
        assert!(equal(Value::Int(odd), Value::Double(even as f64)));
        assert_eq!(compare(Value::Int(odd), Value::Double(even as f64)), Some(Ordering::Equal));
    }

    fn shown(v: Value<'_>) -> String {
        let mut out = String::new();
        v.write(&mut out);
        out
    }

    #[test]
    fn numbers_print_as_sumo_shows_them() {
        for (n, text) in [
            (2.0, "2"),
            (-1.0, "-1"),
            (-0.0, "0"),
            (12.5, "12.5"),
            (1.0 / 3.0, "0.3333333333333333"),
            (1125899906842624.0, "1125899906842624"),
            (5e-324, "5E-324"),
            (f64::INFINITY, "Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(shown(Value::Double(n)), text);
        }
    }

    #[test]
    fn texts_become_numbers_only_when_they_are_some() {
        for (text, n) in [
            ("42", Some(42.0)),
            ("007", Some(7.0)),
            (" -1.5e2 ", Some(-150.0)),
            ("1e2", Some(100.0)),
            (".5", Some(0.5)),
        ] {
            assert_eq!(parse_number(text), n, "{text}");
        }
        for text in ["", " ", "inf", "NaN", "-", "1,000", "12ab", "0x1f", "-infinity"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn equality_casts_and_in_does_not() {
        let (text, number) = (Value::Text("200"), Value::Int(200));
        assert!(equal(text, number) && equal(Value::Text("200.0"), number) && !equal(Value::Text("x"), number));
        assert!(!same(text, number) && same(Value::Double(200.0), number));
        assert!(!equal(Value::Null, Value::Null));
        assert!(equal(Value::Double(f64::INFINITY), Value::Text("Infinity")));
        assert!(!equal(Value::Double(f64::INFINITY), Value::Text("-Infinity")));
        assert!(!equal(Value::Double(f64::INFINITY), Value::Text("5")));
        assert!(!equal(Value::Text("a"), Value::Text("A")));
    }

    #[test]
    fn comparison_is_numeric_where_both_sides_are() {
        assert_eq!(compare(Value::Text("9"), Value::Text("10")), Some(Ordering::Less));
        assert_eq!(compare(Value::Text("b"), Value::Text("a")), Some(Ordering::Greater));
        assert_eq!(compare(Value::Text("b"), Value::Int(1)), None);
        assert_eq!(compare(Value::Null, Value::Int(1)), None);
        assert_eq!(order(Value::Text("9"), Value::Text("10")), Ordering::Greater);
        assert_eq!(order(Value::Null, Value::Int(-5)), Ordering::Less);
    }
}
