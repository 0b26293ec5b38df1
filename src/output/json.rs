//! `json`: all rows as one JSON array, one row a line.

use super::View;
use super::jsonl::Objects;
use std::io::{self, Write};

/// Writes the array.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    let objects = Objects::of(view);
    let mut line = Vec::new();
    let mut first = true;
    view.each(|row| {
        line.clear();
        line.extend_from_slice(if std::mem::take(&mut first) { b"\n" } else { b",\n" });
        objects.object(&|at| row.get(at), &mut line);
        out.write_all(&line)
    })?;
    out.write_all(if view.is_empty() { b"]\n" } else { b"\n]\n" })
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, View, sampled, write};
    use sumoql_data::table::Table;

    #[test]
    fn the_array_reads_back() {
        let rows: Vec<serde_json::Value> =
            serde_json::from_str(&sampled(Format::Json, Look::default())).unwrap_or_default();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1]["n"], 12.5);
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        let mut out = Vec::new();
        let written =
            write(&View::new(&Table::default(), &[], chrono_tz::UTC), Format::Json, Look::default(), &mut out);
        assert!(written.is_ok());
        assert_eq!(out, b"[]\n");
    }
}
