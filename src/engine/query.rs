//! A query that is ready to run.

use super::answer::{Answer, RunError};
use super::input::Input;
use super::observed::Observe;
use super::prepare::{Prepared, QueryText};
use super::running::Run;
use super::{Inner, Shared};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::render;
use crate::program::plan::Plan;
use std::fmt::{Debug, Display, Formatter};
use std::sync::Arc;

/// Why a query can't run: everything that was found, errors and warnings, in the order of the text.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    text: String,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// What was found.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// What was found, one after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }
}

impl Display for Diagnostics {
    /// Each under the part of the query it speaks of.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.list.iter().try_for_each(|diagnostic| f.write_str(&render(diagnostic, "query", &self.text, false)))
    }
}

impl std::error::Error for Diagnostics {}

/// A query that is ready to run, any number of times and by several threads at once. It is made by
/// [`Engine::prepare`](crate::Engine::prepare).
#[derive(Clone)]
pub struct Query {
    shared: Shared,
    ready: Arc<Ready>,
}

struct Ready {
    text: QueryText,
    plan: Plan,
    warnings: Vec<Diagnostic>,
}

impl Debug for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.ready.text.written).finish()
    }
}

impl Query {
    pub(super) fn new(shared: Shared, text: QueryText, prepared: Prepared) -> Result<Query, Diagnostics> {
        match prepared.plan {
            Some(plan) => {
                let ready = Arc::new(Ready { text, plan, warnings: prepared.diagnostics });
                Ok(Query { shared, ready })
            }
            None => Err(Diagnostics { text: text.written, list: prepared.diagnostics }),
        }
    }

    /// The query as written.
    pub fn text(&self) -> &str {
        &self.ready.text.written
    }

    /// Warnings and notes: the query runs, but perhaps not as meant, or not in Sumo Logic itself.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.ready.warnings
    }

    /// Whether the query saves rows to a table (`save`).
    pub fn saves(&self) -> bool {
        self.plan().saves()
    }

    /// Runs the query over an input and waits for the answer.
    ///
    /// # Errors
    /// [`RunError::Partial`] when the answer is only a part, with the part; other errors when there is none.
    pub fn run(&self, input: Input) -> Result<Answer, RunError> {
        self.start(input)?.wait()
    }

    /// Starts the query over an input. The run goes on beside the caller until it is done or cancelled.
    ///
    /// # Errors
    /// [`RunError::SavingIsOff`] when the query saves rows and the engine has no place for them.
    pub fn start(&self, input: Input) -> Result<Run, RunError> {
        if self.saves() && self.shared.settings.save.is_none() {
            return Err(RunError::SavingIsOff);
        }
        Run::start(self.clone(), input, None)
    }

    /// The same for a run that can be watched while it goes on: see [`Run::histogram`] and [`Run::snapshot`].
    ///
    /// # Errors
    /// As for [`Query::start`].
    pub fn start_observed(&self, input: Input, observe: Observe) -> Result<Run, RunError> {
        if self.saves() && self.shared.settings.save.is_none() {
            return Err(RunError::SavingIsOff);
        }
        Run::start(self.clone(), input, Some(observe))
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.ready.plan
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.shared
    }
}
