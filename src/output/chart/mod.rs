//! Charts of results: a view of a table becomes a model of what is drawn, and the model a text for the terminal or an SVG.
//!
//! ```text
//! View ──of_view──▶ Model (series over times or names) ──svg──▶ an SVG document
//!                                                       ──text─▶ blocks and braille
//! ```
//!
//! What is drawn depends on the rows alone: no dates, no order of hashing, fixed forms of numbers. So a chart can be compared
//! with an expected one byte by byte.

pub(super) mod model;
mod numbers;
mod reduce;
mod svg;
mod text;
pub(super) mod times;

use super::{Look, View};
use model::Model;

/// A kind of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// What suits the result: a line for a time series, bars for categories.
    Auto,
    /// Horizontal bars.
    Bar,
    /// Vertical columns.
    Column,
    /// Lines.
    Line,
    /// Filled areas.
    Area,
    /// A circle of shares.
    Pie,
}

/// What the query says about the columns of its result.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The columns that name a row: the fields after `by`.
    pub keys: Vec<String>,
    /// All numbers are counts or sums, which may be added up and stacked.
    pub additive: bool,
    /// What the numbers are called, where the columns do not tell: the query transposes.
    pub measures: Vec<String>,
    /// The fields whose values are the columns of numbers: the query transposes.
    pub split: Vec<String>,
    /// The rows are messages.
    pub messages: bool,
}

/// A chart, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    model: Model,
}

impl Chart {
    /// A chart of a result. The error is a text for the user: why this result can't be drawn in this way.
    pub fn new(view: &View<'_>, kind: Kind, facts: &Facts) -> Result<Chart, String> {
        if facts.messages {
            return Err("the rows are messages, and a chart needs numbers: aggregate first, as in `| count by field`"
                .to_string());
        }
        let model = super::chart_series::model(view, facts)?;
        Ok(Chart { model: reduce::reduced(model, kind)? })
    }

    /// The chart as an SVG document.
    pub fn svg(&self) -> String {
        svg::document(&self.model)
    }

    /// The chart as lines for a terminal: as wide as the look says, or of 80 columns.
    pub fn text(&self, look: Look) -> String {
        text::drawn(&self.model, look.width.unwrap_or(80), look.colour)
    }

    /// What the reader should know: what was left out or put together.
    pub fn notes(&self) -> &[String] {
        &self.model.notes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;
    use crate::program::plan::OutputColumn;
    use sumoql_data::table::Table;
    use sumoql_data::value::Owned;

    /// Every kind of every odd table at several widths: nothing fails, and no line is too long.
    #[test]
    fn odd_tables_are_drawn_or_refused() {
        let numbers = [0.0, -0.0, 1e-320, -1e308, 1e299, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, 7.0];
        let times = [i64::MIN, -1, 0, 1, 1_714_521_600_000, 1_714_521_600_001, i64::MAX, 5, 5];
        let text = |at: usize| Owned::Text(["", "a", "é\n", "日本", "\u{0}"][at % 5].into());
        for mask in 0..32usize {
            for rows in [1, 2, 9, 40] {
                let cells = |at: usize| {
                    let all = [
                        Owned::Int(times[at % 9]),
                        text(at),
                        Owned::Double(numbers[(at + mask) % 9]),
                        Owned::Int(times[(at * 5) % 9]),
                        if at.is_multiple_of(2) { Owned::Null } else { Owned::Double(numbers[at % 9]) },
                    ];
                    all.into_iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, cell)| cell).collect()
                };
                let names = ["t", "k", "x", "y", "z"].iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
                let columns: Vec<String> = names.map(|(_, name)| name.to_string()).collect();
                let output: Vec<OutputColumn> = columns
                    .iter()
                    .map(|name| OutputColumn { name: name.clone(), slot: 0, optional: false, time: name == "t" })
                    .collect();
                let table = Table { columns, rows: (0..rows).map(cells).collect() };
                let view = View::new(&table, &output, chrono_tz::Europe::Berlin);
                for kind in [Kind::Auto, Kind::Bar, Kind::Column, Kind::Line, Kind::Area, Kind::Pie] {
                    for additive in [false, true] {
                        let facts = Facts { additive, ..Facts::default() };
                        let Ok(chart) = Chart::new(&view, kind, &facts) else { continue };
                        assert!(chart.svg().ends_with("</svg>\n"));
                        for width in [1, 40, 500] {
                            for line in chart.text(Look { width: Some(width), colour: false }).lines() {
                                let wide = unicode_width::UnicodeWidthStr::width(line);
                                assert!(wide <= width.clamp(40, 160), "{kind:?} {mask} {rows}: {line}");
                            }
                        }
                    }
                }
            }
        }
    }
}
