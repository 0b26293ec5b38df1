//! How results are shown: one file for each format, all reading the same [`View`] of a table.
//!
//! Nothing here knows of files or terminals: every format writes bytes to whatever it is given. The two things that a
//! terminal changes (a width to fit, colour) come in as [`Look`].

pub mod cell;
#[cfg(feature = "charts")]
pub mod chart_series;
pub mod csv;
pub mod json;
pub mod jsonl;
pub mod markdown;
mod message_text;
pub mod messages;
mod numbers;
pub mod raw;
mod styled_text;
pub mod table;
mod table_fit;
mod terminal_safe;

use crate::program::plan::OutputColumn;
use crate::program::scratch::ScratchError;
use crate::run::row_lines::{Line, Lines};
use crate::run::spill::row_queue::Spooled;
use std::io;
use std::io::Write;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::value::{Owned, Value};
pub use terminal_safe::TerminalSafe;

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for reading.
    Table,
    /// One JSON object per row, one per line.
    Jsonl,
    /// One JSON array of objects.
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// A Markdown table.
    Markdown,
    /// The unchanged text of the messages.
    Raw,
}

/// What a terminal changes, and what a user may choose there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// The width to fit into, in columns. Only a terminal has one: without it nothing is cut, rounded or left out.
    pub width: Option<usize>,
    /// Whether colour is wanted.
    pub colour: bool,
    /// How much of long messages and wide tables is shown on a terminal.
    pub wrap: Wrap,
    /// Whether `csv` makes cells harmless that a spreadsheet would take for formulas.
    pub csv_safe: bool,
}

/// How much of long messages and wide tables is shown on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrap {
    /// The first lines of a message; what fits of a table.
    #[default]
    Short,
    /// All of it.
    Whole,
    /// One line for each message.
    Off,
}

/// A column that is shown.
#[derive(Clone, Copy, Debug)]
pub struct Column<'t> {
    /// Its name.
    pub name: &'t str,
    /// Holds times in milliseconds since 1970.
    pub time: bool,
    /// Shown only because some row has a value.
    pub optional: bool,
    /// Its position in the table.
    at: usize,
}

impl Column<'_> {
    /// Its position in the table.
    pub fn position(&self) -> usize {
        self.at
    }
}

/// The part of a table that is shown: columns in order, without the optional ones that hold nothing.
#[derive(Clone, Debug)]
pub struct View<'t> {
    /// The columns.
    pub columns: Vec<Column<'t>>,
    /// The zone in which times are written.
    pub zone: chrono_tz::Tz,
    rows: &'t [Box<[Owned]>],
    /// The rows that follow those.
    more: Option<&'t Spooled>,
}

impl<'t> View<'t> {
    /// A view of a result. The table may have more columns than the plan knew of: those that only the data name.
    pub fn new(table: &'t Table, output: &[OutputColumn], zone: chrono_tz::Tz) -> View<'t> {
        View::with(table, None, output, zone)
    }

    /// A view of a result whose rows are not all in memory.
    pub fn with(table: &'t Table, more: Option<&'t Spooled>, output: &[OutputColumn], zone: chrono_tz::Tz) -> View<'t> {
        let columns = table.columns.iter().enumerate().filter_map(|(at, name)| {
            let planned = match output.get(at).filter(|column| column.name == *name) {
                Some(column) => Some(column),
                None => output.iter().find(|column| column.name == *name),
            };
            let optional = planned.is_some_and(|column| column.optional);
            let null = |row: &[Owned]| value(row, at).is_null();
            let hidden = optional && table.rows.iter().all(|row| null(row)) && more.is_none_or(|more| all(more, null));
            (!hidden).then(|| Column { name, time: planned.is_some_and(|column| column.time), optional, at })
        });
        View { columns: columns.collect(), zone, rows: &table.rows, more }
    }

    /// Goes over all rows, as long as there is no error: those in memory and those that are not.
    pub fn each(&self, mut each: impl FnMut(ViewRow<'_, '_>) -> io::Result<()>) -> io::Result<()> {
        for cells in self.rows {
            each(ViewRow { view: self, cells })?;
        }
        let Some(more) = self.more else { return Ok(()) };
        let each = |cells: &[Owned]| each(ViewRow { view: self, cells }).map_err(Stop::Writer);
        more.each(each).map_err(|stop| match stop {
            Stop::Writer(error) => error,
            Stop::Scratch(ScratchError(scratch_error)) => {
                io::Error::other(format!("can't read a temporary file: {scratch_error}"))
            }
        })
    }

    /// The rows in memory: for each, a value for every column.
    pub fn rows(&self) -> impl Iterator<Item = ViewRow<'_, 't>> {
        self.rows.iter().map(|cells| ViewRow { view: self, cells })
    }

