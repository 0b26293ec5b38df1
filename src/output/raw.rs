//! `raw`: the text of each message as it came in; the cells with tabs between them where rows are no messages.

use super::View;
use crate::run::lines::Line;
use crate::run::value::Value;
use std::io::{self, Write};

/// Writes the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let raw = view.position("_raw");
    let mut line = String::new();
    view.each(|row| {
        line.clear();
        match raw {
            Some(at) => row.get(at).write(&mut line),
            None => {
                for (number, (_, value)) in row.cells().enumerate() {
                    if number > 0 {
                        line.push('\t');
                    }
                    value.write(&mut line);
                }
            }
        }
        line.push('\n');
        out.write_all(line.as_bytes())
    })
}

/// Writes rows one by one.
struct Texts {
    /// The place of the message's text, or how many columns there are.
    raw: Result<usize, usize>,
}

/// Prepares for rows with these columns.
pub(super) fn line(columns: &[String]) -> Box<dyn Line> {
    let raw = columns.iter().position(|name| name.eq_ignore_ascii_case("_raw"));
    Box::new(Texts { raw: raw.ok_or(columns.len()) })
}

impl Line for Texts {
    fn write<'m>(&mut self, value: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>) {
        let columns = self.raw.map_or_else(|columns| 0..columns, |at| at..at + 1);
        for at in columns.clone() {
            if at > columns.start {
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
