//! Values without surprises, passed over 16 bytes at a time: texts without a backslash and numbers without an exponent.

use wide::u8x16;

/// Where the value at an offset ends, if it is a text without a backslash or a number without an exponent and is well
/// formed. `None` for any other value, for what is broken, and near the end of the text: then it is to be looked at byte
/// by byte.
#[inline]
pub fn end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return number(bytes, at);
    }
    let end = at + 1 + length(&bytes[at + 1..]);
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}

/// How many bytes come before the next quote, backslash or control character.
#[inline]
pub fn length(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<16>();
    for (number, chunk) in chunks.iter().enumerate() {
        let found = specials(chunk);
        if found != 0 {
            return number * 16 + found.trailing_zeros() as usize;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

#[inline]
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let chunk = bytes.get(at..)?.first_chunk::<16>()?;
    let digits = digits(chunk);
    let mut length = usize::from(chunk[0] == b'-');
    let whole = (digits >> length).trailing_ones() as usize;
    if whole == 0 || (whole > 1 && chunk[length] == b'0') {
        return None;
    }
    length += whole;
    if chunk.get(length) == Some(&b'.') {
        let fraction = (digits >> (length + 1)).trailing_ones() as usize;
        if fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    }
    // A number as long as the window may go on behind it.
    (!matches!(chunk.get(length)?, b'e' | b'E')).then_some(at + length)
}

/// A bit for each of 16 bytes, the lowest for the first: which are quotes, backslashes or control characters.
#[inline]
fn specials(chunk: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*chunk);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    (is(b'"') | is(b'\\') | at_most(bytes, 0x1f)).to_bitmask()
}

/// Which of 16 bytes are digits.
#[inline]
fn digits(chunk: &[u8; 16]) -> u32 {
    at_most(u8x16::new(*chunk) - u8x16::splat(b'0'), 9).to_bitmask()
}

#[inline]
fn at_most(bytes: u8x16, most: u8) -> u8x16 {
    bytes.min(u8x16::splat(most)).simd_eq(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_values_and_leaves_the_rest() {
        let behind = ", \"and more of it\"";
        for value in ["\"\"", "\"a\"", "\"sixteen bytes and more é\"", "0", "-1", "-0.5", "12345.678", "1"] {
            assert_eq!(end(format!("{value}{behind}").as_bytes(), 0), Some(value.len()), "{value}");
        }
        for other in
            ["01", "1.", "-", "1e5", "1.5E3", "true", "{}", "[1]", "\"a\\n\"", "\"tab\t\"", "12345678901234567"]
        {
            assert_eq!(end(format!("{other}{behind}").as_bytes(), 0), None, "{other}");
        }
        assert_eq!(end(b"12", 0), None);
        assert_eq!(end(b"\"open", 0), None);
        assert_eq!(end(b"", 0), None);
    }

    proptest! {
        #[test]
        fn takes_whole_values(text in "[-0-9.eE\"\\\\a\t\u{e9}]{0,40}", before in 0usize..3) {
            let text = format!("{}{text}", &"  "[..before]);
            if let Some(end) = end(text.as_bytes(), before) {
                let value = serde_json::from_str::<serde_json::Value>(&text[before..end]);
                prop_assert!(value.is_ok(), "{}", text);
                // A value that goes on behind it would have been taken as a whole.
                let next = text.as_bytes().get(end).copied().unwrap_or(b' ');
                prop_assert!(text.as_bytes()[before] == b'"' || !matches!(next, b'0'..=b'9' | b'e' | b'E'), "{}", text);
            }
        }

        #[test]
        fn length_is_that_of_a_search_by_byte(bytes in proptest::collection::vec(0x18u8..0x60, 0..60)) {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            prop_assert_eq!(length(&bytes), bytes.iter().position(special).unwrap_or(bytes.len()));
        }
    }
}
