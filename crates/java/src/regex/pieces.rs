//! Patterns taken apart, as they are written.

/// The pieces of a pattern that can't be taken apart without changing others: characters, escapes, classes, groups,
/// quantifiers.
pub fn pieces(pattern: &str) -> Vec<&str> {
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
        '\\' => return escape(text),
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

/// The length of an escape with what belongs to it: `\\x41`, `\\u0041`, `\\p{Alpha}`, `\\k<name>`.
fn escape(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    let Some((at, c)) = chars.next() else { return text.len() };
    let end = at + c.len_utf8();
    let rest = &text[end..];
    let closed = |close: char| rest.find(close).map_or(text.len(), |at| end + at + 1);
    let several = |count: usize| rest.char_indices().nth(count).map_or(text.len(), |(at, _)| end + at);
    match c {
        'x' | 'p' | 'P' if rest.starts_with('{') => closed('}'),
        'k' if rest.starts_with('<') => closed('>'),
        'p' | 'P' | 'c' => several(1),
        'x' => several(2),
        'u' => several(4),
        _ => end,
    }
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
        assert_eq!(apart(r"\x41\u00410\p{Alpha}+\pLb\k<n>c\d"), r"\x41 \u0041 0 \p{Alpha} + \pL b \k<n> c \d");
        assert_eq!(apart("a\\"), "a \\");
        assert_eq!(apart("[]a]b"), "[]a] b");
    }
}
