//! Whether something like a date stands near a time of day. It has been looked at and could not be read, so the time is of
//! no known day: it counts for nothing.

use super::clock::Clock;
use super::date::{is_weekday, plausible};
use super::gap::is_of;
use super::number;

/// How far before the time, in bytes. What stands behind it is looked at up to the second word only: a date further on is
/// a part of the text.
const BEFORE: usize = 64;
const BEHIND: usize = 40;

/// Whether something like a date stands near this time.
pub fn like_date(b: &[u8], clock: &Clock) -> bool {
    before(&b[clock.start.saturating_sub(BEFORE)..clock.start])
        || behind(&b[clock.end..b.len().min(clock.end + BEHIND)])
}

fn before(text: &[u8]) -> bool {
    let mut words = words(text).rev().filter(|word| !is_of(word, b"time")).peekable();
    let Some(last) = words.next() else { return false };
    let other = words.peek().copied().unwrap_or_default();
    let year = whole(last, 4).and_then(plausible).is_some() && is_named(other);
    let packed = whole(last, 8).is_some_and(|value| plausible(value / 10_000).is_some())
        || last.len() == 4 && last[0] == b'0' && number(last).is_some();
    year || packed || is_loose(last) || in_words(other, last) || is_strict(last) || words.any(is_strict)
}

fn behind(text: &[u8]) -> bool {
    let mut words = words(text).filter(|word| !is_of(word, b"date") && *word != b"on");
    let Some(first) = words.next().filter(|first| !is_weekday(first)).or_else(|| words.next()) else { return false };
    let parts: Vec<&[u8]> = parts(first).collect();
    let short = parts.len() == 3 && parts.iter().all(|part| whole(part, 2).is_some());
    short || is_strict(first) || in_words(first, words.next().unwrap_or_default())
}

/// Words, with the signs that dates may have in them.
pub fn words(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"-/._".contains(byte);
    text.split(move |byte| !in_word(byte)).filter(|word| !word.is_empty())
}

fn parts(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    word.split(|byte| b"-/.".contains(byte))
}

/// The number of so many digits that a word is.
fn whole(word: &[u8], digits: usize) -> Option<u32> {
    if word.len() == digits { number(word) } else { None }
}

/// Three parts of which the first or the last is a year: hardly anything but a date.
pub fn is_strict(word: &[u8]) -> bool {
    let parts: Vec<&[u8]> = parts(word).collect();
    let [first, _, last] = parts[..] else { return false };
    let year = |part: &[u8]| part.get(..4).and_then(|part| whole(part, 4)).and_then(plausible).is_some();
    let begins = |part: &[u8]| part.len() <= 2 && number(part).is_some();
    year(first) && last.first().is_some_and(u8::is_ascii_digit) || begins(first) && year(last)
}

/// Two or three numbers with a sign for dates between them, or what letters of other languages stand in.
fn is_loose(word: &[u8]) -> bool {
    let digit = word.iter().any(u8::is_ascii_digit);
    if digit && word.iter().any(|byte| *byte >= 0x80) {
        return true;
    }
    let word = word.strip_suffix(b".").unwrap_or(word);
    let parts: Vec<&[u8]> = parts(word).collect();
    let numbers = parts.iter().all(|part| (1..=4).contains(&part.len()) && number(part).is_some());
    let dotted = word.contains(&b'.');
    match parts[..] {
        [_, _, _] if numbers => word.len() >= "1/1/24".len(),
        [first, last] if numbers => !dotted || (first.len(), last.len()) == (2, 2),
        [first, last] | [first, last, _] => !dotted && digit && (is_month(first) || is_month(last)),
        _ => false,
    }
}

/// A day and a month, in this or the other order: `14 mai`, `Mai 14`.
fn in_words(first: &[u8], second: &[u8]) -> bool {
    let day = |word: &[u8]| {
        let word = word.strip_suffix(b".").unwrap_or(word);
        word.len() <= 2 && number(word).is_some() && !word.is_empty()
    };
    day(first) && is_month(second) || is_month(first) && day(second)
}

/// A word that may be a month, or its ending.
fn is_named(word: &[u8]) -> bool {
    word.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
}

/// How names of months begin in languages that logs are written in; a word with a letter beyond ASCII is taken for one.
const MONTHS: &[&[u8]] = &[
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec", b"mai", b"okt",
    b"dez", b"fev", b"avr", b"juin", b"juil", b"aout", b"ene", b"abr", b"ago", b"set", b"out", b"dic", b"gen", b"mag",
    b"giu", b"lug", b"ott", b"mrt", b"mei", b"maj", b"sty", b"lut", b"kwi", b"cze", b"lip", b"sie", b"wrz", b"paz",
    b"lis", b"gru", b"oca", b"sub", b"nis", b"haz", b"tem", b"eyl", b"eki", b"kas", b"ara",
];

fn is_month(word: &[u8]) -> bool {
    let foreign =
        !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80 || *byte == b'.');
    let named = |month: &&[u8]| word.get(..month.len()).is_some_and(|start| start.eq_ignore_ascii_case(month));
    foreign && word.len() <= 12 && (word.iter().any(|byte| *byte >= 0x80) || MONTHS.iter().any(named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp::clock;

    fn near(text: &str) -> bool {
        let b = text.as_bytes();
        let colon = b.windows(8).position(|part| part[2] == b':' && part[5] == b':').unwrap_or_default() + 2;
        clock::read(b, colon - 2, colon, false).is_some_and(|clock| like_date(b, &clock))
    }

    #[test]
    fn what_may_be_a_date() {
        for text in [
            "14.05.2024 09:12:01 x",
            "14.05.24, 09:12:01 x",
            "2024-135 09:12:01 x",
            "2024-13-14 09:12:01",
            "14 ao\u{fb}t 2024 09:12:01",
            "14 mai 09:12:01",
            "Mai 14 09:12:01 host",
            "2024\u{5e74}05\u{6708}14\u{65e5} 09:12:01",
            "day=14.05.2024 host=a user=b time=09:12:01",
            "09:12:01 14.05.2024 x",
            "09:12:01 on Tue, 14 Mai",
            "5-14 09:12:01",
            "[10.30 09:12:01] x",
            "14.05. 09:12:01 x",
            "20241405 09:12:01",
        ] {
            assert!(near(text), "{text}");
        }
        for text in [
            "09:12:01 x",
            "10.1.2.3 09:12:01 GET /a",
            "10.1.2.3:80 09:12:01 GET /a",
            "worker 12 09:12:01 up",
            "INFO 09:12:01 1.2.3 is out",
            "09:12:01 INFO model of 2024-05-10 loaded",
            "main-1 [x/y] 09:12:01 sat down",
            "v1.2.3 09:12:01",
            "09:12:01 3 of 4",
        ] {
            assert!(!near(text), "{text}");
        }
    }
}
