//! Moments as written on the command line.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

/// A moment in milliseconds since 1970: ISO 8601, milliseconds since 1970, `now`, or `-15m` before now.
pub(super) fn parse_moment(text: &str, now: i64, zone: Tz) -> Result<i64, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    if let Ok(ms) = text.parse::<i64>() {
        return Ok(ms);
    }
    if let Some(length) = text.strip_prefix('-') {
        return interval(length).and_then(|ms| now.checked_sub(ms)).ok_or_else(|| WANTED.to_string());
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.timestamp_millis());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let local = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    let moment = local.and_then(|local| zone.from_local_datetime(&local).earliest());
    moment.map(|moment| moment.timestamp_millis()).ok_or_else(|| WANTED.to_string())
}

const WANTED: &str = "not a time: write it as 2024-05-01T00:00:00Z, as milliseconds since 1970, as -15m, or now";

/// `15m`, `1d` …
fn interval(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    };
    count.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_moment() {
        for (text, at) in [
            ("now", 1000),
            ("-1s", 0),
            ("1714521600000", 1_714_521_600_000),
            ("2024-05-01T00:00:00Z", 1_714_521_600_000),
            ("2024-05-01T02:00:00+02:00", 1_714_521_600_000),
            ("2024-05-01", 1_714_521_600_000),
            ("2024-05-01 00:00:00.5", 1_714_521_600_500),
        ] {
            assert_eq!(parse_moment(text, 1000, Tz::UTC), Ok(at), "{text}");
        }
        assert_eq!(parse_moment("2024-05-01T02:00", 0, Tz::Europe__Berlin), Ok(1_714_521_600_000));
        for text in ["", "yesterday", "-5x", "2024-13-01"] {
            assert!(parse_moment(text, 0, Tz::UTC).is_err(), "{text}");
        }
    }
}
