//! Finds the file of a table: one that was given for its name, or one of its name in the folder of the query.
//!
//! What a query names never leads out of that folder: `..` and links that point elsewhere are refused, and a slash at the
//! beginning of a name is the root of Sumo Logic's library, which is the folder. Nor is it anything but a table: only
//! files with the ending of a table are read or written, and none that is hidden.

use super::mmdb::Database;
use super::write::Saving;
use super::{csv, json, regular_file, sidecar};
use std::io::{BufRead, BufReader};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use sumoql_data::ip_addresses::{AddressField, Addresses};
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, Schema, TableName, Tables};

/// Endings that a table's file may have beside those of its name.
const ENDINGS: &[&str] = &["", ".csv", ".json", ".jsonl", ".tsv"];

/// Tables in files.
pub struct Files {
    folder: PathBuf,
    given: Vec<(TableName, PathBuf)>,
    databases: Vec<(AddressField, Arc<Database>)>,
    pub(super) saving: Saving,
}

impl Files {
    /// Tables in a folder, and those for whose names a file was given. A relative path of such a file is one in the
    /// folder, or else in the current directory.
    pub fn new(folder: &Path, given: &[(String, String)]) -> Files {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let place = |file: &String| {
            let beside = folder.join(file);
            if beside.exists() { beside } else { PathBuf::from(file) }
        };
        let given = given.iter().map(|(name, file)| (TableName::read(name), place(file))).collect();
        Files { folder: folder.into(), given, databases: Vec::new(), saving: Saving::default() }
    }

    /// The same, with what may be written.
    pub fn with_saving(self, saving: Saving) -> Files {
        Files { saving, ..self }
    }

    /// The same, with what a file knows of IP addresses. The error is a text for the user.
    pub fn with_addresses(mut self, kind: AddressField, file: &Path) -> Result<Files, String> {
        let database = Database::open(file, kind).map_err(|error| format!("{}: {error}", file.display()))?;
        self.databases.push((kind, Arc::new(database)));
        Ok(self)
    }

    /// The file of a table.
    pub(super) fn file(&self, name: &TableName) -> Result<PathBuf, Absent> {
        if let Some((_, file)) = self.given.iter().rfind(|(given, _)| given.same(name)) {
            return match file.exists() {
                true => Ok(file.clone()),
                false => Err(Absent::Unreadable(format!("{} is not there", file.display()))),
            };
        }
        if !name.scheme().is_empty() {
            return Err(Absent::Missing);
        }
        let relative = inside(name)?;
        for relative in [&relative, &shared(&relative)] {
            for ending in ENDINGS {
                let mut path = self.folder.join(relative).into_os_string();
                path.push(ending);
                let path = PathBuf::from(path);
                if is_table(&path) && path.is_file() {
                    return self.contained(&path).map(|()| path);
                }
            }
        }
        match self.folder.join(&relative).is_file() {
            true => Err(Absent::Unreadable(format!("{NOT_A_TABLE}, and this file is none"))),
            false => Err(Absent::Missing),
        }
    }

    /// The files that decide what a table is, whether they are there or not; none where there is no such table.
    pub fn files(&self, name: &TableName) -> Vec<PathBuf> {
        self.file(name).map_or(Vec::new(), |file| vec![sidecar::beside(&file), file])
    }

    /// The file that a table gets which has none yet, and whether it must be in the folder.
    pub(super) fn new_file(&self, name: &TableName) -> Result<(PathBuf, bool), Absent> {
        if let Some((_, file)) = self.given.iter().rfind(|(given, _)| given.same(name)) {
            return Ok((file.clone(), false));
        }
        if !name.scheme().is_empty() {
            return Err(Absent::Unreadable("only a table with a path can be saved to".into()));
        }
        let mut path = self.folder.join(shared(&inside(name)?));
        if path.extension().is_none() {
            path.set_extension("csv");
        }
        Ok((path, true))
    }

