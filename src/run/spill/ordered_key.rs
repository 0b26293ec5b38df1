//! Keys whose bytes order as the values do: comparing two keys is comparing bytes, whatever the values are.

use crate::program::batch::Rank;
use sumoql_data::value::{EXACT, Value};

/// Appends a value so that keys order as [`sumoql_data::value::order`] has it, or the other way round. No value's bytes
/// begin with all of another's, so several values make a key one after the other.
pub(crate) fn value(value: Value<'_>, ascending: bool, out: &mut Vec<u8>) {
    let start = out.len();
    match value {
        Value::Null => out.push(1),
        Value::Bool(b) => out.extend_from_slice(&[2, u8::from(b)]),
        Value::Int(n) => number(n as f64, (i128::from(n) - n as f64 as i128) as i16, out),
        Value::Double(n) => number(n, 0, out),
        Value::Text(text) => {
            out.push(4);
            let mut rest = text.as_bytes();
            // A zero ends the text; one in it is followed by what comes after the end mark's second.
            while let Some(at) = memchr::memchr(0, rest) {
                out.extend_from_slice(&rest[..=at]);
                out.push(0xff);
                rest = &rest[at + 1..];
            }
            out.extend_from_slice(rest);
            out.extend_from_slice(&[0, 0]);
        }
    }
    if !ascending {
        out[start..].iter_mut().for_each(|byte| *byte = !*byte);
    }
}

/// A number as a double, and how much more the whole number is that was rounded to it: doubles can't tell large ones
/// apart. Whole numbers of 64 bits are at most 512 away from their doubles.
fn number(n: f64, more: i16, out: &mut Vec<u8>) {
    out.push(3);
    // Equal doubles have equal bytes.
    let n = if n.is_nan() {
        f64::NAN
    } else if n == 0.0 {
        0.0
    } else {
        n
    };
    let bits = n.to_bits() as i64;
    // The order of `f64::total_cmp`, in which NaN without a sign comes last.
    out.extend_from_slice(&signed(bits ^ (((bits >> 63) as u64) >> 1) as i64));
    if n.abs() >= EXACT {
        out.extend_from_slice(&((more as u16) ^ (1 << 15)).to_be_bytes());
    }
}

fn signed(n: i64) -> [u8; 8] {
    ((n as u64) ^ (1 << 63)).to_be_bytes()
}

/// Appends a row's place.
pub(crate) fn rank(rank: &Rank, out: &mut Vec<u8>) {
    out.extend_from_slice(&signed(rank.age));
    for n in [u64::from(rank.source), rank.offset, u64::from(rank.copy)] {
        let bytes = n.to_be_bytes();
        let zeros = n.leading_zeros() as usize / 8;
        out.push(8 - zeros as u8);
        out.extend_from_slice(&bytes[zeros..]);
    }
}

/// The first bytes of a key as a number: where two differ, so they order.
pub(crate) fn prefix(key: &[u8]) -> u64 {
    match key.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut bytes = [0; 8];
            bytes[..key.len()].copy_from_slice(key);
            u64::from_be_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;
    use sumoql_data::value::order;

    fn values() -> impl Strategy<Value = Value<'static>> {
        let texts = ["", "a", "ab", "b", "\0", "a\0", "a\0b", "a\0\0", "é", "日", "9", "100"];
        let doubles = [0.0, -0.0, 1.5, -1.5, 2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, 1e300];
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-3i64..4).prop_map(Value::Int),
            any::<i64>().prop_map(Value::Int),
            any::<i64>().prop_map(|n| Value::Double(n as f64)),
            (0..3i64).prop_map(|n| Value::Int(EXACT as i64 + n)),
            (0..3i64).prop_map(|n| Value::Double(EXACT + n as f64)),
            (0..3i64).prop_map(|n| Value::Int(i64::MAX - n)),
            Just(Value::Double(i64::MAX as f64)),
            Just(Value::Double(-f64::NAN)),
            prop::sample::select(doubles.to_vec()).prop_map(Value::Double),
            any::<f64>().prop_map(Value::Double),
            prop::sample::select(texts.to_vec()).prop_map(Value::Text),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn bytes_order_as_the_values(a in [values(), values()], b in [values(), values()], up in any::<[bool; 2]>()) {
            let bytes = |values: &[Value<'static>; 2]| {
                let mut out = Vec::new();
                values.iter().zip(up).for_each(|(v, up)| value(*v, up, &mut out));
                out
            };
            let wanted = a.iter().zip(&b).zip(up).fold(Ordering::Equal, |found, ((a, b), up)| {
                found.then(if up { order(*a, *b) } else { order(*b, *a) })
            });
            let (a, b) = (bytes(&a), bytes(&b));
            prop_assert_eq!(a.cmp(&b), wanted);
            prop_assert_eq!(prefix(&a).cmp(&prefix(&b)).then(a.cmp(&b)), wanted);
        }

        #[test]
        fn places_order_as_they_are(a in any::<(i8, u32, u64, u8)>(), b in any::<(i8, u32, u64, u8)>(), near in any::<bool>()) {
            let place = |(age, source, offset, copy): (i8, u32, u64, u8)| {
                let (source, offset) = if near { (source % 3, offset % 300) } else { (source, offset) };
                Rank { age: i64::from(age), source, offset, copy: u32::from(copy) }
            };
            let bytes = |place: &Rank| {
                let mut out = Vec::new();
                rank(place, &mut out);
                out
            };
            let (a, b) = (place(a), place(b));
            prop_assert_eq!(bytes(&a).cmp(&bytes(&b)), a.cmp(&b));
        }
    }
}
