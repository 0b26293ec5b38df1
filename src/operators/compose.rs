//! `compose`: says which fields of a subquery's rows the query around it gets.

use crate::diagnostics::{Diagnostic, Severity, Span, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::subquery::{MAX_ROWS, USUAL};
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use sumoql_data::value::Owned;

pub static DEF: OperatorDef = OperatorSignature {
    name: "compose",
    group: Group::Condition,
    form: "'compose' 'by'? field:field,+ ('maxresults' '=' most:integer | 'keywords')*",
    summary: "Ends a subquery and turns its rows into a condition.",
    doc: "It is the last stage of a `[subquery: …]`. Each row becomes the condition `(f1=\"v\" AND f2=\"w\")` with \
          the values of the fields, and the rows are joined by OR. With `keywords`, which only the scope allows, a \
          row becomes its values as phrases: `(\"v\" AND \"w\")`.\n\n\
          Duplicate rows count once. At most `maxresults` rows (default 2,500, at most 10,000) and 100 MB are used; \
          if there are more, the rest is left out, with a warning. If no stage sorts the rows, the first ones in the \
          order of their values are used.\n\n\
          A row in which one of the fields is null is left out, as null equals nothing. With `keywords`, so is a row \
          with an empty string.\n\n\
          At the end of a query that is not a subquery, it shows the rows and the condition that they would become. \
          Use this to test a subquery on its own.",
    page: "search/subqueries",
    also: &["subquery", "maxresults", "keywords", "return", "pass on"],
    examples: &[
        Example {
            title: "Two fields: AND between the fields, OR between the rows",
            query: "* | parse \"a=* b=*;\" as a, b | where [subquery: pick | parse \"a=* b=*;\" as a, b | compose a, b] | fields a, b",
            messages: &["a=1 b=x; pick", "a=2 b=y; pick", "a=1 b=y;", "a=2 b=x;", "a=2 b=y;"],
            expect: Expect::Rows(&["a", "b"], &[&["1", "x"], &["2", "y"], &["2", "y"]]),
        },
        Example {
            title: "A row without a value is left out",
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
            title: "On its own: what the subquery would compose",
            query: "* | parse \"u=*;\" as u | count by u | where _count > 1 | compose u",
            messages: &["u=al;", "u=bo;", "u=bo;"],
            expect: Expect::Rows(&["u"], &[&["bo"]]),
        },
        Example {
            title: "Nothing can follow it",
            query: "* | count by _sourceHost | compose _sourceHost | count",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "More rows than Sumo Logic allows",
            query: "[subquery: * | compose _sourceHost maxresults=10001]",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    role: OperatorRole::Compose,
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The last stage of a subquery never gets here: the subquery takes it. What gets here ends a query that is to be tried by
/// itself, as the manual advises.
fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if !planner.ends_query(call.span) {
        let message = "`compose` must be the last stage of a subquery or query";
        return Err(
            Diagnostic::error(&codes::MISPLACED, call.span, message).help("write `[subquery: QUERY | compose FIELD]`")
        );
    }
    let fields = call.args.fields("field");
    let composed = Composed {
        names: fields.iter().map(|name| name.text.clone()).collect(),
        keywords: call.args.has("keywords"),
        most: count_argument(call.args, "most", 1..=MAX_ROWS)?.unwrap_or(USUAL) as usize,
        span: call.span,
    };
    let mut breaker = planner.breaker();
    let inputs = breaker.fields(&fields)?;
    let apply = move |rows: &Seen, context: &RunContext<'_>| {
        context.notice(composed.notice(rows));
        (0..rows.len()).map(|at| Made { own: Vec::new(), rest: Rest::Of(at) }).collect()
    };
    breaker.add(Whole::new(inputs, apply), &[]);
    planner.show_only(&fields)
}

/// So many rows are shown in what the query around it would get.
const SHOWN: usize = 3;

/// What `compose` hands on.
struct Composed {
    names: Vec<String>,
    keywords: bool,
    most: usize,
    span: Span,
}

impl Composed {
    /// What a query around this one would get.
    fn notice(&self, rows: &Seen) -> Diagnostic {
        let mut texts: Vec<Vec<String>> = rows.iter().filter_map(|row| self.texts(row)).collect();
        texts.sort();
        texts.dedup();
        let (found, used) = (texts.len(), texts.len().min(self.most));
        let conditions: Vec<String> = texts[..used.min(SHOWN)].iter().map(|row| self.condition(row)).collect();
        let more = if used > SHOWN { " OR …" } else { "" };
        let noun = if used == 1 { "row" } else { "rows" };
        let message = match used {
            0 => "as a subquery, this has no rows: its condition is always false".to_string(),
            _ => format!("as a subquery, this is a condition of {used} {noun}: {}{more}", conditions.join(" OR ")),
        };
        let help = match found > used {
            true => format!("there are {found} distinct rows: raise the limit with `maxresults=N`, up to {MAX_ROWS}"),
            false => "to use it, put it in square brackets: `[subquery: QUERY | compose FIELD]`".to_string(),
        };
        Diagnostic { severity: Severity::Note, ..Diagnostic::warning(&codes::COMPOSED, self.span, message) }.help(help)
    }

    /// The values of a row, unless one of them is missing.
    fn texts(&self, row: &[Owned]) -> Option<Vec<String>> {
        let text = |value: &Owned| {
            let text = value.to_string();
            let missing = value.borrow().is_null() || (self.keywords && text.trim().is_empty());
            (!missing).then_some(text)
        };
        row.iter().map(text).collect()
    }

    fn condition(&self, row: &[String]) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let terms: Vec<String> = match self.keywords {
            true => row.iter().map(|text| quoted(text)).collect(),
            false => self.names.iter().zip(row).map(|(name, text)| format!("{name}={}", quoted(text))).collect(),
        };
        format!("({})", terms.join(" AND "))
    }
}
