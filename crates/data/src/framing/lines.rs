//! `text`: one message a line.

use super::BOM;
use super::skipped_lines::Broken;
use crate::message::{Framing, Message, Source};
use bumpalo::Bump;
use memchr::{memchr, memchr_iter, memrchr};
use std::ops::Range;

/// One message a line, without its LF or CR LF. Blank lines are no messages. Serves JSON lines, too: the message is
/// the line as it stands.
#[derive(Debug, Default)]
pub struct Lines {
    /// Lines that look like UTF-16.
    wide: Broken,
}

impl Framing for Lines {
    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, _: &'m Bump, out: &mut Vec<Message<'m>>) {
        let wide = each_line(text, |start, line| {
            out.push(Message { raw: line, offset: offset + start as u64, copy: 0, source, own: &[] });
        });
        if let Some((number, first)) = wide {
            self.wide.add(number, offset + first as u64);
        }
    }

    fn oddity(&self) -> Option<String> {
        self.wide.warning(WIDE)
    }

    fn forget(&self) {
        self.wide.forget();
    }

    fn around(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        let start = memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        Some(start..memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1))
    }
}

/// What a line is that was written in another encoding than those before it, too far on in its file to be seen when that
/// was opened.
const WIDE: (&str, &str) = (
    "a line of NUL bytes and letters in turn, as UTF-16 is within text of another encoding",
    "lines of NUL bytes and letters in turn, as UTF-16 is within text of another encoding",
);

/// Hands over each line that is not blank, without its end and without the mark of a file that begins there, and where it
/// starts. The answer is how many lines look like UTF-16, and where the first of them starts.
pub fn each_line<'t>(text: &'t str, mut each: impl FnMut(usize, &'t str)) -> Option<(u64, usize)> {
    let mut start = 0;
    let mut wide = None;
    let bytes = text.as_bytes();
    for end in memchr_iter(b'\n', bytes).chain(std::iter::once(text.len())) {
        let line = if end > start && bytes[end - 1] == b'\r' { &text[start..end - 1] } else { &text[start..end] };
        // Most lines start with something that is no space, which spares the look at the rest.
        if line.as_bytes().first().is_some_and(|first| *first > b' ' && *first != BOM[0]) {
            each(start, line);
        } else {
            let unmarked = line.trim_start_matches('\u{feff}');
            if !unmarked.trim().is_empty() {
                each(start + line.len() - unmarked.len(), unmarked);
            }
            if is_wide(line.as_bytes()) {
                wide = Some(wide.map_or((1, start), |(number, first)| (number + 1, first)));
            }
        }
        start = end + 1;
    }
    wide
}

/// Whether a line looks like UTF-16 behind a line feed: NUL bytes and others in turn, with few exceptions.
fn is_wide(line: &[u8]) -> bool {
    let pairs = line.chunks_exact(2);
    let fitting = pairs.clone().filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    pairs.len() >= 4 && 4 * fitting >= 3 * pairs.len()
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

    #[test]
    fn marks_of_files_that_were_joined_are_left_out() {
        let mut found = Vec::new();
        each_line("\u{feff}a\u{feff}\n\u{feff}\n\u{feff}\u{feff}b\n\u{ff21}\n", |at, line| found.push((at, line)));
        assert_eq!(found, [(3, "a\u{feff}"), (18, "b"), (20, "\u{ff21}")]);
    }

    #[test]
    fn lines_of_another_encoding_are_counted() {
        let wide = |text: &str| each_line(text, |_, _| {});
        assert_eq!(wide("one\n\u{0}2\u{0}0\u{0}2\u{0}4\0\n\0b\0c\0d\0e\n\0"), Some((2, 4)));
        assert_eq!(wide("\0\0\0\0\0\0\0\0\u{0}2024\n\0\na\0b\0c\0d\0"), None);
    }
}
