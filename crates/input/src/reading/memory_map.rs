//! Parts of files, mapped into memory: reading them copies nothing. The only unsafe code of the project.
//!
//! Whoever makes a mapped file shorter takes the memory away from under its reader. So only files are mapped that were at
//! rest for a while before the run: logs that are written, rotated or cut at the moment are read.
#![allow(unsafe_code)]

use memmap2::{Mmap, MmapOptions};
use std::fs::File;
use std::time::{Duration, SystemTime};

/// How long a file must have been at rest.
const MIN_REST: Duration = Duration::from_secs(10);

/// Below this many bytes a file is read as fast.
const MIN_MAPPED_BYTES: u64 = 1 << 20;

/// Whether the file, of this size when it was opened, is mapped.
pub fn is_suitable(file: &File, size: u64) -> bool {
    let Ok(about) = file.metadata() else { return false };
    let rests =
        about.modified().is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|rest| rest >= MIN_REST));
    cfg!(all(unix, target_pointer_width = "64"))
        && size >= MIN_MAPPED_BYTES
        && about.is_file()
        && about.len() == size
        && rests
}

/// Maps some bytes of a file.
pub fn map(file: &File, from: u64, bytes: usize) -> Option<Mmap> {
    // SAFETY: the bytes must not change while they are mapped. Nobody can promise that of a file; see above.
    let map = unsafe { MmapOptions::new().offset(from).len(bytes).map(file) }.ok()?;
    // All pages at once are cheaper than one after the other. Where the system does not know how, they come when needed.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::PopulateRead);
    Some(map)
}
