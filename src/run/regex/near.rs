//! Why a pattern does not match a text, as far as that can be told: letter case, quotes, and the part of it that matches.

use super::Pattern;

/// More places than this are not tried as ends of the part that matches.
const PLACES: usize = 64;

/// Why a pattern that does not match a text does not, in words that follow "the regular expression does not match".
pub fn reason(pattern: &str, text: &str) -> String {
    let matches = |pattern: &str| Pattern::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    let pieces = pieces(pattern);
    if matches(&format!("(?i){pattern}")) {
        return " but for letter case: with `(?i)` in front it does".into();
    }
    let quotes: String =
        pieces.iter().map(|piece| if matches!(*piece, "'" | "\"") { "['\"]" } else { piece }).collect();
    if quotes != pattern && matches(&quotes) {
        return " but for the kind of quotes, `'` or `\"`".into();
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
            format!(" in the text: it does as far as `{part}`, but not with `{rest}` behind it")
        }
        None => " anywhere in the text".into(),
    }
}

/// The pieces of a pattern that can't be taken apart without changing others: characters, escapes, classes, groups,
/// quantifiers.
fn pieces(pattern: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let (piece, left) = rest.split_at(piece(rest));
        pieces.push(piece);
        rest = left;
    }
    pieces
}

/// The length of the first piece.
fn piece(text: &str) -> usize {
    let mut chars = text.char_indices();
    let first = chars.next().map_or('\0', |(_, c)| c);
    let closed = match first {
        '\\' if text.starts_with("\\Q") => return text.find("\\E").map_or(text.len(), |at| at + 2),
        '\\' => return chars.next().map_or(text.len(), |(at, c)| at + c.len_utf8()),
        '{' => return text.find('}').map_or(text.len(), |at| at + 1),
        '(' => ')',
        '[' => ']',
        c => return c.len_utf8().min(text.len()),
    };
    // A group ends where its bracket does, brackets within it counted; in a class a round bracket is a character.
    let (mut depth, mut class, mut escaped) = (usize::from(closed == ')'), closed == ']', false);
    for (at, c) in chars {
        match c {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '\\' => escaped = true,
            ']' if class && at > 1 => {
                class = false;
                if depth == 0 {
                    return at + 1;
                }
            }
            '[' if !class => class = true,
            '(' if !class => depth += 1,
            ')' if !class => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_come_apart_between_their_pieces() {
        let apart = |pattern| pieces(pattern).join(" ");
        assert_eq!(
            apart(r"a+[^\]b]*(?<x>\d(b|[)]))?\.\Qa.b\Ec{2,3}é"),
            r"a + [^\]b] * (?<x>\d(b|[)])) ? \. \Qa.b\E c {2,3} é"
        );
        assert_eq!(apart("(a"), "(a");
        assert_eq!(apart("a\\"), "a \\");
        assert_eq!(apart("[]a]b"), "[]a] b");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let reason = |pattern, text| super::reason(pattern, text);
        assert!(reason("User=(?<u>\\w+)", "user=ann").contains("letter case"));
        assert!(reason("u='(?<u>\\w+)'", "u=\"ann\"").contains("quotes"));
        let part = reason("user=(?<u>\\w+);", "user=ann, all");
        assert!(part.contains("as far as `user=(?<u>\\w+)`, but not with `;`"), "{part}");
        assert_eq!(reason("zebra", "a"), " anywhere in the text");
        assert_eq!(reason("ab|cd", "ac"), " anywhere in the text");
        assert_eq!(reason("(?i)zebra", "a"), " anywhere in the text");
    }
}
