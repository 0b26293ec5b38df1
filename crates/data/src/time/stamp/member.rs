//! The time of a message that is a JSON object: its members say by their names which time is the message's own.
//!
//! A member of the object itself wins over times in its values, however far behind them it stands: first those whose name
//! says that it is the time of the message ([`Named::Own`]), then those whose name is that of a time ([`Named::Time`]), in
//! both cases the first one. Where there is neither, the general search decides.

use super::Spot;
use super::epoch::{self, skip_blanks};
use super::named::{Named, named};
use memchr::{memchr, memchr_iter, memchr2};
use std::ops::Range;

/// How long a time is, at most, as the text of a member.
const MAX_BYTES: usize = 96;

/// How many objects a time may be wrapped in.
const MAX_DEPTH: usize = 3;

/// A moment and where it stands.
pub type TimedMember = (i64, Spot);

/// Finds a date with a time in a part of the message.
pub type Dated<'d> = &'d dyn Fn(Range<usize>) -> Option<TimedMember>;

/// Whether a message is written as a JSON object, by its first byte.
#[inline]
pub fn is_object(b: &[u8]) -> bool {
    match b.first() {
        Some(b'{') => true,
        Some(blank) if blank.is_ascii_whitespace() => b.get(skip_blanks(b, 0)) == Some(&b'{'),
        _ => false,
    }
}

/// The time of a JSON object by the names of its members. True: what comes behind it in the object can't change it.
pub fn top(b: &[u8], dated: Dated<'_>) -> Option<(TimedMember, bool)> {
    let mut members = Members::of(b, skip_blanks(b, 0));
    let mut second = None;
    while let Some((name, value)) = members.next() {
        if may_be_time(b, value) {
            match named(name) {
                Named::Own => {
                    if let Some(found) = time_of(b, value, dated, 0) {
                        return Some((found, true));
                    }
                }
                Named::Time if second.is_none() => second = time_of(b, value, dated, 0),
                _ => {}
            }
        }
    }
    second.map(|found| (found, false))
}

/// The first time beyond the first bytes of a JSON object that a member somewhere in it has as the time of a message.
pub fn beyond(b: &[u8], near: usize, dated: Dated<'_>) -> Option<TimedMember> {
    let far = b.get(near..)?;
    memchr_iter(b':', far).map(|at| near + at).find_map(|colon| {
        let value = skip_blanks(b, colon + 1);
        let own = may_be_time(b, value) && epoch::name_before(b, colon).is_some_and(|name| named(name) == Named::Own);
        own.then(|| time_of(b, value, dated, 0)).flatten()
    })
}

/// Whether a time could begin here, which most values show to be none.
fn may_be_time(b: &[u8], at: usize) -> bool {
    match b.get(at) {
        Some(b'"') => b.get(at + 1).is_some_and(|first| {
            first.is_ascii_digit() || first.is_ascii_uppercase() || matches!(first, b'\\' | b'/' | b'[' | b' ')
        }),
        Some(b'{') => true,
        // A count, or one with its point behind the first digit.
        Some(digit) => {
            digit.is_ascii_digit() && (b.get(at + 1) == Some(&b'.') || b.get(at + 9).is_some_and(u8::is_ascii_digit))
        }
        None => false,
    }
}

/// The time that is the value at `at`: a date, a count, or an object around one.
fn time_of(b: &[u8], at: usize, dated: Dated<'_>, depth: usize) -> Option<TimedMember> {
    if let Some(count) = epoch::value(b, at) {
        return Some((count.ms + epoch::parts_behind(b, &count), Spot::Count(count)));
    }
    match b.get(at)? {
        b'"' => {
            let text = &b[at + 1..b.len().min(at + 1 + MAX_BYTES)];
            dated(at + 1..at + 1 + memchr(b'"', text).unwrap_or(text.len()))
        }
        digit if digit.is_ascii_digit() => dated(at..at),
        b'{' if depth < MAX_DEPTH => {
            let mut members = Members::of(b, at);
            std::iter::from_fn(|| members.next()).take(8).find_map(|(name, value)| {
                let part = is_part(name) || !matches!(named(name), Named::Other);
                (part && may_be_time(b, value)).then(|| time_of(b, value, dated, depth + 1)).flatten()
            })
        }
        _ => None,
    }
}

/// Whether a member of an object that is a time is that time: `{"$date": …}`, `{"seconds": …, "nanos": …}`.
fn is_part(name: &[u8]) -> bool {
    let names: [&[u8]; 12] = [
        b"$date",
        b"$numberLong",
        b"seconds",
        b"_seconds",
        b"sec",
        b"secs",
        b"tv_sec",
        b"value",
        b"iMillis",
        b"millis",
        b"iso",
        b"utc",
    ];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The members of an object.
struct Members<'b> {
    b: &'b [u8],
    /// Where the next name begins, or what stands before it.
    at: usize,
    /// Where the value begins that was given out last.
    value: Option<usize>,
}

