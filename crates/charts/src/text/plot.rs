//! Columns, lines and areas: a field of characters between an axis of numbers and an axis of times or names.
//!
//! Lines of several series share a field only where colour tells them apart; columns and areas never do: each series has a
//! field of its own, all with the same axis.

use super::canvas::Canvas;
use super::{Page, bars, shortened};
use crate::model::{Along, Model, Series, Shape};
use crate::numbers::Scale;
use crate::times;
use unicode_width::UnicodeWidthStr;

/// The height of a field with all series, and of one among several.
const HIGH: usize = 12;
const LOW: usize = 6;

/// One eighth of a row to a whole one, from below.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws the chart.
pub(super) fn plot(model: &Model, page: Page, lines: &mut Vec<String>) {
    let (low, high) = model.extent_apart();
    let shared = model.series.len() == 1 || (model.shape == Shape::Line && page.colour);
    let height = if shared { HIGH } else { LOW };
    let scale = Scale::new(low, high, height / 3 + 1, model.values().all(|value| value.fract() == 0.0));
    let labels = scale.labels();
    let lead = labels.iter().map(|label| label.width()).max().unwrap_or(0);
    let field = Field { model, page, scale, labels, lead, width: page.width - lead - 2, height };
    if let (Shape::Column, Along::Names(names)) = (model.shape, &model.along) {
        let longest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        if field.width / names.len().max(1) < longest.min(8) + 1 {
            let why = shortened("(bars: columns would be narrower than their names)", page.width);
            lines.push(page.dim(&why));
            return bars::bars(model, page, lines);
        }
    }
    if shared {
        let all: Vec<usize> = (0..model.series.len()).collect();
        field.draw(&all, lines);
        field.along(lines);
        if all.len() > 1 {
            for (at, series) in model.series.iter().enumerate() {
                let name = shortened(&series.name, field.width.saturating_sub(3));
                lines.push(format!("{}{} {name}", " ".repeat(lead + 2), page.paint("━━", at, series.rest)));
            }
        }
        return;
    }
    for (at, series) in model.series.iter().enumerate() {
        lines.push(format!("{}{}", " ".repeat(lead + 2), shortened(&series.name, field.width)));
        field.draw(&[at], lines);
    }
    field.along(lines);
}

impl Model {
    /// The extent of the values where series are not put on top of each other.
    fn extent_apart(&self) -> (f64, f64) {
        Model { split: false, ..self.clone() }.extent()
    }
}

struct Field<'m> {
    model: &'m Model,
    page: Page,
    scale: Scale,
    labels: Vec<String>,
    lead: usize,
    width: usize,
    height: usize,
}

