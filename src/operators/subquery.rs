//! `[subquery: …]`: a query of its own whose rows become a condition.

use crate::syntax::signature::{Example, Expect, Group, SubquerySignature};

/// The definition.
pub static DEF: SubquerySignature = SubquerySignature {
    name: "subquery",
    group: Group::Condition,
    form: "'[' 'subquery' ('from' '=' '(' from:moment ')')? ('to' '=' '(' to:moment ')')? ':' query:query ']'",
    summary: "A condition that is true if the result of another query contains a matching row.",
    doc: "You can use it in the scope, wherever a term is allowed, and in a condition, as in `where` and `if`; `!` \
          negates it. The inner query runs first, over the whole input. Its last stage is `compose`, which names the \
          fields to compare.\n\n\
          In the scope, the fields are metadata, and the comparison is not case-sensitive; with `keywords`, the \
          values are searched for as phrases, in which `*` is literal. In a condition, the fields must exist at that \
          point, strings must be exactly equal, and `keywords` is not allowed. If the inner query has no rows, the \
          condition is false.\n\n\
          `from=(…)` and `to=(…)` set its own time range; the default for each end is that of the outer query. Times \
          have the form `-15m` (s, m, h, d, w), counted from the end of the outer range, milliseconds since 1970, or \
          `2024-05-14 09:12:01.5`, `2024/05/14`, `05-14`.\n\n\
          The outer query and later subqueries can look up the rows that it saves (`save p/q`, before `compose`).\n\n\
          The input is read once more for each subquery. Subqueries can be nested up to ten deep. With stages that \
          look at several time ranges (`compare`), the subquery runs once, and its result is used for all of them.",
    page: "search/subqueries",
    also: &["compose", "nested query", "semi-join", "in another query", "filter by results", "correlate"],
    examples: &[
        Example {
            title: "Its values as keywords in the scope",
            query: "shop [subquery: auth fail | parse \"user=* \" as user | count by user | where _count > 1 | compose user keywords] | parse \"item=*;\" as item | fields item",
            messages: &[
                "auth user=eve fail",
                "auth user=eve fail",
                "auth user=amy fail",
                "shop user=EVE item=7;",
                "shop user=amy item=8;",
                "shop user=evelyn item=9;",
            ],
            expect: Expect::Rows(&["item"], &[&["7"]]),
        },
        Example {
            title: "Metadata in the scope, not case-sensitive",
            query: "ok [subquery: bad | count by _sourceHost | compose _sourceHost] | count by _sourceHost",
            messages: &[
                r#"{"_raw":"bad","_sourceHost":"h1"}"#,
                r#"{"_raw":"ok","_sourceHost":"H1"}"#,
                r#"{"_raw":"ok","_sourceHost":"h2"}"#,
            ],
            expect: Expect::Rows(&["_sourceHost", "_count"], &[&["H1", "1"]]),
        },
        Example {
            title: "Negated in `where`, case-sensitive",
            query: "* | parse \"u=*;\" as u | where ![subquery: bad | parse \"u=*;\" as u | compose u] | fields u",
            messages: &["bad u=al;", "good u=al;", "good u=AL;", "good u=bo;"],
            expect: Expect::Rows(&["u"], &[&["AL"], &["bo"]]),
        },
        Example {
            title: "In `if`",
            query: "* | parse \"u=*;\" as u | if([subquery: bad | parse \"u=*;\" as u | compose u], \"seen\", \"new\") as k | fields u, k",
            messages: &["bad u=al;", "good u=bo;"],
            expect: Expect::Rows(&["u", "k"], &[&["al", "seen"], &["bo", "new"]]),
        },
        Example {
            title: "Part of a longer condition, over groups",
            query: "* | parse \"u=*;\" as u | count by u | where _count > 1 or [subquery: bad | parse \"u=*;\" as u | compose u]",
            messages: &["bad u=al;", "good u=bo;", "good u=cy;", "good u=cy;"],
            expect: Expect::Rows(&["u", "_count"], &[&["al", "1"], &["cy", "2"]]),
        },
        Example {
            title: "Its own time range, before the query's",
            query: "* | parse \"u=*;\" as u | where [subquery from=(-2h) to=(-1h): * | parse \"u=*;\" as u | compose u] | fields u",
            messages: &[
                r#"{"_raw":"u=al;","_messageTime":"2024-04-30T23:30:00Z"}"#,
                r#"{"_raw":"u=al;","_messageTime":"2024-05-01T00:30:00Z"}"#,
                r#"{"_raw":"u=bo;","_messageTime":"2024-05-01T00:40:00Z"}"#,
            ],
            expect: Expect::Rows(&["u"], &[&["al"]]),
        },
        Example {
            title: "Nested subqueries",
            query: "* | parse \"u=* h=*;\" as u, h | where [subquery: * | parse \"u=* h=*;\" as u, h | where [subquery: bad | parse \"h=*;\" as h | compose h] | compose u] | fields u, h",
            messages: &["bad h=h1;", "u=al h=h1;", "u=al h=h2;", "u=bo h=h2;"],
            expect: Expect::Rows(&["u", "h"], &[&["al", "h1"], &["al", "h2"]]),
        },
        Example {
            title: "Looking up the rows that it saves",
            query: "took [subquery: failed | parse \"id=* why=*;\" as id, why | count by id, why | fields - _count | save seen/why | compose id keywords] | parse \"id=* took *;\" as id, took | lookup why from seen/why on id=id | fields id, took, why",
            messages: &["failed id=a1 why=disk;", "id=a1 took 5;", "id=b2 took 9;"],
            expect: Expect::Rows(&["id", "took", "why"], &[&["a1", "5", "disk"]]),
        },
        Example {
            title: "Without rows it is false, and negated, it is true",
            query: "* ![subquery: nothing | compose _sourceHost keywords] | if([subquery: nothing | compose _sourceHost], 1, 0) as f | fields f",
            messages: &["a"],
            expect: Expect::Rows(&["f"], &[&["0"]]),
        },
        Example {
            title: "`keywords` only in the scope",
            query: "* | where [subquery: bad | compose _sourceHost keywords]",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "It must end in `compose`",
            query: "* | where [subquery: bad | count by _sourceHost]",
            messages: &[],
            expect: Expect::Error("E101"),
        },
        Example {
            title: "A field that no longer exists in the outer query",
            query: "* | count by _sourceHost | where [subquery: bad | parse \"u=*;\" as u | compose u]",
            messages: &[],
            expect: Expect::Error("E219"),
        },
        Example {
            title: "An invalid time",
            query: "[subquery from=(yesterday): * | compose _sourceHost]",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
};
