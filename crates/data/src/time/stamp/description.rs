//! A timestamp described for people: where it stands, and the pattern that it is written by.

use super::clock::Clock;
use super::date::Date;
use super::order::{Numbers, Order};
use super::{Known, Spot, search};
use std::ops::Range;

/// A timestamp that was found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The moment, in milliseconds since 1970.
    pub at: i64,
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// How it is written, as the manual page `time-reference` writes patterns; `epoch` for counts.
    pub pattern: String,
    /// Whether it says how far it is from UTC.
    pub zoned: bool,
    /// What is not certain about it, as bits of [`super::doubts`].
    pub doubts: u8,
}

/// The timestamp that [`super::find`] takes, with where and how it is written.
pub fn locate(text: &str, known: &Known) -> Option<Stamp> {
    let b = text.as_bytes();
    let (at, spot) = search(b, known)?;
    let (place, pattern, zoned) = match spot {
        Spot::Count(count) => (count.start..count.end, "epoch".to_string(), true),
        Spot::Event(clock) => {
            let start = clock.start - "yyyy-MM-ddT".len();
            let pattern = format!("yyyy-MM-dd'T'{}", of_clock(&b[clock.start..clock.end]));
            (start..clock.end, pattern, true)
        }
        Spot::Time(clock) => (clock.start..clock.end, of_clock(&b[clock.start..clock.end]), clock.zone.is_some()),
        Spot::Date(date, clock) => {
            let (place, pattern) = of_both(b, &date, &clock);
            (place, pattern, clock.zone.is_some())
        }
    };
    Some(Stamp { at, place, pattern, zoned, doubts: spot.doubts() })
}

/// The longest text between a date and its time that a pattern has as it stands.
const MAX_BYTES: usize = 32;

/// Place and pattern of a date and a time, whichever comes first.
fn of_both(b: &[u8], date: &Date, clock: &Clock) -> (Range<usize>, String) {
    let dated = of_date(&b[date.start..date.end], date);
    let timed = of_clock(&b[clock.start..clock.end]);
    let between = |text: &[u8]| {
        if text.len() > MAX_BYTES {
            return "*".to_string();
        }
        let mut pattern = String::new();
        runs(text).into_iter().for_each(|run| literal(run, &mut pattern));
        pattern
    };
    if clock.start < date.start {
        let between = between(&b[clock.end..date.start]);
        return (clock.start..date.end, timed + &between + &dated);
    }
    let mut pattern = dated + &between(&b[date.end..clock.start]) + &timed;
    let mut end = clock.end;
    if let Some((year, behind)) = clock.year
        && date.year == Some(year)
        && !pattern.contains('y')
    {
        pattern.push_str(if b[clock.end + 1].is_ascii_digit() { " yyyy" } else { " zzz yyyy" });
        end = behind;
    }
    (date.start..end, pattern)
}

/// The pattern of a date.
fn of_date(text: &[u8], date: &Date) -> String {
    let named = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count() > 1;
    // What the numbers of up to two digits are, in their order.
    let parts: &[char] = match date.numbers {
        Some(numbers) => match () {
            () if reads(numbers, Order::YearFirst, date) => &['y', 'M', 'd'],
            () if reads(numbers, Order::MonthFirst, date) => &['M', 'd', 'y'],
            () => &['d', 'M', 'y'],
        },
        None if named => &['d', 'y'],
        None => &['M', 'd'],
    };
    let mut parts = parts.iter();
    let mut pattern = String::new();
    for run in runs(text) {
        match (run[0], run.len()) {
            (b'0'..=b'9', 8) => pattern.push_str("yyyyMMdd"),
            (b'0'..=b'9', 6) => pattern.push_str("yyMMdd"),
            (b'0'..=b'9', 4) if date.year.is_none() => pattern.push_str("MMdd"),
            (b'0'..=b'9', 4) => pattern.push_str("yyyy"),
            (b'0'..=b'9', n) => pattern.extend(parts.next().map(|part| part.to_string().repeat(n))),
            (first, 2) if first.is_ascii_alphabetic() => literal(run, &mut pattern),
            (first, n) if first.is_ascii_alphabetic() && n > 1 => pattern.push_str(if n == 3 { "MMM" } else { "MMMM" }),
            _ => literal(run, &mut pattern),
        }
    }
    pattern
}

