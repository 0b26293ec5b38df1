//! Follows the steps of a path that can lead to several places, from a value that is known to be JSON.

use super::path::Step;
use crate::run::json::scan::{Scanner, Walk};
use crate::run::json::text;
use std::borrow::Cow;
use sumoql_java::regex::effort::Watch;

/// Collects the values that the steps lead to from a value, in the order of the text.
pub fn select<'t>(steps: &[Step], value: &'t str, watch: &Watch, out: &mut Vec<Cow<'t, str>>) {
    let Some((step, rest)) = steps.split_first() else {
        out.push(Cow::Borrowed(value));
        return;
    };
    match step {
        Step::Name(name) => {
            members(value, |key| key == name).into_iter().next_back().into_iter().for_each(|(_, value)| {
                select(rest, value, watch, out);
            })
        }
        Step::Names(names) => {
            let found = members(value, |key| names.iter().any(|name| name == key));
            for name in names {
                if let Some((_, value)) = found.iter().rfind(|(key, _)| key == name) {
                    select(rest, value, watch, out);
                }
            }
        }
        Step::Index(index) => {
            let items = items(value);
            if let Some(item) = position(*index, items.len()).and_then(|at| items.get(at)) {
                select(rest, item, watch, out);
            }
        }
        Step::Indexes(indexes) => {
            let items = items(value);
            for index in indexes {
                if let Some(item) = position(*index, items.len()).and_then(|at| items.get(at)) {
                    select(rest, item, watch, out);
                }
            }
        }
        Step::Slice(start, end, every) => {
            let items = items(value);
            let bound = |at: i64| position(at, items.len()).unwrap_or(if at < 0 { 0 } else { items.len() });
            let (start, end) = (bound(start.unwrap_or(0)), bound(end.unwrap_or(i64::MAX)).min(items.len()));
            let every = usize::try_from(*every).unwrap_or(1).max(1);
            for item in items.get(start..end).unwrap_or_default().iter().step_by(every) {
                select(rest, item, watch, out);
            }
        }
        Step::All => children(value).into_iter().for_each(|child| select(rest, child, watch, out)),
        Step::Deep => {
            select(rest, value, watch, out);
            for child in children(value) {
                select(steps, child, watch, out);
            }
        }
        Step::Filter(filter) => {
            let candidates = if value.starts_with('{') { vec![value] } else { items(value) };
            for candidate in candidates {
                if filter.holds(candidate, watch) {
                    select(rest, candidate, watch, out);
                }
            }
        }
        Step::Length => {
            let length = match value.as_bytes().first() {
                Some(b'[') => items(value).len(),
                Some(b'{') => members(value, |_| true).len(),
                Some(b'"') => text::unescaped(&value[1..value.len() - 1]).chars().count(),
                _ => return,
            };
            out.push(Cow::Owned(length.to_string()));
        }
    }
}

/// A position in a list of so many; negative ones count from the end.
fn position(index: i64, count: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => count.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// The members of an object whose key is wanted; none if it is no object.
fn members<'t>(value: &'t str, wanted: impl Fn(&str) -> bool) -> Vec<(Cow<'t, str>, &'t str)> {
    let mut out = Vec::new();
    if value.starts_with('{') {
        // The value was checked when it was found, so the walk does not fail.
        let _: Walk = Scanner::new(value).members(|scanner, key| {
            let key = text::unescaped(key.raw);
            let value = scanner.value()?;
            if wanted(&key) {
                out.push((key, value));
            }
            Ok(())
        });
    }
    out
}

/// The items of an array; none if it is no array.
fn items(value: &str) -> Vec<&str> {
    let mut out = Vec::new();
    if value.starts_with('[') {
        let _: Walk = Scanner::new(value).items(|scanner, _| {
            out.push(scanner.value()?);
            Ok(())
        });
    }
    out
}

fn children(value: &str) -> Vec<&str> {
    match value.starts_with('{') {
        true => members(value, |_| true).into_iter().map(|(_, value)| value).collect(),
        false => items(value),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::path::Path;
    use super::*;

    fn found(path: &str, text: &str) -> String {
        let path = Path::read(&format!("$..['start'].{path}")).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut out = Vec::new();
        select(&path.rest[2..], text, &Watch::default(), &mut out);
        out.join(" ")
    }

    #[test]
    fn steps() {
        let list = "[10,11,12,13]";
        for (path, text, expected) in [
            ("[*]", list, "10 11 12 13"),
            ("[-1]", list, "13"),
            ("[9]", list, ""),
            ("[-9]", list, ""),
            ("[2,0,7]", list, "12 10"),
            ("[1:3]", list, "11 12"),
            ("[-2:]", list, "12 13"),
            ("[:-3]", list, "10"),
            ("[::3]", list, "10 13"),
            ("[3:1]", list, ""),
            ("[7:9]", list, ""),
            ("[*]", r#"{"a":1,"b":[2]}"#, "1 [2]"),
            ("['b','a','x']", r#"{"a":1,"b":2}"#, "2 1"),
            ("a", r#"{"a":1,"\u0061":2}"#, "2"),
            ("length()", list, "4"),
            ("length()", r#"{"a":1}"#, "1"),
            ("length()", r#""a\nb""#, "3"),
            ("length()", "12", ""),
        ] {
            assert_eq!(found(path, text), expected, "{path} of {text}");
        }
    }

    #[test]
    fn everywhere() {
        let text = r#"{"a":{"n":1,"b":[{"n":{"n":2}}]},"n":3}"#;
        assert_eq!(found(".n", text), r#"3 1 {"n":2} 2"#);
    }

    #[test]
    fn conditions() {
        let text = r#"[{"k":"x","n":1,"f":true},{"k":"y","n":2.5},{"k":"Z","l":[1,2]}]"#;
        for (path, expected) in [
            ("[?(@.f == true)].k", r#""x""#),
            ("[?(@.n > 1)].k", r#""y""#),
            ("[?(@.n)].k", r#""x" "y""#),
            ("[?(!@.n)].k", r#""Z""#),
            ("[?(@.k == 'y' || @.k == \"Z\")].k", r#""y" "Z""#),
            ("[?(@.k != 'y' && (@.n <= 1))].k", r#""x""#),
            ("[?(@.k =~ /z/i)].k", r#""Z""#),
            ("[?(@.k < 'y')].k", r#""x" "Z""#),
            ("[?(@.l.length() == 2)].k", r#""Z""#),
            ("[?(@['k'] == 'x')].n", "1"),
            ("[?(@.n == 'x')].k", ""),
        ] {
            assert_eq!(found(path, text), expected, "{path}");
        }
        for path in ["a[?(@.x == )]", "a[?(1)]", "a[?(@.x =~ y)]", "a[?(@.x =~ /(/)]", "a[?(", "a[?@.x]"] {
            assert!(Path::read(path).is_err(), "{path}");
        }
    }
}
