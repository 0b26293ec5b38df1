//! Where messages come from: places (files, folders, standard input), how their bytes are cut into messages, and what
//! `sources.toml` says of them.

mod about;
mod byte_stream;
pub mod evtx;
mod files;
mod follow;
pub mod format;
pub mod framing;
mod ignored_files;
mod io_error;
mod item;
mod known;
mod layers;
mod lock;
mod magic;
mod odd;
pub mod opened;
mod parquet;
mod places;
mod positioned_read;
mod problem;
mod reading;
mod recognise;
mod remote;
mod request;
mod said;
mod shape;
pub mod sources;

pub use self::about::About;
pub use self::evtx::EvtxAs;
pub use encoding_rs::Encoding;
pub use files::files;
pub use follow::{Followed, News, Teller};
pub use format::Format;
pub use layers::charset::named as encoding;
#[cfg(feature = "object-store")]
pub use opened::open_store;
pub use opened::{Opened, open};
pub use problem::Problem;
#[cfg(feature = "object-store")]
pub use remote::Store;
pub use request::Request;
