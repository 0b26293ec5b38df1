//! Names of functions that published queries use and Sumo Logic's manual does not have, with what it has instead.

/// The names, in lower case; the other names of a function have entries of their own.
const FUNCTIONS: &[(&str, &str)] = &[
    ("copysign", "write `if(sign < 0, -abs(x), abs(x))`"),
    ("fromseconds", "times are milliseconds: `x * 1000`"),
    ("getexponent", "write `floor(log(abs(x)) / log(2))`"),
    ("ieeeremainder", "write `x % y`, which has the sign of `x`"),
    ("int", "write `toLong(x)`"),
    ("len", "write `length(x)`"),
    ("long", "write `toLong(x)`"),
    ("lower", "write `toLowerCase(x)`"),
    ("nextafter", "remove it: the next number differs in the 16th digit"),
    ("nextup", "remove it: the next number differs in the 16th digit"),
    ("rint", "write `round(x)`, which rounds a half up"),
    ("scalb", "write `x * pow(2, n)`"),
    ("signum", "write `if(x > 0, 1, if(x < 0, -1, 0))`"),
    ("todouble", "write `num(x)`"),
    ("tomillis", "times are milliseconds already: remove the function"),
    ("tonumber", "write `num(x)`"),
    ("ulp", "compare with a small number such as `1e-9`"),
    ("upper", "write `toUpperCase(x)`"),
];

/// Aggregates of the manual, with names that published queries have for them.
const AGGREGATES: &[(&str, &[&str])] = &[("count_distinct", &["dcount"])];

/// What Sumo Logic has instead of a function of this name; nothing when its manual has the name.
pub fn function(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, instead)| *instead)
}

/// The names that published queries have for an aggregate.
pub fn aliases(aggregate: &str) -> &'static [&'static str] {
    AGGREGATES.iter().find(|(name, _)| *name == aggregate).map_or(&[], |(_, aliases)| aliases)
}

/// What Sumo Logic has instead of an aggregate of this name; nothing when its manual has the name.
pub fn aggregate(name: &str) -> Option<String> {
    let known = |aliases: &[&str]| aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name));
    let (own, _) = AGGREGATES.iter().find(|(_, aliases)| known(aliases))?;
    Some(format!("write `{own}(x)`"))
}