impl Field<'_> {
    /// Draws these series, and the axis of numbers.
    fn draw(&self, which: &[usize], lines: &mut Vec<String>) {
        let rows: Vec<Vec<(char, usize)>> = match self.model.shape {
            Shape::Column => self.columns(which.first().copied().unwrap_or(0)),
            _ => self.braille(which),
        };
        let mut labelled = vec![None; self.height];
        for (tick, label) in self.scale.ticks.iter().zip(&self.labels) {
            labelled[self.row_of(*tick)] = Some(label);
        }
        for (row, label) in rows.iter().zip(labelled) {
            let (text, mark) = label.map_or(("", '│'), |label| (label.as_str(), '┤'));
            let lead = self.lead - text.width();
            let axis = self.page.dim(&format!("{}{text} {mark}", " ".repeat(lead)));
            lines.push(format!("{axis}{}", self.painted(row)));
        }
    }

    /// A row of characters with the colours of their owners.
    fn painted(&self, row: &[(char, usize)]) -> String {
        let mut out = String::new();
        for run in row.chunk_by(|a, b| a.1 == b.1) {
            let text: String = run.iter().map(|(c, _)| c).collect();
            let owner = run[0].1;
            match self.model.series.get(owner) {
                Some(series) => out.push_str(&self.page.paint(&text, owner, series.rest)),
                None => out.push_str(&text),
            }
        }
        out
    }

    /// Where a place stands among so many: the beginning of it, from 0 to 1; and how wide it is.
    fn place(&self, at: usize) -> (f64, f64) {
        match &self.model.along {
            Along::Names(names) => (at as f64 / names.len() as f64, 1.0 / names.len() as f64),
            Along::Times(_) => {
                let (from, to) = self.span();
                let span = (to - from).max(1) as f64;
                (self.moment(at).saturating_sub(from) as f64 / span, self.model.step() as f64 / span)
            }
        }
    }

    fn moment(&self, at: usize) -> i64 {
        match &self.model.along {
            Along::Times(times) => times.get(at).copied().unwrap_or(0),
            Along::Names(_) => at as i64,
        }
    }

    /// The whole of time; a column takes the room of its slice.
    fn span(&self) -> (i64, i64) {
        let (from, last) = (self.moment(0), self.moment(self.model.along.len().saturating_sub(1)));
        let more = if self.model.shape == Shape::Column || from == last { self.model.step() } else { 0 };
        (from, last.saturating_add(more))
    }

    /// The rows above zero, and how many rows a value of one is high: zero lies between two rows.
    fn rows(&self) -> (usize, f64) {
        let (low, high) = self.scale.ends();
        let (low, high) = (low.min(0.0), high.max(0.0));
        let least = usize::from(high > 0.0);
        let most = self.height - usize::from(low < 0.0);
        let above = ((high / (high - low) * self.height as f64).round() as usize).clamp(least, most);
        let unit = |rows: usize, value: f64| if value > 0.0 { rows as f64 / value } else { f64::INFINITY };
        (above, unit(above, high).min(unit(self.height - above, -low)))
    }

    /// The row at which a tick is written.
    fn row_of(&self, tick: f64) -> usize {
        let last = self.height - 1;
        if self.model.shape != Shape::Column {
            return ((1.0 - self.scale.place(tick)) * last as f64).round() as usize;
        }
        let (above, unit) = self.rows();
        let rows = (tick.abs() * unit).round() as usize;
        match tick < 0.0 {
            true => (above + rows).saturating_sub(1).min(last),
            false => above.saturating_sub(rows.max(1)).min(last),
        }
    }

    fn columns(&self, which: usize) -> Vec<Vec<(char, usize)>> {
        let (above, unit) = self.rows();
        let mut values: Vec<Option<f64>> = vec![None; self.width];
        for (at, value) in self.model.series[which].values.iter().enumerate() {
            let Some(value) = value else { continue };
            let (start, wide) = self.place(at);
            let left = (start * self.width as f64).round() as usize;
            let right = ((start + wide) * self.width as f64).round() as usize;
            // A blank between columns where there is room for it.
            let right = if right > left + 2 { right - 1 } else { right.max(left + 1) };
            for seen in values.iter_mut().take(right).skip(left) {
                // Of several columns in one character the longest is seen.
                if seen.is_none_or(|seen| value.abs() > seen.abs()) {
                    *seen = Some(*value);
                }
            }
        }
        let cell = |row: usize, value: &Option<f64>| {
            let Some(value) = value else { return (' ', usize::MAX) };
            let (rows, upwards) = (value.abs() * unit, *value >= 0.0);
            let share = match (upwards, row < above) {
                (true, true) => rows - (above - 1 - row) as f64,
                (false, false) => rows - (row - above) as f64,
                _ => 0.0,
            };
            // Zero and what is next to it are seen too.
            let beside = if upwards { row + 1 == above } else { row == above };
            let eighths = ((share * 8.0).round() as usize).clamp(usize::from(beside), 8);
            match (upwards, eighths) {
                (_, 0) => (' ', usize::MAX),
                (true, eighths) => (EIGHTHS[eighths], which),
                // Downwards there are these only.
                (false, 1..=2) => ('▔', which),
                (false, 3..=5) => ('▀', which),
                (false, _) => ('█', which),
            }
        };
        (0..self.height).map(|row| values.iter().map(|value| cell(row, value)).collect()).collect()
    }

    fn braille(&self, which: &[usize]) -> Vec<Vec<(char, usize)>> {
        let mut canvas = Canvas::new(self.width, self.height);
        let (across, down) = (canvas.across() - 1, canvas.down() - 1);
        let dot = |at: usize, series: &Series| {
            let (start, wide) = self.place(at);
            let middle = if matches!(self.model.along, Along::Names(_)) { start + wide / 2.0 } else { start };
            let height = self.scale.place(series.values[at].unwrap_or(0.0));
            ((middle * across as f64).round() as usize, ((1.0 - height) * down as f64).round() as usize)
        };
        let zero = ((1.0 - self.scale.place(0.0)) * down as f64).round() as usize;
        for which in which {
            let series = &self.model.series[*which];
            for run in self.model.runs(series) {
                let dots: Vec<(usize, usize)> = run.iter().map(|at| dot(*at, series)).collect();
                if let [only] = dots[..] {
                    // A dot on its own would hardly be seen.
                    let beside = if only.0 < across { only.0 + 1 } else { across.saturating_sub(1) };
                    for y in [only.1, only.1.saturating_sub(1)] {
                        canvas.line((only.0, y), (beside, y), *which);
                    }
                }
                for pair in dots.windows(2) {
                    canvas.line(pair[0], pair[1], *which);
                }
                if self.model.shape == Shape::Area {
                    fill(&mut canvas, &dots, zero, *which);
                }
            }
        }
        (0..self.height).map(|row| canvas.row(row).collect()).collect()
    }

    /// The axis of times or names, below the field.
    fn along(&self, lines: &mut Vec<String>) {
        let mut places: Vec<(usize, String, Option<String>)> = Vec::new();
        match &self.model.along {
            Along::Times(_) => {
                let (from, to) = self.span();
                let span = (to - from).max(1) as f64;
                for tick in times::ticks(from, to, self.width / 10, self.model.zone) {
                    let at = (tick.at - from) as f64 / span * (self.width - 1) as f64;
                    places.push((at.round() as usize, tick.label, tick.below));
                }
            }
            Along::Names(names) => {
                let available = (self.width / names.len().max(1)).saturating_sub(1).max(8);
                for (at, name) in names.iter().enumerate() {
                    let (start, wide) = self.place(at);
                    let middle = ((start + wide / 2.0) * self.width as f64) as usize;
                    places.push((middle.min(self.width - 1), shortened(name, available), None));
                }
            }
        }
        let mut axis: Vec<char> = vec!['─'; self.width];
        let (mut first, mut second) = (String::new(), String::new());
        for (at, label, below) in places {
            if put(&mut first, &label, at, self.width) {
                axis[at] = '┬';
                if let Some(below) = below {
                    put(&mut second, &below, at, self.width);
                }
            }
        }
        let blank = " ".repeat(self.lead + 1);
        lines.push(self.page.dim(&format!("{blank}└{}", axis.iter().collect::<String>())));
        lines.push(self.page.dim(&format!("{blank} {first}")));
        if !second.is_empty() {
            lines.push(self.page.dim(&format!("{blank} {second}")));
        }
    }
}

/// Fills what lies between a line and the height of zero.
fn fill(canvas: &mut Canvas, dots: &[(usize, usize)], zero: usize, owner: usize) {
    for pair in dots.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        for x in x0..=x1 {
            let share = if x1 > x0 { (x - x0) as f64 / (x1 - x0) as f64 } else { 0.0 };
            let y = (y0 as f64 + (y1 as f64 - y0 as f64) * share).round() as usize;
            canvas.line((x, y), (x, zero), owner);
        }
    }
    if let [(x, y)] = dots {
        canvas.line((*x, *y), (*x, zero), owner);
    }
}

/// Writes a label around a column, if there is room behind what stands there already.
fn put(line: &mut String, label: &str, at: usize, width: usize) -> bool {
    let wide = label.width();
    let start = at.saturating_sub(wide / 2).min(width.saturating_sub(wide));
    let used = line.width();
    if wide > width || (used > 0 && start < used + 1) {
        return false;
    }
    line.push_str(&" ".repeat(start - used));
    line.push_str(label);
    true
}
