//! Where messages come from: places (files, folders, standard input), how their bytes are cut into messages, and what
//! `sources.toml` says of them.

pub mod framing;
pub mod memory;
