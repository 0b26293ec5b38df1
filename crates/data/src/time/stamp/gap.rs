//! What may stand between a date and its time: a sign, the end of a cell, the name of the next member.

use super::number;

/// What stands between a date and the time behind it.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// Where the date ends.
    pub end: usize,
    /// The sign between them; a blank stands for all that may keep two values apart.
    pub sign: u8,
    /// Whether the time has a name of its own: then the date must have one, too.
    pub named: bool,
}

/// How many signs may stand there on either side of a name.
const SIGNS: usize = 6;

/// The longest name of a member.
const MAX_BYTES: usize = 24;

/// What stands before the time whose hour starts here, if it can follow a date.
pub fn before(b: &[u8], hour: usize) -> Option<Gap> {
    let sign = *b.get(hour.checked_sub(1)?)?;
    let gap = |end: usize, sign: u8| Some(Gap { end, sign, named: false });
    match sign {
        b' ' => {
            let end = blanks(b, hour);
            match end.checked_sub(1).map(|at| b[at])? {
                // 2024-05-14 at 09:12:01
                b't' if b[..end].ends_with(b" at") => gap(blanks(b, end - 2), sign),
                byte if byte.is_ascii_alphanumeric() => gap(end, sign),
                // May 14, 2024, 9:12:01 AM
                b',' => gap(end - 1, sign),
                _ => between(b, hour),
            }
        }
        b'T' | b't' | b'*' | b'_' | b'-' => gap(hour - 1, sign),
        // 14-May-2024::09:12:01
        b':' if b[..hour].ends_with(b"::") => gap(hour - 2, b' '),
        b':' if hour > 1 && b[hour - 2].is_ascii_digit() => gap(hour - 1, sign),
        b'\'' if b[..hour].ends_with(b"'T'") => gap(hour - 3, b'T'),
        _ => between(b, hour),
    }
}

/// Two values: `2024-05-14,09:12:01`, `"date":"2024-05-14","time":"09:12:01"`.
fn between(b: &[u8], hour: usize) -> Option<Gap> {
    let (mut at, mut named) = (back(b, hour, b"\"'[({ \t"), false);
    if let Some((start, name)) = name_before(b, at) {
        if !is_of(name, b"time") {
            return None;
        }
        (at, named) = (start, true);
    }
    let end = back(b, at, b" \t,;|\"'])}&-");
    (end > 0 && end < hour).then_some(Gap { end, sign: b' ', named })
}

impl Gap {
    /// Whether a date that starts here belongs to the time behind: if they have names, the date is called one.
    pub fn allows(&self, b: &[u8], start: usize) -> bool {
        let name = name_before(b, back(b, start, b"\"'[({ \t"));
        !self.named || name.is_none_or(|(_, name)| is_date(name) || is_of(name, b"day"))
    }
}

/// The name of the member whose value starts here, as in `time=`, `"time":`, and where it starts.
pub fn name_before(b: &[u8], value: usize) -> Option<(usize, &[u8])> {
    let sign = value.checked_sub(1).filter(|at| matches!(b[*at], b'=' | b':'))?;
    let end = back(b, sign, b"\"' ");
    let in_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.@-".contains(byte);
    let length = b[..end].iter().rev().take(MAX_BYTES + 1).take_while(in_name).count();
    let name = &b[end - length..end];
    let fits = (1..=MAX_BYTES).contains(&length) && !name[0].is_ascii_digit();
    let start = end - length;
    let start = start - usize::from(start > 0 && matches!(b[start - 1], b'"' | b'\''));
    fits.then_some((start, name))
}

/// Whether a name says that its member is a date.
pub fn is_date(name: &[u8]) -> bool {
    is_of(name, b"date") && !is_of(name, b"update")
}

/// Whether a name has this word in it.
pub fn is_of(name: &[u8], word: &[u8]) -> bool {
    name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// The place before signs of these that end here.
pub fn back(b: &[u8], end: usize, signs: &[u8]) -> usize {
    end - b[..end].iter().rev().take(SIGNS).take_while(|byte| signs.contains(byte)).count()
}

/// The place behind signs of these that start here.
pub fn forth(b: &[u8], start: usize, signs: &[u8]) -> usize {
    start + b.get(start..).unwrap_or_default().iter().take(SIGNS).take_while(|byte| signs.contains(byte)).count()
}

/// The place before blanks that end here.
pub fn blanks(b: &[u8], end: usize) -> usize {
    end - b[..end].iter().rev().take(3).take_while(|byte| **byte == b' ').count()
}

/// The place of the time behind a date that ends here, if there is one.
pub fn has_time(b: &[u8], end: usize) -> bool {
    let at = forth(b, end, b" T,");
    let length = super::digits(b, at);
    (1..=2).contains(&length)
        && b.get(at + length) == Some(&b':')
        && b.get(at + length + 1..at + length + 3).is_some_and(|minutes| number(minutes).is_some())
}
