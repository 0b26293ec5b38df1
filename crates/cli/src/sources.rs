//! `sources`: what inputs are taken for, and the time and metadata of their messages, without a query.

use super::arguments::{InputArgs, now};
use super::screen::Screen;
use super::{Exit, Failure, report};
use bumpalo::Bump;
use clap::Args;
use serde_json::json;
use std::io::IsTerminal;
use sumoql::output::cell::{escape, exact, plain};
use sumoql_data::message::{Message, Source};
use sumoql_data::time::stamp::{Stamp, locate};
use sumoql_data::value::Value;
use sumoql_input::{Format, InputInfo, InputSet, Problem};
use sumoql_java::date_format::zones::ZoneNames;

/// Arguments of `sources`.
#[derive(Args)]
#[command(override_usage = "sumoql sources [OPTIONS] [PATH]...")]
#[command(
    after_help = "Use it first when a query finds nothing. For each input it shows the detected format, the first \
                  message, the time found in it, its metadata, and the table of the sources.toml that applies to it. \
                  It reads no more of an input than it needs."
)]
pub(super) struct Sources {
    /// Files, folders, patterns such as 'logs/*.xml', or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    input: InputArgs,
    /// Write one JSON object per input to standard output, one per line
    #[arg(long)]
    json: bool,
}

/// How many characters of a message are shown.
const SHOWN: usize = 120;

/// An input, and what its first message tells.
struct Seen<'o> {
    about: &'o InputInfo,
    source: &'o Source,
    first: Option<First>,
    /// What can't be read of it.
    problem: Option<String>,
}

/// The first message of an input that is no line of its head.
struct First {
    raw: String,
    /// The lines of the head, if there are any: how many, and the first of them.
    head: Option<(usize, String)>,
    /// The timestamp in it.
    stamp: Option<Stamp>,
    /// The time it brings along, which counts for more.
    brought: Option<i64>,
    /// Metadata of its own.
    own: Vec<(String, String)>,
    /// Whether it has fields from the JSON in it.
    auto_parsed: bool,
}

impl First {
    fn new(message: &Message<'_>) -> First {
        let own = |(name, value): &(&str, Value<'_>)| (name.to_string(), text(|out| value.write(out)));
        let (zone, receipt) = (message.source.zone, message.source.receipt);
        let mut forms = message.source.stamps.iter();
        let given = forms.find_map(|form| form.locate(message.raw, zone, receipt));
        let brought = message.own.iter().find(|(name, _)| name.eq_ignore_ascii_case("_messageTime"));
        First {
            raw: message.raw.to_string(),
            auto_parsed: message.is_auto_parsed(),
            head: None,
            stamp: given.or_else(|| locate(message.raw, &message.source.known())),
            brought: brought.and_then(|(_, value)| if let Value::Int(at) = value { Some(*at) } else { None }),
            own: message.own.iter().map(own).filter(|(name, _)| !name.eq_ignore_ascii_case("_messageTime")).collect(),
        }
    }

    /// Whether it has a time.
    fn timed(&self) -> bool {
        self.stamp.is_some() || self.brought.is_some()
    }
}

/// The beginning of a message.
fn cut(raw: &str) -> String {
    match raw.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &raw[..end]),
        None => raw.to_string(),
    }
}

impl Seen<'_> {
    /// The time of the first message, in milliseconds, and how it was come by.
    fn time(&self) -> (i64, &'static str) {
        match &self.first {
            Some(First { brought: Some(at), .. }) => (*at, "_messageTime"),
            Some(First { stamp: Some(stamp), .. }) => (stamp.at, "message"),
            _ => (self.source.receipt, "receipt"),
        }
    }

    /// Who says the zone of timestamps that name none.
    fn zone_of(&self, input: &InputArgs) -> &'static str {
        match (self.about.zone_ruled, input.timezone) {
            _ if self.about.zone_named => "the name of the column",
            (true, _) => "sources.toml",
            (false, Some(_)) => "--timezone",
            (false, None) => "default",
        }
    }

    fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.first.as_ref().map(|first| first.own.as_slice()).unwrap_or_default();
        let replaced = |name: &str| own.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let shared = self.source.metadata.iter().filter(move |(name, _)| !replaced(name));
        shared.chain(own).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Why messages have fields from their JSON, if the first one has.
    fn auto_parse(&self) -> Option<&'static str> {
        let first = self.first.as_ref()?;
        match (self.source.auto_parse, first.auto_parsed) {
            (Some(true), _) => Some("auto parse mode"),
            (None, true) => Some("auto parse mode, by an extraction rule or as a record of Cloud SIEM"),
            _ => None,
        }
    }

    fn message_start(&self) -> Option<&str> {
        if self.about.stamped {
            return Some("timestamp");
        }
        self.about.message_start.as_deref().filter(|_| self.about.format == Format::Text)
    }
}

