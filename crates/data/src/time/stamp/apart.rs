//! Dates that do not stand directly before their time: behind it, or as a member of their own.

use super::clock::{self, Clock};
use super::date::{self, Date, is_weekday};
use super::gap::{forth, has_time, is_date, is_of, name_before};
use super::near::{is_strict, words};
use super::order::Order;
use super::packed::in_minutes;
use super::zone::{self, Zone};
use super::{Known, NEAR, NEAR_EVENT, digits};
use memchr::{memchr2_iter, memmem};

/// How many cells behind a time may have its date.
const CELLS: usize = 8;

/// The date of a time that has none before it.
pub enum Apart {
    /// With the zone that stands between them.
    Date(Date, Option<Zone>),
    /// It has one that can't be read.
    Unread,
}

/// The date of a time that has none before it: behind it, as a member, or in a cell of the same row.
pub fn date_of(b: &[u8], clock: &Clock, known: &Known) -> Option<Apart> {
    if let Some((date, zone)) = behind(b, clock, known) {
        return Some(Apart::Date(date, zone));
    }
    let found = member(b, clock, known).or_else(|| cell(b, clock, known))?;
    Some(found.map_or(Apart::Unread, |date| Apart::Date(date, None)))
}

/// The date behind a time: `10:40:31 14/09/2017`, `"time":"10:40:31","date":"2017-09-14"`.
fn behind(b: &[u8], clock: &Clock, known: &Known) -> Option<(Date, Option<Zone>)> {
    // What SCCM writes, always with the month first: time="19:33:19.766+060" date="11-28-2014"
    let bias = in_minutes(b, clock.end).filter(|_| b[..clock.start].ends_with(b"time=\""));
    let end = clock.end + if bias.is_some() { "+060".len() } else { 0 };
    let mut at = forth(b, end, b"\"'])} \t,;|-");
    let name = b[at..].iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let value = forth(b, at + name, b"\"': =");
    if is_of(&b[at..at + name], b"date") && b[at + name..value].iter().any(|byte| matches!(byte, b'=' | b':')) {
        at = value;
    } else if &b[at..at + name] == b"on" || is_weekday(&b[at..at + name]) {
        at = forth(b, at + name, b" ,");
    }
    if at == end {
        return None;
    }
    let known = Known { order: if bias.is_some() { Order::MonthFirst } else { known.order }, ..*known };
    // The longest text that is a date: of one word, or of day, month and year.
    let mut ends = [at; 3];
    for place in 0..3 {
        let from = if place == 0 { at } else { forth(b, ends[place - 1], b" ,") };
        ends[place] = from + b.get(from..).unwrap_or_default().iter().take(16).take_while(in_date).count();
    }
    let without_year = Clock { year: None, ..*clock };
    let date = ends.iter().rev().find_map(|end| whole(b, at, *end, &without_year, &known))?;
    // Behind the zone of UTC+2, two hours are added to UTC; the bias is what must be added to local time.
    Some((date, bias.map(|ms| Zone::Distance(-ms))))
}

/// What words of dates are made of.
fn in_date(byte: &&u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-.".contains(byte)
}

/// The date, with its year, that is all of the text from `start` to `end`, if no time of its own follows.
fn whole(b: &[u8], start: usize, end: usize, clock: &Clock, known: &Known) -> Option<Date> {
    let end = end - usize::from(b[..end].ends_with(b"."));
    let date = date::ending(b, end, b' ', clock, known)?;
    (date.start == start && date.year.is_some() && !has_time(b, end)).then_some(date)
}

/// The date that is a member elsewhere in the message, of a time that is one: `date=2024-05-14 host=a time=09:12:01`. The
/// inner value: it can be read.
fn member(b: &[u8], clock: &Clock, known: &Known) -> Option<Option<Date>> {
    let quoted = clock.start - usize::from(clock.start > 0 && b[clock.start - 1] == b'"');
    let blank = quoted - usize::from(quoted > 0 && b[quoted - 1] == b' ');
    let (_, name) = name_before(b, blank)?;
    if !is_of(name, b"time") {
        return None;
    }
    let near = &b[..b.len().min(NEAR)];
    let clock = Clock { year: None, ..*clock };
    memchr2_iter(b'd', b'D', near).find_map(|at| {
        let end = at + b"date".len();
        let named = near.get(at..end)?.eq_ignore_ascii_case(b"date") && matches!(near.get(end)?, b'"' | b'=' | b':');
        let value = forth(near, end, b"\"': =");
        let length = near[value..].iter().take(16).take_while(in_date).count();
        let digit = near[value..value + length].iter().any(u8::is_ascii_digit);
        let is = named && digit && !near[..at].ends_with(b"up");
        is.then(|| whole(b, value, value + length, &clock, known))
    })
}

