//! Places that are no files of this machine: objects in stores, and what HTTP servers have.

#[cfg(feature = "object-store")]
mod store;

#[cfg(feature = "object-store")]
pub use store::Store;

use super::candidate::Candidate;

/// What an address stands for: an object, those whose keys begin with it, or those that fit it as a pattern.
#[cfg(feature = "object-store")]
pub fn candidates(candidate: &Candidate) -> Result<Vec<Candidate>, String> {
    let (store, key) = Store::of_address(&candidate.place.name)?;
    std::sync::Arc::new(store).candidates(&key)
}

/// What an address stands for: this build does not read it.
#[cfg(not(feature = "object-store"))]
pub fn candidates(_: &Candidate) -> Result<Vec<Candidate>, String> {
    Err("this program was built without object stores: build it with `--features object-store`".into())
}
