//! Bytes to text in the encodings that `base64Decode` knows. What is no character becomes U+FFFD, as in Java.

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// US-ASCII.
    Ascii,
    /// UTF-8.
    Utf8,
    /// UTF-16, of an order of bytes; `None` when a mark at the start says which, else big-endian.
    Utf16(Option<Order>),
    /// UTF-32, likewise.
    Utf32(Option<Order>),
}

/// The order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The most significant byte first.
    Big,
    /// The least significant byte first.
    Little,
}

impl Charset {
    /// The encoding of a name, in any letter case.
    pub fn find(name: &str) -> Option<Charset> {
        Some(match name.to_ascii_uppercase().as_str() {
            "US-ASCII" | "ASCII" => Charset::Ascii,
            "UTF-8" | "UTF8" => Charset::Utf8,
            "UTF-16" => Charset::Utf16(None),
            "UTF-16BE" => Charset::Utf16(Some(Order::Big)),
            "UTF-16LE" => Charset::Utf16(Some(Order::Little)),
            "UTF-32" => Charset::Utf32(None),
            "UTF-32BE" => Charset::Utf32(Some(Order::Big)),
            "UTF-32LE" => Charset::Utf32(Some(Order::Little)),
            _ => return None,
        })
    }

    /// The text of some bytes.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Charset::Ascii => bytes.iter().map(|b| if b.is_ascii() { *b as char } else { '\u{fffd}' }).collect(),
            Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Charset::Utf16(order) => {
                let (order, bytes) = ordered(order, bytes, &[0xfe, 0xff]);
                let mut units = bytes.chunks_exact(2);
                let whole = units.by_ref().map(|pair| number(order, pair) as u16).collect::<Vec<_>>();
                let mut out = String::from_utf16_lossy(&whole);
                out.extend((!units.remainder().is_empty()).then_some('\u{fffd}'));
                out
            }
            Charset::Utf32(order) => {
                let (order, bytes) = ordered(order, bytes, &[0, 0, 0xfe, 0xff]);
                let units = bytes.chunks(4).map(|unit| match unit.len() {
                    4 => char::from_u32(number(order, unit)).unwrap_or('\u{fffd}'),
                    _ => '\u{fffd}',
                });
                units.collect()
            }
        }
    }
}

/// The order of bytes, and what follows the mark that says so. `mark` is the big-endian one.
fn ordered<'b>(order: Option<Order>, bytes: &'b [u8], mark: &[u8]) -> (Order, &'b [u8]) {
    let reversed: Vec<u8> = mark.iter().rev().copied().collect();
    match order {
        Some(order) => (order, bytes),
        None => match (bytes.strip_prefix(mark), bytes.strip_prefix(reversed.as_slice())) {
            (Some(rest), _) => (Order::Big, rest),
            (_, Some(rest)) => (Order::Little, rest),
            _ => (Order::Big, bytes),
        },
    }
}

fn number(order: Order, bytes: &[u8]) -> u32 {
    let add = |n: u32, byte: &u8| (n << 8) | u32::from(*byte);
    match order {
        Order::Big => bytes.iter().fold(0, add),
        Order::Little => bytes.iter().rev().fold(0, add),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        for (name, bytes, text) in [
            ("us-ascii", &b"a\xe9b"[..], "a\u{fffd}b"),
            ("UTF-8", "é€".as_bytes(), "é€"),
            ("UTF-16", &[0, 65, 0xd8, 0x3d, 0xde, 0], "A😀"),
            ("UTF-16", &[0xff, 0xfe, 65, 0], "A"),
            ("UTF-16", &[0xfe, 0xff, 0, 65, 9], "A\u{fffd}"),
            ("UTF-16LE", &[65, 0, 0, 0xd8], "A\u{fffd}"),
            ("UTF-32", &[0, 0, 0, 65], "A"),
            ("UTF-32", &[0xff, 0xfe, 0, 0, 65, 0, 0, 0], "A"),
            ("UTF-32LE", &[0, 0xf6, 1, 0, 1], "😀\u{fffd}"),
            ("UTF-32BE", &[0, 0x11, 0, 0], "\u{fffd}"),
        ] {
            assert_eq!(Charset::find(name).unwrap().decode(bytes), text, "{name} {bytes:?}");
        }
        assert_eq!(Charset::find("latin-1"), None);
    }
}
