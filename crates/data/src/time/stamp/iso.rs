//! Timestamps as in `2024-05-14T09:12:01.123Z`, which most logs have, at the place where the message before had one: the
//! general search finds the same, only later.

use super::clock::fraction;
use super::date::{Date, pair};
use super::zone::zone;
use super::{Clock, DAY, NEAR_EVENT, days, moment};
use chrono_tz::Tz;
use memchr::memchr;

/// The longest text before a timestamp that is remembered.
const MAX_BYTES: usize = 32;

/// Where the last message had its timestamp, and its day.
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    /// What stood before it: messages that begin with the same have their timestamp at the same place.
    before: [u8; MAX_BYTES],
    length: usize,
    /// The date, and the sign behind it.
    date: [u8; 11],
    /// In milliseconds since 1970.
    day: i64,
}

impl Usual {
    /// What is to be remembered of a message whose timestamp the general search found.
    pub fn of(b: &[u8], date: &Date, clock: &Clock) -> Option<Usual> {
        let before = b.get(..date.start).filter(|before| before.len() <= MAX_BYTES)?;
        let text: [u8; 11] = b.get(date.start..clock.start)?.try_into().ok()?;
        let form = text[4] == b'-' && text[7] == b'-' && matches!(text[10], b'T' | b' ');
        // What looks like a time itself may be read together with what follows.
        let time = before.windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1] == b':');
        if !form || time || !clock.seconds {
            return None;
        }
        let mut usual = Usual { before: [0; MAX_BYTES], length: before.len(), date: text, day: 0 };
        usual.before[..before.len()].copy_from_slice(before);
        usual.day = days(date.year?, date.month, date.day)? * DAY;
        Some(usual)
    }

    /// The moment of the timestamp, if it stands at the same place, is of the same day, and nothing stands in the message
    /// that would be taken before it.
    #[inline]
    pub fn find(&self, b: &[u8], of: Tz) -> Option<i64> {
        let start = self.length;
        let text: &[u8; 19] = b.get(start..start + 19)?.try_into().ok()?;
        if text[..11] != self.date || !b.starts_with(&self.before[..start]) {
            return None;
        }
        let (hours, minutes, seconds) =
            (pair(text[11], text[12])?, pair(text[14], text[15])?, pair(text[17], text[18])?);
        if hours > 23 || minutes > 59 || seconds > 60 || text[13] != b':' || text[16] != b':' {
            return None;
        }
        let (mut ms, mut end) = (0, start + 19);
        if let Some(next) = b.get(end) {
            if next.is_ascii_digit() {
                return None;
            }
            (ms, end) = fraction(b, end, text[10] == b'T');
        }
        // Half of the day, perhaps.
        let behind = b.get(end + usize::from(b.get(end) == Some(&b' ')));
        if matches!(behind, Some(b'A' | b'a' | b'P' | b'p')) {
            return None;
        }
        // An event, perhaps, whose own time counts.
        let near = &b[..b.len().min(NEAR_EVENT)];
        if memchr(b'<', near.get(start..).unwrap_or_default()).is_some() {
            return None;
        }
        let local = self.day + i64::from(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms);
        Some(match zone(b, end) {
            Some((zone, _)) => zone.moment(local),
            None => moment(local, of),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::Usual;
    use crate::time::stamp::{Finder, Known, Spot, search};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

        #[test]
        fn the_general_search_finds_the_same(
            before in "|\\[|\\{\"t\":\"|\\{\"ts\":\"|<3>1 |x |1:|12:30 |[a-c0-9:<\\[ \"]{0,6}",
            messages in proptest::collection::vec(
                ("(|.)", "(2024-05-14|2024-05-1[45]|2024-02-30)[T ](0|1|2)[0-9]:[0-6][0-9](:[0-6][0-9])?",
                 "(|[.,:][0-9]{1,7})( ?[AP]M)?(Z|z| UTC| JST| EST|\\+02:00| -0130| -03|\\+2| Europe/Berlin| GMT\\+2|)([\" \\],|a0:<]| INFO | 2023)?",
                 "(| <TimeCreated SystemTime='2020-01-01T00:00:00Z'/>| 10/Oct/2000:13:55:36 -0700| 1714521600)"),
                1..5,
            ),
            receipt in 1_600_000_000_000..1_800_000_000_000_i64,
        ) {
            let finder = Finder::default();
            for (more, stamp, behind, rest) in messages {
                let text = format!("{before}{more}{stamp}{behind}{rest}");
                let known = Known::new(Tz::Europe__Berlin, receipt);
                let general = search(text.as_bytes(), &known).map(|(at, _)| at);
                prop_assert_eq!(finder.find(&text, &known), general, "{}", text);
            }
        }
    }

    #[test]
    fn most_are_found() {
        for text in [
            "2024-05-14 09:12:01,123 INFO x",
            "{\"timestamp\":\"2024-05-14T09:12:01.5Z\"}",
            "<3>1 2024-05-14T09:12:01+02:00 host",
        ] {
            let b = text.as_bytes();
            let Some((at, Spot::Date(date, clock))) = search(b, &Known::new(Tz::UTC, 0)) else {
                panic!("no date in {text}")
            };
            let usual = Usual::of(b, &date, &clock).unwrap();
            assert_eq!(usual.find(b, Tz::UTC), Some(at), "{text}");
            assert_eq!(usual.find(text.replace(":01", ":02").as_bytes(), Tz::UTC), Some(at + 1000), "{text}");
        }
    }
}
