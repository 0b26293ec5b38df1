//! Slices of time that start on the clock of a zone.

use chrono::{Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// The zone's distance from UTC at a moment, in milliseconds.
pub fn offset(at: i64, zone: Tz) -> i64 {
    if zone == Tz::UTC {
        return 0;
    }
    match Utc.timestamp_millis_opt(at).single() {
        Some(moment) => i64::from(zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc()) * 1000,
        None => 0,
    }
}

/// Start and end of the slice of this width that a moment lies in, in milliseconds. Slices start at multiples of the
/// width since 1970 by the local clock. Across a change of the clock a slice may be longer or shorter than its width.
pub fn slice(at: i64, width: i64, zone: Tz) -> (i64, i64) {
    let width = width.max(1);
    if zone == Tz::UTC {
        let start = at.saturating_sub(at.rem_euclid(width));
        return (start, start.saturating_add(width));
    }
    let local = at.saturating_add(offset(at, zone));
    let start = local.saturating_sub(local.rem_euclid(width));
    let utc = |local: i64| local.saturating_sub(offset(local.saturating_sub(offset(local, zone)), zone));
    (utc(start), utc(start.saturating_add(width)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_start_on_the_local_clock() {
        assert_eq!(slice(1_714_521_930_000, 300_000, Tz::UTC), (1_714_521_900_000, 1_714_522_200_000));
        let (start, end) = slice(1_714_521_930_000, 86_400_000, Tz::America__New_York);
        assert_eq!((start, end), (1_714_449_600_000, 1_714_536_000_000), "midnight in New York is 04:00 UTC");
        assert_eq!(slice(-1, 1000, Tz::UTC), (-1000, 0));
    }
}
