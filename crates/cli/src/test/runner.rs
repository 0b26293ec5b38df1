//! Runs one case.

use super::case::{Case, ExpectedRows, Match};
use super::compare::difference;
use super::filtered_input::Only;
use super::setup::Setup;
use super::{CaseFile, traces};
use crate::explain::Subject;
use crate::query_text::Prepared;
use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use sumoql::output::{View, cell};
use sumoql::plan::plan_simply;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Outcome, Progress, execute};
use sumoql::run::subquery::answers;
use sumoql::trace::coverage::Coverage;
use sumoql_data::message::Input;
use sumoql_data::table::Table;
use sumoql_input::tables::small_text;
use sumoql_input::{InputSet, Problem};

/// How a case is run. The answer must be the same for all.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Worker threads.
    pub threads: usize,
    /// Rows worked on at a time.
    pub batch: usize,
    /// Bytes worked on at a time; 0: as is good.
    pub chunk: usize,
    /// By the simple path: see [`plan_simply`].
    pub simple: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Setting { threads: 2, batch: 1024, chunk: 0, simple: false }
    }
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is as expected.
    Passed,
    /// What is not.
    Failed(String),
}

/// Runs a case.
pub fn run(found: &CaseFile, setting: &Setting) -> Verdict {
    run_with_warnings(found, setting, &mut Vec::new())
}

/// The same; adds what `run` warns of about fields without values, each warning once.
pub fn run_with_warnings(found: &CaseFile, setting: &Setting, warnings: &mut Vec<String>) -> Verdict {
    match failures(found, setting, warnings) {
        Ok(failures) if failures.is_empty() => Verdict::Passed,
        Ok(failures) => Verdict::Failed(failures.join("\n")),
        Err(message) => Verdict::Failed(message),
    }
}

fn failures(found: &CaseFile, setting: &Setting, warnings: &mut Vec<String>) -> Result<Vec<String>, String> {
    let text = read(&found.case)?;
    let case = Case::read(&text).map_err(|error| format!("{}: {error}", found.case.display()))?;
    let mut all = Vec::new();
    for (values, case) in case.variants() {
        let failures = failures_of(found, case, setting, warnings);
        let with = |failure: String| if values.is_empty() { failure } else { format!("with {values}: {failure}") };
        all.extend(failures.map_err(with)?.into_iter().map(with));
    }
    Ok(all)
}

/// What is not as expected with one choice of values.
fn failures_of(
    found: &CaseFile,
    case: Case,
    setting: &Setting,
    warnings: &mut Vec<String>,
) -> Result<Vec<String>, String> {
    let ready = Ready::new(found, case, setting)?;
    let case = &ready.setup.case;
    let mut failures = Vec::new();
    for expectation in &case.matches {
        failures.extend(ready.matches(expectation)?);
    }
    if let Some(expect) = &case.expect {
        let got = ready.rows(&expect.columns)?;
        if expect.columns.is_empty() {
            failures.push("`--- expect` is empty: fill it in with --update".into());
        } else {
            failures.extend(
                difference(expect, &got, case.any_order)
                    .map(|found| traces::differences_explained(&ready, &found, &failures.join("\n"))),
            );
        }
    }
    for warning in ready.field_warnings() {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    if case.expect.is_none() && case.matches.is_empty() {
        failures.push("the case expects nothing: add `matches:` lines or an `--- expect` part".into());
    }
    Ok(failures)
}

/// What was done to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// The rows were written into it.
    Written,
    /// It has these rows already.
    Same,
    /// It has no rows, only `matches` lines, and stays as it is.
    NoRows,
}

