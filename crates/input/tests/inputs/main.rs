//! Inputs as the language meets them: what files, streams, archives and compressed data give, in every way of reading.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../cli/tests/program/files.rs"]
mod files;
mod input;
#[path = "../../../cli/tests/program/inputs.rs"]
mod inputs;
mod layers;
