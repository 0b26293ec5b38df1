//! `repl`: query after query over the same data.

mod colours;
mod commands;
mod editor;
mod fields;
mod kept_answers;
mod of_data;
mod pager;
mod query;

use super::arguments::{InputArgs, QueryArgs, SaveArgs, TableArgs, now};
use super::interrupt::Interrupt;
use super::report::thousands;
use super::run::LimitArgs;
use super::screen::Screen;
use super::show::ShowArgs;
use super::{Exit, Failure, report, shell_words};
use crate::choices::{self, FORMATS};
use clap::Args;
use editor::{Assistant, COMMANDS, FurtherLine, PROMPT};
use fields::Fields;
use kept_answers::{Memory, Stamps};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor, Event, EventHandler, KeyCode, KeyEvent, Modifiers};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use sumoql::language::reference::text;
use sumoql::output;
use sumoql::output::chart_series::ResultMeaning;
use sumoql::program::plan::OutputColumn;
use sumoql::run::execute::{Outcome, Progress};
use sumoql::trace::find_messages::Wanted;
use sumoql_data::message::Input;
use sumoql_data::table_resolver::Tables;
use sumoql_input::InputSet;
use sumoql_input::tables::Files;

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
    #[command(flatten)]
    save: SaveArgs,
    /// Format of results
    #[arg(long, value_parser = choices::parser(FORMATS), default_value = "table", help_heading = "Output")]
    output: output::Format,
    /// Maximum number of rows shown
    #[arg(long, value_name = "N", default_value_t = 1000, help_heading = "Output")]
    rows: usize,
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

impl Repl {
    /// Reads entries until the end.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let mut session = Session {
            opened: None,
            reading: Arc::default(),
            fresh: false,
            seen: None,
            result: None,
            last: None,
            previous: None,
            saved: None,
            memory: Memory::default(),
            stamps: None,
            databases: Stamps::new(),
            tables: self.tables.saved_tables(None, self.save.saving())?,
            interrupt: Interrupt::of_session(),
            // Who writes entries into a pipe has nobody to turn pages.
            pager: std::io::stdin().is_terminal(),
            arguments: self,
            screen,
        };
        session.databases = session.databases_now();
        let paths = session.arguments.paths.clone();
        if !paths.is_empty() {
            session.open(paths);
        }
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .history_ignore_space(true)
            .max_history_size(10_000)
            .and_then(|config| config.history_ignore_dups(true));
        let unusable = |error: ReadlineError| Failure::wrong(format!("can't use the terminal: {error}"));
        let mut editor: Editor<Assistant, FileHistory> =
            Editor::with_config(config.map_err(unusable)?.build()).map_err(unusable)?;
        let colour = screen.look().colour;
        let tables: Arc<dyn Tables> = session.tables.clone();
        let language = sumoql::Engine::builder().tables(tables).build().language();
        let language = language.with_values(&session.arguments.query.params);
        editor.set_helper(Some(Assistant {
            language,
            fields: Vec::new(),
            seen: Vec::new(),
            auto_parse: false,
            previous: None,
            metadata: Vec::new(),
            tables: Arc::clone(&session.tables),
            params: session.arguments.query.params.clone(),
            colour,
            width: screen.look().width.unwrap_or(80),
        }));
        let enter = Event::from(KeyEvent(KeyCode::Enter, Modifiers::NONE));
        editor.bind_sequence(enter, EventHandler::Conditional(Box::new(FurtherLine)));
        let history = history_file();
        if let Some(history) = &history {
            // There is none before the first session.
            let _ = editor.load_history(history);
        }
        if session.screen.error_terminal {
            session.screen.tell("Type a query and press Enter. `:help` lists the commands; Ctrl-D quits.");
        }
        let done = session.entries(&mut editor);
        if let Some(history) = &history {
            let saved = history.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(ReadlineError::from);
            if let Err(error) = saved.and_then(|()| editor.save_history(history)) {
                screen.note(&format!("can't save the history: {error}"), None);
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

/// A path below the home folder that is written `~/path`.
fn at_home(path: String) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(below), Ok(home)) => format!("{home}/{below}"),
        _ => path,
    }
}

