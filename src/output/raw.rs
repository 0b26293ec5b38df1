//! `raw`: the text of each message as it came in; the cells with tabs between them where rows are no messages.

use super::View;
use std::io::{self, Write};

/// Writes the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let raw = view.position("_raw");
    let mut line = String::new();
    for row in view.rows() {
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
        out.write_all(line.as_bytes())?;
    }
    Ok(())
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
