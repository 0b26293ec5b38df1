//! Dead logic: for each warning queries in which it must appear, at the place between `«` and `»`, and near ones in which
//! nothing may be said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod elsewhere;
mod stages;
mod truth;

use sumoql::diagnostics::Diagnostic;
use sumoql::syntax::parameters::expand;

/// The value that `{{NAME}}` has in the tests.
fn value(name: &str) -> Option<String> {
    let values = [("star", "*"), ("word", "b"), ("number", "5"), ("field", "y"), ("empty", "")];
    values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
}

/// What is said of a query, with places in its text as written.
fn lint(query: &str) -> Vec<Diagnostic> {
    let catalogue = sumoql::catalogue();
    let expansion = expand(query, |_, name| value(name));
    let (tree, diagnostics) = sumoql::syntax::parse(&expansion.text, &catalogue);
    assert!(diagnostics.is_empty(), "{query}\n{diagnostics:?}");
    let (plan, diagnostics) = sumoql::plan::plan(&expansion.text, &tree, &catalogue);
    let plan = plan.unwrap_or_else(|| panic!("{query}\n{diagnostics:?}"));
    let mut found = sumoql::lint::lint(&tree, &plan, &expansion, &catalogue);
    for diagnostic in &mut found {
        diagnostic.span = expansion.origin(diagnostic.span);
    }
    found
}

