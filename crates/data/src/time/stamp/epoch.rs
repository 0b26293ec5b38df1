//! Timestamps that are counts of seconds, or of parts of them, since 1970.

use super::named::{Named, named};
use super::{Count, DAY, days, digits, is_word, number};
use memchr::{memchr_iter, memmem, memrchr};

/// Not before 2001, when there were fewer digits.
const EARLIEST: i64 = 1_000_000_000;
/// Not after 2100.
const LATEST: i64 = 4_102_444_800;

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
        b'-' if b.get(at + 1) == Some(&b' ') => return count(b, at + 2).filter(|count| is_dated(b, count)),
        // A history of commands, with the time in a comment before each.
        b'#' => {
            at += if b.get(at + 1) == Some(&b'+') { 2 } else { 1 };
            return count(b, at).filter(|count| b.get(count.end).is_none_or(|next| matches!(next, b'\n' | b'\r')));
        }
        b'@' => return tai64n(b, at),
        // The same of another shell: `: 1457771210:0;ls`.
        b':' if b.get(at + 1) == Some(&b' ') => {
            let count = count(b, at + 2)?;
            let took = digits(b, count.end + 1);
            let told = b.get(count.end) == Some(&b':') && took > 0 && b.get(count.end + 1 + took) == Some(&b';');
            return told.then_some(count);
        }
        _ => {}
    }
    count(b, at).or_else(|| behind_process(b, at))
}

/// Whether a date of the day of a count follows it, as in the logs of some large machines: `- 1117838570 2005.06.03`.
fn is_dated(b: &[u8], count: &Count) -> bool {
    let Some(date) = b.get(count.end..count.end + 11) else { return false };
    let part = |from: usize, to: usize| number(&date[from..to]);
    let (Some(year), Some(month), Some(day)) = (part(1, 5), part(6, 8), part(9, 11)) else { return false };
    // The date is that of a place, the count is not.
    days(year as i32, month, day).is_some_and(|day| (day - count.ms.div_euclid(DAY)).abs() <= 1)
}

/// A count with a fraction behind the number of a process, as in traces of system calls: `10001 1697048351.011503 write(`.
fn behind_process(b: &[u8], at: usize) -> Option<Count> {
    let process = digits(b, at);
    if !(1..=7).contains(&process) || b.get(at + process) != Some(&b' ') {
        return None;
    }
    count(b, at + process + 1).filter(|count| count.end - count.start >= b"1697048351.000".len())
}

/// A label of daemontools, `@40000000433225852aa9a374`: seconds, ahead of the clock by those that were 10 in 1970, and
/// nanoseconds, in hexadecimal digits.
fn tai64n(b: &[u8], at: usize) -> Option<Count> {
    let label = b.get(at + 1..at + 25)?;
    let hex = |text: &[u8]| u64::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok();
    let seconds = (hex(&label[..16])? as i64).checked_sub((1 << 62) + 10)?;
    let ms = seconds.checked_mul(1000)? + hex(&label[16..])? as i64 / 1_000_000;
    ((EARLIEST..LATEST).contains(&seconds) && !is_word(b, at + 25)).then_some(Count { ms, start: at, end: at + 25 })
}

/// A count that is the value of a member of a JSON object, or of a key with a colon behind it, by its name; or a time as
/// .NET writes it, of any name. `colon` is the place behind the name.
pub fn member(b: &[u8], colon: usize) -> Option<(Count, Named)> {
    let at = skip_blanks(b, colon + 1);
    // Most values are no numbers: the name need not be looked at.
    let count = value(b, at)?;
    let told = b.get(at) == Some(&b'"') && (b[count.start - 1] == b'(' || is_serial(b, &count));
    let name = name_before(b, colon);
    let says = name.map_or(Named::Other, named);
    // Records of flows have `start`; without quotes it is as often that of a range that was asked for.
    let start = b[colon - 1] == b'"' && name.is_some_and(|name| name.eq_ignore_ascii_case(b"start"));
    let count = Count { ms: count.ms + parts_behind(b, &count), ..count };
    match says {
        Named::Other => (told || start).then_some((count, Named::Time)),
        says => Some((count, says)),
    }
}

/// The name that stands before a colon: between quotes, or a word at the beginning or behind a blank or another sign that
/// parts it from what stands before.
pub fn name_before(b: &[u8], colon: usize) -> Option<&[u8]> {
    let end = colon - b[..colon].iter().rev().take(4).take_while(|byte| byte.is_ascii_whitespace()).count();
    let near = &b[end.saturating_sub(50)..end];
    match near.last()? {
        quote @ (b'"' | b'\'') => {
            let name = &near[..near.len() - 1];
            Some(&name[memrchr(*quote, name)? + 1..])
        }
        _ => word_before(b, end),
    }
}

/// The name, written without quotes, that ends at `end`.
fn word_before(b: &[u8], end: usize) -> Option<&[u8]> {
    let belongs = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.@$".contains(byte);
    let length = b[..end].iter().rev().take(50).take_while(belongs).count();
    let start = end - length;
    let parted = start == 0 || b[start - 1].is_ascii_whitespace() || b"|,;[({<\"'".contains(&b[start - 1]);
    (length > 0 && parted).then(|| &b[start..end])
}

