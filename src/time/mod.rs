//! Times: found in messages, read and written by pattern, and lengths of time. Knows nothing of the language.

pub mod pattern;
pub mod stamp;
pub mod zone;
