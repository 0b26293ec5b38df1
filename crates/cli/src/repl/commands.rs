//! Commands about the last query: its plan, the story of a message, saving it, a test case of its result, settings.

use super::{Last, Session};
use crate::arguments::{now, pair, zone};
use crate::explain::{Paint, Subject, View as PlanView, Ways};
use crate::progress::Bar;
use crate::query_text::Text;
use crate::test::case::ExpectedRows;
use crate::test::runner::{Setting, Verdict};
use crate::test::{CaseFile, runner};
use crate::{Failure, shell_words};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use sumoql::output::{View, cell};
use sumoql::run::execute::Progress;
use sumoql::trace::find_messages::Wanted;
use sumoql_data::message::Input;
use sumoql_input::InputSet;

/// How the story of a message is asked for here.
const COMMANDS: Ways = Ways { first: "`:why 1`", any: "`:why N` or `:why TEXT`" };

/// The most bytes of inputs for which a new case is tried at once.
const TRIED: u64 = 64 << 20;

/// Metadata that say where a message lies.
const PLACE: &[&str] = &["_source", "_sourceName"];

impl Session<'_> {
    /// The last query, or an error on the screen.
    pub(super) fn last(&self) -> Option<Rc<Last>> {
        if self.last.is_none() {
            self.screen.error(None, "there is no query yet", None);
        }
        self.last.clone()
    }

    /// `:sources`
    pub(super) fn sources(&self) -> Result<(), Failure> {
        let Some(opened) = &self.opened else {
            self.screen.error(None, "nothing is open", Some("open files with `:open PATH`"));
            return Ok(());
        };
        let mut out = String::new();
        for (about, source) in opened.info().zip(opened.sources()) {
            out.push_str(&format!("{}\n    format {}\n", about.name, about.format));
            for (name, value) in &source.metadata {
                out.push_str(&format!("    {name} {value}\n"));
            }
        }
        self.print(&out)
    }

    /// `:explain`: the plan without data, else rows in and out of each stage. `:why`: the story of messages.
    pub(super) fn explain(&mut self, wanted: Option<Wanted>) -> Result<(), Failure> {
        let Some(last) = self.last() else { return Ok(()) };
        let text = Text::new("query", last.entry.clone(), &self.arguments.query.params);
        let subject = match Subject::new(text, &sumoql::catalogue(), self.tables.as_ref()) {
            Ok(subject) => subject,
            Err(wrong) => {
                self.screen.tell(&wrong);
                return Ok(());
            }
        };
        let paint = Paint(self.screen.look().colour);
        let Some(opened) = &self.opened else {
            return self.print(&subject.plan(PlanView::Plan, paint));
        };
        if !opened.restart() {
            self.screen.error(None, "an input can't be read again", Some("reopen it with `:open PATH`"));
            return Ok(());
        }
        self.fresh = false;
        let now = now();
        let range = self.arguments.input.range(now).unwrap_or_default();
        let options = self.arguments.limits.options(&self.arguments.input, range, now, self.tables.clone());
        let progress = Arc::new(Progress::default());
        let drawn = self.screen.error_terminal;
        let bar = drawn.then(|| Bar::start(progress.clone(), opened.total_bytes(), opened.consumed()));
        let (text, stopped) = self.interrupt.watch([&progress, &self.reading], || match &wanted {
            None => {
                let stage_report = subject.counts(opened, &options, &progress);
                subject.counts_text(&stage_report, (true, self.screen.look().width), COMMANDS, paint)
            }
            Some(wanted) => match subject.traces(opened, &options, &progress, (wanted, 1)) {
                Some(told) => subject.stories_text(&told, (wanted, options.zone), false, paint),
                None => "This input can't be read twice.".to_string(),
            },
        });
        drop(bar);
        if stopped {
            self.screen.warning(None, "stopped: this is only a part", None);
        }
        self.print(&text)
    }

    /// `:save FILE`. A file that this session has not saved is left alone.
    pub(super) fn save(&mut self, file: &str) {
        let Some(last) = self.last() else { return };
        let text = format!("{}\n", last.entry);
        let file = if file.ends_with(".sumo") { PathBuf::from(file) } else { PathBuf::from(format!("{file}.sumo")) };
        if file.exists() && self.saved.as_ref() != Some(&file) {
            let message = format!("{} already exists", file.display());
            return self.screen.error(None, &message, Some("use another name"));
        }
        match std::fs::write(&file, text) {
            Ok(()) => {
                self.screen.note(
                    &format!("saved to {}", file.display()),
                    Some(
                        "`:test add` turns its result into a test \
                                                                         case",
                    ),
                );
                self.saved = Some(file);
            }
            Err(error) => self.screen.error(None, &format!("can't write {}: {error}", file.display()), None),
        }
    }

    /// `:test add [NAME]`: the last result as a case beside the saved query.
    pub(super) fn test(&mut self, rest: &str) {
        let mut words = rest.split_whitespace();
        if words.next() != Some("add") {
            return self.screen.error(None, "`:test add [NAME]` writes the last result as a case", None);
        }
        let name = words.next().unwrap_or("case");
        let Some(last) = self.last() else { return };
        let Some(query) = &self.saved else {
            return self.screen.error(None, "the query is not saved", Some("save it with `:save NAME.sumo`"));
        };
        if std::fs::read_to_string(query).ok().as_deref().map(str::trim) != Some(last.entry.as_str()) {
            let message = format!("{} is not the last query", query.display());
            return self.screen.error(None, &message, Some("save it first with `:save`"));
        }
        let folder = query.with_extension("");
        match self.case(&last, &folder).and_then(|case| written(&folder, name, &case)) {
            Ok(file) => {
                let help = format!("run it with `sumoql test {}`", query.display());
                self.screen.note(&format!("wrote {}", file.display()), Some(&help));
                self.try_case(CaseFile { name: name.to_string(), query: query.clone(), case: file });
            }
            Err(message) => self.screen.error(None, &message, None),
        }
    }

    /// Runs a case that was just written, and says where it does not give what the session has shown.
    fn try_case(&self, case: CaseFile) {
        let bytes = self.opened.as_ref().and_then(InputSet::total_bytes);
        if bytes.is_none_or(|bytes| bytes > TRIED) {
            return self.screen.note("the case was not run: its inputs are large, or are streams", None);
        }
        if let Verdict::Failed(message) = runner::run(&case, &Setting::default()) {
            let help = "input names depend on the folder in which the case runs, and settings may differ: leave such \
                        columns out of the case, or edit it";
            self.screen.warning(None, "the case does not pass", Some(help));
            self.screen.tell(&message);
        }
    }

    /// The text of a case in a folder.
    fn case(&self, last: &Last, folder: &Path) -> Result<String, String> {
        if last.outcome.partial.is_some() || last.outcome.refused.is_some() {
            return Err("the last result is only a part".into());
        }
        let input = &self.arguments.input;
        let mut out = String::new();
        for path in &self.arguments.paths {
            key(&mut out, "inputs", &shell_words::quoted(&beside(folder, path)?))?;
        }
        let mut key = |name: &str, value: &str| key(&mut out, name, value);
        if let Some(sources) = &input.sources {
            key("sources", &beside(folder, &sources.to_string_lossy())?)?;
        }
        if input.format != sumoql_input::Format::default() {
            key("format", &input.format.to_string())?;
        }
        if let Some(form) = input.evtx_as {
            key("evtx-as", &form.to_string())?;
        }
        if let Some(encoding) = input.encoding {
            key("encoding", encoding.name())?;
        }
        if let Some(regex) = &input.multiline {
            key("multiline", regex.as_str())?;
        }
        input.set.iter().try_for_each(|(name, value)| key("set", &format!("{name}={value}")))?;
        self.arguments.query.params.iter().try_for_each(|parameter| key("param", &parameter.to_string()))?;
        if input.auto_parse {
            key("auto-parse", "yes")?;
        }
        for (name, file) in &self.arguments.tables.lookup {
            key("lookup", &format!("{name}={}", beside(folder, file)?))?;
        }
        for (name, file) in [("geoip", &self.arguments.tables.geoip), ("asn", &self.arguments.tables.asn)] {
            if let Some(file) = file {
                key(name, &beside(folder, &file.to_string_lossy())?)?;
            }
        }
        if let Some(zone) = input.timezone {
            key("timezone", zone.name())?;
        }
        for (name, value) in [("from", &input.from), ("to", &input.to)] {
            if let Some(value) = value {
                key(name, value)?;
            }
        }
        key("now", &last.at.to_string())?;
        let view = View::new(&last.outcome.table, &last.output, input.zone());
        // Nobody asked for these, and they depend on where the files lie and when they were written.
        let optional = |name: &str| last.output.iter().any(|column| column.optional && column.name == name);
        let kept = |name: &str| !(PLACE.contains(&name) && optional(name)) && name != "_receiptTime";
        let columns: Vec<_> = view.columns.iter().filter(|column| kept(column.name)).collect();
        let mut rows = ExpectedRows { columns: columns.iter().map(|c| c.name.to_string()).collect(), rows: Vec::new() };
        for row in view.rows() {
            let shown = row.cells().filter(|(column, _)| kept(column.name)).map(|(column, value)| {
                let mut text = String::new();
                cell::visible(value, column.time, view.zone, &mut text);
                text.replace('|', "\\|").trim().to_string()
            });
            rows.rows.push(shown.collect());
        }
        Ok(format!("{out}--- expect\n{}", rows.written()))
    }

    /// `:set`: shows the settings, or changes one.
    pub(super) fn set(&mut self, rest: &str) -> Result<(), Failure> {
        let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let value = value.trim();
        let given = (!value.is_empty()).then(|| value.to_string());
        let input = &mut self.arguments.input;
        match name {
            "" => {
                let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "the span of the data".into());
                let mut text = format!(
                    "output    {}\ntimezone  {}\nfrom      {}\nto        {}\npager     {}\n",
                    format!("{:?}", self.arguments.output).to_lowercase(),
                    input.zone().name(),
                    or(&input.from),
                    or(&input.to),
                    if self.pager { "on" } else { "off" }
                );
                input.set.iter().for_each(|(name, value)| text.push_str(&format!("{name}={value}\n")));
                return self.print(&text);
            }
            "output" => self.output(value),
            "pager" => match value {
                "on" | "off" => self.pager = value == "on",
                _ => self.screen.error(None, "expected on or off, as in `:set pager off`", None),
            },
            "from" | "to" => {
                let field = if name == "from" { &mut input.from } else { &mut input.to };
                let before = std::mem::replace(field, given);
                if let Err(Failure::Say(_, message)) = input.range(now()) {
                    *(if name == "from" { &mut input.from } else { &mut input.to }) = before;
                    self.screen.error(None, &message, None);
                }
            }
            "timezone" => match zone(value) {
                Ok(zone) => {
                    input.timezone = Some(zone);
                    self.reopen();
                }
                Err(message) => self.screen.error(None, &message, None),
            },
            _ => match pair(rest) {
                Ok((name, value)) => {
                    input.set.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
                    if !value.is_empty() {
                        input.set.push((name, value));
                    }
                    self.reopen();
                }
                Err(_) => {
                    let help = "expected output, timezone, from, to, pager, or metadata, as in `:set \
                                _sourceCategory=prod/web`";
                    self.screen.error(None, &format!("`{name}` can't be set"), Some(help));
                }
            },
        }
        Ok(())
    }

    fn reopen(&mut self) {
        let paths = self.arguments.paths.clone();
        if !paths.is_empty() {
            self.open(paths);
        }
    }
}

