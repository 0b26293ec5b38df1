//! How results are shown on standard output: on a terminal, rows that are messages as messages.

use super::screen::Screen;
use super::{Failure, context};
use clap::Args;
use std::io::Write;
use std::sync::Arc;
use sumoql::output;
use sumoql::output::messages::{Messages, Streamed};
use sumoql::output::{Format, Look, TerminalSafe, View, Wrap, messages};
use sumoql::program::plan::Plan;
use sumoql::run::row_lines::Lines;
use sumoql::syntax::tree::{Query, StageKind};
use sumoql_data::table::Table;
use sumoql_data::value::{Owned, Value};

/// How results are shown.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct ShowArgs {
    /// On a terminal, show messages and tables in full [default: the first lines of a message, and what fits of a table]
    #[arg(long, overrides_with = "no_wrap", help_heading = "Output")]
    pub wrap: bool,
    /// On a terminal, show each message on one line
    #[arg(long, overrides_with = "wrap", help_heading = "Output")]
    pub no_wrap: bool,
    /// With `--output csv`, write a quote before strings that a spreadsheet would take for formulas: those that begin with
    /// = + - @, a tab or a carriage return. Numbers stay as they are
    #[arg(long, help_heading = "Output")]
    pub csv_safe: bool,
}

impl ShowArgs {
    /// What results look like on a screen.
    pub fn look(self, screen: &Screen) -> Look {
        let wrap = match (self.wrap, self.no_wrap) {
            (true, _) => Wrap::Whole,
            (_, true) => Wrap::Off,
            _ => Wrap::Short,
        };
        Look { wrap, csv_safe: self.csv_safe, ..screen.look() }
    }
}

/// Writes a result.
pub(super) fn write(
    view: &View<'_>,
    format: Format,
    (tree, plan): (&Query, &Plan),
    look: Look,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match on_terminal(view, format, (tree, plan), look) {
        Some(messages) => messages::write(view, &messages, &[], look, out)?,
        None => output::write(view, format, look, out)?,
    }
    Ok(())
}

/// Writes messages with others around them. Some are left out before those at `gaps`.
pub(super) fn write_context(
    view: &View<'_>,
    gaps: &[usize],
    format: Format,
    (tree, plan): (&Query, &Plan),
    look: Look,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if let Some(messages) = on_terminal(view, format, (tree, plan), look) {
        return Ok(messages::write(view, &messages.around(view, context::COLUMN), gaps, look, out)?);
    }
    if format != Format::Raw {
        return Ok(output::write(view, format, look, out)?);
    }
    let mut from = 0;
    for to in gaps.iter().copied().chain([view.len()]) {
        if from > 0 {
            out.write_all(b"--\n")?;
        }
        output::write(&view.part(from..to), format, look, out)?;
        from = to;
    }
    Ok(())
}

/// How rows are shown as messages on a terminal, if they are.
fn on_terminal(view: &View<'_>, format: Format, (tree, plan): (&Query, &Plan), look: Look) -> Option<Messages> {
    let as_text = format == Format::Table && look.width.is_some() && !view.is_empty();
    as_text.then(|| as_messages(view, tree, plan))?
}

/// How rows are shown as messages, if they are messages.
fn as_messages(view: &View<'_>, tree: &Query, plan: &Plan) -> Option<Messages> {
    // A group may have the columns of a message.
    let grouped = tree.stages.iter().any(|stage| matches!(stage.kind, StageKind::Aggregate { .. }));
    if grouped || !(plan.raw || view.position("_messageTime").is_some()) {
        return None;
    }
    Messages::of_view(view, plan.search.terms().into_iter().cloned().collect())
}

/// Messages as they come, for a terminal. With `sources`, the source of each is shown.
pub(super) fn streamed(plan: &Plan, zone: chrono_tz::Tz, sources: bool, look: Look) -> Arc<dyn Lines> {
    let terms = plan.search.terms().into_iter().cloned().collect();
    Arc::new(Streamed { output: plan.output.clone(), terms, zone, sources, look })
}

/// Writes lines of a format as they come.
pub(super) fn write_lines(bytes: &[u8], format: Format, screen: &Screen) -> Result<(), Failure> {
    screen.output(|out| {
        match screen.terminal && format != Format::Table {
            true => TerminalSafe::new(format, out).write_all(bytes)?,
            false => out.write_all(bytes)?,
        }
        Ok(())
    })
}

/// The rows of a table as lines of a format.
pub(super) fn lines_of(lines: &dyn Lines, table: &Table) -> Vec<u8> {
    let mut line = lines.start(&table.columns);
    let mut out = Vec::new();
    for row in &table.rows {
        line.write(&|at| row.get(at).map_or(Value::Null, Owned::borrow), &mut out);
    }
    out
}
