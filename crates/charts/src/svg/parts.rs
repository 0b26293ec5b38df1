//! A circle of shares with a legend.

use super::measure::shortened;
use super::writer::number as place;
use super::{FAINT, INK, TEXT, TOP, begun, colour};
use crate::model::{Along, Model};
use crate::numbers::{number, percentage};

const RADIUS: f64 = 140.0;
const HEIGHT: f64 = 360.0;
const LEGEND: f64 = 380.0;
/// The room for a name in the legend.
const NAMES: f64 = 240.0;

/// Draws the circle, from the top clockwise.
pub(super) fn document(model: &Model) -> String {
    let mut svg = begun(model, HEIGHT);
    let (Along::Names(names), Some(series)) = (&model.along, model.series.first()) else { return svg.end() };
    let total = series.total();
    let centre = (190.0, TOP + RADIUS + 4.0);
    let on = |share: f64| {
        let angle = (share - 0.25) * std::f64::consts::TAU;
        (centre.0 + RADIUS * angle.cos(), centre.1 + RADIUS * angle.sin())
    };
    let point = |(x, y): (f64, f64)| format!("{} {}", place(x), place(y));
    let parts = names.iter().zip(&series.values).map(|(name, value)| (name, value.unwrap_or(0.0)));
    let shown: Vec<(usize, (&String, f64))> = parts.enumerate().collect();
    let mut from = 0.0;
    for (at, (name, value)) in &shown {
        let share = value / total;
        let rest = model.rest && *at + 1 == names.len();
        let fill = colour(*at, rest);
        let about = format!("{name}: {} ({})", number(*value), percentage(share));
        let large = u8::from(share > 0.5);
        let commands = match share {
            share if share <= 0.0 => continue,
            share if share > 0.9999 => {
                let (top, bottom) = (point(on(0.0)), point(on(0.5)));
                format!("M{top}A{RADIUS} {RADIUS} 0 1 1 {bottom}A{RADIUS} {RADIUS} 0 1 1 {top}Z")
            }
            share => format!(
                "M{}L{}A{RADIUS} {RADIUS} 0 {large} 1 {}Z",
                point(centre),
                point(on(from)),
                point(on(from + share))
            ),
        };
        svg.slice(&commands, fill, &about);
        from += share;
    }
    let top = centre.1 - 12.0 * names.len() as f64;
    for (at, (name, value)) in shown {
        let rest = model.rest && at + 1 == names.len();
        let y = top + 24.0 * at as f64;
        svg.rect((LEGEND, y, 12.0, 12.0), colour(at, rest), name);
        svg.text((LEGEND + 20.0, y + 10.5), &shortened(name, NAMES, TEXT), &[("fill", INK)]);
        let share = percentage(value / total);
        svg.text((LEGEND + 320.0, y + 10.5), &share, &[("text-anchor", "end"), ("fill", INK)]);
        svg.text((LEGEND + 400.0, y + 10.5), &number(value), &[("text-anchor", "end"), ("fill", FAINT)]);
    }
    svg.end()
}
