//! How bytes are cut into messages, one file for each format. Pure: bytes in, messages out.

pub mod messages;
