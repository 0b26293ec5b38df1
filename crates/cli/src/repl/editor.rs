//! The line editor: when an entry is complete, what may follow, colours.

use super::colours::{coloured, with_prompts};
use super::fields::{SeenField, fitted};
use crate::query_text::Text;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Cmd, ConditionalEventHandler, Context, Event, EventContext, Helper, RepeatCount};
use std::borrow::Cow;
use std::sync::Arc;
use sumoql::Language;
use sumoql::language::complete::place;
use sumoql::plan::parameters::Parameter;
use sumoql_input::tables::Files;
use unicode_width::UnicodeWidthStr;

/// What stands before an entry.
pub(super) const PROMPT: &str = "sumoql> ";
/// What stands before its further lines, as wide as that. In the text there are blanks.
pub(super) const FURTHER: &str = "     -> ";

/// What the editor knows.
pub(super) struct Assistant {
    /// Completion, and how things are written.
    pub language: Language,
    /// The columns of the last result.
    pub fields: Vec<SeenField>,
    /// The fields seen in the open data.
    pub seen: Vec<SeenField>,
    /// Whether fields of JSON are there without a stage.
    pub auto_parse: bool,
    /// The query that a line beginning with a pipe goes on with.
    pub previous: Option<String>,
    /// The metadata of the open data: names with their values.
    pub metadata: Vec<(String, Vec<String>)>,
    /// For the diagnostics of what is being typed.
    pub tables: Arc<Files>,
    pub params: Vec<Parameter>,
    pub colour: bool,
    /// The width of the terminal.
    pub width: usize,
}

/// What is said of an entry while it is typed. It is no text to be taken over.
pub(super) struct Remark(String);

impl rustyline::hint::Hint for Remark {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

/// The commands of the session.
pub(super) const COMMANDS: &[(&str, &str)] = &[
    (":help", "list the commands; with a name, explain an operator, function or aggregate"),
    (":open", "open other files, folders or patterns"),
    (":fields", "list the fields of the last result or of the data: share filled, top values"),
    (":sources", "list the inputs: format and metadata"),
    (":explain", "count the rows in and out of each stage of the last query"),
    (":why", "trace message N, or the first message with a text, through the last query"),
    (":chart", "draw the last result as a chart: `:chart pie`; `:chart FILE.svg` writes it"),
    (":save", "save the last query to a file"),
    (":test", "`:test add [NAME]`: write the last result as a test case beside the saved query"),
    (":set", "set output, timezone, from, to, pager or metadata: `:set from -1h`"),
    (":output", "table, jsonl, json, csv, markdown or raw"),
    (":rows", "set how many rows of a result are shown"),
    (":wide", "show messages and tables in full; once more, what fits"),
    (":quit", "leave"),
];

/// The formats of results.
const FORMATS: &[&str] = &["table", "jsonl", "json", "csv", "markdown", "raw"];

/// The kinds of charts.
const KINDS: &[&str] = &["auto", "bar", "column", "line", "area", "pie"];

/// The words that begin with a text, to be put in its place behind others.
fn fitting(typed: &str, words: &[&str], before: &str) -> Vec<Pair> {
    let fits = words.iter().filter(|word| word.starts_with(typed));
    fits.map(|word| Pair { display: word.trim_end().to_string(), replacement: format!("{before}{word}") }).collect()
}

impl Helper for Assistant {}

impl Hinter for Assistant {
    type Hint = Remark;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<Remark> {
        if at < line.len() {
            return None;
        }
        let line = &self.continued(line);
        // What is wrong in the stages before comes first: the one that is being typed is not finished.
        let earlier = line.rfind('|').and_then(|pipe| self.mistake(&line[..=pipe]));
        let (sign, message) = match (earlier, self.usage(line)) {
            (Some(mistake), _) => ("error: ", mistake),
            (None, Some(usage)) => ("", usage),
            (None, None) => ("error: ", self.mistake(line)?),
        };
        // In the rest of the row: what went on in the next one would not be wiped out.
        let last = line.rsplit('\n').next().unwrap_or(line);
        let prompt = if last.len() == line.len() { PROMPT.len() } else { 0 };
        let available = self.width.saturating_sub(1 + (prompt + last.width()) % self.width.max(1));
        (available >= 20).then(|| Remark(fitted(&format!("   {sign}{message}"), available)))
    }
}

impl Assistant {
    /// What is wrong before the word that is being typed: of that and of what is to come nothing can be said.
    fn mistake(&self, line: &str) -> Option<String> {
        if line.starts_with(':') || place(line).literal {
            return None;
        }
        let typed = line.rfind(|c: char| c.is_whitespace() || "|()=,".contains(c))?;
        let text = Text::new("query", line.to_string(), &self.params);
        let prepared = text.prepare(self.language.catalogue(), false, self.tables.as_ref());
        let first = prepared.errors().next()?;
        (first.span.end <= typed && first.span.start < typed).then(|| {
            let help = first.help.iter().next().map_or(String::new(), |help| format!("; {help}"));
            format!("{}{help}", first.message)
        })
    }

