//! Regular expressions: fast linear ones where possible, backtracking with a limit where a pattern needs look-around
//! or back-references.

use std::borrow::Cow;

/// How many steps a backtracking pattern may take on one message before the message counts as not matching.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Linear time.
    Linear(regex::Regex),
    /// Look-around, back-references, possessive quantifiers.
    Backtracking(Box<fancy_regex::Regex>),
}

impl Pattern {
    /// Compiles a pattern in Java's or RE2's dialect. The error is a text for the user.
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let pattern = translate(pattern);
        let error = match regex::RegexBuilder::new(&pattern).size_limit(32 << 20).build() {
            Ok(regex) => return Ok(Pattern::Linear(regex)),
            Err(error) => error,
        };
        match fancy_regex::RegexBuilder::new(&pattern).backtrack_limit(BACKTRACK_LIMIT).build() {
            Ok(regex) => Ok(Pattern::Backtracking(Box::new(regex))),
            Err(_) => Err(last_line(&error.to_string())),
        }
    }

    /// Whether the pattern occurs in the text.
    pub fn is_match(&self, text: &str) -> bool {
        match self {
            Pattern::Linear(regex) => regex.is_match(text),
            Pattern::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// The names of the groups; the first is the whole match.
    pub fn groups(&self) -> Vec<Option<&str>> {
        match self {
            Pattern::Linear(regex) => regex.capture_names().collect(),
            Pattern::Backtracking(regex) => regex.capture_names().collect(),
        }
    }

    /// Every match, in order: for each, the texts of the groups asked for.
    pub fn each<'t>(
        &self,
        text: &'t str,
        groups: &[usize],
        mut found: impl FnMut(&mut dyn Iterator<Item = Option<&'t str>>) -> bool,
    ) {
        match self {
            Pattern::Linear(regex) => {
                for captures in regex.captures_iter(text) {
                    if !found(&mut groups.iter().map(|group| captures.get(*group).map(|m| m.as_str()))) {
                        return;
                    }
                }
            }
            Pattern::Backtracking(regex) => {
                for captures in regex.captures_iter(text).map_while(Result::ok) {
                    if !found(&mut groups.iter().map(|group| captures.get(*group).map(|m| m.as_str()))) {
                        return;
                    }
                }
            }
        }
    }
}

impl Pattern {
    /// The text with every match replaced by what `write` writes for it, given the match's groups; `None` when nothing
    /// matches.
    pub fn replace_all<'t>(
        &self,
        text: &'t str,
        mut write: impl FnMut(&dyn Fn(usize) -> Option<&'t str>, &mut String),
    ) -> Option<String> {
        let mut out = String::new();
        let (mut copied, mut at) = (None, 0);
        // As in Java an empty match may follow right after another, which the engines' own iterators leave out.
        while at <= text.len() {
            let found = match self {
                Pattern::Linear(regex) => regex.captures_at(text, at).and_then(|captures| {
                    let found = captures.get(0)?.range();
                    out.push_str(text.get(copied.unwrap_or(0)..found.start)?);
                    write(&|group| captures.get(group).map(|m| m.as_str()), &mut out);
                    Some(found)
                }),
                Pattern::Backtracking(regex) => regex.captures_from_pos(text, at).ok().flatten().and_then(|captures| {
                    let found = captures.get(0)?.range();
                    out.push_str(text.get(copied.unwrap_or(0)..found.start)?);
                    write(&|group| captures.get(group).map(|m| m.as_str()), &mut out);
                    Some(found)
                }),
            };
            let Some(found) = found else { break };
            copied = Some(found.end);
            let next = || text[found.end..].chars().next().map_or(1, char::len_utf8);
            at = if found.is_empty() { found.end + next() } else { found.end };
        }
        out.push_str(text.get(copied?..).unwrap_or_default());
        Some(out)
    }
}

/// The last line of a compiler's message: the reason, without the drawing.
fn last_line(message: &str) -> String {
    let line = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or(message);
    line.trim().trim_start_matches("error: ").to_string()
}

/// Turns what only Java knows into what the engines know.
fn translate(pattern: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut copied, mut class) = (0, 0usize);
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let replacement = match bytes[at] {
            b'\\' => {
                let replacement = match bytes.get(at + 1) {
                    // An escaped character that needs no escape: Java allows it, others may not.
                    Some(b'Z') => Some((2, r"(?:\n?\z)".to_string())),
                    Some(b'h') if class == 0 => {
                        Some((2, r"[ \t\u{A0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]".into()))
                    }
                    Some(b'e') => Some((2, r"\x1b".into())),
                    // A hyphen after a class in a class begins no range.
                    Some(c @ (b'w' | b'W' | b'd' | b'D' | b's' | b'S'))
                        if class > 0
                            && bytes.get(at + 2) == Some(&b'-')
                            && bytes.get(at + 3).is_some_and(|next| *next != b']') =>
                    {
                        Some((3, format!(r"\{}\-", *c as char)))
                    }
                    Some(c) if c.is_ascii_punctuation() && b"'\"`/:;,=!@%_<>\x20".contains(c) => {
                        Some((2, (*c as char).to_string()))
                    }
                    Some(b' ') => Some((2, " ".into())),
                    _ => None,
                };
                if replacement.is_none() {
                    at += 2;
                    continue;
                }
                replacement
            }
            b'[' if class == 0 => {
                class = 1;
                // A bracket right after the opening one stands for itself.
                let negated = usize::from(bytes.get(at + 1) == Some(&b'^'));
                match bytes.get(at + 1 + negated) {
                    Some(b']') => {
                        Some((2 + negated, if negated == 1 { r"[^\]".to_string() } else { r"[\]".to_string() }))
                    }
                    _ => None,
                }
            }
            b'[' if bytes.get(at + 1) != Some(&b':') && !pattern[..at].ends_with("&&") => Some((1, r"\[".to_string())),
            b'[' => {
                class += 1;
                None
            }
            b']' if class > 0 => {
                class -= 1;
                None
            }
            // A brace that opens no count stands for itself.
            b'{' if class == 0 && !is_count(&pattern[at..]) && !pattern[..at].ends_with(r"\p") => {
                Some((1, r"\{".to_string()))
            }
            b'}' if class == 0 && !pattern[..at].contains('{') => Some((1, r"\}".to_string())),
            _ => None,
        };
        match replacement {
            Some((length, text)) => {
                out.push_str(&pattern[copied..at]);
                out.push_str(&text);
                at += length;
                copied = at;
            }
            None => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(pattern);
    }
    out.push_str(&pattern[copied.min(pattern.len())..]);
    Cow::Owned(out)
}

/// Whether a text starts with `{n}`, `{n,}` or `{n,m}`.
fn is_count(text: &str) -> bool {
    let Some(end) = text.find('}') else { return false };
    let inner = &text[1..end];
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    !least.is_empty() && least.bytes().all(|b| b.is_ascii_digit()) && most.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).is_match(text)
    }

    #[test]
    fn javas_dialect() {
        assert!(finds(r#"\"a\'b\:"#, "\"a'b:"));
        assert!(finds(r"(?<user_name>\w+)@", "bo@x"));
        assert!(finds(r"[^]]+\]", "abc]"));
        assert!(finds(r"{x}", "{x}"));
        assert!(finds(r"a{2}", "aa") && !finds(r"^a{2}$", "a{2}"));
        assert!(finds(r"end\Z", "end\n"));
        assert!(finds(r"(?<=id=)\d+(?!x)", "id=7"));
        assert!(finds(r"[a[b]+", "a[b"));
        assert!(finds(r"x\hy", "x\ty"));
        assert!(finds(r"^[\w-_ .]+$", "a-b _.") && finds(r"^[\w-]+$", "a-b"));
        assert!(Pattern::new("(").is_err());
    }
}
