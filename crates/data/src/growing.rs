//! Inputs that somebody may still be writing to: half a line is no message yet.

use super::message::{Chunk, Input};
use std::sync::Arc;

/// Leaves out what follows the last line end of each input. It is for inputs whose chunks end with whole lines, but for the
/// last one.
pub struct Growing(pub Arc<dyn Input + Send>);

impl Input for Growing {
    fn next(&self, buffer: Vec<u8>) -> Option<Chunk> {
        let Chunk { bytes, offset, source } = self.0.next(buffer)?;
        let end = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        Some(Chunk { bytes: bytes.up_to(end), offset, source })
    }

    fn restart(&self) -> bool {
        self.0.restart()
    }
}
