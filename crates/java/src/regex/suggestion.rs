//! What a pattern that can't be compiled was meant to be, where that is plain: `*` at its beginning is any text, and a
//! bracket without its partner is itself.

/// What `/…/i` puts before a pattern.
const FOLD: &str = "(?i)";

/// The pattern mended, or `None` if none of that is wrong with it.
pub fn mended(pattern: &str) -> Option<String> {
    let (fold, pattern) = pattern.strip_prefix(FOLD).map_or(("", pattern), |rest| (FOLD, rest));
    let any = if pattern.starts_with('*') { "." } else { "" };
    let alone = alone(pattern);
    if any.is_empty() && alone.is_empty() {
        return None;
    }
    let mut out = format!("{fold}{any}");
    for (at, c) in pattern.char_indices() {
        out.push_str(if alone.contains(&at) { "\\" } else { "" });
        out.push(c);
    }
    Some(out)
}

/// The brackets without a partner.
fn alone(pattern: &str) -> Vec<usize> {
    let (mut alone, mut open) = (Vec::new(), Vec::new());
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let mut length = 1;
        match byte {
            b'\\' => length = 2,
            b'[' => match class_end(&bytes[at..]) {
                Some(end) => length = end,
                None => alone.push(at),
            },
            b'(' => open.push(at),
            b')' if open.pop().is_none() => alone.push(at),
            _ => {}
        }
        at += length;
    }
    alone.extend(open);
    alone
}

/// How long the class is that begins here; a `]` right at its beginning is in it.
fn class_end(bytes: &[u8]) -> Option<usize> {
    let start = if bytes.get(1) == Some(&b'^') { 2 } else { 1 };
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b']' if at > start => return Some(at + 1),
            _ => at += 1,
        }
    }
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
            ("(?i)*a", "(?i).*a"),
            (r"(\é", r"\(\é"),
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
