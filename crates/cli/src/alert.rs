//! `--alert`: a condition on the rows of the result, and what happens when a row meets it.

use super::arguments::InputArgs;
use super::query_text::Text;
use super::report::thousands;
use super::screen::Screen;
use super::{Exit, Failure};
use clap::Args;
use std::collections::HashSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use sumoql::diagnostics::{Diagnostic, Span};
use sumoql::output::{self, Format, Look, View};
use sumoql::plan::definitions::Catalogue;
use sumoql::plan::referenced;
use sumoql::program::plan::{OutputColumn, Plan};
use sumoql::run::execute::{Options, Outcome, Progress, execute};
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};
use sumoql_input::InputSet;

/// What is to happen when a row meets a condition.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct AlertArgs {
    /// End with exit status 5 if a row of the result meets this condition, such as '_count > 10'. With --follow, end as soon
    /// as one does
    #[arg(long, value_name = "CONDITION", help_heading = "Output")]
    pub alert: Option<String>,
    /// Instead of ending with status 5, run this command for each row that meets the condition; it gets the row as JSON on
    /// standard input. With --follow, a group is reported again only after it has ceased to meet the condition
    #[arg(long, value_name = "CMD", requires = "alert", help_heading = "Output")]
    pub exec: Option<String>,
}

/// A condition on the rows of a result.
pub(super) struct Alert<'r> {
    condition: &'r str,
    exec: Option<&'r str>,
    screen: &'r Screen,
    catalogue: Catalogue,
    output: &'r [OutputColumn],
    zone: chrono_tz::Tz,
    /// What names a row of groups.
    keys: Vec<String>,
    /// The groups that met the condition when it was last looked at.
    meeting: HashSet<Vec<u8>>,
    /// How many rows have met it.
    fired: u64,
    /// Whether the command could not be run, or failed.
    failed: bool,
}

/// What the condition is asked of, as a query.
const RESULT: &str = "cat shared/result | where ";

/// How many rows that are not in memory are looked at in one go.
const BLOCK: usize = 1024;

/// The rows of a result as a table.
struct ResultTable(Arc<Table>, bool);

impl Tables for ResultTable {
    fn schema(&self, _: &TableName) -> Result<Schema, Absent> {
        Ok(Schema { columns: self.0.columns.clone(), key: Vec::new(), open: self.1 })
    }

    fn table(&self, _: &TableName, _: usize) -> Result<Arc<Table>, Absent> {
        Ok(Arc::clone(&self.0))
    }

    fn addresses(&self, _: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        Err(Absent::Missing)
    }
}

