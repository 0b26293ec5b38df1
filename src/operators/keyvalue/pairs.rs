//! Finds keys with their values in text: `key=value`, `"key": "value"`, `key -> value`.

use memchr::memmem::{Finder, find};

/// What can stand between a key and its value; the first that fits is taken.
const DELIMITERS: &[&str] = &["->", "=>", "=", ":"];

/// The value of a key: that of its first place as a whole word, quoted or not, before a delimiter.
pub fn infer<'t>(text: &'t str, key: &Finder<'_>) -> Option<&'t str> {
    let length = key.needle().len();
    key.find_iter(text.as_bytes()).find_map(|at| {
        let (before, after) = (text.get(..at)?, text.get(at + length..)?);
        let after = match before.chars().next_back() {
            Some(quote @ ('"' | '\'')) => after.strip_prefix(quote)?,
            Some(c) if in_key(c) => return None,
            _ => after,
        };
        let after = after.trim_start_matches([' ', '\t']);
        let after = DELIMITERS.iter().find_map(|delimiter| after.strip_prefix(delimiter))?;
        Some(value(after).0)
    })
}

/// Hands over every key and value of a text, from left to right. Without a delimiter, the one that stands in most pairs
/// counts.
pub fn auto<'t>(text: &'t str, delimiter: Option<&str>, found: &mut dyn FnMut(&'t str, &'t str)) {
    let delimiter = delimiter.unwrap_or_else(|| {
        let count = |delimiter: &str| {
            let mut count = 0;
            pairs(text, delimiter, &mut |_, _| count += 1);
            count
        };
        // Of equals, the last one here.
        [":", "->", "="].into_iter().max_by_key(|delimiter| count(delimiter)).unwrap_or("=")
    });
    pairs(text, delimiter, found);
}

fn pairs<'t>(text: &'t str, delimiter: &str, found: &mut dyn FnMut(&'t str, &'t str)) {
    let mut start = 0;
    let mut from = 0;
    while let Some(length) = text.get(from..).and_then(|rest| find(rest.as_bytes(), delimiter.as_bytes())) {
        let at = from + length;
        from = at + delimiter.len();
        let Some(key) = key_before(&text[start..at]) else { continue };
        // An address, not a pair.
        if delimiter == ":" && text[from..].starts_with("//") {
            continue;
        }
        let (value, rest) = value(&text[from..]);
        found(key, value);
        from = text.len() - rest.len();
        start = from;
    }
}

/// The key at the end of a text: a quoted text, or a word with a letter in it.
fn key_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches([' ', '\t']);
    if let Some(quote @ ('"' | '\'')) = text.chars().next_back() {
        let inner = &text[..text.len() - 1];
        return inner.rfind(quote).map(|open| &inner[open + 1..]).filter(|key| !key.trim().is_empty());
    }
    let start = text.rfind(|c| !in_key(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let key = text[start..].trim_start_matches(['-', '.']);
    key.contains(|c: char| c.is_alphabetic() || c == '_').then_some(key)
}

fn in_key(c: char) -> bool {
    c.is_alphanumeric() || "_-.".contains(c)
}

/// The value after a delimiter, and what follows it: what stands between quotes, else up to a blank or a sign that ends
/// it.
fn value(text: &str) -> (&str, &str) {
    let body = text.trim_start_matches([' ', '\t']);
    if let Some(quote @ (b'"' | b'\'')) = body.bytes().next()
        && let Some(end) = closing(&body[1..], quote)
    {
        return (&body[1..1 + end], &body[end + 2..]);
    }
    let end = body.find(|c: char| c.is_whitespace() || ",;]})&|\"".contains(c)).unwrap_or(body.len());
    // `a= b=1`: the value of `a` is empty.
    if body.len() < text.len() {
        let word = body.find(|c| !in_key(c)).unwrap_or(0);
        if word > 0 && body[word..].starts_with('=') {
            return ("", text);
        }
    }
    body.split_at(end)
}

/// Where the closing quote stands.
fn closing(text: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_key() {
        for (text, key, found) in [
            ("12:00 [unit=press4] go", "unit", Some("press4")),
            ("a=1, k = \"x y\"; z", "k", Some("x y")),
            ("{\"k\": \"a\\\"b\", \"n\": 5}", "k", Some("a\\\"b")),
            ("{\"k\": \"x\", \"n\": 5}", "n", Some("5")),
            ("k -> v)", "k", Some("v")),
            ("k=>v", "k", Some("v")),
            ("nk=1 k2=2 x.k=3 k=4", "k", Some("4")),
            ("k k:5", "k", Some("5")),
            ("k= z=3", "k", Some("")),
            ("k=", "k", Some("")),
            ("k: 'it', z", "k", Some("it")),
            ("k=\"open", "k", Some("")),
            ("Node ID=7", "Node ID", Some("7")),
            ("no key", "k", None),
            ("k is not a key", "k", None),
            ("é=ü", "é", Some("ü")),
        ] {
            assert_eq!(infer(text, &Finder::new(key)), found, "{key} in {text}");
        }
    }

    fn all(text: &str, delimiter: Option<&str>) -> String {
        let mut out = String::new();
        auto(text, delimiter, &mut |key, value| out.push_str(&format!("<{key}|{value}>")));
        out
    }

    #[test]
    fn all_pairs() {
        assert_eq!(all("12:00:01 a=1, b=\"x y\" c = z d=", None), "<a|1><b|x y><c|z><d|>");
        assert_eq!(all("user: ann, id: 7", None), "<user|ann><id|7>");
        assert_eq!(all("a=1 b:2 c=3", Some(":")), "<b|2>");
        assert_eq!(all("a->1 b->2 c=3", None), "<a|1><b|2>");
        assert_eq!(all("url=http://x/?q=1&r=2", None), "<url|http://x/?q=1><r|2>");
        assert_eq!(all("see http://x at 10:30", None), "");
        assert_eq!(all("{\"a b\":\"c\"}", None), "<a b|c>");
        assert_eq!(all("", None), "");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_gone_over(text in "[a=:>\"'\\\\ ,é→/-]{0,40}") {
            infer(&text, &Finder::new("a"));
            infer(&text, &Finder::new("é"));
            for delimiter in [None, Some("="), Some(":"), Some("→"), Some("->")] {
                all(&text, delimiter);
            }
        }
    }
}
