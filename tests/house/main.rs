//! How the project is kept: the order of rooms, the reference, the pages of errors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod errors;
mod other_languages;
mod reference;
mod tidy;
