//! `compose`: says which fields of a subquery's rows the query around it gets.

use crate::catalogue::{Example, Expect, Group, OperatorDef};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::{OperatorCall, Planner};

pub static DEF: OperatorDef = OperatorDef {
    name: "compose",
    group: Group::Condition,
    form: "'compose' 'by'? field:field,+ ('maxresults' '=' most:integer | 'keywords')*",
    summary: "Ends a subquery: its rows become a condition.",
    doc: "Only as the last stage of a `[subquery: …]`; it is no operator of its own. Of each row it takes the values of the \
          fields: the row stands for `(f1=\"v\" AND f2=\"w\")`, the rows together for these joined by OR. With `keywords`, \
          which only the scope allows, for the values alone: `(\"v\" AND \"w\")`, as phrases.\n\n\
          Equal rows count once. At most `maxresults` rows are used (2,500, up to 10,000) and 100 MB; more are left out, and \
          the run says so. Without a stage that orders rows, the first of them in the order of their values are used.\n\n\
          A row without a value in one of the fields is left out, as null equals nothing. So is, with `keywords`, one with \
          an empty text.",
    page: "search/subqueries",
    also: &["subquery", "maxresults", "keywords", "return", "pass on"],
    examples: &[
        Example {
            title: "Two fields: AND between them, OR between rows",
            query: "* | parse \"a=* b=*;\" as a, b | where [subquery: pick | parse \"a=* b=*;\" as a, b | compose a, b] | fields a, b",
            messages: &["a=1 b=x; pick", "a=2 b=y; pick", "a=1 b=y;", "a=2 b=x;", "a=2 b=y;"],
            expect: Expect::Rows(&["a", "b"], &[&["1", "x"], &["2", "y"], &["2", "y"]]),
        },
        Example {
            title: "A row that lacks a value is left out",
            query: "* | parse \"u=*;\" as u nodrop | where [subquery: bad | parse \"u=*;\" as u nodrop | compose u] | count by u",
            messages: &["bad u=al;", "bad", "good u=al;", "good u=bo;", "good"],
            expect: Expect::Rows(&["u", "_count"], &[&["al", "2"]]),
        },
        Example {
            title: "Only the first rows",
            query: "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u | sort by _count | compose u maxresults=1] | count by u",
            messages: &["u=al;", "u=bo;", "u=bo;"],
            expect: Expect::Rows(&["u", "_count"], &[&["bo", "2"]]),
        },
        Example {
            title: "Not a stage of its own",
            query: "* | count by _sourceHost | compose _sourceHost",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "More than Sumo Logic lets through",
            query: "[subquery: * | compose _sourceHost maxresults=10001]",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    dialect: None,
    plan,
};

/// The last stage of a subquery never gets here: the subquery takes it.
fn plan(call: &OperatorCall<'_>, _: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let message = "`compose` can only be the last stage of a subquery";
    Err(Diagnostic::error(&codes::MISPLACED, call.span, message)
        .help("form: [subquery: QUERY | compose FIELD]; to see the rows that it gets, run the query without it"))
}
