//! Tables in files: what the queries' names of tables stand for on this machine.
//!
//! | file | does |
//! |---|---|
//! | `files` | finds the file of a table; nothing outside the folder of the query is touched by itself |
//! | `csv` | tables as CSV |
//! | `json` | tables as JSON |
//! | `mmdb` | databases of IP addresses |
//! | `mark` | what `save` leaves beside a table, so that it overwrites nothing else |
//! | `regular_file` | opens what is read as a whole, and refuses what has no end |
//! | `sidecar` | the key of a table, in a file beside it |
//! | `write` | saves rows |

mod csv;
mod files;
mod json;
mod mark;
mod mmdb;
pub(crate) mod regular_file;
mod sidecar;
mod write;

pub use files::Files;
pub use regular_file::small_text;
pub use write::{Saving, Written};
