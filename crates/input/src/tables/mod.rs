//! Tables in files: what the queries' names of tables stand for on this machine.
//!
//! | file | does |
//! |---|---|
//! | `files` | finds the file of a table; nothing outside the folder of the query is touched by itself |
//! | `csv` | tables as CSV |
//! | `json` | tables as JSON |
//! | `mmdb` | databases of IP addresses |
//! | `sidecar` | the key of a table, in a file beside it |
//! | `write` | saves rows |

mod csv;
mod files;
mod json;
mod mmdb;
mod sidecar;
mod write;

pub use files::Files;
pub use write::Written;
