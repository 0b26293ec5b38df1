//! Parquet files: each row is a message, a JSON object with a member for each column.

#[cfg(feature = "parquet")]
mod rows;

use super::layers::archive::Lies;
use super::reading::Reading;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Whether a file that begins like this is one. After the magic comes the head of a page or of the footer, which no text
/// begins with.
pub fn is_parquet(head: &[u8]) -> bool {
    head.strip_prefix(b"PAR1").and_then(<[u8]>::first).is_some_and(|next| *next < b' ' && !next.is_ascii_whitespace())
}

/// The rows of a file. About `chunk` bytes are worked on at a time; `count` counts what is read. The error says why none
/// can be read.
#[cfg(feature = "parquet")]
pub fn reading(lies: Lies, chunk: usize, count: Arc<AtomicU64>) -> Result<Box<dyn Reading>, String> {
    Ok(Box::new(rows::Rows::new(lies, chunk, count)?))
}

/// The rows of a file: this build does not read them.
#[cfg(not(feature = "parquet"))]
pub fn reading(_: Lies, _: usize, _: Arc<AtomicU64>) -> Result<Box<dyn Reading>, String> {
    Err("it is a Parquet file, and this program was built without: build it with `--features parquet`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_parquet() {
        assert!(is_parquet(b"PAR1\x15\x04"));
        for text in [&b"PAR1"[..], b"PAR1 is down", b"PAR1\n", b"PAR1\r\n", b"XPAR1\x15"] {
            assert!(!is_parquet(text), "{text:?}");
        }
    }
}
