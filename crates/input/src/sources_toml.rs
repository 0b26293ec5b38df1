//! `sources.toml`: what is known of inputs that their bytes do not say.
//!
//! ```toml
//! [[source]]
//! files = "*.xml"                            # a pattern, or a list of them
//! format = "xml"                             # as for --format; default auto
//! encoding = "windows-1252"                  # as for --encoding; default UTF-8, or UTF-16 if it looks like that
//! timezone = "Europe/Berlin"                 # of timestamps that name none
//! timestamp = "dd.MM.yyyy HH:mm:ss"          # how they are written, where they are not found by themselves
//! _sourceCategory = "windows/sysmon"         # metadata whose name begins with _
//! view = "sec_windows"                       # the partition: what `_index=` and `_view=` in a scope ask for
//!
//! [source.metadata]                          # any metadata
//! team = "blue"
//!
//! [[source]]
//! files = "app/**/*.log"
//! message_start = '\d{4}-\d{2}-\d{2} '       # what the first line of a message begins with; '' makes
//!                                            # each line a message. Default: a timestamp, if the first
//!                                            # lines have them
//! extract = "parse \"user=*,\" as user"      # a field extraction rule: its fields are metadata of each message
//!
//! [[source]]
//! files = "api/*.jsonl"
//! auto_parse = true                          # fields of JSON are there without a stage that parses it; the same as
//!                                            # extract = "json auto", which may have a scope of metadata
//!
//! [[source]]
//! files = "web/*.log"
//! extract = [                                # several; each gives all of its fields or none
//!     "parse \"* - * [\" as ip, login",
//!     { scope = "POST", parse = "parse \"POST * \" as target" },
//! ]
//!
//! [[source]]
//! files = "batch/*.log"
//! timestamp = [                              # several: the first that is found counts, else what is found without
//!     { format = "dd/MMM/yyyy HH:mm:ss", locator = 'end=\[(.*?)\]' },   # only what the group takes is looked at
//!     "epoch",                               # 10 digits are seconds, 13 milliseconds, 16 and 19 parts of them
//! ]
//!
//! [[source]]
//! files = "*.evtx"
//! evtx_as = "json"                           # as for --evtx-as; default xml
//! ```
//!
//! The first table with a pattern that fits a file speaks for it, and the others don't. Patterns with a `/` are
//! relative to the folder of the `sources.toml`; others fit the names of files there and in the folders below. `-` is
//! standard input.

use super::EvtxAs;
use super::format::Format;
use super::io_error::reason;
use super::problem::Problem;
use super::tables::small_text;
use globset::{GlobBuilder, GlobMatcher};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sumoql_data::message::FieldExtraction;
use sumoql_data::time::given_format::Custom;
use sumoql_evtx::UnknownRendering;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
pub const FILE_NAME: &str = "sources.toml";

/// A `sources.toml`.
#[derive(Debug)]
pub struct Sources {
    /// Where it lies, in full.
    folder: PathBuf,
    rules: Vec<Rule>,
}

/// A table of a `sources.toml`.
#[derive(Debug, Default)]
pub struct Rule {
    /// The file and the line that it starts at.
    pub place: String,
    /// Patterns, and whether they are of paths rather than names.
    files: Vec<(GlobMatcher, bool)>,
    /// How the files are to be taken.
    pub format: Option<Format>,
    /// What becomes of the records of event logs.
    pub evtx_as: Option<EvtxAs>,
    /// The character set of text without a mark at its beginning.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// The zone of timestamps that name none.
    pub zone: Option<chrono_tz::Tz>,
    /// How timestamps are written: the first that is found counts.
    pub stamps: Vec<Arc<Custom>>,
    /// What the first line of a message begins with.
    pub message_start: Option<regex::Regex>,
    /// Metadata: name and value.
    pub metadata: Vec<(String, String)>,
    /// Field extraction rules.
    pub extractions: Vec<Arc<dyn FieldExtraction>>,
    /// Whether messages have fields from the JSON in them.
    pub auto_parse: Option<bool>,
}

/// Makes a field extraction rule of a query, whose scope says which messages it is about. The error is a text for the user.
pub type Compile = Arc<dyn Fn(&str) -> Result<Arc<dyn FieldExtraction>, String> + Send + Sync>;

