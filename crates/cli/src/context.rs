//! `--context`: the messages around those that a query finds.

use super::query_text::Text;
use clap::Args;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Progress};
use sumoql::run::stream::stream;
use sumoql_data::message::{Chunk, Input};
use sumoql_data::table::Table;
use sumoql_data::value::Owned;

/// How many messages around those that are found are shown.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct ContextArgs {
    /// Show so many messages before and after each message that is found, of the same input and in its order. The column
    /// `_context` says how far a message is from the one that was found
    #[arg(short = 'C', long, value_name = "N", help_heading = "Output")]
    context: Option<usize>,
    /// Show so many messages after each
    #[arg(short = 'A', long, value_name = "N", help_heading = "Output")]
    after_context: Option<usize>,
    /// Show so many messages before each
    #[arg(short = 'B', long, value_name = "N", help_heading = "Output")]
    before_context: Option<usize>,
}

/// The column that says how far a message is from the one that was found.
pub(super) const COLUMN: &str = "_context";

/// What a query needs for the messages that it finds to be known again.
const KNOWN_BY: &str = "\n| _messageid as _context";

/// All messages, in the same way.
const ALL: &str = "*\n| _messageid as _context";

impl ContextArgs {
    /// Whether any messages around others are asked for.
    pub fn any(self) -> bool {
        self.context.or(self.after_context).or(self.before_context).is_some()
    }

    fn before(self) -> usize {
        self.before_context.or(self.context).unwrap_or(0)
    }

    fn after(self) -> usize {
        self.after_context.or(self.context).unwrap_or(0)
    }
}

/// A query whose messages are known by the column [`COLUMN`].
pub(super) fn known(text: &Text) -> String {
    format!("{}{KNOWN_BY}", text.written)
}

/// All messages, known in the same way.
pub(super) fn all() -> Text {
    Text::new("context", ALL.to_string(), &[])
}

/// An input that says of which source the last chunk was.
struct Noting<'i> {
    input: &'i dyn Input,
    source: AtomicU32,
}

impl Input for Noting<'_> {
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk> {
        let chunk = self.input.next(buffer)?;
        self.source.store(chunk.source.index, Ordering::Relaxed);
        Some(chunk)
    }

    fn restart(&self) -> bool {
        self.input.restart()
    }
}

/// Messages of a source, each with its number there.
#[derive(Default)]
struct OfSource {
    /// How many there were.
    seen: usize,
    /// The last that were not taken.
    before: VecDeque<Box<[Owned]>>,
    /// How many more are taken after the last that was found, and how many were.
    wanted: usize,
    taken: usize,
    /// What was taken: the number, and the row.
    rows: Vec<(usize, Box<[Owned]>)>,
}

/// Puts the messages around its rows into a table of messages that are known by [`COLUMN`]. `plan` is that of [`all`]. The
/// rows come in the order of their inputs. The answer is before which rows some are left out; `None` where the input can't
/// be read again.
pub(super) fn surround(
    args: ContextArgs,
    found: &mut Table,
    (plan, input): (&Plan, &dyn Input),
    options: &Options,
    progress: &Progress,
) -> Option<Vec<usize>> {
    let Some(column) = found.columns.iter().position(|name| name == COLUMN) else { return Some(Vec::new()) };
    if found.rows.is_empty() {
        return Some(Vec::new());
    }
    if !input.restart() {
        return None;
    }
    let id = |row: &[Owned], at: usize| row.get(at).and_then(|id| id.borrow().integer());
    let mut wanted: HashMap<i64, Vec<Box<[Owned]>>> = HashMap::new();
    for mut row in std::mem::take(&mut found.rows) {
        let Some(id) = id(&row, column) else { continue };
        row[column] = Owned::Int(0);
        wanted.entry(id).or_default().push(row);
    }
    let columns = found.columns.clone();
    let noting = Noting { input, source: AtomicU32::new(0) };
    let mut sources: HashMap<u32, OfSource> = HashMap::new();
    let mut sink = |table: &Table| {
        let Some(at) = table.columns.iter().position(|name| name == COLUMN) else { return false };
        let places: Vec<Option<usize>> = columns
            .iter()
            .map(|name| table.columns.iter().position(|other| other.eq_ignore_ascii_case(name)))
            .collect();
        let source = sources.entry(noting.source.load(Ordering::Relaxed)).or_default();
        for row in &table.rows {
            let as_found =
                || places.iter().map(|place| place.map_or(Owned::Null, |place| row[place].clone())).collect();
            source.see(id(row, at).and_then(|id| wanted.remove(&id)), as_found, args, column);
        }
        // What follows the last of them is of some source.
        !wanted.is_empty() || sources.values().any(|source| source.wanted > 0)
    };
    // In the order of the input, and one chunk after the other.
    let options = Options {
        threads: 1,
        batch: options.batch,
        now: options.now.clone(),
        zone: options.zone,
        tables: options.tables.clone(),
        ..Options::default()
    };
    stream(plan, &noting, &options, progress, &mut sink);
    let mut sources: Vec<(u32, OfSource)> = sources.into_iter().collect();
    sources.sort_by_key(|(index, _)| *index);
    let mut gaps = Vec::new();
    for (_, source) in sources {
        let mut last = None;
        for (number, row) in source.rows {
            if !found.rows.is_empty() && last.is_none_or(|last| number > last + 1) {
                gaps.push(found.rows.len());
            }
            last = Some(number);
            found.rows.push(row);
        }
    }
    Some(gaps)
}

impl OfSource {
    /// Takes a message, if it was found or is near one that was.
    fn see(
        &mut self,
        found: Option<Vec<Box<[Owned]>>>,
        row: impl FnOnce() -> Box<[Owned]>,
        args: ContextArgs,
        column: usize,
    ) {
        self.seen += 1;
        if let Some(found) = found {
            let count = self.before.len();
            for (number, mut row) in std::mem::take(&mut self.before).into_iter().enumerate() {
                let distance = count - number;
                row[column] = Owned::Int(-(distance as i64));
                self.rows.push((self.seen - distance, row));
            }
            self.rows.extend(found.into_iter().map(|row| (self.seen, row)));
            (self.wanted, self.taken) = (args.after(), 0);
            return;
        }
        if self.wanted > 0 {
            (self.wanted, self.taken) = (self.wanted - 1, self.taken + 1);
            let mut row = row();
            row[column] = Owned::Int(self.taken as i64);
            return self.rows.push((self.seen, row));
        }
        if args.before() > 0 {
            self.before.push_back(row());
            if self.before.len() > args.before() {
                self.before.pop_front();
            }
        }
    }
}