    /// The same columns with some of the rows, of those that are in memory.
    pub fn part(&self, rows: std::ops::Range<usize>) -> View<'t> {
        View { columns: self.columns.clone(), rows: self.rows.get(rows).unwrap_or_default(), more: None, ..*self }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len() + self.more.map_or(0, Spooled::len)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place among the columns of the one with this name; letter case does not count.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether a column holds numbers and nothing else: those are aligned on the right.
    fn is_numeric(&self, column: &Column<'_>) -> bool {
        let mut some = false;
        let mut number = |row: &[Owned]| {
            let value = value(row, column.at);
            some |= !value.is_null();
            value.is_null() || value.is_number()
        };
        let numbers = self.rows.iter().all(|row| number(row)) && self.more.is_none_or(|more| all(more, number));
        !column.time && numbers && some
    }
}

/// Why going over rows ended early.
enum Stop {
    Writer(io::Error),
    Scratch(ScratchError),
}

impl From<ScratchError> for Stop {
    fn from(scratch_error: ScratchError) -> Stop {
        Stop::Scratch(scratch_error)
    }
}

/// Whether a condition holds for all rows that are not in memory. Where they can't be read it does not: who writes them
/// will find that out.
fn all(rows: &Spooled, mut holds: impl FnMut(&[Owned]) -> bool) -> bool {
    rows.each(|row| if holds(row) { Ok(()) } else { Err(ScratchError(String::new())) }).is_ok()
}

/// A row of a view.
#[derive(Clone, Copy)]
pub struct ViewRow<'v, 't> {
    view: &'v View<'t>,
    cells: &'t [Owned],
}

impl<'v, 't> ViewRow<'v, 't> {
    /// The columns with their values.
    pub fn cells(self) -> impl Iterator<Item = (&'v Column<'t>, Value<'t>)> {
        self.view.columns.iter().map(move |column| (column, value(self.cells, column.at)))
    }

    /// The value of the column at a place among the columns.
    pub fn get(self, position: usize) -> Value<'t> {
        self.view.columns.get(position).map_or(Value::Null, |column| value(self.cells, column.at))
    }
}

fn value(cells: &[Owned], at: usize) -> Value<'_> {
    cells.get(at).map_or(Value::Null, Owned::borrow)
}

/// Writes a result. The error is the writer's own.
pub fn write(view: &View<'_>, format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if look.width.is_some() && format != Format::Table {
        let mut safe = TerminalSafe::new(format, out);
        write(view, format, Look { width: None, ..look }, &mut safe)?;
        return safe.flush();
    }
    match format {
        Format::Table => table::write(view, look, out),
        Format::Jsonl => jsonl::write(view, out),
        Format::Json => json::write(view, out),
        Format::Csv => csv::write(view, look.csv_safe, out),
        Format::Markdown => markdown::write(view, out),
        Format::Raw => raw::write(view, out),
    }
}

/// Rows as lines, for formats that write them one by one.
struct AsLines {
    format: Format,
    output: Vec<OutputColumn>,
}

/// The format as lines, which only `jsonl` and `raw` are; `output` are the columns that a plan names.
pub fn lines(format: Format, output: &[OutputColumn]) -> Option<Arc<dyn Lines>> {
    matches!(format, Format::Jsonl | Format::Raw)
        .then(|| -> Arc<dyn Lines> { Arc::new(AsLines { format, output: output.to_vec() }) })
}

impl Lines for AsLines {
    fn start(&self, columns: &[String]) -> Box<dyn Line> {
        match self.format {
            Format::Raw => raw::line(columns),
            _ => jsonl::line(columns, &self.output),
        }
    }
}

/// A result to try the formats on.
#[cfg(test)]
pub(crate) fn sample() -> (Table, Vec<OutputColumn>) {
    let text = |text: &str| Owned::Text(text.into());
    let column = |name: &str, optional, time| OutputColumn { name: name.into(), slot: 0, optional, time };
    let columns = vec![
        column("_messageTime", false, true),
        column("user", false, false),
        column("n", false, false),
        column("_source", true, false),
    ];
    let rows = vec![
        vec![Owned::Int(1_714_521_600_000), text("ann|b"), Owned::Int(7), Owned::Null].into(),
        vec![Owned::Int(1_714_521_600_250), text("two\nlines, \"é\""), Owned::Double(12.5), Owned::Null].into(),
        vec![Owned::Null, Owned::Null, Owned::Double(f64::NAN), Owned::Null].into(),
    ];
    (Table { columns: columns.iter().map(|c| c.name.clone()).collect(), rows }, columns)
}

/// What a format makes of the sample.
#[cfg(test)]
pub(crate) fn sampled(format: Format, look: Look) -> String {
    let (table, columns) = sample();
    let mut out = Vec::new();
    let written = write(&View::new(&table, &columns, chrono_tz::UTC), format, look, &mut out);
    assert!(written.is_ok());
    String::from_utf8_lossy(&out).into_owned()
}
