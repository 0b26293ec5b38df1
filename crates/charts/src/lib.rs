//! Bars, columns, lines, areas and pies, as text for a terminal and as SVG.
//!
//! ```text
//! Model (series over times or names) ──▶ Chart ──svg──▶ an SVG document
//!                                              ──text─▶ blocks and braille
//! ```
//!
//! What is drawn depends on the model alone: no dates, no order of hashing, fixed forms of numbers. So a chart can be
//! compared with an expected one byte by byte.
//!
//! ```
//! use sumoql_charts::{Chart, ChartKind, Model, Series, Along};
//!
//! let model = Model {
//!     title: "requests by status".to_string(),
//!     along: Along::Names(vec!["200".to_string(), "404".to_string()]),
//!     series: vec![Series { name: "requests".to_string(), values: vec![Some(12.0), Some(3.0)], rest: false }],
//!     ..Model::default()
//! };
//! let chart = Chart::new(model, ChartKind::Bar)?;
//! assert!(chart.text(60, false).contains("404"));
//! assert!(chart.svg().starts_with("<svg"));
//! # Ok::<(), String>(())
//! ```

mod model;
mod numbers;
mod reduce;
mod svg;
mod text;
mod times;

pub use model::{Along, Model, Series, Shape};
pub use times::names as time_names;

/// A kind of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
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

/// A chart, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    model: Model,
}

impl Chart {
    /// A chart of a model. What is too much to be drawn is put together, which the [notes](Chart::notes) say.
    ///
    /// # Errors
    /// A text for the user: why this model can't be drawn in this way.
    pub fn new(model: Model, kind: ChartKind) -> Result<Chart, String> {
        Ok(Chart { model: reduce::reduced(model, kind)? })
    }

    /// The chart as an SVG document.
    pub fn svg(&self) -> String {
        svg::document(&self.model)
    }

    /// The chart as lines for a terminal of a width in columns, between 40 and 160; with ANSI colours if wanted.
    pub fn text(&self, width: usize, colour: bool) -> String {
        text::drawn(&self.model, width, colour)
    }

    /// What the reader should know: what was left out or put together.
    pub fn notes(&self) -> &[String] {
        &self.model.notes
    }
}
