//! The other members of Java's `Math`: the manual's page on mathematics points to that class without documenting them.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

of_one! {
    GET_EXPONENT "getExponent": "Returns the binary exponent of a number." exponent,
        "10" gives "3", also ["binary"];
    NEXT_UP "nextUp": "Returns the next greater number." f64::next_up, "1" gives "1.0000000000000002", also ["successor"];
    RINT "rint": "Rounds to the nearest whole number, and halves to the even one." f64::round_ties_even,
        "2.5" gives "2", also ["round half even", "banker's rounding"];
    SIGNUM "signum": "Returns the sign of a number: -1, 0 or 1." signum, "-3.5" gives "-1", also ["sign", "sgn"];
    ULP "ulp": "Returns the distance from a number to the next one." ulp, "1" gives "2.220446049250313E-16", also ["precision", "epsilon"];
}

of_two! {
    COPY_SIGN "copySign" ("x", "sign"): "Returns a number with the sign of another."
        "Null and strings that are not numbers give null."
        f64::copysign, "3, -0.5" gives "-3", also ["sign"];
    IEEE_REMAINDER "IEEEremainder" ("x", "y"): "Returns the remainder of a division, with the quotient rounded to the \
                                                nearest whole number."
        "`%` rounds the quotient towards 0 instead. Null and strings that are not numbers give null."
        remainder, "8, 3" gives "-1", also ["modulo", "modulus"];
    NEXT_AFTER "nextAfter" ("x", "towards"): "Returns the number next to another, in the direction of a third."
        "Null and strings that are not numbers give null."
        next_after, "1, 0" gives "0.9999999999999999", also ["successor", "predecessor"];
    SCALB "scalb" ("x", "n"): "Returns a number times 2 to the power of another."
        "Decimals of `n` are cut off. Null and strings that are not numbers give null."
        scale, "3, 4" gives "48", also ["binary", "shift"];
}

fn signum(x: f64) -> f64 {
    // Zero keeps its sign, and NaN is none.
    if x == 0.0 || x.is_nan() { x } else { 1.0_f64.copysign(x) }
}

fn exponent(x: f64) -> f64 {
    // Zero and the numbers below the normal ones have -1023; infinities and NaN have 1024.
    (((x.to_bits() >> 52) & 0x7ff) as f64) - 1023.0
}

fn ulp(x: f64) -> f64 {
    let x = x.abs();
    match x.is_finite() {
        true if x == f64::MAX => x - x.next_down(),
        true => x.next_up() - x,
        false => x,
    }
}

fn next_after(x: f64, towards: f64) -> f64 {
    match x.partial_cmp(&towards) {
        None => f64::NAN,
        Some(std::cmp::Ordering::Equal) => towards,
        Some(std::cmp::Ordering::Less) => x.next_up(),
        Some(std::cmp::Ordering::Greater) => x.next_down(),
    }
}

fn scale(x: f64, n: f64) -> f64 {
    if n.is_nan() {
        return f64::NAN;
    }
    // In steps that can't overflow by themselves; only the last can round.
    const STEP: i32 = 512;
    let mut n = (n.clamp(-4096.0, 4096.0)) as i32;
    let mut out = x * 2.0_f64.powi(n % STEP);
    n -= n % STEP;
    while n != 0 {
        out *= 2.0_f64.powi(STEP * n.signum());
        n -= STEP * n.signum();
    }
    out
}

fn remainder(x: f64, y: f64) -> f64 {
    if y == 0.0 || !x.is_finite() || y.is_nan() {
        return f64::NAN;
    }
    let y = y.abs();
    // `%` is exact, and so are the differences: they are of numbers that lie near each other.
    let mut rest = if y <= f64::MAX / 2.0 { x % (y + y) } else { x }.abs();
    let beyond_half = |rest: f64| if y < f64::MIN_POSITIVE * 2.0 { rest + rest > y } else { rest > 0.5 * y };
    let half_or_more = |rest: f64| if y < f64::MIN_POSITIVE * 2.0 { rest + rest >= y } else { rest >= 0.5 * y };
    if beyond_half(rest) {
        rest -= y;
        if half_or_more(rest) {
            rest -= y;
        }
    }
    if x.is_sign_negative() { -rest } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Java gives.
    #[test]
    fn signs_and_exponents() {
        assert_eq!((signum(7.0), signum(-0.1), signum(0.0)), (1.0, -1.0, 0.0));
        assert!(signum(f64::NAN).is_nan() && signum(-0.0).is_sign_negative());
        assert_eq!((exponent(1.0), exponent(0.75), exponent(-8.0)), (0.0, -1.0, 3.0));
        assert_eq!((exponent(0.0), exponent(f64::NAN), exponent(f64::INFINITY)), (-1023.0, 1024.0, 1024.0));
        assert_eq!((2.5_f64.round_ties_even(), 3.5_f64.round_ties_even()), (2.0, 4.0));
    }

    #[test]
    fn neighbours() {
        assert_eq!(ulp(0.0), f64::from_bits(1));
        assert_eq!(ulp(-f64::MAX), 2.0_f64.powi(971));
        assert_eq!(ulp(f64::NEG_INFINITY), f64::INFINITY);
        assert_eq!(next_after(1.0, 2.0), 1.0 + f64::EPSILON);
        assert_eq!(next_after(0.0, -1.0), -f64::from_bits(1));
        assert!(next_after(0.0, -0.0).is_sign_negative());
        assert_eq!(next_after(f64::INFINITY, 0.0), f64::MAX);
        assert!(next_after(f64::NAN, 1.0).is_nan());
    }

    #[test]
    fn powers_of_two() {
        assert_eq!(scale(1.0, 1023.0), 2.0_f64.powi(1023));
        assert_eq!(scale(1.0, 1024.0), f64::INFINITY);
        assert_eq!(scale(1.0, -1074.0), f64::from_bits(1));
        assert_eq!(scale(f64::from_bits(1), 1074.0), 1.0);
        assert_eq!(scale(-3.0, 1.9), -6.0);
        assert_eq!(scale(1.0, -1e9), 0.0);
    }

    #[test]
    fn remainders_are_of_the_nearest_multiple() {
        assert_eq!((remainder(5.0, 3.0), remainder(-5.0, 3.0), remainder(8.0, 3.0)), (-1.0, 1.0, -1.0));
        // Half way, the even multiple is taken.
        assert_eq!((remainder(1.5, 1.0), remainder(2.5, 1.0), remainder(6.0, 4.0)), (-0.5, 0.5, -2.0));
        assert_eq!((remainder(7.0, f64::INFINITY), remainder(6.0, 3.0)), (7.0, 0.0));
        assert!(remainder(1.0, 0.0).is_nan() && remainder(f64::INFINITY, 2.0).is_nan());
        assert!(remainder(-6.0, 3.0).is_sign_negative());
    }
}
