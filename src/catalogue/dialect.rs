//! Names of functions that published queries use and Sumo Logic's manual does not have, with what it has instead.

/// The names, in lower case; the other names of a function have entries of their own.
const FUNCTIONS: &[(&str, &str)] = &[
    ("frommillis", "times are milliseconds already: `formatDate(x, \"yyyy-MM-dd\")` takes them as they are"),
    ("fromseconds", "times are milliseconds: `x * 1000`"),
    ("int", "Sumo Logic's own form is `toLong(x)`"),
    ("long", "Sumo Logic's own form is `toLong(x)`"),
    ("todouble", "Sumo Logic's own form is `num(x)`"),
    ("tomillis", "times are milliseconds already: leave the function out"),
    ("tonumber", "Sumo Logic's own form is `num(x)`"),
];

/// What Sumo Logic has instead of a function of this name; nothing when its manual has the name.
pub fn function(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, instead)| *instead)
}
