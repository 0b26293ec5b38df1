//! The world around a query, as far as its stages may know it.

use super::budget::{ASKED_EVERY, Budget, OverBudget};
use super::lookup::results::LookupResults;
use super::permits::Permit;
use super::scratch::ScratchError;
use super::tally::Tally;
use crate::diagnostics::Diagnostic;
use crate::program::clock::Present;
use crate::program::subquery_results::SubqueryResults;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use sumoql_java::regex::effort::Watch;

/// What functions may know of the world around a query.
#[derive(Clone, Debug)]
pub struct EvalContext {
    /// Start of the query's time range, in milliseconds.
    pub from: i64,
    /// End of the query's time range, exclusive.
    pub to: i64,
    /// The present.
    pub now: Present,
    /// The zone in which times without one are read and written.
    pub zone: chrono_tz::Tz,
    /// What the query's subqueries have answered.
    pub subqueries: Arc<SubqueryResults>,
    /// What the query has asked of tables, by the numbers of the requests.
    pub lookups: Arc<LookupResults>,
    /// What regular expressions may not take too long for.
    pub watch: Watch,
}

impl Default for EvalContext {
    fn default() -> Self {
        let (now, zone, watch) = (Present::default(), chrono_tz::UTC, Watch::default());
        EvalContext { from: 0, to: 0, now, zone, subqueries: Arc::default(), lookups: Arc::default(), watch }
    }
}

/// What a state may use when it becomes a table, and where it says that the table is only a part.
pub struct RunContext<'r> {
    /// The world around the query.
    pub env: &'r EvalContext,
    /// What may be kept in memory.
    pub budget: &'r Budget,
    /// Rows in a batch.
    pub batch: usize,
    /// Counters of the stages.
    pub tally: &'r Tally,
    permit: Cell<Option<Permit>>,
    over: Cell<Option<OverBudget>>,
    notices: RefCell<Vec<Diagnostic>>,
}

impl<'r> RunContext<'r> {
    /// A world in which nothing was cut short yet.
    pub fn new(env: &'r EvalContext, budget: &'r Budget, batch: usize, tally: &'r Tally) -> Self {
        let (permit, over) = (Cell::new(None), Cell::new(None));
        RunContext { env, budget, batch, tally, permit, over, notices: RefCell::new(Vec::new()) }
    }

    /// The same, where the work needs a permit: this one, which is passed on now and then.
    pub(crate) fn working(self, permit: Option<Permit>) -> Self {
        self.permit.set(permit);
        self
    }

    /// Notes that the memory did not suffice: what is there is only a part of the result.
    pub fn ran_out(&self, over: OverBudget) {
        self.over.set(self.over.get().or(Some(over)));
    }

    /// Whether the run must end now: what is there is then only a part of the result.
    pub(crate) fn ended(&self) -> bool {
        let permit = self.permit.take();
        self.permit.set(permit.and_then(|permit| permit.pass(|| self.budget.is_stopped())));
        match self.budget.go_on() {
            Ok(()) => false,
            Err(over) => {
                self.ran_out(over);
                true
            }
        }
    }

    /// The same for the item with this number of a loop that asks for no memory: now and then the clock is looked at.
    #[inline]
    pub(crate) fn ends_at(&self, number: usize) -> bool {
        number.is_multiple_of(ASKED_EVERY) && self.ended()
    }

    /// Notes that scratch space can't be used any more, and that the result is therefore only a part.
    pub(crate) fn failed(&self, scratch_error: ScratchError) {
        self.budget.fail(scratch_error);
        self.ran_out(OverBudget { limit: self.budget.limit() });
    }

    /// Notes something about the result that the user should know.
    pub fn notice(&self, notice: Diagnostic) {
        self.notices.borrow_mut().push(notice);
    }

    /// What was noted.
    pub fn into_notes(self) -> (Option<OverBudget>, Vec<Diagnostic>) {
        (self.over.into_inner(), self.notices.into_inner())
    }
}
