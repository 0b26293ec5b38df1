//! Why a pattern does not match a text, as far as that can be told: letter case, quotes, and the part of it that matches.

use super::Pattern;
use super::effort::Watch;
use super::pieces::pieces;

/// More places than this are not tried as ends of the part that matches.
const PLACES: usize = 64;

/// Why a pattern that does not match a text does not, in words that follow "the regular expression does not match".
pub fn reason(pattern: &str, text: &str) -> String {
    let watch = Watch::default();
    let matches = |pattern: &str| Pattern::new(pattern).is_ok_and(|pattern| pattern.is_match(text, &watch));
    let pieces = pieces(pattern);
    if matches(&format!("(?i){pattern}")) {
        return ": only the case of the letters differs; with `(?i)` at the start it matches".into();
    }
    let quotes: String =
        pieces.iter().map(|piece| if matches!(*piece, "'" | "\"") { "['\"]" } else { piece }).collect();
    if quotes != pattern && matches(&quotes) {
        return ": only the kind of quotes, `'` or `\"`, differs".into();
    }
    // Where alternatives stand side by side, none of them is the beginning.
    if pieces.contains(&"|") {
        return " anywhere in the text".into();
    }
    let mut ends = Vec::new();
    let mut end = 0;
    for (at, piece) in pieces.iter().enumerate() {
        end += piece.len();
        let repeated = pieces.get(at + 1).is_none_or(|next| next.starts_with(['*', '+', '?', '{']));
        if !repeated {
            ends.push(end);
        }
    }
    // Flags alone say nothing.
    let flags = |part: &str| part.starts_with("(?") && part.ends_with(')') && !part.contains('<');
    let says = |part: &&str| !(part.is_empty() || flags(part));
    let longest = ends.iter().rev().take(PLACES).map(|end| &pattern[..*end]).filter(says).find(|part| matches(part));
    match longest {
        Some(part) => {
            let rest: String = pattern[part.len()..].chars().take(20).collect();
            format!(": it matches as far as `{part}`, but not `{rest}` after it")
        }
        None => " anywhere in the text".into(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_wrong_is_told() {
        let reason = |pattern, text| super::reason(pattern, text);
        assert!(reason("User=(?<u>\\w+)", "user=ann").contains("case of the letters"));
        assert!(reason("u='(?<u>\\w+)'", "u=\"ann\"").contains("quotes"));
        let part = reason("user=(?<u>\\w+);", "user=ann, all");
        assert!(part.contains("as far as `user=(?<u>\\w+)`, but not `;`"), "{part}");
        assert_eq!(reason("zebra", "a"), " anywhere in the text");
        assert_eq!(reason("ab|cd", "ac"), " anywhere in the text");
        assert_eq!(reason("(?i)zebra", "a"), " anywhere in the text");
    }
}