/// Writes what the query gives into the case: under `--- expect`, with the columns that are named there. A case that has
/// only `matches` lines stays as it is.
pub fn update(found: &CaseFile) -> Result<Updated, String> {
    let text = read(&found.case)?;
    let case = Case::read(&text).map_err(|error| format!("{}: {error}", found.case.display()))?;
    let columns = match &case.expect {
        None if !case.matches.is_empty() => return Ok(Updated::NoRows),
        None => Vec::new(),
        Some(expect) => expect.columns.clone(),
    };
    let rows = Ready::new(found, case, &Setting::default())?.rows(&columns)?;
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(part) = line.strip_prefix("--- ") {
            inside = part.trim() == "expect";
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let new = format!("{}\n--- expect\n{}", kept.trim_end(), rows.written());
    if new == text {
        return Ok(Updated::Same);
    }
    std::fs::write(&found.case, new).map_err(|error| format!("{}: {error}", found.case.display()))?;
    Ok(Updated::Written)
}

/// The rows that the query of a case gives over other inputs, with the parameters, tables and metadata of the case, but
/// without its time range.
pub fn baseline(found: &CaseFile, paths: &[PathBuf]) -> Result<ExpectedRows, String> {
    let text = read(&found.case)?;
    let mut case = Case::read(&text).map_err(|error| format!("{}: {error}", found.case.display()))?;
    // Paths of a case lie beside it, these where the program runs.
    let absolute = |path: &PathBuf| std::path::absolute(path).map(|path| path.to_string_lossy().into_owned());
    case.inputs = paths.iter().map(absolute).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    (case.messages, case.from, case.to) = (None, None, None);
    (case.format, case.evtx_as, case.encoding, case.multiline) = Default::default();
    Ready::new(found, case, &Setting::default())?.rows(&[])
}

/// What the leaves of the conditions of a case's query are over its messages, and how each reads, with its line.
pub fn coverage(found: &CaseFile) -> Result<(Coverage, Vec<String>), String> {
    let text = read(&found.case)?;
    let case = Case::read(&text).map_err(|error| format!("{}: {error}", found.case.display()))?;
    Ready::new(found, case, &Setting::default())?.coverage()
}

/// A case with its query planned and its settings read.
pub(super) struct Ready {
    pub setup: Setup,
    /// The query, to be followed.
    pub subject: Subject,
    plan: Plan,
    /// The query as it was read; its plan is beside it.
    prepared: Prepared,
    /// What came of the run over the whole input, but its rows.
    outcome: RefCell<Option<Outcome>>,
    setting: Setting,
}

impl Ready {
    fn new(found: &CaseFile, case: Case, setting: &Setting) -> Result<Ready, String> {
        let (setup, query) = Setup::new(found, case)?;
        let mut prepared = query.prepare(&sumoql::catalogue(), false, setup.tables.as_ref());
        let Some(mut plan) = prepared.plan.take() else {
            let drawn: Vec<String> =
                prepared.diagnostics.iter().filter(|d| d.is_error()).map(|d| query.draw(d, false)).collect();
            return Err(drawn.join("\n"));
        };
        if setting.simple {
            let simple = plan_simply(&prepared.text, &prepared.tree, &sumoql::catalogue(), setup.tables.as_ref()).0;
            plan = simple.ok_or("the simple path has no plan")?;
        }
        let subject = Subject::new(query, &sumoql::catalogue(), setup.tables.as_ref())?;
        Ok(Ready { setup, subject, plan, prepared, outcome: RefCell::default(), setting: *setting })
    }

    /// The inputs, opened anew.
    pub fn open(&self) -> Result<InputSet, String> {
        self.setup.open(self.setting.chunk, None)
    }

    pub fn options(&self) -> Options {
        let Setting { threads, batch, .. } = self.setting;
        self.setup.options(Options { threads, batch, ..Options::default() })
    }

    fn execute(&self, input: &dyn Input, options: &Options) -> Result<Table, String> {
        self.outcome_of(input, options).map(|outcome| outcome.table)
    }

    fn outcome_of(&self, input: &dyn Input, options: &Options) -> Result<Outcome, String> {
        let mut outcome = execute(&self.plan, input, options, &Progress::default());
        let wrong = outcome.notices.iter().find(|notice| notice.is_error()).cloned();
        match (outcome.partial, outcome.refused.take().or(wrong)) {
            (_, Some(wrong)) => Err(wrong.message),
            _ if outcome.given_up > 0 => Err("a regular expression took too long on a string".into()),
            (Some(partial), None) => Err(format!("the result is partial: {partial:?}")),
            (None, None) => Ok(outcome),
        }
    }

    /// The rows of the whole input: these columns, or all.
    fn rows(&self, columns: &[String]) -> Result<ExpectedRows, String> {
        let opened = self.open()?;
        let mut outcome = self.outcome_of(&opened, &self.options())?;
        let table = std::mem::take(&mut outcome.table);
        *self.outcome.borrow_mut() = Some(outcome);
        let problems = opened.problems();
        if !problems.is_empty() {
            return Err(problems_text(&problems));
        }
        let view = View::new(&table, &self.plan.output, self.setup.zone);
        let columns = match columns {
            [] => view.columns.iter().map(|column| column.name.to_string()).collect(),
            columns => columns.to_vec(),
        };
        let places: Vec<Option<usize>> = columns.iter().map(|name| view.position(name)).collect();
        // An optional column that is empty is not shown, and may be expected to be so; any other must be there.
        for (name, place) in columns.iter().zip(&places) {
            if place.is_none() && !table.columns.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let names: Vec<&str> = view.columns.iter().map(|column| column.name).collect();
                return Err(format!("the result has no column `{name}`; its columns are {}", names.join(", ")));
            }
        }
        let cell = |row: sumoql::output::ViewRow<'_, '_>, place: &Option<usize>| {
            let mut text = String::new();
            if let Some(at) = *place {
                cell::visible(row.get(at), view.columns[at].time, self.setup.zone, &mut text);
            }
            text.replace('|', "\\|").trim().to_string()
        };
        let rows = view.rows().map(|row| places.iter().map(|place| cell(row, place)).collect()).collect();
        Ok(ExpectedRows { columns, rows })
    }

    /// What there is to say of fields without values, after [`Ready::rows`].
    fn field_warnings(&self) -> Vec<String> {
        let outcome = self.outcome.borrow();
        let text = &self.subject.text;
        let found = outcome.iter().flat_map(|outcome| text.field_diagnostics(&self.prepared, outcome));
        found.map(|diagnostic| text.draw(&diagnostic, false)).collect()
    }

    /// What the leaves of the query's conditions are over all messages of the case.
    fn coverage(&self) -> Result<(Coverage, Vec<String>), String> {
        let opened = self.open()?;
        Ok(self.subject.coverage(&opened, &self.options()))
    }

    /// Whether the messages with this text give a row, if that is not as expected.
    fn matches(&self, expectation: &Match) -> Result<Option<String>, String> {
        let opened = self.open()?;
        let mut options = self.options();
        // Subqueries look at all messages.
        if let Some(asked) = answers(&self.plan, &opened, &options, &Progress::default()) {
            options.subqueries = Some(asked.answers);
            options.tables = asked.tables.unwrap_or(options.tables);
        }
        let only = Only::new(&opened, &expectation.text);
        let rows = self.execute(&only, &options)?.rows.len();
        let reason = match expectation.reason.as_str() {
            "" => String::new(),
            reason => format!(" ({reason})"),
        };
        let text = &expectation.text;
        Ok(match (only.found(), expectation.wanted, rows) {
            (0, ..) => Some(format!("no message contains `{text}`{reason}")),
            (found, true, 0) => {
                let why = traces::of_text(self, &expectation.text, expectation.wanted)?;
                Some(format!("must match, but does not: `{text}`{reason}; {} it{why}", contain(found)))
            }
            (_, false, 1..) => {
                let why = traces::of_text(self, &expectation.text, expectation.wanted)?;
                Some(format!("must not match, but does: `{text}`{reason}; it yields {}{why}", counted(rows)))
            }
            _ => None,
        })
    }
}

fn counted(rows: usize) -> String {
    format!("{rows} row{}", if rows == 1 { "" } else { "s" })
}

fn contain(messages: u64) -> String {
    match messages {
        1 => "1 message contains".to_string(),
        messages => format!("{messages} messages contain"),
    }
}

pub(super) fn problems_text(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// How long a case, which may hold all its messages, may be.
const MAX_BYTES: u64 = 256 << 20;

pub(super) fn read(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string());
    let text = file.and_then(|file| small_text(file, MAX_BYTES));
    text.map_err(|reason| format!("{}: {reason}", path.display()))
}
