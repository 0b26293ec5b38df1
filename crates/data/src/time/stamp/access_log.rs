//! The timestamp of web servers' access logs, `14/May/2024:09:12:01 +0200`: the logs that are largest. The general search
//! finds it too, only later.

use super::date::{month, pair, plausible};
use super::{DAY, NEAR, days};
use memchr::memchr3;
use std::cell::Cell;
use wide::u8x16;

/// A timestamp and its moment. Busy servers write many messages in a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recent {
    stamp: [u8; 26],
    at: i64,
}

/// The first colon near the beginning, unless a `<` comes before it, or a `=`: behind that a count may stand.
#[inline]
fn colon(b: &[u8]) -> Option<usize> {
    let near = &b[..b.len().min(NEAR)];
    // In these logs it is within a few dozen bytes: a call would take longer.
    let (chunks, _) = near.as_chunks::<16>();
    for (number, chunk) in chunks.iter().take(4).enumerate() {
        let bytes = u8x16::new(*chunk);
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let found = (is(b':') | is(b'<') | is(b'=')).to_bitmask();
        if found != 0 {
            let at = number * 16 + found.trailing_zeros() as usize;
            return (b[at] == b':').then_some(at);
        }
    }
    memchr3(b':', b'<', b'=', near).filter(|at| b[*at] == b':')
}

/// The moment of a timestamp whose first colon is the first of the text, and that has no `<` nor `=` before it.
#[inline]
pub fn find(b: &[u8], recent: &Cell<Recent>) -> Option<i64> {
    let colon = colon(b)?;
    // With the bytes before and behind, neither of which may be a digit.
    let t: &[u8; 28] = b.get(colon.checked_sub(12)?..colon + 16)?.try_into().ok()?;
    let between = !t[0].is_ascii_digit() && !t[27].is_ascii_digit();
    let stamp: &[u8; 26] = t[1..27].try_into().ok()?;
    let last = recent.get();
    if between && *stamp == last.stamp {
        return Some(last.at);
    }
    let signs = [t[3], t[7], t[15], t[18], t[21]] == *b"//:: " && matches!(t[22], b'+' | b'-');
    if !signs || !between {
        return None;
    }
    let (day, month) = (pair(t[1], t[2])?, month([t[4], t[5], t[6]])?);
    let year = plausible(pair(t[8], t[9])? * 100 + pair(t[10], t[11])?)?;
    let (hours, minutes, seconds) = (pair(t[13], t[14])?, pair(t[16], t[17])?, pair(t[19], t[20])?);
    let (zone_hours, zone_minutes) = (pair(t[23], t[24])?, pair(t[25], t[26])?);
    if hours > 23 || minutes > 59 || seconds > 60 || zone_hours > 18 || zone_minutes > 59 {
        return None;
    }
    let zone = i64::from(zone_hours * 60 + zone_minutes) * 60_000;
    let local = days(year, month, day)? * DAY + i64::from((hours * 60 + minutes) * 60 + seconds) * 1000;
    let at = if t[22] == b'-' { local + zone } else { local - zone };
    recent.set(Recent { stamp: *stamp, at });
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp::{Known, search};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn the_general_search_finds_the_same(
            text in "[a-z0-9<\\[ ]{0,3}[ \\[x0]([0-3][0-9]|3)/(Jan|feb|MAR|Apr|May|Jux|Dec)/(19[67][0-9]|20[0-9]{2}|2200):[0-2][0-9]:[0-6][0-9]:[0-6][0-9] [+-][01][0-9][0-6][0-9][\\] 0x:]{1,2}",
            receipt in 0..4_000_000_000_000_i64,
        ) {
            if let Some(at) = find(text.as_bytes(), &Cell::default()) {
                let general = search(text.as_bytes(), &Known::new(Tz::Europe__Berlin, receipt)).map(|(at, _)| at);
                prop_assert_eq!(general, Some(at), "{}", text);
            }
        }
    }

    #[test]
    fn most_are_found() {
        let recent = Cell::default();
        let find = |text: &[u8]| find(text, &recent);
        assert_eq!(find(b"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /\""), Some(971_211_336_000));
        for text in
            ["[31/Feb/2024:13:55:36 -0700]", "[10/Oct/2000:25:00:00 +0000]", "[10/Oct/2000:13:55:36 -07000]", ":", ""]
        {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
    }
}
