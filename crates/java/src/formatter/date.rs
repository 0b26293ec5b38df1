//! The parts of a date that `%t` writes.

use crate::date_format::calendar::Moment;
use crate::date_format::{MONTHS, Pattern, WEEKDAYS, Zone};
use std::fmt::Write;

/// The letters that may follow `%t`.
pub const LETTERS: &str = "HIklMSLNpzZsQBbhAaCYyjmdeRTrDFc";

/// Writes a part of a moment, in milliseconds since 1970.
pub fn write(letter: char, millis: i64, zone: Zone, out: &mut String) {
    let at = Moment::new(millis, zone);
    let (hour, minute, second) = (at.time / 3_600_000, at.time / 60_000 % 60, at.time / 1000 % 60);
    let year = if at.year > 0 { at.year } else { 1 - at.year };
    let half = if hour < 12 { "am" } else { "pm" };
    let month = MONTHS.get(at.month as usize - 1).copied().unwrap_or_default();
    let weekday = WEEKDAYS.get(at.weekday as usize - 1).copied().unwrap_or_default();
    let twelve = (hour + 11) % 12 + 1;
    // Writing into memory can't fail.
    let _ = match letter {
        'H' => write!(out, "{hour:02}"),
        'I' => write!(out, "{twelve:02}"),
        'k' => write!(out, "{hour}"),
        'l' => write!(out, "{twelve}"),
        'M' => write!(out, "{minute:02}"),
        'S' => write!(out, "{second:02}"),
        'L' => write!(out, "{:03}", at.time % 1000),
        'N' => write!(out, "{:03}000000", at.time % 1000),
        'p' => write!(out, "{half}"),
        's' => write!(out, "{}", millis / 1000),
        'Q' => write!(out, "{millis}"),
        'B' => write!(out, "{month}"),
        'b' | 'h' => write!(out, "{month:.3}"),
        'A' => write!(out, "{weekday}"),
        'a' => write!(out, "{weekday:.3}"),
        'C' => write!(out, "{:02}", year / 100),
        'Y' => write!(out, "{year:04}"),
        'y' => write!(out, "{:02}", year % 100),
        'j' => write!(out, "{:03}", at.day_of_year),
        'm' => write!(out, "{:02}", at.month),
        'd' => write!(out, "{:02}", at.day),
        'e' => write!(out, "{}", at.day),
        'R' => write!(out, "{hour:02}:{minute:02}"),
        'T' => write!(out, "{hour:02}:{minute:02}:{second:02}"),
        'r' => write!(out, "{twelve:02}:{minute:02}:{second:02} {}", half.to_uppercase()),
        'D' => write!(out, "{:02}/{:02}/{:02}", at.month, at.day, year % 100),
        'F' => write!(out, "{year:04}-{:02}-{:02}", at.month, at.day),
        'c' => {
            let _ = write!(out, "{weekday:.3} {month:.3} {:02} {hour:02}:{minute:02}:{second:02} ", at.day);
            by_pattern("z", millis, zone, out);
            write!(out, " {year:04}")
        }
        'Z' => return by_pattern("z", millis, zone, out),
        _ => return by_pattern("Z", millis, zone, out),
    };
}

fn by_pattern(pattern: &str, millis: i64, zone: Zone, out: &mut String) {
    if let Ok(pattern) = Pattern::new(pattern) {
        pattern.format(millis, zone, out);
    }
}
