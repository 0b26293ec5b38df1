//! Files of folders, archives and stores that are passed over.

/// Files that lie beside messages and are none.
pub fn is_ignored(name: &str) -> bool {
    name == "sources.toml" || name.ends_with(".sumo") || name.ends_with(".case") || name.contains(".expected")
}
