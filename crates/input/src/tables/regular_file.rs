//! Files that are read as a whole: a table, a database, a query. What has no end is refused.

use std::fs::File;
use std::io::{self, Read, Take};
use std::path::Path;

/// Opens a file, and says how long it is. It is read up to where it ended then, so that one that grows has an end.
pub fn open(path: &Path) -> io::Result<(Take<File>, u64)> {
    // A pipe is not opened: that is to wait for who writes to it.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file.take(length), length))
}

/// The text of a file or stream that should be a small one. The error is a text for the user.
pub fn small_text(input: impl Read, most: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes).map_err(|error| crate::io_error::reason(&error))?;
    match bytes.len() as u64 > most {
        true => Err(format!("it has more than {} MiB", most >> 20)),
        false => String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".into()),
    }
}
