//! The front door: an [`Engine`] prepares queries, a [`Query`](query::Query) runs over an input, a run gives an answer.

pub mod answer;
pub mod extraction_rule;
mod field_diagnostics;
pub mod input;
pub mod language;
pub mod observed;
pub mod placeholders;
pub mod prepare;
pub mod query;
pub mod rows;
pub mod running;
pub mod trace;

use crate::plan::definitions::{Catalogue, OperatorDef};
use crate::plan::parameters::Parameter;
use crate::program::budget::Budget;
use crate::program::permits::Permits;
use crate::program::scratch::Scratch;
use crate::run::execute::Options;
use crate::run::saved_tables::Saved;
use language::Language;
use prepare::QueryText;
use query::{Diagnostics, Query};
use std::fmt::{Debug, Formatter};
use std::sync::Arc;
use sumoql_data::table_resolver::{NoTables, Tables};

/// What an engine's queries and runs have in common.
pub(crate) type Shared = Arc<Inner>;

pub(crate) struct Inner {
    catalogue: Catalogue,
    settings: Settings,
    /// What all runs share: the memory, and how many threads are at work.
    budget: Arc<Budget>,
    permits: Arc<Permits>,
}

/// Takes the rows that a query saves.
type Save = dyn Fn(&Saved) -> Result<(), String> + Send + Sync;

/// See the methods of [`EngineBuilder`].
#[derive(Clone)]
struct Settings {
    zone: chrono_tz::Tz,
    threads: usize,
    batch: usize,
    memory: usize,
    run_memory: usize,
    tables: Arc<dyn Tables>,
    scratch: Option<Arc<dyn Scratch>>,
    strict: bool,
    range: Option<(i64, i64)>,
    now: Option<i64>,
    save: Option<Arc<Save>>,
}

/// The language with its settings. Cheap to clone; all clones are one engine.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = sumoql::Engine::default();
/// let query = engine.prepare("error | parse \"user=*,\" as user | count by user")?;
/// for row in query.run(sumoql::Input::lines("error user=ann,\n"))?.rows() {
///     assert_eq!(row["user"].to_string(), "ann");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Engine(Shared);

impl Debug for Engine {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Default for Engine {
    /// An engine with the whole language, UTC, a thread for each core, no limit of memory, no tables, and nothing saved.
    fn default() -> Engine {
        Engine::builder().build()
    }
}

impl Engine {
    /// Settings for an engine.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Reads, checks and plans a query.
    ///
    /// # Errors
    /// Everything that was found, when one of it is an error.
    pub fn prepare(&self, query: &str) -> Result<Query, Diagnostics> {
        self.prepare_with(query, &[])
    }

    /// Answers for editors.
    pub fn language(&self) -> Language {
        Language::new(Arc::clone(&self.0))
    }

    /// The same for a query with template parameters (`{{name}}`).
    ///
    /// # Errors
    /// As for [`Engine::prepare`]; also when a parameter has no value.
    pub fn prepare_with(&self, query: &str, parameters: &[Parameter]) -> Result<Query, Diagnostics> {
        let Inner { catalogue, settings, .. } = self.0.as_ref();
        let text = QueryText::new(query.to_string(), |parameter| format!("the parameter {parameter}"))
            .with_values(parameters, catalogue);
        let prepared = text.prepare(catalogue, settings.strict, settings.tables.as_ref());
        Query::new(Arc::clone(&self.0), text, prepared)
    }
}

/// Settings of an engine.
///
/// ```
/// use sumoql::{Engine, Tz};
///
/// let engine = Engine::builder().zone(Tz::Europe__Berlin).threads(2).memory_limit(64 << 20).strict(true).build();
/// assert!(engine.prepare("* | eval x = 1").is_err(), "Sumo Logic does not document `eval`");
/// ```
pub struct EngineBuilder {
    settings: Settings,
    operators: Vec<&'static OperatorDef>,
}

impl Debug for EngineBuilder {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineBuilder").finish_non_exhaustive()
    }
}

impl Default for EngineBuilder {
    fn default() -> EngineBuilder {
        let settings = Settings {
            zone: chrono_tz::UTC,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            batch: Options::default().batch,
            memory: usize::MAX,
            run_memory: usize::MAX,
            tables: Arc::new(NoTables),
            scratch: None,
            strict: false,
            range: None,
            now: None,
            save: None,
        };
        EngineBuilder { settings, operators: Vec::new() }
    }
}

impl EngineBuilder {
    /// The zone in which times without one are read and written.
    pub fn zone(mut self, zone: chrono_tz::Tz) -> Self {
        self.settings.zone = zone;
        self
    }

    /// How many threads work at a time, at least one, over all runs together. They take turns, so that a long run never makes
    /// a short one wait.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.threads = threads.max(1);
        self
    }

    /// The rows that a worker computes at once. No answer depends on it, which tests check with several sizes.
    #[doc(hidden)]
    pub fn batch(mut self, rows: usize) -> Self {
        self.settings.batch = rows.max(1);
        self
    }

    /// The most that all runs together may keep in memory, in bytes. What is more goes to [`EngineBuilder::scratch`]; without
    /// it, the answer is a part. Answers do not count once they are there.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.settings.memory = bytes;
        self
    }

    /// The most of that memory that a single run may keep.
    pub fn run_memory_limit(mut self, bytes: usize) -> Self {
        self.settings.run_memory = bytes;
        self
    }

    /// Where runs may put what is too much for the memory.
    pub fn scratch(mut self, scratch: Arc<dyn Scratch>) -> Self {
        self.settings.scratch = Some(scratch);
        self
    }

    /// The tables that queries may ask for (`lookup`, `cat`, `geoip` …).
    pub fn tables(mut self, tables: Arc<dyn Tables>) -> Self {
        self.settings.tables = tables;
        self
    }

    /// Takes what Sumo Logic does not document as an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// The time range of queries, in milliseconds since 1970: start and exclusive end. Messages outside are left out.
    pub fn range(mut self, from: i64, to: i64) -> Self {
        self.settings.range = Some((from, to));
        self
    }

    /// The present, in milliseconds since 1970, for queries that ask for it.
    pub fn now(mut self, now: i64) -> Self {
        self.settings.now = Some(now);
        self
    }

    /// Where the rows go that a query saves (`save`). Without it, such queries do not run. The error is a text for the user.
    pub fn save_to(mut self, save: impl Fn(&Saved) -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.settings.save = Some(Arc::new(save));
        self
    }

    /// An operator beside those of Sumo Logic; one with the form of an operator of Sumo Logic takes its place.
    pub fn operator(mut self, operator: &'static OperatorDef) -> Self {
        self.operators.push(operator);
        self
    }

    /// The engine.
    pub fn build(self) -> Engine {
        let budget = Arc::new(Budget::new(self.settings.memory));
        let permits = Permits::new(self.settings.threads);
        Engine(Arc::new(Inner {
            catalogue: crate::language::catalogue_with(&self.operators),
            settings: self.settings,
            budget,
            permits,
        }))
    }
}
