//! What paths on the command line stand for: files, the files of folders, the files that fit a pattern, standard input.

use super::ignored_files::is_ignored;
use super::io_error::reason;
use globset::{GlobBuilder, GlobMatcher};
use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name: the path as given, or under the folder given.
    pub name: String,
    /// The file; none is standard input, or an address of something elsewhere.
    pub path: Option<PathBuf>,
    /// How many folders above the file's own belong to what was given.
    pub depth: usize,
    /// Whether it was given itself, not found in a folder, an archive or by a pattern.
    pub given: bool,
}

impl Place {
    /// What was given by this name.
    pub fn given(name: &str, path: Option<PathBuf>) -> Place {
        Place { name: name.into(), path, depth: 0, given: true }
    }
}

/// The name of standard input.
pub const STDIN: &str = "-";

/// What addresses begin with.
const SCHEMES: [&str; 6] = ["s3", "s3a", "gs", "az", "http", "https"];

/// Whether a path is an address of a place elsewhere.
pub fn is_address(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)))
}

/// Finds what the paths stand for, in their order, files of folders by name. What is named twice is there once.
/// `on_error` gets each path or folder that can't be read, and why.
pub fn find(paths: &[String], on_error: &mut dyn FnMut(&str, String)) -> Vec<Place> {
    let mut places = Vec::new();
    let stdin = Place::given(STDIN, None);
    if paths.is_empty() {
        return vec![stdin];
    }
    for given in paths {
        let path = Path::new(given);
        if given == STDIN {
            places.push(stdin.clone());
            continue;
        }
        if is_address(given) {
            places.push(Place::given(given, None));
            continue;
        }
        let before = places.len();
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => {
                let mut walk = Walk { pattern: None, deepest: usize::MAX, seen: HashSet::new(), places, on_error };
                walk.folder(path, path, 0);
                places = walk.places;
                if places.len() == before {
                    on_error(given, "no files in this folder".into());
                }
            }
            Ok(_) => places.push(Place::given(given, Some(path.into()))),
            Err(error) => match pattern(given) {
                None => on_error(given, reason(&error)),
                Some(Err(reason)) => on_error(given, reason),
                Some(Ok((folder, pattern, deepest))) => {
                    let mut walk = Walk { pattern: Some(pattern), deepest, seen: HashSet::new(), places, on_error };
                    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
                    walk.folder(start, &folder, 0);
                    places = walk.places;
                    if places.len() == before {
                        on_error(given, "no file fits this pattern".into());
                    }
                }
            },
        }
    }
    let mut seen = HashSet::new();
    places.retain(|place| {
        let same = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        seen.insert(place.path.as_ref().map_or_else(|| PathBuf::from(&place.name), same))
    });
    places
}

/// When a file was last changed, in milliseconds since 1970.
pub fn modified(data: &Metadata) -> Option<i64> {
    let time = data.modified().ok()?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis()).ok().map(|ms| -ms),
    }
}

/// Where to look, for what, whether among hidden files, and how deep.
type Pattern = (PathBuf, (GlobMatcher, bool), usize);

/// The path taken as a pattern, if it is one.
fn pattern(given: &str) -> Option<Result<Pattern, String>> {
    let wild = |part: &str| part.contains(['*', '?', '[', '{']);
    if !wild(given) {
        return None;
    }
    let parts: Vec<_> = given.split('/').collect();
    let fixed = parts.iter().position(|part| wild(part)).unwrap_or(0);
    let folder = match &parts[..fixed] {
        [""] => PathBuf::from("/"),
        parts => PathBuf::from(parts.join("/")),
    };
    let deepest = if given.contains("**") { usize::MAX } else { parts.len() - fixed - 1 };
    let glob = GlobBuilder::new(given).literal_separator(true).build();
    let hidden = parts[fixed..].iter().any(|part| part.starts_with('.') && *part != "." && *part != "..");
    Some(
        glob.map(|glob| (folder, (glob.compile_matcher(), hidden), deepest))
            .map_err(|error| format!("no pattern: {error}")),
    )
}

struct Walk<'w> {
    /// What the paths of files must fit, and whether hidden ones may.
    pattern: Option<(GlobMatcher, bool)>,
    deepest: usize,
    /// The folders gone through; links may lead back to them.
    seen: HashSet<PathBuf>,
    places: Vec<Place>,
    on_error: &'w mut dyn FnMut(&str, String),
}

impl Walk<'_> {
    /// Goes through a folder. `shown` is how it is called in names.
    fn folder(&mut self, folder: &Path, shown: &Path, depth: usize) {
        if !fs::canonicalize(folder).is_ok_and(|path| self.seen.insert(path)) {
            if depth == 0 {
                (self.on_error)(&folder.to_string_lossy(), "no such folder".into());
            }
            return;
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return (self.on_error)(&folder.to_string_lossy(), reason(&error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.push(entry.file_name()),
                Err(error) => (self.on_error)(&folder.to_string_lossy(), reason(&error)),
            }
        }
        names.sort();
        let hidden_too = self.pattern.as_ref().is_some_and(|(_, hidden)| *hidden);
        for name in names {
            let (path, shown) = (folder.join(&name), shown.join(&name));
            let name = name.to_string_lossy();
            if is_ignored(&name) || (name.starts_with('.') && !hidden_too) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(data) if data.is_dir() && depth < self.deepest => self.folder(&path, &shown, depth + 1),
                Ok(data) if data.is_file() => {
                    if self.pattern.as_ref().is_none_or(|(pattern, _)| pattern.is_match(&shown)) {
                        let name = shown.to_string_lossy().into_owned();
                        self.places.push(Place { name, path: Some(path), depth, given: false });
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    if self.pattern.as_ref().is_none_or(|(pattern, _)| pattern.is_match(&shown)) {
                        (self.on_error)(&shown.to_string_lossy(), reason(&error));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_begin_with_a_known_scheme() {
        for address in ["s3://bucket/key", "S3://b", "gs://b/*.gz", "az://c/", "https://host/a.log"] {
            assert!(is_address(address), "{address}");
        }
        for path in ["s3/bucket", "a.log", "-", "file://x", "odd://name", "x/http://y"] {
            assert!(!is_address(path), "{path}");
        }
    }
}
