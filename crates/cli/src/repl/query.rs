//! Runs the queries of a session, and shows their results.

use super::fields::Fields;
use super::{Last, Session, kept_answers};
use crate::arguments::now;
use crate::chart::ChartArgs;
use crate::choices::{self, CHARTS};
use crate::progress::Bar;
use crate::query_text::{Prepared, Text};
use crate::report::{Seen, thousands};
use crate::{Failure, chart, report, report_scope, show};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use sumoql::output::View;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Progress, execute, first_keys};
use sumoql_charts::ChartKind;
use sumoql_data::message::Input;
use sumoql_data::table::Table;
use sumoql_input::InputSet;

impl Session<'_> {
    /// How the databases of addresses are now.
    pub(super) fn databases_now(&self) -> kept_answers::Stamps {
        let tables = &self.arguments.tables;
        kept_answers::stamps(tables.geoip.iter().chain(&tables.asn).cloned().collect())
    }

    /// Opens anew what has changed since it was opened. The answer is whether that could be done.
    fn follow_changes(&mut self) -> Result<bool, Failure> {
        let databases = self.databases_now();
        if databases != self.databases {
            self.tables = self.arguments.tables.saved_tables(None, self.arguments.save.saving())?;
            self.databases = databases;
        }
        let request = self.arguments.input.request(self.arguments.paths.clone(), now());
        if self.opened.is_some() && self.stamps.is_some() && kept_answers::of_inputs(&request) != self.stamps {
            self.screen.note("the data has changed", None);
            return Ok(self.open(request.paths));
        }
        Ok(true)
    }

    /// Runs a query.
    pub(super) fn query(&mut self, entry: &str) -> Result<(), Failure> {
        let screen = self.screen;
        let started = Instant::now();
        if !self.follow_changes()? {
            return Ok(());
        }
        let opened = self.opened.as_ref().map(InputSet::sources).unwrap_or_default();
        let auto = self.arguments.input.auto_parse || opened.iter().any(|source| source.auto_parse == Some(true));
        let text = Text::new("query", entry.to_string(), &self.arguments.query.params).auto_parse(auto);
        let prepared = text.prepare(&sumoql::catalogue(), self.arguments.query.strict, self.tables.as_ref());
        for diagnostic in &prepared.diagnostics {
            screen.tell(&text.draw(diagnostic, screen.error_colour()));
        }
        let Some(plan) = &prepared.plan else { return Ok(()) };
        if !report::may_save(screen, plan, &self.tables) {
            return Ok(());
        }
        self.previous = Some(entry.to_string());
        let now = now();
        let range = match self.arguments.input.range(now) {
            Ok(range) => range,
            Err(Failure::Say(_, message)) => {
                screen.error(None, &message, None);
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let options = self.arguments.limits.options(&self.arguments.input, range, now, self.tables.clone());
        let key = self.key(entry, plan, &options);
        let known = key.as_ref().and_then(|key| self.memory.get(key));
        let (remembered, mut stopped) = (known.is_some(), false);
        let last = match known {
            Some(last) => last,
            None => match self.run(entry, &prepared, &options, now) {
                Some((last, by_hand)) => {
                    stopped = by_hand;
                    Rc::new(last)
                }
                None => return Ok(()),
            },
        };
        let outcome = &last.outcome;
        let whole = outcome.partial.is_none() && outcome.refused.is_none();
        if let Some(key) = key.filter(|_| !remembered && whole && !options.now.was_asked()) {
            self.memory.keep(key, Rc::clone(&last));
        }
        self.last = Some(Rc::clone(&last));
        self.result = Some(Fields::of_result(&View::new(&outcome.table, &plan.output, options.zone)));
        if !remembered {
            report::saved(screen, plan, &self.tables, outcome);
        }
        let all = outcome.table.rows.len();
        let most = self.arguments.rows;
        let rows = outcome.table.rows.iter().take(most).cloned().collect();
        let table = Table { columns: outcome.table.columns.clone(), rows };
        let view = View::new(&table, &plan.output, options.zone);
        let mut shown = Vec::new();
        let look = self.arguments.show.look(screen);
        show::write(&view, self.arguments.output, (&prepared.tree, plan), look, &mut shown)?;
        let took = started.elapsed().as_secs_f64();
        self.show(&shown)?;
        if remembered {
            screen.tell("(from memory)");
        } else if screen.error_terminal {
            let noun = if all == 1 { "row" } else { "rows" };
            screen.tell(&format!("({} {noun} in {took:.3} s)", thousands(all as u64)));
        }
        if all > most {
            let shown = format!("{} of {} rows are shown", thousands(most as u64), thousands(all as u64));
            screen.note(&shown, Some("use `:rows N` to show more, or `| limit N` to ask for fewer"));
        }
        let nothing = Vec::new();
        let sources = self.opened.as_ref().filter(|_| plan.needs_input()).map_or(&nothing[..], |o| o.sources());
        let seen = Seen { progress: &last.progress, outcome, sources, ranged: range.is_some() };
        if let Some(opened) = self.opened.as_ref().filter(|_| plan.needs_input()) {
            report::problems(screen, &opened.problems());
        }
        report::times(screen, sources);
        report::beyond(screen, sources);
        for mut notice in outcome.notices.iter().chain(&outcome.refused).cloned() {
            text.place(&mut notice);
            screen.tell(&text.draw(&notice, screen.error_colour()));
        }
        report::stages(screen, plan, &seen, outcome.rows() == 0);
        report::fields(screen, &text, &prepared, outcome);
        report::failed(screen, outcome);
        report::given_up(screen, outcome);
        let keys = || match &self.opened {
            Some(opened) if self.stamps.is_some() && opened.restart() => first_keys(opened),
            _ => Default::default(),
        };
        report_scope::scope(screen, &prepared.tree, &seen, options.zone, keys);
        report::partial(screen, outcome.partial, stopped, &seen);
        if plan.needs_input() && !stopped && self.reading.stop.is_set() && self.stamps.is_none() {
            screen.warning(
                None,
                "Ctrl-C cut off the streams: the rest of them is missing",
                Some("reopen them with `:open`"),
            );
        }
        Ok(())
    }

    /// What an answer is remembered by, if one may be: all that it can depend on but the present, of which the run tells
    /// whether anybody has asked.
    fn key(&self, entry: &str, plan: &Plan, options: &Options) -> Option<(String, kept_answers::Stamps)> {
        if plan.saves() {
            return None;
        }
        let inputs = match plan.needs_input() {
            true => self.stamps.clone()?,
            false => Vec::new(),
        };
        let files = [inputs, kept_answers::of_tables(plan, &self.tables), self.databases.clone()].concat();
        let (input, range, zone) = (&self.arguments.input, options.range, options.zone);
        Some((format!("{entry}\n{zone:?} {range:?} {:?}", input.set), files))
    }

    /// Runs a plan; `None` where there is nothing to read, which is told. Beside the result stands whether Ctrl-C stopped it.
    fn run(&mut self, entry: &str, prepared: &Prepared, options: &Options, at: i64) -> Option<(Last, bool)> {
        let plan = prepared.plan.as_ref()?;
        let nothing;
        let opened = match plan.needs_input() {
            true => self.opened.as_ref(),
            false => {
                nothing = InputSet::nothing(&self.arguments.input.request(Vec::new(), now()));
                Some(&nothing)
            }
        };
        let Some(opened) = opened else {
            self.screen.error(None, "nothing is open", Some("open files with `:open PATH`"));
            return None;
        };
        if plan.needs_input() && !std::mem::replace(&mut self.fresh, false) && !opened.restart() {
            self.screen.error(None, "an input can't be read again", Some("reopen it with `:open PATH`"));
            return None;
        }
        let progress = Arc::new(Progress::default());
        let drawn = self.screen.error_terminal;
        let bar = drawn.then(|| Bar::start(progress.clone(), opened.total_bytes(), opened.consumed()));
        let (outcome, stopped) =
            self.interrupt.watch([&progress, &self.reading], || execute(plan, opened, options, &progress));
        drop(bar);
        let (output, facts) = (plan.output.clone(), chart::facts(&prepared.tree, plan));
        Some((Last { entry: entry.to_string(), outcome, output, facts, progress, at }, stopped))
    }

    /// `:chart [KIND] [FILE.svg]`: the last answer as a chart.
    pub(super) fn chart(&self, words: &[String]) -> Result<(), Failure> {
        let Some(last) = self.last() else { return Ok(()) };
        let mut charts = ChartArgs::default();
        for word in words {
            match choices::named(CHARTS, word) {
                Some(kind) => charts.chart = Some(kind),
                None if word.to_lowercase().ends_with(".svg") => charts.chart_svg = Some(PathBuf::from(word)),
                None => {
                    let message = format!("unknown kind of chart `{word}`");
                    let help = "expected auto, bar, column, line, area or pie, or a file name FILE.svg";
                    self.screen.error(None, &message, Some(help));
                    return Ok(());
                }
            }
        }
        if !charts.any() {
            charts.chart = Some(ChartKind::Auto);
        }
        let view = View::new(&last.outcome.table, &last.output, self.arguments.input.zone());
        match charts.draw(&view, &last.facts, self.screen) {
            Err(Failure::Say(_, message)) => self.screen.error(None, &message, None),
            Err(other) => return Err(other),
            Ok(()) => {
                if let Some(file) = &charts.chart_svg {
                    self.screen.note(&format!("wrote {}", file.display()), None);
                }
            }
        }
        if last.outcome.partial.is_some() {
            self.screen.warning(None, "the result is partial, and so is the chart", None);
        }
        Ok(())
    }
}
