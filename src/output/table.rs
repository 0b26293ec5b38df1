//! `table`: aligned columns to be read. In a file or pipe nothing is cut; on a terminal the table is fitted to its width,
//! columns that say the same in all rows become words below it, and where the columns would become too narrow each row is
//! shown as a list of its fields.

use super::numbers::Rounding;
use super::styled_text::{Style, StyledText};
use super::table_fit::{Cut, GAP, Wish, cut, fit, split};
use super::{Column, Look, View, Wrap, cell};
use std::collections::HashSet;
use std::io::{self, Write};
use sumoql_data::value::{Value, parse_number};
use unicode_width::UnicodeWidthStr;

/// The most lines a value takes in a list.
const LINES: usize = 4;
/// The most columns that are named below a table.
const NAMED: usize = 12;
/// Longer strings of digits are no numbers to people.
const LONGEST_NUMBER: usize = 15;
/// How many rows are looked at to find out where cells are best cut.
const SAMPLE: usize = 1000;

/// Writes the rows. On a terminal a last line tells their number.
pub fn write(view: &View<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Some(width) = look.width else {
        if view.columns.is_empty() {
            return Ok(());
        }
        return Table::exact(view, false)?.columns(None, look, out);
    };
    let mut about = String::new();
    if !view.columns.is_empty() && !view.is_empty() {
        let whole = look.wrap == Wrap::Whole;
        let table = if whole { Table::exact(view, true)? } else { Table::readable(view)? };
        match fit(&table.wishes, width) {
            _ if whole => table.columns(None, look, out)?,
            Some(widths) => table.columns(Some(widths), look, out)?,
            None => table.lists(width, look, out)?,
        }
        table.left_out(width, look, out)?;
        if table.rounds() {
            about.push_str(", numbers are rounded");
        }
    }
    let rows = if view.len() == 1 { "row" } else { "rows" };
    writeln!(out, "{}", dim(&format!("{} {rows}{about}", view.len()), look))
}

/// How the cells of a column are written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// As they are.
    Exact,
    /// A number with the decimals that its column has.
    Number(Rounding),
    /// A time without so many characters at its end, which say nothing.
    Time(usize),
}

/// The columns of a table that are shown, and how.
struct Table<'v, 't> {
    view: &'v View<'t>,
    /// Their positions among the columns of the view.
    shown: Vec<usize>,
    /// For each of them, as for the following.
    forms: Vec<Form>,
    numeric: Vec<bool>,
    wishes: Vec<Wish>,
    /// The columns that are null in all rows, and those that are the same in all rows.
    null: Vec<String>,
    constant: Vec<(String, String)>,
    /// For a terminal.
    terminal: bool,
}

/// What is known of a column.
#[derive(Default)]
struct Seen {
    first: Option<String>,
    varies: bool,
    some: bool,
    /// Whether there are numbers, or strings that are numbers, and whether there is anything else.
    some_numbers: bool,
    other_than_numbers: bool,
    rounding: Rounding,
    /// How many characters at the end say nothing.
    idle: Option<usize>,
}

impl<'v, 't> Table<'v, 't> {
    /// All columns with all that is in them.
    fn exact(view: &'v View<'t>, terminal: bool) -> io::Result<Table<'v, 't>> {
        let shown: Vec<usize> = (0..view.columns.len()).collect();
        let forms = vec![Form::Exact; shown.len()];
        let numeric = view.columns.iter().map(|column| view.is_numeric(column)).collect();
        Table::new(view, (shown, forms, numeric), terminal)
    }

    /// What people need of it.
    fn readable(view: &'v View<'t>) -> io::Result<Table<'v, 't>> {
        let mut seen: Vec<Seen> = view.columns.iter().map(|_| Seen::default()).collect();
        let mut text = String::new();
        view.each(|row| {
            for ((column, value), seen) in row.cells().zip(&mut seen) {
                text.clear();
                cell::plain(value, column.time, view.zone, &mut text);
                seen.see(column, value, &text);
            }
            Ok(())
        })?;
        let several = view.len() > 1;
        let same = |seen: &Seen| several && !seen.varies;
        // Where all rows are the same, they are shown.
        let all_same = seen.iter().all(same);
        let left_out = |seen: &Seen| same(seen) && !all_same;
        let shown: Vec<usize> = (0..seen.len()).filter(|at| !left_out(&seen[*at])).collect();
        let form = |at: &usize| match (&view.columns[*at], &seen[*at]) {
            (column, seen) if column.time => Form::Time(seen.idle.unwrap_or_default()),
            (column, seen) if view.is_numeric(column) => Form::Number(seen.rounding),
            _ => Form::Exact,
        };
        let forms = shown.iter().map(form).collect();
        let number = |at: &usize| !view.columns[*at].time && seen[*at].some_numbers && !seen[*at].other_than_numbers;
        let numeric = shown.iter().map(number).collect();
        let mut table = Table::new(view, (shown, forms, numeric), true)?;
        for (column, seen) in view.columns.iter().zip(&seen).filter(|(_, seen)| left_out(seen)) {
            match &seen.first {
                Some(value) if seen.some => table.constant.push((name(column.name, true), name(value, true))),
                _ => table.null.push(name(column.name, true)),
            }
        }
        Ok(table)
    }