/// The date in one of the next cells, where the time is all of a cell: `09:12:01,ann,2024-05-14`.
fn cell(b: &[u8], clock: &Clock, known: &Known) -> Option<Option<Date>> {
    let end = forth(b, clock.end, b"\"");
    let sign = *b.get(end).filter(|sign| b",;|\t".contains(sign))?;
    let near = &b[..b.len().min(NEAR)];
    let clock = Clock { year: None, ..*clock };
    let mut at = end;
    near.get(end..)?.split(|byte| *byte == sign).take(CELLS).find_map(|cell| {
        let (start, end) = (at, at + cell.len());
        at = end + 1;
        let inner = forth(b, start, b"\" ");
        let length = b[inner..end.max(inner)].iter().take_while(in_date).count();
        is_strict(&b[inner..inner + length]).then(|| whole(b, inner, inner + length, &clock, known))
    })
}

/// The year of a date without one, if a date with one stands before it that is of the same day, as in logs that were put
/// together of others.
pub fn year_before(b: &[u8], date: &Date, clock: &Clock, known: &Known) -> Option<i32> {
    let from = date.start.saturating_sub(CELLS * 8);
    let text = &b[from..date.start];
    if text.len() < "1970-01-01 ".len() {
        return None;
    }
    let clock = Clock { year: None, ..*clock };
    words(text).rev().filter(|word| is_strict(word)).find_map(|word| {
        let end = word.as_ptr().addr() - b.as_ptr().addr() + word.len();
        let other = date::ending(b, end, b' ', &clock, known)?;
        if (other.month, other.day) == (date.month, date.day) { other.year } else { None }
    })
}

/// The zone that is a member behind a date and a time that stand apart: `date=2024-05-14 time=09:12:01 tz="+0200"`.
pub fn zone_behind(b: &[u8], date: &Date, clock: &Clock) -> Option<Zone> {
    let (_, name) = name_before(b, date.start - usize::from(date.start > 0 && b[date.start - 1] == b'"'))?;
    if !is_date(name) {
        return None;
    }
    let behind = b.get(clock.end..b.len().min(NEAR))?;
    [&b"tz"[..], b"timezone", b"time_zone"].iter().find_map(|word| {
        memmem::find_iter(behind, word).find_map(|at| {
            let starts = at.checked_sub(1).is_some_and(|before| b" ,\"\t{|;".contains(&behind[before]));
            let end = at + word.len();
            let value = forth(behind, end, b"\"': =");
            let length = behind[value..].iter().take(40).take_while(|byte| !b"\"', \t;|}".contains(byte)).count();
            let text = &behind[value..value + length];
            if starts && behind[end..value].iter().any(|byte| matches!(byte, b'=' | b':')) {
                zone::value(text)
            } else {
                None
            }
        })
    })
}

/// The time of a message of SCCM, which stands behind its text.
pub fn in_log_of_sccm(b: &[u8], known: &Known) -> Option<(Date, Clock)> {
    const BEHIND: &[u8] = b"]LOG]!><time=\"";
    let near = b.strip_prefix(b"<![LOG[").map(|_| &b[..b.len().min(NEAR_EVENT)])?;
    let hour = memmem::find(near, BEHIND)? + BEHIND.len();
    let colon = hour + digits(b, hour);
    let mut clock = if colon - hour <= 2 && b.get(colon) == Some(&b':') {
        clock::read(b, hour, colon, false)?
    } else {
        return None;
    };
    let (date, zone) = behind(b, &clock, known)?;
    clock.zone = clock.zone.or(zone);
    Some((date, clock))
}