/// Every query must give exactly the places marked in it, all with the code.
fn all_say(code: &str, queries: &[&str]) {
    let mut wrong = Vec::new();
    for marked in queries {
        let query = marked.replace(['«', '»'], "");
        let mut wanted: Vec<&str> = marked.split('«').skip(1).filter_map(|part| part.split('»').next()).collect();
        let found = lint(&query);
        let mut said: Vec<&str> = found.iter().map(|diagnostic| diagnostic.span.of(&query)).collect();
        let codes = found.iter().all(|diagnostic| diagnostic.code.id == code);
        said.sort_unstable();
        wanted.sort_unstable();
        if said != wanted || !codes {
            wrong.push(format!("{marked}\n   {:?}", told(&found, &query)));
        }
        if found.iter().any(|diagnostic| diagnostic.help.is_none()) {
            wrong.push(format!("{marked}\n   no help"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn told(found: &[Diagnostic], query: &str) -> Vec<String> {
    found.iter().map(|d| format!("{} {:?}: {}", d.code.id, d.span.of(query), d.message)).collect()
}

/// Nothing may be said of any of these.
fn none_says_anything(queries: &[&str]) {
    let said = queries.iter().map(|query| (query, lint(query))).filter(|(_, found)| !found.is_empty());
    let said: Vec<String> = said.map(|(query, found)| format!("{query}\n   {:?}", told(&found, query))).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn conditions_that_never_hold() {
    all_say(
        "W210",
        &[
            // Literals.
            "* | where «1 = 2»",
            "* | where «\"a\" = \"b\"» or x = 1",
            "* | if(«false», 1, 2) as y",
            "* | where x = 1 and «isNull(\"\")»",
            // Two conditions on one value.
            "* | where x > 5 and «x < 3»",
            "* | where x > 5 and «x < 5»",
            "* | where x > 5 and «5 > x»",
            "* | where x >= 5 | where «x = 4»",
            "* | where x = \"a\" and «x = \"b\"»",
            "* | where x = \"a\" | parse \"y=*;\" as y | where «x = \"b\"»",
            "* | where x in (\"a\", \"b\") | where «x in (\"c\", \"d\")»",
            "* | where (x = \"a\" or x = \"b\") and «x = \"c\"»",
            "* | where x = 5 and «x = \"five\"»",
            "* | where x = \"word\" and «x > 5»",
            "* | where x = \"a\" and «x != \"a\"»",
            "* | where x = 5 and «x <> 5»",
            "* | where x matches \"*\\\\cmd.exe\" and «x matches \"*\\\\powershell.exe\"»",
            "* | where x matches \"C:*\" and «x = \"D:\\\\a.exe\"»",
            "* | where x matches \"*cmd.exe\" and not «x matches \"*.dll\"»",
            "* | where x matches \"*a\" and «!(x matches \"*a\")»",
            "* | where !isNull(y) and length(x) > 5 and «length(x) < 3»",
            "* | where isNull(x) and «x = \"a\"»",
            "* | where isEmpty(x) and «x > 3»",
            "* | where x > 1 | if(«isNull(x)», 0, x) as y",
            "* | where !(x = \"a\" or x = \"b\") | where «x in (\"a\", \"b\")»",
            // Branches.
            "* | if(x matches \"*error*\", 1, if(«x matches \"*fatal error*\"», 2, 3)) as y",
            "* | if(x >= 400, \"client\", if(«x >= 500», \"server\", \"ok\")) as y",
            "* | x = \"a\" ? 1 : («X = \"a\"» ? 2 : 3) as y",
            "* | if(x > 5, if(«x < 3», 1, 2), 3) as y",
            "* | where status >= 500 | if(«status < 400», \"good\", \"bad\") as y",
            // What a value has gone through.
            "* | toLowerCase(x) as x | where «x = \"Foo\"»",
            "* | toLowerCase(x) | where x matches «\"*Foo*\"»",
            "* | where toUpperCase(x) in («\"Foo\"», \"BAR\")",
            "* | tolowercase(x) as y | where y in («\"A\"», \"b\", «\"C\"»)",
            "* | where toLowerCase(x) matches «/.*Foo\\.exe/»",
            "* | toLowerCase(x) as y | y as z | where «\"Foo\" = z»",
            "* | trim(x) as x | where «x = \" a\"»",
            // Values that a type does not have.
            "* | where «length(x) < 0»",
            "* | where «length(x) = -1»",
            "* | where «length(x) = \"long\"»",
            "* | where «isNull(x) = 2»",
            "* | x matches \"a*\" as flag | where «flag = 2»",
            "* | count by x | where «_count = \"many\"»",
            "* | count as n by x | where «n < 0»",
            "* | x + 1 as y | where «y = \"one\"»",
            // What always has a value.
            "* | parse \"x=*;\" as x | where «isNull(x)»",
            "* | if(isNull(x), \"none\", x) as x | where !«isNull(x)»",
            "* | where «x < x»",
            // Inside other stages.
            "* | count by u | filter u in (where «1 = 2» | fields u)",
            // The scope.
            "_sourceCategory=a «_sourceCategory=b»",
            "_sourceCategory=prod/* error «_SOURCECATEGORY=dev/*»",
            "error and «not error»",
            "«not *»",
        ],
    );
}

#[test]
fn conditions_that_may_hold() {
    none_says_anything(&[
        "* | where x > 5 and x < 7",
        "* | where x >= 5 and x <= 5",
        "* | where x > 5 or x < 3",
        "* | where x = \"a\" or x = \"b\"",
        "* | where x = \"a\" and y = \"b\"",
        // As numbers these are equal.
        "* | where x = \"5\" and x = \"5.0\"",
        "* | where x = \"5\" and x = 5",
        "* | where x in (\"5\") and x = 5",
        "* | where x = true and x = \"TRUE\"",
        "* | where x = 5 and !(x in (\"5\"))",
        // Between the two the field changes.
        "* | where x = \"a\" | \"b\" as x | where x = \"b\"",
        "* | where x = \"a\" | parse \"x=*;\" as x | where x = \"b\"",
        "* | where x = \"a\" | parse \"x=*;\" as x nodrop | where x = \"b\"",
        "* | where x = \"a\" | count by x | transpose row x column x | where x = \"b\"",
        "* | where x = \"a\" | count by x | fillmissing values(\"b\") in x | where x = \"b\"",
        "* | where x matches \"*.exe\" and x matches \"*cmd*\"",
        "* | where x matches \"*.exe\" and !(x matches \"*cmd.exe\")",
        "* | where x matches \"*a*\" and x = \"bab\"",
        "* | where x matches \"*cmd.exe\" and not x matches \"*d.exe*e\"",
        "* | if(x matches \"*fatal error*\", 1, if(x matches \"*error*\", 2, 3)) as y",
        "* | if(x >= 500, \"server\", if(x >= 400, \"client\", \"ok\")) as y",
        "* | if(x >= 500, 2, if(x < 500, 1, 0)) as y",
        "* | where toLowerCase(x) = \"foo\" and toUpperCase(y) matches \"*FOO*\"",
        "* | where toLowerCase(x) matches /(?i)Foo/ or toLowerCase(x) matches /[Ff]oo/ or toLowerCase(x) matches /a\\Sb/",
        "* | toLowerCase(x) as y | where x = \"Foo\"",
        "* | toLowerCase(x) as x | parse \"x=*;\" as x nodrop | where x = \"Foo\"",
        "* | if(y = 1, toLowerCase(x), x) as x | where x = \"Foo\"",
        "* | where length(x) > 0 and length(x) != 3",
        "* | x / y as z | where z != \"Infinity\" and z = \"NaN\"",
        "* | where x = \"Infinity\" and x > 5",
        "* | where length(x) = \"5\" and isNull(x) = \"true\"",
        "* | parse \"x=*;\" as x nodrop | where isNull(x) or x = 5",
        "* | parse \"y=*;\" as y nodrop | parse \"x=*;\" as x | where isNull(x)",
        "* | parse regex \"(?<x>a)|(?<y>b)\" | where isNull(x)",
        "* | json \"x\" | where isNull(x)",
        "* | if(isNull(x), y, x) as x | where !isNull(x)",
        // To ask again does no harm.
        "* | where x != \"a\" and !isNull(x)",
        "* | where x in (\"a\", \"b\") | if(x = \"a\", 1, if(x = \"b\", 2, 3)) as y",
        "* | where x in (\"a\", \"b\") | if(x in (\"a\", \"b\"), 1, 2) as y",
        "* | where x = y and y = z",
        "_sourceCategory=a or _sourceCategory=b",
        "_sourceCategory=*a _sourceCategory=b*",
        "_sourceCategory=a _sourceHost=b",
        "_index=a _index=b",
        "* error",
        "error not warning",
    ]);
}

#[test]
fn parameters_are_never_blamed() {
    none_says_anything(&[
        "* | where if(\"{{star}}\" = \"*\", true, x matches \"{{star}}\")",
        "* | where if(\"{{word}}\" = \"*\", true, x matches \"{{word}}\")",
        "* | where \"{{word}}\" = \"*\" or x = \"{{word}}\"",
        "* | where \"{{empty}}\" = \"*\" or x = \"{{empty}}\"",
        "* | where x = \"a\" and x = \"{{word}}\"",
        "* | where x > {{number}} and x < 3",
        "* | where x matches \"pre-{{word}}\"",
        "* | where x = \"{{word}}\" or x = \"b\"",
        "* | toUpperCase(x) as x | where x = \"{{word}}\"",
        "* | where x in (\"{{word}}\", \"b\")",
        "* | if(x = 1, \"{{word}}\", \"b\") as y",
        "error or {{star}}",
        "_sourceCategory={{word}} _sourceCategory=a",
        // With another value the field would be used.
        "* | parse \"x=*;\" as x nodrop | count by {{field}}",
        "* | sort by x | count by {{field}}",
    ]);
    all_say(
        "W217",
        &["* | «parse \"x=*;\" as x nodrop» | where y matches \"{{star}}\" or \"{{empty}}\" = \"\" | count by y"],
    );
}

#[test]
fn conditions_that_always_hold() {
    all_say(
        "W211",
        &[
            "* | where «1 = 1»",
            "* | where «true»",
            "* | where x != \"a\" or «x != \"b\"»",
            "* | where !(x = \"a\") or «!(x = \"b\")»",
            "* | where y = 1 or x not in (\"a\") or «x not in (\"b\", \"c\")»",
            "* | where !(x matches \"*.exe\") or «!(x matches \"*.dll\")»",
            "* | where x > 5 or «x < 10»",
            "* | where x >= 5 or «x < 5»",
            "* | where «length(x) >= 0»",
            "* | where «length(x) > -1»",
            "* | where «x = X»",
            "* | where x matches «/.*/»",
            "* | toLowerCase(x) as x | where «x != \"Root\"»",
            "* | if(x = 1, if(«x = 1», 1, 2), 3) as y",
            "* | if(x = 1, 1, if(«!(x = 1)», 2, 3)) as y",
        ],
    );
    none_says_anything(&[
        "* | where x != \"a\" and x != \"b\"",
        "* | where x != \"a\" or y != \"b\"",
        "* | where x != \"5\" or x != \"5.0\"",
        "* | where x > 5 or x < 5",
        "* | where x > 10 or x < 5",
        "* | where length(x) >= 1",
        "* | where x matches /^.*$/ or x matches /.+/",
        "* | where x matches \"*\"",
        "* | where !(x matches \"*a*\") or !(x matches \"*b*\")",
    ]);
}

#[test]
fn comparisons_with_null() {
    all_say(
        "W212",
        &[
            "* | where «x < null»",
            "* | where «null >= x»",
            "* | if(«x > null», 1, 2) as y",
            "* | where x in (1, «null»)",
        ],
    );
    none_says_anything(&[
        "* | where x = null",
        "* | if(null != x, 1, 2) as y",
        "* | where isNull(x) or !isNull(y)",
        "* | if(x = 1, null, x) as y",
        "* | where x = \"null\"",
    ]);
}

#[test]
fn lists_of_another_type() {
    all_say(
        "W213",
        &[
            "* | parse \"s=*;\" as s | where s in («500, 503»)",
            "* | parse regex \"(?<s>\\\\d+)\" | where s in (\"200\", «404», \"500\")",
            "* | json \"code\" as s nodrop | where s not in («1»)",
            "* | csv _raw extract 1 as s | where s in («1, 2»)",
            "* | toString(s) as s | where s in («1»)",
            "* | count by x | where _count in («\"1\", \"2\"»)",
        ],
    );
    none_says_anything(&[
        "* | where s in (500, 503)",
        "* | parse \"s=*;\" as s | where s in (\"500\")",
        "* | parse \"s=*;\" as s | num(s) as s | where s in (500)",
        "* | parse \"s=*;\" as s | where s = 500",
        "* | num(x) as s | parse \"s=*;\" as s nodrop | where s in (500)",
        "* | count by x | where _count in (1, 2)",
    ]);
}

#[test]
fn patterns_without_a_wildcard() {
    all_say(
        "W214",
        &[
            "* | where _raw matches «\"cmd.exe\"»",
            "* | where not _RAW matches «\"error\"» or y matches «\"a?c\"»",
            "* | where _raw matches «tolowercase(\"Cmd\")»",
            "* | if(_raw matches «\"a\"», 1, 2) as y",
        ],
    );
    none_says_anything(&[
        // Equality, as the manual's own examples have it.
        "* | where x matches \"cmd.exe\" or x matches \"a b\" or x matches \"what?\" or x matches \"/a?b=1\"",
        "* | if(x matches \"HIGH\", 1, 2) as y",
        "* | where x matches \"*cmd.exe\"",
        "* | where x matches /cmd.exe/",
        "* | where x matches y",
        "* | where x matches concat(y, \"*\")",
        "* | where x matches concat(\"a\", y)",
    ]);
}

#[test]
fn regular_expressions_that_are_slow() {
    all_say(
        "W223",
        &[
            r#"* | parse regex "args=«(?:\w+ ?)+»;(?<rest>.*)""#,
            r#"* | parse "x=*;" as x | parse regex field=x "«(?:.*?,){3,}»(?<y>P)""#,
            r#"* | parse regex "«.*?»user=(?<u>\w+)""#,
            r#"* | parse regex "u=(?<u>\w+)", "v=«(?:\s|[ ,])*»(?<u>\w+)" nodrop"#,
            "* | where x matches /«(a+)+»$/",
        ],
    );
    none_says_anything(&[
        r#"* | parse regex "(?:[^,]+,)+(?<y>\w+)""#,
        // Takes the last one.
        r#"* | parse regex ".*user=(?<u>\w+)""#,
        r#"* | parse regex "(?:\w+ ?)+(?<rest>.*)""#,
        r#"* | parse regex "(?<head>.*?)user=""#,
        r#"* | parse regex "(?:a++)+(?<y>b)""#,
        r#"* | parse regex ".*?user=(?<u>\w+)|b""#,
        // Whether the whole value must fit is not documented.
        "* | where x matches /.*cmd\\.exe/",
        "* | where x matches \"*(a+)+b*\"",
        "* | where x matches /^(\\w+\\.)+com$/",
    ]);
}

#[test]
fn conditions_that_are_there_twice() {
    all_say(
        "W215",
        &[
            "* | where x = 1 or y = 2 or «x=1»",
            "* | where x = 1 and «1 = X»",
            "* | where x matches \"*a*\" | parse \"y=*;\" as y | where «x matches \"*a*\"»",
            "* | where x = 1 | where y = 2 and «x = 1»",
            "* | where x in (\"a\", \"b\", «\"a\"»)",
            "* | if(x = 1 or «x = 1», 1, 2) as y",
            "* | where (x = 1 and y = 2) or «(y = 2 and x = 1)»",
            "error or warning or «ERROR»",
            "error _sourceHost=a («_sourcehost=A» failed)",
        ],
    );
    none_says_anything(&[
        "* | where x = 1 or y = 1",
        "* | where x = \"a\" or x = \"A\"",
        "* | where x = 1 | x + 1 as x | where x = 1",
        "* | where (x = 1 and y = 2) or (x = 1 and y = 3)",
        "* | where x = 1 | where x = 1 or y = 2",
        "error \"error\"",
        "(error a) or (error b)",
    ]);
}

#[test]
fn results_that_are_the_same() {
    all_say(
        "W216",
        &[
            "* | if(x = 1, 0, «0») as y",
            "* | x = 1 ? \"a\" : «\"a\"» as y",
            "* | if(x = 1, toLowerCase(z), «tolowercase(Z)») as y",
            "* | if(x = 1, 1, if(x = 2, 3, «3»)) as y",
        ],
    );
    none_says_anything(&["* | if(x = 1, 0, 1) as y", "* | if(x = 1, \"a\", \"A\") as y", "* | if(x = 1, z, y) as y"]);
}

#[test]
fn the_founding_query_is_without_dead_logic() {
    let text = std::fs::read_to_string("queries/t1505.sumo").expect("the query is there");
    none_says_anything(&[&text]);
}
