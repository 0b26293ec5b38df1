//! Times: found in messages, read and written by pattern, and lengths of time. Knows nothing of the language.

pub mod civil;
pub mod given_format;
pub mod parse_moment;
pub mod slice_start;
pub mod stamp;
