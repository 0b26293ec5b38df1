//! What ends the reading of a log.

use std::fmt;
use std::io;

/// A log could not be read at a place. Damage in its bytes is not an error: see [`Damage`](crate::Damage).
#[derive(Debug)]
#[non_exhaustive]
pub struct Error {
    /// Where in the log.
    pub offset: u64,
    /// Why.
    pub cause: io::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the log can't be read at byte {}: {}", self.offset, self.cause)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::new(error.cause.kind(), error)
    }
}
