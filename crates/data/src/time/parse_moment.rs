//! Reads the ends of a query's time range.

use super::civil::{DAY, days, moment, year};
use chrono_tz::Tz;

/// The moment that a text stands for, in milliseconds since 1970. `now` is the present, `zone` that of texts that name
/// none.
///
/// The forms: `now`; `-15m`, `+2h` and so on from now (s, m, h, d of 24 hours, w); milliseconds since 1970;
/// `2024-05-14`, `2024/05/14`, `05-14`, `05/14`, `05/14/2024`, with a time of day behind, such as `T09:12`, `09:12:01.5`,
/// `09:12+02:00`, `9:12:01 pm` or `9 pm`; without a year that of the present. The error says what is wrong, in one line.
pub fn parse_moment(text: &str, now: i64, zone: Tz) -> Result<i64, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        10 if all_digits => {
            return Err(format!("`{text}` is in seconds since 1970; milliseconds are expected: `{text}000`"));
        }
        1 | 11.. if all_digits => return text.parse().map_err(|_| format!("`{text}` is out of range")),
        _ => {}
    }
    if let Some(result) = relative(text, now) {
        return result;
    }
    absolute(text, now, zone).ok_or_else(|| {
        format!(
            "`{text}` is not a time; expected 2024-05-14T09:12:01Z, -15m, now, 05/14/2024 09:12:01, or milliseconds \
             since 1970"
        )
    })
}

/// `-15m` from now.
fn relative(text: &str, now: i64) -> Option<Result<i64, String>> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let (number, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let unit = match unit.trim() {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => {
            return Some(Err(format!(
                "`{text}` is not a length of time; expected a number and a unit (s, m, h, d or \
                                      w), as in -15m"
            )));
        }
    };
    let moment = number.parse::<i64>().ok().and_then(|n| n.checked_mul(sign * unit)).and_then(|ms| now.checked_add(ms));
    Some(moment.ok_or_else(|| match number {
        "" => format!("`{text}` has no number; expected a number and a unit, as in -15m"),
        _ => format!("`{text}` is out of range"),
    }))
}

fn absolute(text: &str, now: i64, zone: Tz) -> Option<i64> {
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim_start())),
        None => (text, None),
    };
    let slashes = date.contains('/');
    if slashes && date.contains('-') {
        return None;
    }
    let parts: Vec<&str> = date.split(['-', '/']).collect();
    let year_of = |text: &str| number(text).filter(|_| text.len() == 4).map(|year| year as i32);
    // With strokes a number may have one digit.
    let least = if slashes { 1 } else { 2 };
    let part = |text: &str| number(text).filter(|_| (least..=2).contains(&text.len()));
    let (year, month, day) = match parts[..] {
        [year, month, day] if year.len() == 4 => (year_of(year)?, part(month)?, part(day)?),
        [month, day, year] if slashes => (year_of(year)?, part(month)?, part(day)?),
        [month, day] => (year(now, zone), part(month)?, part(day)?),
        _ => return None,
    };
    let (ms, distance) = match clock {
        Some(clock) => time(clock)?,
        None => (0, None),
    };
    let local = days(year, month, day)? * DAY + ms;
    Some(match distance {
        Some(distance) => local - distance,
        None => moment(local, zone),
    })
}

/// A time of day in milliseconds, and the distance of its zone from UTC.
fn time(text: &str) -> Option<(i64, Option<i64>)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.' && c != ',').unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<u32> =
        clock.split(':').map(|part| number(part).filter(|_| part.len() <= 2)).collect::<Option<_>>()?;
    let (mut hour, minute, second) = match parts[..] {
        [hour] => (hour, 0, 0),
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let rest = rest.trim();
    let half = ["am", "pm"].iter().position(|half| rest.eq_ignore_ascii_case(half));
    let distance = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => {
            hour = hour % 12 + 12 * half as u32;
            None
        }
        None if rest.is_empty() && parts.len() > 1 => None,
        None if parts.len() > 1 => Some(distance(rest)?),
        None => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let ms = match fraction {
        None => 0,
        Some(_) if parts.len() < 3 => return None,
        Some(digits) if digits.is_empty() || digits.len() > 9 => return None,
        Some(digits) => number(&format!("{digits:0<9}")[..3]).filter(|_| digits.bytes().all(|d| d.is_ascii_digit()))?,
    };
    Some((i64::from(((hour * 60 + minute) * 60 + second) * 1000 + ms), distance))
}