impl Sources {
    /// Shows the inputs.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let now = now();
        let range = self.input.range(now)?;
        if self.paths.is_empty() && std::io::stdin().is_terminal() {
            screen.note("reading messages from the terminal; press Ctrl-D to finish", None);
        }
        let request = self.input.request(self.paths.clone(), now);
        let (opened, unopened) = match sumoql_input::open(&request) {
            Ok(opened) => (opened, Vec::new()),
            Err(problems) => (InputSet::nothing(&request), problems),
        };
        let firsts: Vec<Option<First>> = (0..opened.sources().len()).map(|input| first(&opened, input)).collect();
        let problems = if unopened.is_empty() { opened.problems() } else { unopened };
        let problem = |name: &str| problems.iter().find(|problem| problem.place == name).map(Problem::to_string);
        let seen: Vec<Seen<'_>> = (opened.info().zip(opened.sources()).zip(firsts))
            .map(|((about, source), first)| Seen { about, source, first, problem: problem(&about.name) })
            .collect();
        screen.output(|out| {
            for (at, seen) in seen.iter().enumerate() {
                match self.json {
                    true => writeln!(out, "{}", self.object(seen, range))?,
                    false if at > 0 => write!(out, "\n{}", self.shown(seen, range))?,
                    false => write!(out, "{}", self.shown(seen, range))?,
                }
            }
            let others = problems.iter().filter(|problem| opened.info().all(|about| about.name != problem.place));
            for problem in others.filter(|_| self.json) {
                writeln!(out, "{}", json!({"input": problem.place, "error": problem.message}))?;
            }
            Ok::<(), std::io::Error>(())
        })?;
        report::problems(screen, &problems);
        for note in opened.notes() {
            screen.note(&note.to_string(), None);
        }
        Ok(if problems.is_empty() { Exit::Done } else { Exit::Input })
    }

    /// An input for people.
    fn shown(&self, seen: &Seen<'_>, range: Option<(i64, i64)>) -> String {
        let mut rows: Vec<(&str, String)> = Vec::new();
        let about = seen.about;
        rows.push(("format", about.format.to_string()));
        if about.stamped {
            rows.push(("messages", "begin with a line that starts with a timestamp".to_string()));
        } else if let Some(start) = seen.message_start() {
            rows.push(("messages", format!("begin with a line that matches {start}")));
        }
        if !about.layers.is_empty() {
            rows.push(("layers", about.layers.join(", ")));
        }
        if let Some(archive) = &about.archive {
            rows.push(("member of", archive.clone()));
        }
        if about.format != Format::Evtx {
            rows.push(("character set", about.charset.unwrap_or("UTF-8").to_string()));
        }
        let zone = seen.source.zone;
        let (at, _) = seen.time();
        let outside = range.is_some_and(|(from, to)| !(from..to).contains(&at));
        let outside = if outside { " (outside the time range)" } else { "" };
        let to_show = self.input.zone();
        let time = text(|out| plain(Value::Int(at), true, to_show, out));
        let time = format!("{time} {}{outside}", to_show.name());
        match &seen.first {
            None => rows.push(("first message", "none".to_string())),
            Some(first) => {
                if let Some((lines, head)) = &first.head {
                    let more = match lines {
                        1 => String::new(),
                        lines => format!(" (and {} more without a time)", lines - 1),
                    };
                    rows.push(("before it", format!("{}{more}", cut(head))));
                }
                rows.push(("first message", cut(&first.raw)));
                rows.push(("time", time));
                let found = match (&first.stamp, first.brought) {
                    (_, Some(_)) => "in _messageTime of the message".to_string(),
                    (Some(stamp), None) => format!("{}, format {}", &first.raw[stamp.place.clone()], stamp.pattern),
                    (None, None) => {
                        "receipt time: no timestamp was found; describe it with `timestamp` in sources.toml".to_string()
                    }
                };
                rows.push(("found", found));
                let zone = match &first.stamp {
                    _ if first.brought.is_some() => None,
                    Some(stamp) if stamp.pattern == "epoch" => None,
                    Some(stamp) if stamp.zoned => Some("from the timestamp".to_string()),
                    Some(stamp) => {
                        let said = format!("{} ({})", zone.name(), seen.zone_of(&self.input));
                        Some(match zone_word(&first.raw[stamp.place.end..]) {
                            Some(word) => format!("{said}; `{word}` after it is not read as a zone"),
                            None => said,
                        })
                    }
                    None => None,
                };
                rows.extend(zone.map(|zone| ("zone", zone)));
            }
        }
        for (at, (name, value)) in seen.metadata().enumerate() {
            rows.push((if at == 0 { "metadata" } else { "" }, format!("{name}={value}")));
        }
        if let Some(why) = seen.auto_parse() {
            rows.push(("JSON fields", format!("available without a stage ({why})")));
        }
        rows.push(("sources.toml", about.rule.clone().unwrap_or("no table applies to this input".to_string())));
        if let Some(problem) = &seen.problem {
            rows.push(("problem", problem.clone()));
        }
        let row = |(name, value): (&str, String)| format!("  {name:<13}  {}\n", text(|out| escape(&value, out)));
        format!("{}\n{}", text(|out| escape(&about.name, out)), rows.into_iter().map(row).collect::<String>())
    }

    /// An input for other programs.
    fn object(&self, seen: &Seen<'_>, range: Option<(i64, i64)>) -> serde_json::Value {
        let about = seen.about;
        let (at, from) = seen.time();
        let first = seen.first.as_ref();
        let stamp = first.filter(|first| first.brought.is_none()).and_then(|first| first.stamp.as_ref());
        let zone = stamp.filter(|stamp| !stamp.zoned);
        let metadata: serde_json::Map<String, serde_json::Value> =
            seen.metadata().map(|(name, value)| (name.to_string(), value.into())).collect();
        json!({
            "input": about.name,
            "format": about.format.to_string(),
            "layers": about.layers,
            "archive": about.archive,
            "charset": (about.format != Format::Evtx).then_some(about.charset.unwrap_or("UTF-8")),
            "messageStart": seen.message_start(),
            "firstMessage": first.map(|first| cut(&first.raw)),
            "before": first.and_then(|first| first.head.as_ref()).map(|(lines, _)| lines),
            "time": first.map(|_| text(|out| exact(Value::Int(at), true, self.input.zone(), out))),
            "timeMs": first.map(|_| at),
            "timeFrom": first.map(|_| from),
            "timeText": stamp.and_then(|stamp| first?.raw.get(stamp.place.clone())),
            "timeFormat": stamp.map(|stamp| stamp.pattern.as_str()),
            "zone": zone.map(|_| seen.source.zone.name()),
            "zoneFrom": zone.map(|_| seen.zone_of(&self.input)),
            "inRange": first.and(range).map(|(from, to)| (from..to).contains(&at)),
            "metadata": metadata,
            "autoParse": seen.auto_parse().is_some(),
            "sourcesToml": about.rule,
            "error": seen.problem,
        })
    }
}

