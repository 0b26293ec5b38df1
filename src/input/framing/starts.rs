//! What the first line of a message of several lines looks like: a pattern that was given, or a timestamp, as Sumo Logic
//! infers it (manual page `send-data/reference-information/collect-multiline-logs`).

use super::PIECE;
use memchr::memchr;
use std::sync::LazyLock;

/// How much of a line a timestamp at its beginning takes at most, in bytes.
const NEAR: usize = 48;

/// How many lines of an input decide.
const MOST_LINES: usize = 1000;

/// What the first line of a message looks like.
#[derive(Clone, Debug)]
pub enum Start {
    /// It has a match of the pattern at its beginning.
    Pattern(regex::Regex),
    /// It begins with a timestamp, perhaps in brackets.
    Stamp,
}

impl Start {
    /// Whether the line that the bytes begin with is one. `None` when the line's end is not there and may decide. Of a
    /// long line, the first [`PIECE`] bytes decide.
    pub fn fits(&self, bytes: &[u8], end: bool) -> Option<bool> {
        let most = match self {
            Start::Pattern(_) => PIECE,
            Start::Stamp => NEAR,
        };
        let near = &bytes[..bytes.len().min(most)];
        let line = match memchr(b'\n', near) {
            Some(length) => &near[..length],
            None if !end && near.len() < most => return None,
            None => near,
        };
        Some(match self {
            Start::Pattern(pattern) => {
                pattern.find(&String::from_utf8_lossy(line)).is_some_and(|found| found.start() == 0)
            }
            Start::Stamp => stamped(line),
        })
    }
}

/// A timestamp at the beginning of a line: a date and a time of day, or a time of day with milliseconds.
static STAMP: LazyLock<Option<regex::bytes::Regex>> = LazyLock::new(|| {
    let month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
    let day = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +";
    let time = r"\d{1,2}:\d{2}:\d{2}";
    let forms = [
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[Tt_:,-]|,? +)\d{1,2}:\d{2}".to_string(),
        r"\d{8}[Tt -]\d{2}:?\d{2}:?\d{2}".to_string(),
        format!(r"\d{{1,2}}[-/. ](?:{month}|\d{{1,2}})[-/. ]\d{{2,4}}[ Tt:,-]+{time}"),
        format!(r"{month} +\d{{1,2}},? +(?:\d{{4}},? +)?{time}"),
        format!(r"\d{{4}}[ -]{month}[ -]\d{{1,2}} +{time}"),
        format!(r"\d{{2}}-\d{{2}} +{time}\.\d{{3}}"),
        r"\d{2}:\d{2}:\d{2}[.,]\d{3}".to_string(),
    ];
    regex::bytes::Regex::new(&format!(r#"(?-u)\A[\[("']?(?:{day})?(?:{})"#, forms.join("|"))).ok()
});

fn stamped(line: &[u8]) -> bool {
    let possible = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"[(\"'".contains(byte);
    line.first().is_some_and(possible) && STAMP.as_ref().is_some_and(|stamp| stamp.is_match(line))
}

/// Whether the messages of a text begin at lines with a timestamp, as far as its first bytes tell; `whole` says that there
/// are no more. So it is where the first line has one, and others too: one in ten of those that are not indented, as
/// exceptions are that come with a trace. Or all others are indented. A few lines may come before, if most that are not
/// indented have one.
pub fn inferred(head: &[u8], whole: bool) -> bool {
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').take(MOST_LINES + 1).collect();
    if lines.len() > MOST_LINES || !whole {
        lines.pop();
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    let found: Vec<bool> = lines.iter().map(|line| stamped(line)).collect();
    let starts = found.iter().filter(|found| **found).count();
    let flush = lines.iter().filter(|line| !line[0].is_ascii_whitespace()).count();
    match found.first() {
        None => false,
        Some(true) => flush == 1 || (starts > 1 && 10 * starts >= flush),
        // Logs with a head of their own, such as those of IIS, may have it again further on.
        Some(false) => 2 * starts > flush && !lines[0].starts_with(b"#"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_at_the_beginning() {
        for line in [
            "2016-12-19 16:31:47,437 INFO",
            "[2016-12-19 16:31:47,437] INFO",
            "2016-12-19T16:31:47.437Z x",
            "2016/12/19 16:31:47 [error]",
            "20161219-16:31:47:437|x",
            "20161219T163147Z",
            "Dec 19 16:31:47 host sshd[1]: x",
            "Dec  9 16:31:47 host",
            "Dec 19, 2016 4:31:47 PM org.apache.Main run",
            "[Sun Dec 04 04:47:44 2005] [notice] x",
            "Sun, 04 Dec 2005 04:47:44 GMT x",
            "19/Dec/2016:16:31:47 +0000 x",
            "12/19/2016 16:31:47 x",
            "17.6.2009 20:10:40: x",
            "03-17 16:13:38.811 1702 2395 D x",
            "16:31:47.437 [main] INFO x",
        ] {
            assert!(stamped(line.as_bytes()), "{line}");
        }
        for line in [
            "",
            "\tat java.lang.Thread.run(Thread.java:748)",
            "10.1.2.3 - - [19/Dec/2016:16:31:47 +0000] \"GET / HTTP/1.1\" 200 5",
            "Caused by: java.io.IOException 2016-12-19 16:31:47",
            "<34>Dec 19 16:31:47 host",
            "16:31:47 x",
            "2016-12-19 is a day",
            "Decade 12 16",
            "\u{fffd}",
        ] {
            assert!(!stamped(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn what_the_first_lines_tell() {
        let stamp = "2016-12-19 16:31:47 x\n";
        let of = |text: &str| inferred(text.as_bytes(), true);
        assert!(of(&stamp.repeat(3)) && of(&format!("{stamp}trace\nand more\n\n{stamp}")));
        assert!(of(&format!("{stamp}\tat a\n\n  at b")) && of(stamp));
        assert!(!of(&format!("{stamp}plain\n")) && !of("plain\nlines\n") && !of(""));
        assert!(of(&format!("banner\n{stamp}{stamp}")) && !of(&format!("banner\nmore\n{stamp}{stamp}")));
        assert!(!of(&format!("{}{}", stamp.repeat(2), "plain\n".repeat(500))));
        assert!(of(&format!("a\nb\nc\n{}", format!("{stamp}\tat a\n\tat b\n").repeat(4))));
        assert!(!of(&format!("#Fields: a\n{}", stamp.repeat(9))));
        assert!(!inferred(stamp.trim_end().as_bytes(), false), "a line that is not all there");
    }

    #[test]
    fn the_end_of_a_line_may_decide() {
        assert_eq!(Start::Stamp.fits(b"2016-12-19 16:31:47", false), None);
        assert_eq!(Start::Stamp.fits(b"2016-12-19 16:31:47", true), Some(true));
        assert_eq!(
            Start::Stamp.fits(b"2016-12-19\n16:31:47 and more of it, so that there is enough to see", false),
            Some(false)
        );
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
