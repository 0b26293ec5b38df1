//! `csv`: comma separated values with a header; times as ISO 8601 with the zone's offset; null is the empty cell.

use super::{View, cell};
use std::borrow::Cow;
use std::io::{self, Write};
use sumoql_data::value::{Value, parse_number};

/// Writes the header and the rows. With `safe`, texts that a spreadsheet would take for formulas get a `'` in front.
pub fn write(view: &View<'_>, safe: bool, out: &mut dyn Write) -> io::Result<()> {
    if view.columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    for column in &view.columns {
        writer.write_field(harmless(column.name, safe).as_ref()).map_err(io_error)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)?;
    let mut text = String::new();
    view.each(|row| {
        for (column, value) in row.cells() {
            text.clear();
            cell::exact(value, column.time, view.zone, &mut text);
            writer.write_field(harmless(&text, safe && matches!(value, Value::Text(_))).as_ref()).map_err(io_error)?;
        }
        writer.write_record(None::<&[u8]>).map_err(io_error)
    })?;
    writer.flush()
}

/// A text as a spreadsheet takes for no formula, if that is wanted. Numbers stay numbers.
fn harmless(text: &str, safe: bool) -> Cow<'_, str> {
    let number = || text.starts_with(['+', '-']) && parse_number(text).is_some();
    match safe && text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number() {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
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
    use super::harmless;

    #[test]
    fn formulas_are_made_harmless_where_that_is_wanted() {
        for (text, wanted) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("a=1", "a=1"),
            ("", ""),
            ("-1.5", "-1.5"),
            ("-1+cmd", "'-1+cmd"),
        ] {
            assert_eq!((harmless(text, true), harmless(text, false)), (wanted.into(), text.into()));
        }
    }

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
