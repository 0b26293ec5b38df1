//! Finds the timestamp of a message.
//!
//! The forms are those that Sumo finds by itself, and more. Nearly all have a time of day with a colon, but the counts
//! since 1970: so colons are looked for, and the date is read backwards from there. That makes a message without a
//! timestamp cheap. What lines begin messages ([`Known::begins`]) is told by the same reading.

mod access_log;
mod apart;
mod begins;
mod clock;
mod date;
mod description;
mod epoch;
mod gap;
mod iso;
mod member;
mod named;
mod near;
mod order;
mod packed;
mod tokens;
mod zone;

use super::civil::{DAY, days, moment, year};
use apart::Apart;
use chrono_tz::Tz;
use clock::Clock;
use date::Date;
use memchr::{memchr, memchr_iter};
use named::Named;
use std::cell::Cell;
use std::ops::Range;

pub use begins::Begin;
pub use description::{Stamp, locate};
pub use order::{Evidence, Order, doubts};

/// How far into a message timestamps are looked for, in bytes.
const NEAR: usize = 1000;

/// How far the `TimeCreated` of a Windows event is looked for.
const NEAR_EVENT: usize = 4096;

/// How far a timestamp without a year may be after the receipt: as far as Sumo takes timestamps for right (manual page
/// `time-reference`).
const AHEAD: i64 = 2 * DAY;

/// What is known of a message that its text does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The zone of timestamps that name none.
    pub zone: Tz,
    /// When it was received: tells the year of timestamps that have none, and the day of those that are times of day.
    pub receipt: i64,
    /// The order of day, month and year in dates of numbers.
    pub order: Order,
}

impl Known {
    /// Of messages whose dates are of no known order.
    pub fn new(zone: Tz, receipt: i64) -> Known {
        Known { zone, receipt, order: Order::Unknown }
    }

    /// What the date of a message tells about the order of dates.
    pub fn note(&self, text: &[u8], evidence: &mut Evidence) {
        if let Some((_, Spot::Date(Date { numbers: Some(numbers), .. }, _))) = search(text, self) {
            evidence.add(numbers, self.receipt);
        }
    }
}

/// The message's time in milliseconds since 1970, if its text has one: that of `TimeCreated`, else the first one near
/// the beginning.
pub fn find(text: &str, known: &Known) -> Option<i64> {
    Finder::default().find(text, known)
}

/// Finds the timestamps of messages that follow each other: it remembers the last one.
#[derive(Debug, Default)]
pub struct Finder {
    recent: Cell<self::access_log::Recent>,
    usual: Cell<Option<iso::Usual>>,
    doubts: Cell<u8>,
}

impl Finder {
    /// What [`find`] gives.
    pub fn find(&self, text: &str, known: &Known) -> Option<i64> {
        let b = text.as_bytes();
        if let Some(usual) = self.usual.get()
            && let Some(at) = usual.find(b, known.zone)
        {
            return Some(at);
        }
        // Nothing comes before what `web` finds, but for what stands at the beginning.
        if let Some(at) = self::access_log::find(b, &self.recent)
            && epoch::at_start(b).is_none()
            && packed::at_start(b, known).is_none()
        {
            return Some(at);
        }
        let ((at, spot), settled) = look(b, known)?;
        if let Spot::Date(date, clock) = spot {
            if settled {
                self.usual.set(iso::Usual::of(b, &date, &clock));
            }
            self.doubts.set(self.doubts.get() | spot.doubts());
        }
        Some(at)
    }

    /// What is not certain about the times found since it was last asked, as bits of [`doubts`].
    #[inline]
    pub fn doubts(&self) -> u8 {
        self.doubts.take()
    }
}

/// Where a timestamp was found.
#[derive(Clone, Copy)]
enum Spot {
    /// The `TimeCreated` of a Windows event.
    Event(Clock),
    /// A count of seconds, or of parts of them.
    Count(Count),
    Date(Date, Clock),
    /// A time without a date.
    Time(Clock),
}

impl Spot {
    /// What is not certain about it.
    fn doubts(&self) -> u8 {
        match self {
            Spot::Date(date, _) => date.doubts | if date.year.is_none() { doubts::YEAR } else { 0 },
            _ => 0,
        }
    }

    /// Where it begins.
    fn start(&self) -> usize {
        match self {
            Spot::Event(clock) | Spot::Time(clock) => clock.start,
            Spot::Count(count) => count.start,
            Spot::Date(date, clock) => date.start.min(clock.start),
        }
    }
}

