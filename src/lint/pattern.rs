//! What patterns can fit: those with stars, and regular expressions as far as that is easy to see.

use crate::run::glob::Glob;

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

/// Whether a text looks as if a regular expression was meant.
pub(super) fn looks_like_regex(text: &str) -> bool {
    text.starts_with("(?")
        || text.starts_with('^')
        || text.ends_with('$')
        || text.contains("\\d")
        || text.contains(".+")
        || (text.contains('|') && text.contains('('))
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
