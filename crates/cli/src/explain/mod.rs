//! `explain`: the plan of a query, how many rows each stage lets through, and the story of single messages.

mod counts;
mod draw;
mod message_trace;
mod plan;
mod text_pieces;

use super::arguments::{InputArgs, QueryArgs, TableArgs, now, query_and_paths};
use super::interrupt::Interrupt;
use super::progress::Bar;
use super::query_text::Text;
use super::run::LimitArgs;
use super::run_inputs::Inputs;
use super::screen::Screen;
use super::test::find;
use super::test::setup::Setup;
use super::{Exit, Failure, report};
use clap::Args;
use draw::Renderer;
pub(super) use plan::View;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use sumoql::plan::definitions::Catalogue;
use sumoql::plan::traced::Traced;
use sumoql::run::execute::{Options, Partiality, Progress};
use sumoql::syntax::tree::Query;
use sumoql::trace::coverage::{Coverage, LeafCount};
use sumoql::trace::find_messages;
use sumoql::trace::find_messages::{MessagePlace, MessageSelector, Wanted};
use sumoql::trace::message_trace::MessageTrace;
use sumoql::trace::stage_counts::{StageReport, Wishes, travel};
use sumoql_data::message::Input;
use sumoql_data::table_resolver::Tables;
use sumoql_input::InputRequest;
pub(super) use text_pieces::Paint;

/// Arguments of `explain`.
#[derive(Args)]
#[command(
    override_usage = "sumoql explain [OPTIONS] QUERY [PATH]...\n       sumoql explain [OPTIONS] -f Q.sumo [PATH]...\n       sumoql explain [OPTIONS] Q/FILE.case"
)]
#[command(
    after_help = "Without a PATH, the plan is shown. The path `-` is standard input. A golden test case takes the \
                  place of the query and its messages."
)]
pub(super) struct Explain {
    /// The query (unless -f names its file), then files, folders or patterns, or - for standard input; or a golden test
    /// case
    #[arg(value_name = "QUERY|PATH")]
    words: Vec<String>,
    /// File with the query; every positional argument is then a PATH
    #[arg(short, long, value_name = "Q.sumo")]
    file: Option<String>,
    /// Trace the N-th message of the input, in the order of arrival
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "grep")]
    message: Option<u64>,
    /// Trace the messages that contain a text
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// How many messages --grep traces
    #[arg(long, value_name = "N", default_value_t = 3)]
    first: usize,
    /// Draw conditions in full, including the branches that decided nothing
    #[arg(long)]
    all: bool,
    /// How to show stages without data: what they do, or their conditions as trees
    #[arg(long, value_enum, default_value_t = View::Plan)]
    stage: View,
    /// Do not show how long each stage took
    #[arg(long)]
    no_time: bool,
    /// Write JSON: the counts, or the traces as an array; without a PATH, the plan
    #[arg(long)]
    json: bool,
    /// Never show a progress line
    #[arg(long)]
    no_progress: bool,
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    tables: TableArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// How the story of a message is asked for, in words for the user.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    /// That of the first.
    pub first: &'static str,
    /// That of any.
    pub any: &'static str,
}

/// On the command line.
const OPTIONS: Ways = Ways { first: "`--message 1`", any: "`--message N` or `--grep TEXT`" };

/// A query whose rows can be followed, ready to be explained.
pub(super) struct Subject {
    /// As written.
    pub text: Text,
    /// Its tree.
    tree: Query,
    traced: Traced,
}

impl Subject {
    /// Reads a query. What is wrong with it, drawn, if it can't be planned.
    pub fn new(text: Text, catalogue: &Catalogue, tables: &dyn Tables) -> Result<Subject, String> {
        let prepared = text.prepare(catalogue, false, tables);
        let traced = prepared.plan.as_ref().and_then(|_| text.traced(catalogue, tables));
        match traced {
            Some(traced) => Ok(Subject { tree: prepared.tree, text, traced }),
            None => {
                let drawn: Vec<String> = prepared.errors().map(|error| text.draw(error, false)).collect();
                Err(drawn.join("\n"))
            }
        }
    }

