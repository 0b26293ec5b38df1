//! Charts as lines of text: blocks for bars and columns, braille for lines and areas.

mod bars;
mod canvas;
mod plot;

use super::model::{Model, Shape};
use super::numbers::number;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The narrowest chart: below, it would be unreadable.
const NARROWEST: usize = 40;
/// The widest: beyond, the eye loses the line.
const WIDEST: usize = 160;

/// Colours of the terminal's 256 that resemble those of the SVG and stand on dark and on light ground.
const COLOURS: [u8; 8] = [32, 214, 36, 175, 166, 74, 98, 244];
/// What stands for others.
const REST: u8 = 246;

/// Where and how a chart is drawn.
#[derive(Clone, Copy)]
struct Page {
    width: usize,
    colour: bool,
}

impl Page {
    /// A text in the colour of the series at a place.
    fn paint(self, text: &str, at: usize, rest: bool) -> String {
        let code = if rest { REST } else { COLOURS[at % COLOURS.len()] };
        match self.colour && !text.trim().is_empty() {
            true => format!("\u{1b}[38;5;{code}m{text}\u{1b}[0m"),
            false => text.to_string(),
        }
    }

    /// Something beside the values.
    fn dim(self, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Draws a model; every line ends with a line break.
pub(super) fn drawn(model: &Model, width: usize, colour: bool) -> String {
    let page = Page { width: width.clamp(NARROWEST, WIDEST), colour };
    let mut lines = vec![shortened(&model.title, page.width)];
    match model.shape {
        Shape::Nothing => lines = vec!["no rows: there is nothing to draw".to_string()],
        Shape::Number => {
            lines.push(
                model
                    .values()
                    .next()
                    .map_or_else(|| "(null)".to_string(), |value| page.paint(&number(value), 0, false)),
            );
        }
        Shape::Bar => bars::bars(model, page, &mut lines),
        Shape::Pie => bars::shares(model, page, &mut lines),
        Shape::Column | Shape::Line | Shape::Area => plot::plot(model, page, &mut lines),
    }
    let mut out = String::new();
    for line in lines {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A text cut in its middle to a number of columns.
fn shortened(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut head, mut tail, mut used) = (0, chars.len(), 1);
    while head < tail {
        let front = head <= chars.len() - tail;
        used += (if front { chars[head] } else { chars[tail - 1] }).width().unwrap_or(0);
        if used > room {
            break;
        }
        if front { head += 1 } else { tail -= 1 }
    }
    let part = |chars: &[char]| chars.iter().collect::<String>();
    format!("{}…{}", part(&chars[..head]), part(&chars[tail..]))
}

/// A text with blanks behind it up to a number of columns.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