impl<'r> Alert<'r> {
    /// A condition on the result of a plan, if there is one. What is wrong with it is reported.
    pub fn new(
        args: &'r AlertArgs,
        plan: &'r Plan,
        keys: Vec<String>,
        zone: chrono_tz::Tz,
        screen: &'r Screen,
    ) -> Result<Option<Alert<'r>>, Failure> {
        let Some(condition) = args.alert.as_deref() else { return Ok(None) };
        let alert = Alert {
            condition,
            exec: args.exec.as_deref(),
            screen,
            catalogue: sumoql::catalogue(),
            output: &plan.output,
            zone,
            keys,
            meeting: HashSet::new(),
            fired: 0,
            failed: false,
        };
        let columns = plan.output.iter().map(|column| column.name.clone()).collect();
        let nothing = Table { columns, rows: Vec::new() };
        let table = ResultTable(Arc::new(nothing), !plan.bags.is_empty());
        let text = alert.text();
        let prepared = text.prepare(&alert.catalogue, false, &table);
        let mut wrong: Vec<Diagnostic> = prepared.errors().cloned().collect();
        for diagnostic in &mut wrong {
            let moved = |at: usize| at.saturating_sub(RESULT.len()).min(condition.len());
            diagnostic.span = Span::new(moved(diagnostic.span.start), moved(diagnostic.span.end));
            diagnostic.labels.clear();
            let shown = Text::new("--alert", condition.to_string(), &[]);
            screen.tell(&shown.draw(diagnostic, screen.error_colour()));
        }
        let stages = prepared.tree.stages.len();
        if wrong.is_empty() && (prepared.plan.is_none() || stages > 2 || condition.contains(['\n', '|'])) {
            return Err(Failure::wrong("`--alert` needs one condition, such as '_count > 10'"));
        }
        if !wrong.is_empty() {
            return Err(Failure::Silent(Exit::Wrong));
        }
        let has = |name: &String| plan.output.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        let names = if plan.bags.is_empty() { referenced::names(&prepared.tree) } else { Vec::new() };
        if let Some(name) = names.iter().find(|name| !has(name)) {
            let known: Vec<String> = plan.output.iter().map(|column| format!("`{}`", column.name)).collect();
            let message = format!("`--alert`: the result has no column `{name}`; it has {}", known.join(", "));
            return Err(Failure::wrong(message));
        }
        Ok(Some(alert))
    }

    fn text(&self) -> Text {
        Text::new("--alert", format!("{RESULT}{}", self.condition), &[])
    }

    /// The rows of a result that meet the condition.
    fn meeting(&self, table: &Table) -> Table {
        let table = Arc::new(table.clone());
        let tables = Arc::new(ResultTable(table, false));
        let prepared = self.text().prepare(&self.catalogue, false, tables.as_ref());
        let Some(plan) = &prepared.plan else { return Table::default() };
        let input = InputSet::nothing(&InputArgs::default().request(Vec::new(), 0));
        let options = Options { zone: self.zone, tables, ..Options::default() };
        execute(plan, &input, &options, &Progress::default()).table
    }

    /// Looks at rows that nobody has looked at before. The answer is whether the run is to end.
    pub fn rows(&mut self, table: &Table) -> bool {
        let meeting = self.meeting(table);
        self.fire(&meeting)
    }

    /// Looks at the groups as they are now: those that have come to meet the condition count. The answer is whether the
    /// run is to end.
    pub fn groups(&mut self, table: &Table) -> bool {
        let mut meeting = self.meeting(table);
        let before = std::mem::take(&mut self.meeting);
        let keys: Vec<usize> = (0..meeting.columns.len())
            .filter(|at| self.keys.iter().any(|key| key.eq_ignore_ascii_case(&meeting.columns[*at])))
            .collect();
        meeting.rows.retain(|row| {
            let mut key = Vec::new();
            for cell in keys.iter().filter_map(|at| row.get(*at)) {
                let mut text = String::new();
                cell.borrow().write(&mut text);
                key.extend_from_slice(&(text.len() as u64).to_be_bytes());
                key.push(u8::from(cell.borrow().is_null()));
                key.extend_from_slice(text.as_bytes());
            }
            let new = !before.contains(&key);
            self.meeting.insert(key);
            new
        });
        self.fire(&meeting)
    }

    /// Looks at the result at its end; `live` if it was looked at before.
    pub fn result(&mut self, outcome: &Outcome, live: bool) {
        if live {
            self.groups(&outcome.table);
        } else {
            self.rows(&outcome.table);
        }
        let mut block = Table { columns: outcome.table.columns.clone(), rows: Vec::new() };
        for row in outcome.more.iter().flat_map(|more| more.iter()) {
            // Who writes the rows says what can't be read.
            let Ok(row) = row else { break };
            block.rows.push(row);
            if block.rows.len() == BLOCK {
                self.rows(&block);
                block.rows.clear();
            }
        }
        if !block.rows.is_empty() {
            self.rows(&block);
        }
    }

    /// Does what is to be done for rows that meet the condition.
    fn fire(&mut self, rows: &Table) -> bool {
        self.fired += rows.rows.len() as u64;
        let Some(command) = self.exec else { return self.fired > 0 };
        let view = View::new(rows, self.output, self.zone);
        let mut lines = Vec::new();
        // Writing to memory can't fail.
        let _ = output::write(&view, Format::Jsonl, Look::default(), &mut lines);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if let Err(reason) = run(command, line) {
                self.screen.above_progress().error(None, &format!("`--exec` failed: {reason}"), None);
                self.failed = true;
            }
        }
        false
    }

    /// Says at the end what has happened, and how the program ends because of it.
    pub fn end(&self) -> Option<Exit> {
        let rows = if self.fired == 1 { "row meets" } else { "rows meet" };
        if self.fired > 0 {
            self.screen.note(&format!("alert: {} {rows} `{}`", thousands(self.fired), self.condition), None);
        }
        match self.exec {
            None => (self.fired > 0).then_some(Exit::Alert),
            Some(_) => self.failed.then_some(Exit::Input),
        }
    }
}

/// Runs a command of a shell with bytes on its standard input. What it writes is no data of ours.
fn run(command: &str, input: &[u8]) -> Result<(), String> {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let child = Command::new(shell).args([option, command]).stdin(Stdio::piped()).stdout(std::io::stderr()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command need not read it.
        let _ = stdin.write_all(input);
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
