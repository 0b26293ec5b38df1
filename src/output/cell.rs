//! Cells as text: times in the query's zone, and characters that would break a row made visible.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use std::fmt::Write;
use sumoql_data::value::Value;

/// A moment in a zone, if the value is a time that the calendar knows.
fn moment(value: Value<'_>, zone: Tz) -> Option<DateTime<Tz>> {
    let Value::Int(ms) = value else { return None };
    Utc.timestamp_millis_opt(ms).single().map(|utc| utc.with_timezone(&zone))
}

/// Writes a value as people read it: a time as `2024-05-01 00:00:00.000` in the zone, anything else as Sumo Logic
/// shows it. Null writes nothing.
pub fn plain(value: Value<'_>, time: bool, zone: Tz, out: &mut String) {
    match moment(value, zone).filter(|_| time) {
        // Writing to a string can't fail.
        Some(moment) => drop(write!(out, "{}", moment.format("%Y-%m-%d %H:%M:%S%.3f"))),
        None => value.write(out),
    }
}

/// Writes a value for other programs: a time as ISO 8601 with the zone's offset.
pub fn exact(value: Value<'_>, time: bool, zone: Tz, out: &mut String) {
    match moment(value, zone).filter(|_| time) {
        Some(moment) => drop(write!(out, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.3f%:z"))),
        None => value.write(out),
    }
}

/// Writes a value like [`plain`], with control characters made visible, so that a row stays a row and a message can't
/// move the cursor, hide text or turn its direction.
pub fn visible(value: Value<'_>, time: bool, zone: Tz, out: &mut String) {
    match value {
        Value::Text(text) => escape(text, out),
        value => plain(value, time, zone, out),
    }
}

/// Writes a text with control characters as `\n`, `\t`, `\r` or `\u{1b}`.
pub fn escape(text: &str, out: &mut String) {
    escape_those(breaks, text, out);
}

/// The same for a terminal, which obeys more.
pub fn escape_for_terminal(text: &str, out: &mut String) {
    escape_those(is_obeyed, text, out);
}

fn escape_those(escapes: fn(char) -> bool, text: &str, out: &mut String) {
    if !text.contains(escapes) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if escapes(c) => escaped(c, out),
            c => out.push(c),
        }
    }
}

/// Writes a text of several lines for a terminal: line breaks stay, tabs are blanks, and whatever a terminal would obey
/// is made visible.
pub fn safe(text: &str, out: &mut String) {
    if !text.contains(is_obeyed) {
        return out.push_str(text);
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_obeyed(c) => escaped(c, out),
            c => out.push(c),
        }
    }
}

/// Writes a character as its escape.
fn escaped(c: char, out: &mut String) {
    match c {
        '\r' => out.push_str("\\r"),
        // Writing to a string can't fail.
        c => drop(write!(out, "\\u{{{:x}}}", c as u32)),
    }
}

/// Control characters, line separators, and signs that change the direction of text.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Those, and the marks of direction, which are in no way visible.
pub fn is_obeyed(c: char) -> bool {
    breaks(c) || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn times_are_written_in_the_zone() {
        let at = Value::Int(1_714_521_600_005);
        assert_eq!(text(|out| plain(at, true, Tz::UTC, out)), "2024-05-01 00:00:00.005");
        assert_eq!(text(|out| plain(at, true, Tz::America__New_York, out)), "2024-04-30 20:00:00.005");
        assert_eq!(text(|out| exact(at, true, Tz::America__New_York, out)), "2024-04-30T20:00:00.005-04:00");
        assert_eq!(text(|out| plain(at, false, Tz::UTC, out)), "1714521600005");
        assert_eq!(text(|out| plain(Value::Int(i64::MAX), true, Tz::UTC, out)), i64::MAX.to_string());
        assert_eq!(text(|out| plain(Value::Text("none"), true, Tz::UTC, out)), "none");
    }

    #[test]
    fn control_characters_are_shown_not_obeyed() {
        assert_eq!(text(|out| escape("a\nb\t\u{1b}[31m\u{202e}é", out)), "a\\nb\\t\\u{1b}[31m\\u{202e}é");
        let several = "a\r\nb\tc\rd\u{9b}2J\u{200f}é";
        assert_eq!(text(|out| safe(several, out)), "a\nb    c\\rd\\u{9b}2J\\u{200f}é");
    }
}
