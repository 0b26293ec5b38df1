//! The language as a library: prepared, linted and run without files and without the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod complete;
mod conditions;
mod front_door;
mod handles;
mod lint;
mod memory;
mod robust;
mod split;
mod stream;
mod subquery;
