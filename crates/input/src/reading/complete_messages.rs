//! Where the whole messages end among the first bytes of what is still being written.

use super::super::framing::json::{next_value, value_end};
use super::super::framing::message_bounds::{Bounds, forced};
use super::super::framing::{MAX_HELD_BYTES, xml};
use super::stream::Cutter;
use memchr::memmem::rfind;
use memchr::memrchr;

/// The end of the last message that is whole, 0 if none is. What is too long for a message counts as one.
pub fn whole(bytes: &[u8], cutter: &Cutter) -> usize {
    let end = match cutter {
        // A line's end is the one bound that is seen from behind.
        Cutter::At(Bounds::Lines) | Cutter::Rows => memrchr(b'\n', bytes).map_or(0, |at| at + 1),
        Cutter::At(bounds @ Bounds::Events) => {
            let closed = rfind(bytes, xml::CLOSE).map_or(0, |at| at + xml::CLOSE.len());
            last(bounds, bytes, closed.max(1)).unwrap_or(closed)
        }
        Cutter::At(bounds) => last(bounds, bytes, 1).unwrap_or(0),
        Cutter::Values { elements } => values(bytes, *elements),
        Cutter::Document(_) | Cutter::Pages => values(bytes, true),
    };
    match end {
        0 if bytes.len() > MAX_HELD_BYTES => forced(bytes, 0),
        end => end,
    }
}

/// The last place from `from` on where a message starts.
fn last(bounds: &Bounds, bytes: &[u8], from: usize) -> Option<usize> {
    let mut found = None;
    let mut at = from;
    while let Ok(next) = bounds.next(bytes, at, false) {
        if next >= bytes.len() {
            break;
        }
        found = Some(next);
        at = next + 1;
    }
    found
}

fn values(bytes: &[u8], elements: bool) -> usize {
    let mut end = 0;
    loop {
        let start = next_value(bytes, end);
        match bytes.get(start).and_then(|_| value_end(bytes, start, elements, false)) {
            Some(next) => end = next,
            None => return end,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::framing::first_lines::Start;

    #[track_caller]
    fn check(cutter: &Cutter, text: &str, expected: &str) {
        assert_eq!(&text[..whole(text.as_bytes(), cutter)], expected, "{cutter:?}");
    }

    #[test]
    fn half_a_line_waits() {
        let lines = Cutter::At(Bounds::Lines);
        check(&lines, "a\nb\r\nc", "a\nb\r\n");
        check(&lines, "a", "");
        check(&lines, "", "");
        let long = "x".repeat(MAX_HELD_BYTES + 1);
        assert_eq!(whole(long.as_bytes(), &lines), MAX_HELD_BYTES);
        assert_eq!(whole(&long.as_bytes()[1..], &lines), 0);
    }

    #[test]
    fn an_event_is_whole_at_its_end_or_where_another_starts() {
        let events = Cutter::At(Bounds::Events);
        check(&events, "<Event><a/>", "");
        check(&events, "<Events><Event></Event>\n", "<Events><Event></Event>");
        check(&events, "<Event>1</Event><Event>2<Event>3", "<Event>1</Event><Event>2");
        check(&events, "<Event>1</Event><Event>2</Ev", "<Event>1</Event>");
    }

    #[test]
    fn messages_of_several_lines_are_whole_when_the_next_one_starts() {
        let dated = Cutter::At(Bounds::Matching(Start::Pattern(regex::Regex::new(r"\d").unwrap())));
        check(&dated, "1 a\n  b\n", "");
        check(&dated, "1 a\n  b\n2", "");
        check(&dated, "1 a\n  b\n2 x\n", "1 a\n  b\n");
    }

    #[test]
    fn values_are_whole_at_their_bracket() {
        let values = Cutter::Values { elements: false };
        check(&values, "{\n\"a\": 1\n}\n{\n\"b\"", "{\n\"a\": 1\n}");
        check(&values, "{\n\"a\": {}", "");
        check(&values, "{}{} ", "{}{}");
    }
}
