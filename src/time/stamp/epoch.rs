//! Timestamps that are counts of seconds, or of parts of them, since 1970.

use super::{Count, digits, is_word, number};
use memchr::memchr_iter;

/// A count at the beginning of the message: alone, in a bracket or quote, or after the priority and version of
/// syslog.
#[inline]
pub fn at_start(b: &[u8]) -> Option<Count> {
    // Most texts begin with a word or an address, which few looks show.
    match b.first_chunk::<4>() {
        Some(first) if first[0].is_ascii_alphanumeric() && !first.iter().all(u8::is_ascii_digit) => None,
        _ => behind_signs(b),
    }
}

fn behind_signs(b: &[u8]) -> Option<Count> {
    let blank = b.first()?.is_ascii_whitespace();
    let mut at = if blank { b.iter().take(8).take_while(|byte| byte.is_ascii_whitespace()).count() } else { 0 };
    match b.get(at)? {
        b'[' | b'(' | b'"' => at += 1,
        b'<' => {
            at += 1 + digits(b, at + 1);
            let version = b.get(at..at + 3)?;
            if version[0] != b'>' || !version[1].is_ascii_digit() || version[2] != b' ' {
                return None;
            }
            at += 3;
        }
        _ => {}
    }
    count(b, at)
}

/// A count that is the value of a member, named like a time, of a JSON object. `colon` is the place before it.
pub fn member(b: &[u8], colon: usize) -> Option<Count> {
    let end = colon.checked_sub(1).filter(|at| b[*at] == b'"')?;
    let at = colon + 1 + b[colon + 1..].iter().take(4).take_while(|byte| byte.is_ascii_whitespace()).count();
    let at = at + usize::from(b.get(at) == Some(&b'"'));
    // Most values are no numbers: the name need not be looked at.
    if digits(b, at) < 10 {
        return None;
    }
    let start = end.saturating_sub(40);
    let name = &b[start + memchr::memrchr(b'"', &b[start..end])? + 1..end];
    let ends = |with: &[u8]| name.len() >= with.len() && name[name.len() - with.len()..].eq_ignore_ascii_case(with);
    let is = |text: &[u8]| name.eq_ignore_ascii_case(text);
    let named = is(b"ts") || is(b"t") || is(b"date") || is(b"epoch") || ends(b"time") || ends(b"timestamp");
    (named || ends(b"_ts") || ends(b"time_ms") || ends(b"timeMillis") || ends(b"epoch_ms"))
        .then(|| count(b, at))
        .flatten()
}

/// The count in `audit(1439992022.365:83931889)`, whose colon is given.
pub fn audit(b: &[u8], colon: usize) -> Option<Count> {
    let start = colon.checked_sub(b"audit(1439992022.365".len())?;
    let at = start + b"audit(".len();
    if &b[start..at] != b"audit(" {
        return None;
    }
    count(b, at).filter(|count| count.end == colon)
}

/// The fifth of the values between commas, if it is a count of seconds.
pub fn fifth(b: &[u8]) -> Option<Count> {
    let mut commas = memchr_iter(b',', b);
    let start = commas.nth(3)? + 1;
    let value = &b[start..commas.next().unwrap_or(b.len())];
    let at = start + value.len() - value.trim_ascii_start().len();
    (value.trim_ascii().len() == 10).then(|| count(b, at)).flatten()
}

/// The count at `at` in milliseconds, and where it ends: 10 digits are seconds and may have a fraction, 13
/// milliseconds, 16 microseconds, 19 nanoseconds.
fn count(b: &[u8], at: usize) -> Option<Count> {
    // Most texts have fewer digits, which one look shows.
    if !b.get(at + 9)?.is_ascii_digit() {
        return None;
    }
    let length = digits(b, at);
    let unit = match length {
        10 | 13 | 16 | 19 => length - 10,
        _ => return None,
    };
    let seconds = i64::from(number(&b[at..at + 9])?) * 10 + i64::from(b[at + 9] - b'0');
    // Not before 2001, when there were fewer digits, and not after 2100.
    if !(1_000_000_000..4_102_444_800).contains(&seconds) {
        return None;
    }
    let mut end = at + length;
    let mut parts = (at + 10, unit);
    if b.get(end) == Some(&b'.') {
        let fraction = digits(b, end + 1);
        if unit == 0 {
            parts = (end + 1, fraction);
        }
        end += if fraction > 0 { 1 + fraction } else { 0 };
    }
    if is_word(b, end) {
        return None;
    }
    let digit = |i: usize| if i < parts.1 { i64::from(b[parts.0 + i] - b'0') } else { 0 };
    let ms = seconds * 1000 + digit(0) * 100 + digit(1) * 10 + digit(2);
    Some(Count { ms, start: at, end })
}
