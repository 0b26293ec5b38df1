//! Saves rows to the files of tables. A file is written beside the old one and takes its place when it is whole; what is
//! not a table, or not one that `save` wrote, stays as it is.

use super::Files;
use super::files::{Form, NOT_A_TABLE, is_table};
use super::mark::{self, Content, LockedMark};
use crate::io_error::reason;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};

/// What `save` may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Nothing.
    Off,
    /// New tables, tables that `save` wrote and nobody has changed since, and rows behind those of other tables.
    #[default]
    OwnTables,
    /// All tables.
    AllTables,
}

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

/// The file that rows are saved to.
struct Target {
    /// The file itself, behind all links, if it is there.
    file: PathBuf,
    there: bool,
    /// The digest of what it holds, if that is what `save` has left there.
    ours: Option<Content>,
    /// Whether rows are put behind those of somebody else.
    foreign: bool,
}

impl Files {
    /// The file that rows would be saved to; none where only the run can tell. The error says why nothing is written.
    pub fn saved_to(&self, name: &TableName, append: bool) -> Result<Option<PathBuf>, String> {
        match self.file(name) {
            // Said when the query asks for the table.
            Err(Absent::Missing) if name.is_modern() && self.saving != Saving::Off => Ok(None),
            _ => self.target(name, append).map(|target| Some(target.file)),
        }
    }

    /// Saves rows to a table. With `append`, they are added to those that it has. `after` is given the columns of the
    /// table, if there is one, and the rows that are kept, and answers what the table then holds. The error is a text for
    /// the user.
    pub fn save(&self, name: &TableName, append: bool, after: &After<'_>) -> Result<Written, String> {
        let target = self.target(name, append)?;
        if let Some(folder) = target.file.parent().filter(|_| !target.there) {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {}", folder.display(), reason(&error)))?;
        }
        let mut mark = LockedMark::lock(&target.file)?;
        // What other processes have saved until now is there, and is kept.
        let target = self.target(name, append)?;
        let schema = if target.there { Some(self.schema(name).map_err(text)?) } else { None };
        let before = match append && target.there {
            true => Some(self.table(name, usize::MAX).map_err(text)?),
            false => None,
        };
        let table = after(schema.as_ref(), before.as_deref())?;
        let replaced = replace(&target, &table, &mut mark);
        replaced.map_err(|error| format!("{}: {}", target.file.display(), reason(&error)))?;
        Ok(Written { file: target.file, rows: table.rows.len() })
    }

    /// The file that rows are saved to, if they may be.
    fn target(&self, name: &TableName, append: bool) -> Result<Target, String> {
        if self.saving == Saving::Off {
            return Err("nothing may be saved (--no-save)".into());
        }
        let (file, there) = match self.file(name) {
            Ok(file) => (file, true),
            Err(absent) if name.is_modern() => return Err(text(absent)),
            Err(Absent::Missing) => self.fresh(name).map(|file| (file, false)).map_err(text)?,
            // A file that was given, and is to be made.
            Err(absent) => match self.new_file(name) {
                Ok((file, false)) if !file.exists() => (file, false),
                _ => return Err(text(absent)),
            },
        };
        let file = if there { std::fs::canonicalize(&file).unwrap_or(file) } else { file };
        if !is_table(&file) || file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            return Err(NOT_A_TABLE.into());
        }
        let mut ours = None;
        if there {
            ours = mark::content_if_ours(&file).map_err(|error| format!("{}: {}", file.display(), reason(&error)))?;
            self.may_be_written(&file, append, ours.is_some())?;
        }
        let foreign = there && append && ours.is_none();
        Ok(Target { file, there, ours, foreign })
    }

    /// Refuses to write to a table that is there, if that would take something away from somebody.
    fn may_be_written(&self, file: &Path, append: bool, ours: bool) -> Result<(), String> {
        let shown = file.display();
        // A new file would take its place even if nobody may write to it.
        OpenOptions::new().write(true).open(file).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => format!("{shown}: writing it is not allowed"),
            _ => format!("{shown}: {error}"),
        })?;
        if ours || self.saving == Saving::AllTables {
            return Ok(());
        }
        if !append {
            return Err(format!(
                "{shown} is not as `save` left it, or not from `save` at all: it is overwritten only with --save-over"
            ));
        }
        let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let begins = |file: File| BufReader::new(file).bytes().flatten().find(|byte| !byte.is_ascii_whitespace());
        match is_json && File::open(file).is_ok_and(|file| begins(file).is_some_and(|byte| byte != b'[')) {
            true => Err(format!("{shown} is not an array of rows: it is rewritten only with --save-over")),
            false => Ok(()),
        }
    }

    /// The file for a table that has none: inside the folder of the query, unless it was given.
    fn fresh(&self, name: &TableName) -> Result<PathBuf, Absent> {
        let (file, bound) = self.new_file(name)?;
        if let Some(folder) = file.parent().filter(|_| bound) {
            let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
            self.contained(there)?;
        }
        Ok(file)
    }
}

fn text(absent: Absent) -> String {
    match absent {
        Absent::Missing => "the table is not there".to_string(),
        Absent::Unreadable(reason) => reason,
        Absent::TooLarge => "the table is too large".to_string(),
    }
}

/// Gives a file another content.
fn replace(target: &Target, table: &Table, mark: &mut LockedMark) -> io::Result<()> {
    let beside = mark::hidden(&target.file, ".sumoql-new");
    // Only who has the mark writes it: what is there was left by a process that was killed.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write(&beside, target, table).and_then(|content| {
        if !target.foreign {
            mark.note(target.ours, content)?;
        }
        std::fs::rename(&beside, &target.file)
    });
    if written.is_err() {
        // What is left of it is of no use; why it could not be written is what counts.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Writes a new file, which nobody but its owner may read, unless others could read the table before.
fn write(path: &Path, target: &Target, table: &Table) -> io::Result<Content> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if target.there {
        as_before(&file, &target.file)?;
    }
    let mut out = BufWriter::new(file);
    match Form::of(&target.file) {
        Some(Form::Json) => {
            let array = target.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
            json(&mut out, table, array)?;
        }
        Some(Form::Csv(delimiter)) => csv(&mut out, table, delimiter)?,
        None => csv(&mut out, table, b',')?,
    }
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    mark::content(&mut file)
}

/// Gives a new file the owner, the group and the mode of the one whose place it takes.
#[cfg(unix)]
fn as_before(file: &File, before: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (before, now) = (before.metadata()?, file.metadata()?);
    let different = |before: u32, now: u32| (before != now).then_some(before);
    let (user, group) = (different(before.uid(), now.uid()), different(before.gid(), now.gid()));
    if user.is_some() || group.is_some() {
        let kept = fchown(file, user, group);
        kept.map_err(|error| io::Error::other(format!("its owner or its group can't be kept ({error})")))?;
    }
    file.set_permissions(before.permissions())
}

#[cfg(not(unix))]
fn as_before(file: &File, before: &Path) -> io::Result<()> {
    file.set_permissions(before.metadata()?.permissions())
}

fn csv(out: impl Write, table: &Table, delimiter: u8) -> std::io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(&table.columns).map_err(io_error)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| cell.to_string())).map_err(io_error)?;
    }
    writer.flush()
}

/// The error below, such as that of a full disk.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
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
