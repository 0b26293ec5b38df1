//! Timestamps whose time of day has no colons: 20240514T091201Z, 20240514091201, 2024-05-14-09.12.01.123456.

use super::clock::{Clock, fraction, half};
use super::date::{self, Date, pair};
use super::zone::{Zone, zone};
use super::{Known, NEAR, digits, is_word};
use memchr::memmem;

/// A timestamp at the beginning of the message: there, fewer signs are enough.
#[inline]
pub fn at_start(b: &[u8], known: &Known) -> Option<(Date, Clock)> {
    // Most texts begin with a word, a brace or an address, which few looks show.
    let [first, second, third, fourth] = *b.first_chunk::<4>()?;
    let possible = match first {
        b'0'..=b'9' => second == b'-' || third == b'-' || [second, third, fourth].iter().all(u8::is_ascii_digit),
        b'[' | b'(' | b'"' | b'<' => true,
        _ => first.is_ascii_whitespace(),
    };
    if possible { read(b, start(b), true, known) } else { None }
}

/// The place behind the blanks, bracket or quote, priority and version that a message may begin with.
fn start(b: &[u8]) -> usize {
    let at = b.iter().take(8).take_while(|byte| byte.is_ascii_whitespace()).count();
    match b.get(at) {
        Some(b'[' | b'(' | b'"') => at + 1,
        Some(b'<') => {
            let end = at + 1 + digits(b, at + 1);
            match b.get(end..) {
                Some([b'>', version, b' ', ..]) if version.is_ascii_digit() => end + 3,
                Some([b'>', ..]) => end + 1,
                _ => at,
            }
        }
        _ => at,
    }
}

/// A timestamp anywhere near the beginning, alone between blanks, quotes and the like: what is a part of a name is none.
pub fn anywhere(b: &[u8], known: &Known) -> Option<(Date, Clock)> {
    let near = &b[..b.len().min(NEAR)];
    // Years before 2000 are not looked for: nobody writes such logs any more, and `19` is all too frequent.
    memmem::find_iter(near, b"20").find_map(|at| {
        let before = at.checked_sub(1).map_or(b' ', |before| b[before]);
        let alone = before.is_ascii_whitespace() || b"\"'[(=,|;>:".contains(&before);
        read(b, if alone { at } else { return None }, false, known)
    })
}

/// A timestamp that is, from here on, the value of a member.
pub fn value(b: &[u8], at: usize, known: &Known) -> Option<(Date, Clock)> {
    read(b, at, true, known)
}

/// The timestamp that starts here. `first`: nothing stands before it.
fn read(b: &[u8], at: usize, first: bool, known: &Known) -> Option<(Date, Clock)> {
    let (hour, dotted) = match digits(b, at) {
        8 => match b.get(at + 8)? {
            b'T' | b't' => (at + 9, false),
            b'-' | b'_' | b' ' | b'.' if first => (at + 9, false),
            _ => return None,
        },
        14 | 17 if first => (at + 8, false),
        // What HDFS writes.
        6 if first && b.get(at + 6) == Some(&b' ') => (at + 7, false),
        4 => {
            let signs: &[u8; 7] = b.get(at + 4..at + 11)?.try_into().ok()?;
            let date = signs[0] == signs[3] && b"-._/".contains(&signs[0]) && b"-_T ".contains(&signs[6]);
            (if date { at + 11 } else { return None }, true)
        }
        // What Oracle writes: 14-MAY-24 09.12.01
        length @ (1 | 2) if first && b.get(at + length) == Some(&b'-') => {
            (at + b.iter().skip(at).take(12).position(|byte| *byte == b' ')? + 1, true)
        }
        _ => return None,
    };
    let clock = if dotted { with_signs(b, hour)? } else { without_signs(b, hour)? };
    let end = hour - usize::from(!(b[hour - 1].is_ascii_digit()));
    let date = date::ending(b, end, b' ', &clock, known)?;
    (date.start == at && ends(b, clock.end)).then_some((date, clock))
}

/// Whether a timestamp may end here.
fn ends(b: &[u8], end: usize) -> bool {
    !is_word(b, end) && !b.get(end).is_some_and(|byte| b"._/\\-".contains(byte))
}

/// The time whose hour, minutes and seconds stand side by side.
fn without_signs(b: &[u8], hour: usize) -> Option<Clock> {
    let length = digits(b, hour);
    let text: &[u8; 6] = b.get(hour..hour + 6)?.try_into().ok()?;
    let time = (pair(text[0], text[1])?, pair(text[2], text[3])?, pair(text[4], text[5])?);
    let (ms, end) = match length {
        6 => fraction(b, hour + 6, true),
        9 => (super::number(&b[hour + 6..hour + 9])?, hour + 9),
        _ => return None,
    };
    clock(b, hour, time, ms, end)
}

/// The time with dots or dashes: 09.12.01.123456, 09-12-01.
fn with_signs(b: &[u8], hour: usize) -> Option<Clock> {
    let text: &[u8; 8] = b.get(hour..hour + 8)?.try_into().ok()?;
    if text[2] != text[5] || !matches!(text[2], b'.' | b'-') || b.get(hour + 8).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let time = (pair(text[0], text[1])?, pair(text[3], text[4])?, pair(text[6], text[7])?);
    let (ms, end) = fraction(b, hour + 8, true);
    let mut clock = clock(b, hour, time, ms, end)?;
    // DB2 writes the distance from UTC in minutes: 09.12.01.123456-240
    if clock.zone.is_none()
        && let Some(distance) = in_minutes(b, clock.end)
    {
        (clock.zone, clock.end) = (Some(Zone::Distance(distance)), clock.end + "-240".len());
    }
    Some(clock)
}

/// A distance in minutes, of three digits, in milliseconds.
pub fn in_minutes(b: &[u8], at: usize) -> Option<i64> {
    let sign = b.get(at).filter(|sign| matches!(sign, b'+' | b'-'))?;
    let minutes = if digits(b, at + 1) == 3 { super::number(&b[at + 1..at + 4])? } else { return None };
    let ms = i64::from(minutes) * 60_000;
    (minutes <= 14 * 60).then_some(if *sign == b'-' { -ms } else { ms })
}

fn clock(b: &[u8], hour: usize, (hours, minutes, seconds): (u32, u32, u32), ms: u32, end: usize) -> Option<Clock> {
    let (hours, end) = match half(b, end) {
        Some((afternoon, end)) if (1..=12).contains(&hours) => (hours % 12 + if afternoon { 12 } else { 0 }, end),
        Some(_) => return None,
        None => (hours, end),
    };
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let (zone, end) = zone(b, end).map_or((None, end), |(zone, end)| (Some(zone), end));
    let ms = i64::from(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms);
    Some(Clock { ms, seconds: true, zone, year: None, start: hour, end })
}