/// How long a file may be.
const MAX_BYTES: u64 = 4 << 20;

impl Sources {
    /// Reads a file.
    pub fn read(path: &Path, compile: &Compile) -> Result<Sources, Problem> {
        let place = path.to_string_lossy().into_owned();
        let problem = |message| Problem { place: place.clone(), message, offset: None };
        let file = File::open(path).map_err(|error| problem(reason(&error)))?;
        let text = small_text(file, MAX_BYTES).map_err(problem)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Sources::parse(&text, &place, &full(folder), compile)
    }

    /// Reads the text of a file called `place` that lies in `folder`.
    pub fn parse(text: &str, place: &str, folder: &Path, compile: &Compile) -> Result<Sources, Problem> {
        let problem = |at: usize, message: String| {
            let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            Problem { place: format!("{place}:{line}"), message, offset: None }
        };
        let table = DeTable::parse(text)
            .map_err(|error| problem(error.span().map_or(0, |span| span.start), error.message().replace('\n', ", ")))?;
        let mut rules = Vec::new();
        for (key, value) in table.get_ref() {
            let DeValue::Array(tables) = value.get_ref() else {
                return Err(problem(key.span().start, unknown(key.get_ref(), "a list of tables, [[source]]")));
            };
            if key.get_ref() != "source" {
                return Err(problem(key.span().start, unknown(key.get_ref(), "[[source]]")));
            }
            for table in tables.iter() {
                match table.get_ref() {
                    DeValue::Table(inner) => {
                        let start = table.span().start;
                        let rule = rule(inner, start, compile).map_err(|(at, message)| problem(at, message))?;
                        rules.push(Rule { place: problem(start, String::new()).place, ..rule });
                    }
                    _ => return Err(problem(table.span().start, "`source` is a list of tables, [[source]]".into())),
                }
            }
        }
        Ok(Sources { folder: folder.into(), rules })
    }

    /// The rule for a file, or for standard input.
    pub fn rule(&self, name: &str, path: Option<&Path>) -> Option<&Rule> {
        let full = path.map(full);
        let path = full.as_deref().unwrap_or(Path::new(name));
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        let file = path.file_name().map_or(path, Path::new);
        let fits = |(glob, of_path): &(GlobMatcher, bool)| glob.is_match(if *of_path { below } else { file });
        self.rules.iter().find(|rule| rule.files.iter().any(fits))
    }
}

fn full(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.into())
}

fn unknown(key: &str, known: &str) -> String {
    format!("unknown key `{key}`; expected {known}")
}

type Spot = (usize, String);

fn rule(table: &DeTable<'_>, start: usize, compile: &Compile) -> Result<Rule, Spot> {
    let mut rule = Rule::default();
    for (key, value) in table {
        let at = key.span().start;
        match key.get_ref().as_ref() {
            "files" => match value.get_ref() {
                DeValue::Array(list) => {
                    for glob in list.iter() {
                        rule.files.push(pattern(text(glob, "files")?).map_err(|error| (glob.span().start, error))?);
                    }
                }
                _ => rule.files.push(pattern(text(value, "files")?).map_err(|error| (at, error))?),
            },
            "format" => rule.format = Some(text(value, "format")?.parse().map_err(|error| (at, error))?),
            "evtx_as" => {
                rule.evtx_as =
                    Some(text(value, "evtx_as")?.parse().map_err(|error: UnknownRendering| (at, error.to_string()))?)
            }
            "encoding" => {
                let named = super::wrappers::charset::named(text(value, "encoding")?);
                rule.encoding = Some(named.map_err(|error| (at, error))?);
            }
            "timezone" => {
                let name = text(value, "timezone")?;
                rule.zone = Some(name.parse().map_err(|_| (at, format!("no time zone `{name}`")))?);
            }
            "timestamp" => match value.get_ref() {
                DeValue::Array(list) => {
                    for one in list.iter() {
                        rule.stamps.push(stamp(one)?);
                    }
                }
                _ => rule.stamps.push(stamp(value)?),
            },
            "message_start" => {
                let pattern = regex::Regex::new(text(value, "message_start")?);
                rule.message_start = Some(pattern.map_err(|error| (at, error.to_string().replace('\n', " ")))?);
            }
            "metadata" => {
                let DeValue::Table(table) = value.get_ref() else {
                    return Err((at, "`metadata` is a table, [source.metadata]".into()));
                };
                for (key, value) in table {
                    rule.metadata.push((key.get_ref().to_string(), scalar(value, key.get_ref())?));
                }
            }
            "extract" => match value.get_ref() {
                DeValue::Array(list) => {
                    for one in list.iter() {
                        rule.extractions.push(extraction(one, compile)?);
                    }
                }
                _ => rule.extractions.push(extraction(value, compile)?),
            },
            "auto_parse" => match value.get_ref() {
                DeValue::Boolean(yes) => rule.auto_parse = Some(*yes),
                _ => return Err((value.span().start, "`auto_parse` is true or false".into())),
            },
            "view" => rule.metadata.push(("_view".to_string(), text(value, "view")?.to_string())),
            name if name.starts_with('_') => rule.metadata.push((name.to_string(), scalar(value, name)?)),
            name => {
                let known = "files, format, evtx_as, encoding, timezone, timestamp, message_start, extract, auto_parse, view, \
                             metadata, or a name that begins with `_`";
                return Err((at, unknown(name, known)));
            }
        }
    }
    if rule.files.is_empty() {
        return Err((start, "`files` is missing: the pattern of the files that the table is about".into()));
    }
    if rule.message_start.is_some() && !matches!(rule.format, None | Some(Format::Auto | Format::Text)) {
        return Err((start, "`message_start` goes only with the format text".into()));
    }
    Ok(rule)
}

