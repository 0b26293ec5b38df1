//! The time of day of a timestamp, and what may stand behind it: fraction, half of the day, zone, year.

use super::{digits, is_word, number};

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since midnight.
    pub ms: i64,
    /// Whether seconds are given.
    pub seconds: bool,
    /// The distance from UTC in milliseconds, if a zone is given.
    pub zone: Option<i64>,
    /// A year behind it.
    pub year: Option<i32>,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The time whose hour starts at `hour` and whose first colon is at `colon`. `strict`: between date and time stood a
/// `T`, so a comma and whatever digits are a fraction, and not the next column.
pub fn read(b: &[u8], hour: usize, colon: usize, strict: bool) -> Option<Clock> {
    let mut hours = number(&b[hour..colon])?;
    let minutes = number(b.get(colon + 1..colon + 3)?)?;
    let mut end = colon + 3;
    let mut seconds = None;
    if b.get(end) == Some(&b':') {
        seconds = b.get(end + 1..end + 3).and_then(number);
        end += if seconds.is_some() { 3 } else { 0 };
    }
    if hours > 23 || minutes > 59 || seconds.is_some_and(|s| s > 60) || b.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mut ms = 0;
    if seconds.is_some() {
        (ms, end) = fraction(b, end, strict);
    }
    if let Some((afternoon, after)) = half(b, end) {
        if !(1..=12).contains(&hours) {
            return None;
        }
        hours = hours % 12 + if afternoon { 12 } else { 0 };
        end = after;
        if ms == 0 && b.get(end) == Some(&b':') {
            (ms, end) = fraction(b, end, strict);
        }
    }
    let (zone, end) = match zone(b, end) {
        Some((zone, end)) => (Some(zone), end),
        None => (None, end),
    };
    let year = year(b, end);
    let ms = i64::from(((hours * 60 + minutes) * 60 + seconds.unwrap_or(0)) * 1000 + ms);
    Some(Clock { ms, seconds: seconds.is_some(), zone, year, start: hour, end })
}

/// Milliseconds and the end of the fraction at `at`; none is 0.
pub fn fraction(b: &[u8], at: usize, strict: bool) -> (u32, usize) {
    let Some(sign @ (b'.' | b',' | b':' | b'*')) = b.get(at) else { return (0, at) };
    let count = digits(b, at + 1);
    let fits = match sign {
        b'.' => count > 0,
        b',' if strict => count > 0,
        b',' => matches!(count, 3 | 6 | 9),
        _ => count == 3,
    };
    if !fits {
        return (0, at);
    }
    let digit = |i: usize| if i < count { u32::from(b[at + 1 + i] - b'0') } else { 0 };
    (digit(0) * 100 + digit(1) * 10 + digit(2), at + 1 + count)
}

/// Whether `AM` or `PM` stands at `at`: is it PM, and where it ends.
fn half(b: &[u8], at: usize) -> Option<(bool, usize)> {
    let at = at + usize::from(b.get(at) == Some(&b' '));
    let afternoon = match b.get(at)? {
        b'A' | b'a' => false,
        b'P' | b'p' => true,
        _ => return None,
    };
    (matches!(b.get(at + 1)?, b'M' | b'm') && !is_word(b, at + 2)).then_some((afternoon, at + 2))
}

const MINUTE: i64 = 60_000;

/// Zones by the letters that logs use for them, and their minutes from UTC, as Java's `SimpleDateFormat` reads them. Not
/// those that are words as well (`CAT`, `EAT`, `ART`), and not `IST`: it is Israel's to Java, and India's to most logs.
fn named(letters: &[u8]) -> Option<i64> {
    Some(match letters {
        b"UTC" | b"GMT" | b"Z" => 0,
        b"NST" => -(3 * 60 + 30),
        b"NDT" => -(2 * 60 + 30),
        b"ADT" | b"BRT" => -3 * 60,
        b"AST" | b"EDT" => -4 * 60,
        b"EST" | b"CDT" => -5 * 60,
        b"CST" | b"MDT" => -6 * 60,
        b"MST" | b"PDT" => -7 * 60,
        b"PST" | b"AKDT" => -8 * 60,
        b"AKST" => -9 * 60,
        b"HST" => -10 * 60,
        b"BST" | b"CET" => 60,
        b"CEST" | b"EET" | b"SAST" => 2 * 60,
        b"EEST" | b"MSK" => 3 * 60,
        b"PKT" => 5 * 60,
        b"ICT" | b"WIB" => 7 * 60,
        b"AWST" | b"HKT" | b"SGT" => 8 * 60,
        b"JST" | b"KST" => 9 * 60,
        b"ACST" => 9 * 60 + 30,
        b"AEST" => 10 * 60,
        b"ACDT" => 10 * 60 + 30,
        b"AEDT" => 11 * 60,
        b"NZST" => 12 * 60,
        b"NZDT" => 13 * 60,
        _ => return None,
    })
}

/// The zone at `at`, and where it ends.
pub fn zone(b: &[u8], at: usize) -> Option<(i64, usize)> {
    match b.get(at)? {
        b'Z' | b'z' if !is_word(b, at + 1) => Some((0, at + 1)),
        b'+' | b'-' => distance(b, at, false),
        b'\'' => {
            let (zone, end) = zone(b, at + 1)?;
            (b.get(end) == Some(&b'\'')).then_some((zone, end + 1))
        }
        b' ' | b'*' => {
            let at = at + 1;
            if matches!(b.get(at)?, b'+' | b'-') {
                return distance(b, at, true);
            }
            let length = b[at..].iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
            let minutes = named(&b[at..at + length])?;
            let end = at + length;
            match b.get(end) {
                Some(b'+' | b'-') if minutes == 0 => distance(b, end, true),
                _ if is_word(b, end) => None,
                _ => Some((minutes * MINUTE, end)),
            }
        }
        _ => None,
    }
}

/// A distance from UTC: `+hh:mm`, `+hhmm`, `+hh` (unless `long`), or with `-`.
fn distance(b: &[u8], at: usize, long: bool) -> Option<(i64, usize)> {
    let hours = number(b.get(at + 1..at + 3)?)?;
    let (minutes, end) = match (digits(b, at + 1), b.get(at + 3)) {
        (4, _) => (number(&b[at + 3..at + 5])?, at + 5),
        (2, Some(b':')) if digits(b, at + 4) == 2 => (number(&b[at + 4..at + 6])?, at + 6),
        (2, _) if !long && !is_word(b, at + 3) && b.get(at + 3) != Some(&b'-') => (0, at + 3),
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let ms = i64::from(hours * 60 + minutes) * 60_000;
    Some((if b[at] == b'-' { -ms } else { ms }, end))
}

/// A year after a blank.
fn year(b: &[u8], at: usize) -> Option<i32> {
    if b.get(at) != Some(&b' ') || digits(b, at + 1) != 4 || is_word(b, at + 5) {
        return None;
    }
    super::date::plausible(number(&b[at + 1..at + 5])?)
}
