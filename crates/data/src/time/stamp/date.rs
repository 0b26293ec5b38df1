//! The date of a timestamp, read backwards from where it ends: the table of the forms of dates.

use super::clock::Clock;
use super::gap::{self, blanks};
use super::order::{Numbers, Order, century};
use super::{Known, number};

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year; without one, the one nearest to the receipt.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Its numbers, if their order is not plain.
    pub numbers: Option<Numbers>,
    /// What is not certain about it, as bits of [`super::order::doubts`].
    pub doubts: u8,
}

/// The date that stands before the time that starts at `hour`.
pub fn before(b: &[u8], hour: usize, clock: &Clock, known: &Known) -> Option<Date> {
    if let Some(date) = usual(b, hour) {
        return Some(date);
    }
    let gap = gap::before(b, hour)?;
    let date = ending(b, gap.end, gap.sign, clock, known)?;
    gap.allows(b, date.start).then_some(date)
}

/// A date whose year, month and day are plain.
fn plain(year: Option<i32>, month: u32, day: u32, (start, end): (usize, usize)) -> Date {
    Date { year, month, day, start, end, numbers: None, doubts: 0 }
}

/// The date that ends at `end`. `sign` stands between it and the time, of which `clock` knows a zone and a year.
pub fn ending(b: &[u8], end: usize, sign: u8, clock: &Clock, known: &Known) -> Option<Date> {
    let Some((last, at)) = number_before(b, end) else { return ending_in_month(b, end, sign, clock) };
    if at == 0 {
        return packed(b, last, end, sign);
    }
    let join = b[at - 1];
    match (end - at, join) {
        (1 | 2, b'-' | b'/' | b'.' | b'_') => Date::joined(b, (at, end), sign, clock, known),
        // 2024:05:14-09:12:01
        (1 | 2, b':') if sign != b':' => Date::joined(b, (at, end), sign, clock, known),
        // What a colon follows behind a blank is an hour.
        (1 | 2, b' ') if sign != b':' => month_and_day(b, last, (at, end), clock),
        (4, b'/' | b'-' | b' ') => year_last(b, last, (at, end), known),
        // 14May2024
        (4, letter) if letter.is_ascii_alphabetic() && month_before(b, at).is_some() => {
            let (month, start) = month_before(b, at)?;
            let (day, start) = number_before(b, start).filter(|(_, day)| start - day <= 2)?;
            Some(plain(Some(plausible(last)?), month, day, (start, end)))
        }
        // I0514, I20240514: the letter of the level stands before the date.
        (4 | 8, b'I' | b'W' | b'E' | b'F' | b'D' | b'V' | b'T' | b'C') if level_letter(b, at, sign, clock) => {
            let year = if end - at == 8 { Some(plausible(last / 10_000)?) } else { None };
            Some(plain(year, last / 100 % 100, last % 100, (at, end)))
        }
        (4 | 6 | 8, _) if !join.is_ascii_alphanumeric() => packed(b, last, end, sign),
        _ => None,
    }
}

/// 2024-05-14 with a blank or `T` behind it, which most logs have: what the rest of [`before`] finds too, sooner.
fn usual(b: &[u8], hour: usize) -> Option<Date> {
    let start = hour.checked_sub(11)?;
    let text: &[u8; 11] = b.get(start..hour)?.try_into().ok()?;
    if text[4] != b'-' || text[7] != b'-' || !matches!(text[10], b' ' | b'T') {
        return None;
    }
    if start > 0 && b[start - 1].is_ascii_digit() {
        return None;
    }
    let year = pair(text[0], text[1])? * 100 + pair(text[2], text[3])?;
    let (month, day) = (pair(text[5], text[6])?, pair(text[8], text[9])?);
    Some(plain(Some(plausible(year)?), month, day, (start, hour - 1)))
}

/// The number of two digits.
pub fn pair(ten: u8, one: u8) -> Option<u32> {
    let (ten, one) = (ten.wrapping_sub(b'0'), one.wrapping_sub(b'0'));
    (ten < 10 && one < 10).then(|| u32::from(ten * 10 + one))
}

