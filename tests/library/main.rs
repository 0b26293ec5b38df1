//! The language as a library: prepared, linted and run without files and without the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod complete;
mod conditions;
mod fixes;
mod front_door;
mod handles;
mod language_service;
mod lint;
mod memory;
mod mistakes;
mod robust;
mod silence;
mod split;
mod stream;
mod subquery;
mod trace;
