//! `repl`: query after query over the same data.

mod commands;
mod editor;
mod fields;
mod memory;

use super::arguments::{InputArgs, QueryArgs, TableArgs, now};
use super::interrupt::Interrupt;
use super::progress::Bar;
use super::query::Text;
use super::report::{self, Seen, thousands};
use super::run::LimitArgs;
use super::screen::Screen;
use super::{Exit, Failure};
use crate::catalogue::help;
use crate::input::{self, Opened};
use crate::output::{self, View};
use crate::plan::OutputColumn;
use crate::run::execute::{Outcome, Progress, execute};
use crate::run::message::Input;
use crate::run::table::Table;
use crate::story::find::Wanted;
use crate::tables::Files;
use clap::{Args, ValueEnum};
use editor::{Assistant, COMMANDS, PROMPT};
use fields::Fields;
use memory::Memory;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// Arguments of `repl`.
#[derive(Args)]
pub(super) struct Repl {
    /// Files, folders or patterns
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    tables: TableArgs,
    /// How results are written
    #[arg(long, value_enum, default_value_t = output::Format::Table, help_heading = "Output")]
    output: output::Format,
    /// The most rows of a result that are shown
    #[arg(long, value_name = "N", default_value_t = 1000, help_heading = "Output")]
    rows: usize,
    #[command(flatten)]
    limits: LimitArgs,
}

impl Repl {
    /// Reads entries until the end.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let mut session = Session {
            opened: None,
            fresh: false,
            seen: None,
            result: None,
            last: None,
            saved: None,
            memory: Memory::default(),
            stamps: None,
            tables: self.tables.tables(None)?,
            interrupt: Interrupt::new(),
            arguments: self,
            screen,
        };
        let paths = session.arguments.paths.clone();
        if !paths.is_empty() {
            session.open(paths);
        }
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .history_ignore_space(true)
            .max_history_size(10_000)
            .and_then(|config| config.history_ignore_dups(true));
        let unusable = |error: ReadlineError| Failure::wrong(format!("the terminal can't be used: {error}"));
        let mut editor: Editor<Assistant, FileHistory> =
            Editor::with_config(config.map_err(unusable)?.build()).map_err(unusable)?;
        let colour = screen.look().colour;
        editor.set_helper(Some(Assistant {
            catalogue: crate::catalogue(),
            fields: Vec::new(),
            seen: Vec::new(),
            metadata: Vec::new(),
            tables: Arc::clone(&session.tables),
            params: session.arguments.query.params.clone(),
            colour,
            width: screen.look().width.unwrap_or(80),
        }));
        let history = history_file();
        if let Some(history) = &history {
            // There is none before the first session.
            let _ = editor.load_history(history);
        }
        if session.screen.error_terminal {
            session.screen.tell("A query ends where nothing is open; `:help` tells more, Ctrl-D leaves.");
        }
        let done = session.entries(&mut editor);
        if let Some(history) = &history {
            let saved = history.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(ReadlineError::from);
            if let Err(error) = saved.and_then(|()| editor.save_history(history)) {
                screen.note(&format!("the history could not be saved: {error}"), None);
            }
        }
        done.map(|()| Exit::Done)
    }
}

/// Where the history of entries is kept.
fn history_file() -> Option<PathBuf> {
    let home = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = home("XDG_STATE_HOME")
        .or_else(|| home("HOME").map(|home| home.join(".local/state")))
        .or_else(|| home("LOCALAPPDATA"))?;
    Some(state.join("sumoql").join("history"))
}

/// A query that was run, with its result.
struct Last {
    entry: String,
    outcome: Outcome,
    output: Vec<OutputColumn>,
    progress: Arc<Progress>,
    now: i64,
}

struct Session<'s> {
    arguments: Repl,
    screen: &'s Screen,
    opened: Option<Opened>,
    /// Whether nobody has read the data yet.
    fresh: bool,
    /// The fields of the first messages; the editor gets their names.
    seen: Option<Fields>,
    /// Those of the last result.
    result: Option<Fields>,
    last: Option<Rc<Last>>,
    /// Where the query was saved.
    saved: Option<PathBuf>,
    memory: Memory,
    /// How the inputs were when they were opened.
    stamps: Option<memory::Stamps>,
    tables: Arc<Files>,
    interrupt: Interrupt,
}

