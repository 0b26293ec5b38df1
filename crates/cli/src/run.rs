//! `run`: a query over files, folders or standard input.

use super::alert::{Alert, AlertArgs};
use super::arguments::{InputArgs, QueryArgs, SaveArgs, TableArgs, now, query_and_paths};
use super::chart::ChartArgs;
use super::choices::{self, FORMATS};
use super::context::ContextArgs;
use super::interrupt::Interrupt;
use super::live::Live;
use super::progress::Bar;
use super::query_text::Text;
use super::report::Seen;
use super::run_inputs::Inputs;
use super::scratch::TempFiles;
use super::screen::Screen;
use super::show::ShowArgs;
use super::{Exit, Failure, chart, context, memory_limit, report, report_scope, show};
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use sumoql::diagnostics::{Diagnostic, codes};
use sumoql::output;
use sumoql::output::View;
use sumoql::program::budget::Budget;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Partiality, Progress, execute, first_keys};
use sumoql::run::observe::{Observer, Watching};
use sumoql::run::stream::{stream, stream_lines};
use sumoql::syntax::tree::{Query, StageKind};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::Tables;
use sumoql_input::InputRequest;

/// Arguments of `run`.
#[derive(Args)]
#[command(override_usage = "sumoql run [OPTIONS] QUERY [PATH]...\n       sumoql run [OPTIONS] -f Q.sumo [PATH]...")]
#[command(after_help = "Without a PATH, or with the path `-`, messages are read from standard input. Results go to \
                        standard output, everything else to standard error.")]
pub(super) struct Run {
    /// The query (unless -f names its file), then files, folders, patterns such as 'logs/*.xml', - for standard input, or
    /// addresses such as s3://bucket/logs/
    #[arg(value_name = "QUERY|PATH")]
    words: Vec<String>,
    /// File with the query; every positional argument is then a PATH
    #[arg(short, long, value_name = "Q.sumo")]
    file: Option<String>,
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    input: InputArgs,
    /// Keep reading until Ctrl-C: what is appended to files, new files in folders, and standard input. Rows are written as
    /// they arrive (jsonl, raw, and on a terminal table only); a query that needs all rows writes its result at the end
    #[arg(short = 'F', long, help_heading = "Input")]
    follow: bool,
    #[command(flatten)]
    tables: TableArgs,
    #[command(flatten)]
    save: SaveArgs,
    /// Format of the result [default: table; in a pipe raw if --follow writes rows as they arrive]
    #[arg(long, value_parser = choices::parser(FORMATS), help_heading = "Output")]
    output: Option<output::Format>,
    /// Order of messages that no stage sorts. `arrival` writes them in the order of the inputs as they are found, in
    /// constant memory (jsonl and raw only)
    #[arg(long, value_enum, default_value_t = Order::Newest, help_heading = "Output")]
    order: Order,
    #[command(flatten)]
    charts: ChartArgs,
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    context: ContextArgs,
    #[command(flatten)]
    alerts: AlertArgs,
    /// Show counts and speed at the end
    #[arg(long, help_heading = "Output")]
    stats: bool,
    /// Never show a progress line
    #[arg(long, help_heading = "Output")]
    no_progress: bool,
    #[command(flatten)]
    limits: LimitArgs,
    /// Folder for private temporary files, which hold rows and groups beyond half the memory limit [default: the system's
    /// folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    temp_dir: Option<PathBuf>,
}

/// What is said where a result comes only at the end.
pub(super) const NEEDS_ALL: &str =
    "this query needs all rows: its result appears when you press Ctrl-C, or when its streams end";

/// Whether the rows have the text of the messages.
fn has_raw(plan: &Plan) -> bool {
    plan.output.iter().any(|column| column.name.eq_ignore_ascii_case("_raw"))
}

/// The order of messages that no stage orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    /// Newest first, as in Sumo Logic.
    Newest,
    /// In the order of the inputs.
    Arrival,
}