/// A count of seconds, or of parts of them, since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    /// In milliseconds.
    ms: i64,
    start: usize,
    end: usize,
}

impl Count {
    fn found(self) -> (i64, Spot) {
        (self.ms, Spot::Count(self))
    }
}

fn search(b: &[u8], known: &Known) -> Option<(i64, Spot)> {
    look(b, known).map(|(found, _)| found)
}

/// True: what comes behind the timestamp in the message can't change it.
fn look(b: &[u8], known: &Known) -> Option<((i64, Spot), bool)> {
    // The line of an access log may quote an event; it is none.
    let event = time_created(b).filter(|_| self::access_log::find(b, &Cell::default()).is_none());
    if let Some(found) = event.or_else(|| epoch::at_start(b).map(Count::found)) {
        return Some((found, true));
    }
    let dated = |(date, clock): (Date, Clock)| Some((join(&date, &clock, known)?, Spot::Date(date, clock)));
    if let Some(found) = packed::at_start(b, known).or_else(|| apart::in_log_of_sccm(b, known)).and_then(dated) {
        return Some((found, true));
    }
    let object = member::is_object(b);
    let value = |range: Range<usize>| {
        let packed = || packed::value(b, range.start, known).and_then(dated);
        at_colons(b, range.clone(), known).found.or_else(packed)
    };
    if object && let Some(found) = member::top(b, &value) {
        return Some(found);
    }
    let near = 0..b.len().min(NEAR);
    let Colons { found, time_only } = at_colons(b, near.clone(), known);
    let before = found.as_ref().map_or(near.end, |(_, spot)| spot.start());
    let found = epoch::keyed(&b[..before]).map(Count::found).or(found);
    let found = found.or_else(|| packed::anywhere(b, known).and_then(dated));
    let near = &b[near];
    let found = found.or_else(|| epoch::any_dotnet(near).or_else(|| epoch::fifth(near)).map(Count::found));
    let found = found.or_else(|| if object { member::beyond(b, NEAR, &value) } else { None });
    let found = found.or_else(|| time_only.map(|clock| (on_day_of(known, clock), Spot::Time(clock))))?;
    Some((found, !object))
}

/// What a look at the colons of a text tells.
struct Colons {
    /// The first timestamp.
    found: Option<(i64, Spot)>,
    /// The first time without a date, unless something like a date stands near one: it is of no known day, nor is any other.
    time_only: Option<Clock>,
}

/// The timestamps whose first colon is in this part of the text.
fn at_colons(b: &[u8], part: Range<usize>, known: &Known) -> Colons {
    let (mut time_only, mut near_date) = (None, false);
    // When the message was handled, which counts if no other member says when it was.
    let mut handled = None;
    for colon in memchr_iter(b':', &b[part.clone()]).map(|at| part.start + at) {
        let Some(before) = colon.checked_sub(1).map(|at| b[at]) else { continue };
        let mut found = None;
        if !before.is_ascii_digit() {
            match epoch::member(b, colon) {
                Some((count, Named::Handled)) => handled = handled.or(Some(count)),
                other => found = other.map(|(count, _)| count.found()),
            }
        } else if handled.is_none() && (digits(b, colon + 1) >= 2 || clock::is_unpadded(b, colon)) {
            match stamp(b, colon, known) {
                StampMatch::Moment(at, spot) => found = Some((at, spot)),
                StampMatch::Time(clock) => time_only = time_only.or(Some(clock)),
                StampMatch::Near => near_date = true,
                StampMatch::Nothing => {}
            }
        }
        if found.is_some() {
            return Colons { found, time_only: None };
        }
    }
    Colons { found: handled.map(Count::found), time_only: time_only.filter(|_| !near_date) }
}

enum StampMatch {
    Moment(i64, Spot),
    /// A time without a date.
    Time(Clock),
    /// A time beside something like a date that can't be read: it is of no known day, nor is any other.
    Near,
    Nothing,
}

