//! Encodings of text, and hashes.

pub mod base64;
mod charset;
pub mod hash;
pub mod tourl;
pub mod url;
