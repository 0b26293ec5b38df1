//! What the first line of a message of several lines looks like: a pattern that was given, or a timestamp, as Sumo Logic
//! infers it (manual page `send-data/reference-information/collect-multiline-logs`).

use super::{MAX_MESSAGE_BYTES, marks};
use memchr::{memchr, memmem};
use sumoql_data::time::stamp::{Begin, Evidence, Known, Order};

/// How much of a line is looked at for its timestamp at most, in bytes: a JSON object may have it at its end.
const MAX_STAMP_SEARCH_BYTES: usize = 1000;

/// How many lines of an input decide.
const MAX_LINES: usize = 1000;

/// How many lines are looked at for dates whose order is not plain, if there is none in them.
const FEWEST_LINES: usize = 100;

/// What the first line of a message looks like.
#[derive(Clone, Debug)]
pub enum Start {
    /// It has a match of the pattern at its beginning.
    Pattern(regex::Regex),
    /// It begins with a timestamp, perhaps in brackets, or is of another format that has one elsewhere.
    Stamp(Known),
}

impl Start {
    /// Whether the line that the bytes begin with is one. `None` when the line's end is not there and may decide. Of a
    /// long line, the first [`MAX_MESSAGE_BYTES`] bytes decide.
    pub fn fits(&self, bytes: &[u8], end: bool) -> Option<bool> {
        // What is indented goes on, however long it is.
        if let (Start::Stamp(_), Some(b' ' | b'\t')) = (self, bytes.first()) {
            return Some(false);
        }
        let most = match self {
            Start::Pattern(_) => MAX_MESSAGE_BYTES,
            Start::Stamp(_) => MAX_STAMP_SEARCH_BYTES,
        };
        let near = &bytes[..bytes.len().min(most)];
        let line = match memchr(b'\n', near) {
            Some(length) => &near[..length],
            None if !end && near.len() < most => return None,
            None => near,
        };
        let line = &line[marks(line)..];
        Some(match self {
            Start::Pattern(pattern) => {
                pattern.find(&String::from_utf8_lossy(line)).is_some_and(|found| found.start() == 0)
            }
            Start::Stamp(known) => known.begins(line).is_some(),
        })
    }
}

/// Whether the messages of a text begin at lines with a timestamp, as far as its first bytes tell; `whole` says that there
/// are no more. So it is where the first line has one, and others too: one in ten of those that can be messages of their
/// own, as exceptions are that come with a trace. Or all others are indented. A few lines may come before, if most that are
/// not indented have one.
pub fn inferred(head: &[u8], whole: bool, known: &Known) -> bool {
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES || !whole {
        lines.pop();
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    let found: Vec<Option<Begin>> =
        lines.iter().map(|line| known.begins(&line[..line.len().min(MAX_STAMP_SEARCH_BYTES)])).collect();
    let stamps = found.iter().filter(|found| **found == Some(Begin::Stamp)).count();
    let starts = found.iter().flatten().count();
    let flush = lines.iter().filter(|line| !line[0].is_ascii_whitespace()).count();
    match found.first() {
        None => false,
        Some(Some(Begin::Stamp)) if flush == 1 => true,
        Some(Some(Begin::Stamp)) => {
            let own = |(line, found): &(&&[u8], &Option<Begin>)| found.is_some() || !goes_on(line);
            stamps > 1 && 10 * starts >= lines.iter().zip(&found).filter(own).count()
        }
        // Logs with a head of their own, such as those of IIS, may have it again further on.
        Some(_) => 2 * stamps > flush && !lines[0].starts_with(b"#"),
    }
}

/// Whether a line that is not indented is hardly a message of its own, but goes on with a trace: it begins with a sign, or
/// as traces of some language do, or says where in a program something is.
fn goes_on(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 16] = [
        b"at ",
        b"in ",
        b"from ",
        b"Caused by",
        b"Traceback",
        b"Stack trace",
        b"stack trace",
        b"During handling of",
        b"The above exception",
        b"Suppressed:",
        b"goroutine ",
        b"created by ",
        b"panic: ",
        b"thrown in",
        b"File \"",
        b"exit status",
    ];
    // Sources by their endings, before a line number.
    const SOURCES: [&[u8]; 14] = [
        b".java:",
        b".py\"",
        b".rb:",
        b".go:",
        b".php:",
        b".php(",
        b".js:",
        b".ts:",
        b".cs:",
        b".ex:",
        b".exs:",
        b".erl:",
        b".pl line",
        b".scala:",
    ];
    let Some(first) = line.first().filter(|first| !first.is_ascii_whitespace()) else { return true };
    let signed = !first.is_ascii_alphanumeric() && !b"[<({/\\".contains(first) && *first < 0x80;
    let bracket = line.starts_with(b"[") && line.get(1).is_some_and(u8::is_ascii_lowercase);
    let error = || {
        let name = line.split(|byte| b": (".contains(byte)).next().unwrap_or_default();
        name.ends_with(b"Exception") || name.ends_with(b"Error") && name.len() > b"Error".len()
    };
    signed
        || bracket
        || line.iter().all(|byte| b"{}[]()<>,; \r".contains(byte))
        || WORDS.iter().any(|word| line.starts_with(word))
        || SOURCES.iter().any(|source| memmem::find(line, source).is_some())
        || error()
}