    fn pen(&self, all: bool, paint: Paint) -> Renderer<'_> {
        Renderer { text: &self.text, traced: &self.traced, all, paint }
    }

    /// The plan.
    pub fn plan(&self, view: View, paint: Paint) -> String {
        self.pen(true, paint).plan(&self.tree, view)
    }

    /// Rows in and out of each stage over an input.
    pub fn counts(&self, input: &dyn Input, options: &Options, progress: &Progress) -> StageReport {
        travel(&self.traced, input, options, progress, &Wishes { counts: true, ..Wishes::default() })
    }

    /// These as text, in lines that fit into the width.
    pub fn counts_text(
        &self,
        stage_report: &StageReport,
        times: (bool, Option<usize>),
        ways: Ways,
        paint: Paint,
    ) -> String {
        self.pen(false, paint).counts(stage_report, times, ways)
    }

    /// The stories of the first messages that are wanted; `None` when the input can't be read twice.
    pub fn traces(
        &self,
        input: &dyn Input,
        options: &Options,
        progress: &Progress,
        (wanted, first): (&Wanted, usize),
    ) -> Option<(MessageSelector, StageReport)> {
        let search = find_messages::find(input, wanted, first, progress);
        if search.found.is_empty() {
            return Some((search, StageReport::default()));
        }
        if !input.restart() {
            return None;
        }
        progress.next_pass();
        let stage_report = self.follow(input, options, progress, &search.found);
        Some((search, stage_report))
    }

    /// The stories of messages.
    pub fn follow(
        &self,
        input: &dyn Input,
        options: &Options,
        progress: &Progress,
        messages: &[MessagePlace],
    ) -> StageReport {
        travel(&self.traced, input, options, progress, &Wishes { watch: messages, ..Wishes::default() })
    }

    /// How the story of a message ends, and why.
    pub fn ending(&self, message_trace: &MessageTrace) -> String {
        self.pen(false, Paint(false)).ending(message_trace)
    }

    /// What the leaves of the conditions are over an input, and how each reads, with its line.
    pub fn coverage(&self, input: &dyn Input, options: &Options) -> (Coverage, Vec<String>) {
        let wishes = Wishes { coverage: true, ..Wishes::default() };
        let stage_report = travel(&self.traced, input, options, &Progress::default(), &wishes);
        let pen = self.pen(false, Paint(false));
        let read = |leaf: &LeafCount| format!("line {}: {}", self.text.line(leaf.span), pen.piece(leaf.span));
        let texts = stage_report.coverage.leaves.iter().map(read).collect();
        (stage_report.coverage, texts)
    }

    /// These as text. `all`: conditions are drawn whole.
    pub fn stories_text(
        &self,
        (search, stage_report): &(MessageSelector, StageReport),
        (wanted, zone): (&Wanted, chrono_tz::Tz),
        all: bool,
        paint: Paint,
    ) -> String {
        let pen = self.pen(all, paint);
        let mut parts: Vec<String> =
            stage_report.message_traces.iter().map(|message_trace| pen.message_trace(message_trace, zone)).collect();
        if search.found.is_empty() {
            let messages = self::text_pieces::counted(search.messages, "message");
            parts.push(match wanted {
                Wanted::Number(number) => format!("There is no message {number}: the input has {messages}.\n"),
                Wanted::Containing(text) => format!("None of {messages} contains `{text}`.\n"),
            });
        }
        if search.more > 0 {
            let more = self::text_pieces::counted(search.more, "more message");
            let verb = if search.more == 1 { "contains" } else { "contain" };
            parts.push(format!("{more} {verb} the text: use --first N to show more.\n"));
        }
        parts.join("\n")
    }
}

