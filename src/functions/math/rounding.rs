//! `ceil`, `floor`, `round`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

of_one! {
    CEIL "ceil" on "ceil": "Rounds up to a whole number." f64::ceil, "-1.5" gives "-1", also ["round up"];
    FLOOR "floor" on "floor": "Rounds down to a whole number." f64::floor, "-1.5" gives "-2",
        also ["round down", "truncate"];
}

pub static ROUND: FunctionDef = FunctionSignature {
    name: "round",
    group: Group::Math,
    params: &[Param::new("x", Type::Number), Param::optional("digits", Type::Number)],
    returns: Type::Number,
    summary: "Rounds to a whole number, or to a number of decimals.",
    doc: "Halves are rounded up: 2.5 to 3, -2.5 to -2. Rounding uses the shortest decimal form of the number, so \
          `round(1.005, 2)` is 1.01. A negative number of decimals rounds to tens, hundreds and so on. Null and \
          strings that are not numbers give null.",
    page: "search/search-query-language/math-expressions/round",
    also: &["decimals", "precision", "nearest"],
    examples: &[
        Example {
            title: "To whole numbers; null gives null",
            query: "* | parse \"x=*;\" as x nodrop | round(x) as y | fields y",
            messages: &["x=2.4;", "x=2.5;", "x=-2.5;", "x=abc;", "nothing"],
            expect: Expect::Rows(&["y"], &[&["2"], &["3"], &["-2"], &[""], &[""]]),
        },
        Example {
            title: "To a number of decimals",
            query: "* | round(1.549, 2) as a | round(1.005, 2) as b | round(1234.5, -2) as c | fields a, b, c",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b", "c"], &[&["1.55", "1.01", "1200"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| {
    let digits = match args.get(1) {
        None => Some(0),
        Some(digits) => digits.number().filter(|n| n.is_finite()).map(|n| n as i32),
    };
    match (args[0].number(), digits) {
        (Some(x), Some(digits)) => Value::from_number(round(x, digits)),
        _ => Value::Null,
    }
}));

/// Rounds to so many decimals, halves towards positive infinity.
fn round(x: f64, digits: i32) -> f64 {
    if !x.is_finite() {
        return x;
    }
    if digits == 0 {
        // The difference is exact where it could be a half.
        let floor = x.floor();
        return if x - floor >= 0.5 { floor + 1.0 } else { floor };
    }
    // No double has digits outside of this.
    round_decimal(x, digits.clamp(-400, 400)).unwrap_or(x)
}

/// Rounds the shortest decimal form. Nothing when there is nothing to cut off.
fn round_decimal(x: f64, digits: i32) -> Option<f64> {
    let form = format!("{:e}", x.abs());
    let (mantissa, exponent) = form.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let all: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    // How many of the digits stay; the first has the weight 10^exponent.
    let kept = exponent.saturating_add(digits).saturating_add(1);
    if kept >= all.len() as i32 {
        return None;
    }
    let (head, tail) = all.split_at(usize::try_from(kept).unwrap_or(0));
    let up = match tail.first() {
        _ if kept < 0 => false,
        Some(b'6'..) => true,
        Some(b'5') => x > 0.0 || tail.len() > 1,
        _ => false,
    };
    let whole = head.iter().fold(0u64, |n, digit| n * 10 + u64::from(digit - b'0')) + u64::from(up);
    let rounded: f64 = format!("{whole}e{}", -digits).parse().ok()?;
    Some(rounded.copysign(x))
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn halves_go_up() {
        for (x, digits, rounded) in [
            (0.49999999999999994, 0, 0.0),
            (-0.5, 0, 0.0),
            (-1.5, 0, -1.0),
            (4503599627370497.0, 0, 4503599627370497.0),
            (2.675, 2, 2.68),
            (2.345, 2, 2.35),
            (-2.345, 2, -2.34),
            (-2.3451, 2, -2.35),
            (9.999, 2, 10.0),
            (0.04, 1, 0.0),
            (0.05, 1, 0.1),
            (0.5, -1, 0.0),
            (7.0, -1, 10.0),
            (1e300, 5, 1e300),
            (1.25, 400, 1.25),
            (1.25, i32::MIN, 0.0),
            (1.25, i32::MAX, 1.25),
        ] {
            assert_eq!(round(x, digits), rounded, "{x} {digits}");
        }
    }
}
