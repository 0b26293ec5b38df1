//! Date patterns as Java's `SimpleDateFormat` has them (Sumo Logic's manual names it for `formatDate` and `parseDate`),
//! in US English: `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`.
//!
//! | letter | is | letter | is |
//! |---|---|---|---|
//! | `G` | AD or BC | `a` | AM or PM |
//! | `y`, `Y` | year, year of the week; two letters: two digits | `H`, `k` | hour of the day from 0, from 1 |
//! | `M`, `L` | month; three letters: name | `K`, `h` | hour of the half day from 0, from 1 |
//! | `w`, `W` | week of the year, of the month | `m`, `s`, `S` | minute, second, millisecond |
//! | `D`, `d` | day of the year, of the month | `z` | zone by name |
//! | `F` | how many times the weekday has come in the month | `Z` | zone as `+0200` |
//! | `E`, `u` | weekday by name, by number (Monday is 1) | `X` | zone as `+02`, `+0200`, `+02:00`, or `Z` |
//!
//! Text between single quotes stands for itself, `''` is a quote; other letters are refused.
//!
//! | file | does |
//! |---|---|
//! | `calendar` | days, dates, weeks; fields to a moment |
//! | `read` | a text by a pattern |
//! | `write` | a moment by a pattern |
//! | `zones` | zones by name, their distances and names |

pub mod calendar;
mod read;
mod write;
pub mod zones;

pub use zones::Zone;
use zones::ZoneNames;

/// A pattern, read.
#[derive(Debug)]
pub struct Pattern {
    items: Vec<Item>,
    /// What zones are called, when the pattern asks for it.
    names: Option<ZoneNames>,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    /// Stands for itself.
    Text(String),
    /// A letter, so many times.
    Field(char, usize),
}

const LETTERS: &str = "GyMLwWDdFEuaHkKhmsSzZXY";

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// From Sunday.
pub(crate) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Pattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let items = items(pattern)?;
        let named = items.iter().any(|item| matches!(item, Item::Field('z' | 'Z', _)));
        Ok(Pattern { items, names: named.then(ZoneNames::new) })
    }

    /// Writes a moment, in milliseconds since 1970, by the clock of a zone.
    pub fn format(&self, millis: i64, zone: Zone, out: &mut String) {
        write::write(&self.items, self.names.as_ref(), millis, zone, out);
    }

    /// Reads the start of a text; what follows the last piece of the pattern does not matter. The answer is the moment
    /// in milliseconds since 1970, and how many bytes were read. `zone` holds for texts that name none; `now`, in
    /// milliseconds, is asked for only where a year has two digits, whose century it decides: from 80 years before it to
    /// 20 after.
    pub fn parse(&self, text: &str, zone: Zone, now: &dyn Fn() -> i64) -> Option<(i64, usize)> {
        read::read(&self.items, self.names.as_ref(), text, zone, now)
    }
}

fn items(pattern: &str) -> Result<Vec<Item>, String> {
    fn literal(items: &mut Vec<Item>, c: char) {
        match items.last_mut() {
            Some(Item::Text(text)) => text.push(c),
            _ => items.push(Item::Text(c.into())),
        }
    }
    let mut items = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next_if_eq(&'\'').is_some() => literal(&mut items, '\''),
            '\'' => loop {
                match chars.next() {
                    Some('\'') if chars.next_if_eq(&'\'').is_some() => literal(&mut items, '\''),
                    Some('\'') => break,
                    Some(c) => literal(&mut items, c),
                    None => return Err("unclosed single quote in the date pattern".into()),
                }
            },
            c if c.is_ascii_alphabetic() => {
                if !LETTERS.contains(c) {
                    return Err(format!("`{c}` has no meaning in a date pattern: put literal text in single quotes"));
                }
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                if c == 'X' && count > 3 {
                    return Err("a date pattern can contain at most `XXX`".into());
                }
                items.push(Item::Field(c, count));
            }
            c => literal(&mut items, c),
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests;
