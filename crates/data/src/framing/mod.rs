//! Framings that need nothing but bytes: lines, and messages as JSON.

pub mod json_messages;
pub mod lines;
pub mod skipped_lines;

/// The mark that UTF-8 text may begin with; where files were joined, a line further on.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";
