//! Stages that see all rows, as their operators plan them.
//!
//! Such a stage ends a segment, and what it reads are slots of that segment. A [`Breaker`] stands at the end of the
//! segment from the first field on that the stage asks for: where rows must be put in order or cut first, that has
//! been planned when the breaker is there. What it gives is an [`InputSlot`], and what sees all rows is built of inputs
//! only: a slot of a segment before is of another type.

use super::columns::Columns;
use super::{AggregatePlan, OperatorCall, Planner};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::pipeline_breaker::{InputSlot, PipelineBreaker};
use crate::run::bag::{Bags, Passed, Together};
use crate::run::nested_pipeline::Child;
use crate::syntax::tree::{Expr, Name, Stage};
use std::ops::Deref;

/// The end of a segment, for a stage that sees all rows. As long as it is there nothing else can be planned.
pub struct Breaker<'p, 'c> {
    planner: &'p mut Planner<'c>,
}

impl<'c> Planner<'c> {
    /// Begins a stage that goes over all rows in their order: messages newest first, others as they are.
    pub fn breaker(&mut self) -> Breaker<'_, 'c> {
        self.in_order();
        Breaker { planner: self }
    }

    /// Begins a stage whose states can be merged: it gets the rows in any order, and makes new ones.
    pub fn mergeable_breaker(&mut self) -> Breaker<'_, 'c> {
        Breaker { planner: self }
    }

    /// Begins a stage that goes over the first rows in their order, because Sumo Logic handles no more; it is said when
    /// there are more.
    pub fn breaker_over_first(&mut self, count: usize, notice: Diagnostic) -> Breaker<'_, 'c> {
        self.cap(count, notice);
        self.breaker()
    }
}

/// What can be asked without planning anything.
impl<'c> Deref for Breaker<'_, 'c> {
    type Target = Planner<'c>;

    fn deref(&self) -> &Planner<'c> {
        self.planner
    }
}

impl Breaker<'_, '_> {
    /// A field that the query mentions.
    pub fn field(&mut self, name: &Name) -> Result<InputSlot, Diagnostic> {
        self.planner.field(name).map(InputSlot::new)
    }

    /// Some fields that the query mentions.
    pub fn fields(&mut self, names: &[&Name]) -> Result<Vec<InputSlot>, Diagnostic> {
        names.iter().map(|name| self.field(name)).collect()
    }

    /// A field, whether a stage makes it or the message has it.
    pub fn named(&mut self, name: &str) -> InputSlot {
        InputSlot::new(self.planner.field_slot(name))
    }

    /// A row's time: `_messageTime` where it is known. Without it rows count as already in order.
    pub fn time(&mut self) -> InputSlot {
        self.named("_messageTime")
    }

    /// The slice of time that each row of an aggregate stands for. The error says that the operator `name` needs it, with
    /// an example.
    pub fn slice_argument(
        &mut self,
        call: &OperatorCall<'_>,
        name: &str,
        example: &str,
    ) -> Result<InputSlot, Diagnostic> {
        match (self.rows.messages, self.planner.known_field("_timeslice")) {
            (false, Some(time)) => Ok(InputSlot::new(time)),
            _ => {
                let message = format!("`{name}` needs an aggregate by `_timeslice` before it");
                Err(Diagnostic::error(&codes::MISPLACED, call.span, message)
                    .help(format!("for example `| timeslice 5m | count by _timeslice | {example}`")))
            }
        }
    }

    /// The columns that the rows have.
    pub fn columns(&mut self) -> Columns {
        self.planner.columns()
    }

    /// Those of them that only the data name.
    pub fn bags(&mut self) -> Bags<InputSlot> {
        let Bags { slots, known } = self.planner.bags();
        Bags { slots: slots.into_iter().map(InputSlot::new).collect(), known }
    }

    /// What is the same for rows that have the same values in all columns.
    pub fn whole_row(&mut self) -> Vec<InputSlot> {
        let Columns { named, bags } = self.columns();
        let named = named.into_iter().map(|column| column.slot);
        match bags.is_empty() {
            true => named.collect(),
            false => {
                let all = self.planner.define(Box::new(Together(bags)), 1, false);
                named.chain([InputSlot::new(all)]).collect()
            }
        }
    }

    /// Makes a field from an expression.
    pub fn assign(&mut self, name: &Name, value: &Expr) -> Result<(), Diagnostic> {
        self.planner.assign(name, value)
    }

    /// An aggregate of the catalogue over the stage's rows.
    pub fn aggregate(
        &mut self,
        aggregate: &str,
        field: Option<&Name>,
        alias: &str,
        span: Span,
    ) -> Result<AggregatePlan, Diagnostic> {
        self.planner.aggregate_named(aggregate, field, alias, span)
    }

    /// Asks that the query's time range be known when it runs.
    pub fn needs_range(&mut self) {
        self.planner.needs_range();
    }

    /// Plans a pipeline over the rows that reach the stage. `pick` says, at its end, which columns it gives, by name.
    /// The stage's gather must hand out the child's states, in the order in which the children were planned
    /// ([`crate::program::pipeline_breaker::PartialState::child`]). The pipeline is planned as if the query mentioned the names in `asked`
    /// too.
    pub fn child(
        &mut self,
        stages: &[Stage],
        asked: &[String],
        pick: impl FnOnce(&mut Breaker<'_, '_>) -> Result<Vec<(String, InputSlot)>, Diagnostic>,
    ) -> Result<Child, Diagnostic> {
        self.planner.asking(asked, |planner| planner.child(stages, |planner| pick(&mut planner.mergeable_breaker())))
    }

    /// Ends the stage: rows stay whole, in order, and get these columns of the gather's own.
    pub fn add(self, gather: impl PipelineBreaker + 'static, columns: &[String]) {
        self.planner.gather_in_order(Box::new(gather), columns);
    }

    /// Ends the stage: it makes new rows with these columns; nothing else is left.
    pub fn renew(self, gather: impl PipelineBreaker + 'static, columns: &[String]) {
        self.renew_with(gather, columns, Vec::new());
    }

    /// Ends the stage: it makes new rows with these columns and, behind them, such that hold fields which only the data
    /// name.
    pub fn renew_with(self, gather: impl PipelineBreaker + 'static, columns: &[String], passed: Vec<Passed>) {
        self.planner.gather(Box::new(gather), columns, passed);
    }

    /// Ends the stage: it makes new rows whose columns only the data name, but for the first ones.
    pub fn renew_open(self, gather: impl PipelineBreaker + 'static, first: &[String]) {
        self.planner.gather_open(Box::new(gather), first);
    }
}
