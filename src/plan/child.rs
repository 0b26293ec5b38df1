//! Pipelines in brackets: planned as if their stages went on here, then taken out of the plan again.

use super::breaker::Input;
use super::fields::Binding;
use super::{Branch, Planner};
use crate::diagnostics::Diagnostic;
use crate::run::batch::Slot;
use crate::run::child::Child;
use crate::run::rows::Rows;
use crate::syntax::tree::Stage;

/// What a planner knows of the rows at one point of the query.
struct View {
    names: Vec<Binding>,
    messages: bool,
    open_table: Option<usize>,
    bags: Vec<(usize, Slot)>,
    bags_after: Vec<String>,
    hidden: Vec<String>,
    signatures: bool,
    incomparable: Option<&'static str>,
    listed: bool,
    transposed: bool,
    optional_parses: Vec<(usize, Slot)>,
    group_keys: Option<Vec<String>>,
    labels: Vec<String>,
}

impl Planner<'_> {
    /// Plans a pipeline over the rows that are here. `pick` says, at its end, which columns it gives, by name and slot.
    /// The stage that asked must end the segment with a gather whose states hand out the child's, in the order in
    /// which the children were planned ([`crate::run::gather::Partial::child`]).
    pub(super) fn child(
        &mut self,
        stages: &[Stage],
        pick: impl FnOnce(&mut Self) -> Result<Vec<(String, Input)>, Diagnostic>,
    ) -> Result<Child, Diagnostic> {
        self.settle();
        let here = self.here();
        let view = self.view();
        let current = self.current();
        let around = (std::mem::take(&mut current.steps), std::mem::take(&mut current.branches));

        self.nested += 1;
        let planned = stages.iter().try_for_each(|stage| self.stage(&stage.kind, stage.span));
        if self.here() == here {
            self.gather_rows(Rows::all(Vec::new()));
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
        self.restore(view);
        let output = output?;
        let Some(gather) = gather else { return Err(Planner::no_gather(stages)) };
        self.current().branches.push(branch);
        Ok(Child { gather, carry, rest, output })
    }

    /// Plans something while the query counts as mentioning some more names: those of a table's fields, which later stages
    /// mention under the table's name.
    pub(super) fn asking<T>(&mut self, names: &[String], plan: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.mentioned.len();
        for name in names {
            if !self.mentioned.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.mentioned.push(name.clone());
            }
        }
        let out = plan(self);
        self.mentioned.truncate(before);
        out
    }

    /// Every name that the query mentions anywhere, as written where it comes first.
    pub fn all_mentioned(&self) -> &[String] {
        &self.mentioned
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

    fn view(&self) -> View {
        View {
            names: self.names.clone(),
            messages: self.messages,
            open_table: self.open_table,
            bags: self.bags.clone(),
            bags_after: self.bags_after.clone(),
            hidden: self.hidden.clone(),
            signatures: self.signatures,
            incomparable: self.incomparable,
            listed: self.listed,
            transposed: self.transposed,
            optional_parses: self.optional_parses.clone(),
            group_keys: self.group_keys.clone(),
            labels: self.labels.clone(),
        }
    }

    fn restore(&mut self, view: View) {
        self.names = view.names;
        self.messages = view.messages;
        self.open_table = view.open_table;
        self.bags = view.bags;
        self.bags_after = view.bags_after;
        self.hidden = view.hidden;
        self.signatures = view.signatures;
        self.incomparable = view.incomparable;
        self.listed = view.listed;
        self.transposed = view.transposed;
        self.optional_parses = view.optional_parses;
        self.group_keys = view.group_keys;
        self.labels = view.labels;
    }
}