impl Date {
    /// Three parts, or two, of which the last is a number of one or two digits: 2024-05-14, 24/05/14, 14/May/24, May-14.
    fn joined(b: &[u8], (at, end): (usize, usize), sign: u8, clock: &Clock, known: &Known) -> Option<Date> {
        let (join, last) = (b[at - 1], number(&b[at..end])?);
        let (middle, start) = part_before(b, at - 1)?;
        let more = start > 0 && b[start - 1] == join;
        let first = if more { number_before(b, start - 1) } else { None };
        let signs = matches!(join, b'-' | b'/');
        match (middle, first) {
            (middle, Some((year, at))) if start - 1 - at == 4 => {
                let (DatePart::Number(month) | DatePart::Month(month)) = middle;
                Some(plain(Some(plausible(year)?), month, last, (at, end)))
            }
            (DatePart::Month(month), Some((day, start))) if signs && end - at == 2 && in_month(day) => {
                Some(plain(Some(century(last)), month, day, (start, end)))
            }
            (DatePart::Month(month), None) if signs && !more && !alphanumeric_before(b, start) => {
                Some(plain(clock.year.map(|(year, _)| year), month, last, (start, end)))
            }
            (DatePart::Number(middle), Some((first, at)))
                if signs && start - 1 - at <= 2 && !b[..at].ends_with(&[join]) =>
            {
                let usual = match (join, sign == b'*' || clock.zone.is_some()) {
                    (b'/', true) => &[Order::MonthFirst, Order::YearFirst, Order::DayFirst],
                    (b'/', false) => &[Order::YearFirst, Order::MonthFirst, Order::DayFirst],
                    _ => &[Order::YearFirst, Order::DayFirst, Order::MonthFirst],
                };
                Date::of(Numbers::Short([first, middle, last]), (at, end), (usual, false), known)
            }
            (DatePart::Number(first), None) if signs && !more && (at - 1 - start, end - at) == (2, 2) => {
                let separate = start.checked_sub(1).is_none_or(|before| b" \t[(\"'>=|,".contains(&b[before]));
                let fits = separate && clock.seconds && matches!(sign, b' ' | b'-');
                let usual = [Order::MonthFirst, Order::DayFirst];
                fits.then(|| Date::of(Numbers::Yearless([first, last]), (start, end), (&usual, false), known))?
            }
            _ => None,
        }
    }

    /// The date of numbers whose order is not plain; for the orders see [`Numbers::choose`].
    fn of(
        numbers: Numbers,
        (start, end): (usize, usize),
        (usual, sure): (&[Order], bool),
        known: &Known,
    ) -> Option<Date> {
        let ((year, month, day), doubts) = numbers.choose(usual, sure, known)?;
        Some(Date { year, month, day, start, end, numbers: Some(numbers), doubts })
    }
}

/// May 14, of this or a year before or behind; 14 May 24.
fn month_and_day(b: &[u8], last: u32, (at, end): (usize, usize), clock: &Clock) -> Option<Date> {
    let (month, start) = month_before(b, blanks(b, at))?;
    if start > 0 && b[start - 1] == b' ' {
        let blank = blanks(b, start);
        match number_before(b, blank) {
            Some((year, at)) if blank - at == 4 => {
                if let Some(year) = plausible(year) {
                    return Some(plain(Some(year), month, last, (at, end)));
                }
            }
            // The first of the numbers is the day, but where it may be the end of something else.
            Some((day, at)) if blank - at <= 2 && end - start == "Sep 17".len() && in_month(day) && opens(b, at) => {
                return Some(plain(Some(century(last)), month, day, (at, end)));
            }
            _ => {}
        }
    }
    Some(plain(clock.year.map(|(year, _)| year), month, last, (start, end)))
}

/// 14/May/2024, 14-May-2024, 14 May 2024, May 14, 2024, 05/14/2024.
fn year_last(b: &[u8], last: u32, (at, end): (usize, usize), known: &Known) -> Option<Date> {
    let (join, year) = (b[at - 1], Some(plausible(last)?));
    let before = if join == b' ' { blanks(b, at) } else { at - 1 };
    let before = if join == b' ' && before > 0 && b[before - 1] == b',' { before - 1 } else { before };
    if let Some((month, start)) = month_before(b, before) {
        let before = if join == b' ' { blanks(b, start) } else { start.checked_sub(1)? };
        (b.get(start.checked_sub(1)?) == Some(&join)).then_some(())?;
        let (day, start) = day_before(b, before)?;
        return Some(plain(year, month, day, (start, end)));
    }
    let (middle, start) = day_before(b, before)?;
    if join == b' ' {
        let (month, start) = month_before(b, blanks(b, start))?;
        return Some(plain(year, month, middle, (start, end)));
    }
    (b.get(start.checked_sub(1)?) == Some(&join)).then_some(())?;
    if let Some((month, start)) = month_before(b, start - 1) {
        return Some(plain(year, month, middle, (start, end)));
    }
    let (first, start) = number_before(b, start - 1).filter(|(_, first)| start - 1 - first <= 2)?;
    let numbers = Numbers::Long([first, middle], year?);
    // With slashes it is the American form; with dashes it may as well be the other one.
    Date::of(numbers, (start, end), (&[Order::MonthFirst, Order::DayFirst], join == b'-'), known)
}

