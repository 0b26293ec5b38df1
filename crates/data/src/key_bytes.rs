//! Values as the bytes of keys.

use super::value::{Value, whole};

/// Encodes a key value so that equal values, and no others, have equal bytes: a double that is a whole number of 64 bits is
/// encoded as that, and NaN has one encoding.
pub fn encode_value(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0),
        Value::Bool(b) => out.push(1 + u8::from(b)),
        Value::Int(n) => {
            out.push(3);
            out.extend_from_slice(&n.to_le_bytes());
        }
        Value::Double(n) => match whole(n) {
            Some(n) => encode_value(Value::Int(n), out),
            None => {
                let n = if n.is_nan() { f64::NAN } else { n };
                out.push(4);
                out.extend_from_slice(&n.to_bits().to_le_bytes());
            }
        },
        Value::Text(text) => {
            out.push(5);
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
}
