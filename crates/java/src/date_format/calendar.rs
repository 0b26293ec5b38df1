//! The calendar behind date patterns: days to dates and back, weeks by the rules of the United States (they start on
//! Sunday, the first of a year is the one with January 1), and moments made of whatever fields a text has given.
//!
//! Before 15 October 1582 dates are those of the Julian calendar, as in Java; day numbers count from 1970-01-01.

use super::zones::{Distance, Zone};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// The first day of the Gregorian calendar, 1582-10-15.
const CUTOVER: i64 = -141_427;
const CUTOVER_YEAR: i64 = 1582;

/// Division that rounds down.
pub fn floor_div(a: i64, b: i64) -> i64 {
    a.div_euclid(b)
}

/// Year, month (1 to 12) and day of a day number.
pub fn date_of(days: i64) -> (i64, i64, i64) {
    // Years are counted from March, so that the leap day is the last of its year.
    let (year, day) = if days >= CUTOVER {
        let days = days + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        (era * 400 + year, day - (365 * year + year / 4 - year / 100))
    } else {
        let days = days + 719_470;
        let (era, day) = (days.div_euclid(1461), days.rem_euclid(1461));
        let year = (day - day / 1460) / 365;
        (era * 4 + year, day - 365 * year)
    };
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// The year of a day number.
pub fn year_of(days: i64) -> i64 {
    date_of(days).0
}

/// The day number of a Gregorian date; the day may be out of range.
pub fn gregorian(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year + day - 1 - 719_468
}

/// The day number of a Julian date; the day may be out of range.
fn julian(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(4), year.rem_euclid(4));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 1461 + of_era * 365 + day_of_year + day - 1 - 719_470
}

/// The day number of a date in the calendar of its time.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let new = gregorian(year, month, day);
    if new >= CUTOVER { new } else { julian(year, month, day) }
}

/// The day of the week of a day number: 1 is Sunday.
pub fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7) + 1
}

/// The last day with this weekday that is not after `days`.
fn on_or_before(days: i64, weekday: i64) -> i64 {
    days - (days + 5 - weekday).rem_euclid(7)
}

/// A moment by the calendar and the clock of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Moment {
    /// The year; 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    pub day: i64,
    /// Which of its kind in the month the weekday is.
    pub weekday_in_month: i64,
    pub day_of_year: i64,
    /// 1 is Sunday.
    pub weekday: i64,
    pub week_of_month: i64,
    pub week_of_year: i64,
    pub week_year: i64,
    /// Milliseconds since local midnight.
    pub time: i64,
    pub distance: Distance,
}

impl Moment {
    /// The fields of a moment.
    pub fn new(millis: i64, zone: Zone) -> Moment {
        let distance = zone.at(millis);
        let local = millis.saturating_add(distance.total());
        let days = floor_div(local, DAY);
        let (year, month, day) = date_of(days);
        let first = days_of(year, 1, 1);
        let week = |start: i64| (days - on_or_before(start, 1)) / 7 + 1;
        let (mut week_of_year, mut week_year) = (week(first), year);
        let next = days_of(year.saturating_add(1), 1, 1);
        if days >= on_or_before(next, 1) {
            (week_of_year, week_year) = (1, year + 1);
        }
        Moment {
            year,
            month,
            day,
            // October 1582 had no days 5 to 14, so this is not told by the number of the day.
            weekday_in_month: (days - days_of(year, month, 1)) / 7 + 1,
            day_of_year: days - first + 1,
            weekday: weekday(days),
            week_of_month: week(days_of(year, month, 1)),
            week_of_year,
            week_year,
            time: local.rem_euclid(DAY),
            distance,
        }
    }
}

/// The fields a text can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CalendarPart {
    /// 0 before Christ, 1 after.
    Era,
    Year,
    WeekYear,
    /// 0 to 11.
    Month,
    WeekOfYear,
    WeekOfMonth,
    Day,
    DayOfYear,
    /// 1 is Sunday.
    Weekday,
    WeekdayInMonth,
    /// 0 before noon, 1 after.
    Half,
    /// Hour of the half day.
    Hour,
    HourOfDay,
    Minute,
    Second,
    Millisecond,
    /// Distance from UTC in standard time, in milliseconds.
    Standard,
    /// What daylight saving time adds.
    Saving,
}

/// Fields read from a text, each with the order in which it came: where two say different things, the later one counts.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    parts: [Option<(u32, i64)>; 18],
    count: u32,
}

impl Parts {
    /// Notes a field.
    pub fn set(&mut self, part: CalendarPart, value: i64) {
        self.count += 1;
        self.parts[part as usize] = Some((self.count, value));
    }