/// 23/Apr, 14-May, 14 May, of this or the year behind.
fn ending_in_month(b: &[u8], end: usize, sign: u8, clock: &Clock) -> Option<Date> {
    let (month, start) = month_before(b, end)?;
    let before = match b[start.checked_sub(1)?] {
        b'/' | b'-' => start - 1,
        b' ' if sign != b':' => blanks(b, start),
        _ => return None,
    };
    let (day, start) = day_before(b, before)?;
    Some(plain(clock.year.map(|(year, _)| year), month, day, (start, end)))
}

/// Dates without signs: 20240514, 240514, 0514.
fn packed(b: &[u8], value: u32, end: usize, sign: u8) -> Option<Date> {
    let (_, start) = number_before(b, end)?;
    let (month, day) = (value / 100 % 100, value % 100);
    let year = match (end - start, sign) {
        (8, _) => Some(plausible(value / 10_000)?),
        (6, b' ') => Some(century(value / 10_000)),
        (4, b'_') => None,
        _ => return None,
    };
    Some(plain(year, month, day, (start, end)))
}

/// A number that can be the year of a log.
pub fn plausible(year: u32) -> Option<i32> {
    (1970..2200).contains(&year).then_some(year as i32)
}

fn in_month(day: u32) -> bool {
    (1..=31).contains(&day)
}

enum DatePart {
    Number(u32),
    Month(u32),
}

fn part_before(b: &[u8], end: usize) -> Option<(DatePart, usize)> {
    match number_before(b, end) {
        Some((value, start)) if end - start <= 2 => Some((DatePart::Number(value), start)),
        Some(_) => None,
        None => month_before(b, end).map(|(month, start)| (DatePart::Month(month), start)),
    }
}

/// The number of up to 8 digits that ends at `end`, and where it starts.
fn number_before(b: &[u8], end: usize) -> Option<(u32, usize)> {
    let count = b[..end].iter().rev().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let start = end - count;
    (1..=8).contains(&count).then(|| number(&b[start..end])).flatten().map(|value| (value, start))
}

/// The day that ends at `end`, as in `14`, `14.`, `14th`, and where it starts.
fn day_before(b: &[u8], end: usize) -> Option<(u32, usize)> {
    let end = match &b[..end] {
        [.., b'.'] => end - 1,
        [.., a, b] if a.is_ascii_lowercase() && [b"st", b"nd", b"rd", b"th"].contains(&&[*a, *b]) => end - 2,
        _ => end,
    };
    number_before(b, end).filter(|(_, start)| end - start <= 2)
}

/// Whether what starts here is the first in the text or in a bracket, or stands behind a weekday, a comma or a sign.
fn opens(b: &[u8], at: usize) -> bool {
    let end = blanks(b, at);
    match end.checked_sub(1).map(|before| b[before]) {
        None | Some(b'[' | b'(' | b'"' | b'\'' | b'=' | b'|' | b',' | b'\t') => true,
        Some(_) => weekday_before(b, end).is_some(),
    }
}

/// The start of the weekday that ends at `end`.
pub fn weekday_before(b: &[u8], end: usize) -> Option<usize> {
    let count = b[..end].iter().rev().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    is_weekday(&b[end - count..end]).then_some(end - count)
}

/// Whether a word is the name of a weekday, or the first three letters of one.
pub fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    DAYS.iter().any(|day| word.eq_ignore_ascii_case(day) || word.eq_ignore_ascii_case(&day[..3]))
}

fn alphanumeric_before(b: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| b[before].is_ascii_alphanumeric())
}

/// The months by the first three letters of their names.
pub fn month(name: [u8; 3]) -> Option<u32> {
    Some(match &name.map(|letter| letter | 0x20) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}

/// Whether the letter before `at` is that of a level: `I0514 09:12:01`.
fn level_letter(b: &[u8], at: usize, sign: u8, clock: &Clock) -> bool {
    sign == b' ' && clock.seconds && !alphanumeric_before(b, at - 1)
}

/// What comes behind the first three letters, by the numbers of the months.
const ENDINGS: [&[u8]; 12] =
    [b"uary", b"ruary", b"ch", b"il", b"", b"e", b"y", b"ust", b"tember", b"ober", b"ember", b"ember"];

/// The month whose name, or its first three letters, ends at `end`, and where the name starts.
pub fn month_before(b: &[u8], end: usize) -> Option<(u32, usize)> {
    let count = b[..end].iter().rev().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (start, ending) = b[end - count..end].split_first_chunk::<3>()?;
    let month = month(*start)?;
    let fits =
        ending.is_empty() || ENDINGS[month as usize - 1].eq_ignore_ascii_case(ending) || ending == b"t" && month == 9;
    fits.then_some((month, end - count))
}