/// Whether the date is what its numbers are in this order.
fn reads(numbers: Numbers, order: Order, date: &Date) -> bool {
    numbers.read(order) == Some((date.year, date.month, date.day))
}

/// The pattern of a time of day, of its zone too.
fn of_clock(text: &[u8]) -> String {
    let half = text.windows(2).any(|two| matches!(two, [b'A' | b'a' | b'P' | b'p', b'M' | b'm']));
    let mut pattern = String::new();
    // Behind the third number come fractions, and behind a sign zones.
    let mut number = 0;
    let runs = runs(text);
    let mut at = 0;
    for (index, run) in runs.iter().enumerate() {
        let rest = &text[at..];
        at += run.len();
        match run[0] {
            // 091201, 091201123
            b'0'..=b'9' if number == 0 && run.len() >= 6 => {
                pattern.push_str("HHmmss");
                pattern.push_str(&"S".repeat(run.len() - 6));
                number = 3;
            }
            b'0'..=b'9' => {
                let part = ["H", "m", "s", "S"][number.min(3)];
                let part = if half && number == 0 { "h" } else { part };
                pattern.push_str(&part.repeat(run.len()));
                number += 1;
            }
            b'+' | b'-' => {
                pattern.push_str(if rest.contains(&b':') {
                    "XXX"
                } else if rest.len() <= 3 {
                    "X"
                } else {
                    "ZZZZ"
                });
                if rest.ends_with(b"'") {
                    pattern.push_str("''");
                }
                break;
            }
            b'A' | b'a' | b'P' | b'p' if half && run.len() == 2 => pattern.push('a'),
            b'Z' | b'z' if run.len() == 1 => pattern.push('X'),
            // CEST, GMT+2, Europe/Berlin
            first if first.is_ascii_alphabetic() => {
                pattern.push_str(if text.ends_with(b")") { "zzz)" } else { "zzz" });
                break;
            }
            b':' if number == 2 && index + 1 == runs.len() => {}
            _ => literal(run, &mut pattern),
        }
    }
    pattern
}

/// Text of a pattern that stands for itself: a run of letters, or another sign.
fn literal(text: &[u8], pattern: &mut String) {
    let text = String::from_utf8_lossy(text);
    match text.as_ref() {
        "'" => pattern.push_str("''"),
        letters if letters.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            pattern.push_str(&format!("'{letters}'"));
        }
        other => pattern.push_str(other),
    }
}

