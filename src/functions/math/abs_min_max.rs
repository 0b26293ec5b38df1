//! `abs`, and `min` and `max` of two numbers.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

of_one! {
    ABS "abs" on "abs": "Returns the absolute value of a number." f64::abs, "-7.25" gives "7.25", also ["absolute", "magnitude"];
}

of_two! {
    MAX "max" ("a", "b") on "index": "Returns the greater of two numbers."
        "With one argument, `max(field)` is an aggregate. Null and strings that are not numbers give null; NaN gives \
         NaN."
        |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) },
        "9, 10" gives "10", also ["greatest", "maximum", "at least"];
    MIN "min" ("a", "b") on "index": "Returns the smaller of two numbers."
        "With one argument, `min(field)` is an aggregate. Null and strings that are not numbers give null; NaN gives \
         NaN."
        |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) },
        "9, 10" gives "9", also ["least", "minimum", "at most"];
}