/// The order of day, month and year in the dates of an input, as far as its first bytes tell.
pub fn order(head: &[u8], known: &Known) -> Order {
    let mut evidence = Evidence::default();
    // An array of objects may be in one line.
    let lines = head.split(|byte| *byte == b'\n').flat_map(|line| {
        let long = line.len() > MAX_STAMP_SEARCH_BYTES;
        line.split(move |byte| long && *byte == b'{')
    });
    for (number, line) in lines.take(MAX_LINES).enumerate() {
        if number == FEWEST_LINES && evidence.is_empty() {
            break;
        }
        known.note(&line[..line.len().min(MAX_STAMP_SEARCH_BYTES)], &mut evidence);
    }
    evidence.order()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    const KNOWN: Known = Known { zone: Tz::UTC, receipt: 1_780_272_000_000, order: Order::Unknown };

    #[test]
    fn what_the_first_lines_tell() {
        let stamp = "2016-12-19 16:31:47 x\n";
        let of = |text: &str| inferred(text.as_bytes(), true, &KNOWN);
        assert!(of(&stamp.repeat(3)) && of(&format!("{stamp}trace\nand more\n\n{stamp}")));
        assert!(of(&format!("{stamp}\tat a\n\n  at b")) && of(stamp));
        assert!(!of(&format!("{stamp}plain\n")) && !of("plain\nlines\n") && !of(""));
        assert!(of(&format!("banner\n{stamp}{stamp}")) && !of(&format!("banner\nmore\n{stamp}{stamp}")));
        assert!(!of(&format!("{}{}", stamp.repeat(2), "plain\n".repeat(500))));
        assert!(of(&format!("a\nb\nc\n{}", format!("{stamp}\tat a\n\tat b\n").repeat(4))));
        assert!(!of(&format!("#Fields: a\n{}", stamp.repeat(9))));
        assert!(!inferred(stamp.trim_end().as_bytes(), false, &KNOWN), "a line that is not all there");
    }

    #[test]
    fn the_end_of_a_line_may_decide() {
        assert_eq!(Start::Stamp(KNOWN).fits(b"2016-12-19 16:31:47", false), None);
        assert_eq!(Start::Stamp(KNOWN).fits(b"2016-12-19 16:31:47", true), Some(true));
        assert_eq!(
            Start::Stamp(KNOWN).fits(b"2016-12-19\n16:31:47 and more of it, so that there is enough to see", false),
            Some(false)
        );
        assert_eq!(Start::Stamp(KNOWN).fits(b"\tat a", false), Some(false));
    }

    #[test]
    fn patterns_fit_at_the_beginning_only() {
        let fits =
            |pattern: &str, line: &str| Start::Pattern(regex::Regex::new(pattern).unwrap()).fits(line.as_bytes(), true);
        assert_eq!(fits("a|b", "b"), Some(true));
        assert_eq!(fits("a|b", "xb"), Some(false));
        assert_eq!(fits("", "anything"), Some(true));
    }
}