/// Runs of digits and of letters; every other byte is alone.
fn runs(text: &[u8]) -> Vec<&[u8]> {
    let same = |a: &u8, b: &u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()) || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
    };
    text.chunk_by(same).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    #[test]
    fn patterns_are_those_of_the_manual() {
        for (text, place, pattern) in [
            ("x 2024-05-14T09:12:01.123Z y", "2024-05-14T09:12:01.123Z", "yyyy-MM-dd'T'HH:mm:ss.SSSX"),
            ("2024-05-14 09:12:01,123 INFO", "2024-05-14 09:12:01,123", "yyyy-MM-dd HH:mm:ss,SSS"),
            ("[10/Oct/2023:13:55:36 -0700]", "10/Oct/2023:13:55:36 -0700", "dd/MMM/yyyy:HH:mm:ss ZZZZ"),
            ("<34>Oct  3 13:55:36 host", "Oct  3 13:55:36", "MMM  d HH:mm:ss"),
            ("Tue May 14 09:12:01 2024", "May 14 09:12:01 2024", "MMM dd HH:mm:ss yyyy"),
            ("2024 Mar 03 05:12:41.211 PDT", "2024 Mar 03 05:12:41.211 PDT", "yyyy MMM dd HH:mm:ss.SSS zzz"),
            ("Dec 2, 2023 2:39:58 AM", "Dec 2, 2023 2:39:58 AM", "MMM d, yyyy h:mm:ss a"),
            ("05/14/2024 09:12:01 +02:00", "05/14/2024 09:12:01 +02:00", "MM/dd/yyyy HH:mm:ss XXX"),
            ("14/05/2024 09:12:01", "14/05/2024 09:12:01", "dd/MM/yyyy HH:mm:ss"),
            ("24/02/11 16:47:35", "24/02/11 16:47:35", "yy/MM/dd HH:mm:ss"),
            ("08/10/23*13:33:56", "08/10/23*13:33:56", "MM/dd/yy*HH:mm:ss"),
            ("240423 11:42:35 x", "240423 11:42:35", "yyMMdd HH:mm:ss"),
            ("20240514 11:42:35.173 x", "20240514 11:42:35.173", "yyyyMMdd HH:mm:ss.SSS"),
            ("0423_11:42:35", "0423_11:42:35", "MMdd_HH:mm:ss"),
            ("2024/05/14 09:12:01 [error]", "2024/05/14 09:12:01", "yyyy/MM/dd HH:mm:ss"),
            ("11:42:35,173 x", "11:42:35,173", "HH:mm:ss,SSS"),
            ("14 May 09:12:01.123 *", "14 May 09:12:01.123", "dd MMM HH:mm:ss.SSS"),
            ("14 Sep 17 10:40:29 x", "14 Sep 17 10:40:29", "dd MMM yy HH:mm:ss"),
            ("14/Sep/17 10:40:29 x", "14/Sep/17 10:40:29", "dd/MMM/yy HH:mm:ss"),
            ("14th May 2024 09:12:01", "14th May 2024 09:12:01", "dd'th' MMM yyyy HH:mm:ss"),
            ("Tue May 14 09:12:01 -03 2024", "May 14 09:12:01 -03 2024", "MMM dd HH:mm:ss X yyyy"),
            ("Tue May 14 09:12:01 IST 2024", "May 14 09:12:01 IST 2024", "MMM dd HH:mm:ss zzz yyyy"),
            (
                "[14-May-2024 09:12:01 Europe/Berlin] x",
                "14-May-2024 09:12:01 Europe/Berlin",
                "dd-MMM-yyyy HH:mm:ss zzz",
            ),
            ("2024-05-14 09:12:01 GMT+2 x", "2024-05-14 09:12:01 GMT+2", "yyyy-MM-dd HH:mm:ss zzz"),
            ("I0514 09:12:01.123456 1 x", "0514 09:12:01.123456", "MMdd HH:mm:ss.SSSSSS"),
            ("05-14 09:12:01.123 1 x", "05-14 09:12:01.123", "MM-dd HH:mm:ss.SSS"),
            ("05/14-09:12:01.123 [**]", "05/14-09:12:01.123", "MM/dd-HH:mm:ss.SSS"),
            ("20240514T091201Z x", "20240514T091201Z", "yyyyMMdd'T'HHmmssX"),
            ("20240514091201123 x", "20240514091201123", "yyyyMMddHHmmssSSS"),
            ("2024-05-14-09.12.01.123456 x", "2024-05-14-09.12.01.123456", "yyyy-MM-dd-HH.mm.ss.SSSSSS"),
            ("=INFO REPORT==== 14-May-2024::09:12:01 ===", "14-May-2024::09:12:01", "dd-MMM-yyyy::HH:mm:ss"),
            ("date=2024-05-14 time=09:12:01 x", "2024-05-14 time=09:12:01", "yyyy-MM-dd 'time'=HH:mm:ss"),
            ("10:40:31 14/09/2017 x", "10:40:31 14/09/2017", "HH:mm:ss dd/MM/yyyy"),
            ("{\"timestamp\": \"1715678000123\"}", "1715678000123", "epoch"),
            ("a, b, c, d, 1715678000, x", "1715678000", "epoch"),
            (
                "<Event><TimeCreated SystemTime='2021-01-14T23:41:40.1Z'/>",
                "2021-01-14T23:41:40.1Z",
                "yyyy-MM-dd'T'HH:mm:ss.SX",
            ),
        ] {
            let stamp = locate(text, &Known::new(Tz::UTC, 1_715_688_000_000)).unwrap();
            assert_eq!((&text[stamp.place.clone()], stamp.pattern.as_str()), (place, pattern), "{text}");
        }
        assert_eq!(locate("nothing", &Known::new(Tz::UTC, 0)), None);
    }
}
