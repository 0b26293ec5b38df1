//! Text that every match of a pattern contains: where it is missing, the pattern need not be tried.

use regex_syntax::hir::{Hir, HirKind};

/// A shorter text is in too many messages.
const LEAST: usize = 2;

/// The longest text that every match contains for sure, if there is one worth looking for. The pattern is in the dialect
/// of the linear engine.
pub fn needle(pattern: &str) -> Option<Vec<u8>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut longest = Longest::default();
    longest.walk(&hir);
    longest.end();
    (longest.text.len() >= LEAST).then_some(longest.text)
}

/// What was found so far.
#[derive(Default)]
struct Longest {
    text: Vec<u8>,
    /// The text that ends where the walk is.
    run: Vec<u8>,
}

impl Longest {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            // They take no text.
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.run.extend_from_slice(&literal.0),
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Repetition(repetition) => {
                self.end();
                if repetition.min > 0 {
                    self.walk(&repetition.sub);
                    self.end();
                }
            }
            HirKind::Class(_) | HirKind::Alternation(_) => self.end(),
        }
    }

    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.len() > self.text.len() {
            self.text = run;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::Pattern;
    use crate::regex::effort::Watch;

    fn of(pattern: &str) -> Option<String> {
        needle(pattern).map(|text| String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn what_must_be_there() {
        assert_eq!(of(r#"^(?<ip>\S+) .*" (?<status>5\d\d) "#).as_deref(), Some("\" 5"));
        assert_eq!(of(r"user=(\w+)\bid").as_deref(), Some("user="));
        assert_eq!(of("(?:ab)+c?(?:de){2}").as_deref(), Some("ab"));
        assert_eq!(of("a(?:bc)*d|x"), None);
        assert_eq!(of("(?i)abc"), None);
        assert_eq!(of("[ab]c"), None);
        assert_eq!(of("(abc)?"), None);
    }

    proptest::proptest! {
        #[test]
        fn every_match_contains_it(pattern in r"([ab]|\(?|[()*+?|.^$]|\{2\}|\[ab\]|ab){0,10}", text in "[ab]{0,12}") {
            if let (Ok(regex), Some(needle)) = (regex::Regex::new(&pattern), needle(&pattern)) {
                let needle = String::from_utf8_lossy(&needle).into_owned();
                for found in regex.find_iter(&text) {
                    proptest::prop_assert!(found.as_str().contains(&needle), "{} in {}", pattern, text);
                }
                let java = Pattern::new(&pattern);
                if let Ok(java) = java {
                    proptest::prop_assert_eq!(java.is_match(&text, &Watch::default()), regex.is_match(&text), "{} in {}", pattern, text);
                }
            }
        }
    }
}
