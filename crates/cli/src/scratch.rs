//! Scratch space in temporary files. They have no name, or lose it when they are closed, so that however the program ends
//! none is left.

use std::fs::File;
use std::io;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use sumoql::program::scratch::{Scratch, ScratchError, Spool};

/// Temporary files in a folder, or in that of the system.
#[derive(Debug)]
pub(super) struct TempFiles {
    folder: PathBuf,
}

impl TempFiles {
    /// Temporary files in this folder; without one, where the system has them. The folder must be there.
    pub fn new(folder: Option<PathBuf>) -> Result<TempFiles, String> {
        match folder {
            Some(folder) if !folder.is_dir() => Err(format!("--temp-dir: {} is not a folder", folder.display())),
            folder => Ok(TempFiles { folder: folder.unwrap_or_else(std::env::temp_dir) }),
        }
    }

    fn scratch_error(&self, error: &io::Error) -> ScratchError {
        ScratchError(format!("{}: {error}", self.folder.display()))
    }
}

impl Scratch for TempFiles {
    fn create(&self) -> Result<Arc<dyn Spool>, ScratchError> {
        let file = tempfile::tempfile_in(&self.folder).map_err(|error| self.scratch_error(&error))?;
        Ok(Arc::new(TempFile { file: Mutex::new((file, 0)), folder: self.folder.clone() }))
    }
}

/// A file, and how much was written to it.
struct TempFile {
    file: Mutex<(File, u64)>,
    folder: PathBuf,
}

impl TempFile {
    fn with<T>(&self, work: impl FnOnce(&mut File, &mut u64) -> io::Result<T>) -> Result<T, ScratchError> {
        let mut locked = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, length) = &mut *locked;
        work(file, length).map_err(|error| TempFiles { folder: self.folder.clone() }.scratch_error(&error))
    }
}

impl Spool for TempFile {
    fn append(&self, bytes: &[u8]) -> Result<u64, ScratchError> {
        self.with(|file, length| {
            file.seek(SeekFrom::Start(*length))?;
            file.write_all(bytes)?;
            let at = *length;
            *length += bytes.len() as u64;
            Ok(at)
        })
    }

    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), ScratchError> {
        self.with(|file, _| {
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(into)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back_and_no_file_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let files = TempFiles::new(Some(folder.path().to_path_buf())).unwrap();
        let spool = files.create().unwrap();
        assert_eq!(spool.append(b"one"), Ok(0));
        let mut two = [0; 2];
        spool.read(1, &mut two).unwrap();
        assert_eq!((&two, spool.append(b"four")), (b"ne", Ok(3)));
        spool.read(3, &mut two).unwrap();
        assert_eq!(&two, b"fo");
        assert!(spool.read(6, &mut two).is_err(), "more than there is");
        if cfg!(unix) {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        assert!(TempFiles::new(Some(folder.path().join("none"))).is_err());
    }
}
