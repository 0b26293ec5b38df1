//! Places that are no files of this machine: objects in stores, and what HTTP servers have.

#[cfg(feature = "object-store")]
mod store;

#[cfg(feature = "object-store")]
pub use store::Store;

use super::item::Item;

/// What addresses begin with.
const SCHEMES: [&str; 6] = ["s3", "s3a", "gs", "az", "http", "https"];

/// Whether a path is an address of a place elsewhere.
pub fn is_address(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)))
}

/// What an address stands for: an object, those whose keys begin with it, or those that fit it as a pattern.
#[cfg(feature = "object-store")]
pub fn items(item: &Item) -> Result<Vec<Item>, String> {
    let (store, key) = Store::of_address(&item.place.name)?;
    std::sync::Arc::new(store).items(&key)
}

/// What an address stands for: this build does not read it.
#[cfg(not(feature = "object-store"))]
pub fn items(_: &Item) -> Result<Vec<Item>, String> {
    Err("this program was built without object stores: build it with `--features object-store`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_begin_with_a_known_scheme() {
        for address in ["s3://bucket/key", "S3://b", "gs://b/*.gz", "az://c/", "https://host/a.log"] {
            assert!(is_address(address), "{address}");
        }
        for path in ["s3/bucket", "a.log", "-", "file://x", "odd://name", "x/http://y"] {
            assert!(!is_address(path), "{path}");
        }
    }
}
