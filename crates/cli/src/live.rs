//! `--follow` with a query that needs all rows: its result as it is now, drawn anew twice a second, and looked at for an
//! alert.

use super::alert::Alert;
use super::chart::ChartArgs;
use super::report::thousands;
use super::run::NEEDS_ALL;
use super::screen::Screen;
use super::show;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use sumoql::output::chart_series::ResultMeaning;
use sumoql::output::{Format, Look, View, Wrap};
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Outcome, Progress};
use sumoql::run::observe::{NoSnapshot, Observer};
use sumoql::syntax::tree::Query;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(500);
/// The fewest lines of the table that are shown above a chart.
const FEWEST: usize = 4;

/// A run whose result is shown while it runs.
pub(super) struct Live<'r, 'a> {
    pub tree: &'r Query,
    pub plan: &'r Plan,
    pub options: &'r Options,
    pub observer: &'r Observer,
    pub progress: &'r Progress,
    pub screen: &'r Screen,
    pub charts: &'r ChartArgs,
    pub facts: &'r ResultMeaning,
    /// How it is drawn, if it is.
    pub look: Option<Look>,
    pub alert: Option<&'r mut Alert<'a>>,
}

impl Live<'_, '_> {
    /// Runs, and looks at the run meanwhile.
    pub fn run(mut self, run: impl FnOnce() -> Outcome) -> Outcome {
        let (end, ended) = channel();
        std::thread::scope(|scope| {
            scope.spawn(move || self.watch(&ended));
            let outcome = run();
            drop(end);
            outcome
        })
    }

    /// Looks at the run until `ended` is closed.
    fn watch(&mut self, ended: &Receiver<()>) {
        let mut seen = None;
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(EVERY) {
            let messages = self.progress.messages.load(Ordering::Relaxed);
            if seen == Some(messages) {
                continue;
            }
            match self.observer.snapshot(self.plan, self.options) {
                Ok(outcome) => {
                    seen = Some(messages);
                    self.draw(&outcome, messages);
                    let fired = self.alert.as_mut().is_some_and(|alert| alert.groups(&outcome.table));
                    if fired {
                        self.progress.stop.set();
                    }
                }
                Err(NoSnapshot::NotReading) => {}
                Err(NoSnapshot::InOrder | NoSnapshot::Spilled | NoSnapshot::Memory | NoSnapshot::Messages) => {
                    return self.needs_all();
                }
            }
        }
        self.screen.above_progress();
    }

    fn needs_all(&self) {
        if self.look.is_some() {
            self.screen.above_progress().note(NEEDS_ALL, None);
        }
    }

    /// Draws the result in the place of the one before.
    fn draw(&self, outcome: &Outcome, messages: u64) {
        let (Some(look), Some((rows, columns))) = (self.look, self.screen.size()) else { return };
        let look = Look { width: Some(columns), wrap: Wrap::Short, ..look };
        let view = View::with(&outcome.table, outcome.more.as_ref(), &self.plan.output, self.options.zone);
        let mut table = Vec::new();
        if show::write(&view, Format::Table, (self.tree, self.plan), look, &mut table).is_err() {
            return;
        }
        let chart = self.charts.text(&view, self.facts, look).unwrap_or_default();
        let (table, chart) = (String::from_utf8_lossy(&table), chart.lines().collect::<Vec<_>>());
        let table: Vec<&str> = table.lines().collect();
        // The line below, and the one of the cursor.
        let available = rows.saturating_sub(2);
        let room = available.saturating_sub(chart.len()).max(FEWEST.min(available));
        let mut lines: Vec<String> = table.iter().take(room).map(|line| line.to_string()).collect();
        if table.len() > room {
            lines.truncate(room.saturating_sub(1));
            lines.push(format!("… {} more lines", table.len() - lines.len()));
        }
        lines.extend(chart.iter().take(available - lines.len().min(available)).map(|line| line.to_string()));
        lines.push(format!("{} messages so far; Ctrl-C ends", thousands(messages)));
        self.screen.redraw(&lines);
    }
}
