//! Which files decide what a request gives.

use super::places;
use super::request::InputRequest;
use super::sources_toml::FILE_NAME;
use std::fs;
use std::path::{Path, PathBuf};

/// The files that decide what a request gives, in order: the inputs, and each `sources.toml` that has something to say of
/// them or would if it were there. `None` where something else decides too: a stream, or what lies elsewhere.
pub fn files(request: &InputRequest) -> Option<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = request.sources.iter().cloned().collect();
    for place in places::find(&request.paths, &mut |_, _| {}) {
        let path = place.path?;
        if !fs::metadata(&path).is_ok_and(|data| data.is_file()) {
            return None;
        }
        if request.sources.is_none() {
            let folders = path.ancestors().skip(1).take(place.depth + 1);
            files.extend(folders.map(|folder: &Path| folder.join(FILE_NAME)));
        }
        files.push(path);
    }
    files.sort();
    files.dedup();
    Some(files)
}
