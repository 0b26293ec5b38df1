//! What a pattern that can't be compiled was meant to be, where that is plain: `*` at its beginning is any text, and a
//! bracket without its partner is itself.

/// The pattern mended, or `None` if none of that is wrong with it.
pub fn mended(pattern: &str) -> Option<String> {
    let starred = pattern.starts_with('*');
    let alone = alone(pattern);
    if !starred && alone.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(pattern.len() + 1 + alone.len());
    out.push_str(if starred { "." } else { "" });
    for (at, c) in pattern.char_indices() {
        out.push_str(if alone.contains(&at) { "\\" } else { "" });
        out.push(c);
    }
    Some(out)
}

/// The brackets without a partner.
fn alone(pattern: &str) -> Vec<usize> {
    let (mut alone, mut open) = (Vec::new(), Vec::new());
    let mut chars = pattern.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => match class_end(&pattern[at..]) {
                Some(length) => chars = after(pattern, at + length),
                None => alone.push(at),
            },
            '(' => open.push(at),
            ')' if open.pop().is_none() => alone.push(at),
            _ => {}
        }
    }
    alone.extend(open);
    alone
}

/// The characters from a place on, with their places.
fn after(pattern: &str, at: usize) -> std::str::CharIndices<'_> {
    let mut chars = pattern.char_indices();
    while chars.offset() < at && chars.next().is_some() {}
    chars
}

/// How long the class is that the text begins with; a `]` right at its beginning is in it.
fn class_end(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let inside = inside.strip_prefix('^').unwrap_or(inside);
    let start = text.len() - inside.len();
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' if at > 0 => return Some(start + at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn stars_and_brackets_are_mended() {
        for (wrong, right) in [
            ("*a*", ".*a*"),
            ("a)b", r"a\)b"),
            (r"a(b\)", r"a\(b\)"),
            ("((a)", r"\((a)"),
            ("[a", r"\[a"),
            ("[]", r"\[]"),
            (r"[a\](", r"\[a\]\("),
            ("*[é]é)", r".*[é]é\)"),
        ] {
            assert_eq!(mended(wrong).as_deref(), Some(right), "{wrong}");
        }
    }

    #[test]
    fn other_patterns_are_left() {
        for fine in ["", "a", r"\(", "[(]", "[)]", "(a)", "a**", r"\y", "[^]]", "[b-a]"] {
            assert_eq!(mended(fine), None, "{fine}");
        }
    }
}
