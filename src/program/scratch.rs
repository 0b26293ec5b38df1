//! Scratch space that the caller lends: a [`Scratch`] makes [`Spool`]s, to which bytes are appended and from which they are
//! read. Nothing here knows of files.

use std::fmt::Debug;
use std::sync::Arc;

/// Where scratch space comes from.
pub trait Scratch: Debug + Send + Sync {
    /// An empty spool. Its space is free again when it is dropped.
    fn create(&self) -> Result<Arc<dyn Spool>, ScratchError>;
}

/// Bytes out of memory. Only one thread writes to a spool; it may be read while it is written to.
pub trait Spool: Send + Sync {
    /// Appends bytes; the answer is the position of the first.
    fn append(&self, bytes: &[u8]) -> Result<u64, ScratchError>;

    /// Fills a buffer with the bytes from a position on. There are as many.
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), ScratchError>;
}

/// Scratch space can't be written or read: what the system says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchError(pub String);

impl std::fmt::Display for ScratchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "scratch space: {}", self.0)
    }
}

impl std::error::Error for ScratchError {}

impl ScratchError {
    pub(crate) fn damaged() -> ScratchError {
        ScratchError("the bytes read back differ from the bytes written".into())
    }
}
