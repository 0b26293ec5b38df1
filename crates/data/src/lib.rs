//! Values, tables, messages with their timestamps, and the traits of whoever brings them. Knows nothing of queries.

pub mod framing;
pub mod growing;
pub mod in_memory;
pub mod invalid_text;
pub mod ip_addresses;
pub mod key_bytes;
pub mod message;
pub mod table;
pub mod table_resolver;
pub mod time;
pub mod value;
