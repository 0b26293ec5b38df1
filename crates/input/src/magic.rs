//! What files of some kinds begin with.

/// How many bytes of an input are looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// Whether a file that begins like this is one. After the magic comes the head of a page or of the footer, which no text
/// begins with.
pub fn is_parquet(head: &[u8]) -> bool {
    head.strip_prefix(b"PAR1").and_then(<[u8]>::first).is_some_and(|next| *next < b' ' && !next.is_ascii_whitespace())
}

/// Whether a tar archive begins here, as the mark in its first header tells. Archives older than 1988 have none.
pub fn is_tar(head: &[u8]) -> bool {
    matches!(head.get(257..265), Some(b"ustar\x0000" | b"ustar  \0"))
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
