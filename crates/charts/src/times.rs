//! Round ticks on an axis of time, in the zone of the query, and their texts.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// A tick on an axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    /// The moment, in milliseconds since 1970.
    pub at: i64,
    /// The time, or the day.
    pub label: String,
    /// What is new beside it: the day, or the year.
    pub below: Option<String>,
}

/// The distances of ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Millis(i64),
    Days(i64),
    Months(i32),
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The round distances, ascending.
const STEPS: &[Step] = &[
    Step::Millis(1),
    Step::Millis(5),
    Step::Millis(10),
    Step::Millis(50),
    Step::Millis(100),
    Step::Millis(500),
    Step::Millis(SECOND),
    Step::Millis(5 * SECOND),
    Step::Millis(10 * SECOND),
    Step::Millis(15 * SECOND),
    Step::Millis(30 * SECOND),
    Step::Millis(MINUTE),
    Step::Millis(2 * MINUTE),
    Step::Millis(5 * MINUTE),
    Step::Millis(10 * MINUTE),
    Step::Millis(15 * MINUTE),
    Step::Millis(30 * MINUTE),
    Step::Millis(HOUR),
    Step::Millis(2 * HOUR),
    Step::Millis(3 * HOUR),
    Step::Millis(6 * HOUR),
    Step::Millis(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(600),
    Step::Months(1200),
];

impl Step {
    fn millis(self) -> i64 {
        match self {
            Step::Millis(n) => n,
            Step::Days(n) => n * DAY,
            Step::Months(n) => i64::from(n) * 30 * DAY,
        }
    }
}

/// At most about so many ticks from `from` to `to`. None where the calendar does not know the times.
pub(crate) fn ticks(from: i64, to: i64, most: usize, zone: Tz) -> Vec<Tick> {
    let span = to.saturating_sub(from).max(1);
    let fits = |step: &&Step| span / step.millis() < most.max(1) as i64;
    let Some(step) = STEPS.iter().find(fits).or(STEPS.last()).copied() else { return Vec::new() };
    let local = |ms: i64| Utc.timestamp_millis_opt(ms).single().map(|utc| utc.with_timezone(&zone));
    let (Some(first), Some(_)) = (local(from), local(to)) else { return Vec::new() };
    let mut out: Vec<Tick> = Vec::new();
    let mut next = floor(first.naive_local(), step);
    let mut before: Option<NaiveDateTime> = None;
    while let Some(at) = next {
        // A time that a clock skips when summer begins has no tick.
        if let Some(moment) = zone.from_local_datetime(&at).earliest() {
            let ms = moment.timestamp_millis();
            if ms > to || out.len() > 2 * most + 2 {
                break;
            }
            if ms >= from {
                out.push(Tick { at: ms, label: label(moment, step), below: below(at, before, step) });
                before = Some(at);
            }
        }
        next = after(at, step);
    }
    out
}

/// The last round time that is not after this one.
fn floor(at: NaiveDateTime, step: Step) -> Option<NaiveDateTime> {
    let midnight = at.date().and_time(NaiveTime::MIN);
    match step {
        Step::Millis(n) => {
            let within = (at - midnight).num_milliseconds();
            midnight.checked_add_signed(Duration::milliseconds(within - within % n))
        }
        Step::Days(n) => {
            // Weeks begin on Mondays, as 1970-01-05 was one.
            let anchor = NaiveDate::from_ymd_opt(1970, 1, 5)?;
            let days = (at.date() - anchor).num_days();
            midnight.checked_sub_signed(Duration::days(days.rem_euclid(n)))
        }
        Step::Months(n) => month(at.year() * 12 + at.month0() as i32, n),
    }
}

/// The beginning of the month of this number (from the year 0), rounded down to a multiple.
fn month(number: i32, multiple: i32) -> Option<NaiveDateTime> {
    let number = number - number.rem_euclid(multiple);
    let date = NaiveDate::from_ymd_opt(number.div_euclid(12), number.rem_euclid(12) as u32 + 1, 1)?;
    Some(date.and_time(NaiveTime::MIN))
}

/// The next round time.
fn after(at: NaiveDateTime, step: Step) -> Option<NaiveDateTime> {
    match step {
        Step::Millis(n) => at.checked_add_signed(Duration::milliseconds(n)),
        Step::Days(n) => at.checked_add_signed(Duration::days(n)),
        Step::Months(n) => month(at.year() * 12 + at.month0() as i32 + n, n),
    }
}

fn label(at: DateTime<Tz>, step: Step) -> String {
    let format = match step {
        Step::Millis(n) if n < SECOND => "%H:%M:%S%.3f",
        Step::Millis(n) if n < MINUTE => "%H:%M:%S",
        Step::Millis(_) => "%H:%M",
        Step::Days(_) => "%m-%d",
        Step::Months(n) if n < 12 => "%Y-%m",
        Step::Months(_) => "%Y",
    };
    at.format(format).to_string()
}

/// What is new since the tick before: the day of times, the year of days.
fn below(at: NaiveDateTime, before: Option<NaiveDateTime>, step: Step) -> Option<String> {
    match step {
        Step::Millis(_) if before.is_none_or(|before| before.date() != at.date()) => {
            Some(at.format("%Y-%m-%d").to_string())
        }
        Step::Days(_) if before.is_none_or(|before| before.year() != at.year()) => Some(at.format("%Y").to_string()),
        _ => None,
    }
}

/// Times as names of bars: as short as all of them can be.
pub fn names(times: &[i64], zone: Tz) -> Vec<String> {
    let format = match times {
        times if times.iter().any(|ms| ms % SECOND != 0) => "%Y-%m-%d %H:%M:%S%.3f",
        times if times.iter().any(|ms| ms % MINUTE != 0) => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M",
    };
    let text = |ms: &i64| match Utc.timestamp_millis_opt(*ms).single() {
        Some(utc) => utc.with_timezone(&zone).format(format).to_string(),
        None => ms.to_string(),
    };
    let all: Vec<String> = times.iter().map(text).collect();
    match all.iter().all(|name| name.ends_with(" 00:00")) {
        true => all.iter().map(|name| name.trim_end_matches(" 00:00").to_string()).collect(),
        false => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(from: &str, to: &str, most: usize, zone: Tz) -> String {
        let ms = |text: &str| text.parse::<DateTime<Utc>>().map_or(0, |at| at.timestamp_millis());
        let ticks = ticks(ms(from), ms(to), most, zone);
        let one =
            |tick: &Tick| format!("{}{}", tick.label, tick.below.as_ref().map_or(String::new(), |b| format!("/{b}")));
        ticks.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_in_the_zone() {
        assert_eq!(
            shown("2024-05-01T22:00:00Z", "2024-05-02T03:00:00Z", 6, Tz::UTC),
            "22:00/2024-05-01 23:00 00:00/2024-05-02 01:00 02:00 03:00"
        );
        assert_eq!(
            shown("2024-05-01T00:10:00Z", "2024-05-01T00:20:00Z", 3, Tz::Asia__Kolkata),
            "05:40/2024-05-01 05:45 05:50"
        );
        assert_eq!(shown("2023-12-28T00:00:00Z", "2024-01-03T00:00:00Z", 4, Tz::UTC), "12-29/2023 12-31 01-02/2024");
        assert_eq!(
            shown("2024-01-15T00:00:00Z", "2024-06-15T00:00:00Z", 6, Tz::UTC),
            "2024-02 2024-03 2024-04 2024-05 2024-06"
        );
        assert_eq!(shown("1970-01-01T00:00:00Z", "2024-06-15T00:00:00Z", 7, Tz::UTC), "1970 1980 1990 2000 2010 2020");
    }

    #[test]
    fn an_hour_that_no_clock_shows_has_no_tick() {
        let text = shown("2024-03-31T00:00:00Z", "2024-03-31T03:00:00Z", 6, Tz::Europe__Berlin);
        assert_eq!(text, "01:00/2024-03-31 03:00 04:00 05:00");
    }

    #[test]
    fn times_out_of_any_calendar_have_no_ticks() {
        assert!(ticks(i64::MIN, i64::MAX, 5, Tz::UTC).is_empty());
        assert_eq!(names(&[i64::MAX], Tz::UTC), [i64::MAX.to_string()]);
    }

    #[test]
    fn names_are_as_short_as_they_can_be() {
        assert_eq!(names(&[0, DAY], Tz::UTC), ["1970-01-01", "1970-01-02"]);
        assert_eq!(names(&[0, HOUR], Tz::UTC), ["1970-01-01 00:00", "1970-01-01 01:00"]);
        assert_eq!(names(&[5], Tz::UTC), ["1970-01-01 00:00:00.005"]);
    }
}
