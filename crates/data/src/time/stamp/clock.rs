//! The time of day of a timestamp, and what may stand behind it: fraction, half of the day, zone, year.

use super::zone::{Zone, zone};
use super::{digits, is_word, number};
use std::sync::LazyLock;
use sumoql_java::date_format::zones::ZoneNames;

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since midnight.
    pub ms: i64,
    /// Whether seconds are given.
    pub seconds: bool,
    /// The zone, if one is given.
    pub zone: Option<Zone>,
    /// A year behind it, and where that ends.
    pub year: Option<(i32, usize)>,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The time whose hour starts at `hour` and whose first colon is at `colon`. `strict`: between date and time stood a
/// `T`, so a comma and whatever digits are a fraction, and not the next column.
pub fn read(b: &[u8], hour: usize, colon: usize, strict: bool) -> Option<Clock> {
    let mut hours = number(&b[hour..colon])?;
    let width = if digits(b, colon + 1) == 1 && is_unpadded(b, colon) { 1 } else { 2 };
    let minutes = number(b.get(colon + 1..colon + 1 + width)?)?;
    let mut end = colon + 1 + width;
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
    if b.get(end) == Some(&b':') && hour > 0 && b[hour - 1] == b'-' {
        (seconds, ms, end) = unpadded(b, end, seconds);
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

/// Whether the numbers on both sides of the colon may be written without zeros: behind a date and a dash they are the hour
/// and the minutes.
pub fn is_unpadded(b: &[u8], colon: usize) -> bool {
    let hour = colon - b[..colon].iter().rev().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let behind = digits(b, colon + 1);
    (1..=2).contains(&behind) && b.get(colon + 1 + behind) == Some(&b':') && hour > 8 && b[hour - 1] == b'-'
}

/// Seconds and milliseconds of `20240514-09:13:0:6`, whose numbers are written without zeros: what stands from the colon
/// at `at` on, and where it ends. The seconds may have been read already.
fn unpadded(b: &[u8], at: usize, seconds: Option<u32>) -> (Option<u32>, u32, usize) {
    let short = |at: usize| {
        let count = digits(b, at + 1);
        let fits = b.get(at) == Some(&b':') && (1..=3).contains(&count) && !is_word(b, at + 1 + count);
        fits.then(|| number(&b[at + 1..at + 1 + count]).map(|value| (value, at + 1 + count))).flatten()
    };
    let (seconds, at) = match seconds {
        Some(seconds) => (seconds, at),
        None => match short(at) {
            Some((seconds, end)) if seconds < 10 => (seconds, end),
            _ => return (None, 0, at),
        },
    };
    match short(at) {
        Some((ms, end)) => (Some(seconds), ms, end),
        None => (Some(seconds), 0, at),
    }
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
pub fn half(b: &[u8], at: usize) -> Option<(bool, usize)> {
    let at = at + usize::from(b.get(at) == Some(&b' '));
    let afternoon = match b.get(at)? {
        b'A' | b'a' => false,
        b'P' | b'p' => true,
        _ => return None,
    };
    (matches!(b.get(at + 1)?, b'M' | b'm') && !is_word(b, at + 2)).then_some((afternoon, at + 2))
}

/// The letters that are called zones, those that are no zone here too.
static LETTERS: LazyLock<ZoneNames> = LazyLock::new(ZoneNames::new);

/// A year after a blank, behind letters perhaps that may be more than one zone: `09:12:01 IST 2024`.
fn year(b: &[u8], at: usize) -> Option<(i32, usize)> {
    if b.get(at) != Some(&b' ') {
        return None;
    }
    let length = b[at + 1..].iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    if length == 0 {
        return four_digits(b, at + 1);
    }
    let (letters, behind) = (&b[at + 1..at + 1 + length], at + 1 + length);
    let year = (b.get(behind) == Some(&b' ')).then(|| four_digits(b, behind + 1))??;
    let called = |letters: &[u8]| {
        let lines = LETTERS.lines().iter();
        lines.flat_map(|line| [line.names[1], line.names[3]]).any(|name| name.as_bytes() == letters)
    };
    called(letters).then_some(year)
}

fn four_digits(b: &[u8], at: usize) -> Option<(i32, usize)> {
    if digits(b, at) != 4 || is_word(b, at + 4) || b.get(at + 4) == Some(&b':') {
        return None;
    }
    Some((super::date::plausible(number(&b[at..at + 4])?)?, at + 4))
}