    /// How the operator of the last stage is written, once its name stands there.
    fn usage(&self, line: &str) -> Option<String> {
        let place = place(line);
        if !place.piped || place.literal {
            return None;
        }
        let help = self.language.signature_help(line, line.len()).filter(|_| place.stage.ends_with(' '))?;
        let named = help.name.eq_ignore_ascii_case(place.stage.trim());
        help.usage.lines().next().filter(|_| named).map(str::to_string)
    }

    /// The values of the metadata whose name stands before a `=`, and where the value that they complete starts.
    fn values(&self, before: &str) -> Option<(usize, Vec<Pair>)> {
        if place(before).piped {
            return None;
        }
        let word = before.rfind(|c: char| c.is_whitespace() || "(|".contains(c)).map_or(0, |at| at + 1);
        let (name, value) = before[word..].split_once('=')?;
        let (_, values) = self.metadata.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        let start = before.len() - value.len();
        let (quote, typed) = value.strip_prefix('"').map_or(("", value), |typed| ("\"", typed));
        let fits = values.iter().filter(|known| known.to_lowercase().starts_with(&typed.to_lowercase()));
        let pair = |known: &String| {
            let quote = if known.contains(|c: char| c.is_whitespace() || "()|".contains(c)) { "\"" } else { quote };
            Pair { display: known.clone(), replacement: format!("{quote}{known}{quote}") }
        };
        Some((start, fits.map(pair).collect()))
    }

    /// Settings and their values.
    fn settings(&self, typed: &str) -> Vec<Pair> {
        if let Some(typed) = typed.strip_prefix("output ") {
            return fitting(typed, FORMATS, "output ");
        }
        if let Some(typed) = typed.strip_prefix("pager ") {
            return fitting(typed, &["on", "off"], "pager ");
        }
        let names = self.metadata.iter().map(|(name, _)| format!("{name}="));
        let names: Vec<String> =
            ["output ", "timezone ", "from ", "to ", "pager "].map(String::from).into_iter().chain(names).collect();
        fitting(typed, &names.iter().map(String::as_str).collect::<Vec<_>>(), "")
    }

    /// A line with the query that it goes on with.
    fn continued(&self, line: &str) -> String {
        match &self.previous {
            Some(previous) if line.trim_start().starts_with('|') => format!("{previous}\n{line}"),
            _ => line.to_string(),
        }
    }

    /// The names that are known from elsewhere: those of the last result and of the metadata.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        names.extend(self.metadata.iter().map(|(name, _)| name.clone()));
        names
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..at];
        if before.starts_with(':') && !before.contains(' ') {
            let names = COMMANDS.iter().filter(|(name, _)| name.starts_with(before));
            let pair = |(name, about): &(&str, &str)| Pair {
                display: format!("{name}  {about}"),
                replacement: format!("{name} "),
            };
            return Ok((0, names.map(pair).collect()));
        }
        if before.starts_with(":help ") {
            let start = ":help ".len();
            let typed = before[start..].to_lowercase();
            let mut names: Vec<&str> =
                self.language.catalogue().entries().into_iter().map(|entry| entry.name).collect();
            names.retain(|name| name.to_lowercase().starts_with(&typed));
            let pair = |name: &str| Pair { display: name.to_string(), replacement: name.to_string() };
            return Ok((start, names.into_iter().map(pair).collect()));
        }
        if [":open ", ":o ", ":save ", ":chart "].iter().any(|command| before.starts_with(command)) {
            let (start, mut found) = FilenameCompleter::new().complete_path(line, at)?;
            if before.starts_with(":chart ") {
                found.extend(fitting(&before[start..], KINDS, ""));
            }
            return Ok((start, found));
        }
        if let Some(typed) = before.strip_prefix(":set ") {
            return Ok((at - typed.len(), self.settings(typed)));
        }
        if let Some(typed) = before.strip_prefix(":output ") {
            return Ok((at - typed.len(), fitting(typed, FORMATS, "")));
        }
        if before.starts_with(':') {
            return Ok((at, Vec::new()));
        }
        if let Some(values) = self.values(before) {
            return Ok(values);
        }
        let text = self.continued(before);
        let earlier = text.len() - before.len();
        let (start, found) = self.of_query(&text);
        Ok((start.saturating_sub(earlier), found))
    }
}

