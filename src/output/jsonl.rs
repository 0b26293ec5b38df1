//! `jsonl`: one JSON object a row, columns in order; times in milliseconds since 1970.

use super::View;
use crate::program::plan::OutputColumn;
use crate::run::row_lines::Line;
use std::io;
use std::io::Write;
use sumoql_data::value::Value;

/// Writes the rows.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut objects = Objects::of(view);
    let mut line = Vec::new();
    view.each(|row| {
        line.clear();
        Line::write(&mut objects, &|at| row.get(at), &mut line);
        out.write_all(&line)
    })
}

/// Prepares for rows with these columns. Each row leaves out those without a value that nobody asked for.
pub(super) fn line(columns: &[String], output: &[OutputColumn]) -> Box<dyn Line> {
    let optional = |name: &str| output.iter().any(|column| column.optional && column.name == name);
    Box::new(Objects::new(columns.iter().map(|name| (name.as_str(), optional(name)))))
}

/// Writes rows as objects.
pub(super) struct Objects {
    /// The names as JSON with their colons, and whether they are shown only with a value.
    columns: Vec<(Vec<u8>, bool)>,
}

impl Objects {
    fn new<'n>(columns: impl Iterator<Item = (&'n str, bool)>) -> Objects {
        let key = |name: &str| format!("{}:", serde_json::Value::from(name)).into_bytes();
        Objects { columns: columns.map(|(name, optional)| (key(name), optional)).collect() }
    }

    /// For the rows of a view, which has left out already what is not to be shown.
    pub fn of(view: &View<'_>) -> Objects {
        Objects::new(view.columns.iter().map(|column| (column.name, false)))
    }

    /// Appends a row; `value` gives the value of the column at a place.
    pub fn object<'m>(&self, value: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        for (at, (key, optional)) in self.columns.iter().enumerate() {
            let value = value(at);
            if *optional && value.is_null() {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(key);
            // Writing to memory can't fail.
            let _ = cell(value, out);
        }
        out.push(b'}');
    }
}

impl Line for Objects {
    fn write<'m>(&mut self, value: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>) {
        self.object(value, out);
        out.push(b'\n');
    }
}

/// A value as JSON. NaN and the infinities, which JSON does not know, are texts.
fn cell(value: Value<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(text) => serde_json::to_writer(&mut *out, text)?,
        Value::Int(n) => write!(out, "{n}")?,
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
            super::cell(sumoql_data::value::Value::Double(n), &mut out).unwrap_or_default();
            let back: Option<f64> = serde_json::from_slice(&out).ok();
            assert_eq!(back, Some(n), "{}", String::from_utf8_lossy(&out));
        }
    }
}
