//! How bytes are cut into messages, one file for each format. Pure: bytes in, messages out.

pub mod csv;
pub mod event_log;
pub mod first_lines;
pub mod job;
pub mod json;
pub mod json_records;
pub mod long_messages;
pub mod message_bounds;
pub mod multiline;
pub mod xml;

pub use sumoql_data::framing::BOM;

/// How many bytes at the beginning of these are such marks.
pub fn marks(bytes: &[u8]) -> usize {
    bytes.chunks_exact(BOM.len()).take_while(|mark| *mark == BOM).count() * BOM.len()
}

/// The longest message, in bytes. What is longer is cut into pieces of this size, at characters, as Sumo does.
pub const MAX_MESSAGE_BYTES: usize = 65_536;

/// The longest run of bytes held to find the end of a message: a whole number of pieces. What is longer is cut here
/// whatever the format, so that no input, however damaged, fills the memory.
pub const MAX_HELD_BYTES: usize = 256 * MAX_MESSAGE_BYTES;