/// A query that was run, with its result.
struct Last {
    entry: String,
    outcome: Outcome,
    output: Vec<OutputColumn>,
    /// What the query says of its columns, for charts.
    facts: ResultMeaning,
    progress: Arc<Progress>,
    /// When it was run, in milliseconds since 1970.
    at: i64,
}

struct Session<'s> {
    arguments: Repl,
    screen: &'s Screen,
    opened: Option<InputSet>,
    /// Stops the reading of streams. What was stopped has ended.
    reading: Arc<Progress>,
    /// Whether nobody has read the data yet.
    fresh: bool,
    /// The fields of the first messages; the editor gets their names.
    seen: Option<Fields>,
    /// Those of the last result.
    result: Option<Fields>,
    last: Option<Rc<Last>>,
    /// The last query that could be run, which a line beginning with a pipe goes on with.
    previous: Option<String>,
    /// Where the query was saved.
    saved: Option<PathBuf>,
    memory: Memory,
    /// How the inputs were when they were opened; `None` where nobody can tell whether they change.
    stamps: Option<Stamps>,
    /// How the databases of addresses were when they were opened.
    databases: Stamps,
    tables: Arc<Files>,
    interrupt: Interrupt,
    /// Whether what is longer than the screen goes through a pager.
    pager: bool,
}

