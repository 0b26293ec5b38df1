//! Hears of files that come and are renamed between two looks at the names, where the system tells. Each is opened at once:
//! by the time of the next look it may have another name, or none. Without such a system, or where there is too much to
//! hear, names are still looked at.

use super::super::lock::lock;
use super::super::places::Place;
use super::feed::{Id, id_of};
use super::names::FollowedNames;
use notify::event::{ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// How many names are remembered that files have had since they had one that is followed.
const MAX_FORMER_NAMES: usize = 10_000;

/// How many files may wait to be taken up: each is open.
const MAX_SIGHTINGS: usize = 256;

/// A file that was seen.
pub struct Sighting {
    /// What it is called: the name that is followed, which may not be its name any more.
    pub place: Place,
    /// Its name at that moment.
    pub path: PathBuf,
    /// Which file it is.
    pub id: Id,
    /// The file, open at its beginning.
    pub file: File,
    /// When it was made, as far as one knows.
    made: Option<SystemTime>,
}

/// Watches folders.
pub struct FolderWatcher {
    watcher: Option<RecommendedWatcher>,
    folders: HashSet<PathBuf>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    names: FollowedNames,
    /// What files are called that have another name now.
    renamed: HashMap<PathBuf, Place>,
    sightings: Vec<Sighting>,
    /// Files that were seen before.
    known: HashSet<Id>,
    /// Whether anything has happened to a name since the last look.
    changed: bool,
}

impl FolderWatcher {
    /// Watches nothing yet.
    pub fn new(paths: &[String]) -> FolderWatcher {
        let seen = Arc::new(Mutex::new(Seen {
            names: FollowedNames::new(paths),
            renamed: HashMap::new(),
            sightings: Vec::new(),
            known: HashSet::new(),
            changed: false,
        }));
        let heard = seen.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let mut seen = lock(&heard);
            match event {
                Ok(event) => seen.hear(&event),
                Err(_) => seen.changed = true,
            }
        });
        FolderWatcher { watcher: watcher.ok(), folders: HashSet::new(), seen }
    }

    /// Watches the folders in which names that are given may come up, and those of these files. The answer is whether one
    /// of them is new: what has happened there so far was not heard of.
    pub fn watch<'p>(&mut self, files: impl Iterator<Item = &'p Path>) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let mut folders: Vec<PathBuf> = lock(&self.seen).names.folders().map(Path::to_path_buf).collect();
        folders.extend(files.filter_map(|file| std::path::absolute(file).ok()?.parent().map(Path::to_path_buf)));
        let mut new = false;
        for folder in folders {
            // One that is not there yet, or can't be watched, is tried again.
            if !self.folders.contains(&folder) && watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok() {
                new |= self.folders.insert(folder);
            }
        }
        new
    }

    /// Notes that a file was taken up: whatever it is called later, it is not another one.
    pub fn know(&self, id: Id) {
        lock(&self.seen).known.insert(id);
    }

    /// Whether anything has happened to a name since this was last asked.
    pub fn has_changed(&self) -> bool {
        std::mem::take(&mut lock(&self.seen).changed)
    }

    /// The files that were seen since this was last asked, the oldest first.
    pub fn sightings(&self) -> Vec<Sighting> {
        let mut sightings = std::mem::take(&mut lock(&self.seen).sightings);
        sightings.sort_by_key(|sighting| sighting.made);
        sightings
    }
}

impl Seen {
    fn hear(&mut self, event: &Event) {
        if event.need_rescan() {
            self.changed = true;
        }
        match (event.kind, event.paths.as_slice()) {
            (EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To)), [path]) => {
                self.see(path, None)
            }
            (EventKind::Modify(ModifyKind::Name(RenameMode::Both)), [from, to]) => {
                let place = self.renamed.remove(from).or_else(|| self.names.place(from));
                if let Some(place) = &place
                    && self.renamed.len() < MAX_FORMER_NAMES
                {
                    self.renamed.insert(to.clone(), place.clone());
                }
                self.see(to, place);
            }
            (EventKind::Remove(_), [path]) => {
                self.renamed.remove(path);
            }
            _ => {}
        }
    }

    /// Opens a file that is followed, or was when it had another name.
    fn see(&mut self, path: &Path, place: Option<Place>) {
        let Some(place) = place.or_else(|| self.names.place(path)) else { return };
        self.changed = true;
        // To open a named pipe is to wait for who writes to it.
        let is_file = path.metadata().is_ok_and(|data| data.is_file());
        if !is_file || self.sightings.len() >= MAX_SIGHTINGS {
            return;
        }
        let Ok(file) = File::open(path) else { return };
        let Ok(data) = file.metadata() else { return };
        let id = id_of(&data, path);
        if data.is_file() && self.known.insert(id) {
            let made = data.created().or(data.modified()).ok();
            self.sightings.push(Sighting { place, path: path.to_path_buf(), id, file, made });
        }
    }
}
