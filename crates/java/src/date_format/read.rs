//! A text by a pattern, leniently: numbers out of range carry over, names come in any letter case.

use super::calendar::{CalendarPart, DAY, Parts, date_of, days_of};
use super::zones::{Zone, ZoneNames};
use super::{Item, MONTHS, WEEKDAYS};
use chrono_tz::Tz;

pub fn read(
    items: &[Item],
    names: Option<&ZoneNames>,
    text: &str,
    zone: Zone,
    now: &dyn Fn() -> i64,
) -> Option<(i64, usize)> {
    let mut reader = Reader { text, at: 0, parts: Parts::default(), zone, names, now, edge: None };
    for (number, item) in items.iter().enumerate() {
        match item {
            Item::Text(literal) => {
                if !reader.text[reader.at..].starts_with(literal.as_str()) {
                    return None;
                }
                reader.at += literal.len();
            }
            Item::Field(letter, count) => {
                // Digits may follow without a gap only in a number of known length.
                let next_is_number =
                    matches!(items.get(number + 1), Some(Item::Field(letter, count)) if is_number(*letter, *count));
                reader.field(*letter, *count, next_is_number)?;
            }
        }
    }
    let mut moment = reader.parts.moment(reader.zone);
    if reader.edge.is_some_and(|century| moment < century) {
        reader.parts.add_century();
        moment = reader.parts.moment(reader.zone);
    }
    Some((moment, reader.at))
}

/// The moment from which a year of two digits counts: 80 years ago.
fn century(now: i64) -> i64 {
    let (year, month, day) = date_of(now.div_euclid(DAY));
    days_of(year - 80, month, day) * DAY + now.rem_euclid(DAY)
}

