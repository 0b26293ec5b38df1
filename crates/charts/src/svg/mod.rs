//! Charts as SVG documents.

mod axes;
mod bars;
mod marks;
mod measure;
mod parts;
mod writer;

use super::model::{Model, Shape};
use super::numbers::number;
use measure::{shortened, width};
use writer::Svg;

/// The width of every chart.
const WIDTH: f64 = 800.0;
/// The height of charts that have no reason for another.
const HEIGHT: f64 = 400.0;
/// The size of text.
const TEXT: f64 = 12.0;
/// Space around everything.
const MARGIN: f64 = 16.0;
/// Where a drawing begins below the title.
const TOP: f64 = 48.0;

/// Colours that people with any colour vision can tell apart, after Okabe and Ito, without the yellow that is too pale on
/// white.
const COLOURS: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#5d3a9b", "#222222"];
/// What stands for others.
const REST: &str = "#999999";
const INK: &str = "#333333";
const FAINT: &str = "#666666";
const GRID: &str = "#dddddd";

/// The colour of the series, or the part, at a place.
fn colour(at: usize, rest: bool) -> &'static str {
    if rest { REST } else { COLOURS[at % COLOURS.len()] }
}

/// Draws a model.
pub(super) fn document(model: &Model) -> String {
    match model.shape {
        Shape::Nothing => message(model, "no rows", None),
        Shape::Number => {
            let value = model.values().next().map_or_else(|| "(null)".to_string(), number);
            message(model, &value, Some(40.0))
        }
        Shape::Bar => bars::document(model),
        Shape::Column | Shape::Line | Shape::Area => marks::document(model),
        Shape::Pie => parts::document(model),
    }
}

/// A document of this height with the title.
fn begun(model: &Model, height: f64) -> Svg {
    let mut svg = Svg::new(WIDTH, height, &model.title);
    let title = shortened(&model.title, WIDTH - 2.0 * MARGIN, 15.0);
    svg.text((MARGIN, 28.0), &title, &[("font-size", "15"), ("font-weight", "bold"), ("fill", INK)]);
    svg
}

/// A text in the middle.
fn message(model: &Model, text: &str, size: Option<f64>) -> String {
    let nothing = model.shape == Shape::Nothing;
    let mut svg = match nothing {
        true => Svg::new(WIDTH, 160.0, "no rows"),
        false => begun(model, 160.0),
    };
    let size = size.unwrap_or(16.0);
    let room = WIDTH - 2.0 * MARGIN;
    let fits = (room / width(text, size)).min(1.0) * size;
    let size = writer::number(fits);
    let fill = if nothing { FAINT } else { COLOURS[0] };
    svg.text((WIDTH / 2.0, 95.0), text, &[("font-size", &size), ("text-anchor", "middle"), ("fill", fill)]);
    svg.end()
}

/// The legend at the right of a chart, if there is more than one series: its entries, and the width that it takes.
struct Legend {
    entries: Vec<(String, &'static str, String)>,
    width: f64,
}

impl Legend {
    fn of(model: &Model) -> Legend {
        const MAX_MARKS: f64 = 200.0;
        if model.series.len() < 2 {
            return Legend { entries: Vec::new(), width: 0.0 };
        }
        let entry = |(at, series): (usize, &super::model::Series)| {
            (shortened(&series.name, MAX_MARKS, TEXT), colour(at, series.rest), series.name.clone())
        };
        let entries: Vec<_> = model.series.iter().enumerate().map(entry).collect();
        let widest = entries.iter().map(|(name, ..)| width(name, TEXT)).fold(0.0, f64::max);
        Legend { entries, width: widest + 34.0 }
    }

    /// Draws it from a height on.
    fn draw(&self, svg: &mut Svg, top: f64) {
        let left = WIDTH - MARGIN - self.width + 14.0;
        for (at, (name, colour, whole)) in self.entries.iter().enumerate() {
            let y = top + 20.0 * at as f64;
            svg.rect((left, y, 12.0, 12.0), colour, whole);
            svg.text((left + 18.0, y + 10.5), name, &[("fill", INK)]);
        }
    }
}
