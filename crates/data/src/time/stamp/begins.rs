//! What lines begin messages: those that begin with a timestamp, or are of another format that has one at a place of its
//! own. The timestamps are those that [`super::find`] finds.

use super::date::{month, pair, plausible, weekday_before};
use super::{Known, NEAR, Spot, StampMatch, clock, days, digits, packed, search, stamp};
use memchr::{memchr, memchr_iter};

/// How far from the beginning the time of a timestamp may stand, in bytes.
const STAMP: usize = 64;

/// How far from the beginning the timestamp of a web server may stand.
const ACCESS: usize = 256;

/// How a line begins that is the first of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With a timestamp, perhaps in brackets, or behind the day of the week.
    Stamp,
    /// It is of another format: the line of an access log, a JSON object with a time, a line with a priority of syslog, or
    /// one that has its level or such before the timestamp.
    Other,
}

impl Known {
    /// How the line begins, if it may be the first of a message. Of a long line the first [`NEAR`] bytes decide.
    pub fn begins(&self, line: &[u8]) -> Option<Begin> {
        let first = *line.first()?;
        if first.is_ascii_whitespace() || first >= 0x80 {
            return None;
        }
        if plain(line) {
            return Some(Begin::Stamp);
        }
        match first {
            b'<' => priority(line).then_some(Begin::Other),
            b'{' => object(line, self).then_some(Begin::Other),
            _ => self.by_stamp(line).or_else(|| access(line).then_some(Begin::Other)),
        }
    }

    /// By the first timestamp, if that is near the beginning.
    fn by_stamp(&self, line: &[u8]) -> Option<Begin> {
        if packed::at_start(line, self).is_some() {
            return Some(Begin::Stamp);
        }
        for colon in memchr_iter(b':', &line[..line.len().min(STAMP)]) {
            let time = colon > 0
                && line[colon - 1].is_ascii_digit()
                && (digits(line, colon + 1) >= 2 || clock::is_unpadded(line, colon));
            let found = if time { stamp(line, colon, self) } else { StampMatch::Nothing };
            let start = match found {
                StampMatch::Moment(_, Spot::Date(date, clock)) => date.start.min(clock.start),
                // Seconds alone are too little to tell a timestamp from other times.
                StampMatch::Time(clock) if clock.ms % 1000 != 0 || fraction(line, clock.end) => clock.start,
                StampMatch::Nothing => continue,
                _ => return None,
            };
            let before = &line[..start];
            return match () {
                () if bare(before) => Some(Begin::Stamp),
                () if behind_level(before) => Some(Begin::Other),
                () => None,
            };
        }
        None
    }
}

