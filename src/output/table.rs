//! `table`: aligned columns to be read. In a file or pipe nothing is cut; on a terminal the table is fitted to its width,
//! and where the columns would become too narrow each row is shown as a list of its fields.

use super::{Column, Look, View, cell};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blanks between columns.
const GAP: usize = 2;
/// A column that must be cut is never narrower than this; before that, rows are shown as lists.
const NARROWEST: usize = 10;
/// The most lines a value takes in a list.
const LINES: usize = 4;

/// Writes the rows. On a terminal a last line tells their number.
pub fn write(view: &View<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let natural = widths(view)?;
    match look.width {
        None if view.columns.is_empty() => {}
        None => columns(view, &natural, look, out)?,
        Some(width) => {
            if !view.columns.is_empty() && !view.is_empty() {
                let whole = |column: &Column<'_>| column.time || view.is_numeric(column);
                let whole: Vec<bool> = view.columns.iter().map(whole).collect();
                match fit(&natural, &whole, width) {
                    Some(widths) => columns(view, &widths, look, out)?,
                    None => lists(view, width, look, out)?,
                }
            }
            let rows = if view.len() == 1 { "row" } else { "rows" };
            writeln!(out, "{}", dim(&format!("{} {rows}", view.len()), look))?;
        }
    }
    Ok(())
}

/// The widths that the columns would like to have.
fn widths(view: &View<'_>) -> io::Result<Vec<usize>> {
    let mut widths: Vec<usize> = view.columns.iter().map(|column| name(column.name).width()).collect();
    let mut text = String::new();
    view.each(|row| {
        for ((column, value), width) in row.cells().zip(&mut widths) {
            text.clear();
            cell::visible(value, column.time, view.zone, &mut text);
            *width = (*width).max(text.width());
        }
        Ok(())
    })?;
    Ok(widths)
}

/// The widths that fit: columns above a common bound are cut down to it, but not those that must stay whole. Nothing
/// when the bound would be too narrow.
fn fit(natural: &[usize], whole: &[bool], width: usize) -> Option<Vec<usize>> {
    let available = width.checked_sub(GAP * natural.len().saturating_sub(1))?;
    let bounded = |bound: usize| {
        let each = |(natural, whole): (&usize, &bool)| if *whole { *natural } else { (*natural).min(bound) };
        natural.iter().zip(whole).map(each).collect::<Vec<usize>>()
    };
    let used = |bound: usize| bounded(bound).iter().sum::<usize>();
    let widest = natural.iter().copied().max().unwrap_or_default();
    if used(widest) <= available {
        return Some(natural.to_vec());
    }
    let bound = (NARROWEST..=available).rev().find(|bound| used(*bound) <= available)?;
    let mut widths = bounded(bound);
    // What is left over goes to the last column that was cut: with messages that is their text.
    let left = available - used(bound);
    if let Some(at) = (0..widths.len()).rev().find(|at| widths[*at] < natural[*at]) {
        widths[at] = natural[at].min(bound + left);
    }
    Some(widths)
}

fn columns(view: &View<'_>, widths: &[usize], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let numeric: Vec<bool> = view.columns.iter().map(|column| view.is_numeric(column)).collect();
    let (mut line, mut text) = (String::new(), String::new());
    for (number, column) in view.columns.iter().enumerate() {
        pad(&mut line, &name(column.name), widths[number], numeric[number], number);
    }
    writeln!(out, "{}", bold(line.trim_end(), look))?;
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    writeln!(out, "{}", dim(&rules.join(&" ".repeat(GAP)), look))?;
    view.each(|row| {
        line.clear();
        for (number, (column, value)) in row.cells().enumerate() {
            text.clear();
            cell::visible(value, column.time, view.zone, &mut text);
            pad(&mut line, &text, widths[number], numeric[number], number);
        }
        writeln!(out, "{}", line.trim_end())
    })
}