impl Session<'_> {
    fn entries(&mut self, editor: &mut Editor<Assistant, FileHistory>) -> Result<(), Failure> {
        loop {
            if let Some(helper) = editor.helper_mut() {
                helper.seen = self.seen.as_ref().map_or(Vec::new(), Fields::seen);
                helper.fields = self.result.as_ref().map_or(Vec::new(), Fields::seen);
                helper.auto_parse = self.arguments.input.auto_parse;
                helper.previous.clone_from(&self.previous);
                helper.width = self.screen.look().width.unwrap_or(80);
                helper.metadata = self.opened.as_ref().map_or(Vec::new(), fields::metadata);
            }
            let entry = match editor.readline(PROMPT) {
                Ok(entry) => entry,
                // Ctrl-C drops the entry.
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(Failure::wrong(format!("can't read input: {error}"))),
            };
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            // An entry that is not remembered is no reason to stop.
            let _ = editor.add_history_entry(entry);
            let command = match entry {
                // To search for such a word, write it in quotes.
                "exit" | "quit" | "help" | "?" => Some(entry),
                _ => entry.strip_prefix(':'),
            };
            match command {
                Some(command) => {
                    if !self.command(command)? {
                        return Ok(());
                    }
                }
                None => {
                    let entry = self.continued(entry);
                    self.query(&entry)?;
                }
            }
        }
    }

    /// An entry that begins with a pipe goes on with the query before.
    fn continued(&self, entry: &str) -> String {
        match &self.previous {
            Some(previous) if entry.starts_with('|') => format!("{previous}\n{entry}"),
            _ => entry.to_string(),
        }
    }

    /// Obeys a command; false means the end.
    fn command(&mut self, command: &str) -> Result<bool, Failure> {
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        let words = match name {
            "open" | "o" | "chart" => match shell_words::split(rest) {
                Ok(words) => words,
                Err(message) => {
                    self.screen.error(None, &message, None);
                    return Ok(true);
                }
            },
            _ => Vec::new(),
        };
        match name {
            "quit" | "q" | "exit" => return Ok(false),
            "help" | "h" | "?" if rest.is_empty() => {
                let commands: Vec<String> = COMMANDS.iter().map(|(name, about)| format!("{name:<8} {about}")).collect();
                self.print(&format!(
                    "Type a query to run it over the open data. A query continues on the next line after a `|` and \
                     inside quotes or parentheses; an empty line ends it. A query that begins with a `|` goes on with the \
                     one before.\n\n\
                     {}\n\n\
                     `:help operator` lists the language.",
                    commands.join("\n")
                ))?;
            }
            "help" | "h" | "?" => {
                let catalogue = sumoql::catalogue();
                let colour = self.screen.look().colour;
                match rest {
                    "operator" | "operators" => self.print(&text::overview(&catalogue, colour))?,
                    name => match text::entries(&catalogue, name, colour) {
                        Ok(text) => self.print(&text)?,
                        Err(message) => self.screen.error(None, &message, None),
                    },
                }
            }
            "open" | "o" if words.is_empty() => {
                self.screen.error(None, "`:open` needs a file, as in `:open logs/*.xml` or `:open 'a b.log'`", None);
            }
            "open" | "o" => {
                self.open(words.into_iter().map(at_home).collect());
            }
            "chart" => self.chart(&words)?,
            "fields" => self.fields()?,
            "sources" => self.sources()?,
            "explain" => self.explain(None)?,
            "why" if !rest.is_empty() => self.explain(Some(match rest.parse() {
                Ok(number) => Wanted::Number(number),
                Err(_) => Wanted::Containing(rest.to_string()),
            }))?,
            "why" => self.screen.error(
                None,
                "`:why` needs a message, by number or text, as in `:why 1` or `:why \
                                              cmd.exe`",
                None,
            ),
            "save" if !rest.is_empty() => self.save(rest),
            "save" => self.screen.error(None, "`:save` needs a file name, as in `:save q.sumo`", None),
            "test" => self.test(rest),
            "set" => self.set(rest)?,
            "output" => self.output(rest),
            "wide" => {
                let show = &mut self.arguments.show;
                (show.wrap, show.no_wrap) = (!show.wrap, false);
                let state = if show.wrap { "in full" } else { "as far as they fit" };
                self.screen.tell(&format!("messages and tables are shown {state}"));
            }
            "rows" => match rest.parse() {
                Ok(rows) => self.arguments.rows = rows,
                Err(_) => self.screen.error(None, "expected a number, as in `:rows 50`", None),
            },
            _ => {
                let names = COMMANDS.iter().map(|(name, _)| *name);
                let near = sumoql::diagnostics::nearest(&format!(":{name}"), names);
                let help = near.map(|near| format!("did you mean `{near}`?"));
                self.screen.error(None, &format!("unknown command `:{command}`"), help.as_deref());
            }
        }
        Ok(true)
    }

    /// Shows a text, through a pager if it is long.
    fn print(&self, text: &str) -> Result<(), Failure> {
        self.show(format!("{}\n", text.trim_end()).as_bytes())
    }

    fn output(&mut self, name: &str) {
        match choices::named(FORMATS, name) {
            Some(format) => self.arguments.output = format,
            None => self.screen.error(None, "expected table, jsonl, json, csv, markdown or raw", None),
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

    /// Opens inputs in the place of those before. The answer is whether any could be opened; else those before stay.
    fn open(&mut self, paths: Vec<String>) -> bool {
        if paths.iter().any(|path| path == "-") {
            self.screen.error(None, "standard input is used for the queries: name a file", None);
            return false;
        }
        self.reading = Arc::default();
        let request = self.arguments.input.request(paths.clone(), now());
        let request = sumoql_input::InputRequest { stop: Some(self.reading.stop.clone()), ..request };
        // Before they are opened: what changes meanwhile is seen as changed.
        let stamps = self::kept_answers::of_inputs(&request);
        let (opened, _) = self.interrupt.watch([&self.reading; 2], || {
            sumoql_input::open(&request).map(|opened| {
                opened.keep_in_memory();
                let seen = Fields::of_data(&opened);
                (opened, seen)
            })
        });
        match opened {
            Ok((opened, seen)) => {
                report::problems(self.screen, &opened.problems());
                let count = opened.sources().len();
                let noun = if count == 1 { "input" } else { "inputs" };
                let bytes = opened.total_bytes().map_or(String::new(), |n| format!(", {} bytes", thousands(n)));
                self.screen.tell(&format!("{} {noun}{bytes}", thousands(count as u64)));
                self.result = None;
                self.seen = Some(seen);
                // What was looked at is read again by the first query.
                self.fresh = opened.restart();
                self.stamps = stamps;
                self.arguments.paths = paths;
                self.opened = Some(opened);
            }
            Err(problems) => {
                report::problems(self.screen, &problems);
                return false;
            }
        }
        true
    }
}