fn is_number(letter: char, count: usize) -> bool {
    match letter {
        'M' | 'L' => count <= 2,
        letter => !"GEazZX".contains(letter),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    parts: Parts,
    zone: Zone,
    names: Option<&'a ZoneNames>,
    now: &'a dyn Fn() -> i64,
    /// Where the century starts, if the year had two digits and is that one: the whole date decides.
    edge: Option<i64>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn field(&mut self, letter: char, count: usize, bounded: bool) -> Option<()> {
        let start = self.at;
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        if self.rest().is_empty() {
            return None;
        }
        match letter {
            // Blanks may stand before a number or a zone, not before a name.
            'G' => self.name(start, CalendarPart::Era, 0, &["BC", "AD", "Before Christ", "Anno Domini"], |at| at % 2),
            'M' | 'L' if count >= 3 => self.name(start, CalendarPart::Month, 3, &MONTHS, |at| at),
            'E' => self.name(start, CalendarPart::Weekday, 3, &WEEKDAYS, |at| at + 1),
            'a' => self.name(start, CalendarPart::Half, 0, &["AM", "PM"], |at| at),
            'z' | 'Z' => self.zone(start),
            'X' => self.iso_zone(count),
            _ => self.number_field(letter, count, bounded.then_some((start, count))),
        }
    }

    /// The longest of some names, whole or by its first letters.
    fn name(
        &mut self,
        start: usize,
        part: CalendarPart,
        short: usize,
        names: &[&str],
        value: fn(i64) -> i64,
    ) -> Option<()> {
        self.at = start;
        let rest = self.rest();
        let mut best = (0, 0);
        for (number, name) in names.iter().enumerate() {
            for form in [name, name.get(..short).unwrap_or_default()] {
                if form.len() > best.0 && starts_with(rest, form) {
                    best = (form.len(), number as i64);
                }
            }
        }
        self.at += best.0;
        self.parts.set(part, value(best.1));
        (best.0 > 0).then_some(())
    }

    fn number_field(&mut self, letter: char, count: usize, bound: Option<(usize, usize)>) -> Option<()> {
        let start = self.at;
        let end = match bound {
            Some((from, count)) => {
                from + self.text[from..].char_indices().map(|(at, c)| at + c.len_utf8()).nth(count - 1)?
            }
            None => self.text.len(),
        };
        let (value, length) = number(self.text.get(start..end)?)?;
        self.at += length;
        let part = match letter {
            'y' | 'Y' => {
                let part = if letter == 'y' { CalendarPart::Year } else { CalendarPart::WeekYear };
                let digits = &self.text[start..self.at];
                let short = count <= 2 && digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
                let year = if short { self.full_year(value, part) } else { value };
                self.parts.set(part, year);
                return Some(());
            }
            'M' | 'L' => {
                self.parts.set(CalendarPart::Month, value - 1);
                return Some(());
            }
            'u' => {
                self.parts.set(CalendarPart::Weekday, if (1..=7).contains(&value) { value % 7 + 1 } else { value });
                return Some(());
            }
            'k' | 'h' => {
                let (part, most) = if letter == 'k' { (CalendarPart::HourOfDay, 24) } else { (CalendarPart::Hour, 12) };
                self.parts.set(part, if value == most { 0 } else { value });
                return Some(());
            }
            'w' => CalendarPart::WeekOfYear,
            'W' => CalendarPart::WeekOfMonth,
            'D' => CalendarPart::DayOfYear,
            'd' => CalendarPart::Day,
            'F' => CalendarPart::WeekdayInMonth,
            'H' => CalendarPart::HourOfDay,
            'K' => CalendarPart::Hour,
            'm' => CalendarPart::Minute,
            's' => CalendarPart::Second,
            _ => CalendarPart::Millisecond,
        };
        self.parts.set(part, value);
        Some(())
    }

    fn full_year(&mut self, two: i64, part: CalendarPart) -> i64 {
        let century = century((self.now)());
        let local = century + self.zone.at(century).total();
        let start = date_of(local.div_euclid(DAY)).0;
        self.edge = (part == CalendarPart::Year && two == start % 100).then_some(century);
        start / 100 * 100 + two + if two < start % 100 { 100 } else { 0 }
    }

    /// `z` and `Z`: `+0200`, `GMT+02:00`, or a name.
    fn zone(&mut self, start: usize) -> Option<()> {
        let rest = self.rest();
        if let Some(sign) = sign(rest) {
            self.at += 1;
            return self.distance(sign, 2, false);
        }
        if start == self.at && starts_with(rest, "GMT") {
            self.at += 3;
            return match sign(self.rest()) {
                Some(sign) => {
                    self.at += 1;
                    self.distance(sign, 0, true)
                }
                None => {
                    self.parts.set(CalendarPart::Standard, 0);
                    self.parts.set(CalendarPart::Saving, 0);
                    Some(())
                }
            };
        }
        self.zone_by_name()
    }

    fn zone_by_name(&mut self) -> Option<()> {
        let names = self.names?;
        let rest = self.rest();
        let own = names.of(self.zone).into_iter().chain(names.of(Zone::Named(Tz::UTC)));
        let (line, at) = own.chain(names.lines()).find_map(|line| {
            let at = line.names.iter().position(|name| starts_with(rest, name))?;
            Some((line, at))
        })?;
        self.at += line.names[at].len();
        // A name that several zones share keeps the zone that was asked for.
        if names.of(self.zone).is_none_or(|own| own.names != line.names) {
            self.zone = Zone::find(line.zone)?;
        }
        let ambiguous = at < 2 && line.names[at].eq_ignore_ascii_case(line.names[at + 2]);
        let saving = match at {
            ..2 => 0,
            _ => self.saving(),
        };
        // The zone decides where both names are the same, and where it has no daylight saving time at all.
        if !(ambiguous || (at >= 2 && saving == 0)) {
            self.parts.clear(CalendarPart::Standard);
            self.parts.set(CalendarPart::Saving, saving);
        }
        Some(())
    }

    /// What daylight saving time adds in the zone when it is in force, as of late.
    fn saving(&self) -> i64 {
        let days = (0..24).map(|half| days_of(2025, half / 2 + 1, 1 + half % 2 * 15) * DAY);
        days.map(|moment| self.zone.at(moment).saving).max().unwrap_or(0)
    }

    /// `X`: `Z`, `+02`, `+0200`, `+02:00` by the number of letters.
    fn iso_zone(&mut self, count: usize) -> Option<()> {
        if self.rest().starts_with('Z') {
            self.at += 1;
            self.parts.set(CalendarPart::Standard, 0);
            self.parts.set(CalendarPart::Saving, 0);
            return Some(());
        }
        let sign = sign(self.rest())?;
        self.at += 1;
        self.distance(sign, count, count == 3)
    }

    /// Hours, and minutes unless `count` is 1. After `GMT` (`count` is 0) one digit of hours is enough.
    fn distance(&mut self, sign: i64, count: usize, colon: bool) -> Option<()> {
        let bytes = self.rest().as_bytes();
        let digit = |at: usize| bytes.get(at).filter(|b| b.is_ascii_digit()).map(|b| i64::from(b - b'0'));
        let mut hours = digit(0)?;
        let mut at = 1;
        match digit(1) {
            Some(second) => {
                hours = hours * 10 + second;
                at += 1;
            }
            None if count == 0 && bytes.len() > 1 => {}
            None => return None,
        }
        let mut minutes = 0;
        if count != 1 {
            if colon {
                bytes.get(at).filter(|b| **b == b':')?;
                at += 1;
            }
            minutes = digit(at)? * 10 + digit(at + 1)?;
            at += 2;
        }
        if hours > 23 || minutes > 59 {
            return None;
        }
        self.at += at;
        self.parts.set(CalendarPart::Standard, sign * (hours * 60 + minutes) * 60_000);
        self.parts.set(CalendarPart::Saving, 0);
        Some(())
    }
}

fn sign(text: &str) -> Option<i64> {
    match text.as_bytes().first()? {
        b'+' => Some(1),
        b'-' => Some(-1),
        _ => None,
    }
}

/// Whether a text starts with a name, in any letter case.
fn starts_with(text: &str, name: &str) -> bool {
    !name.is_empty()
        && text.as_bytes().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
}

/// A whole number at the start of a text, as Java's number format reads it into 32 bits: a minus may stand before it,
/// an exponent (`1E3`) after it. Its value and length.
fn number(text: &str) -> Option<(i64, usize)> {
    let negative = text.starts_with('-');
    let digits = &text[usize::from(negative)..];
    let count = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if count == 0 {
        return None;
    }
    let mut length = usize::from(negative) + count;
    let mut value =
        digits[..count].bytes().fold(0i128, |n, b| n.saturating_mul(10).saturating_add(i128::from(b - b'0')));
    if let Some(exponent) = digits[count..].strip_prefix('E') {
        let minus = exponent.starts_with('-');
        let exponent = &exponent[usize::from(minus)..];
        let size = exponent.len() - exponent.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if size > 0 {
            length += 1 + usize::from(minus) + size;
            let power = exponent[..size].parse::<u32>().unwrap_or(u32::MAX).min(38);
            let factor = 10i128.pow(power);
            value = if minus { value / factor } else { value.saturating_mul(factor) };
        }
    }
    let value = if negative { -value } else { value };
    Some((
        match i64::try_from(value) {
            // The lower half of a long number, the nearest to an even longer one.
            Ok(long) => i64::from(long as i32),
            Err(_) if value < 0 => i64::from(i32::MIN),
            Err(_) => i64::from(i32::MAX),
        },
        length,
    ))
}
