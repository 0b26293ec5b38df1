//! How bytes are cut into messages, one file for each format. Pure: bytes in, messages out.

pub mod bounds;
pub mod broken;
pub mod csv;
pub mod event_log;
pub mod job;
pub mod json;
pub mod lines;
pub mod messages;
pub mod multiline;
pub mod pieces;
pub mod records;
pub mod starts;
pub mod xml;

/// The mark that UTF-8 text may begin with; where files were joined, a line further on.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// How many bytes at the beginning of these are such marks.
pub fn marks(bytes: &[u8]) -> usize {
    bytes.chunks_exact(BOM.len()).take_while(|mark| *mark == BOM).count() * BOM.len()
}

/// The longest message, in bytes. What is longer is cut into pieces of this size, at characters, as Sumo does.
pub const PIECE: usize = 65_536;

/// The longest run of bytes held to find the end of a message: a whole number of pieces. What is longer is cut here
/// whatever the format, so that no input, however damaged, fills the memory.
pub const LONGEST: usize = 256 * PIECE;
