//! Days of the calendar as numbers, and local times as moments.

use super::slice_start::offset;
use chrono::{Days, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// A day in milliseconds.
pub const DAY: i64 = 86_400_000;

/// The days from 1970-01-01 to a date of the Gregorian calendar; `None` if there is no such date.
pub fn days(year: i32, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day == 0 || day > month_length(year, month) {
        return None;
    }
    // Years that start in March put the odd day at the end.
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * i64::from((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The moment of a time on the local clock, both in milliseconds since 1970. Of two such moments the earlier one;
/// where the clock skips the time, as if it had not been changed yet.
pub fn moment(local: i64, zone: Tz) -> i64 {
    if zone == Tz::UTC {
        return local;
    }
    let Some(naive) = naive(local) else { return local };
    match zone.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.timestamp_millis(),
        LocalResult::None => {
            let before = naive.checked_sub_days(Days::new(1)).and_then(|day| zone.from_local_datetime(&day).earliest());
            before.map_or(local, |before| before.timestamp_millis().saturating_add(DAY))
        }
    }
}

/// The year on the local clock.
pub fn year(at: i64, zone: Tz) -> i32 {
    use chrono::Datelike;
    naive(at.saturating_add(offset(at, zone))).map_or(1970, |naive| naive.year())
}

fn naive(local: i64) -> Option<NaiveDateTime> {
    Some(Utc.timestamp_millis_opt(local).single()?.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_are_those_of_chrono(year in 0..4000_i32, month in 0..14_u32, day in 0..33_u32) {
            let epoch = NaiveDate::default();
            let expected = NaiveDate::from_ymd_opt(year, month, day).map(|date| (date - epoch).num_days());
            prop_assert_eq!(days(year, month, day), expected);
        }
    }

    #[test]
    fn clocks_that_are_changed() {
        let berlin = Tz::Europe__Berlin;
        let local = |text: &str| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map_or(0, |naive| naive.and_utc().timestamp_millis())
        };
        assert_eq!(moment(local("2024-07-01 12:00"), berlin), local("2024-07-01 10:00"));
        assert_eq!(moment(local("2024-10-27 02:30"), berlin), local("2024-10-27 00:30"), "twice");
        assert_eq!(moment(local("2024-03-31 02:30"), berlin), local("2024-03-31 01:30"), "never");
        assert_eq!(year(local("2024-12-31 23:30"), berlin), 2025);
        assert_eq!(moment(i64::MAX, berlin), i64::MAX);
    }
}
