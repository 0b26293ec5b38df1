//! Something to be opened: a place, or a member of an archive.

use super::byte_stream::{ByteStream, Opener};
use super::places::{Place, is_address};
use super::wrappers::archive::{Archive, ArchiveSource, Member};
use super::wrappers::charset::Undecoded;
use super::wrappers::{Compression, CountingReader, UnwrapHints, unwrapped};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Endings of the names of compressed files.
const ENDINGS: [&str; 7] = ["gz", "zst", "zstd", "bz2", "xz", "lz4", "gzip"];

/// Opens the bytes of an input where they lie, and counts what is read of them.
pub type Origin = Arc<dyn Fn(Option<Arc<AtomicU64>>) -> io::Result<ByteStream> + Send + Sync>;

/// Something to be opened.
#[derive(Clone)]
pub struct Candidate {
    /// Its name, and the path that rules are looked up by.
    pub place: Place,
    /// The member of an archive that it is.
    pub member: Option<(ArchiveSource, Member)>,
    /// The object in a store that it is.
    pub object: Option<Object>,
    /// How many layers are around it.
    pub depth: usize,
    /// The compressions around the archive that it lies in, that of the archive too, the outermost first.
    pub compressions: Vec<Compression>,
    /// The archive that it lies in.
    pub archive: Option<String>,
    /// When it was received, if its archive or store says: of a member of an archive, when it was last changed.
    pub receipt: Option<i64>,
    /// What rules may be of, if none is of the candidate itself.
    around: Vec<Place>,
}

/// An object in a store.
#[derive(Clone)]
pub struct Object {
    /// How many bytes it has.
    pub size: u64,
    /// Its bytes.
    pub origin: Origin,
}

impl Candidate {
    /// A place.
    pub fn new(place: Place) -> Candidate {
        let around = without_ending(&place).into_iter().collect();
        Candidate {
            place,
            member: None,
            object: None,
            depth: 0,
            compressions: Vec::new(),
            archive: None,
            receipt: None,
            around,
        }
    }

    /// The members of the archive that this candidate is, or that is in it, `depth` layers deep, under these compressions.
    /// `receipt`: when those were received of which the archive says nothing.
    pub fn members(
        &self,
        (source, archive): (&ArchiveSource, Archive),
        (depth, compressions): (usize, &[Compression]),
        receipt: i64,
    ) -> Vec<Candidate> {
        let candidate = |member: Member| {
            let (kind, modified) = (member.of, member.modified);
            let place = Place {
                name: format!("{}/{}", self.place.name, member.name),
                path: self.place.path.as_deref().map(|path| resolved(path).join(&member.name)),
                depth: self.place.depth + 1 + member.name.matches('/').count(),
                given: false,
            };
            let mut candidate = Candidate::new(place);
            candidate.around.push(self.place.clone());
            candidate.around.extend(self.around.iter().cloned());
            candidate.member = Some((source.clone(), member));
            candidate.depth = depth + 1;
            candidate.compressions = [&self.compressions, compressions, &[kind]].concat();
            candidate.archive = Some(self.place.name.clone());
            candidate.receipt = Some(modified.unwrap_or(receipt));
            candidate
        };
        archive.members.into_iter().map(candidate).collect()
    }

    /// Whether it is the address of something elsewhere, which was not asked yet what it has.
    pub fn is_address(&self) -> bool {
        let named = self.place.path.is_none() && is_address(&self.place.name);
        named && self.member.is_none() && self.object.is_none()
    }

    /// What rules may be of, the nearest first.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(&self.around)
    }
}

/// `a.log` for `a.log.gz`: a rule for the one is meant for the other.
fn without_ending(place: &Place) -> Option<Place> {
    let (name, ending) = place.name.rsplit_once('.')?;
    if !ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)) {
        return None;
    }
    let path = place.path.as_deref().map(|path| resolved(path).with_extension(""));
    Some(Place { name: name.into(), path, ..place.clone() })
}

/// The path in full; what does not exist as a file of its own can't be resolved later.
fn resolved(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.into(),
    }
}

/// Opens a file.
pub fn of_file(path: &Path) -> Origin {
    let path = path.to_path_buf();
    Arc::new(move |count| {
        let file = Box::new(File::open(&path)?);
        Ok(match count {
            Some(count) => Box::new(CountingReader::new(file, count)),
            None => file,
        })
    })
}

/// Opens a member of an archive.
pub fn of_member(source: ArchiveSource, member: Member) -> Origin {
    Arc::new(move |count| member.open(&source, count))
}

/// Opens a file from its beginning on.
pub fn opener(path: &Path) -> Opener {
    let path = path.to_path_buf();
    Box::new(move || Ok(Box::new(File::open(&path)?)))
}

/// Opens what lies under layers, from its beginning on; `undecoded` counts anew what can't be decoded.
pub fn again(
    origin: Origin,
    count: Option<Arc<AtomicU64>>,
    (depth, hints): (usize, UnwrapHints),
    undecoded: &Arc<Undecoded>,
) -> Opener {
    let undecoded = undecoded.clone();
    Box::new(move || {
        undecoded.forget();
        Ok(unwrapped(origin(count.clone())?, depth, hints, &undecoded).map_err(io::Error::other)?.into_bytes())
    })
}
