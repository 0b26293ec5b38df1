//! Timestamps of a form that somebody has given, as a source of Sumo Logic takes it: a pattern of Java's
//! `SimpleDateFormat`, or `epoch`, and perhaps a regular expression whose one group says where the timestamp is. Manual
//! page: `send-data/reference-information/time-reference`.

use super::civil::DAY;
use super::stamp::Stamp;
use chrono_tz::Tz;
use regex::Regex;
use std::ops::Range;
use sumoql_java::date_format::calendar::date_of;
use sumoql_java::date_format::{Pattern, Zone};

/// How far a timestamp without a year may be after the receipt, as for those that are found without a form.
const AHEAD: i64 = 2 * DAY;

/// A form of timestamps.
#[derive(Debug)]
pub struct Custom {
    form: Form,
    /// As it was given.
    written: String,
    /// Its group is all that is looked at.
    locator: Option<Regex>,
}

#[derive(Debug)]
enum Form {
    /// A count since 1970: of seconds if it has 10 digits, of milliseconds, microseconds or nanoseconds if 13, 16 or 19.
    Epoch,
    Written {
        pattern: Pattern,
        begins: Begins,
        /// What the pattern lacks.
        lacks: Lacks,
        /// Whether it says how far it is from UTC.
        zoned: bool,
    },
}

/// What a timestamp begins with: elsewhere it need not be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    Digit,
    Letter,
    Anything,
}

/// What of a date is not in a pattern, and is put in front of it and of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacks {
    Nothing,
    /// The most recent year counts.
    Year,
    /// The day of receipt counts.
    Date,
}

impl Custom {
    /// A form. The error says what is wrong with the pattern, or with the regular expression.
    pub fn new(form: &str, locator: Option<&str>) -> Result<Custom, String> {
        let locator = match locator {
            None => None,
            Some(text) => {
                let regex = Regex::new(text).map_err(|error| error.to_string().replace('\n', " "))?;
                if regex.captures_len() != 2 || regex.capture_names().flatten().next().is_some() {
                    return Err(format!(
                        "the locator `{text}` must have exactly one group, without a name, as in \
                                        `time=(\\S+)`"
                    ));
                }
                Some(regex)
            }
        };
        let written = form.to_string();
        if form == "epoch" {
            return Ok(Custom { form: Form::Epoch, written, locator });
        }
        let letters = letters(form);
        let has = |any: &str| letters.chars().any(|letter| any.contains(letter));
        let (prefix, lacks) = match (has("yYGu"), has("MLdDwWF")) {
            (false, true) => ("yyyy ", Lacks::Year),
            (false, false) => ("yyyy-MM-dd ", Lacks::Date),
            _ => ("", Lacks::Nothing),
        };
        if !has("HhkK") {
            return Err(format!("the pattern `{form}` has no hour"));
        }
        let pattern = Pattern::new(&format!("{prefix}{form}"))?;
        let begins = match form.chars().next() {
            Some('M' | 'L') if form.starts_with("MMM") || form.starts_with("LLL") => Begins::Letter,
            Some('E' | 'a' | 'G' | 'z') => Begins::Letter,
            Some('Z' | 'X') | None => Begins::Anything,
            Some(first) if first.is_ascii_alphabetic() => Begins::Digit,
            Some(_) => Begins::Anything,
        };
        let zoned = has("zZX");
        Ok(Custom { form: Form::Written { pattern, begins, lacks, zoned }, written, locator })
    }

    /// The timestamp in a text, in milliseconds since 1970, and where it stands. `zone` holds for timestamps that name
    /// none; `receipt` tells the year and the day of those that have none.
    pub fn find(&self, text: &str, zone: Tz, receipt: i64) -> Option<(i64, Range<usize>)> {
        let place = match &self.locator {
            None => 0..text.len(),
            Some(locator) => locator.captures(text)?.get(1)?.range(),
        };
        let (at, found) = match &self.form {
            Form::Epoch => epoch(&text[place.clone()]),
            Form::Written { pattern, begins, lacks, .. } => {
                let text = &text[place.clone()];
                starts(text, *begins).find_map(|start| {
                    let (at, length) = written(pattern, *lacks, &text[start..], zone, receipt)?;
                    Some((at, start..start + length))
                })
            }
        }?;
        Some((at, place.start + found.start..place.start + found.end))
    }

    /// What [`Custom::find`] gives, for people.
    pub fn locate(&self, text: &str, zone: Tz, receipt: i64) -> Option<Stamp> {
        let (at, place) = self.find(text, zone, receipt)?;
        let zoned = match self.form {
            Form::Epoch => true,
            Form::Written { zoned, .. } => zoned,
        };
        Some(Stamp { at, place, pattern: self.written.clone(), zoned, doubts: 0 })
    }
}

/// The letters of a pattern that stand for something.
fn letters(pattern: &str) -> String {
    let outside = pattern.split('\'').step_by(2);
    outside.flat_map(str::chars).filter(char::is_ascii_alphabetic).collect()
}

/// Where in a text a timestamp may begin: where a number or a word does.
fn starts(text: &str, begins: Begins) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let fits = move |byte: u8| match begins {
        Begins::Digit => byte.is_ascii_digit(),
        Begins::Letter => byte.is_ascii_alphabetic(),
        Begins::Anything => !byte.is_ascii_whitespace(),
    };
    text.char_indices().map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        fits(bytes[*at]) && (begins == Begins::Anything || !before.is_some_and(fits))
    })
}

