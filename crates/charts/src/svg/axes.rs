//! The frame of charts whose numbers go upwards: both axes with their ticks, and where values stand.

use super::measure::{shortened, width};
use super::writer::Svg;
use super::{FAINT, GRID, HEIGHT, INK, Legend, MARGIN, TEXT, TOP, WIDTH};
use crate::model::{Along, Model, Shape};
use crate::numbers::Scale;
use crate::times;

/// Where things stand.
pub(super) struct Frame {
    pub scale: Scale,
    left: f64,
    right: f64,
    bottom: f64,
    /// The whole of time, or the number of names.
    from: i64,
    to: i64,
}

impl Frame {
    /// A frame for a model beside its legend, and what to draw of it.
    pub fn new(model: &Model, legend: &Legend) -> Frame {
        let (low, high) = model.extent();
        let scale = Scale::new(low, high, 5, model.values().all(|value| value.fract() == 0.0));
        let labels = scale.labels().iter().map(|label| width(label, TEXT)).fold(0.0, f64::max);
        let (left, right) = (MARGIN + labels + 8.0, WIDTH - MARGIN - legend.width);
        let (from, to) = match &model.along {
            Along::Times(times) => {
                let (first, last) = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
                // A column takes the room of its slice.
                let more = if model.shape == Shape::Column || first == last { model.step() } else { 0 };
                (first, last.saturating_add(more))
            }
            Along::Names(names) => (0, names.len() as i64),
        };
        let mut frame = Frame { scale, left, right, bottom: HEIGHT - 48.0, from, to };
        if let Along::Names(names) = &model.along
            && frame.slanted(names)
        {
            let longest = names.iter().map(|name| width(&shortened(name, 150.0, TEXT), TEXT)).fold(0.0, f64::max);
            frame.bottom = HEIGHT - 24.0 - longest * 0.64;
            // The first name reaches to the left of its column.
            frame.left = frame.left.max(MARGIN + longest * 0.77 - frame.slot() / 2.0);
        }
        frame
    }

    /// The room of one name, or of one slice of a length in time.
    fn slot(&self) -> f64 {
        (self.right - self.left) / self.to.saturating_sub(self.from).max(1) as f64
    }

    /// The width of a place: a name's, or that of a step in time.
    pub fn place_width(&self, step: i64) -> f64 {
        self.slot() * step as f64
    }

    /// Where a moment stands, or the beginning of the name of a number.
    pub fn x(&self, at: i64) -> f64 {
        self.left + (at.saturating_sub(self.from)) as f64 * self.slot()
    }

    /// Where a value stands.
    pub fn y(&self, value: f64) -> f64 {
        self.bottom - self.scale.place(value) * (self.bottom - TOP)
    }

    /// The height that counts as zero for columns and areas.
    pub fn zero(&self) -> f64 {
        let (low, high) = self.scale.ends();
        self.y(0f64.clamp(low, high))
    }

    fn slanted(&self, names: &[String]) -> bool {
        let widest = names.iter().map(|name| width(name, TEXT)).fold(0.0, f64::max);
        widest + 6.0 > self.slot()
    }

    /// Draws the axes.
    pub fn draw(&self, svg: &mut Svg, model: &Model) {
        for (tick, label) in self.scale.ticks.iter().zip(self.scale.labels()) {
            let y = self.y(*tick);
            svg.line((self.left, y), (self.right, y), if *tick == 0.0 { FAINT } else { GRID });
            svg.text((self.left - 6.0, y + 4.0), &label, &[("text-anchor", "end"), ("fill", FAINT)]);
        }
        match &model.along {
            Along::Times(_) => self.draw_times(svg, model),
            Along::Names(names) => self.draw_names(svg, names),
        }
    }

    fn draw_times(&self, svg: &mut Svg, model: &Model) {
        let most = ((self.right - self.left) / 90.0) as usize;
        let mut free = f64::NEG_INFINITY;
        for tick in times::ticks(self.from, self.to, most, model.zone) {
            let x = self.x(tick.at);
            svg.line((x, self.bottom), (x, self.bottom + 4.0), FAINT);
            for (line, label) in std::iter::once(&tick.label).chain(&tick.below).enumerate() {
                let half = width(label, TEXT) / 2.0;
                // At the edge of the page a text moves inwards; a day that would lie over the one before is left out.
                let centre = x.clamp(MARGIN / 2.0 + half, WIDTH - MARGIN / 2.0 - half);
                if line == 1 && centre - half < free + 4.0 {
                    continue;
                }
                if line == 1 {
                    free = centre + half;
                }
                let fill = if line == 0 { INK } else { FAINT };
                let y = self.bottom + 18.0 + 15.0 * line as f64;
                svg.text((centre, y), label, &[("text-anchor", "middle"), ("fill", fill)]);
            }
        }
    }

    fn draw_names(&self, svg: &mut Svg, names: &[String]) {
        let slanted = self.slanted(names);
        // Names of many places: every second, third, … one.
        let every = (14.0 / self.slot()).ceil().max(1.0) as usize;
        for (at, name) in names.iter().enumerate().step_by(if slanted { every } else { 1 }) {
            let x = self.x(at as i64) + self.slot() / 2.0;
            if !slanted {
                svg.text((x, self.bottom + 18.0), name, &[("text-anchor", "middle"), ("fill", INK)]);
                continue;
            }
            let (x, y) = (x + 4.0, self.bottom + 14.0);
            let turn = format!("rotate(-40 {} {})", super::writer::number(x), super::writer::number(y));
            let short = shortened(name, 150.0, TEXT);
            svg.text((x, y), &short, &[("text-anchor", "end"), ("fill", INK), ("transform", &turn)]);
        }
    }
}