impl Explain {
    /// Explains the query.
    pub fn run(mut self, screen: &Screen) -> Result<Exit, Failure> {
        let now = now();
        let words = std::mem::take(&mut self.words);
        let case = self.case(&words)?;
        let (text, paths, tables, setup) = match case {
            Some((setup, text)) => (text, Vec::new(), setup.tables.clone(), Some(setup)),
            None => {
                let (text, paths) = query_and_paths(self.file.as_deref(), words, &self.query.params)?;
                (text.auto_parse(self.input.auto_parse), paths, self.tables.tables(self.file.as_deref())?, None)
            }
        };
        let catalogue = sumoql::catalogue();
        let prepared = text.prepare(&catalogue, self.query.strict, tables.as_ref());
        let errors: Vec<_> = prepared.errors().collect();
        for diagnostic in errors.iter().copied().chain(prepared.about_values()) {
            screen.tell(&text.draw(diagnostic, screen.error_colour()));
        }
        if prepared.plan.is_none() {
            return Err(Failure::Silent(Exit::Wrong));
        }
        let subject = Subject::new(text, &catalogue, tables.as_ref()).map_err(Failure::wrong)?;
        let paint = Paint(screen.look().colour);
        let wanted = match (self.message, &self.grep) {
            (Some(number), _) => Some(Wanted::Number(number)),
            (None, Some(text)) => Some(Wanted::Containing(text.clone())),
            (None, None) => None,
        };
        if paths.is_empty() && setup.is_none() {
            if wanted.is_some() {
                return Err(Failure::wrong("no messages: name a file, or - for standard input"));
            }
            let plan = match self.json {
                true => json_text(&subject.pen(true, paint).plan_json(&subject.tree))?,
                false => subject.plan(self.stage, paint),
            };
            screen.output(|out| write!(out, "{plan}").map_err(Failure::from))?;
            return Ok(Exit::Done);
        }
        let progress = Arc::new(Progress::default());
        let interrupt = Interrupt::of_run(&progress);
        let range = self.input.range(now)?;
        let options = self.limits.options(&self.input, range, now, tables);
        let (inputs, options) = match &setup {
            Some(setup) => {
                let opened = setup.open(self.input.chunk, Some(progress.stop.clone()));
                let opened = opened.map_err(|message| Failure::Say(Exit::Input, message))?;
                (Inputs::Opened(opened), setup.options(options))
            }
            None => {
                let request = InputRequest { stop: Some(progress.stop.clone()), ..self.input.request(paths, now) };
                (Inputs::open(request, &subject.traced.plan, None, screen)?, options)
            }
        };
        // Where reading was stopped already to find out what the streams are, what came until then is still told of.
        progress.stop.clear();
        if let Inputs::Opened(opened) = &inputs {
            opened.keep_in_memory();
        }
        let drawn = screen.error_terminal && !self.no_progress;
        let (total, consumed) = inputs.bytes();
        let bar = drawn.then(|| Bar::start(progress.clone(), total, consumed));
        let told = match &wanted {
            None => Told::Counts(subject.counts(inputs.input(), &options, &progress)),
            Some(wanted) => {
                let told = subject.traces(inputs.input(), &options, &progress, (wanted, self.first));
                let again = || Failure::Say(Exit::Input, "this input can't be read twice".into());
                Told::Traces(told.ok_or_else(again)?)
            }
        };
        drop(bar);
        let stopped = interrupt.end();
        let (written, mut exit) = match &told {
            Told::Counts(stage_report) => {
                let written = match self.json {
                    true => json_text(&subject.pen(true, paint).counts_json(stage_report, stopped))?,
                    false => subject.counts_text(stage_report, (!self.no_time, screen.look().width), OPTIONS, paint),
                };
                (written, Exit::Done)
            }
            Told::Traces(traces) => {
                let exit = if traces.0.found.is_empty() { Exit::Found } else { Exit::Done };
                let written = match (self.json, &wanted) {
                    (false, Some(wanted)) if !(stopped && traces.0.found.is_empty()) => {
                        subject.stories_text(traces, (wanted, options.zone), self.all, paint)
                    }
                    (false, _) => String::new(),
                    (true, _) => {
                        let pen = subject.pen(true, paint);
                        let message_traces: Vec<_> =
                            traces.1.message_traces.iter().map(|message_trace| pen.tale_json(message_trace)).collect();
                        json_text(&json!({"messages": message_traces, "more": traces.0.more, "partial": stopped}))?
                    }
                };
                (written, exit)
            }
        };
        let stage_report = match told {
            Told::Counts(stage_report) | Told::Traces((_, stage_report)) => stage_report,
        };
        screen.output(|out| write!(out, "{written}").map_err(Failure::from))?;
        if !inputs.report(screen) {
            exit = Exit::Input;
        }
        report::failed(screen, &stage_report.outcome);
        if stage_report.outcome.given_up > 0 {
            report::given_up(screen, &stage_report.outcome);
            exit = Exit::Limit;
        }
        for notice in stage_report.outcome.notices.iter().chain(&stage_report.outcome.refused) {
            let mut notice = notice.clone();
            subject.text.place(&mut notice);
            screen.tell(&subject.text.draw(&notice, screen.error_colour()));
        }
        match stage_report.outcome.partial {
            _ if stopped => {
                let read = report::thousands(progress.messages.load(Ordering::Relaxed));
                let message = match wanted {
                    None => format!("stopped after {read} messages: the counts are partial"),
                    Some(_) => format!("stopped after {read} messages: the result is partial"),
                };
                screen.warning(None, &message, None);
                exit = Exit::Stopped;
            }
            Some(Partiality::Memory(_)) => {
                screen.error(None, "the memory limit was reached: the result is partial", None);
                exit = Exit::Limit;
            }
            Some(_) => exit = Exit::Input,
            None if stage_report.outcome.refused.is_some() => exit = Exit::Input,
            None => {}
        }
        Ok(exit)
    }
}

/// What is told.
enum Told {
    /// Of all messages.
    Counts(StageReport),
    /// Of some.
    Traces((MessageSelector, StageReport)),
}

impl Explain {
    /// The case that is to be explained, if the arguments name one.
    fn case(&self, words: &[String]) -> Result<Option<(Setup, Text)>, Failure> {
        let (None, Some(path)) = (&self.file, words.first().filter(|word| word.ends_with(".case"))) else {
            return Ok(None);
        };
        if words.len() > 1 || self.input.any() || self.tables.any() || !self.query.params.is_empty() {
            let message = "a case defines its own messages, times, parameters and tables: no other options are allowed";
            return Err(Failure::wrong(message));
        }
        let found = find(&[PathBuf::from(path)]).map_err(Failure::wrong)?;
        found.first().map(Setup::read).transpose().map_err(Failure::wrong)
    }
}

fn json_text(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::wrong(error.to_string()))?;
    Ok(format!("{text}\n"))
}
