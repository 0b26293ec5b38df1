//! Pipelines in brackets: planned as if their stages went on here, then taken out of the plan again.

use super::Planner;
use crate::diagnostics::Diagnostic;
use crate::program::pipeline_breaker::InputSlot;
use crate::program::plan::Branch;
use crate::run::nested_pipeline::Child;
use crate::run::order::sort::SortSpec;
use crate::syntax::tree::Stage;

impl Planner<'_> {
    /// Plans a pipeline over the rows that are here. `pick` says, at its end, which columns it gives, by name and slot.
    /// The stage that asked must end the segment with a gather whose states hand out the child's, in the order in
    /// which the children were planned ([`crate::program::pipeline_breaker::PartialState::child`]).
    pub(super) fn child(
        &mut self,
        stages: &[Stage],
        pick: impl FnOnce(&mut Self) -> Result<Vec<(String, InputSlot)>, Diagnostic>,
    ) -> Result<Child, Diagnostic> {
        self.settle();
        let here = self.here();
        let rows = self.rows.clone();
        let current = self.current();
        let around = (std::mem::take(&mut current.steps), std::mem::take(&mut current.branches));

        self.nested += 1;
        let planned = stages.iter().try_for_each(|stage| self.stage(&stage.kind, stage.span));
        if self.here() == here {
            self.gather_rows(SortSpec::all(Vec::new()));
        }
        self.settle();
        let output = planned.and_then(|()| pick(self));
        self.nested -= 1;

        let rest = self.segments.split_off(here + 1);
        let current = self.current();
        let branch = Branch {
            steps: std::mem::replace(&mut current.steps, around.0),
            branches: std::mem::replace(&mut current.branches, around.1),
        };
        let (gather, carry) = (current.gather.take(), std::mem::take(&mut current.carry));
        current.own = 0;
        self.rows = rows;
        let output = output?;
        let Some(gather) = gather else { return Err(Planner::no_gather(stages)) };
        self.current().branches.push(branch);
        Ok(Child { gather, carry, rest, output })
    }

    /// Plans something while the query counts as mentioning some more names: those of a table's fields, which later stages
    /// mention under the table's name.
    pub(super) fn asking<T>(&mut self, names: &[String], plan: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.referenced.len();
        for name in names {
            if !self.referenced.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.referenced.push(name.clone());
            }
        }
        let out = plan(self);
        self.referenced.truncate(before);
        out
    }

    /// Every name that the query mentions anywhere, as written where it comes first.
    pub fn all_mentioned(&self) -> &[String] {
        &self.referenced
    }

    /// Whether the pipeline planned last has, before its first gather ends, a pipeline of its own.
    pub fn nested_branches(&self) -> bool {
        let last = self.segments.last().and_then(|segment| segment.branches.last());
        last.is_some_and(|branch| !branch.branches.is_empty())
    }

    /// Can't happen: a pipeline without a gather was given one.
    fn no_gather(stages: &[Stage]) -> Diagnostic {
        let span = stages.first().map(|stage| stage.span).unwrap_or_default();
        Diagnostic::error(&crate::diagnostics::codes::MISPLACED, span, "this pipeline can't be nested in parentheses")
    }
}