/// A line of a case. The error is a value that a case can't have.
fn key(out: &mut String, name: &str, value: &str) -> Result<(), String> {
    let odd = value.trim() != value || value.contains(" # ") || value.contains(['\n', '\r']);
    if odd {
        return Err(format!(
            "a case can't contain `{name}: {value}`: a value can't begin or end with a space, or contain ` # ` or a \
             line break"
        ));
    }
    out.push_str(&format!("{name}: {value}\n"));
    Ok(())
}

/// Writes a new file for a case: `case.case`, or the next free `case-2.case`.
fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("can't write the case: {error}");
    if name.contains(['/', '\\']) {
        return Err("the name of a case must be a single word".into());
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    let numbered = (2..).map(|number| folder.join(format!("{name}-{number}.case")));
    let mut files = std::iter::once(folder.join(format!("{name}.case"))).chain(numbered);
    let file = files.find(|file| !file.exists()).unwrap_or_default();
    std::fs::write(&file, text).map_err(failed)?;
    Ok(file)
}

/// A path as seen from a folder that need not exist yet.
fn beside(folder: &Path, path: &str) -> Result<String, String> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| error.to_string());
    let (from, to) = (absolute(folder)?, absolute(Path::new(path))?);
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[same..].iter().map(|_| "..".to_string());
    let down = to[same..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    Ok(if parts.is_empty() { ".".to_string() } else { parts.join("/") })
}
