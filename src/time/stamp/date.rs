//! The date of a timestamp, read backwards from its time.

use super::clock::Clock;
use super::number;

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
}

/// The date that stands before the time that starts at `hour`.
pub fn before(b: &[u8], hour: usize, clock: &Clock) -> Option<Date> {
    if let Some(date) = usual(b, hour) {
        return Some(date);
    }
    let (end, sign) = separator(b, hour)?;
    let Some((last, at)) = number_before(b, end) else { return day_and_month(b, end) };
    if at == 0 {
        return packed(b, last, end, sign);
    }
    let join = b[at - 1];
    match (end - at, join) {
        (1 | 2, b'-' | b'/') => {
            let (middle, start) = part_before(b, at - 1)?;
            let first = (start > 0 && b[start - 1] == join).then(|| number_before(b, start - 1)).flatten();
            match (middle, first) {
                // 2024-05-14, 2024/05/14
                (Part::Number(month), Some((year, at))) if start - 1 - at == 4 => {
                    Some(Date { year: Some(plausible(year)?), month, day: last, start: at })
                }
                (Part::Number(middle), Some((first, at))) if start - 1 - at <= 2 => {
                    let date = short_year([first, middle, last], join, sign, clock)?;
                    Some(Date { start: at, ..date })
                }
                _ => None,
            }
        }
        // 14 May, May 14 of this or a year before or behind
        (1 | 2, b' ') => {
            let (month, start) = month_before(b, blanks_before(b, at))?;
            let year = match start.checked_sub(1) {
                Some(blank) if b[blank] == b' ' => match number_before(b, blank) {
                    Some((year, at)) if blank - at == 4 => plausible(year).map(|year| (year, at)),
                    _ => None,
                },
                _ => None,
            };
            Some(match year {
                Some((year, start)) => Date { year: Some(year), month, day: last, start },
                None => Date { year: clock.year, month, day: last, start },
            })
        }
        (4, b'/' | b'-' | b' ') => {
            let end = if join == b' ' { blanks_before(b, at) } else { at - 1 };
            let end = if join == b' ' && end > 0 && b[end - 1] == b',' { end - 1 } else { end };
            let year = Some(plausible(last)?);
            let (middle, start) = part_before(b, end)?;
            match middle {
                Part::Month(month) => {
                    // 14/May/2024, 14-May-2024, 14 May 2024
                    let end = if join == b' ' { blanks_before(b, start) } else { start.checked_sub(1)? };
                    (b.get(start.checked_sub(1)?) == Some(&join)).then_some(())?;
                    let (day, start) = number_before(b, end)?;
                    Some(Date { year, month, day, start })
                }
                Part::Number(middle) if join == b' ' => {
                    // May 14 2024, May 14, 2024
                    let (month, start) = month_before(b, blanks_before(b, start))?;
                    Some(Date { year, month, day: middle, start })
                }
                Part::Number(middle) if join == b'/' => {
                    // 05/14/2024, or 14/05/2024 where the first can be no month
                    (b.get(start.checked_sub(1)?) == Some(&b'/')).then_some(())?;
                    let (first, start) = number_before(b, start - 1)?;
                    let (month, day) = if first > 12 { (middle, first) } else { (first, middle) };
                    Some(Date { year, month, day, start })
                }
                Part::Number(_) => None,
            }
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
    Some(Date { year: Some(plausible(year)?), month, day, start })
}

/// The number of two digits.
pub fn pair(ten: u8, one: u8) -> Option<u32> {
    let (ten, one) = (ten.wrapping_sub(b'0'), one.wrapping_sub(b'0'));
    (ten < 10 && one < 10).then(|| u32::from(ten * 10 + one))
}

/// 23/Apr
fn day_and_month(b: &[u8], end: usize) -> Option<Date> {
    let (month, start) = month_before(b, end)?;
    let (day, start) = number_before(b, start.checked_sub(1).filter(|at| b[*at] == b'/')?)?;
    Some(Date { year: None, month, day, start })
}

/// Where the date ends, and what stands between it and the time.
fn separator(b: &[u8], hour: usize) -> Option<(usize, u8)> {
    let sign = *b.get(hour.checked_sub(1)?)?;
    match sign {
        b' ' => {
            let end = blanks_before(b, hour);
            // May 14, 2024, 9:12:01 AM
            let comma = end > 0 && b[end - 1] == b',';
            Some((end - usize::from(comma), sign))
        }
        b'T' | b't' | b'*' | b'_' | b':' => Some((hour - 1, sign)),
        b'\'' if b[..hour].ends_with(b"'T'") => Some((hour - 3, b'T')),
        _ => None,
    }
}

/// Dates without signs: 20240514, 240514, 0514.
fn packed(b: &[u8], value: u32, end: usize, sign: u8) -> Option<Date> {
    let (_, start) = number_before(b, end)?;
    let (month, day) = (value / 100 % 100, value % 100);
    match (end - start, sign) {
        (8, _) => Some(Date { year: Some(plausible(value / 10_000)?), month, day, start }),
        (6, b' ') => Some(Date { year: Some(century(value / 10_000)), month, day, start }),
        (4, b'_') => Some(Date { year: None, month, day, start }),
        _ => None,
    }
}

/// Three numbers of up to two digits: the year comes first, but where that is no date, or where a zone or an asterisk
/// says that it is the American form. Where it starts is left open.
fn short_year([first, middle, last]: [u32; 3], join: u8, sign: u8, clock: &Clock) -> Option<Date> {
    let date = |year: u32, month: u32, day: u32| {
        let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
        valid.then_some(Date { year: Some(century(year)), month, day, start: 0 })
    };
    let year_first = date(first, middle, last);
    let american = if join == b'/' { date(last, first, middle) } else { None };
    match sign == b'*' || clock.zone.is_some() {
        true => american.or(year_first),
        false => year_first.or(american),
    }
}

fn century(year: u32) -> i32 {
    let year = year as i32;
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// A number that can be the year of a log.
pub fn plausible(year: u32) -> Option<i32> {
    (1970..2200).contains(&year).then_some(year as i32)
}

enum Part {
    Number(u32),
    Month(u32),
}

fn part_before(b: &[u8], end: usize) -> Option<(Part, usize)> {
    match number_before(b, end) {
        Some((value, start)) if end - start <= 2 => Some((Part::Number(value), start)),
        Some(_) => None,
        None => month_before(b, end).map(|(month, start)| (Part::Month(month), start)),
    }
}

/// The number of up to 8 digits that ends at `end`, and where it starts.
fn number_before(b: &[u8], end: usize) -> Option<(u32, usize)> {
    let count = b[..end].iter().rev().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let start = end - count;
    (1..=8).contains(&count).then(|| number(&b[start..end])).flatten().map(|value| (value, start))
}

fn blanks_before(b: &[u8], end: usize) -> usize {
    end - b[..end].iter().rev().take(3).take_while(|byte| **byte == b' ').count()
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

/// What comes behind the first three letters, by the numbers of the months.
const ENDINGS: [&[u8]; 12] =
    [b"uary", b"ruary", b"ch", b"il", b"", b"e", b"y", b"ust", b"tember", b"ober", b"ember", b"ember"];

/// The month whose name, or its first three letters, ends at `end`, and where the name starts.
fn month_before(b: &[u8], end: usize) -> Option<(u32, usize)> {
    let count = b[..end].iter().rev().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (start, ending) = b[end - count..end].split_first_chunk::<3>()?;
    let month = month(*start)?;
    let fits = ending.is_empty() || ENDINGS[month as usize - 1].eq_ignore_ascii_case(ending);
    fits.then_some((month, end - count))
}
