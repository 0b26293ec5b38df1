//! What the cases are made of, as it is at a moment: the cases run anew when it changes.

use super::case::Case;
use super::runner::read;
use super::{find, listed};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files with the times of their last change and their sizes.
pub type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// The queries, the cases and what they read, below some paths; and other files and folders.
pub fn stamps(paths: &[PathBuf], others: &[PathBuf]) -> Stamps {
    let mut out = Stamps::new();
    for path in paths.iter().chain(others) {
        stamp(path, &mut out);
    }
    for found in find(paths).unwrap_or_default() {
        let folder = found.case.parent().map(Path::to_path_buf).unwrap_or_default();
        stamp(&found.query, &mut out);
        stamp(&folder, &mut out);
        let case = read(&found.case).and_then(|text| Case::read(&text)).unwrap_or_default();
        let lookups = case.lookup.iter().map(|(_, file)| file);
        for name in case.inputs.iter().chain(lookups).chain(&case.sources) {
            // Of a pattern, the folder in front of it.
            let fixed = match name.find(['*', '?', '[', '{']) {
                Some(at) => name[..at].rfind('/').map_or(".", |slash| &name[..slash]),
                None => name,
            };
            stamp(&folder.join(fixed), &mut out);
        }
    }
    out
}

fn stamp(path: &Path, out: &mut Stamps) {
    if path.is_dir() {
        for path in listed(path).unwrap_or_default() {
            // A link may lead back.
            if !(path.is_symlink() && path.is_dir()) {
                stamp(&path, out);
            }
        }
    } else if let Ok(known) = path.metadata() {
        out.insert(path.to_path_buf(), (known.modified().ok(), known.len()));
    }
}