/// Each row as a list of its fields.
fn lists(view: &View<'_>, width: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = view.columns.iter().map(|column| name(column.name)).collect();
    let widest = names.iter().map(|name| name.width()).max().unwrap_or_default().min(width / 2);
    let available = width.saturating_sub(widest + GAP).max(1);
    let mut text = String::new();
    let mut number = 0;
    view.each(|row| {
        number += 1;
        let title = format!("row {number} ");
        let rule = "-".repeat(width.saturating_sub(title.width()).min(60));
        writeln!(out, "{}", dim(&format!("{title}{rule}"), look))?;
        for ((column, value), name) in row.cells().zip(&names) {
            if value.is_null() {
                continue;
            }
            text.clear();
            cell::visible(value, column.time, view.zone, &mut text);
            let mut lead = String::new();
            pad(&mut lead, name, widest, false, 0);
            let mut rest = text.as_str();
            for line in 0..LINES {
                let (head, tail) = split(rest, available);
                let last = line + 1 == LINES && !tail.is_empty();
                let head = if last { cut(rest, available) } else { head.to_string() };
                writeln!(out, "{}{}{head}", bold(&lead, look), " ".repeat(GAP))?;
                if tail.is_empty() {
                    break;
                }
                lead = " ".repeat(widest);
                rest = tail;
            }
        }
        Ok(())
    })
}

/// A column's name; it may come from the data, and then hold anything.
fn name(name: &str) -> String {
    let mut out = String::new();
    cell::escape(name, &mut out);
    out
}

/// Adds a cell of exactly this width, with the gap before it unless it is the first.
fn pad(line: &mut String, text: &str, width: usize, right: bool, number: usize) {
    if number > 0 {
        line.extend(std::iter::repeat_n(' ', GAP));
    }
    let found = text.width();
    let blanks = || std::iter::repeat_n(' ', width.saturating_sub(found));
    match (found > width, right) {
        (true, _) => {
            let text = cut(text, width);
            line.push_str(&text);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
        }
        (false, true) => {
            line.extend(blanks());
            line.push_str(text);
        }
        (false, false) => {
            line.push_str(text);
            line.extend(blanks());
        }
    }
}

/// The text cut to a width, with `…` for what is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    format!("{}…", split(text, width.saturating_sub(1)).0)
}

/// The part that fits into a width, at least one character, and the rest.
fn split(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width && at > 0 {
            return text.split_at(at);
        }
    }
    (text, "")
}

fn bold(text: &str, look: Look) -> String {
    if look.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
}

fn dim(text: &str, look: Look) -> String {
    if look.colour { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, sampled};
    use super::*;

    #[test]
    fn a_pipe_gets_everything() {
        assert_eq!(
            sampled(Format::Table, Look::default()),
            "_messageTime             user                n\n\
             -----------------------  ---------------  ----\n\
             2024-05-01 00:00:00.000  ann|b               7\n\
             2024-05-01 00:00:00.250  two\\nlines, \"é\"  12.5\n\
            \u{20}                                          NaN\n"
        );
    }

    #[test]
    fn a_terminal_gets_what_fits() {
        let shown = sampled(Format::Table, Look { width: Some(42), colour: false });
        for line in shown.lines() {
            assert!(line.width() <= 42, "{line}");
        }
        assert!(shown.contains("two\\nlines…") && shown.contains("2024-05-01 00:00:00.250"), "{shown}");
        assert!(shown.ends_with("3 rows\n"), "{shown}");
    }

    #[test]
    fn too_narrow_for_columns_means_lists() {
        let shown = sampled(Format::Table, Look { width: Some(24), colour: false });
        assert!(shown.starts_with("row 1 ------------------\n_messageTime  2024-05-01\n"), "{shown}");
        assert!(!shown.contains("_source"), "{shown}");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(split("日本語", 1).0, "日");
    }

    #[test]
    fn the_widest_columns_are_cut_first() {
        let none = [false; 3];
        assert_eq!(fit(&[5, 100, 12], &none, 60), Some(vec![5, 39, 12]));
        assert_eq!(fit(&[5, 100, 100], &none, 50), Some(vec![5, 20, 21]));
        assert_eq!(fit(&[50, 50, 50], &none, 30), None);
        assert_eq!(fit(&[5, 6], &none, 80), Some(vec![5, 6]));
        assert_eq!(fit(&[23, 50], &[true, false], 40), Some(vec![23, 15]));
    }
}