    /// Forgets a field.
    pub fn clear(&mut self, part: CalendarPart) {
        self.parts[part as usize] = None;
    }

    /// Moves the year by a century: a year of two digits was put into the wrong one.
    pub fn add_century(&mut self) {
        if let Some((_, year)) = &mut self.parts[CalendarPart::Year as usize] {
            *year += 100;
        }
    }

    fn get(&self, part: CalendarPart) -> Option<i64> {
        self.parts[part as usize].map(|(_, value)| value)
    }

    /// When the field came; 0 for never.
    fn stamp(&self, part: CalendarPart) -> u32 {
        self.parts[part as usize].map_or(0, |(stamp, _)| stamp)
    }

    /// When the later of two fields came, if both are there.
    fn both(&self, a: CalendarPart, b: CalendarPart) -> u32 {
        match (self.stamp(a), self.stamp(b)) {
            (0, _) | (_, 0) => 0,
            (a, b) => a.max(b),
        }
    }

    /// The moment the fields mean. Fields out of range carry over: February 30 is March 1 or 2.
    pub fn moment(&self, zone: Zone) -> i64 {
        let mut time = self.hours() * 3_600_000;
        time += self.get(CalendarPart::Minute).unwrap_or(0) * 60_000;
        time += self.get(CalendarPart::Second).unwrap_or(0) * 1000;
        time += self.get(CalendarPart::Millisecond).unwrap_or(0);
        let days = self.days(time.div_euclid(DAY));
        let local = days.wrapping_mul(DAY).wrapping_add(time.rem_euclid(DAY));
        let (standard, saving) = (self.get(CalendarPart::Standard), self.get(CalendarPart::Saving));
        let distance = match (standard, saving) {
            (Some(standard), Some(saving)) => standard + saving,
            _ => {
                let found = zone.at_local(local);
                standard.unwrap_or(found.standard) + saving.unwrap_or(found.saving)
            }
        };
        local.wrapping_sub(distance)
    }

    fn hours(&self) -> i64 {
        let (of_day, hour, half) =
            (self.stamp(CalendarPart::HourOfDay), self.stamp(CalendarPart::Hour), self.stamp(CalendarPart::Half));
        let of_half = self.both(CalendarPart::Hour, CalendarPart::Half);
        let best = match of_half.max(of_day) {
            0 => hour.max(half),
            best => best,
        };
        match best {
            0 => 0,
            best if best == of_day => self.get(CalendarPart::HourOfDay).unwrap_or(0),
            _ => self.get(CalendarPart::Hour).unwrap_or(0) + 12 * self.get(CalendarPart::Half).unwrap_or(0),
        }
    }

    /// The day number, `carry` days after the one that the fields name.
    fn days(&self, carry: i64) -> i64 {
        if self.stamp(CalendarPart::WeekYear) > self.stamp(CalendarPart::Year) {
            return carry + self.week_date();
        }
        let mut year = self.get(CalendarPart::Year).unwrap_or(1970);
        if self.get(CalendarPart::Era) == Some(0) {
            year = 1 - year;
        }
        let rule = self.rule();
        let new = carry + self.day_in(year, rule, gregorian);
        let old = carry + self.day_in(year, rule, julian);
        // Around the change of calendars a date may be in both or in none; what counts days or weeks from New Year
        // counts by the old one.
        match year {
            ..CUTOVER_YEAR if old < CUTOVER => old,
            CUTOVER_YEAR if matches!(rule, Rule::DayOfYear | Rule::WeekOfYear) => old,
            CUTOVER_YEAR.. if new >= CUTOVER => new,
            _ => old,
        }
    }