/// `Z`, `+02:00`, `-0730`, `+02`.
fn distance(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") || text == "UTC" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some((hours, minutes)), 5) => (hours, minutes),
        (None, 4) => rest.split_at_checked(2)?,
        (None, 2) => (rest, "00"),
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 18 && minutes <= 59).then_some(sign * i64::from(hours * 60 + minutes) * 60_000)
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    /// 2024-05-14T12:00:00Z.
    const NOW: i64 = 1_715_688_000_000;

    fn read(text: &str, zone: Tz) -> Result<String, String> {
        let at = parse_moment(text, NOW, zone)?;
        let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
        Ok(time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
    }

    #[test]
    fn moments() {
        for (text, expected) in [
            ("now", "2024-05-14T12:00:00.000"),
            (" NOW ", "2024-05-14T12:00:00.000"),
            ("-15m", "2024-05-14T11:45:00.000"),
            ("+90s", "2024-05-14T12:01:30.000"),
            ("-1d", "2024-05-13T12:00:00.000"),
            ("-2h", "2024-05-14T10:00:00.000"),
            ("-1w", "2024-05-07T12:00:00.000"),
            ("0", "1970-01-01T00:00:00.000"),
            ("1715688000123", "2024-05-14T12:00:00.123"),
            ("2024-05-14", "2024-05-14T00:00:00.000"),
            ("2024-05-14T09:12", "2024-05-14T09:12:00.000"),
            ("2024-05-14 09:12:01.5", "2024-05-14T09:12:01.500"),
            ("2024-05-14T09:12:01Z", "2024-05-14T09:12:01.000"),
            ("2024-05-14T09:12:01.123456+02:00", "2024-05-14T07:12:01.123"),
            ("2024-05-14 09:12 -0730", "2024-05-14T16:42:00.000"),
            ("05/14/2024", "2024-05-14T00:00:00.000"),
            ("5/4", "2024-05-04T00:00:00.000"),
            ("2024/05/14 09:12:01.123", "2024-05-14T09:12:01.123"),
            ("05-14", "2024-05-14T00:00:00.000"),
            ("05-14 09:12", "2024-05-14T09:12:00.000"),
            ("05/14/2024 09:12", "2024-05-14T09:12:00.000"),
            ("05/14/2024 09:12:01 PM", "2024-05-14T21:12:01.000"),
            ("05/14/2024 12am", "2024-05-14T00:00:00.000"),
            ("05/14/2024 12:30 pm", "2024-05-14T12:30:00.000"),
        ] {
            assert_eq!(read(text, Tz::UTC).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(read("2024-05-14", Tz::Europe__Berlin).as_deref(), Ok("2024-05-13T22:00:00.000"));
        assert_eq!(read("2024-05-14T09:12:01Z", Tz::Europe__Berlin).as_deref(), Ok("2024-05-14T09:12:01.000"));
    }

    #[test]
    fn what_is_no_moment() {
        for (text, reason) in [
            ("", "`` is not a time"),
            ("yesterday", "`yesterday` is not a time"),
            ("-1h30m", "`-1h30m` is not a length of time"),
            ("-15", "`-15` is not a length of time"),
            ("-m", "`-m` has no number"),
            ("-99999999999999999999w", "`-99999999999999999999w` is out of range"),
            ("1715688000", "`1715688000` is in seconds"),
            ("99999999999999999999", "`99999999999999999999` is out of range"),
            ("2024", "`2024` is not a time"),
            ("2024-13-01", "`2024-13-01` is not a time"),
            ("2023-02-29", "`2023-02-29` is not a time"),
            ("2024-05-14T24:00", "`2024-05-14T24:00` is not a time"),
            ("2024-05-14T9", "`2024-05-14T9` is not a time"),
            ("14/05/2024", "`14/05/2024` is not a time"),
            ("05-14-2024", "`05-14-2024` is not a time"),
            ("2024-05/14", "`2024-05/14` is not a time"),
            ("5-14", "`5-14` is not a time"),
            ("05/14/24", "`05/14/24` is not a time"),
            ("05/14/2024 13 pm", "`05/14/2024 13 pm` is not a time"),
            ("2024-05-14T09:12:01 Mars", "`2024-05-14T09:12:01 Mars` is not a time"),
        ] {
            let error = read(text, Tz::UTC).err().unwrap_or_default();
            assert!(error.starts_with(reason) && !error.contains('\n'), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "([-+]|[0-9]{1,4}|[-/: T.,]|am|Z|ü|\\PC){0,12}", now in any::<i64>()) {
            let _ = parse_moment(&text, now, Tz::UTC);
            let _ = parse_moment(&text, now, Tz::America__New_York);
        }
    }
}
