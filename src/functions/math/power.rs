//! Powers, roots and logarithms.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

of_one! {
    CBRT "cbrt" on "cbrt": "Returns the cube root of a number." f64::cbrt, "-27" gives "-3", also ["root"];
    EXP "exp" on "exp": "Returns e to the power of a number." f64::exp, "0" gives "1", also ["exponential"];
    EXPM1 "expm1" on "expm1": "Returns e to the power of a number, minus 1, accurate for small numbers." f64::exp_m1,
        "0.001" gives "0.0010005001667083417", also ["exponential"];
    LOG "log" on "log": "Returns the natural logarithm of a number." f64::ln, "10" gives "2.302585092994046", also ["ln"];
    LOG10 "log10" on "log10": "Returns the base 10 logarithm of a number." f64::log10, "1000" gives "3", also ["magnitude"];
    LOG1P "log1p" on "log1p": "Returns the natural logarithm of a number plus 1, accurate for small numbers." f64::ln_1p,
        "0.001" gives "0.0009995003330835331", also ["ln"];
    SQRT "sqrt" on "sqrt": "Returns the square root of a number." f64::sqrt, "2.25" gives "1.5", also ["root"];
}

of_two! {
    HYPOT "hypot" ("a", "b") on "hypot": "Returns the square root of a² + b²."
        "Intermediate results do not overflow or underflow. Null and strings that are not numbers give null."
        f64::hypot, "5, 12" gives "13", also ["distance", "pythagoras"];
    POW "pow" ("base", "exponent") on "index": "Returns a number to the power of another."
        "There is no operator `^`. Null and strings that are not numbers give null. Special cases are those of Java's \
         `Math.pow`: 1 to the power of NaN or of an infinity is NaN."
        power, "2, 10" gives "1024", also ["exponent", "square"];
}

/// Java's rules where C's, which Rust has, differ.
fn power(base: f64, exponent: f64) -> f64 {
    match exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) {
        true => f64::NAN,
        false => base.powf(exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::power;

    /// What Java's `Math.pow` gives.
    #[test]
    fn special_cases_are_javas() {
        assert!(power(1.0, f64::NAN).is_nan());
        assert!(power(-1.0, f64::INFINITY).is_nan());
        assert!(power(1.0, f64::NEG_INFINITY).is_nan());
        assert!(power(-8.0, 1.0 / 3.0).is_nan());
        assert_eq!(power(f64::NAN, 0.0), 1.0);
        assert_eq!(power(0.0, -1.0), f64::INFINITY);
        assert_eq!(power(-2.0, 3.0), -8.0);
        assert_eq!(power(0.5, f64::INFINITY), 0.0);
    }
}