/// The timestamp whose time has its first colon here.
fn stamp(b: &[u8], colon: usize, known: &Known) -> StampMatch {
    let two = colon >= 2 && b[colon - 2].is_ascii_digit();
    let hour = colon - 1 - usize::from(two);
    let before = hour.checked_sub(1).map_or(b' ', |at| b[at]);
    if before.is_ascii_digit() {
        return epoch::audit(b, colon)
            .map_or(StampMatch::Nothing, |count| StampMatch::Moment(count.ms, Spot::Count(count)));
    }
    let strict = matches!(before, b'T' | b't' | b'\'');
    let Some(mut clock) = clock::read(b, hour, colon, strict) else { return StampMatch::Nothing };
    if let Some(mut date) = date::before(b, hour, &clock, known) {
        if date.year.is_none() {
            date.year = apart::year_before(b, &date, &clock, known);
        }
        if clock.zone.is_none() && date.end + 1 < hour {
            clock.zone = apart::zone_behind(b, &date, &clock);
        }
        if let Some(at) = join(&date, &clock, known) {
            return StampMatch::Moment(at, Spot::Date(date, clock));
        }
    }
    let alone = !before.is_ascii_alphanumeric() && !matches!(before, b':' | b'.' | b'-' | b'_' | b'/');
    let ends = !is_word(b, clock.end) && b.get(clock.end) != Some(&b':');
    if !(two && alone && ends && clock.seconds) {
        return StampMatch::Nothing;
    }
    match apart::date_of(b, &clock, known) {
        Some(Apart::Date(date, zone)) => {
            clock.zone = clock.zone.or(zone);
            join(&date, &clock, known).map_or(StampMatch::Near, |at| StampMatch::Moment(at, Spot::Date(date, clock)))
        }
        Some(Apart::Unread) => StampMatch::Near,
        None if near::like_date(b, &clock) => StampMatch::Near,
        None => StampMatch::Time(clock),
    }
}

/// The moment of a date and a time of day.
fn join(date: &Date, clock: &Clock, known: &Known) -> Option<i64> {
    let at = |year: i32| {
        let local = days(year, date.month, date.day)? * DAY + clock.ms;
        Some(match clock.zone {
            Some(zone) => zone.moment(local),
            None => moment(local, known.zone),
        })
    };
    if let Some(year) = date.year {
        return at(year);
    }
    // Messages come after their time; clocks that are wrong and zones that are not named may be ahead. The 29th of
    // February may be 8 years ago.
    let newest = year(known.receipt, known.zone).saturating_add(1);
    (0..=9).filter_map(|ago| at(newest.saturating_sub(ago))).find(|at| *at <= known.receipt.saturating_add(AHEAD))
}

/// The moment of a time of day on the day of receipt, or the day before if that would be more than an hour later.
fn on_day_of(known: &Known, clock: Clock) -> i64 {
    let zone = clock.zone.unwrap_or(zone::Zone::Named(known.zone));
    let at = |receipt: i64| zone.moment(zone.midnight(receipt).saturating_add(clock.ms));
    match at(known.receipt) {
        today if today <= known.receipt.saturating_add(DAY / 24) => today,
        _ => at(known.receipt.saturating_sub(DAY)),
    }
}

/// The time of a Windows event: `<TimeCreated SystemTime='2021-01-14T23:41:40.145335200Z'/>`.
fn time_created(b: &[u8]) -> Option<(i64, Spot)> {
    let near = &b[..b.len().min(NEAR_EVENT)];
    let first = memchr(b'<', near)?;
    // Few attributes stand before it, and `=` is rarer than `<`.
    for equals in memchr_iter(b'=', &near[first..]).map(|at| first + at) {
        if b[..equals].ends_with(b"<TimeCreated SystemTime") {
            return written(b, equals + 2);
        }
    }
    None
}

/// The time at `at`, as Windows writes it.
fn written(b: &[u8], at: usize) -> Option<(i64, Spot)> {
    let fixed = b.get(at..at + 19)?;
    if fixed[4] != b'-' || fixed[7] != b'-' || fixed[10] != b'T' || fixed[13] != b':' || fixed[16] != b':' {
        return None;
    }
    let clock = clock::read(b, at + 11, at + 13, true).filter(|clock| clock.seconds)?;
    let day = days(number(&fixed[..4])? as i32, number(&fixed[5..7])?, number(&fixed[8..10])?)?;
    let local = day * DAY + clock.ms;
    Some((clock.zone.map_or(local, |zone| zone.moment(local)), Spot::Event(clock)))
}

/// How many digits there are from `at` on, up to 20.
fn digits(b: &[u8], at: usize) -> usize {
    b.get(at..).unwrap_or_default().iter().take(20).take_while(|byte| byte.is_ascii_digit()).count()
}

/// The number that these digits, at most 9, are.
fn number(b: &[u8]) -> Option<u32> {
    b.iter().try_fold(0, |value: u32, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

/// Whether a letter or digit stands at `at`.
fn is_word(b: &[u8], at: usize) -> bool {
    b.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod products;
#[cfg(test)]
mod tests;
