//! The words of expressions that are in the language's own grammar, not in a list: they are part of the reference too.
//!
//! `syntax/expression.rs` reads them and `plan/expression.rs` gives them their meaning.

use super::signature::{Example, Expect, Group};

/// A word of expressions.
#[derive(Debug)]
pub struct WordDef {
    /// Its name.
    pub name: &'static str,
    /// Other spellings.
    pub aliases: &'static [&'static str],
    /// Where it stands in the reference.
    pub group: Group,
    /// Its syntax, for people.
    pub usage: &'static str,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples, at least one.
    pub examples: &'static [Example],
}

/// All of them.
pub static WORDS: &[WordDef] = &[
    WordDef {
        name: "as",
        aliases: &[],
        group: Group::Field,
        usage: "EXPRESSION as NAME",
        summary: "Names a value: a field, a constant or the result of an expression.",
        doc: "As a stage, `expression as name` sets a field on every row. An existing field with this name is \
              overwritten; a field that is copied is kept. After parse patterns, aggregates and functions, it names \
              their results. A name with characters other than letters, digits, `_` and `.` is written as `%\"a \
              name\"`.",
        page: "search/search-query-language/search-operators/as",
        also: &["alias", "rename", "name", "assign"],
        examples: &[
            Example {
                title: "A copy, a constant and a computed value",
                query: "* | parse \"b=*;\" as bytes | bytes as size | \"web\" as kind | bytes / 1024 as %\"in KiB\" \
                        | fields bytes, size, kind, %\"in KiB\"",
                messages: &["b=2048;"],
                expect: Expect::Rows(&["bytes", "size", "kind", "in KiB"], &[&["2048", "2048", "web", "2"]]),
            },
            Example {
                title: "A copy of null is null, and overwrites",
                query: "* | parse \"a=*;\" as a | parse \"b=*;\" as b nodrop | b as a | fields a",
                messages: &["a=1; b=2;", "a=1;"],
                expect: Expect::Rows(&["a"], &[&["2"], &[""]]),
            },
        ],
    },
    WordDef {
        name: "if",
        aliases: &["?:"],
        group: Group::Condition,
        usage: "if(CONDITION, VALUE, OTHERWISE)  |  CONDITION ? VALUE : OTHERWISE",
        summary: "Returns one of two values, depending on a condition.",
        doc: "Use it in any expression, including another `if`, or as a stage with `as`. Two literals must have the \
              same type. Only the value that is chosen matters. If the condition is not true, as in a comparison with \
              null, the result is the second value. `? :` binds less tightly than comparisons, `and` and `or`.",
        page: "search/search-query-language/search-operators/if",
        also: &["else", "ternary", "case", "switch", "conditional"],
        examples: &[
            Example {
                title: "Both forms",
                query: "* | parse \"s=*;\" as s | if(s >= 500, \"bad\", s >= 400 ? \"odd\" : \"good\") as how | fields s, how",
                messages: &["s=503;", "s=404;", "s=200;"],
                expect: Expect::Rows(&["s", "how"], &[&["503", "bad"], &["404", "odd"], &["200", "good"]]),
            },
            Example {
                title: "A comparison with null is not true",
                query: "* | parse \"s=*;\" as s nodrop | if(s >= 500, 1, 0) as bad | fields bad",
                messages: &["s=503;", "nothing"],
                expect: Expect::Rows(&["bad"], &[&["1"], &["0"]]),
            },
            Example {
                title: "Two different types",
                query: "* | if(_raw = \"a\", 1, \"none\") as x",
                messages: &[],
                expect: Expect::Error("E213"),
            },
        ],
    },
    WordDef {
        name: "in",
        aliases: &["not in"],
        group: Group::Condition,
        usage: "EXPRESSION [not] in (VALUE, …)",
        summary: "Tests whether a value is in a list.",
        doc: "The values must be equal, including case, and have the same type: a parsed field is a string and is \
              never in a list of numbers, unless you cast it with `num(x)`. Null is in no list.",
        page: "search/search-query-language/search-operators/in",
        also: &["one of", "list", "membership", "any of"],
        examples: &[
            Example {
                title: "Strings, and numbers after a cast",
                query: "* | parse \"s=*;\" as s | s in (\"404\", \"500\") as text | s in (404) as uncast | num(s) as n \
                        | n in (404) as number | fields s, text, uncast, number",
                messages: &["s=404;", "s=200;"],
                expect: Expect::Rows(
                    &["s", "text", "uncast", "number"],
                    &[&["404", "true", "false", "true"], &["200", "false", "false", "false"]],
                ),
            },
            Example {
                title: "Null is in no list",
                query: "* | parse \"u=*;\" as u nodrop | where u not in (\"root\") | fields u",
                messages: &["u=root;", "u=ann;", "nobody"],
                expect: Expect::Rows(&["u"], &[&["ann"], &[""]]),
            },
        ],
    },
    WordDef {
        name: "matches",
        aliases: &["not matches"],
        group: Group::Condition,
        usage: "EXPRESSION [not] matches (\"PATTERN\" | EXPRESSION | /REGEX/)",
        summary: "Tests whether a string matches a pattern.",
        doc: "In a quoted pattern, `*` matches any text, including none, and every other character matches itself; \
              the pattern must match the whole value. A /regex/ can match anywhere in the value. Matching is \
              case-sensitive, unless the regex contains `(?i)`. The pattern can be a field or an expression. Null \
              matches no pattern, and nothing matches null.",
        page: "search/search-query-language/search-operators/matches",
        also: &["like", "wildcard", "glob", "regex", "pattern"],
        examples: &[
            Example {
                title: "A pattern for the whole value, a regex for a part",
                query: "* | parse \"f=*;\" as f | f matches \"*.log\" as glob | f matches \"log\" as whole | f matches /LOG|(?i)gz$/ as re \
                        | fields f, glob, whole, re",
                messages: &["f=a.log;", "f=LOG.1.GZ;"],
                expect: Expect::Rows(
                    &["f", "glob", "whole", "re"],
                    &[&["a.log", "true", "false", "false"], &["LOG.1.GZ", "false", "false", "true"]],
                ),
            },
            Example {
                title: "Null matches nothing, and the negation is true",
                query: "* | parse \"u=*;\" as u nodrop | u matches \"*\" as fits | !(u matches \"*\") as fits_not | fields fits, fits_not",
                messages: &["u=;", "nobody"],
                expect: Expect::Rows(&["fits", "fits_not"], &[&["true", "false"], &["false", "true"]]),
            },
        ],
    },
];