    fn new(
        view: &'v View<'t>,
        (shown, forms, numeric): (Vec<usize>, Vec<Form>, Vec<bool>),
        terminal: bool,
    ) -> io::Result<Table<'v, 't>> {
        let wish = |(at, numeric): (&usize, &bool)| {
            let column = &view.columns[*at];
            Wish { name: name(column.name, terminal).width(), cells: 0, whole: *numeric || column.time }
        };
        let wishes = shown.iter().zip(&numeric).map(wish).collect();
        let mut table = Table { view, shown, forms, numeric, wishes, null: Vec::new(), constant: Vec::new(), terminal };
        let mut wishes = std::mem::take(&mut table.wishes);
        let mut text = String::new();
        view.each(|row| {
            for (at, wish) in wishes.iter_mut().enumerate() {
                table.cell(at, row.get(table.shown[at]), &mut text);
                wish.cells = wish.cells.max(text.width());
            }
            Ok(())
        })?;
        table.wishes = wishes;
        Ok(table)
    }

    /// The text of a cell of a column that is shown.
    fn cell(&self, at: usize, value: Value<'_>, text: &mut String) {
        text.clear();
        let (time, zone) = (self.view.columns[self.shown[at]].time, self.view.zone);
        match (self.forms[at], value) {
            (Form::Number(rounding), value) => rounding.write(value, text),
            (Form::Time(idle), Value::Int(_)) => {
                cell::plain(value, time, zone, text);
                text.truncate(text.len() - idle.min(text.len()));
            }
            (_, Value::Text(written)) if self.terminal => cell::escape_for_terminal(written, text),
            (_, value) => cell::visible(value, time, zone, text),
        }
    }

    fn names(&self) -> Vec<String> {
        self.shown.iter().map(|at| name(self.view.columns[*at].name, self.terminal)).collect()
    }

    fn rounds(&self) -> bool {
        self.forms.iter().any(|form| matches!(form, Form::Number(rounding) if rounding.rounds()))
    }

    fn columns(&self, widths: Option<Vec<usize>>, look: Look, out: &mut dyn Write) -> io::Result<()> {
        let widths = widths.unwrap_or_else(|| self.wishes.iter().map(|wish| wish.natural()).collect());
        let cuts = self.cuts(&widths);
        let (mut line, mut text) = (String::new(), String::new());
        for (number, name) in self.names().iter().enumerate() {
            pad(&mut line, name, (widths[number], Cut::End), self.numeric[number], number);
        }
        writeln!(out, "{}", bold(line.trim_end(), look))?;
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        writeln!(out, "{}", dim(&rules.join(&" ".repeat(GAP)), look))?;
        self.view.each(|row| {
            line.clear();
            for (number, at) in self.shown.iter().enumerate() {
                self.cell(number, row.get(*at), &mut text);
                pad(&mut line, &text, (widths[number], cuts[number]), self.numeric[number], number);
            }
            writeln!(out, "{}", line.trim_end())
        })
    }

    /// Where the cells of each column are cut: where more of them stay different, and paths in their middle.
    fn cuts(&self, widths: &[usize]) -> Vec<Cut> {
        let mut cuts = vec![Cut::End; widths.len()];
        for (at, width) in widths.iter().enumerate().filter(|(at, width)| self.wishes[*at].cells > **width) {
            let mut different = [HashSet::new(), HashSet::new()];
            let (mut long, mut paths) = (0, 0);
            let mut text = String::new();
            for row in self.view.rows().take(SAMPLE) {
                self.cell(at, row.get(self.shown[at]), &mut text);
                different[0].insert(cut(&text, *width, Cut::End));
                different[1].insert(cut(&text, *width, Cut::Middle));
                long += usize::from(text.width() > *width);
                paths += usize::from(text.width() > *width && text.contains(['/', '\\']) && !text.contains(' '));
            }
            let paths = paths * 2 > long && different[1].len() == different[0].len();
            if paths || different[1].len() > different[0].len() {
                cuts[at] = Cut::Middle;
            }
        }
        cuts
    }

