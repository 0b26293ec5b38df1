//! `text`: one message a line.

use crate::run::message::{Framing, Message, Source};
use bumpalo::Bump;
use memchr::{memchr, memchr_iter, memrchr};
use std::ops::Range;

/// One message a line, without its LF or CR LF. Blank lines are no messages. Serves JSON lines, too: the message is
/// the line as it stands.
#[derive(Debug)]
pub struct Lines;

impl Framing for Lines {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        each_line(text, |start, line| {
            out.push(Message { raw: line, offset: offset + start as u64, copy: 0, source, own: &[] });
        });
    }

    fn around(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        let start = memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        Some(start..memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1))
    }
}

/// Hands over each line that is not blank, without its end, and where it starts.
pub fn each_line<'t>(text: &'t str, mut each: impl FnMut(usize, &'t str)) {
    let mut start = 0;
    let bytes = text.as_bytes();
    for end in memchr_iter(b'\n', bytes).chain(std::iter::once(text.len())) {
        let line = if end > start && bytes[end - 1] == b'\r' { &text[start..end - 1] } else { &text[start..end] };
        // Most lines start with something that is no space, which spares the look at the rest.
        if line.as_bytes().first().is_some_and(|first| *first > b' ') || !line.trim().is_empty() {
            each(start, line);
        }
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_lf_or_crlf_or_not_at_all() {
        let mut found = Vec::new();
        each_line("a\nb\r\n\n \r\n\tc\r\r\nü", |at, line| found.push((at, line)));
        assert_eq!(found, [(0, "a"), (2, "b"), (9, "\tc\r"), (14, "ü")]);
        each_line("", |_, _| unreachable!());
    }
}