impl Session<'_> {
    fn entries(&mut self, editor: &mut Editor<Assistant, FileHistory>) -> Result<(), Failure> {
        loop {
            if let Some(helper) = editor.helper_mut() {
                let names = |seen: &Fields| seen.list.iter().map(|field| field.name.clone()).collect();
                helper.seen = self.seen.as_ref().map_or(Vec::new(), names);
                helper.metadata = self.opened.as_ref().map_or(Vec::new(), fields::metadata);
            }
            let entry = match editor.readline(PROMPT) {
                Ok(entry) => entry,
                // Ctrl-C drops the entry.
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(Failure::wrong(format!("can't read entries: {error}"))),
            };
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            // An entry that is not remembered is no reason to stop.
            let _ = editor.add_history_entry(entry);
            match entry.strip_prefix(':') {
                Some(command) => {
                    if !self.command(command)? {
                        return Ok(());
                    }
                }
                None => {
                    let fields = self.query(entry)?;
                    if let (Some(helper), Some(fields)) = (editor.helper_mut(), fields) {
                        helper.fields = fields;
                    }
                }
            }
        }
    }

    /// Obeys a command; false means the end.
    fn command(&mut self, command: &str) -> Result<bool, Failure> {
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        match name {
            "quit" | "q" | "exit" => return Ok(false),
            "help" | "h" | "?" if rest.is_empty() => {
                let commands: Vec<String> = COMMANDS.iter().map(|(name, about)| format!("{name:<8} {about}")).collect();
                self.print(&format!(
                    "A query is run over the open data. It may have several lines: an entry goes on after a `|`, inside a \
                     quote or a bracket; an empty line ends it.\n\n{}\n\n`:help operator` lists the language.",
                    commands.join("\n")
                ))?;
            }
            "help" | "h" | "?" => {
                let catalogue = crate::catalogue();
                let colour = self.screen.look().colour;
                match rest {
                    "operator" | "operators" => self.print(&help::overview(&catalogue, colour))?,
                    name => match help::entries(&catalogue, name, colour) {
                        Ok(text) => self.print(&text)?,
                        Err(message) => self.screen.error(None, &message, None),
                    },
                }
            }
            "open" | "o" if !rest.is_empty() => self.open(rest.split_whitespace().map(str::to_string).collect()),
            "fields" => self.fields()?,
            "sources" => self.sources()?,
            "explain" => self.explain(None)?,
            "why" if !rest.is_empty() => self.explain(Some(match rest.parse() {
                Ok(number) => Wanted::Number(number),
                Err(_) => Wanted::Containing(rest.to_string()),
            }))?,
            "why" => self.screen.error(None, "of which message? `:why 1`, or a text in it: `:why cmd.exe`", None),
            "save" if !rest.is_empty() => self.save(rest),
            "save" => self.screen.error(None, "under which name? `:save q.sumo`", None),
            "test" => self.test(rest),
            "set" => self.set(rest)?,
            "output" => self.output(rest),
            "rows" => match rest.parse() {
                Ok(rows) => self.arguments.rows = rows,
                Err(_) => self.screen.error(None, "this must be a number: `:rows 50`", None),
            },
            _ => {
                let names = COMMANDS.iter().map(|(name, _)| *name);
                let near = crate::diagnostics::nearest(&format!(":{name}"), names);
                let help = near.map(|near| format!("did you mean `{near}`?"));
                self.screen.error(None, &format!("`:{command}` is no command here"), help.as_deref());
            }
        }
        Ok(true)
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        self.screen.output(|out| writeln!(out, "{}", text.trim_end()).map_err(Failure::from))
    }

    fn output(&mut self, name: &str) {
        match output::Format::from_str(name, true) {
            Ok(format) => self.arguments.output = format,
            Err(_) => self.screen.error(None, "outputs are table, jsonl, json, csv, markdown and raw", None),
        }
    }

    /// The field browser.
    fn fields(&self) -> Result<(), Failure> {
        let width = self.screen.look().width.unwrap_or(120);
        match (&self.result, &self.seen) {
            (Some(fields), _) => self.print(&fields.shown("row", width)),
            (None, Some(fields)) => self.print(&fields.shown("message", width)),
            (None, None) => {
                self.screen.error(None, "nothing is open", Some("open files with `:open PATH`"));
                Ok(())
            }
        }
    }

    fn open(&mut self, paths: Vec<String>) {
        if paths.iter().any(|path| path == "-") {
            return self.screen.error(None, "standard input holds the queries here: name a file", None);
        }
        match input::open(&self.arguments.input.request(paths.clone(), now())) {
            Ok(opened) => {
                opened.keep_in_memory();
                report::problems(self.screen, &opened.problems());
                let count = opened.sources().len();
                let noun = if count == 1 { "input" } else { "inputs" };
                let bytes = opened.total_bytes().map_or(String::new(), |n| format!(", {} bytes", thousands(n)));
                self.screen.tell(&format!("{} {noun}{bytes}", thousands(count as u64)));
                self.result = None;
                self.seen = Some(Fields::of_data(&opened));
                // What was looked at is read again by the first query.
                self.fresh = opened.restart();
                self.stamps = memory::stamps(&opened);
                self.arguments.paths = paths;
                self.opened = Some(opened);
            }
            Err(problems) => report::problems(self.screen, &problems),
        }
    }

    /// Runs a query. The answer is the names of the columns, if there was a result.
    fn query(&mut self, entry: &str) -> Result<Option<Vec<String>>, Failure> {
        let screen = self.screen;
        // What changed meanwhile is opened anew.
        if self.stamps.is_some() && self.opened.as_ref().and_then(memory::stamps) != self.stamps {
            screen.note("the data have changed", None);
            self.open(self.arguments.paths.clone());
        }
        let arguments = &self.arguments;
        let tables = Arc::clone(&self.tables);
        let text = Text::new("query", entry.to_string(), &arguments.query.params);
        let prepared = text.prepare(&crate::catalogue(), arguments.query.strict, tables.as_ref());
        for diagnostic in &prepared.diagnostics {
            screen.tell(&text.draw(diagnostic, screen.error_colour()));
        }
        let Some(plan) = &prepared.plan else { return Ok(None) };
        let nothing;
        let opened = match plan.needs_input() {
            true => self.opened.as_ref(),
            false => {
                nothing = Opened::nothing(&arguments.input.request(Vec::new(), now()));
                Some(&nothing)
            }
        };
        let Some(opened) = opened else {
            screen.error(None, "nothing is open", Some("open files with `:open PATH`"));
            return Ok(None);
        };
        let now = now();
        let range = match arguments.input.range(now) {
            Ok(range) => range,
            Err(Failure::Say(_, message)) => {
                screen.error(None, &message, None);
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
        let options = arguments.limits.options(&arguments.input, range, now, tables.clone());
        let settings = format!("{entry}\n{:?} {range:?} {:?}", options.zone, arguments.input.set);
        let stamps = self.stamps.clone().filter(|_| memory::repeatable(entry) && plan.save.is_none());
        let key = stamps.filter(|_| plan.needs_input()).map(|stamps| (settings, stamps));
        let known = key.as_ref().and_then(|key| self.memory.get(key));
        let (remembered, mut stopped) = (known.is_some(), false);
        let last = match known {
            Some(last) => last,
            None => {
                if plan.needs_input() && !std::mem::replace(&mut self.fresh, false) && !opened.restart() {
                    screen.error(None, "an input can't be read again", Some("open it anew with `:open PATH`"));
                    return Ok(None);
                }
                let progress = Arc::new(Progress::default());
                let bar = screen
                    .error_terminal
                    .then(|| Bar::start(progress.clone(), opened.total_bytes(), opened.consumed()));
                let (outcome, by_hand) = self.interrupt.watch(&progress, || execute(plan, opened, &options, &progress));
                drop(bar);
                stopped = by_hand;
                Rc::new(Last { entry: entry.to_string(), outcome, output: plan.output.clone(), progress, now })
            }
        };
        let (outcome, progress) = (&last.outcome, &last.progress);
        if let Some(key) = key.filter(|_| !remembered && outcome.partial.is_none() && outcome.refused.is_none()) {
            self.memory.keep(key, Rc::clone(&last));
        }
        self.last = Some(Rc::clone(&last));
        self.result = Some(Fields::of_result(&View::new(&outcome.table, &plan.output, options.zone)));
        let all = outcome.table.rows.len();
        report::saved(screen, plan, &tables, outcome);
        let rows = outcome.table.rows.iter().take(arguments.rows).cloned().collect();
        let table = Table { columns: outcome.table.columns.clone(), rows };
        let view = View::new(&table, &plan.output, options.zone);
        screen.output(|out| output::write(&view, arguments.output, screen.look(), out))?;
        if remembered {
            screen.tell("(from memory)");
        }
        if all > arguments.rows {
            let shown = format!("{} of {} rows are shown", thousands(arguments.rows as u64), thousands(all as u64));
            screen.note(&shown, Some("`:rows N` shows more, `| limit N` asks for fewer"));
        }
        let seen = Seen { progress, outcome, sources: opened.sources(), ranged: range.is_some() };
        report::problems(screen, &opened.problems());
        report::untimed(screen, opened.sources());
        for mut notice in outcome.notices.iter().chain(&outcome.refused).cloned() {
            text.place(&mut notice);
            screen.tell(&text.draw(&notice, screen.error_colour()));
        }
        report::stages(screen, plan, &seen);
        report::scope(screen, &prepared.tree, &seen);
        report::partial(screen, outcome.partial, stopped, &seen);
        Ok(Some(view.columns.iter().map(|column| column.name.to_string()).collect()))
    }
}
