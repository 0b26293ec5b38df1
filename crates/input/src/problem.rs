//! What is wrong with an input.

use std::fmt;

/// Something that can't be read, or that is worth a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The input, or a file and line.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// Where in the input, in bytes of its decompressed, decoded text.
    pub offset: Option<u64>,
}

impl fmt::Display for Problem {
    /// One line: place, offset if there is one, message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{}: at byte {offset}: {}", self.place, self.message),
            None => write!(f, "{}: {}", self.place, self.message),
        }
    }
}
