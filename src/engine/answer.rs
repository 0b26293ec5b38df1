//! What a run has come to.

use super::query::Query;
use super::rows::Rows;
use crate::diagnostics::LocatedDiagnostic;
use crate::output::View;
use crate::program::scratch::ScratchError;
use crate::run::execute::{Outcome, Partiality, Progress};
use crate::run::null_fields::NullField;
use std::fmt::{Debug, Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The rows of a run, and what there is to know of them.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input};
///
/// let query = Engine::default().prepare("error | parse \"user=*,\" as user nodrop | count by user")?;
/// let answer = query.run(Input::lines("error user=ann,\nfine\n"))?;
/// assert_eq!(answer.columns().collect::<Vec<_>>(), ["user", "_count"]);
/// assert_eq!(answer.len(), 1);
/// let summary = answer.summary();
/// assert_eq!((summary.in_scope, summary.parses[0].matched), (1, true));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Answer {
    columns: Arc<Vec<(String, usize)>>,
    outcome: Outcome,
    summary: Summary,
}

/// What happened in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Why the answer is only a part, if it is.
    pub partial: Option<Partiality>,
    /// Bytes that were read.
    pub bytes: u64,
    /// Messages that were read; unknown where parts of the input were passed over, as nothing in them can be in the
    /// scope.
    pub messages: Option<u64>,
    /// Messages in the scope.
    pub in_scope: u64,
    /// The stages that look for something in messages, and whether they found it.
    pub parses: Vec<ParseCount>,
    /// The fields that were null in every row that reached the first stage that reads them.
    pub null_fields: Vec<NullField>,
    /// Rows that went because a function could not work with their values.
    pub failed_rows: u64,
    /// How often arithmetic met a text that is not a number, and gave null.
    pub texts_computed: u64,
    /// How often a regular expression took too long over a text, which then counts as one without a match.
    pub given_up: u64,
    /// Limits of Sumo Logic that left rows out, tables that were not there, and the like.
    pub notices: Vec<LocatedDiagnostic>,
}

/// What a parse stage did in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseCount {
    /// The stage as written.
    pub stage: String,
    /// Rows that reached it.
    pub rows: u64,
    /// Whether it matched any of them.
    pub matched: bool,
}

/// Why a run has no whole answer.
///
/// ```
/// use sumoql::{Engine, Input, RunError};
///
/// let query = Engine::default().prepare("* | count | save /shared/totals").unwrap();
/// assert!(matches!(query.run(Input::lines("a")), Err(RunError::SavingIsOff)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// The answer is only a part: [`Summary::partial`] says why.
    Partial(Box<Answer>),
    /// The query can't run here: a table is missing, for instance.
    Refused(Box<LocatedDiagnostic>),
    /// The query saves rows (`save`), and the engine has no place for them: see
    /// [`EngineBuilder::save_to`](crate::EngineBuilder::save_to).
    SavingIsOff,
    /// The rows could not be saved, for the reason given. The answer itself is whole, or the part that it says it is.
    NotSaved(String, Box<Answer>),
    /// The input would have to be read twice, and can be read only once.
    NotRepeatable,
    /// The thread of the run could not be started, or has ended before its work was done.
    Thread(String),
}

impl Display for RunError {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Partial(answer) => match answer.summary.partial {
                Some(Partiality::Memory(limit)) => {
                    write!(f, "the answer is only a part: the memory limit of {limit} bytes was reached")
                }
                Some(Partiality::NotRepeatable) => {
                    f.write_str("the answer is only a part: the input would have to be read twice")
                }
                Some(Partiality::Stopped) | None => f.write_str("the answer is only a part: the run was cancelled"),
            },
            RunError::Refused(diagnostic) => write!(f, "the query can't run: {}", diagnostic.message),
            RunError::SavingIsOff => f.write_str("the query saves rows, and the engine has no place for them"),
            RunError::NotSaved(reason, _) => write!(f, "the rows could not be saved: {reason}"),
            RunError::NotRepeatable => f.write_str("the input would have to be read twice"),
            RunError::Thread(reason) => write!(f, "the run did not end: {reason}"),
        }
    }
}

impl std::error::Error for RunError {}

impl Summary {
    pub(super) fn new(query: &Query, outcome: &Outcome, progress: &Progress) -> Summary {
        let stages = &query.plan().stages;
        let parse = |(stage, rows, matched): &(usize, u64, bool)| ParseCount {
            stage: stage.checked_sub(1).and_then(|at| stages.get(at)).cloned().unwrap_or_default(),
            rows: *rows,
            matched: *matched,
        };
        Summary {
            partial: outcome.partial,
            bytes: progress.all_bytes(),
            messages: progress.all_messages(),
            in_scope: progress.in_scope.load(Ordering::Relaxed),
            parses: outcome.parses.iter().map(parse).collect(),
            null_fields: outcome.null_fields.clone(),
            failed_rows: outcome.failed,
            texts_computed: outcome.texts,
            given_up: outcome.given_up,
            notices: outcome.notices.iter().map(|notice| query.located(notice)).collect(),
        }
    }
}

impl Answer {
    /// The answer of a run that is done.
    pub(super) fn new(query: &Query, mut outcome: Outcome, progress: &Progress) -> Result<Answer, RunError> {
        if let Some(refused) = outcome.refused.take() {
            return Err(RunError::Refused(Box::new(query.located(&refused))));
        }
        let settings = &query.inner().settings;
        let saved = std::mem::take(&mut outcome.saved);
        let not_saved = settings.save.as_ref().and_then(|save| saved.iter().find_map(|rows| save(rows).err()));
        let view = View::with(&outcome.table, outcome.more.as_ref(), &query.plan().output, settings.zone);
        let columns = view.columns.iter().map(|column| (column.name.to_string(), column.position())).collect();
        let summary = Summary::new(query, &outcome, progress);
        let answer = Answer { columns: Arc::new(columns), outcome, summary };
        match (not_saved, answer.summary.partial) {
            (Some(reason), _) => Err(RunError::NotSaved(reason, Box::new(answer))),
            (None, Some(_)) => Err(RunError::Partial(Box::new(answer))),
            (None, None) => Ok(answer),
        }
    }

    /// The names of the columns. Metadata that no row has are left out.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.outcome.table.rows.len() + self.outcome.more.as_ref().map_or(0, |more| more.len())
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, in their order.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(Arc::clone(&self.columns), &self.outcome.table.rows, self.outcome.more.as_ref())
    }

    /// What happened in the run.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Why scratch space could not be used to the end, if it could not.
    pub fn scratch_error(&self) -> Option<&ScratchError> {
        self.outcome.scratch_error.as_ref()
    }
}
