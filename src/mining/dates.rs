//! Finds where a date ends, in the ways people write them in logs. A time of day alone is a number like any other.

const MONTHS: &[&[u8; 3]] =
    &[b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
const DAYS: &[&[u8; 3]] = &[b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
/// Zones that follow a time, after a blank.
const ZONES: &[&[u8]] = &[
    b"UTC", b"GMT", b"WET", b"WEST", b"BST", b"CET", b"CEST", b"EET", b"EEST", b"MSK", b"IST", b"SGT", b"JST", b"KST",
    b"AEST", b"AEDT", b"NZST", b"NZDT", b"AKST", b"AKDT", b"HST", b"EST", b"EDT", b"CST", b"CDT", b"MST", b"MDT",
    b"PST", b"PDT",
];

/// The end of a date that starts here.
pub(super) fn date(bytes: &[u8], at: usize) -> Option<usize> {
    let mut cursor = Cursor { bytes, at };
    let weekday = cursor.name(DAYS);
    if weekday {
        cursor.one(b",");
        if !cursor.blanks() {
            return None;
        }
    }
    let month_first = Cursor { ..cursor }.month_first();
    let end = month_first.or_else(|| Cursor { ..cursor }.day_first()).or_else(|| match weekday {
        true => None,
        false => Cursor { ..cursor }.digits_only(),
    })?;
    bytes.get(end).is_none_or(|b| !b.is_ascii_alphanumeric()).then_some(end)
}

#[derive(Clone, Copy)]
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// A name of a list, in full or its first three letters.
    fn name(&mut self, names: &[&[u8; 3]]) -> bool {
        let letters = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let Some(head) = self.bytes.get(self.at..self.at + 3) else { return false };
        let found = (3..=9).contains(&letters) && names.iter().any(|name| head.eq_ignore_ascii_case(&name[..]));
        if found {
            self.at += letters;
        }
        found
    }

    /// So many digits.
    fn digits(&mut self, count: std::ops::RangeInclusive<usize>) -> bool {
        let found = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count.contains(&found) {
            self.at += found;
        }
        count.contains(&found)
    }

    /// One of these bytes.
    fn one(&mut self, of: &[u8]) -> bool {
        let found = self.peek(0).is_some_and(|b| of.contains(&b));
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) -> bool {
        let found = self.bytes[self.at..].iter().take_while(|b| **b == b' ').count();
        self.at += found;
        found > 0
    }

    /// Goes on only if all of a part is there.
    fn part(&mut self, part: impl FnOnce(&mut Self) -> bool) -> bool {
        let mut ahead = *self;
        let found = part(&mut ahead);
        if found {
            *self = ahead;
        }
        found
    }

    /// `10:00`, `10:00:59.123`, then `AM`, and a zone.
    fn time(&mut self) -> bool {
        if !(self.digits(1..=2) && self.one(b":") && self.digits(2..=2)) {
            return false;
        }
        if self.part(|c| c.one(b":") && c.digits(2..=2)) {
            self.part(|c| c.one(b".,") && c.digits(1..=9));
        }
        self.part(|c| {
            c.blanks();
            c.one(b"APap") && c.one(b"Mm") && c.peek(0).is_none_or(|b| !b.is_ascii_alphabetic())
        });
        true
    }

    /// `Z`, `+02:00`, ` +0200`, ` UTC`.
    fn zone(&mut self) {
        let offset = |c: &mut Self| {
            c.part(|c| c.one(b" "));
            c.one(b"+-") && c.digits(2..=4) && {
                c.part(|c| c.one(b":") && c.digits(2..=2));
                true
            }
        };
        let name = |c: &mut Self| {
            let blank = c.one(b" ");
            let letters = c.bytes[c.at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            let found = blank && ZONES.contains(&&c.bytes[c.at..c.at + letters]);
            c.at += letters;
            found
        };
        let _ = self.part(|c| c.one(b"Z")) || self.part(offset) || self.part(name);
    }

    /// `Jun 17 20:55:06 2005`, `June 17, 2005 20:55`.
    fn month_first(mut self) -> Option<usize> {
        let year = |c: &mut Self| c.blanks() && c.digits(4..=4) && c.peek(0).is_none_or(|b| b != b':');
        if !(self.name(MONTHS) && self.blanks() && self.digits(1..=2)) {
            return None;
        }
        self.one(b",");
        self.part(year);
        if !self.part(|c| c.blanks() && c.time()) {
            return None;
        }
        self.zone();
        self.part(year);
        Some(self.at)
    }

    /// `17 Jun 2005 20:55:06 +0200`, `17/Jun/2005:20:55:06 +0200`.
    fn day_first(mut self) -> Option<usize> {
        if !(self.digits(1..=2) && self.one(b" -/") && self.name(MONTHS) && self.one(b" -/") && self.digits(4..=4)) {
            return None;
        }
        if self.part(|c| c.one(b" :") && c.time()) {
            self.zone();
        }
        Some(self.at)
    }

    /// `2024-05-01T10:00:00Z`, `05/01/2024 10:00`.
    fn digits_only(mut self) -> Option<usize> {
        let start = self.at;
        if !(self.digits(1..=4)
            && self.one(b"-/")
            && self.digits(1..=2)
            && self.one(b"-/")
            && self.digits(2..=4)
            && self.bytes[start..self.at].iter().filter(|b| b.is_ascii_digit()).count() >= 6)
        {
            return None;
        }
        if self.part(|c| c.one(b"T :") && c.time()) {
            self.zone();
        }
        Some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_end_where_they_end() {
        for (text, rest) in [
            ("Fri Jun 17 20:55:06 2005 x", " x"),
            ("Jun 17 20:55:06 host", " host"),
            ("June 17, 2005 8:55 PM done", " done"),
            ("Fri Jul 01 08:16:53 PDT 2005", ""),
            ("Friday, 17 Jun 2005 20:55:06 +0200]", "]"),
            ("17/Jun/2005:20:55:06 +0200]", "]"),
            ("2024-05-01T10:00:00.123+02:00,", ","),
            ("2024-05-01 10:00:00,123 INFO", " INFO"),
            ("2024-05-01 up", " up"),
            ("05/01/24 9:05", ""),
        ] {
            assert_eq!(date(text.as_bytes(), 0).map(|end| &text[end..]), Some(rest), "{text}");
        }
        for text in ["May we", "Sunset", "17 June", "1.2.3", "10:00:00", "1-2-3", "Jun 17", "march 5 x", ""] {
            assert_eq!(date(text.as_bytes(), 0), None, "{text}");
        }
    }
}
