//! `markdown`: a table for tickets and wikis. A cell that Markdown would change is a code span.

use super::{View, cell};
use std::io::{self, Write};

/// Writes the table.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.columns.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = view.columns.iter().map(|column| escaped(column.name)).collect();
    let rules = view.columns.iter().map(|column| if view.is_numeric(column) { "---:" } else { "---" });
    writeln!(out, "| {} |", names.join(" | "))?;
    writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
    let (mut line, mut text) = (String::new(), String::new());
    view.each(|row| {
        line.clear();
        for (column, value) in row.cells() {
            text.clear();
            cell::visible(value, column.time, view.zone, &mut text);
            line.push_str("| ");
            line.push_str(&escaped(&text));
            line.push(' ');
        }
        writeln!(out, "{line}|")
    })
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let text = text.replace('|', "\\|");
    let underscore_inside = |(at, _): (usize, &str)| at > 0 && at + 1 < text.len();
    let safe = !text.contains(['\\', '`', '*', '<', '>', '&', '[', ']', '~', '#', '$', '!'])
        && text.match_indices('_').all(underscore_inside)
        && text.trim() == text;
    if safe || text.is_empty() {
        return text;
    }
    // A fence of one more back quote than any run inside.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, sampled};
    use super::escaped;

    #[test]
    fn a_table_with_numbers_on_the_right() {
        assert_eq!(
            sampled(Format::Markdown, Look::default()),
            "| `_messageTime` | user | n |\n| --- | --- | ---: |\n\
             | 2024-05-01 00:00:00.000 | `ann\\|b` | 7 |\n\
             | 2024-05-01 00:00:00.250 | `two\\nlines, \"é\"` | 12.5 |\n|  |  | NaN |\n"
        );
    }

    #[test]
    fn signs_of_markdown_become_code() {
        for (text, shown) in [
            ("C:\\a_b.exe", "`C:\\a_b.exe`"),
            ("a_b", "a_b"),
            ("_count", "`_count`"),
            ("<b>", "`<b>`"),
            ("a`b", "``a`b``"),
            ("`x`", "`` `x` ``"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }
}
