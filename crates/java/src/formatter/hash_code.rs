//! `hashCode` of Java's classes.

/// Of a `Boolean`.
pub fn of_bool(value: bool) -> i32 {
    if value { 1231 } else { 1237 }
}

/// Of a `Long`, or of a `Double` by its bits.
pub fn of_bits(bits: u64) -> i32 {
    (bits ^ (bits >> 32)) as u32 as i32
}

/// Of a `String`.
pub fn of_text(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}
