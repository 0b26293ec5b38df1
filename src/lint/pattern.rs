//! What patterns can fit: those with stars, and regular expressions as far as that is easy to see.

use crate::program::matching::glob::Glob;

/// Whether no text fits both patterns.
pub(super) fn apart(a: &str, b: &str) -> bool {
    match (a.contains('*'), b.contains('*')) {
        (false, _) => !Glob::new(b).matches(a),
        (_, false) => !Glob::new(a).matches(b),
        _ => {
            let (start_a, start_b) = (start(a), start(b));
            let (end_a, end_b) = (end(a), end(b));
            !(start_a.starts_with(start_b) || start_b.starts_with(start_a))
                || !(end_a.ends_with(end_b) || end_b.ends_with(end_a))
        }
    }
}

/// Whether every text that fits `narrow` fits `wide` too, as far as it is easy to see. No star of `narrow` is ever taken
/// for a literal: patterns have none.
pub(super) fn inside(narrow: &str, wide: &str) -> bool {
    Glob::new(wide).matches(narrow)
}

fn start(pattern: &str) -> &str {
    pattern.split('*').next().unwrap_or_default()
}

fn end(pattern: &str) -> &str {
    pattern.rsplit('*').next().unwrap_or_default()
}

/// Whether a star in a text looks like a wildcard: it touches a word, or a sign that joins words. Fields of schedules
/// (`0 * * * *`), resources of policies (`arn:…`), shares (`\\*\IPC$`), `SELECT * FROM` and stars in rows have stars of
/// their own.
pub(super) fn looks_wild(text: &str) -> bool {
    let text = without_share(text);
    let own = text.contains("**") || text.starts_with("arn:") || text.split_whitespace().any(|word| word == "*");
    if own || !text.contains(char::is_alphanumeric) {
        return false;
    }
    let joins = |c: &char| c.is_alphanumeric() || "_./\\-".contains(*c);
    let chars: Vec<char> = text.chars().collect();
    chars.iter().enumerate().filter(|(_, c)| **c == '*').any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        [before, chars.get(at + 1)].into_iter().flatten().all(joins)
    })
}

/// A text without the `\\*\` that Windows writes in front of shares for whatever the host is called.
pub(super) fn without_share(text: &str) -> &str {
    text.strip_prefix("\\\\*\\").unwrap_or(text)
}

/// Whether a pattern looks as if a regular expression was meant: it has what only regular expressions have. A `.*` inside is
/// none of it (`10.0.*`), nor is a backslash before a letter (`C:\data`) or a `$` at the end (`*$`).
pub(super) fn looks_like_regex(text: &str) -> bool {
    let text = text.strip_prefix('/').and_then(|text| text.strip_suffix('/')).unwrap_or(text);
    let starts = ["(?", "^", ".*"].iter().any(|start| text.len() > start.len() && text.starts_with(start));
    let repeated = ["\\d", "\\w", "\\s", "\\S", "."]
        .iter()
        .any(|class| text.match_indices(class).any(|(at, _)| text[at + class.len()..].starts_with(['+', '{'])));
    starts || repeated || text.contains(".*?") || text.contains("\\d\\d") || has_class(text) || has_choice(text)
}

/// `[a-z]`, `[^,]`, `[16-31]`.
fn has_class(text: &str) -> bool {
    classes(text).any(|class| {
        let range = |part: &[u8]| part[0].is_ascii_alphanumeric() && part[1] == b'-' && part[2].is_ascii_alphanumeric();
        let bytes = class.as_bytes();
        let ranges = bytes.len().is_multiple_of(3) && !bytes.is_empty() && bytes.chunks_exact(3).all(range);
        (class.len() > 1 && class.starts_with('^')) || ranges || is_span(class)
    })
}

/// What stands between square brackets.
fn classes(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('[').filter_map(|(at, _)| Some(text[at + 1..].split_once(']')?.0))
}

