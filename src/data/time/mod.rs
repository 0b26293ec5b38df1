//! Times: found in messages, read and written by pattern, and lengths of time. Knows nothing of the language.

pub mod civil;
pub mod custom;
pub mod range;
pub mod stamp;
pub mod zone;