fn pattern(text: &str) -> Result<(GlobMatcher, bool), String> {
    let glob = GlobBuilder::new(text.trim_start_matches("./")).literal_separator(true).build();
    glob.map(|glob| (glob.compile_matcher(), text.contains('/'))).map_err(|error| error.to_string())
}

/// A field extraction rule: its stages, or a table with a `scope` and what to `parse`.
fn extraction(value: &Spanned<DeValue<'_>>, compile: &Compile) -> Result<Arc<dyn FieldExtraction>, Spot> {
    let (mut scope, mut parse) = ("*", None);
    match value.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "scope" => scope = text(value, "scope")?,
                    "parse" => parse = Some(text(value, "parse")?),
                    name => return Err((key.span().start, unknown(name, "scope or parse"))),
                }
            }
        }
        _ => parse = Some(text(value, "extract")?),
    }
    let at = value.span().start;
    let parse = parse.ok_or((at, "`parse` is missing: the stages of the rule".to_string()))?;
    compile(&format!("{scope} | {parse}")).map_err(|error| (at, error))
}

/// A form of timestamps: its pattern, or a table with a `format` and a `locator`.
fn stamp(value: &Spanned<DeValue<'_>>) -> Result<Arc<Custom>, Spot> {
    let (mut format, mut locator) = (None, None);
    match value.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "format" => format = Some(text(value, "format")?),
                    "locator" => locator = Some(text(value, "locator")?),
                    name => return Err((key.span().start, unknown(name, "format or locator"))),
                }
            }
        }
        _ => format = Some(text(value, "timestamp")?),
    }
    let at = value.span().start;
    let format = format.ok_or((at, "`format` is missing: the pattern of the timestamps".to_string()))?;
    Custom::new(format, locator).map(Arc::new).map_err(|error| (at, error))
}

fn text<'t>(value: &'t Spanned<DeValue<'_>>, key: &str) -> Result<&'t str, Spot> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Err((value.span().start, format!("`{key}` is a text, in quotes"))),
    }
}