/// Reads what the text begins with, and tells how long that is.
fn written(pattern: &Pattern, lacks: Lacks, text: &str, zone: Tz, receipt: i64) -> Option<(i64, usize)> {
    let zone_of = Zone::Named(zone);
    let with = |prefix: &str| {
        let (at, length) = pattern.parse(&format!("{prefix}{text}"), zone_of, &|| receipt)?;
        Some((at, length - prefix.len()))
    };
    if lacks == Lacks::Nothing {
        return pattern.parse(text, zone_of, &|| receipt);
    }
    // By the clock of the zone, it may be another day already.
    let local = receipt.saturating_add(zone_of.at(receipt).total());
    let (year, month, date) = date_of(local.div_euclid(DAY));
    if lacks == Lacks::Date {
        return with(&format!("{year:04}-{month:02}-{date:02} "));
    }
    let near = |(at, _): &(i64, usize)| *at <= receipt.saturating_add(AHEAD);
    let of = |year: i64| with(&format!("{year:04} "));
    of(year + 1).filter(near).or_else(|| of(year).filter(near)).or_else(|| of(year - 1))
}

/// The first count in a text that is as long as counts are.
fn epoch(text: &str) -> Option<(i64, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = || text[at..at + length].parse::<i64>().ok();
        let (times, by) = match length {
            10 => (1000, 1),
            13 => (1, 1),
            16 => (1, 1000),
            19 => (1, 1_000_000),
            length => {
                at += length.max(1);
                continue;
            }
        };
        return Some((number()? * times / by, at..at + length));
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// 2024-05-14T09:12:01Z.
    const AT: i64 = 1_715_677_921_000;

    #[track_caller]
    fn check(form: &str, locator: Option<&str>, text: &str, expected: Option<(i64, &str)>) {
        let found = Custom::new(form, locator).unwrap().find(text, Tz::UTC, AT);
        assert_eq!(found.map(|(at, place)| (at, &text[place])), expected, "{form} in {text}");
    }

    #[test]
    fn patterns_are_looked_for_in_the_whole_text() {
        check("dd.MM.yyyy HH:mm:ss", None, "10.0.0.1 x 14.05.2024 09:12:01 y", Some((AT, "14.05.2024 09:12:01")));
        check(
            "yyyy_MM_dd-HH.mm.ss,SSS",
            None,
            "at 2024_05_14-09.12.01,250",
            Some((AT + 250, "2024_05_14-09.12.01,250")),
        );
        check("MMM d, yyyy h:mm:ss a", None, "May be May 14, 2024 9:12:01 AM", Some((AT, "May 14, 2024 9:12:01 AM")));
        check("'T='yyyyMMddHHmmss", None, "äT=20240514091201", Some((AT, "T=20240514091201")));
        check("yyyy-MM-dd HH:mm:ss z", None, "2024-05-14 18:12:01 JST", Some((AT, "2024-05-14 18:12:01 JST")));
        check("yyyy-MM-dd HH:mm:ss", None, "2024-05-14", None);
        check("yyyy-MM-dd HH:mm:ss", None, "", None);
    }

    #[test]
    fn a_locator_says_where() {
        let locator = Some(r"\[end=(.*?)\]");
        let text = "2024-05-14 01:00:00 [end=2024-05-14 09:12:01]";
        check("yyyy-MM-dd HH:mm:ss", locator, text, Some((AT, "2024-05-14 09:12:01")));
        check("yyyy-MM-dd HH:mm:ss", locator, "2024-05-14 01:00:00 [start=2024-05-14 09:12:01]", None);
        check("epoch", Some(r"t=(\d+)"), "9999999999 t=1715677921", Some((AT, "1715677921")));
    }

    #[test]
    fn counts() {
        for count in ["1715677921", "1715677921000", "1715677921000000", "1715677921000000000"] {
            check("epoch", None, &format!("17 id=123456789012 {count}x"), Some((AT, count)));
        }
        check("epoch", None, "12345 and 123456789012", None);
    }

    #[test]
    fn what_a_pattern_lacks_the_receipt_tells() {
        check("dd/MM HH:mm:ss", None, "14/05 09:12:01", Some((AT, "14/05 09:12:01")));
        check("dd/MM HH:mm:ss", None, "15/05 09:12:01", Some((AT + DAY, "15/05 09:12:01")));
        check("dd/MM HH:mm:ss", None, "17/05 09:12:01", Some((AT - 363 * DAY, "17/05 09:12:01")));
        check("HH.mm.ss", None, "at 09.12.01", Some((AT, "09.12.01")));
        // In Auckland it is the next day by then.
        let late = AT + 5 * 3_600_000;
        let found = Custom::new("HH.mm", None).unwrap().find("02.12", Tz::Pacific__Auckland, late);
        assert_eq!(found, Some((AT + 5 * 3_600_000 - 1000, 0..5)));
    }

    #[test]
    fn mistakes_are_told() {
        for (form, locator, expected) in [
            ("yyyy-MM-dd", None, "has no hour"),
            ("yyyy-MM-ddTHH:mm", None, "`T` has no meaning"),
            ("HH:mm", Some("("), "regex parse error"),
            ("HH:mm", Some("x"), "exactly one group"),
            ("HH:mm", Some("(a)(b)"), "exactly one group"),
            ("HH:mm", Some("(?<time>a)"), "exactly one group"),
        ] {
            let error = Custom::new(form, locator).unwrap_err();
            assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        }
    }
}
