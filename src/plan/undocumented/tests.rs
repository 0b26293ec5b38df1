//! What is undocumented, and the forms that are not.

use super::*;

#[test]
fn forms_and_what_to_write_instead() {
    for (text, place, instead) in [
        ("\"\"", "\"\"", "to write a quote inside a phrase, use `\\\"`"),
        ("_sourceHost!=x", "_sourceHost!=x", "write `NOT _sourceHost=…`"),
        ("_sourceHost==x", "_sourceHost==x", "write `_sourceHost=…`"),
        ("(_sourceHost=)", "(_sourceHost=)", "for an empty value, write `_sourceHost=\"\"`"),
        ("a,b", "a,b", "put quotes around it: `\"a,b\"`"),
        ("* | stats count by a", "stats", "write the aggregate alone: `| count by a`"),
        ("* | sum(a) by b as c", "c", "name it before `by`: `sum(…) as c by …`"),
        ("* | sum(a) b", "b", "write `sum(a) by b`"),
        ("* | where a not in (\"x\") and not b = \"y\"", "not b = \"y\"", "write `!(b = \"y\")`"),
    ] {
        let (query, errors) = crate::syntax::parse(text, &crate::catalogue());
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let found = super::undocumented(&query, text, &crate::catalogue());
        let said: Vec<_> = found.iter().map(|d| (d.span.of(text), d.help.as_deref().unwrap_or_default())).collect();
        assert!(found.iter().all(|d| d.code.id == codes::UNDOCUMENTED.id));
        assert_eq!(said, [(place, instead)], "{text}");
    }
}

#[test]
fn the_manuals_own_forms() {
    for text in [
        "error NOT (fail* or \"x y\") _sourceHost=a*b c-d:e/f.g",
        "* | count by a | sum(b) as c by d | values(e) by f as g | count a",
        "* | where !(a in (\"x\")) and b matches \"y*\" or !isNull(c)",
        "* | where a = 1.5k | timeslice 5m | parse regex \"(?<x>a)\" | if(a > 1, \"b\", \"c\") as d",
    ] {
        let (query, errors) = crate::syntax::parse(text, &crate::catalogue());
        assert!(errors.is_empty(), "{text}: {errors:?}");
        assert_eq!(
            super::undocumented(&query, text, &crate::catalogue()).iter().map(|d| &d.message).collect::<Vec<_>>(),
            [""; 0],
            "{text}"
        );
    }
}
