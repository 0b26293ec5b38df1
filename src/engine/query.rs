//! A query that is ready to run.

use super::answer::{Answer, RunError};
use super::input::Input;
use super::observed::Observe;
use super::prepare::{Prepared, QueryText};
use super::running::Run;
use super::{Inner, Shared};
use crate::diagnostics::{Diagnostic, LineIndex, LocatedDiagnostic};
use crate::plan::traced::Traced;
use crate::program::budget::Budget;
use crate::program::clock::Present;
use crate::program::plan::Plan;
use crate::run::execute::Options;
use std::fmt::{Debug, Display, Formatter};
use std::sync::Arc;

/// Why a query can't run: everything that was found, errors and warnings, in the order of the text.
///
/// ```
/// let refused = sumoql::Engine::default().prepare("* | count by user | wher x").unwrap_err();
/// for found in refused.iter() {
///     println!("{}:{}: {} {}", found.start.line, found.start.column, found.code.id, found.message);
/// }
/// assert!(refused.to_string().contains("^^^^"), "drawn under the query");
/// ```
#[derive(Clone, Debug)]
pub struct Diagnostics {
    text: String,
    list: Vec<LocatedDiagnostic>,
}

impl Diagnostics {
    /// What was found.
    pub fn as_slice(&self) -> &[LocatedDiagnostic] {
        &self.list
    }

    /// What was found, one after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, LocatedDiagnostic> {
        self.list.iter()
    }
}

impl Display for Diagnostics {
    /// Each under the part of the query it speaks of.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.list.iter().try_for_each(|diagnostic| f.write_str(&diagnostic.draw("query", &self.text, false)))
    }
}

impl std::error::Error for Diagnostics {}

/// A query that is ready to run, any number of times and by several threads at once. It is made by
/// [`Engine::prepare`](crate::Engine::prepare).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input};
///
/// let query = Engine::default().prepare("error | count")?;
/// assert!(query.warnings().is_empty() && !query.saves());
/// for (lines, count) in [("error 1\nfine\n", "1"), ("error 2\nerror 3\n", "2")] {
///     assert_eq!(query.run(Input::lines(lines))?.rows().next().unwrap()["_count"].to_string(), count);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Query {
    shared: Shared,
    ready: Arc<Ready>,
}

struct Ready {
    text: QueryText,
    plan: Plan,
    warnings: Vec<LocatedDiagnostic>,
}

impl Debug for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.ready.text.written).finish()
    }
}

impl Query {
    pub(super) fn new(shared: Shared, text: QueryText, prepared: Prepared) -> Result<Query, Diagnostics> {
        let list = LocatedDiagnostic::all(&prepared.diagnostics, &text.written);
        match prepared.plan {
            Some(plan) => {
                let ready = Arc::new(Ready { text, plan, warnings: list });
                Ok(Query { shared, ready })
            }
            None => Err(Diagnostics { text: text.written, list }),
        }
    }

    /// The query as written.
    pub fn text(&self) -> &str {
        &self.ready.text.written
    }

    /// Warnings and notes: the query runs, but perhaps not as meant, or not in Sumo Logic itself.
    pub fn warnings(&self) -> &[LocatedDiagnostic] {
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

    /// What a run has to say, at its place in the text as written.
    pub(super) fn located(&self, notice: &Diagnostic) -> LocatedDiagnostic {
        let mut notice = notice.clone();
        self.ready.text.place(&mut notice);
        LocatedDiagnostic::new(&notice, &LineIndex::new(self.text()))
    }

    /// How it runs, by the settings of its engine.
    pub(super) fn options(&self) -> Options {
        let settings = &self.shared.settings;
        Options {
            threads: settings.threads,
            batch: settings.batch,
            budget: Budget::within(&self.shared.budget, settings.run_memory),
            permits: Some(Arc::clone(&self.shared.permits)),
            range: settings.range,
            now: Present::from(settings.now.unwrap_or_else(|| chrono::Utc::now().timestamp_millis())),
            zone: settings.zone,
            tables: Arc::clone(&settings.tables),
            scratch: settings.scratch.clone(),
            ..Options::default()
        }
    }

    /// What may be kept in memory for somebody who watches a run.
    pub(super) fn budget_beside_runs(&self) -> Budget {
        Budget::beside(&self.shared.budget, self.shared.settings.run_memory)
    }

    /// The query as planned for those who follow single messages.
    pub(super) fn traced(&self) -> Option<Traced> {
        let Inner { catalogue, settings, .. } = self.shared.as_ref();
        self.ready.text.traced(catalogue, settings.tables.as_ref())
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.ready.plan
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.shared
    }
}
