//! `evtx`: the records of an event log, each rendered as a text that is longer than the record.

use bumpalo::Bump;
use sumoql_data::message::{Framing, Message, Source};

/// How many bytes stand before each message: how far from the chunk's place in the log the record starts, and how many
/// bytes the message has, eight hexadecimal digits each.
const PREFIX: usize = 16;

/// Cuts what [`begin`] and [`end`] have marked. A message's offset is that of its record in the log.
#[derive(Debug)]
pub struct Records;

/// Begins a message, to be appended after it. The answer is for [`end`].
pub fn begin(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[b'0'; PREFIX]);
    out.len() - PREFIX
}

/// Ends the message that was begun at `start`; its record starts `offset` bytes after the place of the chunk.
pub fn end(out: &mut [u8], start: usize, offset: u32) {
    let length = u32::try_from(out.len() - start - PREFIX).unwrap_or(u32::MAX);
    let prefix = (u64::from(offset) << 32) | u64::from(length);
    for (byte, shift) in out[start..start + PREFIX].iter_mut().zip((0..64).step_by(4).rev()) {
        *byte = b"0123456789abcdef"[(prefix >> shift) as usize & 0xF];
    }
}

impl Framing for Records {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        let number = |at: usize| u32::from_str_radix(text.get(at..at + PREFIX / 2)?, 16).ok();
        let mut at = 0;
        while let (Some(place), Some(length)) = (number(at), number(at + PREFIX / 2)) {
            let start = at + PREFIX;
            let Some(raw) = text.get(start..start + length as usize) else { return };
            out.push(Message { raw, offset: offset + u64::from(place), copy: 0, source, own: &[] });
            at = start + raw.len();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message::cut;

    #[test]
    fn what_is_marked_is_cut() {
        let mut out = Vec::new();
        for (offset, text) in [(512, "a\nb"), (0xABCD_EF01, ""), (7, "ü12")] {
            let start = begin(&mut out);
            out.extend_from_slice(text.as_bytes());
            end(&mut out, start, offset);
        }
        let text = std::str::from_utf8(&out).unwrap();
        let source = plain_source(Arc::new(Records), 0);
        let arena = Bump::new();
        let cut = |text| cut(&Records, text, 1000, &source, &arena);
        let found: Vec<_> = cut(text).iter().map(|m| (m.offset, m.raw)).collect();
        assert_eq!(found, [(1512, "a\nb"), (1000 + 0xABCD_EF01, ""), (1007, "ü12")]);
        assert!(cut(&text[..20]).iter().all(|m| m.raw == "a\nb"));
        assert!(cut("something else").is_empty());
    }
}
