//! `sin`, `cos`, `tan` and their kin. Angles are in radians.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

of_one! {
    ACOS "acos" on "acos": "Returns the arc cosine of a number, in radians." f64::acos,
        "0.25" gives "1.318116071652818", also ["arc cosine"];
    ASIN "asin" on "asin": "Returns the arc sine of a number, in radians." f64::asin,
        "0.25" gives "0.25268025514207865", also ["arc sine"];
    ATAN "atan" on "atan": "Returns the arc tangent of a number, in radians." f64::atan,
        "2" gives "1.1071487177940904", also ["arc tangent"];
    COS "cos" on "cos": "Returns the cosine of an angle in radians." f64::cos,
        "0.5" gives "0.8775825618903728", also ["cosine"];
    COSH "cosh" on "cosh": "Returns the hyperbolic cosine of a number." f64::cosh,
        "0.5" gives "1.1276259652063807", also [];
    SIN "sin" on "sin": "Returns the sine of an angle in radians." f64::sin,
        "0.5" gives "0.479425538604203", also ["sine"];
    SINH "sinh" on "sinh": "Returns the hyperbolic sine of a number." f64::sinh,
        "0.5" gives "0.5210953054937474", also [];
    TAN "tan" on "tan": "Returns the tangent of an angle in radians." f64::tan,
        "0.5" gives "0.5463024898437905", also ["tangent"];
    TANH "tanh" on "tanh": "Returns the hyperbolic tangent of a number." f64::tanh,
        "0.5" gives "0.46211715726000974", also [];
    TO_DEGREES "toDegrees" on "todegrees": "Converts radians to degrees." f64::to_degrees,
        "1.5707963267948966" gives "90", also ["angle"];
    TO_RADIANS "toRadians" on "toradians": "Converts degrees to radians." f64::to_radians,
        "90" gives "1.5707963267948966", also ["angle"];
}

of_two! {
    ATAN2 "atan2" ("y", "x") on "atan2": "Returns the angle of the point (x, y), in radians."
        "The result is between -π and π. The first argument is y. Null and strings that are not numbers give null."
        f64::atan2, "3, -2" gives "2.158798930342464", also ["arc tangent", "polar"];
}
