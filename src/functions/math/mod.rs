//! Mathematical functions, as Java's `Math` has them (manual page `math-expressions`).
//!
//! All compute in 64-bit floating point. Null, and text that is no number, give null; outside its domain a function
//! gives NaN.

/// Defines functions of one number: the static, its name, its page where the manual has one, its summary, what computes it,
/// an example, and words people search by.
macro_rules! of_one {
    ($($def:ident $name:literal $(on $page:literal)?: $summary:literal $f:expr, $of:literal gives $is:literal,
       also [$($also:literal),*];)*) => { $(
        pub static $def: FunctionDef = FunctionSignature {
            name: $name,
            group: Group::Math,
            params: &[Param::new("x", Type::Number)],
            returns: Type::Number,
            summary: $summary,
            doc: "Null and strings that are not numbers give null; outside the domain, the result is NaN.",
            page: concat!($("search/search-query-language/math-expressions/", $page)?),
            also: &[$($also),*],
            examples: &[
                Example {
                    title: "A constant",
                    query: concat!("* | ", $name, "(", $of, ") as y | fields y"),
                    messages: &["x"],
                    expect: Expect::Rows(&["y"], &[&[$is]]),
                },
                Example {
                    title: "A string that reads as a number is cast; other strings and null give null",
                    query: concat!("* | parse \"x=*;\" as x nodrop | ", $name, "(x) as y | fields y"),
                    messages: &[concat!("x=", $of, ";"), "x=abc;", "nothing"],
                    expect: Expect::Rows(&["y"], &[&[$is], &[""], &[""]]),
                },
            ],
            ..BASE
        }
        .made_by(Make::Pure(|args, _| {
            let f: fn(f64) -> f64 = $f;
            args[0].number().map_or(Value::Null, |x| Value::from_number(f(x)))
        }));
    )* };
}

/// Defines functions of two numbers.
macro_rules! of_two {
    ($($def:ident $name:literal ($a:literal, $b:literal) $(on $page:literal)?: $summary:literal $doc:literal $f:expr,
       $of:literal gives $is:literal, also [$($also:literal),*];)*) => { $(
        pub static $def: FunctionDef = FunctionSignature {
            name: $name,
            group: Group::Math,
            params: &[Param::new($a, Type::Number), Param::new($b, Type::Number)],
            returns: Type::Number,
            summary: $summary,
            doc: $doc,
            page: concat!($("search/search-query-language/math-expressions/", $page)?),
            also: &[$($also),*],
            examples: &[
                Example {
                    title: "Constants",
                    query: concat!("* | ", $name, "(", $of, ") as y | fields y"),
                    messages: &["x"],
                    expect: Expect::Rows(&["y"], &[&[$is]]),
                },
                Example {
                    title: "Null and strings that are not numbers give null",
                    query: concat!("* | parse \"x=*;\" as x nodrop | ", $name, "(1, x) as y | fields y"),
                    messages: &["x=abc;", "nothing"],
                    expect: Expect::Rows(&["y"], &[&[""], &[""]]),
                },
            ],
            ..BASE
        }
        .made_by(Make::Pure(|args, _| {
            let f: fn(f64, f64) -> f64 = $f;
            match (args[0].number(), args[1].number()) {
                (Some(a), Some(b)) => Value::from_number(f(a, b)),
                _ => Value::Null,
            }
        }));
    )* };
}

pub mod abs_min_max;
pub mod java;
pub mod power;
pub mod rounding;
pub mod trigonometry;