/// What a run may use of the machine.
#[derive(Args)]
pub(super) struct LimitArgs {
    /// Number of worker threads [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Memory limit for rows and groups, such as 512M or 2G [default: three quarters of the free memory]
    #[arg(long, value_name = "SIZE", value_parser = memory_limit::size)]
    memory_limit: Option<usize>,
    /// Number of rows processed at a time
    #[arg(long, hide = true, default_value_t = 1024)]
    batch: usize,
}

impl LimitArgs {
    /// Options of a run.
    pub fn options(&self, input: &InputArgs, range: Option<(i64, i64)>, now: i64, tables: Arc<dyn Tables>) -> Options {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            threads: self.threads.map_or_else(processors, usize::from),
            batch: self.batch,
            budget: Budget::new(self.memory_limit.unwrap_or_else(memory_limit::default_limit)),
            range,
            now: now.into(),
            zone: input.zone(),
            tables,
            ..Options::default()
        }
    }
}

impl Run {
    /// Runs the query.
    pub fn run(mut self, screen: &Screen) -> Result<Exit, Failure> {
        let started = Instant::now();
        let now = now();
        let range = self.input.range(now)?;
        let scratch = TempFiles::new(self.temp_dir.take()).map_err(Failure::wrong)?;
        let words = std::mem::take(&mut self.words);
        let (text, paths) = query_and_paths(self.file.as_deref(), words, &self.query.params)?;
        let text = text.auto_parse(self.input.auto_parse);
        let tables = self.tables.saved_tables(self.file.as_deref(), self.save.saving())?;
        let prepared = text.prepare(&sumoql::catalogue(), self.query.strict, tables.as_ref());
        let Some(plan) = &prepared.plan else {
            for error in prepared.errors() {
                screen.tell(&text.draw(error, screen.error_colour()));
            }
            return Err(Failure::Silent(Exit::Wrong));
        };
        for warning in prepared.about_values() {
            screen.tell(&text.draw(warning, screen.error_colour()));
        }
        report::dead_logic(screen, &text, &prepared);
        if !report::may_save(screen, plan, &tables) {
            return Ok(Exit::Input);
        }
        if self.follow {
            // The end, when it is known which of them have a value, may be far.
            for unknown in prepared.unknown_fields() {
                screen.tell(&text.draw(unknown, screen.error_colour()));
            }
        }
        let known = self.context.any().then(|| {
            let known = Text::new(&text.name, context::known(&text), &self.query.params);
            known.auto_parse(self.input.auto_parse).prepare(&sumoql::catalogue(), false, tables.as_ref())
        });
        let plan = known.as_ref().and_then(|known| known.plan.as_ref()).unwrap_or(plan);
        let facts = chart::facts(&prepared.tree, plan);
        let streams = plan.raw && !plan.needs_range;
        let arrival = self.order == Order::Arrival || (self.follow && streams);
        let output = self.output.unwrap_or(match self.follow && arrival {
            true if !screen.terminal || !has_raw(plan) => output::Format::Raw,
            _ => output::Format::Table,
        });
        let refusal = self.refusal(plan, (arrival, streams), (output, screen.terminal), range);
        if let Some(reason) = refusal.or_else(|| self.no_context(&prepared.tree, plan, arrival)) {
            screen.error(None, reason, None);
            return Err(Failure::Silent(Exit::Wrong));
        }
        let zone = self.input.zone();
        let mut alert = Alert::new(&self.alerts, plan, facts.keys.clone(), zone, screen)?;
        if plan.needs_input() && paths.is_empty() && std::io::stdin().is_terminal() {
            screen.note("reading messages from the terminal; press Ctrl-D to finish", None);
        }
        let progress = Arc::new(Progress::default());
        let request = InputRequest { stop: Some(progress.stop.clone()), ..self.input.request(paths, now) };
        let interrupt = Interrupt::of_run(&progress);
        let inputs = Inputs::open(request, plan, self.follow.then_some(&progress.stop), screen)?;
        let look = self.show.look(screen);
        // A format that can't be written line by line was refused.
        let lines = match output {
            output::Format::Table => Some(show::streamed(plan, zone, inputs.sources().len() != 1, look)),
            _ => output::lines(output, &plan.output),
        };
        let lines = lines.filter(|_| arrival);
        // To find out what streams are, some of them is read. Where that was stopped, they have ended; what came of them
        // until then is still to be worked on.
        let early = !self.follow && progress.stop.clear();
        if let Inputs::Opened(opened) = &inputs
            && (plan.rereads(range) || self.context.any())
        {
            opened.keep_in_memory();
        }
        // The result so far is drawn, or looked at for an alert.
        let draws = screen.terminal && output == output::Format::Table;
        let lives = self.follow && !arrival && (draws || alert.is_some());
        if self.follow && !arrival && !draws {
            screen.note(NEEDS_ALL, None);
        }
        let observer = lives.then(|| Arc::new(Observer::new(Watching::default())));
        let options = Options {
            // What surrounds the messages that were found is put between them.
            scratch: (!self.context.any()).then_some(Arc::new(scratch) as _),
            observer: observer.clone(),
            ..self.limits.options(&self.input, range, now, tables.clone())
        };
        // Rows that come meanwhile would be written across the line.
        let drawn = screen.error_terminal && !self.no_progress && !((arrival || lives) && screen.terminal);
        let (total, consumed) = inputs.bytes();
        let bar = drawn.then(|| Bar::start(progress.clone(), total, consumed));
        let mut written = Ok(());
        let input = inputs.input();
        let mut outcome = match (&lines, &observer) {
            (None, None) => execute(plan, input, &options, &progress),
            (None, Some(observer)) => {
                let live = Live {
                    tree: &prepared.tree,
                    plan,
                    options: &options,
                    observer,
                    progress: &progress,
                    screen,
                    charts: &self.charts,
                    facts: &facts,
                    look: draws.then_some(look),
                    alert: alert.as_mut(),
                };
                live.run(|| execute(plan, input, &options, &progress))
            }
            (Some(lines), _) => match &mut alert {
                None => {
                    let mut sink = |bytes: &[u8]| {
                        written = show::write_lines(bytes, output, screen);
                        written.is_ok()
                    };
                    stream_lines(plan, input, &options, &progress, (lines, &mut sink)).unwrap_or_default()
                }
                Some(alert) => {
                    let mut sink = |table: &Table| {
                        written = show::write_lines(&show::lines_of(lines.as_ref(), table), output, screen);
                        !alert.rows(table) && written.is_ok()
                    };
                    stream(plan, input, &options, &progress, &mut sink).unwrap_or_default()
                }
            },
        };
        if !arrival && let Some(alert) = &mut alert {
            alert.result(&outcome, self.follow);
        }
        let mut gaps = Vec::new();
        if self.context.any() && outcome.refused.is_none() {
            let (around, table) =
                (context::all().prepare(&sumoql::catalogue(), false, tables.as_ref()), &mut outcome.table);
            let progress = Progress { stop: progress.stop.clone(), ..Progress::default() };
            let surrounded = around
                .plan
                .as_ref()
                .and_then(|around| context::surround(self.context, table, (around, input), &options, &progress));
            match surrounded {
                Some(found) => gaps = found,
                None => outcome.partial = Some(Partiality::NotRepeatable),
            }
        }
        drop(bar);
        let stopped = interrupt.end();
        if early {
            outcome.partial = outcome.partial.or(Some(Partiality::Stopped));
            outcome.saved.clear();
        }

        let mut charted = Ok(());
        if !arrival {
            let view = View::with(&outcome.table, outcome.more.as_ref(), &plan.output, options.zone);
            written = screen.output(|out| match self.context.any() {
                true => show::write_context(&view, &gaps, output, (&prepared.tree, plan), look, out),
                false => show::write(&view, output, (&prepared.tree, plan), look, out),
            });
            if self.charts.any() && outcome.more.is_some() {
                screen.note("no chart: the result does not fit into memory", None);
            } else if written.is_ok() && outcome.refused.is_none() {
                charted = self.charts.draw(&view, &facts, screen);
            }
        }
        let sources = inputs.sources();
        let seen = Seen { progress: &progress, outcome: &outcome, sources: &sources, ranged: range.is_some() };
        let whole = inputs.report(screen);
        for mut notice in outcome.notices.iter().cloned() {
            text.place(&mut notice);
            screen.tell(&text.draw(&notice, screen.error_colour()));
        }
        if let Some(mut refused) = outcome.refused.clone() {
            text.place(&mut refused);
            screen.tell(&text.draw(&refused, screen.error_colour()));
            return Ok(Exit::Input);
        }
        let rows = if arrival { progress.rows.load(Ordering::Relaxed) as usize } else { outcome.rows() };
        report::stages(screen, plan, &seen, self.stats || rows == 0);
        report::fields(screen, &text, &prepared, &outcome);
        report::failed(screen, &outcome);
        report::given_up(screen, &outcome);
        let keys = || match inputs.input().restart() {
            true if !self.follow => first_keys(inputs.input()),
            _ => Default::default(),
        };
        report_scope::scope(screen, &prepared.tree, &seen, options.zone, keys);
        report::partial(screen, outcome.partial, stopped, &seen);
        let saved = report::saved(screen, plan, &tables, &outcome);
        if self.stats {
            report::stats(screen, &seen, started.elapsed(), options.threads);
        }
        let alerted = alert.as_ref().and_then(Alert::end);
        written?;
        charted?;
        if let Some(exit) = alerted.filter(|_| !stopped) {
            return Ok(exit);
        }
        Ok(match outcome.partial {
            _ if stopped => Exit::Stopped,
            Some(Partiality::Memory(_)) => Exit::Limit,
            Some(Partiality::NotRepeatable) => Exit::Input,
            _ if outcome.given_up > 0 => Exit::Limit,
            _ if outcome.notices.iter().any(|notice| *notice.code == codes::TOO_MANY) => Exit::Limit,
            _ if !whole || !saved || outcome.notices.iter().any(Diagnostic::is_error) => Exit::Input,
            _ => Exit::Done,
        })
    }

