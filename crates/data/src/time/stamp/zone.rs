//! The zone behind a time of day: a distance from UTC, letters, or a name of the tz database.

use super::{digits, is_word, number};
use crate::time::civil::{DAY, moment};
use crate::time::slice_start::offset;
use chrono_tz::Tz;

/// A zone that a timestamp names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// So many milliseconds from UTC.
    Distance(i64),
    /// One of the tz database.
    Named(Tz),
}

impl Zone {
    /// The moment at which its clock shows this time, in milliseconds since 1970.
    pub fn moment(self, local: i64) -> i64 {
        match self {
            Zone::Distance(distance) => local.saturating_sub(distance),
            Zone::Named(zone) => moment(local, zone),
        }
    }

    /// The start of the day by its clock, as local time.
    pub fn midnight(self, at: i64) -> i64 {
        let distance = match self {
            Zone::Distance(distance) => distance,
            Zone::Named(zone) => offset(at, zone),
        };
        let local = at.saturating_add(distance);
        local.saturating_sub(local.rem_euclid(DAY))
    }
}

const MINUTE: i64 = 60_000;

/// The longest distance from UTC that a zone has, in hours: what is longer and has no minutes is some other number.
const FARTHEST: u32 = 14;

/// The longest name of the tz database that is looked for.
const MAX_NAME_BYTES: usize = 40;

/// Zones by the letters that logs use for them, and their minutes from UTC, as Java's `SimpleDateFormat` reads them. Not
/// those that are words as well (`CAT`, `EAT`, `ART`), and not `IST`: it is Israel's to Java, and India's to most logs.
fn lettered(letters: &[u8]) -> Option<i64> {
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

/// The zone at `at`, directly behind a time, and where it ends.
pub fn zone(b: &[u8], at: usize) -> Option<(Zone, usize)> {
    match b.get(at)? {
        b'Z' | b'z' if !is_word(b, at + 1) => Some((Zone::Distance(0), at + 1)),
        b'+' | b'-' => distance(b, at).or_else(|| hours(b, at).filter(|(_, end)| b.get(*end) != Some(&b'-'))),
        b'\'' => {
            let (zone, end) = zone(b, at + 1)?;
            (b.get(end) == Some(&b'\'')).then_some((zone, end + 1))
        }
        b' ' | b'*' => match b.get(at + 1)? {
            b'+' | b'-' => {
                distance(b, at + 1).or_else(|| hours(b, at + 1).filter(|(_, end)| stands_alone(b, at + 1, *end)))
            }
            sign @ (b'(' | b'[') => {
                let (zone, end) = of_letters(b, at + 2)?;
                let closed = b.get(end) == Some(if *sign == b'(' { &b')' } else { &b']' });
                closed.then_some((zone, end + 1))
            }
            _ => of_letters(b, at + 1),
        },
        _ => None,
    }
}

/// The zone that is the value of a member, whole.
pub fn value(text: &[u8]) -> Option<Zone> {
    let (zone, end) = match text.first()? {
        b'+' | b'-' => distance(text, 0).or_else(|| hours(text, 0))?,
        b'Z' if text.len() == 1 => (Zone::Distance(0), 1),
        _ => of_letters(text, 0)?,
    };
    (end == text.len()).then_some(zone)
}

/// A zone of letters: `CEST`, `GMT+2`, `Europe/Berlin`.
fn of_letters(b: &[u8], at: usize) -> Option<(Zone, usize)> {
    let rest = b.get(at..)?;
    let length = rest.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match rest.get(length) {
        Some(byte) if length == 1 && byte.is_ascii_lowercase() => return of_database(b, at),
        // Etc/UTC has one capital, but GMT+2 and the like are no names here: their signs are the other way round there.
        Some(b'/') => return of_database(b, at),
        _ if length == 0 => return None,
        _ => {}
    }
    let minutes = lettered(&rest[..length])?;
    let end = at + length;
    match b.get(end) {
        Some(b'+' | b'-') if minutes == 0 => distance(b, end).or_else(|| hours(b, end)),
        Some(b' ') if minutes == 0 && matches!(b.get(end + 1), Some(b'+' | b'-')) => {
            distance(b, end + 1).or(Some((Zone::Distance(0), end)))
        }
        _ if is_word(b, end) => None,
        _ => Some((Zone::Distance(minutes * MINUTE), end)),
    }
}

/// A zone by its name in the tz database, which has a slash.
fn of_database(b: &[u8], at: usize) -> Option<(Zone, usize)> {
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || b"_/+-".contains(byte);
    let length = b[at..].iter().take(MAX_NAME_BYTES).take_while(|byte| named(byte)).count();
    let name = std::str::from_utf8(&b[at..at + length]).ok()?;
    let zone = name.contains('/').then(|| name.parse::<Tz>().ok())??;
    Some((Zone::Named(zone), at + length))
}

/// A distance from UTC with minutes: `+hh:mm`, `+hhmm`, `+h:mm`, or with `-`.
fn distance(b: &[u8], at: usize) -> Option<(Zone, usize)> {
    let length = digits(b, at + 1);
    let (hours, minutes, end) = match (length, b.get(at + 1 + length)) {
        (4, _) => (&b[at + 1..at + 3], &b[at + 3..at + 5], at + 5),
        (1 | 2, Some(b':')) if (length == 2 || after_letter(b, at)) && digits(b, at + length + 2) == 2 => {
            let colon = at + 1 + length;
            (&b[at + 1..colon], &b[colon + 1..colon + 3], colon + 3)
        }
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 18 && minutes <= 59).then(|| (signed(b[at], hours * 60 + minutes), end))
}

/// A distance in hours: `+02`, or `+2`, which only stands behind letters.
fn hours(b: &[u8], at: usize) -> Option<(Zone, usize)> {
    let length = digits(b, at + 1);
    if length != 2 && !(length == 1 && after_letter(b, at)) {
        return None;
    }
    let end = at + 1 + length;
    let hours = number(&b[at + 1..end])?;
    let more = is_word(b, end)
        || matches!(b.get(end), Some(b':' | b'.' | b',')) && b.get(end + 1).is_some_and(u8::is_ascii_digit);
    (hours <= FARTHEST && !more).then(|| (signed(b[at], hours * 60), end))
}

/// Whether `GMT` or `UTC` stands before the sign.
fn after_letter(b: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| b[before].is_ascii_uppercase())
}

/// Whether two digits behind a blank are a zone, and no other number: PostgreSQL writes `-03 [12]`. A number with a zero
/// first is hardly anything else; behind others must stand what is no unit, nor what is counted: a bracket, a level, a
/// user with his database, a year.
fn stands_alone(b: &[u8], at: usize, end: usize) -> bool {
    let Some((b' ', rest)) = b[end..].split_first() else {
        return b.get(end).is_none_or(|byte| b"])}|;\"'\t\r\n".contains(byte));
    };
    let word = &rest[..rest.iter().take(64).take_while(|byte| !byte.is_ascii_whitespace()).count()];
    let level = word.strip_suffix(b":").unwrap_or(word);
    b[at + 1] == b'0'
        || word.first().is_none_or(|first| b"[<({\"".contains(first))
        || word.contains(&b'@')
        || level.len() > 2 && level.iter().all(u8::is_ascii_uppercase)
        || word.len() == 4 && word.iter().all(u8::is_ascii_digit)
}

fn signed(sign: u8, minutes: u32) -> Zone {
    let ms = i64::from(minutes) * MINUTE;
    Zone::Distance(if sign == b'-' { -ms } else { ms })
}
