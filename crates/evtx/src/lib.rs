//! Windows event logs (EVTX): chunks of 64 KiB, each to be read on its own, whose records become XML or JSON.

#![warn(missing_docs)]

mod chunk;
mod chunk_locator;
mod damage;
mod json;
mod log;
mod log_bytes;
mod rendering;
mod template;
mod template_instance;
mod value;
mod xml_elements;

pub use chunk::RecordHeader;
pub use chunk_locator::{ChunkLocator, Region, is_log};
pub use damage::Damage;
pub use log::Log;
pub use rendering::{Rendering, UnknownRendering};
