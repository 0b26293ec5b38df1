//! Saves rows to the files of tables. A file is written beside the old one and takes its place when it is whole.

use super::Files;
use super::files::Form;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::Absent;
use sumoql_data::table_resolver::Schema;
use sumoql_data::table_resolver::TableName;
use sumoql_data::table_resolver::Tables;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub file: PathBuf,
    /// The rows that it holds now.
    pub rows: usize,
}

/// What a table holds after rows were saved to it.
pub type After<'a> = dyn Fn(Option<&Schema>, Option<&Table>) -> Result<Table, String> + 'a;

impl Files {
    /// Saves rows to a table. With `append`, they are added to those that it has. `after` is given the columns of the
    /// table, if there is one, and the rows that are kept, and answers what the table then holds. The error is a text for
    /// the user.
    pub fn save(&self, name: &TableName, append: bool, after: &After<'_>) -> Result<Written, String> {
        let text = |absent: Absent| match absent {
            Absent::Missing => "the table is not there".to_string(),
            Absent::Unreadable(reason) => reason,
            Absent::TooLarge => "the table is too large".to_string(),
        };
        let (file, new) = match self.file(name) {
            Ok(file) => (file, false),
            Err(absent) if name.is_modern() => return Err(text(absent)),
            Err(Absent::Missing) => self.fresh(name).map(|file| (file, true)).map_err(text)?,
            // A file that was given, and is to be made.
            Err(absent) => match self.new_file(name) {
                Ok((file, false)) if !file.exists() => (file, true),
                _ => return Err(text(absent)),
            },
        };
        let schema = if new { None } else { Some(self.schema(name).map_err(text)?) };
        let before = match append && !new {
            true => Some(self.table(name, usize::MAX).map_err(text)?),
            false => None,
        };
        let table = after(schema.as_ref(), before.as_deref())?;
        replace(&file, &table).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Written { file, rows: table.rows.len() })
    }

    /// The file for a table that has none. Its folders are made, inside the folder of the query.
    fn fresh(&self, name: &TableName) -> Result<PathBuf, Absent> {
        let (file, bound) = self.new_file(name)?;
        if let Some(folder) = file.parent().filter(|_| bound) {
            let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
            self.contained(there)?;
            std::fs::create_dir_all(folder).map_err(|error| Absent::Unreadable(error.to_string()))?;
        }
        Ok(file)
    }
}

/// Gives a file another content.
fn replace(file: &Path, table: &Table) -> std::io::Result<()> {
    // Through a link, the file that it points to is replaced, not the link.
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.into());
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let beside = target.with_file_name(name);
    let written = write(&beside, &target, table).and_then(|()| std::fs::rename(&beside, &target));
    if written.is_err() {
        // What is left of it is of no use; why it could not be written is what counts.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn write(path: &Path, target: &Path, table: &Table) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create_new(path)?);
    match Form::of(target) {
        Some(Form::Json) => {
            let array = target.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
            json(&mut out, table, array)?;
        }
        Some(Form::Csv(delimiter)) => csv(&mut out, table, delimiter)?,
        None => csv(&mut out, table, b',')?,
    }
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}

fn csv(out: impl Write, table: &Table, delimiter: u8) -> std::io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(&table.columns)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| cell.to_string()))?;
    }
    writer.flush()
}

fn json(out: &mut impl Write, table: &Table, array: bool) -> std::io::Result<()> {
    let (open, between, close) = if array { ("[\n", ",\n", "\n]\n") } else { ("", "\n", "\n") };
    out.write_all(open.as_bytes())?;
    for (number, row) in table.rows.iter().enumerate() {
        if number > 0 {
            out.write_all(between.as_bytes())?;
        }
        let cells = table.columns.iter().cloned().zip(row.iter().map(|cell| cell.borrow().to_json()));
        serde_json::to_writer(&mut *out, &cells.collect::<serde_json::Map<_, _>>())?;
    }
    out.write_all(close.as_bytes())
}