    /// Which fields name the day: those that came last.
    fn rule(&self) -> Rule {
        let month_week = self.both(CalendarPart::WeekOfMonth, CalendarPart::Weekday);
        let month_weekday = self.both(CalendarPart::WeekdayInMonth, CalendarPart::Weekday);
        let year_week = self.both(CalendarPart::WeekOfYear, CalendarPart::Weekday);
        let day_of_year = self.stamp(CalendarPart::DayOfYear);
        let day = self.stamp(CalendarPart::Day);
        let alone = self.stamp(CalendarPart::WeekOfMonth);
        let weekday_alone = self.stamp(CalendarPart::WeekdayInMonth).max(self.stamp(CalendarPart::Weekday));
        let week_alone = self.stamp(CalendarPart::WeekOfYear);
        let best = day.max(month_week).max(month_weekday).max(day_of_year).max(year_week);
        // No complete set: a week, or a weekday, alone.
        let (best, month_week, month_weekday, year_week) = match best {
            0 => (alone.max(weekday_alone).max(week_alone), alone, weekday_alone, week_alone),
            best => (best, month_week, month_weekday, year_week),
        };
        let in_month = self.stamp(CalendarPart::WeekOfMonth) >= self.stamp(CalendarPart::WeekOfYear);
        let by_weekday = self.stamp(CalendarPart::WeekdayInMonth) >= self.stamp(CalendarPart::WeekOfYear);
        if best == 0 || best == day {
            return Rule::Day;
        }
        if (best == month_week && in_month) || (best == month_weekday && by_weekday) {
            return match best == month_week {
                true if month_week == month_weekday
                    && self.stamp(CalendarPart::WeekOfMonth) < self.stamp(CalendarPart::WeekdayInMonth) =>
                {
                    Rule::WeekdayInMonth
                }
                true => Rule::WeekOfMonth,
                false => Rule::WeekdayInMonth,
            };
        }
        if best == day_of_year {
            return Rule::DayOfYear;
        }
        debug_assert_eq!(best, year_week);
        Rule::WeekOfYear
    }

    /// The day that the fields name in a year, by one of the calendars.
    fn day_in(&self, year: i64, rule: Rule, calendar: fn(i64, i64, i64) -> i64) -> i64 {
        let weekday = self.get(CalendarPart::Weekday).unwrap_or(1);
        if matches!(rule, Rule::DayOfYear | Rule::WeekOfYear) {
            let first = calendar(year, 1, 1);
            return match rule {
                Rule::DayOfYear => first + self.get(CalendarPart::DayOfYear).unwrap_or(1) - 1,
                _ => {
                    let week = on_or_before(first, 1);
                    on_or_before(week + 6, weekday) + 7 * (self.get(CalendarPart::WeekOfYear).unwrap_or(1) - 1)
                }
            };
        }
        let month = self.get(CalendarPart::Month).unwrap_or(0);
        let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
        let first = calendar(year, month, 1);
        match rule {
            Rule::WeekOfMonth => {
                let week = on_or_before(first, 1);
                on_or_before(week + 6, weekday) + 7 * (self.get(CalendarPart::WeekOfMonth).unwrap_or(1) - 1)
            }
            Rule::WeekdayInMonth => match self.get(CalendarPart::WeekdayInMonth).unwrap_or(1) {
                number @ 0.. => on_or_before(first + 7 * number - 1, weekday),
                number => {
                    let next = if month == 12 { calendar(year + 1, 1, 1) } else { calendar(year, month + 1, 1) };
                    on_or_before(next + 7 * (number + 1) - 1, weekday)
                }
            },
            _ => first + self.get(CalendarPart::Day).unwrap_or(1) - 1,
        }
    }

    /// The day by week year, week and weekday; the first week and Sunday where they are missing.
    fn week_date(&self) -> i64 {
        let year = self.get(CalendarPart::WeekYear).unwrap_or(1970);
        let first = on_or_before(days_of(year, 1, 1), 1);
        let mut week = self.get(CalendarPart::WeekOfYear).unwrap_or(1);
        let mut weekday = self.get(CalendarPart::Weekday).unwrap_or(1);
        if !(1..=7).contains(&weekday) {
            // Only a number (Monday is 1) can be out of range.
            let monday_based = weekday - 1;
            week += monday_based.div_euclid(7);
            weekday = (monday_based.rem_euclid(7) + 1) % 7 + 1;
        }
        first + weekday - 1 + 7 * (week - 1)
    }
}

/// Which fields name the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Day,
    WeekOfMonth,
    WeekdayInMonth,
    DayOfYear,
    WeekOfYear,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_go_both_ways() {
        for days in (-800_000..3_000_000).step_by(37).chain(CUTOVER - 400..CUTOVER + 400) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_of(year, month, day), days, "{year}-{month}-{day}");
        }
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(date_of(CUTOVER), (1582, 10, 15));
        assert_eq!(date_of(CUTOVER - 1), (1582, 10, 4));
        assert_eq!(date_of(-719_164), (1, 1, 1), "January 1 of year 1, Julian");
        assert_eq!(weekday(0), 5);
    }

    #[test]
    fn moments_at_the_ends_of_time() {
        for millis in [i64::MIN, i64::MAX] {
            Moment::new(millis, Zone::Fixed(0));
            Moment::new(millis, Zone::Named(chrono_tz::Tz::Europe__Paris));
        }
    }
}