impl<'b> Members<'b> {
    /// The members of the object that begins at `at`.
    fn of(b: &'b [u8], at: usize) -> Members<'b> {
        Members { b, at: at + 1, value: None }
    }

    /// The next member's name and where its value begins. None at the end, and where this is no JSON.
    fn next(&mut self) -> Option<(&'b [u8], usize)> {
        let b = self.b;
        if let Some(value) = self.value {
            let end = skip_blanks(b, value_end(b, value)?);
            if b.get(end) != Some(&b',') {
                return None;
            }
            self.at = end + 1;
        }
        let start = skip_blanks(b, self.at);
        if b.get(start) != Some(&b'"') {
            return None;
        }
        let end = text_end(b, start)?;
        let colon = skip_blanks(b, end);
        if b.get(colon) != Some(&b':') {
            return None;
        }
        let value = skip_blanks(b, colon + 1);
        self.value = Some(value);
        Some((&b[start + 1..end - 1], value))
    }
}

/// Where the value that begins at `at` ends.
fn value_end(b: &[u8], mut at: usize) -> Option<usize> {
    match b.get(at)? {
        b'"' => return text_end(b, at),
        b'{' | b'[' => {}
        _ => return Some(at + b[at..].iter().position(|byte| matches!(byte, b',' | b'}'))?),
    }
    let mut depth = 0_usize;
    loop {
        match b.get(at)? {
            b'"' => {
                at = text_end(b, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where the text ends whose quote stands at `at`.
#[inline]
fn text_end(b: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let near = b.get(at..at + 16).and_then(|near| near.iter().position(|byte| matches!(byte, b'"' | b'\\')));
        at += match near {
            Some(found) => found,
            None => memchr2(b'"', b'\\', b.get(at..)?)?,
        };
        if b[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::time::stamp::{Finder, Known, find};
    use chrono::DateTime;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    /// 2024-05-14T12:00:00Z.
    const RECEIPT: i64 = 1_715_688_000_000;

    fn known() -> Known {
        Known::new(Tz::UTC, RECEIPT)
    }

    fn utc(text: &str) -> Option<String> {
        let at = find(text, &known())?;
        Some(DateTime::from_timestamp_millis(at)?.format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
    }

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let expected = if expected.contains('.') { expected.to_string() } else { format!("{expected}.000") };
            assert_eq!(utc(text).as_deref(), Some(expected.as_str()), "{text}");
        }
    }

    #[test]
    fn members_of_the_object_win_over_those_in_its_values() {
        check(&[
            (
                r#"{"user":{"created":"2019-01-01T00:00:00Z"},"eventTime":"2024-05-14T09:12:01Z"}"#,
                "2024-05-14T09:12:01",
            ),
            (r#"{"body":{"time":"2019-01-01T00:00:00Z"},"@timestamp":"2024-05-14T09:12:01Z"}"#, "2024-05-14T09:12:01"),
            (r#"{"a":[{"timestamp":1500000000}],"time":1715677921.5}"#, "2024-05-14T09:12:01.500"),
            (r#"{"a":"x \"time\": 1500000000","ts":"1715677921123"}"#, "2024-05-14T09:12:01.123"),
            (
                r#"{"token":{"iat":1500000000,"time":1500000000},"createdAt":"2024-05-14T09:12:01Z"}"#,
                "2024-05-14T09:12:01",
            ),
            // Teleport: keys in order, the end of a session before the time.
            (r#"{"code":"T","expires":"2030-01-01T00:00:00Z","time":"2024-05-14T09:12:01Z"}"#, "2024-05-14T09:12:01"),
            // Google: when it was received before when it was.
            (
                r#"{"receiveTimestamp":"2024-05-14T09:30:00Z","timestamp":"2024-05-14T09:12:01Z"}"#,
                "2024-05-14T09:12:01",
            ),
            // The text of a message is no time of its own.
            (r#"{"log":"2019-01-01 00:00:00 started","time":"2024-05-14T09:12:01.5Z"}"#, "2024-05-14T09:12:01.500"),
            (" \n{ \"a\" : { } ,\n \"time\" : \"14/May/2024:09:12:01 +0200\" }", "2024-05-14T07:12:01"),
        ]);
    }

    #[test]
    fn the_first_of_several_counts() {
        check(&[
            (r#"{"time":"2024-05-14T09:12:01Z","timestamp":"2024-05-14T09:12:02Z"}"#, "2024-05-14T09:12:01"),
            (r#"{"createdAt":"2024-05-14T09:12:01Z","startTime":"2024-05-14T09:12:02Z"}"#, "2024-05-14T09:12:01"),
            (r#"{"createdAt":"2024-05-14T09:12:01Z","timestamp":"2024-05-14T09:12:02Z"}"#, "2024-05-14T09:12:02"),
            (r#"{"timestamp":"20240514091201","createdAt":"2020-01-01T00:00:00Z"}"#, "2024-05-14T09:12:01"),
            (r#"{"date":"2024-05-14","time":"09:12:01","createdAt":"2020-01-01T00:00:00Z"}"#, "2024-05-14T09:12:01"),
            (r#"{"time":null,"timestamp":"0001-01-01T00:00:00Z","ts":1715677921}"#, "2024-05-14T09:12:01"),
            (r#"{"time":"","a":{"when":"2024-05-14T09:12:01Z"}}"#, "2024-05-14T09:12:01"),
        ]);
    }

    #[test]
    fn times_in_objects() {
        check(&[
            (r#"{"a":{"time":1500000000},"t":{"$date":"2024-05-14T09:12:01.500Z"}}"#, "2024-05-14T09:12:01.500"),
            (r#"{"t":{"$date":{"$numberLong":"1715677921123"}}}"#, "2024-05-14T09:12:01.123"),
            (r#"{"instant":{"epochSecond": 1715677921,"nanoOfSecond": 484000123},"a":1}"#, "2024-05-14T09:12:01.484"),
            (r#"{"x":{"instant":{"epochSecond":1715677921,"nanoOfSecond":5000000}}}"#, "2024-05-14T09:12:01.005"),
            (r#"{"timestamp":{"seconds":"1715677921","nanos":123000000}}"#, "2024-05-14T09:12:01.123"),
            (
                r#"{"time":{"value":"\/Date(1715677921123)\/","DateTime":"Dienstag, 14. Mai"}}"#,
                "2024-05-14T09:12:01.123",
            ),
        ]);
        assert_eq!(utc(r#"{"timestamp":{"id":1715677921}}"#), None);
    }

    #[test]
    fn far_into_the_object() {
        let pad = "x".repeat(3000);
        let far = |rest: &str| format!(r#"{{"pad":{{"a":["{pad}\\\"{{"]}},{rest}}}"#);
        check(&[
            (&far(r#""timestamp":"2024-05-14T09:12:01.5Z""#), "2024-05-14T09:12:01.500"),
            (
                &far(r#""requestReceivedTimestamp":"2024-05-14T09:12:01Z","stageTimestamp":"2024-05-14T09:12:02Z""#),
                "2024-05-14T09:12:01",
            ),
            (&far(r#""ts" : 1715677921"#), "2024-05-14T09:12:01"),
            (&far(r#""created_at":1715677921"#), "2024-05-14T09:12:01"),
            (&far(r#""logRecords":[{"timeUnixNano":"1715677921123000000"}]"#), "2024-05-14T09:12:01.123"),
        ]);
        for rest in [r#""id":1715677921"#, r#""a":{"created":"2019-01-01T00:00:00Z"}"#, r#""a":{"login":1500000000}"#] {
            assert_eq!(utc(&far(rest)), None, "{rest}");
        }
        assert_eq!(utc(&format!("{pad} {{\"timestamp\":\"2024-05-14T09:12:01.5Z\"}}")), None, "text");
    }

    #[test]
    fn counts_by_their_names() {
        check(&[
            ("ts=1715677921.123 level=info msg=\"started\"", "2024-05-14T09:12:01.123"),
            ("level=info time=1715677921 msg=\"since 2019-01-01 00:00:00\"", "2024-05-14T09:12:01"),
            ("level=info msg=\"at 11:00:00\" ts=\"1715677921\"", "2024-05-14T09:12:01"),
            ("timestamp = 1715677921, x", "2024-05-14T09:12:01"),
            ("<e logger=\"x\" timestamp=\"1715677921123\" level=\"INFO\">", "2024-05-14T09:12:01.123"),
            ("CEF:0|A|G|1.0|100|B|5|rt=1715677921000 src=10.0.0.5", "2024-05-14T09:12:01"),
            ("CEF:0|A|G|1.0|100|B|5|src=10.0.0.6 end=1715677921000", "2024-05-14T09:12:01"),
            ("LEEF:1.0|A|G|1.0|1|src=10.0.0.6\tdevTime=1715677921000", "2024-05-14T09:12:01"),
            ("time:1715677921\thost:a", "2024-05-14T09:12:01"),
            ("  when: 1715677921", "2024-05-14T09:12:01"),
            ("May 14 09:12:01 host app: {\"ts\": 1500000000}", "2024-05-14T09:12:01"),
            ("{'time': 1715677921.5, 'a': 1}", "2024-05-14T09:12:01.500"),
            (
                r#"{ "__MONOTONIC_TIMESTAMP" : "1715677000", "__REALTIME_TIMESTAMP" : "1715677921000000" }"#,
                "2024-05-14T09:12:01",
            ),
            (r#"{"created_at":1715677921,"user":"ann"}"#, "2024-05-14T09:12:01"),
            (r#"{"level":20,"ts":1.715677921123E9}"#, "2024-05-14T09:12:01.123"),
            (
                r#"{"a":[{"observedTimeUnixNano":"1715678000000000000","timeUnixNano":"1715677921000000000"}]}"#,
                "2024-05-14T09:12:01",
            ),
            (r#"{"a":{"received_at":1715677921,"text":"since 2019-01-01 00:00:00"}}"#, "2024-05-14T09:12:01"),
            (r#"{"ID":"1715677921.123:456","SYSCALL":{}}"#, "2024-05-14T09:12:01.123"),
            (r#"{"Id":1,"When":"/Date(1715677921123+0200)/"}"#, "2024-05-14T09:12:01.123"),
            (r#"{"a":{"Logged":  "\/Date(1715677921123)\/"}}"#, "2024-05-14T09:12:01.123"),
            ("4625;logon failed;/Date(1715677921123)/", "2024-05-14T09:12:01.123"),
        ]);
        for text in [
            "order=1715677921 user=ann total=12",
            "phone=1715677922 called",
            "phone: 1715677922",
            "GET /a?ts=1715677921 HTTP/1.1",
            "GET /a?b=1&time=1715677921&c=2 HTTP/1.1",
            "start=1715677921 end=1715677922",
            "response_time=1715677921 uptime=1715677921",
            "expires=1715677921 expires_at=1715677921",
            "http://time:1715677921/",
            r#"{"account":1715677923,"id":1715677924}"#,
            r#"{"mtime":1715677923,"last_login_time":1715677924,"exp":1715677924}"#,
            r#"{"update":1715677923,"lat":1715677923,"format":"1715677923"}"#,
            r#"{"Id":1,"When":"/Date(-62135596800000)/"}"#,
            r#"{"a":"1715677921.123:x"}"#,
            r#"{"ts":1.7156779}"#,
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn counts_at_the_beginning() {
        check(&[
            ("- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2915]: x", "2005-11-09T20:01:01"),
            ("10001 1697048351.011503 write(6, \"2025-10-19T20:39:11\", 32) = 32", "2023-10-11T18:19:11.011"),
            ("#1162490366", "2006-11-02T17:59:26"),
            ("#+1162490366\nls", "2006-11-02T17:59:26"),
            (": 1457771210:0;ls", "2016-03-12T08:26:50"),
            ("@40000000433225852aa9a374 rblsmtpd: x", "2005-09-22T03:31:07.715"),
        ]);
        for text in [
            "- 1715677921 items",
            "10001 1697048351 x",
            "#1162490366 is fixed",
            ": 1457771210 x",
            "@4000000043322585 x",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    /// A value of JSON.
    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(r#""2024-05-14T09:12:01Z""#.to_string()),
            Just("1715677921".to_string()),
            Just(r#""a\"} : ,{""#.to_string()),
            Just("null".to_string()),
            Just("[1,{\"time\":2}]".to_string()),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            let name = prop::sample::select(vec!["time", "ts", "created_at", "a", "expires", "b c"]);
            prop::collection::vec((name, inner), 0..4).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn a_finder_that_has_seen_others_finds_the_same(messages in prop::collection::vec(value(), 1..6)) {
            let finder = Finder::default();
            for message in messages {
                prop_assert_eq!(finder.find(&message, &known()), find(&message, &known()), "{}", message);
            }
        }

        #[test]
        fn the_first_member_with_the_time_of_the_message_is_found(message in value()) {
            let json: serde_json::Value = serde_json::from_str(&message).unwrap();
            let first = |key: &str| json.get(key).filter(|value| value.is_string() && *value != "a\"} : ,{" || value.is_number());
            if let (Some(_), None) | (None, Some(_)) = (first("time"), first("ts")) {
                prop_assert_eq!(find(&message, &known()), Some(1_715_677_921_000), "{}", message);
            }
        }

        #[test]
        fn nothing_like_an_object_is_too_odd(
            text in "(\\{|\\}|\\[|\\]|\"|\\\\|:|,| |time|ts|=|[0-9]{10}|[0-9]{13}|\\.|/Date\\(|E9|nanos|ü|@4000000043322585|#|- ){0,25}",
        ) {
            let _ = find(&text, &known());
            let _ = find(&format!("{{{text}"), &Known::new(Tz::Europe__Berlin, RECEIPT));
        }
    }
}