fn scalar(value: &Spanned<DeValue<'_>>, key: &str) -> Result<String, Spot> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(n) => Ok(n.to_string()),
        DeValue::Float(n) => Ok(n.to_string()),
        DeValue::Boolean(yes) => Ok(yes.to_string()),
        _ => Err((value.span().start, format!("`{key}` is a text, in quotes"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use bumpalo::Bump;
    use sumoql_data::message::Message;

    /// A rule that adds nothing.
    #[derive(Debug)]
    struct Nothing;

    impl FieldExtraction for Nothing {
        fn add<'m>(&'m self, _: &mut [Message<'m>], _: &'m Bump) {}
    }

    fn parse(text: &str) -> Result<Sources, String> {
        let compile: Compile = Arc::new(|query| match query {
            "* | wrong" => Err("no rule".into()),
            _ => Ok(Arc::new(Nothing)),
        });
        Sources::parse(text, "sources.toml", Path::new("/data"), &compile).map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_first_table_that_fits_speaks() {
        let text = "[[source]]\nfiles = [\"*.xml\", \"win/*.txt\"]\nformat = \"xml\"\ntimezone = \"Europe/Berlin\"\n\
                    _sourceCategory = \"windows/sysmon\"\n[source.metadata]\nteam = 7\n\n\
                    [[source]]\nfiles = \"**\"\nmessage_start = '\\d+'\n[[source]]\nfiles = '-'\n_a = true";
        let sources = parse(text).unwrap();
        let rule = sources.rule("x", Some(Path::new("/data/deep/down/a.xml"))).unwrap();
        assert_eq!((rule.place.as_str(), rule.format), ("sources.toml:1", Some(Format::Xml)));
        assert_eq!(rule.zone, Some(chrono_tz::Europe::Berlin));
        assert!(rule.metadata.contains(&("_sourceCategory".into(), "windows/sysmon".into())));
        assert!(rule.metadata.contains(&("team".into(), "7".into())));
        assert!(std::ptr::eq(rule, sources.rule("x", Some(Path::new("/data/win/b.txt"))).unwrap()));
        let rest = sources.rule("x", Some(Path::new("/data/win/deep/b.txt"))).unwrap();
        assert_eq!(rest.place, "sources.toml:9");
        assert!(rest.message_start.is_some() && rest.metadata.is_empty());
        assert_eq!(parse("[[source]]\nfiles = '-'\n_a = true").unwrap().rule("-", None).unwrap().metadata[0].1, "true");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let cases = [
            ("[[source]]\nfiles = '*'\nfromat = 'xml'", "sources.toml:3: unknown key `fromat`; expected files, "),
            ("[source]\nfiles = '*'", "sources.toml:1: unknown key `source`; expected a list of tables"),
            ("[[sources]]\nfiles = '*'", "sources.toml:1: unknown key `sources`; expected [[source]]"),
            ("[[source]]\nformat = 'xml'", "sources.toml:1: `files` is missing"),
            ("[[source]]\nfiles = '*'\nformat = 'yaml'", "sources.toml:3: no format `yaml`"),
            ("[[source]]\nfiles = '*'\nencoding = 'x'", "sources.toml:3: no character set `x`"),
            ("[[source]]\nfiles = '*'\nevtx_as = 'csv'", "sources.toml:3: event logs can't be taken as `csv`"),
            ("[[source]]\nfiles = '*'\ntimezone = 'Mars'", "sources.toml:3: no time zone `Mars`"),
            ("[[source]]\nfiles = 1", "sources.toml:2: `files` is a text"),
            ("[[source]]\nfiles = '*'\nview = 1", "sources.toml:3: `view` is a text"),
            ("[[source]]\nfiles = '['", "sources.toml:2: "),
            ("[[source]]\nfiles = '*'\nmessage_start = '('", "sources.toml:3: "),
            ("[[source]]\nfiles = '*'\nformat = 'xml'\nmessage_start = 'x'", "sources.toml:1: `message_start` goes"),
            ("[[source]]\nfiles = '*'\nx = ", "sources.toml:3: "),
            ("[[source]]\nfiles = '*'\ntimestamp = 'yyyy'", "sources.toml:3: the pattern `yyyy` has no hour"),
            ("[[source]]\nfiles = '*'\ntimestamp = ['H', {locator = '(x)'}]", "sources.toml:3: `format` is missing"),
            ("[[source]]\nfiles = '*'\ntimestamp = {format = 'H', at = 1}", "sources.toml:3: unknown key `at`"),
            (
                "[[source]]\nfiles = '*'\ntimestamp = {format = 'H', locator = 'x'}",
                "sources.toml:3: the locator `x` must",
            ),
            ("[[source]]\nfiles = '*'\nextract = ['a', 'wrong']", "sources.toml:3: no rule"),
            ("[[source]]\nfiles = '*'\nextract = {scope = 'a'}", "sources.toml:3: `parse` is missing"),
            ("[[source]]\nfiles = '*'\ntimestamp = 1", "sources.toml:3: `timestamp` is a text"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(expected) && !error.contains('\n'), "{text}\n{error}");
        }
    }
}
