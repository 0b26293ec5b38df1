//! Horizontal bars: a name at the left, the number at the end of each bar.

use super::measure::{shortened, width};
use super::{FAINT, GRID, INK, Legend, MARGIN, TEXT, TOP, WIDTH, begun, colour};
use crate::model::{Along, Model};
use crate::numbers::{Scale, number};

/// The most room for names.
const NAMES: f64 = 260.0;

/// Draws the bars.
pub(super) fn document(model: &Model) -> String {
    let names: &[String] = match &model.along {
        Along::Names(names) => names,
        Along::Times(_) => &[],
    };
    let stacked = model.stacked();
    let lanes = if stacked { 1 } else { model.series.len() };
    let thick = if lanes == 1 { 16.0 } else { 12.0 };
    let band = thick * lanes as f64 + 8.0;
    let legend = Legend::of(model);
    let bottom = TOP + band * names.len() as f64;
    let height = (bottom + 34.0).max(TOP + 20.0 * legend.entries.len() as f64 + MARGIN);

    let (low, high) = model.extent();
    let widest = model.values().map(|value| width(&number(value), TEXT)).fold(0.0, f64::max) + 6.0;
    let name_room = names.iter().map(|name| width(name, TEXT)).fold(0.0, f64::max).min(NAMES);
    let left = MARGIN + name_room + 8.0;
    // The number at the end of the longest bar stands behind the axis.
    let right = WIDTH - MARGIN - legend.width - widest;
    let left_end = if low < 0.0 { left + widest } else { left };
    let scale = Scale::new(low, high, 6, model.values().all(|value| value.fract() == 0.0));
    let x = |value: f64| left_end + scale.place(value) * (right - left_end);

    let mut svg = begun(model, height);
    for (tick, label) in scale.ticks.iter().zip(scale.labels()) {
        let at = x(*tick);
        svg.line((at, TOP - 4.0), (at, bottom), GRID);
        svg.text((at, bottom + 16.0), &label, &[("text-anchor", "middle"), ("fill", FAINT)]);
    }
    for (at, name) in names.iter().enumerate() {
        let top = TOP + band * at as f64 + 4.0;
        let middle = top + thick * lanes as f64 / 2.0 + 4.0;
        let short = shortened(name, NAMES, TEXT);
        svg.text((left - 8.0, middle), &short, &[("text-anchor", "end"), ("fill", INK)]);
        let mut from = 0.0;
        for (which, series) in model.series.iter().enumerate() {
            let Some(value) = series.values.get(at).copied().flatten() else { continue };
            let lane = if stacked { 0 } else { which };
            let rest = series.rest || (model.rest && model.series.len() == 1 && at + 1 == names.len());
            let (start, end) = (x(from), x(from + value));
            let y = top + thick * lane as f64;
            let about = match model.series.len() {
                1 => format!("{name}: {}", number(value)),
                _ => format!("{name}, {}: {}", series.name, number(value)),
            };
            let bar = (start.min(end), y, (end - start).abs(), thick - 1.0);
            svg.rect(bar, colour(which, rest), &about);
            if stacked {
                from += value;
                continue;
            }
            let (place, anchor) = if value < 0.0 { (end - 5.0, "end") } else { (end + 5.0, "start") };
            svg.text(
                (place, y + thick / 2.0 + 3.5),
                &number(value),
                &[("text-anchor", anchor), ("fill", INK), ("font-size", "11")],
            );
        }
        if stacked {
            svg.text((x(from) + 5.0, top + thick / 2.0 + 3.5), &number(from), &[("fill", INK), ("font-size", "11")]);
        }
    }
    svg.line((x(0.0), TOP - 4.0), (x(0.0), bottom), FAINT);
    legend.draw(&mut svg, TOP);
    svg.end()
}
