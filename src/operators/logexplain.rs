//! `logexplain`: finds what messages of interest have in common that others have not.

use super::distinct_combinations;
use super::distinct_combinations::{Counted, FIRST, SECOND};
use crate::diagnostics::{Diagnostic, codes};
use crate::mining::difference::{Combination, Explanation, explain};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::program::context::RunContext;
use crate::program::expression::CompiledExpr;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::sync::Arc;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "logexplain",
    group: Group::Mining,
    form: "'logexplain' event:expr ('against' control:expr)? 'on' key:field,+",
    summary: "Finds values that occur more often in messages of interest than in others.",
    doc: "Compares the messages for which the first condition is true with the messages for which the condition after \
          `against` is true, or with all others. It finds values of the fields, alone or combined, that more than 5% \
          of the former have. The columns are `_explanation`; `_relevance` from 0 to 1, which is t / (t + c), where t \
          and c are the shares of the two sets that have the values; and `_test_coverage` and `_control_coverage`, \
          which are t and c in percent.\n\n\
          Values that all messages of both sets have are not relevant. Explanations with a relevance above 0.1 are \
          shown, the highest first; a relevance below 0.6 is weak. An explanation that adds nothing to earlier ones \
          is left out. Null is not a value. `compare` can't follow it.",
    page: "search/behavior-insights/logexplain",
    also: &["root cause", "difference", "contrast", "compare", "why"],
    examples: &[
        Example {
            title: "Errors come from one zone",
            query: "* | parse \"r=* z=*;\" as r, z | logexplain (r = \"bad\") on z",
            messages: &["r=bad z=ap;", "r=bad z=ap;", "r=ok z=eu;", "r=ok z=us;", "r=ok z=ap;", "r=ok z=eu;"],
            expect: Expect::Rows(
                &["_explanation", "_relevance", "_test_coverage", "_control_coverage"],
                &[&["z=ap", "0.8", "100", "25"]],
            ),
        },
        Example {
            title: "With `against`; two values combined",
            query: "* | parse \"r=* z=* v=*;\" as r, z, v | logexplain r = \"bad\" against r = \"ok\" on z, v | fields _explanation, _relevance",
            messages: &["r=bad z=ap v=x;", "r=ok z=ap v=y;", "r=ok z=eu v=x;", "r=other z=ap v=x;"],
            expect: Expect::Rows(&["_explanation", "_relevance"], &[&["z=ap, v=x", "1"]]),
        },
        Example {
            title: "Null and constants explain nothing",
            query: "* | parse \"r=*;\" as r | parse \"z=*.\" as z nodrop | logexplain r = \"bad\" on z, r | where _explanation != \"r=bad\"",
            messages: &["r=bad;", "r=ok; z=eu.", "r=bad; "],
            expect: Expect::Rows(&["_explanation"], &[]),
        },
        Example {
            title: "A value in place of a condition",
            query: "* | parse \"r=*;\" as r | logexplain 5 on r",
            messages: &[],
            expect: Expect::Error("E212"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let Some(event) = call.args.expr("event") else {
        return Err(Diagnostic::error(&codes::NOT_BOOLEAN, call.span, "expected a condition here"));
    };
    let event = planner.condition(event)?;
    let control = call.args.expr("control").map(|control| planner.condition(control)).transpose()?;
    let side = planner.define(Box::new(Side { event, control }), 1, false);
    let keys = call.args.fields("key");
    let names: Vec<String> = keys.iter().map(|name| name.text.clone()).collect();
    let work = move |counted: &[Counted<'_>], _: &RunContext<'_>| Ok(rows(&names, counted));
    let columns = ["_explanation", "_relevance", "_test_coverage", "_control_coverage"];
    distinct_combinations::count(planner, (&keys, 0), Some(side), &columns, Arc::new(work))?;
    planner.rows.incomparable = Some("logexplain");
    Ok(())
}

/// The side bits of a row.
struct Side {
    event: CompiledExpr,
    control: Option<CompiledExpr>,
}

impl Extractor for Side {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let event = self.event.test(row);
        let control = self.control.as_ref().map_or(!event, |control| control.test(row));
        row.set(first, Value::Int(if event { FIRST } else { 0 } | if control { SECOND } else { 0 }));
        true
    }
}

fn rows(names: &[String], counted: &[Counted<'_>]) -> Vec<Vec<Owned>> {
    let texts = distinct_combinations::texts(counted);
    let combinations: Vec<Combination<'_>> = texts
        .iter()
        .zip(counted)
        .map(|(values, counted)| Combination {
            values: values.iter().map(Option::as_deref).collect(),
            test: counted.counts[0],
            control: counted.counts[1],
        })
        .collect();
    let row = |explanation: Explanation<'_>| {
        let pairs = explanation.pairs.iter().map(|(field, value)| format!("{}={value}", names[*field]));
        let text = pairs.collect::<Vec<_>>().join(", ");
        let figures = [explanation.relevance, explanation.test * 100.0, explanation.control * 100.0];
        let figures = figures.map(|figure| Value::from_number(figure).owned());
        [Owned::Text(text.into())].into_iter().chain(figures).collect()
    };
    explain(&combinations).into_iter().map(row).collect()
}
