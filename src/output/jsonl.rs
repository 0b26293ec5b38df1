//! `jsonl`: one JSON object a row, columns in order; times in milliseconds since 1970.

use super::{View, ViewRow};
use crate::run::value::Value;
use std::io::{self, Write};

/// Writes the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    for row in view.rows() {
        line.clear();
        object(row, &mut line)?;
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}

/// Writes one row as an object.
pub(super) fn object(row: ViewRow<'_, '_>, out: &mut Vec<u8>) -> io::Result<()> {
    out.push(b'{');
    for (number, (column, value)) in row.cells().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, column.name)?;
        out.push(b':');
        cell(value, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// A value as JSON. NaN and the infinities, which JSON does not know, are texts.
fn cell(value: Value<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(text) => serde_json::to_writer(&mut *out, text)?,
        Value::Double(n) if !n.is_finite() => {
            let mut text = String::new();
            value.write(&mut text);
            serde_json::to_writer(&mut *out, &text)?;
        }
        // The text of a finite number or a boolean is JSON as it stands.
        value => {
            let mut text = String::new();
            value.write(&mut text);
            out.extend_from_slice(text.as_bytes());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Look, sampled};

    #[test]
    fn numbers_nulls_and_times_keep_their_kind() {
        assert_eq!(
            sampled(Format::Jsonl, Look::default()),
            "{\"_messageTime\":1714521600000,\"user\":\"ann|b\",\"n\":7}\n\
             {\"_messageTime\":1714521600250,\"user\":\"two\\nlines, \\\"é\\\"\",\"n\":12.5}\n\
             {\"_messageTime\":null,\"user\":null,\"n\":\"NaN\"}\n"
        );
    }

    #[test]
    fn every_number_is_json() {
        for n in [5e-324, 1e300, -0.0, 1.0 / 3.0, 1e21, 123456789012345680.0] {
            let mut out = Vec::new();
            super::cell(crate::run::value::Value::Double(n), &mut out).unwrap_or_default();
            let back: Option<f64> = serde_json::from_slice(&out).ok();
            assert_eq!(back, Some(n), "{}", String::from_utf8_lossy(&out));
        }
    }
}