    /// Why the messages around those that are found can't be shown, if they are to be.
    fn no_context(&self, tree: &Query, plan: &Plan, arrival: bool) -> Option<&'static str> {
        let grouped = tree.stages.iter().any(|stage| matches!(stage.kind, StageKind::Aggregate { .. }));
        let known = plan.output.iter().any(|column| column.name == context::COLUMN);
        if !self.context.any() {
            None
        } else if self.follow || arrival {
            Some(
                "`--context` needs inputs that can be read twice: it can't be used with `--follow` or `--order arrival`",
            )
        } else if grouped || !known || !has_raw(plan) {
            Some("`--context` needs a query whose rows are messages: remove the stages that aggregate")
        } else if plan.saves() {
            Some("`--context` can't be used with a query that saves its rows")
        } else {
            None
        }
    }

    /// Why options do not go together with each other or with the query. `streams`: the query's rows can be written as they
    /// come, which `arrival` asks for.
    fn refusal(
        &self,
        plan: &Plan,
        (arrival, streams): (bool, bool),
        (output, terminal): (output::Format, bool),
        range: Option<(i64, i64)>,
    ) -> Option<&'static str> {
        let lines = match output {
            output::Format::Jsonl | output::Format::Raw => true,
            output::Format::Table => terminal && has_raw(plan),
            _ => false,
        };
        if self.charts.chart.is_some() && output != output::Format::Table {
            Some("`--chart` needs `--output table`; `--chart-svg FILE` works with any output")
        } else if self.charts.any() && plan.raw {
            Some(
                "the rows of this query are messages, and a chart needs numbers: aggregate first, as in `| count by \
                  field`",
            )
        } else if arrival && !lines {
            Some(match self.follow {
                true => "`--follow` writes rows as they come: it needs `--output jsonl` or `--output raw`",
                false => "`--order arrival` writes rows as they come: it needs `--output jsonl` or `--output raw`",
            })
        } else if arrival && !streams {
            Some("`--order arrival` can't be used: a stage of this query needs all rows before it returns any")
        } else if self.follow && !plan.needs_input() {
            Some("this query reads no messages: there is nothing to follow")
        } else if self.follow && plan.rereads(range) {
            Some(match plan.needs_range {
                true => "this query needs the time range, whose end is unknown with `--follow`: set --from and --to",
                false => "`--follow` can't be used: this query has a subquery and reads its input twice",
            })
        } else {
            None
        }
    }
}
