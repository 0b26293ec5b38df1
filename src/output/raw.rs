//! `raw`: the text of each message as it came in; the cells with tabs between them where rows are no messages.

use super::View;
use crate::run::row_lines::Line;
use std::io;
use std::io::Write;
use std::ops::Range;
use sumoql_data::value::Value;

/// Writes the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut texts = Texts::new(view.columns.iter().map(|column| column.name));
    let mut line = Vec::new();
    view.each(|row| {
        line.clear();
        Line::write(&mut texts, &|at| row.get(at), &mut line);
        out.write_all(&line)
    })
}

/// Prepares for rows with these columns.
pub(super) fn line(columns: &[String]) -> Box<dyn Line> {
    Box::new(Texts::new(columns.iter().map(String::as_str)))
}

/// Writes rows one by one.
struct Texts {
    /// The columns that are written: that of the message's text alone, if there is one.
    columns: Range<usize>,
}

impl Texts {
    fn new<'n>(mut columns: impl ExactSizeIterator<Item = &'n str>) -> Texts {
        let all = 0..columns.len();
        let raw = columns.position(|name| name.eq_ignore_ascii_case("_raw"));
        Texts { columns: raw.map_or(all, |at| at..at + 1) }
    }
}

impl Line for Texts {
    fn write<'m>(&mut self, value: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>) {
        for at in self.columns.clone() {
            if at > self.columns.start {
                out.push(b'\t');
            }
            match value(at) {
                Value::Text(text) => out.extend_from_slice(text.as_bytes()),
                other => {
                    let mut text = String::new();
                    other.write(&mut text);
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, sampled};

    #[test]
    fn cells_are_printed_where_there_is_no_raw_text() {
        let text = sampled(Format::Raw, Look::default());
        assert!(text.starts_with("1714521600000\tann|b\t7\n"), "{text}");
    }
}
