//! The ways in which a query can run over a log, and whether all give the same.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, UNIX_EPOCH};
use sumoql::language::sample_tables::Samples;
use sumoql::output;
use sumoql::output::{Look, View};
use sumoql::plan::definitions::Catalogue;
use sumoql::plan::{plan_simply, plan_with};
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Outcome, Progress, execute};
use sumoql::run::stream::{stream, stream_lines};
use sumoql_data::message::{ChunkBytes, Input};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::Tables;
use sumoql_input::format::Format;
use sumoql_input::{InputRequest, InputSet, open};

/// 2024-05-01T00:00:00Z and an hour later.
pub const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// When files were changed that are mapped if they are large enough, and when those that are not: in the year 2096.
const RESTS: i64 = RANGE.1;
const CHANGES: i64 = 4_000_000_000_000;

/// From so many bytes on.
const MAPPED: usize = 1 << 20;

/// A log.
pub struct Log {
    bytes: Vec<u8>,
    format: Format,
    /// The time range of queries.
    pub range: Option<(i64, i64)>,
}

impl Log {
    /// What a file holds.
    pub fn of_bytes(bytes: Vec<u8>) -> Log {
        Log { bytes, format: Format::Auto, range: None }
    }

    /// Messages, each with a time, by default the beginning of the range.
    pub fn of_messages(messages: impl Iterator<Item = serde_json::Value>) -> Log {
        let mut bytes = Vec::new();
        for mut message in messages {
            if message["_messageTime"].is_null() {
                message["_messageTime"] = RANGE.0.into();
            }
            bytes.extend_from_slice(format!("{message}\n").as_bytes());
        }
        Log { bytes, format: Format::Messages, range: Some(RANGE) }
    }
}

/// How a log is read and worked on.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// A file by this name, else standard input.
    file: bool,
    /// Bytes worked on at a time; 0: as is good.
    chunk: usize,
    threads: usize,
    batch: usize,
}

/// By the simple path this one is what all others are held against.
const PLAIN: Way = Way { file: false, chunk: 0, threads: 1, batch: 1 };

const OTHERS: [Way; 5] = [
    Way { file: false, chunk: 0, threads: 1, batch: 1024 },
    Way { file: true, chunk: 0, threads: 2, batch: 1024 },
    Way { file: true, chunk: 0, threads: 1, batch: 1 },
    Way { file: true, chunk: 100, threads: 3, batch: 7 },
    Way { file: false, chunk: 900, threads: 2, batch: 1 },
];

/// What was compared.
pub struct Compared {
    /// How many rows there are.
    pub rows: usize,
    /// Whether messages were passed over without cutting them.
    pub passed_over: bool,
}

/// Whether a query gives the same over a log in all ways; `None` if it is refused.
pub fn compare(query: &str, log: &Log) -> Result<Option<Compared>, String> {
    let catalogue = sumoql::catalogue();
    let (tree, found) = sumoql::syntax::parse(query, &catalogue);
    if found.iter().any(|diagnostic| diagnostic.is_error()) {
        return Ok(None);
    }
    let (fast, simple) =
        (plan_with(query, &tree, &catalogue, &Samples), plan_simply(query, &tree, &catalogue, &Samples));
    if format!("{:?}", fast.1) != format!("{:?}", simple.1) {
        return Err(format!("{query}\nthe two paths say different things: {:?} and {:?}", fast.1, simple.1));
    }
    let (Some(fast), Some(simple)) = (fast.0, simple.0) else { return Ok(None) };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("a.log");
    std::fs::write(&path, &log.bytes).map_err(|error| error.to_string())?;
    let mut compared = Compared { rows: 0, passed_over: false };
    // Whether it rests decides whether a large file is mapped. When it was changed is when its messages were received, so
    // each has a reference of its own.
    for changed in [RESTS, CHANGES] {
        if changed == CHANGES && log.bytes.len() < MAPPED {
            continue;
        }
        touch(&path, changed)?;
        let run = Run { path: &path, log, now: changed };
        let wanted = run.answer(&simple, PLAIN)?;
        compared.rows = wanted.rows;
        let mut told: Option<String> = None;
        for way in OTHERS {
            let found = run.answer(&fast, way)?;
            let say = |what: &str, found: &str, wanted: &str| {
                Err(format!(
                    "{query}\n{what} in {way:?}, changed {changed}, {} bytes\n{}",
                    log.bytes.len(),
                    apart(found, wanted)
                ))
            };
            compared.passed_over |= found.passed_over;
            if found.text != wanted.text {
                return say("other rows", &found.text, &wanted.text);
            }
            let counted = told.get_or_insert_with(|| found.counted.clone());
            if *counted != found.counted {
                return say("other counts", &found.counted, counted);
            }
        }
        if !fast.raw || fast.needs_range && log.range.is_none() || !fast.bags.is_empty() {
            continue;
        }
        let wanted = run.streamed(&simple, PLAIN)?;
        for way in [OTHERS[0], OTHERS[3]] {
            let found = run.lines(&fast, way)?;
            if found != wanted {
                return Err(format!("{query}\nother lines in {way:?}\n{}", apart(&found, &wanted)));
            }
        }
    }
    Ok(Some(compared))
}

/// The first line in which two texts differ.
fn apart(found: &str, wanted: &str) -> String {
    let (mut one, mut other) = (found.lines(), wanted.lines());
    for number in 1.. {
        match (one.next(), other.next()) {
            (None, None) => break,
            (found, wanted) if found == wanted => {}
            (found, wanted) => return format!("line {number}\n   found {found:?}\n  wanted {wanted:?}"),
        }
    }
    "the ends differ".to_string()
}

