//! Where messages come from: places (files, folders, standard input), how their bytes are cut into messages, and what
//! `sources.toml` says of them.

mod byte_stream;
mod candidate;
mod charset_warnings;
mod deciding_files;
mod detected_format;
mod follow;
pub mod format;
pub mod framing;
mod ignored_files;
mod input_info;
pub mod input_set;
mod io_error;
mod lock;
mod magic;
mod parquet;
mod places;
mod positioned_read;
mod problem;
mod reading;
mod recognise;
mod remote;
mod request;
mod settings;
mod source_rules;
pub mod sources_toml;
pub mod tables;
mod wrappers;

pub use self::input_info::InputInfo;
pub use deciding_files::files;
pub use encoding_rs::Encoding;
pub use follow::{Followed, Notice, Reporter};
pub use format::Format;
#[cfg(feature = "object-store")]
pub use input_set::open_store;
pub use input_set::{InputSet, open};
pub use problem::Problem;
#[cfg(feature = "object-store")]
pub use remote::Store;
pub use request::InputRequest;
pub use sumoql_evtx::Rendering as EvtxAs;
pub use wrappers::charset::named as encoding;
