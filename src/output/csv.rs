//! `csv`: comma separated values with a header; times as ISO 8601 with the zone's offset; null is the empty cell.

use super::{View, cell};
use std::io::{self, Write};

/// Writes the header and the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(view.columns.iter().map(|column| column.name)).map_err(io_error)?;
    let mut text = String::new();
    view.each(|row| {
        for (column, value) in row.cells() {
            text.clear();
            cell::exact(value, column.time, view.zone, &mut text);
            writer.write_field(&text).map_err(io_error)?;
        }
        writer.write_record(None::<&[u8]>).map_err(io_error)
    })?;
    writer.flush()
}

/// The error below: whose reader has gone away is told by it.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, sampled};

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(
            sampled(Format::Csv, Look::default()),
            "_messageTime,user,n\n\
             2024-05-01T00:00:00.000+00:00,ann|b,7\n\
             2024-05-01T00:00:00.250+00:00,\"two\nlines, \"\"é\"\"\",12.5\n\
             ,,NaN\n"
        );
    }
}