/// `16-31`: numbers are meant, which neither kind of pattern has.
fn is_span(class: &str) -> bool {
    let digits =
        |part: &str, least: usize| (least..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    class.split_once('-').is_some_and(|(from, to)| digits(from, 1) && digits(to, 2))
}

/// `(a|b)`, `*error*|*fail*`. What stands between bars in logs has other signs or nothing at its ends.
fn has_choice(text: &str) -> bool {
    let group = text.match_indices('(').any(|(at, _)| {
        let inner = text[at + 1..].split_once(')').map_or("", |(inner, _)| inner);
        inner.contains('|') && inner.split('|').all(|part| !part.is_empty())
    });
    let word = |part: &str| {
        let part = part.trim_matches('*');
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    group || (text.contains('|') && text.split('|').all(word))
}

/// The regular expression that such a pattern means, without what only says that anything may stand around it; none when
/// the two notations are mixed.
pub(super) fn as_regex(text: &str) -> Option<String> {
    let text = text.strip_prefix('/').and_then(|text| text.strip_suffix('/')).unwrap_or(text);
    let body = text.strip_prefix(".*").or_else(|| text.strip_prefix('*')).unwrap_or(text);
    let repeats = |before: Option<char>| matches!(before, Some('.' | ')' | ']' | 'd' | 'w' | 's' | 'S'));
    let body = match body.strip_suffix(".*") {
        Some(body) => body,
        // After a star in front that repeats nothing, the one at the end does not either.
        None => {
            let anything = |body: &&str| text.starts_with('*') || !repeats(body.chars().last());
            body.strip_suffix('*').filter(anything).unwrap_or(body)
        }
    };
    let pure = body.match_indices('*').all(|(at, _)| repeats(body[..at].chars().last()));
    (pure && !body.is_empty() && !classes(body).any(is_span)).then(|| body.replace("\\/", "/").replace('/', "\\/"))
}

/// Whether a regular expression is found in every text.
pub(super) fn finds_everything(regex: &str) -> bool {
    let regex = ["(?i)", "(?s)", "(?m)"].iter().fold(regex, |regex, flag| regex.trim_start_matches(flag));
    matches!(regex, "" | "^" | "$" | ".*" | ".*?" | "^.*" | ".*$" | "(.*)" | "(?:.*)" | "[\\s\\S]*")
}

/// Letters that every text in which a regular expression is found must have; none when that is not easy to see.
pub(super) fn needed(regex: &str) -> Vec<char> {
    let mut needed = Vec::new();
    // Brackets, choices and flags can make anything optional.
    if regex.contains(['(', '[', '|', '{']) {
        return needed;
    }
    let mut chars = regex.chars().peekable();
    while let Some(c) = chars.next() {
        let literal = match c {
            '\\' => match chars.next() {
                Some(escaped) if !escaped.is_alphanumeric() => Some(escaped),
                // A class, or a code whose digits follow.
                Some('x' | 'u' | 'p' | 'P' | 'Q' | 'k') | None => return Vec::new(),
                Some(_) => None,
            },
            '.' | '^' | '$' | '+' => None,
            c => Some(c),
        };
        match chars.peek() {
            Some('*' | '?') => {
                chars.next();
            }
            _ => needed.extend(literal),
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::{as_regex, looks_like_regex, looks_wild};

    #[test]
    fn wildcards_and_stars() {
        let wild = ["adm*", "*adm", "a*b", "*.exe", "C:\\Windows\\*\\cmd.exe", "10.*.1", "web-*", "/api/*"];
        assert_eq!(wild.iter().find(|text| !looks_wild(text)), None);
        let stars =
            ["*", "**", "***error***", "SELECT * FROM t", "0 * * * *", "*/5 * * * *", "s3:*", "*/*", "[*]", "a * b"];
        assert_eq!(stars.iter().find(|text| looks_wild(text)), None);
        assert!(!looks_wild("arn:aws:s3:::bucket/*") && !looks_wild("count(*)") && !looks_wild("plain"));
    }

    #[test]
    fn regular_expressions_and_patterns() {
        for (text, regex) in [
            (".*ann.*", Some("ann")),
            ("*(ann|bob)*", Some("(ann|bob)")),
            ("^adm", Some("^adm")),
            ("/^adm.*/", Some("^adm")),
            ("*user=\\d+*", Some("user=\\d+")),
            ("[a-z]+/x", Some("[a-z]+\\/x")),
            ("(?i)cmd", Some("(?i)cmd")),
            ("*error*|*fail*", None),
            ("error|fail", Some("error|fail")),
            ("adm.*|root", Some("adm.*|root")),
            ("172.[16-31].*", None),
            ("*a*.+b", None),
            ("id=[^,]*", Some("id=[^,]*")),
        ] {
            assert!(looks_like_regex(text), "{text}");
            assert_eq!(as_regex(text).as_deref(), regex, "{text}");
        }
        for text in [
            "10.0.*",
            "*.amazonaws.com",
            "*$",
            "*C:\\data\\*",
            "*[error]*",
            "*|THREAT|*",
            " | * ",
            "/api/*",
            "a?b",
            "*",
        ] {
            assert!(!looks_like_regex(text), "{text}");
        }
    }
}
