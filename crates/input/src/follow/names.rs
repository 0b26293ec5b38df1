//! Which names are followed: those that were given, those below folders and those that fit patterns.

use super::super::ignored_files::is_ignored;
use super::super::places::{Place, STDIN, is_address};
use globset::{GlobBuilder, GlobMatcher};
use std::path::{Path, PathBuf};

/// The names that are followed, by full paths.
pub struct FollowedNames(Vec<Given>);

/// What was given on the command line.
struct Given {
    /// As it was given.
    name: String,
    /// In full.
    path: PathBuf,
    pattern: Option<GlobMatcher>,
}

impl FollowedNames {
    /// What these paths stand for.
    pub fn new(paths: &[String]) -> FollowedNames {
        let given = |name: &String| {
            let path = std::path::absolute(name).ok()?;
            let wild = name.contains(['*', '?', '[', '{']);
            let glob = GlobBuilder::new(&path.to_string_lossy()).literal_separator(true).build();
            let pattern = if wild { Some(glob.ok()?.compile_matcher()) } else { None };
            Some(Given { name: name.clone(), path, pattern })
        };
        let files = paths.iter().filter(|path| *path != STDIN && !is_address(path));
        FollowedNames(files.filter_map(given).collect())
    }

    /// The folders in which such names may come up, where they are known before any of them is there.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().filter(|given| given.pattern.is_none()).filter_map(|given| match given.path.is_dir() {
            true => Some(given.path.as_path()),
            false => given.path.parent(),
        })
    }

    /// What a file with this full path is called, if it is followed.
    pub fn place(&self, path: &Path) -> Option<Place> {
        self.0.iter().find_map(|given| given.place(path))
    }
}

impl Given {
    fn place(&self, path: &Path) -> Option<Place> {
        if path == self.path {
            return Some(Place::given(&self.name, Some(path.into())));
        }
        let hidden = |path: &Path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
        let name = path.file_name()?.to_string_lossy();
        let (shown, depth) = match &self.pattern {
            Some(pattern) if pattern.is_match(path) && !name.starts_with('.') => {
                // A name is shown as its pattern was given: in full or not.
                let here = std::env::current_dir().ok().filter(|_| !Path::new(&self.name).is_absolute());
                (here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_path_buf(), 0)
            }
            None => {
                let below = path.strip_prefix(&self.path).ok().filter(|below| !hidden(below))?;
                (Path::new(&self.name).join(below), below.components().count() - 1)
            }
            Some(_) => return None,
        };
        let place = Place { name: shown.to_string_lossy().into_owned(), path: Some(path.into()), depth, given: false };
        Some(place).filter(|_| !is_ignored(&name))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_command_line() {
        let names = FollowedNames::new(&["logs/a.log".into(), "var".into(), "x/*.log".into()]);
        let place =
            |path: &str| names.place(&std::path::absolute(path).unwrap()).map(|place| (place.name, place.depth));
        assert_eq!(place("logs/a.log"), Some(("logs/a.log".into(), 0)));
        assert_eq!(place("logs/a.log.1"), None);
        assert_eq!(place("var/b/c.txt"), Some(("var/b/c.txt".into(), 1)));
        assert_eq!(place("var/.b/c.txt"), None);
        assert_eq!(place("x/y.log"), Some(("x/y.log".into(), 0)));
        assert_eq!(place("x/y.txt"), None);
    }
}
