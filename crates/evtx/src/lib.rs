//! Reads Windows event logs (EVTX), damaged ones too, as the XML that Windows shows or as JSON.
//!
//! ```
//! use sumoql_evtx::{Log, Rendering};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("sumoql-evtx-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("Security.evtx");
//! # std::fs::write(&path, [&b"ElfFile\0"[..], &[0; 4088], &[b'x'; 100]].concat())?;
//! let log = Log::open(&path)?;
//! let mut records = log.records(Rendering::Xml);
//! for record in &mut records {
//!     let record = record?;
//!     println!("{} at byte {}: {}", record.header.number, record.header.offset, record.text);
//! }
//! for loss in records.damage().losses() {
//!     println!("{} records lost at byte {}: {}", loss.records, loss.offset, loss.reason);
//! }
//! # assert_eq!(records.damage().losses()[0].offset, 4096);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! A log consists of chunks of 64 KiB, each of which can be read on its own. To use many threads, let a [`ChunkLocator`]
//! find the regions of the log, and give each thread a [`ChunkReader`].
//!
//! Damage is not an error. Wherever bytes lie that have the form of a record, the record is read; what is lost is counted
//! and listed with its place and its reason ([`Damage`]). No bytes make the reader panic or run without end.

#![warn(missing_docs)]

mod chunk;
mod chunk_locator;
mod chunk_reader;
mod damage;
mod error;
mod json;
mod json_shapes;
mod json_string;
mod log;
mod log_bytes;
mod rendering;
mod template;
mod template_instance;
mod value;
mod xml_elements;

pub use chunk::RecordHeader;
pub use chunk_locator::{ChunkLocator, Region, is_log};
pub use chunk_reader::ChunkReader;
pub use damage::{Damage, Loss};
pub use error::Error;
pub use log::{Log, Record, Records};
pub use rendering::{Rendering, UnknownRendering};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
