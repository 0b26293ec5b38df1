//! Queries by the files and folders that hold them.

use super::Failure;
use std::path::{Path, PathBuf};

/// The files of queries that paths stand for: a folder, walked, for all `*.sumo` in it; all else for itself. The error names
/// a folder that can't be read.
pub(super) fn queries<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => walk(path, &mut files)?,
            false => files.push(path.to_path_buf()),
        }
    }
    Ok(files)
}

/// The queries in a folder and those below.
fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let wrong = |error| Failure::wrong(format!("{}: {error}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        paths.push(entry.map_err(wrong)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() {
            walk(&path, out)?;
        } else if is_query(&path) {
            out.push(path);
        }
    }
    Ok(())
}

/// Whether a file is a query by its name.
pub(super) fn is_query(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "sumo")
}
