//! The bytes of an input as a stream.

use std::io::{self, Read};

/// The bytes of an input, read from the beginning on.
pub type ByteStream = Box<dyn Read + Send>;

/// Opens an input again, from its beginning on.
pub type Opener = Box<dyn Fn() -> io::Result<ByteStream> + Send + Sync>;