    /// Each row as a list of its fields.
    fn lists(&self, width: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
        let names = self.names();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or_default().min(width / 2);
        let available = width.saturating_sub(widest + GAP).max(1);
        let mut text = String::new();
        let mut number = 0;
        self.view.each(|row| {
            number += 1;
            let title = format!("row {number} ");
            let rule = "-".repeat(width.saturating_sub(title.width()).min(60));
            writeln!(out, "{}", dim(&format!("{title}{rule}"), look))?;
            for (at, name) in names.iter().enumerate() {
                let value = row.get(self.shown[at]);
                if value.is_null() {
                    continue;
                }
                self.cell(at, value, &mut text);
                let mut lead = String::new();
                pad(&mut lead, name, (widest, Cut::End), false, 0);
                let mut rest = text.as_str();
                for line in 0..LINES {
                    let (head, tail) = split(rest, available);
                    let last = line + 1 == LINES && !tail.is_empty();
                    let head = if last { cut(rest, available, Cut::End) } else { head.to_string() };
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

    /// Says what the columns hold that are not shown.
    fn left_out(&self, width: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
        let mut words = StyledText::default();
        let mut say = |text: &str| {
            if !words.is_empty() {
                words.push("; ", Style::Dim);
                words.may_break();
            }
            words.push(text, Style::Dim);
        };
        for (name, value) in self.constant.iter().take(NAMED) {
            say(&format!("`{name}` is `{}` in all rows", cut(value, (width / 2).max(8), Cut::Middle)));
        }
        let more = self.constant.len().saturating_sub(NAMED);
        if more > 0 {
            say(&format!("{more} more columns are the same in all rows"));
        }
        let names: Vec<String> = self.null.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        let more = self.null.len().saturating_sub(NAMED);
        match (names.as_slice(), more) {
            ([], _) => {}
            ([name], _) => say(&format!("{name} is null in all rows")),
            ([names @ .., last], 0) => say(&format!("{} and {last} are null in all rows", names.join(", "))),
            (names, more) => say(&format!("{} and {more} more columns are null in all rows", names.join(", "))),
        }
        let mut text = String::new();
        for line in words.lines(width) {
            words.paint(line, look.colour, &mut text);
            text.push('\n');
        }
        out.write_all(text.as_bytes())
    }
}

impl Seen {
    /// Takes a cell into account; `text` is what it says.
    fn see(&mut self, column: &Column<'_>, value: Value<'_>, text: &str) {
        let null = value.is_null();
        match &self.first {
            None => (self.first, self.some) = (Some(text.to_string()), !null),
            Some(first) => self.varies |= first != text || self.some == null,
        }
        match value {
            Value::Null => {}
            value if value.is_number() => self.some_numbers = true,
            Value::Text(text) if text.len() <= LONGEST_NUMBER && parse_number(text).is_some() => {
                self.some_numbers = true
            }
            _ => self.other_than_numbers = true,
        }
        self.rounding.see(value);
        if column.time && !null {
            let idle = match (text.strip_suffix(".000"), text.strip_suffix(":00.000")) {
                (_, Some(_)) => 7,
                (Some(_), None) => 4,
                (None, None) => 0,
            };
            self.idle = Some(self.idle.map_or(idle, |known| known.min(idle)));
        }
    }
}

/// A column's name; it may come from the data, and then hold anything.
fn name(name: &str, terminal: bool) -> String {
    let mut out = String::new();
    match terminal {
        true => cell::escape_for_terminal(name, &mut out),
        false => cell::escape(name, &mut out),
    }
    out
}

/// Adds a cell of exactly this width, with the gap before it unless it is the first.
fn pad(line: &mut String, text: &str, (width, at): (usize, Cut), right: bool, number: usize) {
    if number > 0 {
        line.extend(std::iter::repeat_n(' ', GAP));
    }
    let found = text.width();
    let blanks = |found: usize| std::iter::repeat_n(' ', width.saturating_sub(found));
    match (found > width, right) {
        (true, _) => {
            let text = cut(text, width, at);
            line.push_str(&text);
            line.extend(blanks(text.width()));
        }
        (false, true) => {
            line.extend(blanks(found));
            line.push_str(text);
        }
        (false, false) => {
            line.push_str(text);
            line.extend(blanks(found));
        }
    }
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
    use crate::program::plan::OutputColumn;
    use sumoql_data::table;
    use sumoql_data::value::Owned;

    fn on_terminal(width: usize) -> Look {
        Look { width: Some(width), ..Look::default() }
    }

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
        let shown = sampled(Format::Table, on_terminal(42));
        for line in shown.lines() {
            assert!(line.width() <= 42, "{line}");
        }
        assert!(shown.contains("two\\nlines…") && shown.contains("2024-05-01 00:00:00.250"), "{shown}");
        assert!(shown.ends_with("3 rows\n"), "{shown}");
    }

    #[test]
    fn too_narrow_for_columns_means_lists() {
        let shown = sampled(Format::Table, on_terminal(24));
        assert!(shown.starts_with("row 1 ------------------\n_messageTime  2024-05-01\n"), "{shown}");
        assert!(!shown.contains("_source"), "{shown}");
    }

    /// What a terminal shows of columns.
    fn shown(columns: &[(&str, &[Owned])], look: Look) -> String {
        let names = columns.iter().map(|(name, _)| name.to_string()).collect();
        let rows = (0..columns[0].1.len()).map(|row| columns.iter().map(|(_, cells)| cells[row].clone()).collect());
        let table = table::Table { columns: names, rows: rows.collect() };
        let output = |(at, (name, _)): (usize, &(&str, &[Owned]))| {
            let time = *name == "_timeslice";
            OutputColumn { name: name.to_string(), slot: at, optional: false, time }
        };
        let output: Vec<OutputColumn> = columns.iter().enumerate().map(output).collect();
        let mut out = Vec::new();
        assert!(write(&View::new(&table, &output, chrono_tz::UTC), look, &mut out).is_ok());
        String::from_utf8_lossy(&out).into_owned()
    }

    fn texts(texts: &[&str]) -> Vec<Owned> {
        texts.iter().map(|text| Owned::Text((*text).into())).collect()
    }

    #[test]
    fn columns_that_say_nothing_are_words_below() {
        let columns: [(&str, &[Owned]); 6] = [
            ("user", &texts(&["ann", "bob"])),
            ("host", &texts(&["web", "web"])),
            ("code", &texts(&["200", "5"])),
            ("a", &[Owned::Null, Owned::Null]),
            ("b", &[Owned::Null, Owned::Null]),
            ("n", &[Owned::Int(1), Owned::Int(2)]),
        ];
        assert_eq!(
            shown(&columns, on_terminal(80)),
            "user  code  n\n----  ----  -\nann    200  1\nbob      5  2\n`host` is `web` in all rows; `a` and `b` are null in all rows\n2 rows\n"
        );
        let whole = shown(&columns, Look { wrap: Wrap::Whole, ..on_terminal(10) });
        assert!(whole.starts_with("user  host  code  a  b  n\n"), "{whole}");
        let same: [(&str, &[Owned]); 1] = [("host", &texts(&["web", "web"]))];
        assert_eq!(shown(&same, on_terminal(80)), "host\n----\nweb\nweb\n2 rows\n");
        let (null, some) = (Owned::Null, Owned::Text("".into()));
        let differ: [(&str, &[Owned]); 2] = [("x", &[null, some]), ("n", &[Owned::Int(1), Owned::Int(2)])];
        assert!(shown(&differ, on_terminal(80)).starts_with("x  n\n"), "null is not the empty string");
    }

    #[test]
    fn numbers_and_times_are_rounded_to_what_can_be_read() {
        let columns: [(&str, &[Owned]); 2] = [
            ("_timeslice", &[Owned::Int(1_714_521_600_000), Owned::Int(1_714_525_200_000)]),
            ("avg", &[Owned::Double(100.0 / 3.0), Owned::Double(2.0)]),
        ];
        assert_eq!(
            shown(&columns, on_terminal(80)),
            "_timeslice           avg\n----------------  ------\n2024-05-01 00:00  33.333\n2024-05-01 01:00   2.000\n\
             2 rows, numbers are rounded\n"
        );
    }

    #[test]
    fn cells_stay_different_when_they_are_cut() {
        let paths = texts(&["C:\\Windows\\System32\\cmd.exe", "C:\\Windows\\System32\\net.exe"]);
        let shown = shown(&[("path", &paths)], on_terminal(20));
        assert!(shown.contains("cmd.exe\n") && shown.contains("net.exe\n"), "{shown}");
    }
}
