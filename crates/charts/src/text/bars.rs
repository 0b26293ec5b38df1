//! Horizontal bars, and shares of a whole as bars.

use super::{Page, padded, shortened};
use crate::model::{Along, Model};
use crate::numbers::{number, percentage};
use unicode_width::UnicodeWidthStr;

/// One eighth of a column to seven eighths, from the left.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar for every name and series.
pub(super) fn bars(model: &Model, page: Page, lines: &mut Vec<String>) {
    let Along::Names(names) = &model.along else { return };
    let many = model.series.len() > 1;
    let name_room = widest(names.iter().map(String::as_str)).min(names_at_most(page));
    let series_room = match many {
        true => widest(model.series.iter().map(|series| series.name.as_str())).min(names_at_most(page)),
        false => 0,
    };
    let value_room = model.values().map(|value| number(value).width()).max().unwrap_or(0);
    let lead = name_room + 1 + if many { series_room + 1 } else { 0 };
    let available = page.width.saturating_sub(lead + value_room + 1).max(1);
    let (low, high) = model.values().fold((0f64, 0f64), |(low, high), value| (low.min(value), high.max(value)));
    let span = if high > low { high - low } else { 1.0 };
    // Columns left of zero.
    // What is more than nothing is seen, so it needs one on the right.
    let below =
        ((-low / span * available as f64).round() as usize).min(if high > 0.0 { available - 1 } else { available });
    for (at, name) in names.iter().enumerate() {
        for (which, series) in model.series.iter().enumerate() {
            let first = which == 0;
            let mut line = padded(&if first { shortened(name, name_room) } else { String::new() }, name_room);
            line.push(' ');
            if many {
                line.push_str(&padded(&shortened(&series.name, series_room), series_room));
                line.push(' ');
            }
            let rest = series.rest || (model.rest && !many && at + 1 == names.len());
            match series.values.get(at).copied().flatten() {
                None => line.push_str(&page.dim(&format!("{}·", " ".repeat(below)))),
                Some(value) if value < 0.0 => {
                    let cells = (-value / span * available as f64).round() as usize;
                    let half = cells == 0;
                    let bar = if half { "▐".to_string() } else { "█".repeat(cells) };
                    line.push_str(&" ".repeat(below.saturating_sub(cells.max(1))));
                    line.push_str(&page.paint(&bar, which, rest));
                    line.push_str(&format!(" {}", number(value)));
                }
                Some(value) => {
                    line.push_str(&" ".repeat(below));
                    line.push_str(&page.paint(&bar(value / span * (available as f64)), which, rest));
                    line.push_str(&format!(" {}", number(value)));
                }
            }
            lines.push(line);
        }
        if many && at + 1 < names.len() {
            lines.push(String::new());
        }
    }
}

/// The share of each name.
pub(super) fn shares(model: &Model, page: Page, lines: &mut Vec<String>) {
    let (Along::Names(names), Some(series)) = (&model.along, model.series.first()) else { return };
    let total = series.total();
    let name_room = widest(names.iter().map(String::as_str)).min(names_at_most(page));
    let value_room = model.values().map(|value| number(value).width()).max().unwrap_or(0);
    let available = page.width.saturating_sub(name_room + value_room + 12).max(1);
    let most = model.values().fold(0.0, f64::max) / total;
    for (at, name) in names.iter().enumerate() {
        let Some(value) = series.values.get(at).copied().flatten() else { continue };
        let share = value / total;
        let rest = model.rest && at + 1 == names.len();
        let bar = bar(share / most * available as f64);
        let blanks = " ".repeat(available.saturating_sub(bar.width()));
        lines.push(format!(
            "{} {}{blanks} {:>8} {:>value_room$}",
            padded(&shortened(name, name_room), name_room),
            page.paint(&bar, at, rest),
            percentage(share),
            number(value)
        ));
    }
}

/// The room for names: in a narrow window less of it.
fn names_at_most(page: Page) -> usize {
    page.width / if page.width < 60 { 5 } else { 3 }
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// A bar of so many columns. What is more than nothing is seen.
fn bar(columns: f64) -> String {
    let eighths = (columns * 8.0).round() as usize;
    match eighths {
        0 if columns > 0.0 => EIGHTHS[1].to_string(),
        eighths => format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bars_have_eighths() {
        for (columns, bar) in [(0.0, ""), (0.01, "▏"), (1.0, "█"), (2.5, "██▌")] {
            assert_eq!(super::bar(columns), bar);
        }
    }
}
