//! Parts of files, mapped into memory: reading them copies nothing. The only unsafe code of the project.
//!
//! Whoever makes a mapped file shorter takes the memory away from under its reader. So only files are mapped that were at
//! rest for a while before the run: logs that are written, rotated or cut at the moment are read.
#![allow(unsafe_code)]

use memmap2::{Mmap, MmapOptions};
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a file must have been at rest.
const REST: Duration = Duration::from_secs(10);

/// Below this many bytes a file is read as fast.
const LEAST: u64 = 1 << 20;

/// Whether the file, of this size when it was opened, is mapped.
pub fn suits(file: &File, size: u64) -> bool {
    let Ok(about) = file.metadata() else { return false };
    let rests = about.modified().is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|rest| rest >= REST));
    cfg!(all(unix, target_pointer_width = "64")) && size >= LEAST && about.is_file() && about.len() == size && rests
}

/// Some bytes of a file.
#[derive(Clone, Debug)]
pub struct View {
    map: Arc<Mmap>,
    /// Where they start in the file.
    base: u64,
}

impl View {
    /// The bytes of a range of the file, if all of them are there.
    pub fn part(&self, range: &Range<u64>) -> Option<Range<usize>> {
        let start = usize::try_from(range.start.checked_sub(self.base)?).ok()?;
        let end = usize::try_from(range.end.checked_sub(self.base)?).ok()?;
        (start <= end && end <= self.map.len()).then_some(start..end)
    }

    /// Brings a part into memory. All pages at once are cheaper than one after the other; where the system does not know
    /// how, they come when needed.
    pub fn load(&self, part: &Range<usize>) {
        #[cfg(target_os = "linux")]
        let _ = self.map.advise_range(memmap2::Advice::PopulateRead, part.start, part.len());
    }
}

impl AsRef<[u8]> for View {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

/// Maps some bytes of a file.
pub fn map(file: &File, from: u64, bytes: usize) -> Option<View> {
    // SAFETY: the bytes must not change while they are mapped. Nobody can promise that of a file; see above.
    let map = unsafe { MmapOptions::new().offset(from).len(bytes).map(file) }.ok()?;
    Some(View { map: Arc::new(map), base: from })
}
