//! Parquet files: each row is a message, a JSON object with a member for each column.

#[cfg(feature = "parquet")]
mod rows;

use super::reading::Reading;
use super::wrappers::archive::ArchiveSource;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The rows of a file. About `chunk` bytes are worked on at a time; `count` counts what is read. The error says why none
/// can be read.
#[cfg(feature = "parquet")]
pub fn reading(source: ArchiveSource, chunk: usize, count: Arc<AtomicU64>) -> Result<Box<dyn Reading>, String> {
    Ok(Box::new(rows::ParquetRows::new(source, chunk, count)?))
}

/// The rows of a file: this build does not read them.
#[cfg(not(feature = "parquet"))]
pub fn reading(_: ArchiveSource, _: usize, _: Arc<AtomicU64>) -> Result<Box<dyn Reading>, String> {
    Err("it is a Parquet file, and this program was built without: build it with `--features parquet`".into())
}