/// What the text begins with, if zones are called so, but it may be more than one of them, or a word.
fn zone_word(text: &str) -> Option<&str> {
    let text = text.strip_prefix(' ')?;
    let word = text.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let names = ZoneNames::new();
    names.lines().iter().any(|line| [line.names[1], line.names[3]].contains(&word)).then_some(word)
}

/// What is written.
fn text(write: impl FnOnce(&mut String)) -> String {
    let mut out = String::new();
    write(&mut out);
    out
}

/// How many lines the head of an input may have.
const MAX_HEAD_CHARS: usize = 50;

/// The first message of an input that is no line of its head: the first that has a time, where the ones before it look like
/// the names of columns, comments or a banner; else the very first.
fn first(opened: &InputSet, input: usize) -> Option<First> {
    while let Some(chunk) = opened.next_of(input) {
        let (text, arena) = (chunk.text(), Bump::new());
        let messages = chunk.messages(&text, &arena);
        let Some(very_first) = messages.first().map(First::new) else { continue };
        if very_first.timed() {
            return Some(very_first);
        }
        let mut others = messages.iter().enumerate().skip(1).take(MAX_HEAD_CHARS);
        let found = others.find_map(|(at, message)| Some((at, First::new(message))).filter(|(_, first)| first.timed()));
        return Some(match found {
            Some((at, first)) if is_head(&messages[..at]) => First { head: Some((at, very_first.raw)), ..first },
            _ => very_first,
        });
    }
    None
}

/// Whether messages without a time are the head of an input: comments, or fewer lines than a banner has.
fn is_head(messages: &[Message<'_>]) -> bool {
    const BANNER: usize = 10;
    messages.len() <= BANNER || messages.iter().all(|message| message.raw.starts_with(['#', ';', '/', '-', '=']))
}
