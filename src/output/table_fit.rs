//! How wide columns are that must fit into a width, and how cells are cut.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blanks between columns.
pub const GAP: usize = 2;
/// A column that must be cut is never narrower than this.
const NARROWEST: usize = 10;

/// What a column would like to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The width of its name.
    pub name: usize,
    /// The width of its widest cell.
    pub cells: usize,
    /// Whether its cells must not be cut, as those of times and numbers.
    pub whole: bool,
}

impl Wish {
    /// The width that shows all of it.
    pub fn natural(self) -> usize {
        self.name.max(self.cells)
    }
}

/// The widths that fit: first names of columns are cut that are wider than their cells, then columns above a common
/// bound are cut down to it, but not those that must stay whole. Nothing when the bound would be too narrow.
pub fn fit(wishes: &[Wish], width: usize) -> Option<Vec<usize>> {
    let available = width.checked_sub(GAP * wishes.len().saturating_sub(1))?;
    let natural: Vec<usize> = wishes.iter().map(|wish| wish.natural()).collect();
    if natural.iter().sum::<usize>() <= available {
        return Some(natural);
    }
    let least: Vec<usize> = wishes.iter().map(|wish| wish.cells.max(wish.name.min(NARROWEST))).collect();
    let bounded = |bound: usize| {
        let each = |(least, wish): (&usize, &Wish)| if wish.whole { *least } else { (*least).min(bound) };
        least.iter().zip(wishes).map(each).collect::<Vec<usize>>()
    };
    let used = |bound: usize| bounded(bound).iter().sum::<usize>();
    let bound = (NARROWEST..=available).rev().find(|bound| used(*bound) <= available)?;
    let mut widths = bounded(bound);
    let mut left = available - used(bound);
    // What is left over goes to columns whose cells are cut, the last first: with messages that is their text. Then to
    // names.
    for wanted in [&least, &natural] {
        for at in (0..widths.len()).rev() {
            let more = wanted[at].saturating_sub(widths[at]).min(left);
            widths[at] += more;
            left -= more;
        }
    }
    Some(widths)
}

/// Where a cell loses what there is no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// At its end.
    #[default]
    End,
    /// In its middle, where the cells of a column differ at their ends, as paths do.
    Middle,
}

/// The text cut to a width, with `…` for what is missing.
pub fn cut(text: &str, width: usize, at: Cut) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let room = width.saturating_sub(1);
    let ending = match at {
        Cut::End => "",
        Cut::Middle => ending(text, room * 2 / 3),
    };
    format!("{}…{ending}", beginning(text, room - ending.width()))
}

/// The part that fits into a width.
fn beginning(text: &str, width: usize) -> &str {
    if width == 0 { "" } else { split(text, width).0 }
}

/// The last part that fits into a width.
fn ending(text: &str, width: usize) -> &str {
    let mut used = 0;
    let over = text.char_indices().rev().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > width
    });
    over.map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

/// The part that fits into a width, at least one character, and the rest.
pub fn split(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width && at > 0 {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("日本語", 5, Cut::End), "日本…");
        assert_eq!(cut("日本語", 4, Cut::End), "日…");
        assert_eq!(split("日本語", 1).0, "日");
    }

    #[test]
    fn paths_keep_their_ends() {
        assert_eq!(cut("C:\\Windows\\System32\\cmd.exe", 16, Cut::Middle), "C:\\Wi…32\\cmd.exe");
        assert_eq!(cut("abc", 1, Cut::Middle), "…");
        assert_eq!(cut("日本語日本語", 7, Cut::Middle), "日…本語");
    }

    #[test]
    fn the_widest_columns_are_cut_first() {
        let wishes = |cells: &[usize]| -> Vec<Wish> {
            cells.iter().map(|cells| Wish { name: 3, cells: *cells, whole: false }).collect()
        };
        assert_eq!(fit(&wishes(&[5, 100, 12]), 60), Some(vec![5, 39, 12]));
        assert_eq!(fit(&wishes(&[5, 100, 100]), 50), Some(vec![5, 20, 21]));
        assert_eq!(fit(&wishes(&[50, 50, 50]), 30), None);
        assert_eq!(fit(&wishes(&[5, 6]), 80), Some(vec![5, 6]));
        let mut some = wishes(&[23, 50]);
        some[0].whole = true;
        assert_eq!(fit(&some, 40), Some(vec![23, 15]));
    }

    #[test]
    fn long_names_of_narrow_columns_give_way() {
        let number = Wish { name: 30, cells: 4, whole: true };
        let text = Wish { name: 4, cells: 40, whole: false };
        assert_eq!(fit(&[text, number], 52), Some(vec![40, 10]));
        assert_eq!(fit(&[text, number], 60), Some(vec![40, 18]));
    }
}
