//! Regular expressions in Java's dialect: fast linear ones where possible, backtracking with a limit where a pattern needs
//! look-around or back-references.
//!
//! [`java`] turns a pattern into what the two engines know, by way of [`class`], [`escape`] and [`property`]. What `$` and `^` mean
//! before the last line end of a text takes look-around, so it is left to a second, exact form of the pattern that only
//! texts with such an end see.

mod class;
mod escape;
mod java;
mod mend;
pub mod near;
mod needle;
pub mod pieces;
mod property;

#[cfg(test)]
mod vectors;

use java::{Form, Java};
use memchr::memmem::Finder;
pub use mend::mended;
use std::sync::OnceLock;

/// How many steps a backtracking pattern may take on one message before the message counts as not matching.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    engine: Engine,
    exact: Option<Box<Exact>>,
    /// Texts without this one don't match.
    needle: Option<Box<Finder<'static>>>,
}

#[derive(Clone, Debug)]
enum Engine {
    /// Linear time.
    Linear(regex::Regex),
    /// Look-around, back-references, possessive quantifiers.
    Backtracking(Box<fancy_regex::Regex>),
}

/// The exact form of a pattern whose linear form is not right for every text.
#[derive(Clone, Debug)]
struct Exact {
    text: String,
    /// Ends and starts of lines are looked for, not only the end of the text.
    lines: bool,
    /// Compiled when the first text needs it.
    engine: OnceLock<Option<Engine>>,
}

/// One match.
enum Found<'t> {
    Linear(regex::Captures<'t>),
    Backtracking(fancy_regex::Captures<'t, str>),
}

impl<'t> Found<'t> {
    fn group(&self, group: usize) -> Option<&'t str> {
        match self {
            Found::Linear(captures) => captures.get(group).map(|m| m.as_str()),
            Found::Backtracking(captures) => captures.get(group).map(|m| m.as_str()),
        }
    }

    fn range(&self) -> Option<std::ops::Range<usize>> {
        match self {
            Found::Linear(captures) => captures.get(0).map(|m| m.range()),
            Found::Backtracking(captures) => captures.get(0).map(|m| m.range()),
        }
    }
}

impl Engine {
    fn backtracking(pattern: &str) -> Option<Engine> {
        let regex = fancy_regex::RegexBuilder::new(pattern).backtrack_limit(BACKTRACK_LIMIT).build().ok()?;
        Some(Engine::Backtracking(Box::new(regex)))
    }

    fn find<'t>(&self, text: &'t str, at: usize) -> Option<Found<'t>> {
        match self {
            Engine::Linear(regex) => regex.captures_at(text, at).map(Found::Linear),
            Engine::Backtracking(regex) => regex.captures_from_pos(text, at).ok().flatten().map(Found::Backtracking),
        }
    }
}

