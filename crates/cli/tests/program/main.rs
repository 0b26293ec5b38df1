//! The program as its users meet it: arguments, standard input and files in; two streams and an exit status out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

mod auto_parse;
mod baseline;
mod binaries;
mod characters;
mod charts;
mod cli;
mod csv;
mod demo;
mod dialect;
mod differential;
mod effort;
mod evtx;
mod explain;
mod extraction;
mod files;
mod fmt;
mod follow;
mod guide;
mod inputs;
mod json_shapes;
mod made;
mod multiline;
mod numbers;
mod outputs;
mod parameters;
#[cfg(feature = "parquet")]
mod parquet;
mod places;
mod program;
#[path = "../../../../tests/cases/grammar/random.rs"]
mod random;
mod readme;
mod recognised;
mod refusals;
mod repl;
mod rotation;
mod saving;
mod shared;
mod sources;
mod spill;
#[cfg(feature = "object-store")]
mod stores;
mod t1505;
mod tables;
mod tar;
mod terminal;
mod timestamps;
#[path = "../../../evtx/tests/logs/writer.rs"]
mod writer;
mod xml_shapes;
mod zip;

/// The folder of the whole project.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
