//! Real logs. They are not part of the project and are read where they are there: `SUMOQL_SHARED` names the folder.

use std::io::Write;
use std::path::PathBuf;

/// The folder of the logs; where it is missing that is said, and the test has nothing to do.
pub fn data() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let data = std::env::var_os("SUMOQL_SHARED").map_or_else(beside, PathBuf::from).join("data");
    if data.is_dir() {
        return Some(data);
    }
    // Not `eprintln`, which is shown only when a test fails.
    let _ = writeln!(std::io::stderr(), "skipped: there is no {}", data.display());
    None
}