impl Validator for Assistant {
    fn validate(&self, entry: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(entry.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

/// Whether an entry can be run: it is a command, nothing is open, or an empty line ends it whatever is open.
fn is_complete(text: &str) -> bool {
    let last = text.rsplit_once('\n').map(|(_, last)| last);
    text.starts_with(':') || last.is_some_and(|last| last.trim().is_empty()) || !place(text).open
}

/// Enter begins a further line where something is open.
pub(super) struct FurtherLine;

impl ConditionalEventHandler for FurtherLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let (line, at) = (context.line(), context.pos());
        let further = at == line.len() && !is_complete(line);
        further.then(|| Cmd::Insert(1, format!("\n{}", " ".repeat(FURTHER.len()))))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.colour {
            true => Cow::Owned(with_prompts(&coloured(line, self.language.catalogue()), true)),
            false if line.contains('\n') => Cow::Owned(with_prompts(line, false)),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match hint.trim_start().starts_with("error:") {
            _ if !self.colour => Cow::Borrowed(hint),
            true => Cow::Owned(format!("\u{1b}[31m{hint}\u{1b}[0m")),
            false => Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m")),
        }
    }

    fn highlight_char(&self, line: &str, _: usize, kind: CmdKind) -> bool {
        (self.colour || line.contains('\n')) && kind != CmdKind::MoveCursor
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::Origin;
    use super::*;

    fn seen(name: &str, origin: Origin, values: &[&str]) -> SeenField {
        SeenField { name: name.to_string(), origin, values: values.iter().map(|value| value.to_string()).collect() }
    }

    #[test]
    fn entries_end_where_nothing_is_open() {
        for text in ["*", ":open (a", "* | count", "* |\n  where a = 1", "* | where (a\n", "* | where (a\n     "] {
            assert!(is_complete(text), "{text}");
        }
        for text in ["* |", "* | where (", "* | parse \"a"] {
            assert!(!is_complete(text), "{text}");
        }
    }

    #[test]
    fn what_may_follow_is_offered() {
        let assistant = Assistant {
            language: sumoql::Engine::default().language(),
            fields: ["image", "Image", "Images"].map(|name| seen(name, Origin::Column, &[])).to_vec(),
            seen: vec![
                seen("user.name", Origin::Json, &["ann", "bob \"x\""]),
                seen("status", Origin::Json, &["200", "503"]),
                seen("CommandLine", Origin::Data, &["cmd.exe /c dir"]),
                seen("EventID", Origin::Element, &["1", "11"]),
            ],
            auto_parse: false,
            previous: Some("error | json \"status\"".to_string()),
            metadata: vec![("_sourceCategory".into(), vec!["prod/web".into(), "prod app".into()])],
            tables: Arc::new(Files::new(std::path::Path::new("."), &[])),
            params: Vec::new(),
            colour: false,
            width: 80,
        };
        let history = rustyline::history::MemHistory::new();
        for (line, offered) in [
            ("* | count by ima", vec!["image"]),
            ("* | count by Ima", vec!["Image", "Images"]),
            ("_sourceCategory=pro", vec!["prod/web", "\"prod app\""]),
            ("_sourceCategory=\"prod/", vec!["\"prod/web\""]),
            (":set pa", vec!["pager "]),
            (":set pager o", vec!["pager on", "pager off"]),
            (":set _so", vec!["_sourceCategory="]),
            (":chart pi", vec!["pie"]),
            (":output js", vec!["jsonl", "json"]),
            (":ope", vec![":open "]),
            ("* | json \"us", vec!["user.name\""]),
            ("* | parse \"<Data Name='Com", vec!["CommandLine'>*</Data>\""]),
            ("* | parse xml \"/Event/EventData/Data[@Name='Com", vec!["CommandLine']\""]),
            ("* | json \"status\" | where status = ", vec!["200", "503"]),
            ("* | json \"user.name\" | where user.name != \"b", vec!["\"bob \\\"x\\\"\""]),
            ("* | where stat", vec!["| json \"status\" | where status"]),
            (
                "* | count by Comm",
                vec!["| parse \"<Data Name='CommandLine'>*</Data>\" as CommandLine | count by CommandLine"],
            ),
            ("* | json \"status\" | where stat", vec!["status"]),
            ("* | json auto | where stat", vec!["status"]),
            ("| where stat", vec!["status"]),
            ("stat", vec![]),
        ] {
            let (start, found) = assistant.complete(line, line.len(), &Context::new(&history)).unwrap_or_default();
            let found: Vec<&str> = found.iter().map(|pair| pair.replacement.as_str()).collect();
            assert_eq!(found, offered, "{line}");
            assert!(line.is_char_boundary(start));
        }
    }

    #[test]
    fn mistakes_before_come_before_the_usage() {
        let language = sumoql::Engine::default().language();
        let tables = Arc::new(Files::new(std::path::Path::new("."), &[]));
        let (fields, seen, metadata, params, previous) = Default::default();
        let (auto_parse, colour, width) = (false, false, 200);
        let assistant =
            Assistant { language, fields, seen, auto_parse, previous, metadata, tables, params, colour, width };
        let history = rustyline::history::MemHistory::new();
        let hint = |line: &str| assistant.hint(line, line.len(), &Context::new(&history)).map(|remark| remark.0);
        assert!(hint("* | count ").is_some_and(|hint| hint.contains("count(FIELD)")));
        assert!(hint("* | wher x | count ").is_some_and(|hint| hint.contains("unknown operator `wher`")));
        assert_eq!(hint("* | where x = "), None);
    }
}
