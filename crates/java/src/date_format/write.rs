//! A moment by a pattern.

use super::calendar::Moment;
use super::zones::{Zone, ZoneNames};
use super::{Item, MONTHS, WEEKDAYS};
use std::fmt::Write;

pub fn write(items: &[Item], names: Option<&ZoneNames>, millis: i64, zone: Zone, out: &mut String) {
    let moment = Moment::new(millis, zone);
    for item in items {
        match item {
            Item::Text(text) => out.push_str(text),
            Item::Field(letter, count) => field(*letter, *count, &moment, (zone, names), out),
        }
    }
}

fn field(letter: char, count: usize, at: &Moment, zone: (Zone, Option<&ZoneNames>), out: &mut String) {
    let (hour, minute) = (at.time / 3_600_000, at.time / 60_000 % 60);
    let number = match letter {
        'G' => return out.push_str(if at.year > 0 { "AD" } else { "BC" }),
        'y' | 'Y' => {
            let year = match letter {
                'Y' => at.week_year,
                // Years before Christ are counted backwards.
                _ if at.year <= 0 => 1 - at.year,
                _ => at.year,
            };
            if count == 2 { year.rem_euclid(100) } else { year }
        }
        'M' | 'L' if count >= 3 => return name(&MONTHS, at.month - 1, count, out),
        'M' | 'L' => at.month,
        'w' => at.week_of_year,
        'W' => at.week_of_month,
        'D' => at.day_of_year,
        'd' => at.day,
        'F' => at.weekday_in_month,
        'E' => return name(&WEEKDAYS, at.weekday - 1, count, out),
        'u' => (at.weekday + 5) % 7 + 1,
        'a' => return out.push_str(if hour < 12 { "AM" } else { "PM" }),
        'H' => hour,
        'k' => (hour + 23) % 24 + 1,
        'K' => hour % 12,
        'h' => (hour + 11) % 12 + 1,
        'm' => minute,
        's' => at.time / 1000 % 60,
        'S' => at.time % 1000,
        'z' => return zone_name(count, at, zone, out),
        'X' if at.distance.total() == 0 => return out.push('Z'),
        'X' => return distance(at.distance.total(), count, count == 3, out),
        _ => return distance(at.distance.total(), 2, false, out),
    };
    // Writing into memory can't fail.
    let _ = match number {
        0.. => write!(out, "{number:0count$}"),
        _ => write!(out, "-{:0count$}", number.unsigned_abs()),
    };
}

/// A name: whole from four letters on, else its first three.
fn name(names: &[&str], at: i64, count: usize, out: &mut String) {
    let name = names.get(at as usize).copied().unwrap_or_default();
    out.push_str(if count >= 4 { name } else { &name[..3.min(name.len())] });
}

/// `+0200`, `+02` with one part, `+02:00` with a colon.
fn distance(millis: i64, parts: usize, colon: bool, out: &mut String) {
    let minutes = millis.abs() / 60_000;
    out.push(if millis < 0 { '-' } else { '+' });
    let _ = write!(out, "{:02}", minutes / 60);
    if colon {
        out.push(':');
    }
    if parts > 1 {
        let _ = write!(out, "{:02}", minutes % 60);
    }
}

fn zone_name(count: usize, at: &Moment, (zone, names): (Zone, Option<&ZoneNames>), out: &mut String) {
    match names.and_then(|names| names.of(zone)) {
        Some(line) => {
            let daylight = if at.distance.saving != 0 { 2 } else { 0 };
            out.push_str(line.names[daylight + usize::from(count < 4)]);
        }
        None => {
            out.push_str("GMT");
            if at.distance.total() != 0 {
                distance(at.distance.total(), 3, true, out);
            }
        }
    }
}
