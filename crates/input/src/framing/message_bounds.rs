//! Where an input may be cut without cutting a message, as far as the bytes nearby tell.
//!
//! A file is read in ranges by many workers. Each works on the messages that start in its range, so where messages
//! start must be seen without knowing what came before.

use super::first_lines::Start;
use super::xml;
use super::{MAX_HELD_BYTES, MAX_MESSAGE_BYTES};
use memchr::memchr;

/// The places where messages start.
#[derive(Clone, Debug)]
pub enum Bounds {
    /// After a line feed.
    Lines,
    /// At an `<Event` tag.
    Events,
    /// At a line that looks like the first of a message.
    Matching(Start),
}

impl Bounds {
    /// The first place at or after `from` where a message starts; `from` is not 0, as the byte before may decide.
    /// Without one: the place to go on from once there are more bytes. `end` says that none follow.
    pub fn next(&self, bytes: &[u8], from: usize, end: bool) -> Result<usize, usize> {
        match self {
            Bounds::Lines => next_line(bytes, from),
            Bounds::Events => match xml::next_open(bytes, from) {
                Some(at) => Ok(at),
                None => Err(from.max(bytes.len().saturating_sub(xml::OPEN.len()))),
            },
            Bounds::Matching(first) => {
                let mut at = from;
                loop {
                    let start = next_line(bytes, at)?;
                    match first.fits(&bytes[start..], end) {
                        Some(true) => return Ok(start),
                        Some(false) => at = start + 1,
                        None => return Err(start),
                    }
                }
            }
        }
    }
}

fn next_line(bytes: &[u8], from: usize) -> Result<usize, usize> {
    let before = from.saturating_sub(1);
    match memchr(b'\n', bytes.get(before..).unwrap_or_default()) {
        Some(at) => Ok(before + at + 1),
        None => Err(from.max(bytes.len() + 1)),
    }
}

/// Where the bytes from `start` are cut when no message ends in them: at the end of the last of as many pieces as fit
/// into [`MAX_HELD_BYTES`]. There must be that many bytes.
pub fn forced(bytes: &[u8], start: usize) -> usize {
    (0..MAX_HELD_BYTES / MAX_MESSAGE_BYTES).fold(start, |at, _| character(bytes, at + MAX_MESSAGE_BYTES))
}

/// The nearest place not after `at` that is not inside a UTF-8 character.
pub fn character(bytes: &[u8], at: usize) -> usize {
    let inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    match (at.saturating_sub(3)..=at).rev().find(|at| !inside(*at)) {
        Some(start) => start,
        None => at,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(bounds: &Bounds, bytes: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = 1;
        while let Ok(next) = bounds.next(bytes, at, true) {
            found.push(next);
            at = next + 1;
        }
        found
    }

    #[test]
    fn lines_start_after_line_feeds() {
        assert_eq!(all(&Bounds::Lines, b"a\n\nbc\r\nd"), [2, 3, 7]);
        assert_eq!(all(&Bounds::Lines, b"a\n"), [2], "the end of the file, too");
        assert_eq!(Bounds::Lines.next(b"abc", 1, false), Err(4));
        assert_eq!(Bounds::Lines.next(b"abc\nd", 4, false), Ok(4));
    }

    #[test]
    fn events_start_at_their_tag_and_at_no_other() {
        let text = b"<Events>\n<Event>1</Event><EventID/> <Event x=''/><EventData><Event\n>";
        assert_eq!(all(&Bounds::Events, text), [9, 36, 60]);
        assert_eq!(Bounds::Events.next(b"..<Event", 1, false), Err(2), "the next byte decides");
    }

    #[test]
    fn lines_that_match_start_messages() {
        let bounds = Bounds::Matching(Start::Pattern(regex::Regex::new(r"\[\d+").unwrap()));
        let text = b"x\n[1] a\n at b [2]\n[3] c";
        assert_eq!(all(&bounds, text), [2, 18]);
        assert_eq!(bounds.next(text, 10, false), Err(18), "the line may go on");
    }

    #[test]
    fn a_forced_cut_is_between_characters() {
        let text = "ä".repeat(MAX_HELD_BYTES);
        assert_eq!(forced(text.as_bytes(), 0), MAX_HELD_BYTES);
        assert_eq!(forced(text.as_bytes(), 1), MAX_HELD_BYTES);
    }
}