fn touch(path: &Path, at: i64) -> Result<(), String> {
    let time = UNIX_EPOCH + Duration::from_millis(at as u64);
    let file = std::fs::File::options().write(true).open(path);
    file.and_then(|file| file.set_modified(time)).map_err(|error| error.to_string())
}

/// What a run gives.
struct Answer {
    rows: usize,
    passed_over: bool,
    /// The rows as JSON lines, and what else the user is told of them.
    text: String,
    /// What was counted on the way.
    counted: String,
}

struct Run<'l> {
    path: &'l Path,
    log: &'l Log,
    now: i64,
}

impl Run<'_> {
    fn open(&self, way: Way) -> Result<InputSet, String> {
        let name = self.path.to_string_lossy().into_owned();
        let request = InputRequest {
            paths: vec![name.clone()],
            format: self.log.format,
            now: self.now,
            chunk: way.chunk,
            ..InputRequest::default()
        };
        if way.file {
            let opened = open(&request).map_err(|problems| format!("{problems:?}"))?;
            let mapped = opened.next(Vec::new()).is_some_and(|chunk| matches!(chunk.bytes, ChunkBytes::Shared(..)));
            opened.restart();
            let wanted = self.now == RESTS && self.log.bytes.len() >= MAPPED;
            return if mapped == wanted || cfg!(not(unix)) { Ok(opened) } else { Err(format!("mapped: {mapped}")) };
        }
        let opened = InputSet::of_reader(&name, Box::new(Cursor::new(self.log.bytes.clone())), &request, None);
        let opened = opened.map_err(|problem| problem.to_string())?;
        opened.keep_in_memory();
        Ok(opened)
    }

    fn options(&self, way: Way) -> Options {
        Options {
            threads: way.threads,
            batch: way.batch,
            range: self.log.range,
            now: RANGE.1.into(),
            tables: Arc::new(Samples),
            ..Options::default()
        }
    }

    fn answer(&self, plan: &Plan, way: Way) -> Result<Answer, String> {
        let opened = self.open(way)?;
        let options = self.options(way);
        let progress = Progress::default();
        let outcome = execute(plan, &opened, &options, &progress);
        let Outcome { table, parses, failed, partial, notices, saved, refused, .. } = outcome;
        let view = View::new(&table, &plan.output, options.zone);
        let mut text = Vec::new();
        output::write(&view, output::Format::Jsonl, Look::default(), &mut text).map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&text);
        let text = format!("{text}{partial:?} {notices:?} {refused:?} {} {:?}", saved.len(), opened.problems());
        let passed_over = progress.all_messages().is_none();
        Ok(Answer { rows: table.rows.len(), passed_over, text, counted: format!("{parses:?} {failed}") })
    }

    /// Rows in the order of the log, by the tables of its chunks.
    fn streamed(&self, plan: &Plan, way: Way) -> Result<String, String> {
        let (opened, options) = (self.open(way)?, self.options(way));
        let mut out = Vec::new();
        let mut sink = |table: &sumoql_data::table::Table| {
            let view = View::new(table, &plan.output, options.zone);
            output::write(&view, output::Format::Jsonl, Look::default(), &mut out).is_ok()
        };
        stream(plan, &opened, &options, &Progress::default(), &mut sink).ok_or("it can't be streamed")?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// The same, written by the workers.
    fn lines(&self, plan: &Plan, way: Way) -> Result<String, String> {
        let (opened, options) = (self.open(way)?, self.options(way));
        let lines = output::lines(output::Format::Jsonl, &plan.output).ok_or("no format of lines")?;
        let mut out = Vec::new();
        let mut sink = |bytes: &[u8]| {
            out.extend_from_slice(bytes);
            true
        };
        let progress = Progress::default();
        stream_lines(plan, &opened, &options, &progress, (&lines, &mut sink)).ok_or("it can't be streamed")?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

/// The rows of a query in the usual way, as a table and as lines of JSON; `None` if it is refused.
pub fn rows(query: &str, log: &Log, tables: Arc<dyn Tables>) -> Result<Option<(Table, String)>, String> {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(sumoql::catalogue);
    let catalogue = &*CATALOGUE;
    let (tree, found) = sumoql::syntax::parse(query, catalogue);
    if found.iter().any(|diagnostic| diagnostic.is_error()) {
        return Ok(None);
    }
    let Some(plan) = plan_with(query, &tree, catalogue, tables.as_ref()).0 else { return Ok(None) };
    let request =
        InputRequest { paths: vec!["a.log".into()], format: log.format, now: RESTS, ..InputRequest::default() };
    let opened = InputSet::of_reader("a.log", Box::new(Cursor::new(log.bytes.clone())), &request, None);
    let opened = opened.map_err(|problem| problem.to_string())?;
    opened.keep_in_memory();
    let options = Options { range: log.range, now: RANGE.1.into(), tables, ..Options::default() };
    let outcome = execute(&plan, &opened, &options, &Progress::default());
    let mut text = Vec::new();
    let view = View::new(&outcome.table, &plan.output, options.zone);
    output::write(&view, output::Format::Jsonl, Look::default(), &mut text).map_err(|error| error.to_string())?;
    Ok(Some((outcome.table, String::from_utf8_lossy(&text).into_owned())))
}