impl Pattern {
    /// Compiles a pattern in Java's or RE2's dialect. The error is a text for the user.
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let Java { text, anchors, .. } = java::translate(pattern, Form::Linear)?;
        let error = match regex::RegexBuilder::new(&text).size_limit(32 << 20).build() {
            Ok(regex) => {
                let exact = match anchors.ends || anchors.lines {
                    true => {
                        let text = java::translate(pattern, Form::Exact)?.text;
                        Some(Box::new(Exact { text, lines: anchors.lines, engine: OnceLock::new() }))
                    }
                    false => None,
                };
                let needle = needle::needle(&text).map(|needle| Box::new(Finder::new(&needle).into_owned()));
                return Ok(Pattern { engine: Engine::Linear(regex), exact, needle });
            }
            Err(error) => error,
        };
        let exact = java::translate(pattern, Form::Exact)?.text;
        match Engine::backtracking(&exact) {
            Some(engine) => Ok(Pattern { engine, exact: None, needle: None }),
            None => Err(last_line(&error.to_string())),
        }
    }

    /// The same, tried on every text, whether or not what all matches contain is there.
    pub fn everywhere(self) -> Pattern {
        Pattern { needle: None, ..self }
    }

    /// The engine for a text.
    #[inline]
    fn engine(&self, text: &str) -> &Engine {
        match &self.exact {
            Some(exact) if exact.needed(text) => {
                let engine = exact.engine.get_or_init(|| Engine::backtracking(&exact.text));
                engine.as_ref().unwrap_or(&self.engine)
            }
            _ => &self.engine,
        }
    }

    /// Whether the pattern occurs in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.matches(text)
    }

    /// Whether there is in the text what all matches contain.
    #[inline]
    fn may_match(&self, text: &str) -> bool {
        self.needle.as_ref().is_none_or(|needle| needle.find(text.as_bytes()).is_some())
    }

    fn matches(&self, text: &str) -> bool {
        match self.engine(text) {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// The names of the groups; the first is the whole match.
    pub fn groups(&self) -> Vec<Option<&str>> {
        match &self.engine {
            Engine::Linear(regex) => regex.capture_names().collect(),
            Engine::Backtracking(regex) => regex.capture_names().collect(),
        }
    }

    /// Every match, in order: for each, the texts of the groups asked for.
    pub fn each<'t>(
        &self,
        text: &'t str,
        groups: &[usize],
        mut found: impl FnMut(&mut dyn Iterator<Item = Option<&'t str>>) -> bool,
    ) {
        self.all(text, |captures, _| found(&mut groups.iter().map(|group| captures.group(*group))));
    }

    /// The text with every match replaced by what `write` writes for it, given the match's groups; `None` when nothing
    /// matches.
    pub fn replace_all<'t>(
        &self,
        text: &'t str,
        mut write: impl FnMut(&dyn Fn(usize) -> Option<&'t str>, &mut String),
    ) -> Option<String> {
        let (mut out, mut copied) = (String::new(), None);
        self.all(text, |captures, range| {
            out.push_str(text.get(copied.unwrap_or(0)..range.start).unwrap_or_default());
            write(&|group| captures.group(group), &mut out);
            copied = Some(range.end);
            true
        });
        out.push_str(text.get(copied?..).unwrap_or_default());
        Some(out)
    }

    /// Every match, in order, as long as the answer is true. As in Java an empty match may follow right after another,
    /// which the engines' own iterators leave out.
    fn all<'t>(&self, text: &'t str, mut each: impl FnMut(&Found<'t>, std::ops::Range<usize>) -> bool) {
        if !self.may_match(text) {
            return;
        }
        let engine = self.engine(text);
        let mut at = 0;
        while at <= text.len() {
            let Some(found) = engine.find(text, at) else { return };
            let Some(range) = found.range() else { return };
            let next = || text[range.end..].chars().next().map_or(1, char::len_utf8);
            at = if range.is_empty() { range.end + next() } else { range.end };
            if !each(&found, range) {
                return;
            }
        }
    }
}

impl Exact {
    /// Whether the linear form would be wrong about a text: one that ends with a line end, or, where lines are looked
    /// for, has line ends that the linear engine does not know.
    #[inline]
    fn needed(&self, text: &str) -> bool {
        let end = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        match text.as_bytes().last() {
            None => self.lines,
            // The last byte of U+0085, U+2028 or U+2029.
            Some(b'\n' | b'\r' | 0x85 | 0xa8 | 0xa9) if text.ends_with(end) => true,
            _ => self.lines && text.contains(['\u{85}', '\u{2028}', '\u{2029}']),
        }
    }
}

/// The last line of a compiler's message: the reason, without the drawing.
fn last_line(message: &str) -> String {
    let line = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or(message);
    line.trim().trim_start_matches("error: ").to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).is_match(text)
    }

    #[test]
    fn dialects() {
        assert!(finds(r#"\"a\'b\:"#, "\"a'b:"));
        assert!(finds(r"(?<user_name>\w+)@", "bo@x") && finds(r"(?P<user_name>\w+)@", "bo@x"));
        assert!(finds(r"[^]]+\]", "abc]"));
        // What Java refuses and RE2 takes as it stands.
        assert!(finds(r"{x}", "{x}") && finds(r"^x{,3}$", "x{,3}") && finds(r"^[a[b]+$", "a[b"));
        assert!(finds(r"^[[:alpha:]]+$", "aZ") && !finds(r"[[:^digit:]]", "12"));
        assert!(finds(r"a{2}", "aa") && !finds(r"^a{2}$", "a{2}"));
        assert!(finds(r"end\Z", "end\n"));
        assert!(finds(r"(?<=id=)\d+(?!x)", "id=7"));
        assert!(finds(r"^[\w-_ .]+$", "a-b _.") && finds(r"^[\w-]+$", "a-b"));
        assert!(finds("\\<a\\>", "<a>"));
    }

    #[test]
    fn what_no_dialect_has_is_refused() {
        for wrong in [
            "(",
            ")",
            "a)",
            "*a",
            "a**",
            "[a",
            "[]",
            "[b-a]",
            r"\y",
            r"\p{Nothing}",
            "(?z)",
            r"a\",
            "(?<1>a)",
            "a{3,2}",
        ] {
            assert!(Pattern::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_needs_it_backtracks() {
        let linear = |pattern: &str| matches!(Pattern::new(pattern).unwrap().engine, Engine::Linear(_));
        for pattern in [r"^a.*\b(?<x>\w+)\s*$", r"(?im)^x$", r"[a-z&&[^b]]", r"a\Rb\h", r"\p{Punct}\Q.*\E", r"x\Z"] {
            assert!(linear(pattern), "{pattern}");
        }
        assert!(!linear(r"(?<=a)b") && !linear(r"(a)\1") && !linear("a++b"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_compiled_or_refused(pattern in r"([a-c0-9é\\\[\](){}<>^$.*+?|&:=!,\-#\n QEpPkuxdwR]|\(\?[imsx<=!:>]|\[\^|&&|\\[QEbZR0-9]){0,12}", text in "[a-c0-9é\r\n ]{0,8}") {
            if let Ok(pattern) = Pattern::new(&pattern) {
                pattern.is_match(&text);
                pattern.each(&text, &[0], |_| true);
            }
        }
    }
}