    /// Refuses what is not in the folder, or hidden in it, once links are followed.
    pub(super) fn contained(&self, path: &Path) -> Result<(), Absent> {
        let full = |path: &Path| std::fs::canonicalize(path).map_err(|error| Absent::Unreadable(error.to_string()));
        let path = full(path)?;
        match path.strip_prefix(full(&self.folder)?) {
            Ok(relative) if path.is_file() && !is_table(relative) => Err(Absent::Unreadable(NOT_A_TABLE.into())),
            Ok(relative) if is_hidden(relative) => Err(hidden()),
            Ok(_) => Ok(()),
            Err(_) => Err(outside()),
        }
    }
}

/// What a file has to be called.
pub(super) const NOT_A_TABLE: &str = "the file of a table ends in .csv, .tsv, .json or .jsonl";

/// Whether a file is a table, by its name.
pub(super) fn is_table(path: &Path) -> bool {
    Form::of(path).is_some()
}

fn is_hidden(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
}

fn hidden() -> Absent {
    Absent::Unreadable("a part of its path begins with a dot: hidden files are neither read nor written".into())
}

fn outside() -> Absent {
    Absent::Unreadable("its path leads out of the folder of the query".into())
}

/// The path of a table below the folder.
fn inside(name: &TableName) -> Result<PathBuf, Absent> {
    let path = Path::new(name.path().trim_start_matches('/'));
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    match plain && path.file_name().is_some() {
        true if is_hidden(path) => Err(hidden()),
        true => Ok(path.into()),
        false => Err(outside()),
    }
}

/// The folder that all share is `shared`, but published queries write `/Shared` as well.
fn shared(path: &Path) -> PathBuf {
    match path.components().next() {
        Some(Component::Normal(first)) if first.eq_ignore_ascii_case("shared") => {
            Path::new("shared").join(path.components().skip(1).collect::<PathBuf>())
        }
        _ => path.into(),
    }
}

/// How a file is written.
pub(super) enum Form {
    Csv(u8),
    Json,
}

impl Form {
    /// By the ending of the file's name.
    pub(super) fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_string_lossy().to_lowercase().as_str() {
            "csv" => Some(Form::Csv(b',')),
            "tsv" => Some(Form::Csv(b'\t')),
            "json" | "jsonl" | "ndjson" => Some(Form::Json),
            _ => None,
        }
    }
}

/// By the ending of its name; else by its first character.
fn form(path: &Path, input: &mut impl BufRead) -> std::io::Result<Form> {
    Ok(match Form::of(path) {
        Some(form) => form,
        None => match input.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Form::Json,
            _ => Form::Csv(b','),
        },
    })
}

fn unreadable(error: std::io::Error) -> Absent {
    Absent::Unreadable(crate::io_error::reason(&error))
}

impl Tables for Files {
    fn schema(&self, name: &TableName) -> Result<Schema, Absent> {
        let path = self.file(name)?;
        let (file, _) = regular_file::open(&path).map_err(unreadable)?;
        let mut input = BufReader::new(file);
        let columns = match form(&path, &mut input).map_err(unreadable)? {
            Form::Csv(delimiter) => csv::columns(input, delimiter),
            Form::Json => json::table(input).map(|table| table.columns),
        };
        let key = sidecar::key(&path).map_err(Absent::Unreadable)?;
        Ok(Schema { columns: columns.map_err(Absent::Unreadable)?, key, open: false })
    }

    fn table(&self, name: &TableName, memory: usize) -> Result<Arc<Table>, Absent> {
        let path = self.file(name)?;
        let (file, length) = regular_file::open(&path).map_err(unreadable)?;
        if length > u64::try_from(memory).unwrap_or(u64::MAX) {
            return Err(Absent::TooLarge);
        }
        let mut input = BufReader::new(file);
        let table = match form(&path, &mut input).map_err(unreadable)? {
            Form::Csv(delimiter) => csv::table(input, delimiter),
            Form::Json => json::table(input),
        };
        table.map(Arc::new).map_err(Absent::Unreadable)
    }

    fn addresses(&self, kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        let (_, database) = self.databases.iter().find(|(known, _)| *known == kind).ok_or(Absent::Missing)?;
        let database: Arc<dyn Addresses> = Arc::<Database>::clone(database);
        Ok(database)
    }
}
