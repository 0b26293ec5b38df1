//! Real logs and queries. They are not part of the project and are read where they are there: `SUMOQL_SHARED` names the folder.

use std::io::Write;
use std::path::PathBuf;

/// The folder of the logs.
#[allow(dead_code, reason = "not every test looks at all of it")]
pub fn data() -> Option<PathBuf> {
    folder("data")
}

/// One of the folders; where it is missing that is said, and the test has nothing to do.
#[allow(dead_code, reason = "not every test looks at all of it")]
pub fn folder(name: &str) -> Option<PathBuf> {
    let beside = || crate::root().join("../shared");
    let folder = std::env::var_os("SUMOQL_SHARED").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln`, which is shown only when a test fails.
    let _ = writeln!(std::io::stderr(), "skipped: there is no {}", folder.display());
    None
}