/// The first count that has a key of times before it and `=` between them, as in `ts=1715677921.123`.
pub fn keyed(b: &[u8]) -> Option<Count> {
    memchr_iter(b'=', b).find_map(|equals| {
        let at = equals + 1 + usize::from(b.get(equals + 1) == Some(&b' '));
        let count = value(b, at)?;
        let end = equals - usize::from(b[..equals].ends_with(b" "));
        let name = word_before(b, end)?;
        (named(name) != Named::Other || is_extension(b, name)).then_some(count)
    })
}

/// Whether a key is one of the times of the Common Event Format, whose names are too short to tell elsewhere.
fn is_extension(b: &[u8], name: &[u8]) -> bool {
    matches!(name, b"rt" | b"start" | b"end") && memmem::find(b, b"CEF:").is_some()
}

/// A count that is a value, perhaps in quotes: `1715677921.123`, `"1715677921123"`, `1.715677921123E9`,
/// `"\/Date(1715677921123)\/"`.
pub fn value(b: &[u8], at: usize) -> Option<Count> {
    let at = at + usize::from(matches!(b.get(at)?, b'"' | b'\''));
    match b.get(at)? {
        b'\\' | b'/' => dotnet(b, at),
        digit if digit.is_ascii_digit() => match b.get(at + 1) {
            Some(b'.') => scientific(b, at),
            _ => count(b, at),
        },
        _ => None,
    }
}

/// A time as .NET's serializers write it, in milliseconds: `/Date(1715677921123)/`, perhaps with a zone, which changes
/// nothing, behind the count.
pub fn dotnet(b: &[u8], at: usize) -> Option<Count> {
    let at = at + usize::from(b.get(at) == Some(&b'\\'));
    let start = at + b"/Date(".len();
    if b.get(at..start)? != b"/Date(" || digits(b, start) != 13 {
        return None;
    }
    count(b, start).filter(|count| matches!(b.get(count.end), Some(b')' | b'+' | b'-')))
}

/// A time as .NET's serializers write it, anywhere.
pub fn any_dotnet(b: &[u8]) -> Option<Count> {
    memchr_iter(b'(', b).filter(|at| b[..*at].ends_with(b"/Date")).find_map(|at| dotnet(b, at - b"/Date".len()))
}

/// A count of seconds or milliseconds as Java writes large fractions: `1.715677921123E9`.
fn scientific(b: &[u8], at: usize) -> Option<Count> {
    let length = b[at..].iter().take(26).take_while(|byte| byte.is_ascii_digit() || b".eE+".contains(byte)).count();
    let text = std::str::from_utf8(&b[at..at + length]).ok().filter(|text| text.contains(['e', 'E']))?;
    let value: f64 = text.parse().ok()?;
    let ms = if value < 1e11 { value * 1000.0 } else { value };
    let end = at + length;
    (EARLIEST as f64 * 1000.0..LATEST as f64 * 1000.0).contains(&ms).then_some(())?;
    (!is_word(b, end)).then_some(Count { ms: ms.round() as i64, start: at, end })
}

/// Whether a colon and a serial number follow, as in the numbers of audit events: `"1715677921.123:456"`.
fn is_serial(b: &[u8], count: &Count) -> bool {
    let serial = digits(b, count.end + 1);
    count.end - count.start == b"1715677921.123".len()
        && b.get(count.end) == Some(&b':')
        && serial > 0
        && b.get(count.end + 1 + serial) == Some(&b'"')
}

/// Members that may follow one with seconds, and how many milliseconds have so many of them.
const PARTS: [(&[u8], u32); 10] = [
    (b"nanoOfSecond", 1_000_000),
    (b"nanos", 1_000_000),
    (b"nanoseconds", 1_000_000),
    (b"_nanoseconds", 1_000_000),
    (b"nanos_since_epoch", 1_000_000),
    (b"nsec", 1_000_000),
    (b"tv_nsec", 1_000_000),
    (b"ns", 1_000_000),
    (b"usec", 1_000),
    (b"tv_usec", 1_000),
];

/// The milliseconds in the member with parts of a second that follows one with seconds: `"epochSecond":1,"nanoOfSecond":5`.
pub fn parts_behind(b: &[u8], seconds: &Count) -> i64 {
    if seconds.end - seconds.start == 10 { parts(b, seconds.end).map_or(0, i64::from) } else { 0 }
}

fn parts(b: &[u8], end: usize) -> Option<u32> {
    let comma = skip_blanks(b, end + usize::from(b.get(end) == Some(&b'"')));
    let start = skip_blanks(b, comma + 1);
    if b.get(comma) != Some(&b',') || b.get(start) != Some(&b'"') {
        return None;
    }
    let is = |name: &[u8]| b[start + 1..].strip_prefix(name).is_some_and(|behind| behind.first() == Some(&b'"'));
    let (name, unit) = PARTS.iter().find(|(name, _)| is(name))?;
    let colon = skip_blanks(b, start + name.len() + 2);
    let value = skip_blanks(b, colon + 1);
    let length = digits(b, value);
    if b.get(colon) != Some(&b':') || !(1..=9).contains(&length) {
        return None;
    }
    number(&b[value..value + length]).map(|count| count / unit).filter(|ms| *ms < 1000)
}

/// Where the blanks end that begin at `at`.
#[inline]
pub fn skip_blanks(b: &[u8], mut at: usize) -> usize {
    while b.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
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
    if !(EARLIEST..LATEST).contains(&seconds) {
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