/// 2024-05-14 09:12:01 or 2024-05-14T09:12:01, which most logs begin with: what [`stamp`] finds too, later.
fn plain(line: &[u8]) -> bool {
    let Some(text) = line.first_chunk::<19>() else { return false };
    let number = |at: usize| pair(text[at], text[at + 1]);
    let parts = (number(0), number(2), number(5), number(8), number(11), number(14), number(17));
    let (Some(ages), Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = parts else {
        return false;
    };
    let signs = [text[4], text[7], text[13], text[16]] == *b"--::" && matches!(text[10], b' ' | b'T');
    if !signs || hour > 23 || minute > 59 || second > 60 || line.get(19).is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let year = plausible(ages * 100 + year).and_then(|year| days(year, month, day));
    let half = || clock::half(line, clock::fraction(line, 19, text[10] == b'T').1).is_some();
    year.is_some() && ((1..=12).contains(&hour) || !half())
}

/// Whether the time ends in a fraction.
fn fraction(line: &[u8], end: usize) -> bool {
    let digits = line[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = line[..end - digits].last();
    digits > 0 && matches!(before, Some(b'.' | b','))
}

/// Whether no more stands before a timestamp than a bracket or quote, the day of the week, the letter of a level, or what
/// Erlang's reports begin with.
fn bare(before: &[u8]) -> bool {
    let signs = before.iter().take_while(|byte| b"[(\"'*.".contains(byte)).count();
    let rest = &before[signs..];
    let word = rest.trim_ascii_end();
    let word = word.strip_suffix(b",").unwrap_or(word);
    signs <= 2
        && (word.is_empty()
            || weekday_before(word, word.len()) == Some(0)
            || word.len() == 1 && word[0].is_ascii_uppercase())
        || before.starts_with(b"=") && before.ends_with(b"==== ")
}

/// Whether no more stands before a timestamp than what may stand there in each message: a level, values in brackets, names
/// and values, of which the last is named like a time, the process and role of Redis.
fn behind_level(before: &[u8]) -> bool {
    let mut rest = before;
    loop {
        rest = rest.trim_ascii_start();
        let length = match rest {
            [] | [b'[' | b'(' | b'"'] => return true,
            [b'[', ..] => memchr(b']', rest).map(|end| end + 1),
            _ => Some(rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len())),
        };
        let Some(length) = length else { return false };
        let word = &rest[..length];
        let letters = word.strip_suffix(b":").unwrap_or(word);
        let level = letters.len() >= 3 && letters.iter().all(u8::is_ascii_uppercase);
        let redis = matches!(word, [digit, .., b':', role] if digit.is_ascii_digit() && role.is_ascii_uppercase());
        let last = length == rest.len();
        let named = memchr(b'=', word).is_some_and(|end| !last || is_time(&word[..end]));
        if !(word.starts_with(b"[") || level || redis || named) {
            return false;
        }
        rest = &rest[length..];
    }
}

/// Whether a member of this name has the time of its message.
fn is_time(name: &[u8]) -> bool {
    let names: [&[u8]; 8] = [b"ts", b"t", b"time", b"timestamp", b"@timestamp", b"date", b"datetime", b"asctime"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// A priority of syslog: `<134>`.
fn priority(line: &[u8]) -> bool {
    let digits = digits(line, 1);
    (1..=3).contains(&digits) && line.get(1 + digits) == Some(&b'>') && line.len() > digits + 2
}

/// A JSON object in one line that has a time.
fn object(line: &[u8], known: &Known) -> bool {
    let whole = line.len() > NEAR || line.trim_ascii_end().ends_with(b"}");
    let begins = line[1..].trim_ascii_start().starts_with(b"\"");
    whole && begins && search(line, known).is_some_and(|(_, spot)| !matches!(spot, Spot::Time(_)))
}

/// The line of an access log: `192.0.2.1 - - [14/May/2024:09:12:01 +0000] "GET / HTTP/1.1" 200 5`.
fn access(line: &[u8]) -> bool {
    let near = &line[..line.len().min(ACCESS)];
    memchr_iter(b'[', near).any(|bracket| {
        let Some(text) = line.get(bracket + 1..).and_then(<[u8]>::first_chunk::<21>) else { return false };
        let signs = [text[2], text[6], text[11], text[14], text[17]] == *b"//:::";
        signs && text[..2].iter().all(u8::is_ascii_digit) && month([text[3], text[4], text[5]]).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    fn begins(line: &str) -> Option<Begin> {
        Known::new(Tz::UTC, 1_780_272_000_000).begins(line.as_bytes())
    }

    #[test]
    fn timestamps_at_the_beginning() {
        for line in [
            "2016-12-19 16:31:47,437 INFO",
            "[2016-12-19 16:31:47,437] INFO",
            "2016-12-19T16:31:47.437Z x",
            "2016/12/19 16:31:47 [error]",
            "20161219-16:31:47:437|x",
            "20161219-16:31:4:7|x",
            "20161219-0:1:4:7|x",
            "20161219T163147Z",
            "2016-12-19-16.31.47.123456 x",
            "Dec 19 16:31:47 host sshd[1]: x",
            "Dec  9 16:31:47 host",
            "Dec 19, 2016 4:31:47 PM org.apache.Main run",
            "[Sun Dec 04 04:47:44 2005] [notice] x",
            "Sun, 04 Dec 2005 04:47:44 GMT x",
            "19/Dec/2016:16:31:47 +0000 x",
            "12/19/2016 16:31:47 x",
            "2009.6.17 20:10:40: x",
            "03-17 16:13:38.811 1702 2395 D x",
            "I0317 16:13:38.811   1 main.go:1] x",
            "161219  6:31:47 [Note] x",
            "16:31:47.437 [main] INFO x",
            "16:31:47.000 [main] INFO x",
            "16:31:47 19/12/2016 x",
            "2016-12-19,16:31:47,x",
            "*Dec 19 16:31:47.123: %SYS-5-CONFIG_I: x",
            "=INFO REPORT==== 19-Dec-2016::16:31:47 ===",
        ] {
            assert_eq!(begins(line), Some(Begin::Stamp), "{line}");
        }
    }

    #[test]
    fn lines_of_other_formats() {
        for line in [
            "10.1.2.3 - - [19/Dec/2016:16:31:47 +0000] \"GET / HTTP/1.1\" 200 5",
            "shop.example:443 ::1 - ann [19/Dec/2016:16:31:47 +0000] \"GET / HTTP/1.1\" 200 5",
            "10.1.2.3:4000 [19/Dec/2016:16:31:47.123] web shop/s1 0/0/1/2/3 200 5",
            "<34>Dec 19 16:31:47 host",
            "<134>1 2016-12-19T16:31:47Z host app - - - x",
            "{\"ts\":\"2016-12-19T16:31:47Z\",\"msg\":\"x\"}",
            "{ \"msg\": \"x\", \"time\": \"2016-12-19T16:31:47Z\" }",
            "INFO 2016-12-19 16:31:47 x",
            "[GIN] 2016/12/19 - 16:31:47 | 200 |",
            "level=info ts=2016-12-19T16:31:47Z caller=main.go:1",
            "time=\"2016-12-19T16:31:47Z\" level=info",
            "date=2016-12-19 time=16:31:47 devname=a",
            "7217:M 19 Dec 16:31:47.123 * x",
        ] {
            assert_eq!(begins(line), Some(Begin::Other), "{line}");
        }
    }

    #[test]
    fn other_lines() {
        for line in [
            "",
            "\tat java.lang.Thread.run(Thread.java:748)",
            " 2016-12-19 16:31:47 indented",
            "Caused by: java.io.IOException 2016-12-19 16:31:47",
            "Start:              2016/12/19 16:31:47.342 (UTC+2:00)",
            "ValueError: bad value 10:20:30",
            "16:31:47 x",
            "2016-12-19 is a day",
            "2016-13-19 16:31:47",
            "19.12.2016 16:31:47",
            "Decade 12 16",
            "{",
            "{\"id\": 1,",
            "{\"id\":1}",
            "{ 2016-12-19 16:31:47 }",
            "<Event>",
            "\u{fffd}",
        ] {
            assert_eq!(begins(line), None, "{line}");
        }
    }
}
