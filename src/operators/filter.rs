//! `filter`: keeps the rows that a pipeline over the same rows finds.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Batch, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{InputSlot, PartialState, PipelineBreaker};
use crate::run::nested_pipeline::Child;
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{ArgValue, Stage, StageKind};
use std::collections::HashSet;
use std::sync::Arc;
use sumoql_data::table::{Table, row_size};
use sumoql_data::value::Owned;

pub static DEF: OperatorDef = OperatorSignature {
    name: "filter",
    group: Group::Condition,
    form: "'filter' (name:field 'in' | name:field name:field 'in' | name:field name:field name:field 'in' | name:field,+ 'in' | '(' name:field,+ ')' 'in') '(' child:pipeline ')'",
    summary: "Keeps the rows whose values occur in the result of another pipeline.",
    doc: "The pipeline in parentheses gets the rows that reach `filter`. A row is kept, with all of its columns, if \
          its values of the fields occur together in a row of the pipeline's result. It must follow an aggregate, the \
          fields must be in the pipeline's result, and the pipeline can't contain `filter` or `compare`. Only the \
          first 100,000 rows are read.",
    page: "search/search-query-language/search-operators/filter",
    also: &["in", "subset", "semi join", "top groups"],
    examples: &[
        Example {
            title: "All rows of the busiest host",
            query: "* | parse \"h=* l=*\" as h, l | count by h, l | filter h in (sum(_count) by h | top 1 h by _sum)",
            messages: &["h=a l=e", "h=b l=e", "h=b l=i", "h=b l=i"],
            expect: Expect::Rows(&["h", "l", "_count"], &[&["b", "e", "1"], &["b", "i", "2"]]),
        },
        Example {
            title: "Two fields together; null is a value like any other",
            query: "* | parse \"a=* b=*;\" as a, b nodrop | count by a, b | filter a, b in (where _count > 1)",
            messages: &["a=1 b=1;", "none", "none", "a=1 b=2;"],
            expect: Expect::Rows(&["a", "b", "_count"], &[&["", "", "2"]]),
        },
        Example {
            title: "A field that is not in the pipeline's result",
            query: "* | parse \"h=*\" as h | count by h | filter h in (sum(_count) as n | where n > 1)",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "A field that does not exist",
            query: "* | count by _sourceHost | filter h in (limit 1)",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// Sumo Logic looks at no more rows.
const MAX_ROWS: usize = 100_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if planner.rows.messages {
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, "`filter` needs an aggregate before it")
            .help("to filter messages by a condition, use `where`"));
    }
    let stages: &[Stage] = match call.args.get("child").map(|arg| &arg.value) {
        Some(ArgValue::Pipeline(stages)) => stages,
        _ => &[],
    };
    if let Some((name, span)) = refused(stages) {
        let message = format!("`{name}` can't be nested in `filter`");
        return Err(Diagnostic::error(&codes::MISPLACED, span, message));
    }
    let message = format!("`filter` read only the first {MAX_ROWS} rows");
    let mut breaker = planner.breaker_over_first(MAX_ROWS, Diagnostic::warning(&codes::LIMITED, call.span, message));
    let names = call.args.fields("name");
    let child = breaker.child(stages, &[], |end| {
        let mut output = Vec::new();
        for name in &names {
            if !end.rows.has(&name.text) {
                let message = format!("the pipeline's result has no field `{}`", name.text);
                return Err(Diagnostic::error(&codes::MISPLACED, name.span, message)
                    .help("add it to the group fields of the pipeline's last aggregate"));
            }
            output.push((name.text.clone(), end.named(&name.text)));
        }
        Ok(output)
    })?;
    let keys = breaker.fields(&names)?;
    breaker.add(Filter { keys, child: Arc::new(child) }, &[]);
    Ok(())
}

/// An operator of a pipeline that can't stand in there.
fn refused(stages: &[Stage]) -> Option<(&'static str, Span)> {
    stages.iter().find_map(|stage| match &stage.kind {
        StageKind::Operator { def, .. } if matches!(def.name, "filter" | "compare") => Some((def.name, stage.span)),
        _ => None,
    })
}

struct Filter {
    keys: Vec<InputSlot>,
    child: Arc<Child>,
}

impl PipelineBreaker for Filter {
    fn start(&self, carry: &[Slot]) -> Box<dyn PartialState> {
        Box::new(Filtered {
            keys: self.keys.clone(),
            carry: carry.to_vec(),
            rows: Vec::new(),
            state: self.child.start(),
            child: Arc::clone(&self.child),
        })
    }

    fn mergeable(&self) -> bool {
        false
    }

    fn decode(&self, _: &[Slot], _: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        Err(Corrupt)
    }
}

struct Filtered {
    keys: Vec<InputSlot>,
    carry: Vec<Slot>,
    /// The key of each row, and what is carried of it.
    rows: Vec<(Vec<u8>, Box<[Owned]>)>,
    child: Arc<Child>,
    state: Box<dyn PartialState>,
}

impl PartialState for Filtered {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        for row in batch.iter() {
            let row_key = key(self.keys.iter().map(|slot| row.get(*slot)));
            let carried: Box<[Owned]> = self.carry.iter().map(|slot| row.get(*slot).owned()).collect();
            budget.ask(row_key.len() + row_size(&carried))?;
            self.rows.push((row_key, carried));
        }
        Ok(())
    }

    fn child(&mut self, number: usize) -> Option<&mut dyn PartialState> {
        (number == 0).then_some(self.state.as_mut())
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        let found = self.child.finish(self.state, context);
        let keys: HashSet<Vec<u8>> = found.rows.iter().map(|row| key(row.iter().map(Owned::borrow))).collect();
        let rows = self.rows.into_iter().filter(|(row_key, _)| keys.contains(row_key)).map(|(_, row)| row).collect();
        Table { columns: Vec::new(), rows }
    }
}
